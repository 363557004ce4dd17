#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that tries to break the series: KUnit, then for $DURATION seconds everything at once that
# uses or drains per-CPU caches, CPU hotplug and failing allocations included, then a look at
# whether all memory came back. /results/stress.tap has a line for each test; what the kernel
# itself complains about is found in its log by the host. Uses ISOLATED and HOUSEKEEPING; the last
# isolated CPU is the one that is plugged and unplugged. Modules: qpw_kunit, qpw_provoke, qpw_noise.

DURATION=${DURATION:-15}
GROUP=/sys/fs/cgroup/stress
FAILSLAB=/sys/kernel/debug/failslab
MAX_FAILURES=100000000
# What the recovery of memory may take: RCU, kworkers and reclaim, on an emulated machine.
SETTLE_S=40
# What the results in /results and /tmp, which are memory, may take.
RESULTS_PAGES=512
failed=0

# shellcheck source=lab/guest/functions
. /lab/functions

ok() {
	echo "ok $*" | tee -a /results/stress.tap
}

not_ok() {
	echo "not ok $1: $2" | tee -a /results/stress.tap
	failed=1
}

# Isolated CPUs keep their part of the counters to themselves until they are asked.
vmstat() {
	cat /proc/sys/vm/stat_refresh
	awk -v name="$1" '$1 == name {print $2}' /proc/vmstat
}

# The KTAP of one module: its failures by name, or the totals.
run_kunit() {
	dmesg -c >/dev/null
	if ! insmod /lab/modules/qpw_kunit.ko; then
		not_ok kunit "qpw_kunit.ko cannot be loaded"
		return
	fi
	dmesg | sed 's/^\[[^]]*\] //' >/results/kunit.tap
	bad=$(grep -E '^ *not ok' /results/kunit.tap | sed 's/^ *//' | tr '\n' ';')
	good=$(grep -cE '^        ok|^    ok' /results/kunit.tap)
	if [ -n "$bad" ]; then
		not_ok kunit "$bad"
	elif [ "$good" -lt 10 ]; then
		not_ok kunit "only $good tests ran"
	else
		ok "kunit ($good tests)"
	fi
	rmmod qpw_kunit
}

# The situations of qpw_provoke, each of which shows a mistake at once.
run_provoke() {
	sh /lab/provoke.sh >/results/provoke.log 2>&1
	status=$?
	bad=$(grep '^not ok' /results/provoke.tap | tr '\n' ';')
	good=$(grep -c '^ok' /results/provoke.tap)
	if [ -n "$bad" ] || [ $status -ne 0 ]; then
		not_ok provoke "status $status; $bad"
	elif [ "$good" -lt 8 ]; then
		not_ok provoke "only $good situations"
	else
		ok "provoke ($good situations)"
	fi
}

# until_end COMMAND…: again and again until the time is over; counts the rounds.
until_end() {
	name=$1
	n=0
	while [ ! -e /run/stop ]; do
		"$@" || break
		n=$((n + 1))
	done
	echo "$n" >"/run/rounds.$name"
}

drop_caches() {
	echo 1 >/proc/sys/vm/drop_caches
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
}

shrink_caches() {
	for cache in vm_area_struct filp anon_vma kmalloc-64; do
		if [ -e "/sys/kernel/slab/$cache/shrink" ]; then
			echo 1 >"/sys/kernel/slab/$cache/shrink" || return
		fi
	done
}

destroy_cache() {
	echo "cache count=1" >/sys/kernel/debug/qpw_noise/run
}

# The limit goes below what is used and up again; reclaim and drain_all_stock() have to follow.
squeeze_group() {
	echo 100K >"$GROUP/memory.high"
	echo 0 >"$GROUP/memory.reclaim" 2>/dev/null
	echo max >"$GROUP/memory.high"
	mkdir "$GROUP/child" && rmdir "$GROUP/child"
}

plug() {
	echo 0 >"/sys/devices/system/cpu/cpu$victim/online" || return
	echo 1 >"/sys/devices/system/cpu/cpu$victim/online"
}

# Allocates, charges, maps and frees, on the CPU it is told, which may be gone at times.
use_memory() {
	# shellcheck disable=SC2016 # the inner shell's
	taskset "$(printf '%x' $((1 << $1)))" sh -c 'i=0
		while [ $i -lt 20 ]; do cat /proc/self/status /proc/self/maps >/tmp/use.$$; i=$((i + 1)); done
		rm /tmp/use.$$' 2>/dev/null
	return 0
}

# Slab allocations that may not wait fail every other time; what may wait does not.
begin_failing() {
	[ -d $FAILSLAB ] || return 0
	echo Y >$FAILSLAB/ignore-gfp-wait
	echo 1 >$FAILSLAB/interval
	echo 0 >$FAILSLAB/verbose
	echo $MAX_FAILURES >$FAILSLAB/times
	echo 50 >$FAILSLAB/probability
}

