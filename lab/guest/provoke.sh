#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that loads qpw_provoke: situations in which a mistake in the use of QPW shows at once. One
# that needs no module comes first. /results/provoke.tap has the lines of all. Uses ISOLATED and
# HOUSEKEEPING: the last isolated CPU goes offline, and the last of the others, which must not be
# CPU 0. Four CPUs are enough.

GROUP=/sys/fs/cgroup/provoke
# More than what a cgroup needs for itself, less than a task's last batch of charges.
STOCK_BYTES=65536

# shellcheck source=lab/guest/functions
. /lab/functions

last_of() {
	echo "$1" | awk -F '[-,]' '{print $NF}'
}

# A drain that passes an isolated CPU over must not leave the mark of one that is under way: then
# not even a drain on that very CPU would empty its stock again. A task that ends leaves its CPU
# charges in stock; the first write finds them from CPU 0, the second from where they are.
isolated_stock() {
	stock=/sys/fs/cgroup/stock
	mkdir $stock || return
	# shellcheck disable=SC2016 # the inner shell's
	taskset "$(mask_of_list "$1")" sh -c 'echo 0 >"$0/cgroup.procs"; cat /proc/self/maps >/dev/null' $stock
	before=$(cat $stock/memory.current)
	taskset 1 sh -c "echo 0 >$stock/memory.high"
	taskset "$(mask_of_list "$1")" sh -c "echo 0 >$stock/memory.high"
	after=$(cat $stock/memory.current)
	if [ "$before" -le $STOCK_BYTES ]; then
		echo "not ok isolated-stock: CPU $1 has but $before bytes in stock"
	elif [ "$after" -gt $STOCK_BYTES ]; then
		echo "not ok isolated-stock: $after of $before bytes stay charged"
	else
		echo "ok isolated-stock"
	fi
	rmdir $stock
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
isolated_stock "$(last_of "$ISOLATED")" >/results/provoke.tap
mkdir $GROUP && echo $$ >$GROUP/cgroup.procs || exit
dmesg -c >/dev/null
# shellcheck disable=SC2046 # one word per address
insmod /lab/modules/qpw_provoke.ko cpu="$(last_of "$ISOLATED")" \
	work_cpu="$(last_of "$HOUSEKEEPING")" $(addresses)
status=$?
dmesg | sed -nE 's,^\[[^]]*\] qpw_provoke: ((not ok|ok|skip|[0-9]+ passed).*),\1,p' >>/results/provoke.tap
if [ -d $dir ]; then
	echo 0 >$dir/probability
	echo N >$dir/task-filter
fi
echo $$ >/sys/fs/cgroup/cgroup.procs
[ $status -eq 0 ] || exit $status
rmmod qpw_provoke
! grep -q '^not ok' /results/provoke.tap && grep -qE '^[0-9]+ passed, 0 failed$' /results/provoke.tap
