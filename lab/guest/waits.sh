#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job in which this very script, as flush-waiter, waits for work of the isolated CPU, while
# a real-time task keeps that CPU from its workers for most of each second. The live view looks on
# and afterwards: view.json, an object a line for each look. Uses ISOLATED, a single CPU.

WAIT_S=6

# shellcheck source=lab/guest/functions
. /lab/functions

# Work items for every CPU, queued by this very process and then waited for.
wait_for_works() {
	printf flush-waiter >/proc/self/comm
	end=$(($(date +%s) + WAIT_S))
	while [ "$(date +%s)" -lt $end ]; do
		echo 1 >/proc/sys/vm/stat_refresh
	done
}

: >/results/view.json
qpwtop -c "$ISOLATED" -d 0.2 --json >/results/view.json 2>/results/view.log &
view=$!
more_lines /results/view.json 1 || exit
stress-ng --quiet --cpu 1 --cpu-method loop --taskset "$ISOLATED" --sched fifo --sched-prio 50 \
	--timeout $WAIT_S >/results/busy.log 2>&1 &
busy=$!
wait_for_works
wait $busy
say "stress-ng ended with status $?"
more_lines /results/view.json 2 || exit
kill -INT $view
wait $view