end_failing() {
	[ -d $FAILSLAB ] || return 0
	echo 0 >$FAILSLAB/probability
	failures=$((MAX_FAILURES - $(cat $FAILSLAB/times)))
	if [ $failures -gt 100 ]; then
		ok "failslab ($failures allocations failed)"
	else
		not_ok failslab "only $failures allocations failed"
	fi
}

start() {
	(echo 0 >"$GROUP/cgroup.procs"; until_end "$@") &
	workers="$workers $!"
}

run_together() {
	# Not memory.max, which ends in the OOM killer where others have emptied the stocks.
	churn --isolated "$first" --housekeeping "$HOUSEKEEPING" --interval 50 \
		--families lru_add,mlock,lru_deactivate,lazyfree,lru_disable,sheaves \
		--output /results/triggers.json >/results/churn.log 2>&1 &
	churn=$!
	begin_failing
	for cpu in $(expand_list "$ISOLATED,$HOUSEKEEPING"); do
		start use_memory "$cpu"
	done
	for job in drop_caches shrink_caches destroy_cache squeeze_group plug; do
		(until_end $job) &
		workers="$workers $!"
	done
	sleep "$DURATION"
	touch /run/stop
	# shellcheck disable=SC2086 # one word per process
	wait $workers
	end_failing
	kill -INT $churn
	if wait $churn; then
		ok churn
	else
		not_ok churn "$(tail -n 1 /results/churn.log)"
	fi
	for job in use_memory drop_caches shrink_caches destroy_cache squeeze_group plug; do
		rounds=$(cat /run/rounds.$job 2>/dev/null)
		if [ "${rounds:-0}" -gt 0 ]; then
			ok "$job ($rounds rounds)"
		else
			not_ok "$job" "no round was completed"
		fi
	done
}

# wait_until NAME LIMIT COMMAND…: until what the command prints is at most LIMIT.
wait_until() {
	name=$1 limit=$2
	shift 2
	i=0
	while :; do
		is=$("$@")
		[ "$is" -gt "$limit" ] || break
		if [ $i -ge $SETTLE_S ]; then
			not_ok "$name" "$is after $SETTLE_S s, $limit before"
			return
		fi
		drop_caches
		sleep 1
		i=$((i + 1))
	done
	ok "$name ($is)"
}

dying_groups() {
	awk '$1 == "nr_dying_descendants" {print $2}' /sys/fs/cgroup/cgroup.stat
}

lru_pages() {
	cat /proc/sys/vm/stat_refresh
	awk '$1 ~ /^nr_(active|inactive)_anon$/ {n += $2} END {print n}' /proc/vmstat
}

# To be asked again for a while: a task in the middle of its exit is not stuck yet.
stuck_tasks() {
	ps -o stat,comm | awk '$1 ~ /^D/ {n++} END {print n + 0}'
}

# Where isolated CPUs' stocks are not drained remotely they drain when their CPU goes.
replug_all() {
	for victim in $(expand_list "$ISOLATED"); do
		plug || not_ok "replug-$victim" "CPU $victim did not come back"
	done
}

check_memory() {
	wait_until no-stuck-task 0 stuck_tasks
	[ "$(cat /sys/kernel/qpw/enabled 2>/dev/null)" = 1 ] || replug_all
	echo max >"$GROUP/memory.high"
	echo 0 >/sys/fs/cgroup/cgroup.procs
	rmdir "$GROUP" || not_ok rmdir "the cgroup is in use"
	wait_until unevictable "$unevictable" vmstat nr_unevictable
	wait_until mlock "$mlocked" vmstat nr_mlock
	wait_until lru "$((lru + RESULTS_PAGES))" lru_pages
	wait_until dying-cgroups "$dying" dying_groups
}

cd /tmp || exit
echo 4 >/proc/sys/vm/drop_caches
echo 30 >/proc/sys/kernel/hung_task_timeout_secs
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
first=$(expand_list "$ISOLATED" | awk '{print $1}')
victim=$(expand_list "$ISOLATED" | awk '{print $NF}')
workers=''
insmod /lab/modules/qpw_noise.ko || not_ok qpw_noise "qpw_noise.ko cannot be loaded"
run_kunit
run_provoke
mkdir $GROUP || exit
drop_caches
unevictable=$(vmstat nr_unevictable) mlocked=$(vmstat nr_mlock) lru=$(lru_pages) dying=$(dying_groups)
say "stress for $DURATION s"
run_together
say "looking for what is left"
check_memory
rmmod qpw_noise || not_ok rmmod "qpw_noise.ko is in use"
exit $failed
