#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in a guest of the lab: how long drains of all CPUs take, by the kernel's own function graph,
# and whether one returns while a SCHED_FIFO task does not leave the isolated CPU. Prints lines
# "time FUNCTION MICROSECONDS" and "hog FAIR_SERVER MILLISECONDS", the latter 0 for "not at all".

T=/sys/kernel/tracing
# Who asks for a drain of all CPUs, and what is done for one CPU, with its lock held or around that.
WHOLE='lru_add_drain_all flush_all_cpus_locked drain_all_stock*'
PART='lru_add_drain_per_cpu flush_cpu_sheaves drain_local_memcg_stock drain_local_obj_stock'
HOG_SECONDS=${HOG_SECONDS:-10}

# A group of which each CPU keeps charges in stock goes away.
remove_group() {
	mkdir /sys/fs/cgroup/drain || return
	cpu=0
	while [ "$cpu" -lt "$VCPUS" ]; do
		# shellcheck disable=SC2016 # the inner shell's
		taskset "$(printf '%x' $((1 << cpu)))" sh -c \
			'echo 0 >/sys/fs/cgroup/drain/cgroup.procs; cat /proc/self/maps >/dev/null'
		cpu=$((cpu + 1))
	done
	rmdir /sys/fs/cgroup/drain
}

# Page faults and files of a task that lives on one CPU leave something in all its caches.
use_cpu() {
	taskset "$(printf '%x' $((1 << $1)))" cat /proc/self/maps /proc/self/smaps >/dev/null
}

use_all_cpus() {
	cpu=0
	while [ "$cpu" -lt "$VCPUS" ]; do
		use_cpu "$cpu"
		cpu=$((cpu + 1))
	done
}

start_graph() {
	# The star is for the part of a function that the compiler has split off.
	set -f
	for f in $WHOLE $PART; do
		echo "$f" >>$T/set_ftrace_filter || echo "missing $f"
	done
	set +f
	echo 1 >$T/options/funcgraph-tail
	echo 16384 >$T/buffer_size_kb
	echo function_graph >$T/current_tracer
}

stop_graph() {
	echo 0 >$T/tracing_on
	awk '/ us / {name = $0; sub(/.*[|][ }\/*]*/, "", name); sub(/[^a-z0-9_].*/, "", name)
		for (i = 1; i < NF; i++) if ($(i + 1) == "us") print "time", name, $i}' $T/trace
	grep -h '^overrun: [^0]' $T/per_cpu/cpu*/stats
	echo nop >$T/current_tracer
	echo >$T/set_ftrace_filter
	echo 1 >$T/tracing_on
}

time_drains() {
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	start_graph
	i=0
	while [ "$i" -lt "${ROUNDS:-10}" ]; do
		use_all_cpus
		echo 1 >/proc/sys/vm/drop_caches
		use_all_cpus
		echo 1 >/sys/kernel/slab/vm_area_struct/shrink
		remove_group
		i=$((i + 1))
	done
	stop_graph
}

milliseconds() {
	awk '{printf "%d\n", $1 * 1000}' /proc/uptime
}

# One write to drop_caches beside the hog. What waits for the isolated CPU can't be killed: it
# is left alone until the hog ends.
drop_beside_hog() {
	use_cpu "$ISOLATED"
	stress-ng --quiet --cpu 1 --cpu-method int64 --taskset "$ISOLATED" --sched fifo \
		--sched-prio 10 --timeout "$((HOG_SECONDS + 4))" &
	sleep 2
	rm -f /tmp/dropped
	start=$(milliseconds)
	(echo 1 >/proc/sys/vm/drop_caches && milliseconds >/tmp/dropped) &
	while [ ! -s /tmp/dropped ] && [ "$(($(milliseconds) - start))" -lt "$((HOG_SECONDS * 1000))" ]; do
		usleep 20000
	done
	if [ -s /tmp/dropped ]; then
		echo "hog $1 $(($(cat /tmp/dropped) - start + 1))"
	else
		echo "hog $1 0"
	fi
	wait
}

# With nothing that limits real-time tasks, and with what the kernel does against their abuse.
hog() {
	server=/sys/kernel/debug/sched/fair_server/cpu$ISOLATED/runtime
	was=$(cat "$server")
	drop_beside_hog limited
	echo -1 >/proc/sys/kernel/sched_rt_runtime_us
	echo 0 >"$server"
	drop_beside_hog unlimited
	echo "$was" >"$server"
}

if [ -n "$ISOLATED" ]; then
	hog
else
	time_drains
fi
