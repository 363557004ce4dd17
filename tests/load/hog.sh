#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # fields of awk
#
# A task that keeps a watched CPU for seconds: qpwtop tells the time while it passes, not when the
# task ends, and tells none of it twice. The task has the highest priority, so that what takes the CPU
# from it is little; it says itself since when it ran.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
suite=hog

BUILD=${BUILD:-build}
QPWTOP=${QPWTOP:-$BUILD/qpwtop}
top_pid=''

finish() {
	[[ -z $top_pid ]] || kill "$top_pid" 2>/dev/null
	rm -rf "$scratch"
}
trap finish EXIT

needs_root all
needs_two_cpus all

cat >"$scratch/qpw-hog" <<-'END_OF_HOG'
	#!/usr/bin/python3
	import ctypes, os, signal, sys, time

	def looks():
	    with open(sys.argv[1]) as f:
	        return sum(1 for line in f)

	def call_it(name):
	    with open("/proc/self/comm", "w") as f:
	        f.write(name)

	# A run that follows a task that the machine hides has no known start: here it follows this one,
	# which wakes it up.
	woken, wakes = os.pipe()
	before = os.fork()
	if not before:
	    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
	    call_it("qpw-before")
	    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(96))
	    os.write(wakes, b"x")
	    while True:
	        pass
	# The run begins under another name than it ends with, as it does with exec().
	call_it("qpw-early")
	os.read(woken, 1)
	start = time.monotonic_ns()
	call_it("qpw-hog")
	enough = looks() + 6
	while looks() < enough and time.monotonic_ns() < start + 60_000_000_000:
	    pass
	end = time.monotonic_ns()
	os.kill(before, signal.SIGKILL)
	os.waitpid(before, 0)
	print(start, end)
END_OF_HOG
chmod +x "$scratch/qpw-hog"

has_looks() { [[ $(wc -l <"$scratch/looks") -ge $1 ]]; }

: >"$scratch/looks"
"$QPWTOP" --json -c 1 -d 0.2 --victim none >"$scratch/looks" 2>"$scratch/stderr" &
top_pid=$!
within_a_minute has_looks 1
chrt -f 99 taskset -c 1 "$scratch/qpw-hog" "$scratch/looks" >"$scratch/ran" 2>&1
within_a_minute has_looks $(($(wc -l <"$scratch/looks") + 2))
kill -INT "$top_pid"
wait "$top_pid"
rc=$?
check ends-in-order "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0 -a ! -s "$scratch/stderr"
top_pid=''
read -r from to <"$scratch/ran"

# Of each look: when it ended, what the task had taken by then, what it took in the interval, in ns.
jq -r '(.start_ns + .view_ns) as $at | [.causes[] | select(.class == "thread" and .cause == "qpw-hog")] |
	[$at, (map(.total_ms) | add // 0) * 1e6, (map(.stolen_us_s) | add // 0), (map(.count) | add // 0)] |
	map(tostring) | join(" ")' "$scratch/looks" >"$scratch/table"
jq -r '.interval_ns' "$scratch/looks" | paste -d' ' "$scratch/table" - >"$scratch/rows"
within() { awk -v from="${from:-0}" -v to="${to:-0}" "$1" "$scratch/rows"; }

# The scheduler lets others run for a twentieth of the time; a look is taken after its end is noted,
# so that it may tell more than what was by then, not less.
looks=$(within '$1 > from + 1e8 && $1 < to { n++ } END { print n + 0 }')
short=$(within '$1 > from + 1e8 && $1 < to && $2 < ($1 - from) * 0.85 - 2e7')
echo "# looks while it ran: $looks"
check it-was-looked-at "$(cat "$scratch/rows")" test "$looks" -ge 3
# what it did before it had its name, and what it is charged with under another one, is little
total_ns=$(tail -n 1 "$scratch/rows" | cut -d' ' -f2)
check by-its-name "$from to $to: ${total_ns:-0} ns" awk -v total="${total_ns:-0}" -v took=$((${to:-0} - ${from:-0})) \
	'BEGIN { exit !(took > 0 && total > took * 0.85) }'
check time-is-told-while-it-passes "$from to $to: $short" test -z "$short"
check it-counts-when-it-ends "$(cat "$scratch/rows")" test "$(tail -n 1 "$scratch/rows" | cut -d' ' -f4)" -ge 1
check nothing-is-taken-back "$(cat "$scratch/rows")" test -z "$(within '$2 < last - 1e6 { print } { last = $2 }')"
check nothing-is-told-twice "$(cat "$scratch/rows")" within '
	{ sum += $3 * $5 / 1e6; total = $2 }
	END { exit !(total > 0 && sum > total * 0.99 && sum < total * 1.01) }'
finish_tests
