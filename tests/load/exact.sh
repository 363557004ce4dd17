#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How exact the recorder is on this machine's own kernel, CPU 1: each wake-up of cyclictest against
# the one that it printed itself (tests/exact/samples.awk), and every record against two ftrace
# instances, one by one (tests/exact/match.awk). Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/disturb.bash
victim=''
trap 'end_children; stop_ftrace; rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
load=${BUILD:-build}/overhead/load
LOOPS=10000
tracing=/sys/kernel/tracing
wakings=$tracing/instances/qpwlat-wakings
before=$tracing/instances/qpwlat-before
after=$tracing/instances/qpwlat-after
# What the reference machine hides from programs but not from ftrace: the threads of process 1.
hidden=$(cd /proc/1/task && echo *)
# Programs run in the window, each of which is a task on that CPU, and the least it lasts.
RUNS=60
# Functions called there from another CPU, each with where in the kernel it was sent from.
IPIS=60
WINDOW_S=2

# Who is woken on CPU 1 under the victim's name, in whose context.
start_wakings() {
	mkdir "$wakings" || return
	echo mono >"$wakings/trace_clock"
	echo 2 >"$wakings/tracing_cpumask"
	echo 8192 >"$wakings/buffer_size_kb"
	echo 'comm == "cyclictest"' >"$wakings/events/sched/sched_waking/filter" || return
	echo 1 >"$wakings/events/sched/sched_waking/enable"
}

end_children() {
	end_disturber
	[[ -z $victim ]] || kill "$victim" 2>/dev/null
	victim=''
}

stop_ftrace() {
	local dir

	for dir in "$wakings" "$before" "$after"; do
		[[ ! -d $dir ]] || rmdir "$dir"
	done
}

# start_instance DIR: with the events behind everything that the recorder reports, as far as this
# kernel has them.
start_instance() {
	local event

	mkdir "$1" || return
	echo 0 >"$1/tracing_on"
	echo mono >"$1/trace_clock"
	echo 32768 >"$1/buffer_size_kb" || return
	echo nohash-ptr >"$1/trace_options" || return
	for event in sched/sched_switch sched/sched_waking sched/sched_wakeup_new \
		sched/sched_migrate_task task/task_newtask task/task_rename workqueue/workqueue_queue_work \
		workqueue/workqueue_execute_start workqueue/workqueue_execute_end irq/irq_handler_entry \
		irq/irq_handler_exit irq/softirq_entry irq/softirq_exit irq_vectors csd ipi/ipi_send_cpu \
		timer/hrtimer_expire_entry timer/hrtimer_expire_exit timer/tick_stop; do
		[[ ! -d $1/events/$event ]] || echo 1 >"$1/events/$event/enable" || return
	done
	echo 1 >"$1/tracing_on"
}

# take_instance DIR NAME: twice, as the one form has the nanoseconds and the other the meanings.
take_instance() {
	cat "$1"/per_cpu/cpu*/stats | grep -E '^(overrun|dropped events):' >>"$scratch/ftrace-lost"
	cat "$1/trace" >"$scratch/$2.txt"
	echo raw >"$1/trace_options"
	cat "$1/trace" >"$scratch/$2.raw"
}

# The recorder's command: the second instance, and then some of what interrupts a CPU. The CPU is kept
# from idling: the reference machine shows ftrace no switch from the idle task, and no program lacks it.
make_window() {
	local end i spinner

	start_instance "$after" || return
	taskset -c 1 nice -n 19 sh -c 'while :; do :; done' &
	spinner=$!
	sleep 0.5
	echo exact-begin >"$before/trace_marker"
	# a machine may have no softirqs of its own, or ticks, for long
	"$load" softirq 1 0 100 >/dev/null
	"$load" timer 1 0 100 >/dev/null
	end=$((SECONDS + WINDOW_S))
	for ((i = 0; i < RUNS || SECONDS < end; i++)); do
		taskset -c 1 true
		sleep 0.01
	done
	# to a thread that runs all the while: each is an interrupt
	chrt -f 98 "${BUILD:-build}/overhead/load" ipi 1 0 $IPIS >/dev/null
	echo exact-end >"$before/trace_marker"
	kill "$spinner"
	sleep 0.2
	echo 0 >"$before/tracing_on"
	echo 0 >"$after/tracing_on"
	kill -INT "$PPID"
}

