#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that asks qpw_noise for known noise on the first isolated CPU, seen by two: an ftrace
# instance, which knows nothing of the module's counters, and qpwlat record. Then requests that
# are to be refused, writers that are interrupted or meet, and unloading. Judges nothing: what
# happened goes home as text. Uses ISOLATED.

NOISE=/sys/kernel/debug/qpw_noise
WITNESS=/sys/kernel/tracing/instances/witness
WITNESS_KIB=8192
CPU=${ISOLATED%%[-,]*}
RECORD_S=150

# shellcheck source=lab/guest/functions
. /lab/functions

# ask REQUEST: what write(2) said of it, "ok" or the text of its errno.
ask() {
	# The inner sub-shell, as a failed redirection may end the shell that tries it.
	if answer=$( (echo "$1" >"$NOISE/run") 2>&1); then
		echo ok
	else
		echo "${answer##*: }"
	fi
}

log_lines() {
	dmesg | grep 'qpw_noise: '
}

# refused REQUEST: "ANSWER|number of new lines in the log|the last of them|REQUEST".
refused() {
	before=$(log_lines | wc -l)
	said=$(ask "$1")
	after=$(log_lines | wc -l)
	echo "$said|$((after - before))|$(log_lines | tail -n 1 | sed 's/.*qpw_noise: //')|$1"
}

# Every kind has a count of its own, so that what is taken for another kind shows.
make_noise() {
	for request in "work cpu=$CPU count=17 us=50" "percpu_work cpu=$CPU count=13 us=50" \
		"cache count=3" "ipi cpu=$CPU count=19 us=50" "irq_work cpu=$CPU count=23 us=50" \
		"hrtimer cpu=$CPU count=29 us=50" "timer cpu=$CPU count=11 us=50 gap=2000" \
		"irqoff cpu=$CPU count=31 us=50" "preemptoff cpu=$CPU count=37 us=50" \
		"lock cpu=$CPU count=7 us=50" "contend cpu=$CPU count=5 us=20000"; do
		echo "$(ask "$request")|$request"
	done >/results/requests.txt
	cat "$NOISE/counters" >/results/counters.txt
}

start_witness() {
	new_instance "$WITNESS" || return
	echo "$WITNESS_KIB" >"$WITNESS/buffer_size_kb" || return
	echo 'qpw_noise_*_fn qpw_noise_spend' >"$WITNESS/set_ftrace_filter" || return
	echo function >"$WITNESS/current_tracer" || return
	enable_events "$WITNESS" workqueue/workqueue_execute_start csd/csd_queue_cpu csd/csd_function_entry \
		irq_vectors/call_function_entry irq_vectors/call_function_single_entry irq_vectors/irq_work_entry \
		irq_vectors/local_timer_entry \
		timer/hrtimer_expire_entry timer/timer_expire_entry || return
	enable_qpw_events "$WITNESS" || return
	echo 1 >"$WITNESS/tracing_on"
}

stop_witness() {
	echo 0 >"$WITNESS/tracing_on"
	cat "$WITNESS"/per_cpu/cpu*/stats | grep -E '^(overrun|dropped events):' >/results/witness-lost.txt
	cat "$WITNESS/trace" >/results/witness.txt
	echo nop >"$WITNESS/current_tracer"
	rmdir "$WITNESS"
}

refusals() {
	for request in '' bang ' work' "work cpu=$CPU count=1" "work cpu=$CPU us=1" "work count=1 us=1" \
		"work cpu=$CPU count=1 us=1 us=1" "work cpu=$CPU count=1 us=1 colour=1" \
		"work cpu=$CPU  count=1 us=1" "work cpu=$CPU count=1 us=1 " "work cpu=$CPU count= us=1" \
		"work cpu=$CPU count=-1 us=1" "work cpu=$CPU count=+1 us=1" "work cpu=$CPU count=0x10 us=1" \
		"work cpu=$CPU count=one us=1" "cache count=1 cpu=$CPU" "cache" \
		"work cpu=$CPU count=0 us=1" "work cpu=$CPU count=100001 us=1" \
		"work cpu=$CPU count=4294967297 us=1" "work cpu=$CPU count=1 us=1000001" \
		"work cpu=$CPU count=61 us=1000000" "cache count=1001" \
		"irqoff cpu=$CPU count=60 us=1000000 gap=1" "work cpu=4095 count=1 us=1" \
		"work cpu=4294967295 count=1 us=1" "ipi cpu=0 count=1 us=1" \
		"$(printf 'work cpu=%0200d count=1 us=1' "$CPU")"; do
		refused "$request"
	done
	# Two lines in one write are one request, and a wrong one.
	refused 'cache count=1
cache count=1' | tr '\n' ' '
	echo
	before=$(log_lines | wc -l)
	printf 'cache count=1\000 count=2' >/tmp/zero
	answer=$(cat /tmp/zero 2>&1 >"$NOISE/run")
	echo "${answer##*: }|$(($(log_lines | wc -l) - before))|$(log_lines | tail -n 1)|with a zero byte"
}

# A writer that is killed half-way: what is done is done, the rest must not come.
interrupt() {
	echo 1 >"$NOISE/reset"
	cat "$NOISE/counters" >/results/reset.txt
	echo "irqoff cpu=$CPU count=50 us=1000 gap=1000000" >"$NOISE/run" &
	writer=$!
	sleep 3
	rmmod qpw_noise 2>/dev/null
	echo "rmmod-busy $?"
	start=$(cut -d . -f 1 /proc/uptime)
	kill "$writer"
	wait "$writer"
	echo "seconds-to-end $(($(cut -d . -f 1 /proc/uptime) - start))"
	cat "$NOISE/counters" >/results/interrupted.txt
	sleep 3
	cat "$NOISE/counters" >/results/interrupted-later.txt
}

meet() {
	echo 1 >"$NOISE/reset"
	pids=
	for request in "work cpu=$CPU count=40 us=500" "irqoff cpu=$CPU count=40 us=500" \
		"hrtimer cpu=$CPU count=40 us=500" "work cpu=$CPU count=40 us=500"; do
		echo "$request" >"$NOISE/run" &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || echo "writer-failed $pid"
	done
	cat "$NOISE/counters" >/results/met.txt
}

# Named by the recorder as its command, for the part that is recorded.
if [ "${1:-}" = make ]; then
	make_noise
	# The recorder, which began this: all is done.
	kill -INT "$PPID"
	exit
fi

if ! insmod /lab/modules/qpw_noise.ko; then
	say "qpw_noise.ko cannot be loaded"
	exit 1
fi
if ! start_witness; then
	say "the witness did not start: $WITNESS"
	exit 1
fi
say "making noise for $RECORD_S s at most"
qpwlat record -c "$CPU" -d "${RECORD_S}s" -o /results/trace.qpw --victim none -- \
	sh /lab/noise.sh make >/results/record.log 2>&1
status=$?
stop_witness
if [ "$status" != 0 ]; then
	sed 's/^/lab: /' /results/record.log
	exit "$status"
fi
qpwlat report --json=/results/report.json --top 1000 /results/trace.qpw || exit
say "requests to refuse"
cat "$NOISE/counters" >/results/before-refusals.txt
refusals >/results/refusals.txt 2>&1
cat "$NOISE/counters" >/results/after-refusals.txt
say "writers that are interrupted, writers that meet"
{
	interrupt
	meet
	for _ in 1 2 3; do
		rmmod qpw_noise
		echo "rmmod $?"
		ls -d "$NOISE" 2>/dev/null
		insmod /lab/modules/qpw_noise.ko
		echo "insmod $?"
	done
} >/results/events.txt 2>&1
