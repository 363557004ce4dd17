#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which tasks are the victim, on CPU 1, and where none can be: a process, of which real-time threads alone count if it has
# some, or a thread by its number or name; the rest of it interrupts. `sleeper` and cyclictest make
# known numbers of wake-ups. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/await.bash
trap 'end_children; rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
QPWTOP=${QPWTOP:-build/qpwtop}
SLEEPER=${BUILD:-build}/load/sleeper
FIRST=200 SECOND=100 WRITES=150
MANY=5000 # more threads than the programs have places for wake-ups
victim=''

end_children() {
	[[ -z $victim ]] || kill "$victim" 2>/dev/null
	victim=''
}

# start_victim COMMAND...: one that begins when a line comes on its standard input.
start_victim() {
	rm -f "$scratch/go"
	mkfifo "$scratch/go"
	exec 3<>"$scratch/go"
	"$@" <&3 >"$scratch/victim.out" 2>"$scratch/victim.err" &
	victim=$!
}

# record_victim NAME VICTIM: while the victim that was started makes its wake-ups; makes report.json.
record_victim() {
	local name=$1

	# shellcheck disable=SC2016 # the command's own variables
	run "$QPWLAT" record -c 1 -d 60s -q -o "$scratch/t.qpw" --victim "$2" -- sh -c \
		'echo >"$1/go"
		while kill -0 "$2" 2>/dev/null && [ "$(ps -o stat= -p "$2")" != Z ]; do sleep 0.1; done
		kill -INT $PPID' - "$scratch" "$victim"
	exec 3>&-
	end_children
	if [[ $rc != 0 ]]; then
		not_ok "$name" "record ended with $rc: $(tail -n 3 "$scratch/stderr")"
		return 1
	fi
	"$QPWLAT" report --json -i "$scratch/t.qpw" >"$scratch/report.json"
}

reported() {
	jq "$1" "$scratch/report.json"
}

# made NAME WHAT NUMBER MADE: as many; a virtual machine used for development hides what happens in
# the context of process 1's threads, so a few may be missing, but none may be there that was not made.
made() {
	check "$1" "$3 $2 of $4" test "$3" -le "$4" -a "$3" -ge $(($4 * 9 / 10))
}

# thread_of NAME: the id of the sleeper's thread of that name.
thread_of() {
	local tid
	for _ in {1..100}; do
		tid=$(ps -L -o tid=,comm= -p "$victim" | awk -v name="$1" '$2 == name {print $1}')
		[[ -z $tid ]] || break
		sleep 0.05
	done
	echo "${tid:-0}"
}

# One that follows a hidden task has no known start and is not told.
runs_of() {
	reported "[.causes[] | select(.class == \"thread\" and .name == \"$1\") | .count] | add // 0"
}

test_thread() {
	start_victim "$SLEEPER" 1
	if record_victim thread-by-number "pid:$(thread_of qpw-first)"; then
		made thread-by-number samples "$(reported .samples)" $FIRST
		check thread-by-number-none-interrupts "$(runs_of qpw-first) runs of the victim" \
			test "$(runs_of qpw-first)" = 0
		check thread-by-number-sibling-interrupts "$(runs_of qpw-second) runs of its sibling" \
			test "$(runs_of qpw-second)" -ge $((SECOND / 2))
	fi
	start_victim "$SLEEPER" 1
	thread_of qpw-second >/dev/null
	if record_victim thread-by-name comm:qpw-second; then
		made thread-by-name samples "$(reported .samples)" $SECOND
		check thread-by-name-sibling-interrupts "$(runs_of qpw-first) runs of its sibling" \
			test "$(runs_of qpw-first)" -ge $((FIRST / 2))
	fi
}

test_process() {
	start_victim "$SLEEPER" 1
	thread_of qpw-piped >/dev/null
	if record_victim process "pid:$victim"; then
		made process samples "$(reported .samples)" $((FIRST + SECOND))
		check process-none-interrupts "$(runs_of qpw-first), $(runs_of qpw-second) runs" \
			test "$(runs_of qpw-first) $(runs_of qpw-second)" = "0 0"
	fi
}

# What a pipe wakes has no timer to be late for: it is counted, and said.
test_pipe() {
	start_victim "$SLEEPER" 1
	record_victim pipe "pid:$(thread_of qpw-piped)" || return
	check pipe-no-samples "$(reported .samples) samples" test "$(reported .samples)" = 0
	# the end of the file wakes it once more
	made pipe-counted "wake-ups" "$(reported .untimed_wakeups)" $((WRITES + 1))
	run "$QPWLAT" report "$scratch/t.qpw"
	check pipe-is-said "$(grep -A 3 '^latency' "$scratch/stdout")" \
		grep -q "^ *$(reported .untimed_wakeups) wake-ups of the victim were not by the timer" \
		"$scratch/stdout"
}

# Threads that come and go without end leave nothing behind that would fill up. One that waits for
# the interpreter would else be woken by a timer after 5 ms, which is a sample, too.
test_many_threads() {
	start_victim taskset -c 1 python3 -c 'import sys, threading, time
sys.setswitchinterval(1000)
sys.stdin.readline()
for i in range(int(sys.argv[1])):
    thread = threading.Thread(target=time.sleep, args=[0.0005])
    thread.start()
    thread.join()' $MANY
	record_victim many-threads "pid:$victim" || return
	made many-threads samples "$(reported .samples)" $MANY
	check many-threads-lost "$(reported .lost_events) lost" test "$(reported .lost_events)" = 0
}

