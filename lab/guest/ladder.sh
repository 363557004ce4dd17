#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that records the same triggers once in each way in which probes can be attached, beside an
# ftrace instance that has nothing of ours in it. Of each way: WAY.json, what qpwlat reports,
# WAY.txt, what ftrace saw, WAY.probes.json. Uses ISOLATED, a single CPU.

ROUNDS=15 # tests/guest/ladder.sh knows it
WITNESS=/sys/kernel/tracing/instances/witness
FUNCTIONS='lru_add_drain_all __kmem_cache_shrink __flush_work'
EVENTS='workqueue/workqueue_execute_start qpw/qpw_inline_begin'

# shellcheck source=lab/guest/functions
. /lab/functions

# The sleep makes room for the folios and objects that are to be drained.
make_triggers() {
	i=0
	while [ $i -lt $ROUNDS ]; do
		taskset "$(mask_of_list "$ISOLATED")" sh -c 'cat /proc/self/maps >/tmp/drained'
		echo 1 >/proc/sys/vm/drop_caches
		echo 1 >/sys/kernel/slab/kmalloc-64/shrink
		sleep 0.1
		i=$((i + 1))
	done
}

start_witness() {
	new_instance $WITNESS || return
	echo 8192 >$WITNESS/buffer_size_kb
	for function in $FUNCTIONS; do
		echo "$function" >>$WITNESS/set_ftrace_filter || return
	done
	echo function >$WITNESS/current_tracer || return
	# shellcheck disable=SC2086 # one word an event
	enable_events $WITNESS $EVENTS || return
	echo 1 >$WITNESS/tracing_on
}

# record_way NAME OPTION...
record_way() {
	way=$1
	shift
	say "recording $way"
	qpwlat probes "$@" --json="/results/$way.probes.json" || return
	start_witness || return
	qpwlat record -c "$ISOLATED" -o "/tmp/$way.qpw" --victim none "$@" -- \
		sh /lab/ladder.sh make >"/results/$way.log" 2>&1 || return
	echo 0 >$WITNESS/tracing_on
	cat $WITNESS/trace >"/results/$way.txt"
	echo nop >$WITNESS/current_tracer
	rmdir $WITNESS
	qpwlat report --json="/results/$way.json" --top 1000 "/tmp/$way.qpw"
}

if [ "${1:-}" = make ]; then
	make_triggers
	exit
fi
# The kernel would announce every drop_caches on the console, with interrupts off.
echo 4 >/proc/sys/vm/drop_caches
record_way fentry && record_way kprobe --without fentry && record_way raw_tp --without tp_btf &&
	record_way tracepoint --without tp_btf,raw_tp
status=$?
[ $status = 0 ] || sed 's/^/lab: /' "/results/$way.log"
exit $status
