#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel/fetch and kernel/build --source-only over tiny trees: what they take, what they refuse,
# what they say, and that nothing half-done stays behind. Boots nothing, downloads nothing.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'umount "$scratch/small" 2>/dev/null; rm -rf "$scratch"' EXIT

unset KSRC
export QPW_CACHE=$scratch/cache BUILD=$scratch/build

# make_tree DIR VERSION PATCHLEVEL SUBLEVEL: what the checks look at, and a file to patch.
make_tree() {
	local dir=$1 file

	mkdir -p "$dir"/{init,mm}
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\nEXTRAVERSION =\n' "$2" "$3" "$4" >"$dir/Makefile"
	for file in Kconfig init/main.c mm/slub.c mm/memcontrol.c; do
		echo "/* $file */" >"$dir/$file"
	done
	seq 1 60 >"$dir/mm/swap.c"
}

# make_series DIR SED-SCRIPT: one patch, the difference that the script makes to mm/swap.c.
make_series() {
	local dir=$1 trees

	trees=$(mktemp -d "$scratch/XXXXXX")
	make_tree "$trees/a" 7 2 0
	cp -r "$trees/a" "$trees/b"
	sed -i "$2" "$trees/b/mm/swap.c"
	mkdir -p "$dir"
	(cd "$trees" && diff -u a/mm/swap.c b/mm/swap.c) >"$dir/0001-change.patch"
	printf '# the order\n0001-change.patch\n' >"$dir/series"
}

nothing_left() {
	local left

	left=$(find "$QPW_CACHE/source" -mindepth 1 -maxdepth 1 2>/dev/null)
	check "$1" "left behind: $left" test -z "$left"
}

make_tree "$scratch/good" 7 2 5
make_tree "$scratch/old" 6 1 0
make_tree "$scratch/torn" 7 2 5
rm "$scratch/torn/mm/slub.c"
mkdir "$scratch/empty"
make_series "$scratch/series" 's/^10$/ten/; s/^40$/forty/'

KSRC=$scratch/old run kernel/build --source-only --series "$scratch/series"
fails_saying ksrc-of-another-version "is Linux 6.1.0" "needs Linux 7.2"
KSRC=$scratch/empty run kernel/build --source-only --series "$scratch/series"
fails_saying ksrc-without-kernel "$scratch/empty is no Linux source tree"
KSRC=$scratch/nowhere run kernel/build --source-only --series "$scratch/series"
fails_saying ksrc-that-does-not-exist "$scratch/nowhere is not a directory"
KSRC=$scratch/torn run kernel/build --source-only --series "$scratch/series"
fails_saying ksrc-with-files-missing "mm/slub.c is missing"
nothing_left refused-ksrc-leaves-nothing

before=$(cd "$scratch/good" && find . -type f -exec sha256sum {} + | sort)
KSRC=$scratch/good run kernel/build --source-only --series "$scratch/series"
tree=$(sed -n 's/^KERNEL_SOURCE=//p' "$scratch/stdout")
check patched-copy-of-ksrc "exit code $rc: $(cat "$scratch/stderr")" grep -qx forty "$tree/mm/swap.c"
check ksrc-itself-untouched "its files changed" \
	test "$before" = "$(cd "$scratch/good" && find . -type f -exec sha256sum {} + | sort)"
check ksrc-shares-no-file "the copy is a hard link" test ! "$tree/Kconfig" -ef "$scratch/good/Kconfig"
check source-json-names-version "no 7.2.5 in source.json" \
	json_holds "$tree/../source.json" \
	'.kernel == "7.2.5" and .origin == "KSRC" and .patches == ["0001-change.patch"]'
KSRC=$scratch/good run kernel/build --source-only --series "$scratch/series"
check patched-once "patched again: $(cat "$scratch/stderr")" test ! -s "$scratch/stderr"
rm -rf "$QPW_CACHE"

make_tree "$scratch/moved" 7 2 6
sed -i 's/^40$/vierzig/' "$scratch/moved/mm/swap.c"
KSRC=$scratch/moved run kernel/build --source-only --series "$scratch/series"
fails_saying patch-that-does-not-apply 0001-change.patch "mm/swap.c: hunk 2 (line 37)" 7.2.6
nothing_left failed-patch-leaves-nothing
sed -i 's/^vierzig$/40/; s/^38$/achtunddreissig/' "$scratch/moved/mm/swap.c"
KSRC=$scratch/moved run kernel/build --source-only --series "$scratch/series"
fails_saying patch-is-not-applied-with-fuzz "mm/swap.c: hunk 2"
echo 0002-missing.patch >>"$scratch/series/series"
KSRC=$scratch/good run kernel/build --source-only --series "$scratch/series"
fails_saying series-names-missing-patch 0002-missing.patch
sed -i '$d' "$scratch/series/series"

