#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel/stock over packages made for it: what it takes out of them, what it refuses, what it says,
# and that nothing half-done stays behind. Boots nothing, downloads nothing.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'umount "${scratch:?}/small" 2>/dev/null; rm -rf "${scratch:?}"' EXIT

export QPW_CACHE=${scratch:?}/cache
release=6.12.5-amd64
drivers=usr/lib/modules/$release/kernel/drivers

# add_file PACKAGE PATH TEXT: into the package to be made.
add_file() {
	mkdir -p "$(dirname "$scratch/deb/$1/$2")"
	printf '%s' "$3" >"$scratch/deb/$1/$2"
}

# A module is, for what is read of it, any bytes with the line "depends=" between two zeros.
add_module() {
	mkdir -p "$(dirname "$scratch/deb/$1/$2")"
	printf 'ELF\0license=GPL\0depends=%s\0name=x\0' "$3" >"$scratch/deb/$1/$2"
}

# make_package NAME VERSION DEPENDS: from what was added, for the apt that is played below.
make_package() {
	local dir=$scratch/deb/$1

	mkdir -p "$dir/DEBIAN" "$scratch/pool"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: x <x@localhost>\nDepends: %s\nDescription: x\n' \
		"$1" "$2" "$3" >"$dir/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$dir" "$scratch/pool/$1.deb" >/dev/null
	{
		printf 'Depends: %s\n' "$3"
		printf 'Size: %s\nSHA256: %s\n' "$(stat -c %s "$scratch/pool/$1.deb")" \
			"$(sha256sum "$scratch/pool/$1.deb" | cut -d ' ' -f 1)"
	} >"$scratch/pool/$1=$2"
}

# offer VERSION…: what the played apt lists, nothing without one.
offer() {
	if (($#)); then
		echo "$*" >"$scratch/on-offer"
	else
		rm -f "$scratch/on-offer"
	fi
}

nothing_left() {
	local left

	left=$(find "$QPW_CACHE/stock" -mindepth 1 -maxdepth 1 2>/dev/null)
	check "$1" "left behind: $left" test -z "$left"
}

# What the last run printed for NAME=.
answer() {
	sed -n "s/^$1=//p" "$scratch/stdout"
}

mkdir -p "$scratch/bin"
cat >"$scratch/bin/apt-cache" <<'END'
#!/bin/sh
for package; do :; done
case "$*" in
*madison*) for version in $(cat "$FAKE/on-offer" 2>/dev/null); do
		echo "$package | $version | http://localhost/debian trixie/main amd64 Packages"
	done ;;
*show*) cat "$FAKE/pool/$package" ;;
esac
END
cat >"$scratch/bin/apt-get" <<'END'
#!/bin/sh
for package; do :; done
case "$*" in
*indextargets*) ;;
*update*) [ -e "$FAKE/on-offer" ] || { echo "E: no network here" >&2; exit 100; } ;;
*download*) cp "$FAKE/pool/${package%%=*}.deb" . ;;
esac
END
chmod +x "$scratch"/bin/apt-cache "$scratch"/bin/apt-get
export FAKE=$scratch PATH=$scratch/bin:$PATH

run kernel/stock --linux 5.10
check version-that-is-not-known "exit code $rc" test "$rc" = 129
run kernel/stock --linux 6.12 --cached
fails_saying not-in-the-cache "linux-image-amd64 6.12" "without --cached"
run kernel/stock --linux 6.12
fails_saying nowhere-to-fetch-from "no linux-image-amd64 6.12" "no network here" "check the network"
nothing_left nothing-fetched-leaves-nothing

# A kernel in several packages, as Debian has them by now; modules in every form there is, one of
# them built in.
add_file "linux-binary-$release" "usr/lib/modules/$release/vmlinuz" $'kernel\n'
add_file "linux-base-$release" "usr/lib/modules/$release/config" $'CONFIG_X=y\n'
add_file "linux-base-$release" "usr/lib/modules/$release/modules.builtin" \
	$'kernel/drivers/virtio/virtio.ko\n'
add_module "linux-modules-$release" "$drivers/char/virtio_console.ko" virtio_ring,virtio
add_module "linux-modules-$release" "$drivers/virtio/virtio-pci.ko" virtio-pci-modern,virtio_ring
add_module "linux-modules-$release" "$drivers/virtio/virtio_ring.ko" virtio
add_module "linux-modules-$release" "$drivers/virtio/virtio_pci_modern.ko" ''
add_module "linux-modules-$release" "$drivers/net/elsewhere.ko" ''
xz "$scratch/deb/linux-modules-$release/$drivers/virtio/virtio_ring.ko"
zstd -q --rm "$scratch/deb/linux-modules-$release/$drivers/virtio/virtio_pci_modern.ko"
base="linux-base-$release (= 6.12.5-1)"
make_package linux-image-amd64 6.12.5-1 "linux-image-$release (= 6.12.5-1)"
make_package "linux-image-$release" 6.12.5-1 \
	"kmod | x, linux-base (>= 4.3~), linux-binary-$release (= 6.12.5-1), linux-modules-$release (= 6.12.5-1), $base"
make_package "linux-modules-$release" 6.12.5-1 "kmod, $base"
make_package "linux-binary-$release" 6.12.5-1 "$base"
make_package "linux-base-$release" 6.12.5-1 libc6

