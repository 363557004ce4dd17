# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What every script of kernel/ and lab/ shares: messages, progress, the cache, checksums.
# Knows neither kernels nor guests. To be sourced; messages go to stderr, so that stdout
# stays free for NAME=path lines.

QPW_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
QPW_CACHE=${QPW_CACHE:-${HOME:?set HOME or QPW_CACHE, where the large files go}/.cache/qpw}
BUILD=${BUILD:-$QPW_TOP/build}
case $QPW_CACHE in /*) ;; *) QPW_CACHE=$PWD/$QPW_CACHE ;; esac
case $BUILD in /*) ;; *) BUILD=$QPW_TOP/$BUILD ;; esac
# Scripts that call one another count the elapsed time from the first one's start.
QPW_T0=${QPW_T0:-$(date +%s)}
export QPW_CACHE BUILD QPW_T0

progress_open=0
progress_last=0

progress_end() {
	if ((progress_open)); then
		printf '\n' >&2
		progress_open=0
	fi
}

elapsed() {
	local s=$(($(date +%s) - QPW_T0))

	printf '%d:%02d' $((s / 60)) $((s % 60))
}

say() {
	progress_end
	printf '[%s] %s\n' "$(elapsed)" "$*" >&2
}

# A line that replaces the one before on a terminal; elsewhere one line every ten seconds.
progress() {
	local now

	if [[ -t 2 ]]; then
		printf '\r\033[K[%s] %s' "$(elapsed)" "$*" >&2
		progress_open=1
		return
	fi
	now=$(date +%s)
	if ((now - progress_last >= 10)); then
		progress_last=$now
		printf '[%s] %s\n' "$(elapsed)" "$*" >&2
	fi
}

die() {
	progress_end
	printf '%s: %s\n' "${0#"$QPW_TOP"/}" "$*" >&2
	exit 1
}

usage_error() {
	printf '%s: %s\nTry --help.\n' "${0#"$QPW_TOP"/}" "$*" >&2
	exit 129
}

need_commands() {
	local c missing=()

	for c; do
		command -v "$c" >/dev/null || missing+=("$c")
	done
	((${#missing[@]} == 0)) ||
		die "these programs are missing: ${missing[*]}; 'make deps' installs what the project needs"
}

# need_space DIR MIB WHAT: fail early and plainly instead of halfway with ENOSPC.
need_space() {
	local dir=$1 mib=$2 what=$3 avail

	mkdir -p "$dir" || die "cannot create $dir; set QPW_CACHE to a directory that can be written"
	avail=$(df --output=avail -B1M -- "$dir" | tail -n 1 | tr -d ' ')
	((avail >= mib)) ||
		die "$what needs $mib MiB free in $dir, only $avail MiB are; make room or set QPW_CACHE to a larger disk"
}

# lock NAME: one holder at a time per cache; held until this script and what it started end.
lock() {
	local file=$QPW_CACHE/$1.lock

	mkdir -p "$QPW_CACHE" || die "cannot create $QPW_CACHE; set QPW_CACHE to a directory that can be written"
	exec {lock_fd}>>"$file" || die "cannot open $file"
	if ! flock -n "$lock_fd"; then
		say "waiting for another run that holds $file"
		flock "$lock_fd"
	fi
}

sha256_of_stdin() {
	sha256sum | cut -d ' ' -f 1
}

sha256_of_file() {
	sha256sum -- "$1" | cut -d ' ' -f 1
}

# expand_list LIST: "0-2,5" becomes one number a line, sorted, unique; fails on anything else.
expand_list() {
	local part first last i

	[[ $1 =~ ^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$ ]] || return 1
	for part in ${1//,/ }; do
		first=$((10#${part%-*})) last=$((10#${part#*-}))
		((first <= last && last < 4096)) || return 1
		for ((i = first; i <= last; i++)); do
			echo "$i"
		done
	done | sort -nu
}

# The one program that a script waits for. A shell acts on a signal only between foreground
# commands, so what takes long runs beside it and is waited for, and ends with it.
child=

run_child() {
	local rc=0

	setpriv --pdeathsig TERM "$@" &
	child=$!
	wait "$child" || rc=$?
	child=
	return "$rc"
}

end_child() {
	if [[ -n $child ]]; then
		kill "$child" 2>/dev/null || true
		wait "$child" 2>/dev/null || true
		child=
	fi
}
