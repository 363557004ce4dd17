# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hardware virtualisation through /dev/kvm. That it opens does not mean that guests run: lab/boot
# tries it with a short boot before it chooses this by itself. To be sourced by lab/boot.

backend_usable() {
	[[ -c /dev/kvm && -r /dev/kvm && -w /dev/kvm ]]
}

# shellcheck disable=SC2034 # read by lab/boot
backend_args=(-machine 'q35,usb=off,smbus=off,sata=off,vmport=off' -accel kvm -cpu host)
# shellcheck disable=SC2034 # read by lab/boot
backend_append=
