#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that loads qpw_provoke: situations in which a mistake in the use of QPW shows at once.
# /results/provoke.tap has its lines. Uses ISOLATED and HOUSEKEEPING: the last isolated CPU goes
# offline, and the last of the others, which must not be CPU 0. Four CPUs are enough.

GROUP=/sys/fs/cgroup/provoke

last_of() {
	echo "$1" | awk -F '[-,]' '{print $NF}'
}

# Arguments of insmod: what the module cannot link to, by address.
addresses() {
	for name in cpu_fbatches mlock_fbatch memcg_stock obj_stock \
		lru_add_drain_all drain_all_stock drain_local_memcg_stock; do
		awk -v name=$name '$3 == name {print name "=0x" $1; exit}' /proc/kallsyms
	done
}

# Slab allocations that may not wait fail for the tasks that ask for it.
dir=/sys/kernel/debug/failslab
if [ -d $dir ]; then
	echo Y >$dir/task-filter
	echo 100 >$dir/probability
	echo 1 >$dir/interval
	echo -1 >$dir/times
	echo 0 >$dir/verbose
fi
# A busy work keeps the works behind it waiting, however long it takes.
echo 10000000 >/sys/module/workqueue/parameters/cpu_intensive_thresh_us
echo 4 >/proc/sys/vm/drop_caches
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP && echo $$ >$GROUP/cgroup.procs || exit
dmesg -c >/dev/null
# shellcheck disable=SC2046 # one word per address
insmod /lab/modules/qpw_provoke.ko cpu="$(last_of "$ISOLATED")" \
	work_cpu="$(last_of "$HOUSEKEEPING")" $(addresses)
status=$?
dmesg | sed -nE 's,^\[[^]]*\] qpw_provoke: ((not ok|ok|skip|[0-9]+ passed).*),\1,p' >/results/provoke.tap
if [ -d $dir ]; then
	echo 0 >$dir/probability
	echo N >$dir/task-filter
fi
echo $$ >/sys/fs/cgroup/cgroup.procs
[ $status -eq 0 ] || exit $status
rmmod qpw_provoke
grep -qE '^[0-9]+ passed, 0 failed$' /results/provoke.tap
