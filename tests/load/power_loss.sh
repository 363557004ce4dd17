#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a power cut leaves of a recording: ext4 on a loop device stops all at once, in the middle of a
# recording, without writing anything that it still has in memory (EXT4_IOC_SHUTDOWN). Mounted anew,
# the file must hold what was recorded until it was last brought to the disk. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash

QPWLAT=${QPWLAT:-build/qpwlat}
disk=$scratch/disk
mnt=$scratch/mnt
trace=$mnt/t.qpw
recorder=''

tidy() {
	[[ -z $recorder ]] || kill -KILL "$recorder" 2>/dev/null
	umount "$mnt" 2>/dev/null
	rm -rf "$scratch"
}
trap tidy EXIT

# The journal is written when somebody asks for it (fsync), and by itself not before this is over.
mount_disk() {
	mount -o loop,commit=300 "$disk" "$mnt" 2>"$scratch/stderr"
}

# How often the disk was told to keep what it has (Documentation/admin-guide/iostats.rst, field 16).
flushes() {
	awk '{ print $16 }' "/sys/class/block/$device/stat"
}

# more_flushes THAN: true once there were.
more_flushes() {
	for _ in {1..300}; do
		(($(flushes) > $1)) && return
		sleep 0.1
	done
	return 1
}

# Until there were none for two seconds.
settle() {
	local before=-1

	while (($(flushes) != before)); do
		before=$(flushes)
		sleep 2
	done
}

cut_power() {
	python3 - "$mnt" <<-'END'
		import fcntl, os, struct, sys

		SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2
		fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
	END
}

# Two times that the recording was brought to the disk, seconds apart: at its start, and later.
record_until_cut() {
	local before

	: >"$scratch/err"
	before=$(flushes)
	"$QPWLAT" record -c 1 -q -o "$trace" 2>"$scratch/err" </dev/null &
	recorder=$!
	check recording-is-brought-to-the-disk-at-once "never: $(cat "$scratch/err")" more_flushes "$before"
	settle
	before=$(flushes)
	check recording-is-brought-to-the-disk-again "never: $(cat "$scratch/err")" more_flushes "$before"
	sleep 0.5
	cut_power
	rc=0
	wait "$recorder" || rc=$?
	recorder=''
	cp "$scratch/err" "$scratch/stderr"
	fails_saying recorder-of-a-disk-that-is-gone "t.qpw: can't be written: Input/output error" "what came before is kept"
}

test_power_loss() {
	record_until_cut
	umount "$mnt"
	mount_disk || { not_ok disk-is-readable "$(cat "$scratch/stderr")"; return; }
	run "$QPWLAT" report --json -i "$trace"
	check power-loss-leaves-a-recording "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0
	check power-loss-is-told "$(jq -c '[.truncated, .problem]' "$scratch/stdout")" \
		json_holds "$scratch/stdout" '.truncated and (.problem | startswith("the recording broke off"))'
	# it was written once a second, and brought to the disk after five
	check power-loss-keeps-what-was-brought-to-the-disk \
		"$(jq -c '[.window_ns, .samples]' "$scratch/stdout"), size $(stat -c %s "$trace")" \
		json_holds "$scratch/stdout" '.window_ns > 2000000000 and .samples > 100'
}

if [[ $(id -u) != 0 || ! -d /sys/devices/system/cpu/cpu1 ]]; then
	echo "skip power-loss: needs root and two CPUs"
	exit 0
fi
mkdir "$mnt"
truncate -s 64M "$disk"
if ! PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F "$disk" 2>"$scratch/stderr" || ! mount_disk; then
	echo "skip power-loss: no ext4 on a loop device here: $(tr '\n' ' ' <"$scratch/stderr")"
	exit 0
fi
device=$(findmnt -n -o SOURCE "$mnt")
device=${device##*/}
test_power_loss
finish_tests