# Asleep when it becomes the victim, as it is nearly always: the end of that sleep is a sample, too.
test_asleep() {
	taskset -c 1 perl -e 'select undef, undef, undef, 0.6 while 1' &
	victim=$!
	# before, it may sleep for other reasons, such as its program's pages
	await_sleeps "$victim" 2
	# shellcheck disable=SC2016 # the command's own variables
	run "$QPWLAT" record -c 1 -q -o "$scratch/t.qpw" --victim "pid:$victim" -- \
		bash -c '. tests/load/await.bash && await_sleeps "$0" 3' "$victim"
	end_children
	"$QPWLAT" report --json -i "$scratch/t.qpw" >"$scratch/report.json"
	# three sleeps began since it was looked at, of which it may have been between two: two have
	# ended for certain
	check asleep-samples "exit code $rc, $(reported .samples) samples" test "$(reported .samples)" -ge 2
	check asleep-all-timed "$(reported .untimed_wakeups) untimed" \
		test "$(reported .untimed_wakeups)" = 0
}

# Its main thread naps there, too, 100 times a second and with no priority.
test_realtime() {
	local cycles samples others
	start_victim sh -c 'read -r _; exec cyclictest -q -m -p 80 -t 1 -a 1 -i 1000 -l 1500'
	record_victim realtime "pid:$victim" || return
	cycles=$(sed -n 's/.* C: *\([0-9]*\) .*/\1/p' "$scratch/victim.out")
	check realtime-cycles "$(cat "$scratch/victim.out" "$scratch/victim.err")" test "$cycles" = 1500
	# of the thread that measures; and of others none once that had its priority:
	# "MEASURED OTHERS-AFTER"
	read -r samples others < <("$QPWLAT" export -f csv "$scratch/t.qpw" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 == "sample" { pid[++n] = $column["pid"]; if (++nr[pid[n]] > nr[most]) most = pid[n] }
		END { for (i = 1; i <= n; i++) { began += pid[i] == most; others += began && pid[i] != most }
			print nr[most] + 0, others + 0 }')
	made realtime-samples samples "$samples" "$cycles"
	check realtime-none-of-others "$others samples of other threads" test "$others" = 0
	check realtime-helper-interrupts "$(runs_of cyclictest) runs of its main thread" \
		test "$(runs_of cyclictest)" -ge 50
}

# It has its threads already when the recording begins. The recorder's command counts its sleeps
# meanwhile, by the kernel's figure.
# shellcheck disable=SC2016 # jq's variable, and the command's own
test_realtime_running() {
	local tid slept
	cyclictest -q -m -p 80 -t 1 -a 1 -i 1000 -D 600 >/dev/null 2>&1 &
	victim=$!
	tid=$(realtime_thread "$victim")
	run "$QPWLAT" record -c 1 -q -o "$scratch/t.qpw" --victim comm:cyclictest -- bash -c \
		'. tests/load/await.bash && from=$(nr_sleeps "$0") && await_sleeps "$0" 1500 &&
		echo $(($(nr_sleeps "$0") - from)) >"$1"' "$tid" "$scratch/slept"
	end_children
	check realtime-running "exit code $rc: $(tail -n 3 "$scratch/stderr")" test "$rc" = 0
	slept=$(<"$scratch/slept")
	"$QPWLAT" report --json -i "$scratch/t.qpw" >"$scratch/report.json"
	check realtime-running-samples "$(reported '[.samples, .window_ns]' | tr -d '\n'), it slept $slept times" \
		json_holds "$scratch/report.json" \
		"(.window_ns / 1e6) as \$ms | .samples >= 0.9 * ($slept - 2) and .samples < \$ms + 3"
}

# Programs know tasks by other numbers than those that are seen in there.
# shellcheck disable=SC2016 # the command's own list
test_namespace() {
	local in=(unshare --pid --fork --mount-proc)
	if ! "${in[@]}" true 2>/dev/null; then
		echo "skip namespace: no PID namespace here"
		return
	fi
	run "${in[@]}" "$QPWLAT" record -c 1 -d 1s -q -o "$scratch/namespace.qpw"
	fails_saying namespace-own-victim "--victim" "PID namespace" "--pid=host" "--victim none"
	run "${in[@]}" "$QPWLAT" record -c 1 -d 1s -q -o "$scratch/namespace.qpw" --victim pid:1
	fails_saying namespace-victim-by-number "--victim" "PID namespace" "--pid=host"
	check namespace-writes-nothing "there is a file" test ! -e "$scratch/namespace.qpw"
	run "${in[@]}" "$QPWLAT" record -c 1 -q -o "$scratch/namespace.qpw" --victim none -- \
		sh -c 'for _ in $(seq 40); do taskset -c 1 true; done'
	"$QPWLAT" report --json -i "$scratch/namespace.qpw" >"$scratch/report.json"
	check namespace-records-without "exit code $rc: $(cat "$scratch/stderr")" json_holds \
		"$scratch/report.json" 'any(.causes[]; .class == "thread" and .count > 5)'
	run "${in[@]}" "$QPWTOP" -b -c 1 -d 0.5 -n 1 --victim 1
	fails_saying namespace-top-by-number "--victim" "PID namespace" "--pid=host"
	run "${in[@]}" "$QPWTOP" --json -c 1 -d 0.5 -n 1
	check namespace-top-says-so "exit code $rc: $(jq -c .host.victim "$scratch/stdout")" \
		json_holds "$scratch/stdout" '.host.victim | test("PID namespace")'
}

needs_root victims
needs_two_cpus victims
test_thread
test_process
test_pipe
test_many_threads
test_asleep
test_realtime
test_realtime_running
test_namespace
finish_tests