# What a killed run left is neither used nor kept.
mkdir -p "$QPW_CACHE/source/.patch-killed/tree"
KSRC=$scratch/good run kernel/build --source-only --series "$scratch/series"
check leftovers-are-removed "exit code $rc, or still there" test ! -e "$QPW_CACHE/source/.patch-killed"
rm -rf "$QPW_CACHE"

if mkdir "$scratch/small" && mount -t tmpfs -o size=1m tmpfs "$scratch/small" 2>/dev/null; then
	head -c 3000000 /dev/zero >"$scratch/good/mm/large"
	QPW_CACHE=$scratch/small KSRC=$scratch/good run kernel/build --source-only --series "$scratch/series"
	fails_saying full-disk-is-seen-first "MiB free in $scratch/small" QPW_CACHE
	QPW_CACHE=$scratch/small run kernel/fetch
	fails_saying no-room-for-a-download "MiB free in $scratch/small"
	umount "$scratch/small"
	# Free bytes but no free inodes: the copy itself fails.
	mount -t tmpfs -o size=64m,nr_inodes=8 tmpfs "$scratch/small"
	QPW_CACHE=$scratch/small KSRC=$scratch/good run kernel/build --source-only --series "$scratch/series"
	fails_saying disk-that-fills-up "is the disk of $scratch/small full?"
	QPW_CACHE=$scratch/small nothing_left full-disk-leaves-nothing
	rm "$scratch/good/mm/large"
	umount "$scratch/small"
else
	echo "skip full-disk: a small tmpfs cannot be mounted here"
fi

# Packages, and kernel.org, played by files: apt's programs are replaced, the URL is a file's.
mkdir -p "$scratch/bin" "$scratch/www" "$scratch/deb/DEBIAN" "$scratch/deb/usr/src"
make_tree "$scratch/linux-source-7.2" 7 2 7
tar -C "$scratch" -cJf "$scratch/deb/usr/src/linux-source-7.2.tar.xz" linux-source-7.2
printf 'Package: linux-source-7.2\nVersion: 7.2.7-1\nArchitecture: all\nMaintainer: x <x@localhost>\nDescription: x\n' \
	>"$scratch/deb/DEBIAN/control"
dpkg-deb --root-owner-group -b "$scratch/deb" "$scratch/source.deb" >/dev/null
cat >"$scratch/bin/apt-cache" <<'END'
#!/bin/sh
case "$*" in
*madison*) [ ! -e "$FAKE/no-apt" ] || exit 0
	for version in $(cat "$FAKE/on-offer"); do
		echo "linux-source | $version | http://localhost/debian forky/main amd64 Packages"
	done ;;
