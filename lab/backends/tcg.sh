# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# QEMU's own processor emulation: runs everywhere, one host thread per vCPU. To be sourced by
# lab/boot, which asks backend_usable() and takes backend_args[].

backend_usable() {
	return 0
}

# shellcheck disable=SC2034 # read by lab/boot
backend_args=(-machine 'q35,usb=off,smbus=off,sata=off,vmport=off' -accel 'tcg,thread=multi,tb-size=512' -cpu max)
# The emulated TSC is the host's, the same for every vCPU: the kernel need not watch it.
# shellcheck disable=SC2034 # read by lab/boot
backend_append="tsc=reliable no_timer_check"