# cyclictest begins when the recorder watches already, and ends by itself, so that both have each
# sample. What it prints is printed by its main thread, on another CPU. Some samples in a hundred are to
# be late because of something: which of many samples that nothing disturbed are its worst is decided
# by the microsecond that the way to user space takes.
record_cyclictest() {
	mkfifo "$scratch/go"
	sh -c 'read -r _ <"$1/go"; exec cyclictest -m -p 95 -t 1 -a 1 --mainaffinity=0 -i 500 \
		-l "$2" --nsecs --verbose >"$1/verbose.txt" 2>"$1/cyclictest.err"' - "$scratch" $LOOPS &
	victim=$!
	start_disturber 1
	# shellcheck disable=SC2016 # the command's own variables
	run "$QPWLAT" record -c 1 -d 60s -q -o "$scratch/t.qpw" --victim "pid:$victim" -- \
		sh -c 'echo go >"$1/go"
			while kill -0 "$2" 2>/dev/null && [ "$(ps -o stat= -p "$2")" != Z ]; do sleep 0.2; done
			kill -INT $PPID' - "$scratch" "$victim"
	wait "$victim"
	victim=
	end_children
}

test_samples() {
	if ! start_wakings; then
		echo "skip samples: no ftrace instance here"
		return
	fi
	record_cyclictest
	if [[ $rc != 0 ]]; then
		not_ok samples "record ended with $rc: $(tail -n 3 "$scratch/stderr")"
		return
	fi
	run "$QPWLAT" export -o "$scratch/records.csv" "$scratch/t.qpw"
	check export "$(cat "$scratch/stderr")" test "$rc" = 0
	# cyclictest's main thread is woken there too, by what happens to run there; the thread itself by a
	# task, if at all, when it goes to its CPU: timers do it in interrupts, which the flags tell (h)
	grep -E "\[[0-9]+\] .{2}[hH].* pid=$(awk -F, '$1 == "sample" {print $10; exit}' "$scratch/records.csv") " \
		"$wakings/trace" >"$scratch/wakings.txt"
	# reading another clock takes longer than the figures may differ
	clock=$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)
	[[ $clock != tsc && $clock != kvm-clock ]] || clock=''
	run awk -v cpu=1 -v hidden="$hidden" -v slow_clock="$clock" -f tests/exact/records.awk \
		-f tests/exact/samples.awk role=csv "$scratch/records.csv" \
		role=wakings "$scratch/wakings.txt" role=verbose "$scratch/verbose.txt"
	sed 's/^/# /' "$scratch/stdout" | head -n 40
	check samples-as-cyclictest "$(grep ERROR "$scratch/stdout"; cat "$scratch/stderr")" \
		test "$rc" = 0
}

test_records() {
	local kind n

	if ! start_instance "$before"; then
		echo "skip records: no ftrace instance here"
		return
	fi
	run "$QPWLAT" record -c 1 -d 60s -q -o "$scratch/t.qpw" --victim none -- tests/load/exact.sh window
	if [[ $rc != 0 ]]; then
		not_ok records "record ended with $rc: $(tail -n 3 "$scratch/stderr")"
		return
	fi
	take_instance "$before" before
	take_instance "$after" after
	check observers-complete "lost events" test -z "$(grep -v ' 0$' "$scratch/ftrace-lost")"
	run "$QPWLAT" export -o "$scratch/records.csv" "$scratch/t.qpw"
	run awk -v cpu=1 -v hidden="$hidden" -v may_lack=1 -f tests/exact/records.awk -f tests/exact/ftrace.awk \
		-f tests/exact/intervals.awk -f tests/exact/match.awk \
		stream=A role=raw "$scratch/before.raw" role=text "$scratch/before.txt" \
		stream=B role=raw "$scratch/after.raw" role=text "$scratch/after.txt" \
		role=csv "$scratch/records.csv"
	sed 's/^/# /' "$scratch/stdout" | head -n 40
	check records-as-ftrace-saw-them "$(head -n 3 "$scratch/stdout"; cat "$scratch/stderr")" \
		test "$rc" = 0
	n=$(sed -n 's/^call sites //p' "$scratch/stdout")
	check call-sites-compared "only ${n:-0}" test "${n:-0}" -ge $IPIS
	for kind in thread timer softirq; do
		# Where the CPU idles all the same.
		gaps=$(sed -n 's/^in gaps //p' "$scratch/stdout")
		if [[ $kind == thread && $gaps -gt 100 ]]; then
			echo "skip thread-compared: ftrace itself lacks switches here, $gaps runs and works touch them"
			continue
		fi
		n=$(sed -n "s/^matched $kind \([0-9]*\) .*/\1/p" "$scratch/stdout")
		check "$kind-compared" "only ${n:-0}" test "${n:-0}" -ge 50
	done
}

if [[ ${1:-} == window ]]; then
	trap - EXIT
	rm -rf "$scratch"
	make_window
	exit
fi
needs_root exact
needs_two_cpus exact
mountpoint -q $tracing || mount -t tracefs tracefs $tracing
test_samples
test_records
finish_tests
