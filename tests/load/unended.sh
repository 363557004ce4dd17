#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A task that has a watched CPU when a recording ends, and goes on: its run is told until then, and
# of it counts what lies in the window. It has the highest priority, and does not end by itself.

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

# Its run follows one of a task that this machine does not hide, which wakes it up: it has a known
# start. Its name ends with a line's end, as no other does.
cat >"$scratch/hog.py" <<-'END_OF_HOG'
	import ctypes, os, signal, sys

	woken, wakes = os.pipe()
	if not os.fork():
	    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
	    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(96))
	    os.write(wakes, b"x")
	    while True:
	        pass
	ctypes.CDLL(None).prctl(15, b"qpw-hog\n")  # PR_SET_NAME
	os.read(woken, 1)
	open(sys.argv[1], "w").close()
	while True:
	    pass
END_OF_HOG

# How often the hog was switched out though it wanted to go on.
times_cut() {
	sed -n 's/^nonvoluntary_ctxt_switches:\t//p' "/proc/$hog/status"
}

# record_hog: sets $cut, how often it was switched out while the recording ended.
record_hog() {
	rm -f "$scratch"/t.qpw* "$scratch/ran"
	"$QPWLAT" record -q -c 1 --victim none -o "$scratch/t.qpw" 2>"$scratch/err" &
	recorder=$!
	await_window "$scratch/t.qpw" || return 1
	chrt -f 99 taskset -c 1 python3 "$scratch/hog.py" "$scratch/ran" &
	hog=$!
	await_file "$scratch/ran" || return 1
	cut=$(times_cut)
	kill -INT "$recorder"
	wait "$recorder" || return 1
	recorder=''
	cut=$(($(times_cut) - cut))
	kill -KILL "$hog"
	wait "$hog" 2>/dev/null
	hog=''
	"$QPWLAT" export "$scratch/t.qpw" >"$scratch/t.csv" &&
		"$QPWLAT" report --json "$scratch/t.qpw" >"$scratch/t.json"
}

# How many runs are told to have gone on as the window closed, each with its task's name.
at_the_end() {
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 == "window" && $4 { end = $4 }
		$1 == "thread" { from[NR] = $3; to[NR] = $4; name[NR] = $column["comm"] }
		END { for (i in from) if (from[i] <= end && to[i] >= end) print name[i] }' "$scratch/t.csv"
}

# The kernel gives ordinary tasks a twentieth of a CPU that others would have for themselves, mostly
# after nearly a second: a run that it cuts while programs are detached, one of these has told. What
# is to be seen is that of a hog that was not cut by anybody, as the kernel counts it.
cut=
for ((i = 0; i < 30; i++)); do
	record_hog || { cut= && break; }
	((cut)) || break
done
check recorded "as often as it was tried the hog was switched out, at last $cut times; $(cat "$scratch/err")" \
	test "$cut" = 0
told=$(at_the_end)
check told "'$told': $(grep -E '^(window|thread)' "$scratch/t.csv" | tail -n 4)" test "$told" = 'qpw-hog\x0a'
share='([.interruptions[].ns] | add) / .window_ns'
check at-most-all-of-the-time "$(jq "$share" "$scratch/t.json") of it" json_holds "$scratch/t.json" \
	"$share | . > 0 and . <= 1"
finish_tests
