#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that has qpw_noise queue works of a second each to the isolated CPU while the live view
# looks on, several times in each: view.json, an object a line for each look. Beside it an ftrace
# instance sees when they run: witness.txt. Judges nothing. Uses ISOLATED, a single CPU.

NOISE=/sys/kernel/debug/qpw_noise
WITNESS=/sys/kernel/tracing/instances/witness

# shellcheck source=lab/guest/functions
. /lab/functions

start_witness() {
	new_instance "$WITNESS" || return
	# in one write, which takes what comes for the whole
	mask=$(mask_of_list "$ISOLATED")
	echo "$mask" >"$WITNESS/tracing_cpumask" || return
	enable_events "$WITNESS" sched/sched_switch workqueue/workqueue_execute_start \
		workqueue/workqueue_execute_end || return
	echo 1 >"$WITNESS/tracing_on"
}

if ! insmod /lab/modules/qpw_noise.ko; then
	say "qpw_noise.ko cannot be loaded"
	exit 1
fi
start_witness || exit
: >/results/view.json
qpwtop -c "$ISOLATED" -d 0.2 --json >/results/view.json 2>/results/view.log &
view=$!
more_lines /results/view.json 1 || exit
echo "work cpu=$ISOLATED count=5 us=1000000" >$NOISE/run || say "the noise was refused"
more_lines /results/view.json 2 || exit
kill -INT $view
wait $view || exit
echo 0 >"$WITNESS/tracing_on"
cat "$WITNESS/trace" >/results/witness.txt
