#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A task that has a watched CPU when a recording ends, and goes on: its run is told until then, and
# of it counts what lies in the window. It has real-time priority, and does not end by itself.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/await.bash
suite=unended

QPWLAT=${QPWLAT:-build/qpwlat}
recorder=''
hog=''

finish() {
	[[ -z $hog ]] || kill -KILL "$hog" 2>/dev/null
	[[ -z $recorder ]] || kill "$recorder" 2>/dev/null
	rm -rf "$scratch"
}
trap finish EXIT

needs_root all
needs_two_cpus all

# What the hog is called ends with a line's end, as no other name does.
# shellcheck disable=SC2016 # arguments of the shell that it calls
record_hog() {
	rm -f "$scratch"/t.qpw* "$scratch/ran"
	"$QPWLAT" record -q -c 1 --victim none -o "$scratch/t.qpw" 2>"$scratch/err" &
	recorder=$!
	await_window "$scratch/t.qpw" || return 1
	taskset -c 1 chrt -f 97 bash -c 'echo qpw-hog >/proc/self/comm
		for ((i = 0; i < 30000; i++)); do :; done
		echo >"$0"
		while :; do :; done' "$scratch/ran" &
	hog=$!
	await_file "$scratch/ran" || return 1
	kill -INT "$recorder"
	wait "$recorder" || return 1
	recorder=''
	kill -KILL "$hog"
	wait "$hog" 2>/dev/null
	hog=''
	"$QPWLAT" export "$scratch/t.qpw" >"$scratch/t.csv" &&
		"$QPWLAT" report --json "$scratch/t.qpw" >"$scratch/t.json"
}

# Somebody had the CPU as the window closed: the hog, or for a moment what the kernel gives the CPU
# beside it, which may be one that this machine hides from programs.
reaches_the_end() {
	awk -F, '$1 == "window" && $4 { end = $4 }
		$1 == "thread" { from[NR] = $3; to[NR] = $4 }
		END { for (i in from) if (from[i] <= end && to[i] >= end) exit 0; exit 1 }' \
		"$scratch/t.csv"
}

told=
for _ in 1 2 3; do
	record_hog || break
	! reaches_the_end || { told=yes && break; }
done
check told "$(grep -E '^(window|thread)' "$scratch/t.csv" | tail -n 4; cat "$scratch/err")" test "$told"
share='([.interruptions[].ns] | add) / .window_ns'
check at-most-all-of-the-time "$(jq "$share" "$scratch/t.json") of it" json_holds "$scratch/t.json" \
	"$share | . > 0 and . <= 1"
finish_tests
