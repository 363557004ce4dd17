#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job of the demo: $DURATION seconds of cyclictest on the isolated CPUs and memory churn on
# the housekeeping CPUs, recorded by qpwlat; or, if that is not set, $ROUNDS rounds of churn,
# however long they take. Beside it the witness: an ftrace instance, none of our code, that sees the
# same work items begin. Uses ISOLATED and HOUSEKEEPING, CPU lists.

WITNESS=/sys/kernel/tracing/instances/witness
# Per isolated CPU; a run that overruns it is marked so in witness.txt.
WITNESS_KIB=16384

# shellcheck source=lab/guest/functions
. /lab/functions

start_witness() {
	new_instance "$WITNESS" || return
	# In one write(2): the kernel takes each by itself, and an empty line clears the mask.
	mask=$(mask_of_list "$ISOLATED")
	echo "$mask" >"$WITNESS/tracing_cpumask" || return
	for cpu in $(expand_list "$ISOLATED"); do
		echo "$WITNESS_KIB" >"$WITNESS/per_cpu/cpu$cpu/buffer_size_kb" || return
	done
	enable_events "$WITNESS" workqueue/workqueue_execute_start || return
	echo 1 >"$WITNESS/tracing_on"
}

stop_witness() {
	echo 0 >"$WITNESS/tracing_on"
	echo 0 >"$WITNESS/events/workqueue/workqueue_execute_start/enable"
	{
		echo "# witness 1"
		for cpu in $(expand_list "$ISOLATED"); do
			awk -v cpu="$cpu" -F ': *' '{v[$1] = $2} END {
				print "# cpu", cpu, "entries", v["entries"], "overrun", v["overrun"],
					"dropped", v["dropped events"]}' "$WITNESS/per_cpu/cpu$cpu/stats"
		done
		cat "$WITNESS/trace"
	} >/results/witness.txt
	rmdir "$WITNESS"
}

# The kernel would announce every drop_caches on the console, with interrupts off; this says not to.
echo 4 >/proc/sys/vm/drop_caches
# The timers of an idle nohz_full CPU would be queued on a housekeeping CPU, whose load would then be
# measured instead. Real-time tuning profiles switch that off, too.
echo 0 >/proc/sys/kernel/timer_migration
cd /results || exit
if ! start_witness; then
	say "the witness did not start: $WITNESS"
	exit 1
fi
# Enabling the event patched kernel text, which interrupts every CPU: let that pass.
sleep 1
say "measuring for ${DURATION:+$DURATION s}${ROUNDS:+$ROUNDS rounds}"
# Into a file: writing to the console while measuring would be a disturbance of our own.
qpwlat record -c "$ISOLATED" -H "$HOUSEKEEPING" ${DURATION:+-d "${DURATION}s"} -o trace.qpw \
	--victim cyclictest --victim-json cyclictest.json -- \
	/lab/memory-churn --isolated "$ISOLATED" --housekeeping "$HOUSEKEEPING" ${ROUNDS:+--rounds "$ROUNDS"} \
	--triggers /results/triggers.json --stress-yaml /results/stress-ng.yaml >record.log 2>&1
status=$?
sed 's/^/lab: /' record.log
say "qpwlat record ended with status $status"
stop_witness
exit "$status"
