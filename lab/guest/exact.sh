#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that lets three observers see the same known noise on the first isolated CPU: qpwlat
# record, an ftrace instance (before) that was there before the recorder attached its programs, and
# one (after) that came later. The kernel calls them in that order, so what one notes of an event
# lies between what the others do. Judges nothing: what each saw goes home as text. Uses ISOLATED.

NOISE=/sys/kernel/debug/qpw_noise
INSTANCES=/sys/kernel/tracing/instances
BUFFER_KIB=16384
CPU=${ISOLATED%%[-,]*}
RECORD_S=150
# Of the noise, and those in which the recorder says that somebody waits.
FUNCTIONS='qpw_noise_*_fn __flush_work lru_add_drain_all lru_cache_disable drain_all_stock'
FUNCTIONS="$FUNCTIONS flush_rcu_sheaves_on_cache __kmem_cache_shrink"
# Pieces of each kind, and the length of one. 2 % of that is what an emulated CPU needs to get from
# an event to the function and back.
PIECES=8
PIECE_US=20000

# shellcheck source=lab/guest/functions
. /lab/functions

# make_instance NAME: switched on, with the events behind everything that the recorder reports.
make_instance() {
	dir=$INSTANCES/$1
	new_instance "$dir" || return
	echo "$BUFFER_KIB" >"$dir/buffer_size_kb" || return
	# So that addresses can be compared with recorded ones.
	echo nohash-ptr >"$dir/trace_options" || return
	enable_events "$dir" sched/sched_switch sched/sched_waking sched/sched_wakeup_new \
		sched/sched_migrate_task task/task_rename workqueue/workqueue_queue_work \
		workqueue/workqueue_execute_start workqueue/workqueue_execute_end irq/irq_handler_entry \
		irq/irq_handler_exit irq/softirq_entry irq/softirq_exit irq_vectors csd ipi/ipi_send_cpu \
		timer/hrtimer_expire_entry timer/hrtimer_expire_exit timer/tick_stop || return
	enable_qpw_events "$dir" || return
	echo 1 >"$dir/tracing_on"
}

# Twice: the one has the nanoseconds, the other the meanings.
take_instance() {
	dir=$INSTANCES/$1
	cat "$dir"/per_cpu/cpu*/stats | grep -E '^(overrun|dropped events):' >>/results/ftrace-lost.txt
	cat "$dir/trace" >"/results/$1.txt"
	echo raw >"$dir/trace_options"
	cat "$dir/trace" >"/results/$1.raw"
	echo 0 >"$dir/events/enable"
	echo nop >"$dir/current_tracer"
	rmdir "$dir"
}

spent_ns() {
	sed -n "s/^$1_spent_ns //p" "$NOISE/counters"
}

# One request a piece, so that the module's counter tells the length of each by itself.
make_pieces() {
	for kind in work percpu_work ipi irq_work hrtimer timer irqoff preemptoff contend; do
		[ "$(sed -n "s/^${kind}_possible //p" "$NOISE/counters")" = 1 ] || continue
		before=$(spent_ns "$kind")
		for _ in $(seq "$PIECES"); do
			echo "$kind cpu=$CPU count=1 us=$PIECE_US" >"$NOISE/run" || echo "$kind failed"
			after=$(spent_ns "$kind")
			echo "$kind $((after - before))"
			before=$after
		done
	done
}

# Many at once, short ones, and what the kernel adds by itself.
make_crowd() {
	echo "cache count=4" >"$NOISE/run"
	for kind in work percpu_work ipi irq_work hrtimer timer requeue delayed freed cancelled; do
		echo "$kind cpu=$CPU count=40 us=20" >"$NOISE/run"
	done
	echo 1 >/proc/sys/vm/compact_memory
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
}

if [ "${1:-}" = make ]; then
	make_instance after || exit
	sleep 1
	echo exact-begin >"$INSTANCES/before/trace_marker"
	make_pieces >/results/pieces.txt
	make_crowd
	sleep 1
	echo exact-end >"$INSTANCES/before/trace_marker"
	sleep 0.2
	for name in before after; do
		echo 0 >"$INSTANCES/$name/tracing_on"
	done
	cat "$NOISE/counters" >/results/counters.txt
	echo $$ >/results/writer
	# The recorder, which began this: all is done.
	kill -INT "$PPID"
	exit
fi

if ! insmod /lab/modules/qpw_noise.ko; then
	say "qpw_noise.ko cannot be loaded"
	exit 1
fi
if ! make_instance before || ! echo "$FUNCTIONS" >"$INSTANCES/before/set_ftrace_filter" ||
	! echo function >"$INSTANCES/before/current_tracer"; then
	say "ftrace cannot be set up: $INSTANCES/before"
	exit 1
fi
say "making noise for $RECORD_S s at most"
qpwlat record -c "$CPU" -d "${RECORD_S}s" -o /results/trace.qpw --victim none -- \
	sh /lab/exact.sh make >/results/record.log 2>&1
status=$?
take_instance before
take_instance after
if [ "$status" != 0 ]; then
	sed 's/^/lab: /' /results/record.log
	exit "$status"
fi
qpwlat export -o /results/records.csv /results/trace.qpw || exit
sed 's/^/lab: /' /results/record.log
