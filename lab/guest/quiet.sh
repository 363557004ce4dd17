#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that sees whether a recorder, or the live view, disturbs the CPU that it watches: an ftrace
# instance looks at work items, task switches and interrupts from other CPUs there, for WATCH_S
# seconds without either (alone.txt), as long in the middle of a recording (recorded.txt) and as long
# beside the view (viewed.txt), which takes looks.txt looks meanwhile. Nothing else is going on then.
# At last each sees a program run there (disturbed.txt, view-disturbed.txt). Uses ISOLATED, a single
# CPU.

WITNESS=/sys/kernel/tracing/instances/quiet
WATCH_S=6

# shellcheck source=lab/guest/functions
. /lab/functions

start_witness() {
	new_instance "$WITNESS" || return
	# in one write, which takes what comes for the whole
	mask=$(mask_of_list "$ISOLATED")
	echo "$mask" >"$WITNESS/tracing_cpumask" || return
	enable_events "$WITNESS" sched/sched_switch workqueue/workqueue_execute_start \
		irq_vectors/call_function_entry irq_vectors/call_function_single_entry \
		irq_vectors/reschedule_entry irq_vectors/irq_work_entry
}

# watch NAME COMMAND…
watch() {
	echo >"$WITNESS/trace"
	echo 1 >"$WITNESS/tracing_on"
	name=$1
	shift
	"$@"
	echo 0 >"$WITNESS/tracing_on"
	cat "$WITNESS/trace" >"/results/$name.txt"
}

# What is flushed once a second can be read while it is recorded.
await_window() {
	i=0
	while [ $i -lt 100 ]; do
		qpwlat report --json=/tmp/part.json /tmp/trace.qpw 2>/dev/null
		grep -q '"window_start_ns": [1-9]' /tmp/part.json 2>/dev/null && return
		i=$((i + 1))
		sleep 0.2
	done
	return 1
}

nr_looks() {
	wc -l </results/view.json
}

start_witness || exit
watch alone sleep $WATCH_S
qpwlat record -c "$ISOLATED" -d 100s --victim none -o /tmp/trace.qpw >/results/record.log 2>&1 &
recorder=$!
await_window || exit
watch recorded sleep $WATCH_S
watch disturbed taskset "$mask" true
kill -INT $recorder
wait $recorder || exit
cp /tmp/trace.qpw /results/trace.qpw
qpwlat report --json=/results/report.json /tmp/trace.qpw || exit

: >/results/view.json
qpwtop -c "$ISOLATED" -d 2 --json >/results/view.json 2>/results/view.log &
view=$!
more_lines /results/view.json 1 || exit
first=$(nr_looks)
watch viewed sleep $WATCH_S
echo $(($(nr_looks) - first)) >/results/looks.txt
watch view-disturbed taskset "$mask" true
more_lines /results/view.json 1 || exit
kill -INT $view
wait $view
