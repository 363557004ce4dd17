#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two million events of one kind on a watched CPU, as fast as they can be made: none may be missing
# without being counted, neither with the buffer that is usual nor with one that overflows.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

EVENTS=2000000
# tick_stop(0, 2): the tick was kept, for perf events; the kernel itself seldom says so.
EVENT='on_tick_stop'
ARGUMENTS='0 2'
qpwlat=${QPWLAT:-build/qpwlat}
flood=${BUILD:-build}/load/flood

if [[ $(id -u) != 0 ]]; then
	echo "skip flood: needs root"
	exit 0
fi
if [[ ! -d /sys/devices/system/cpu/cpu1 ]]; then
	echo "skip flood: needs two CPUs"
	exit 0
fi

# flooded NAME OPTION...: the recording becomes $scratch/NAME.json, the rate $scratch/NAME.log.
flooded() {
	local name=$1
	shift
	# only a program of this kind can be run by others
	# shellcheck disable=SC2086 # words
	run "$qpwlat" record --without tp_btf -c 1 -d 30s --victim none -o "$scratch/$name.qpw" "$@" -- \
		sh -c "$flood 1 $EVENT $EVENTS $ARGUMENTS; kill -INT \$PPID"
	check "$name-record" "exit code $rc: $(tail -n 3 "$scratch/stderr")" test "$rc" = 0
	grep ' a second$' "$scratch/stdout" | sed "s/^/# $name: /"
	run "$qpwlat" report --json "$scratch/$name.qpw"
	cp "$scratch/stdout" "$scratch/$name.json"
}

# kept NAME, lost NAME: how many of them are in the recording, or counted as lost.
kept() {
	jq '.tick.kept.PERF_EVENTS' "$scratch/$1.json"
}
lost() {
	jq '[.lost[] | select(.cpu == 1 and .kind == "tick_kept") | .count] | add // 0' "$scratch/$1.json"
}

# Up to so many such events are the kernel's own.
SPARE=500
# counted NAME: kept and lost are what was made.
counted() {
	local sum=$(($(kept "$1") + $(lost "$1")))

	check "$1-counted" "$(kept "$1") kept, $(lost "$1") counted as lost, of $EVENTS" \
		test "$sum" -ge $EVENTS -a "$sum" -le $((EVENTS + SPARE))
	check "$1-sum" "$(jq -c '[.lost_events, .lost]' "$scratch/$1.json")" \
		json_holds "$scratch/$1.json" '.lost_events == ([.lost[].count] | add // 0)'
	echo "# $1: $(kept "$1") kept, $(lost "$1") lost"
}

flooded usual
counted usual
flooded small --buffer-size 64K
counted small
check small-lost "$(lost small) lost in a buffer of 64 KiB" test "$(lost small)" -gt 0
finish_tests
