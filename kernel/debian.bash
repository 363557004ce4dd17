# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packages of Debian, of whatever release, for the scripts that fetch sources and kernels. Leaves
# the apt of the system alone and knows nothing of what is in a package. To be sourced after
# lab/lib.sh; APT-OPTIONs are those of apt-get and apt-cache.

DEFAULT_MIRROR=http://deb.debian.org/debian
DEFAULT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The mirror that this machine already uses for Debian itself, as apt understands its sources.
mirror_of_machine() {
	apt-get indextargets --format "\$(ORIGIN)|\$(LABEL)|\$(REPO_URI)" 'Identifier: Packages' 2>/dev/null |
		awk -F '|' '($1 == "Debian" && $2 == "Debian") || $3 ~ /\/debian\/?$/ {print $3; exit}'
}

# The key file that the configured sources name for MIRROR, in either format of sources.
keyring_of_mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
		awk -v mirror="${1%/}" '
		/^deb / && index($0, mirror) && match($0, /signed-by=\/[^] ,]*/) {
			print substr($0, RSTART + 10, RLENGTH - 10); exit }
		/^$/ {ours = 0}
		tolower($1) == "uris:" && index($0, mirror) {ours = 1}
		tolower($1) == "signed-by:" && ours && $2 ~ /^\// {print $2; exit}'
}

# private_apt DIR WHAT SUITE…: an apt of its own below DIR: its own sources, lists and cache, and no
# view of the system's package state. Sets private_options[] for what follows; WHAT is looked for.
private_apt() {
	local etc=$1 what=$2 mirror keyring suite
	shift 2

	command -v apt-get >/dev/null || { say "no apt-get: Debian's packages are not tried"; return 1; }
	mirror=$(mirror_of_machine)
	mirror=${mirror:-$DEFAULT_MIRROR}
	keyring=$(keyring_of_mirror "$mirror")
	keyring=${keyring:-$DEFAULT_KEYRING}
	[[ -r $keyring ]] || { say "no Debian keyring at $keyring; install debian-archive-keyring"; return 1; }
	mkdir -p "$etc/lists/partial" "$etc/cache/archives/partial"
	for suite; do
		echo "deb [signed-by=$keyring] $mirror $suite main"
	done >"$etc/sources.list"
	private_options=(-o "Dir::Etc::sourcelist=$etc/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
		-o "Dir::State::lists=$etc/lists" -o Dir::State::status=/dev/null
		-o "Dir::Cache=$etc/cache" -o Acquire::Languages=none
		-o "APT::Sandbox::User=$(id -un)")
	say "looking for $what in $* of $mirror"
	# A suite that is gone must not hide the others: only what the lists then offer counts.
	run_child apt-get "${private_options[@]}" -qq update >"$etc/update.log" 2>&1 ||
		say "apt: $(grep -m 1 '^[EW]:' "$etc/update.log" || tail -n 1 "$etc/update.log")"
}

# versions_on_offer PACKAGE PREFIX [APT-OPTION…]: "VERSION SUITE" of every version that begins with
# PREFIX and goes on with a dot or a tilde, newest first. A release candidate is a package like any
# other, older than the release.
versions_on_offer() {
	local package=$1 prefix=$2
	shift 2

	apt-cache "$@" madison "$package" 2>/dev/null |
		awk -F ' *[|] *' -v want="$prefix" 'index($2, want) == 1 &&
			substr($2, length(want) + 1) ~ /^[.~]/ && $3 ~ /Packages$/ {
			split($3, where, " "); sub("/.*", "", where[2]); print $2, where[2] }' |
		sort -V -r -k 1,1 -u
}

# show_growth PID DIR BYTES WHAT: percent of a download, from the size of what lies in DIR.
show_growth() {
	local have

	while kill -0 "$1" 2>/dev/null; do
		have=$(find "$2" -type f -printf '%s\n' | awk '{n += $1} END {print n + 0}')
		progress "$4: $((have * 100 / $3)) % of $(($3 / 1048576)) MiB"
		sleep 1
	done
}

# download_package PACKAGE VERSION DIR [APT-OPTION…]: to a new DIR. Sets deb, its path, and deb_sha,
# its SHA-256, which is what apt's signed metadata promise. Fails when it is not to be had; dies
# when what came is not what was promised.
download_package() {
	local package=$1 version=$2 dir=$3 show size pid
	shift 3

	show=$(apt-cache "$@" show "$package=$version" 2>/dev/null)
	deb_sha=$(awk '/^SHA256: /{print $2; exit}' <<<"$show")
	size=$(awk '/^Size: /{print $2; exit}' <<<"$show")
	[[ $deb_sha =~ ^[0-9a-f]{64}$ && $size =~ ^[0-9]+$ ]] || return 1
	say "downloading $package $version"
	mkdir "$dir"
	(cd "$dir" && exec setpriv --pdeathsig TERM apt-get "$@" -qq download "$package=$version" >"../download.log" 2>&1) &
	child=$!
	pid=$child
	show_growth "$pid" "$dir" "$size" "download"
	child=
	if ! wait "$pid"; then
		say "apt could not download it: $(tail -n 1 "$dir/../download.log")"
		rm -rf "$dir"
		return 1
	fi
	deb=$(echo "$dir"/*.deb)
	[[ $(sha256_of_file "$deb") == "$deb_sha" ]] ||
		die "$deb: its SHA-256 is not the $deb_sha that apt's metadata promises; run it again"
}