*show*) echo "Size: $(stat -c %s "$FAKE/source.deb")"; echo "SHA256: $(cat "$FAKE/source.sum")" ;;
esac
END
cat >"$scratch/bin/apt-get" <<'END'
#!/bin/sh
case "$*" in
*indextargets*) ;;
*update*) echo "E: no network here" >&2; exit 100 ;;
*download*) cp "$FAKE/source.deb" ./linux-source_all.deb ;;
esac
END
chmod +x "$scratch"/bin/*
export FAKE=$scratch PATH=$scratch/bin:$PATH QPW_KERNEL_ORG=file://$scratch/www

sha256sum "$scratch/source.deb" | cut -d ' ' -f 1 >"$scratch/source.sum"
echo 7.2.7-1 >"$scratch/on-offer"
run kernel/fetch
tree=$(sed -n 's/^KERNEL_SOURCE=//p' "$scratch/stdout")
check package-becomes-tree "exit code $rc: $(cat "$scratch/stderr")" \
	json_holds "$tree/../source.json" \
	".kernel == \"7.2.7\" and .sha256 == \"$(cat "$scratch/source.sum")\""
touch "$scratch/no-apt"
run kernel/fetch
check cache-before-network "fetched again: $(cat "$scratch/stderr")" test "$rc" = 0 -a ! -s "$scratch/stderr"
run kernel/build --source-only --series "$scratch/series"
check patched-copy-of-the-cached "exit code $rc: $(cat "$scratch/stderr")" \
	grep -qx forty "$(sed -n 's/^KERNEL_SOURCE=//p' "$scratch/stdout")/mm/swap.c"
check cached-tree-stays-pristine "it was patched too" grep -qx 40 "$tree/mm/swap.c"
rm -f "$scratch/no-apt"

# Another version, of which a release and its candidates are on offer; the oldest comes first.
make_tree "$scratch/linux-source-7.3" 7 3 0
sed -i 's/^EXTRAVERSION =.*/EXTRAVERSION = -rc7/' "$scratch/linux-source-7.3/Makefile"
rm "$scratch"/deb/usr/src/*
tar -C "$scratch" -cJf "$scratch/deb/usr/src/linux-source-7.3.tar.xz" linux-source-7.3
dpkg-deb --root-owner-group -b "$scratch/deb" "$scratch/source.deb" >/dev/null
cp "$scratch/source.sum" "$scratch/source.sum.7.2"
sha256sum "$scratch/source.deb" | cut -d ' ' -f 1 >"$scratch/source.sum"
echo '7.3~rc6-1 7.3~rc7-1~exp1 7.30.1-1 7.2.7-1' >"$scratch/on-offer"
run kernel/fetch --linux 7.3
check candidate-becomes-tree "exit code $rc: $(cat "$scratch/stdout" "$scratch/stderr")" \
	grep -qx 'KERNEL_VERSION=7.3.0-rc7' "$scratch/stdout"
check newest-candidate-is-taken "$(cat "$scratch/stdout")" \
	grep -qx 'KERNEL_ORIGIN=Debian linux-source-7.3 7.3~rc7-1~exp1 (forky)' "$scratch/stdout"
for version in 7.3.0-rc6 7.3.0-rc8; do
	cp -r "$QPW_CACHE"/source/linux-7.3.0-rc7-* "$QPW_CACHE/source/linux-$version-000000000000"
	sed -i "s/^EXTRAVERSION =.*/EXTRAVERSION = -${version#*-}/" \
		"$QPW_CACHE/source/linux-$version-000000000000/tree/Makefile"
done
run kernel/fetch --linux 7.3 --cached
check newest-cached-candidate-is-taken "$(cat "$scratch/stdout")" \
	grep -q '^KERNEL_SOURCE=.*/linux-7.3.0-rc8-' "$scratch/stdout"
cp -r "$QPW_CACHE"/source/linux-7.3.0-rc7-* "$QPW_CACHE/source/linux-7.3.0-a00000000000"
run kernel/fetch --linux 7.3 --cached
check cached-release-before-its-candidates "$(cat "$scratch/stdout")" \
	grep -q '^KERNEL_SOURCE=.*/linux-7.3.0-a00000000000/' "$scratch/stdout"
run kernel/fetch --cached
check versions-are-kept-apart "$(cat "$scratch/stdout" "$scratch/stderr")" \
	grep -qx 'KERNEL_VERSION=7.2.7' "$scratch/stdout"
rm -rf "$QPW_CACHE"
rm "$scratch/linux-source-7.3/mm/slub.c" "$scratch"/deb/usr/src/*
tar -C "$scratch" -cJf "$scratch/deb/usr/src/linux-source-7.3.tar.xz" linux-source-7.3
dpkg-deb --root-owner-group -b "$scratch/deb" "$scratch/source.deb" >/dev/null
sha256sum "$scratch/source.deb" | cut -d ' ' -f 1 >"$scratch/source.sum"
run kernel/fetch --linux 7.3
fails_saying package-with-files-missing "mm/slub.c is missing"
nothing_left incomplete-package-leaves-nothing
run kernel/fetch --linux 6.1
check version-without-a-series "exit code $rc" test "$rc" = 129
rm -rf "$QPW_CACHE"
echo 7.2.7-1 >"$scratch/on-offer"
mv "$scratch/source.sum.7.2" "$scratch/source.sum"

printf '%064d\n' 0 >"$scratch/source.sum"
run kernel/fetch
fails_saying package-with-wrong-checksum SHA-256 "$(cat "$scratch/source.sum")"
nothing_left wrong-checksum-leaves-nothing

touch "$scratch/no-apt"
run kernel/fetch
fails_saying nowhere-to-fetch-from "KSRC=DIR" "no network here"
make_tree "$scratch/linux-7.2.9" 7 2 9
tar -C "$scratch" -cJf "$scratch/www/linux-7.2.9.tar.xz" linux-7.2.9
cp "$scratch/www/linux-7.2.9.tar.xz" "$scratch/www/linux-7.2.10.tar.xz"
(cd "$scratch/www" && sha256sum linux-7.2.9.tar.xz; printf '%064d  linux-7.20.1.tar.xz\n' 0) \
	>"$scratch/www/sha256sums.asc"
run kernel/fetch
check kernel-org-tarball "exit code $rc: $(cat "$scratch/stderr")" \
	grep -qx 'KERNEL_ORIGIN=kernel.org linux-7.2.9.tar.xz' "$scratch/stdout"
rm -rf "$QPW_CACHE"
printf '%064d  linux-7.2.10.tar.xz\n' 0 >>"$scratch/www/sha256sums.asc"
run kernel/fetch
fails_saying tarball-with-wrong-checksum linux-7.2.10.tar.xz SHA-256
nothing_left wrong-tarball-leaves-nothing

finish_tests