offer 6.1.9-1 6.12~rc7-1 6.12.5-1 6.120.1-1
run kernel/stock --linux 6.12
modules=$(answer MODULES_DIR)
check kernel-of-the-package "exit code $rc: $(cat "$scratch/stderr")" grep -qx kernel "$(answer KERNEL)"
check newest-is-taken "$(answer KERNEL_ORIGIN)" \
	test "$(answer KERNEL_ORIGIN)" = "Debian linux-image-amd64 6.12.5-1 (trixie)"
check release-is-told "$(answer KERNEL_VERSION)" test "$(answer KERNEL_VERSION)" = $release
check config-comes-along "$(answer KERNEL_CONFIG)" grep -qx CONFIG_X=y "$(answer KERNEL_CONFIG)"
order=$(paste -s -d ' ' "$modules/order")
check modules-in-their-order "$order" \
	test "$order" = "virtio_pci_modern.ko virtio_ring.ko virtio_pci.ko virtio_console.ko"
check modules-are-unpacked "$(grep -LaE '^ELF' "$modules"/*.ko)" \
	test "$(grep -laE '^ELF' "$modules"/*.ko | wc -l)" = 4
check no-module-too-many "$(ls "$modules")" test ! -e "$modules/elsewhere.ko" -a ! -e "$modules/virtio.ko"

offer
run kernel/stock --linux 6.12
check cache-before-network "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0 -a ! -s "$scratch/stderr"
run kernel/stock --linux 6.12 --rt
fails_saying flavours-are-kept-apart "no linux-image-rt-amd64 6.12"
rm -rf "$QPW_CACHE"

# A kernel in one package, as it was for long; all that is needed is built in.
add_file linux-image-6.1.0-9-amd64 boot/vmlinuz-6.1.0-9-amd64 $'kernel\n'
add_file linux-image-6.1.0-9-amd64 boot/config-6.1.0-9-amd64 $'CONFIG_X=y\n'
add_file linux-image-6.1.0-9-amd64 lib/modules/6.1.0-9-amd64/modules.builtin \
	$'kernel/drivers/char/virtio_console.ko\nkernel/drivers/virtio/virtio_pci.ko\n'
make_package linux-image-6.1.0-9-amd64 6.1.9-1 'kmod, linux-base (>= 4.3~)'
make_package linux-image-amd64 6.1.9-1 'linux-image-6.1.0-9-amd64 (= 6.1.9-1)'
offer 6.1.9-1
run kernel/stock --linux 6.1
check kernel-in-one-package "exit code $rc: $(cat "$scratch/stderr")" \
	test "$(answer KERNEL_VERSION) $(cat "$(answer KERNEL)")" = "6.1.0-9-amd64 kernel"
check no-modules-if-built-in "$(cat "$scratch/stdout")" grep -qx MODULES_DIR= "$scratch/stdout"
rm -rf "$QPW_CACHE"

# What a killed run left is neither used nor kept.
offer 6.12.5-1
mkdir -p "$QPW_CACHE/stock/.fetch-killed/root"
run kernel/stock --linux 6.12
check leftovers-are-removed "exit code $rc, or still there" \
	test "$rc" = 0 -a ! -e "$QPW_CACHE/stock/.fetch-killed"
rm -rf "$QPW_CACHE"

# The newest one depends on a package that is not to be had.
sed 's/6\.12\.5-1)/6.12.6-1)/' "$scratch/pool/linux-image-amd64=6.12.5-1" \
	>"$scratch/pool/linux-image-amd64=6.12.6-1"
offer 6.12.5-1 6.12.6-1
run kernel/stock --linux 6.12
check next-one-if-the-newest-is-gone "exit code $rc: $(cat "$scratch/stderr")" \
	test "$(answer KERNEL_ORIGIN)" = "Debian linux-image-amd64 6.12.5-1 (trixie)"
rm -rf "$QPW_CACHE"
offer 6.12.5-1

if mkdir "$scratch/small" && mount -t tmpfs -o size=1m tmpfs "$scratch/small" 2>/dev/null; then
	QPW_CACHE=$scratch/small run kernel/stock --linux 6.12
	fails_saying no-room-for-a-download "MiB free in $scratch/small" QPW_CACHE
	umount "$scratch/small"
	# Free bytes but too few free inodes: the unpacking itself fails.
	mount -t tmpfs -o size=1300m,nr_inodes=24 tmpfs "$scratch/small"
	QPW_CACHE=$scratch/small run kernel/stock --linux 6.12
	fails_saying disk-that-fills-up "is the disk of $scratch/small full?"
	QPW_CACHE=$scratch/small nothing_left full-disk-leaves-nothing
	umount "$scratch/small"
else
	echo "skip full-disk: a small tmpfs cannot be mounted here"
fi

rm "$scratch/deb/linux-modules-$release/$drivers/virtio/virtio_ring.ko.xz"
make_package "linux-modules-$release" 6.12.5-1 "$base"
run kernel/stock --linux 6.12
fails_saying missing-module "Debian linux-image-amd64 6.12.5-1 (trixie)" "no module virtio_ring"
nothing_left missing-module-leaves-nothing
sed -i "s/^SHA256: .*/SHA256: $(printf '%064d' 0)/" "$scratch/pool/linux-modules-$release=6.12.5-1"
run kernel/stock --linux 6.12
fails_saying package-with-wrong-checksum "linux-modules-$release.deb" SHA-256 "$(printf '%064d' 0)"
nothing_left wrong-checksum-leaves-nothing
finish_tests
