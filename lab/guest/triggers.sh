#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that pulls every trigger of the workload by itself and lets ftrace, none of our code, see
# which work items run on the isolated CPU: /results/triggers.txt has a line "TRIGGER FUNCTION
# COUNT" for each function, with the spaces of a trigger's name as "_", and "TRIGGER fired N".
# Uses ISOLATED (one CPU) and HOUSEKEEPING.

WITNESS=/sys/kernel/tracing/instances/witness
ROUNDS=${ROUNDS:-5}

# Lists a family and its triggers as "FAMILY:TRIGGER".
list_triggers() {
	churn --list | sed 's/ \{1,\}[^:]*: / /' | awk '{family = $1; sub(/^[^ ]* /, "")
		n = split($0, t, /, */); for (i = 1; i <= n; i++) print family ":" t[i]}'
}

start_witness() {
	mkdir "$WITNESS" || return
	printf '%x\n' $((1 << ISOLATED)) >"$WITNESS/tracing_cpumask" || return
	echo 1 >"$WITNESS/events/workqueue/workqueue_execute_start/enable"
}

# watch NAME COMMAND…: what ran on the isolated CPU while the command did.
watch() {
	name=$1
	shift
	echo >"$WITNESS/trace"
	echo 1 >"$WITNESS/tracing_on"
	"$@"
	sleep 0.2
	echo 0 >"$WITNESS/tracing_on"
	grep -q 'overrun: 0$' "$WITNESS/per_cpu/cpu$ISOLATED/stats" || echo "$name overrun 1" >>/results/triggers.txt
	awk -v name="$name" '/workqueue_execute_start:/ {n[$NF]++}
		END {for (f in n) print name, f, n[f]}' "$WITNESS/trace" >>/results/triggers.txt
}

pull() {
	fired=0
	churn --isolated "$ISOLATED" --housekeeping "$HOUSEKEEPING" --families "$1" --trigger "$2" \
		--rounds "$ROUNDS" --interval 50 >/tmp/churn.json 2>/tmp/churn.log || cat /tmp/churn.log
	fired=$(tr -d ' ",' </tmp/churn.json | awk -F: '$1 == "count" {n += $2} END {print n + 0}')
}

# A cache that is destroyed flushes the sheaves of every CPU.
destroy_caches() {
	echo "cache count=$ROUNDS" >/sys/kernel/debug/qpw_noise/run && fired=$ROUNDS
}

# await_line FILE LINE: until the file has it, a minute at most.
await_line() {
	tries=0
	until grep -qx "$2" "$1"; do
		tries=$((tries + 1))
		[ $tries -le 600 ] || return
		sleep 0.1
	done
}

# A cgroup goes away whose charges the isolated CPU still has in stock. They are drained when it goes
# offline, some time after it was removed, until when it is dying. That happens where its last task
# ended, should that be later: a CPU drains its own stock without a work.
remove_group() {
	fired=0
	while [ $fired -lt "$ROUNDS" ]; do
		mkdir /sys/fs/cgroup/gone || return
		# shellcheck disable=SC2016 # the inner shell's
		taskset "$(printf '%x' $((1 << ISOLATED)))" sh -c \
			'echo 0 >/sys/fs/cgroup/gone/cgroup.procs; cat /proc/self/maps >/dev/null'
		await_line /sys/fs/cgroup/gone/cgroup.events 'populated 0' || return
		rmdir /sys/fs/cgroup/gone || return
		await_line /sys/fs/cgroup/cgroup.stat 'nr_dying_descendants 0' || return
		fired=$((fired + 1))
	done
}

# For each line that it reads it writes four new pages of a file in memory, so that some are in the
# caches of the isolated CPU: they are emptied when there are 31. So does a program that ends, which
# this one does not.
take_pages() {
	text=0123456789abcdef
	while [ ${#text} -lt 16384 ]; do text=$text$text; done
	while read -r n; do
		printf %s "$text" >>/tmp/pages
		echo "$n" >&4
	done
}

# Memory that goes offline is migrated, with the LRU caches disabled.
offline_memory() {
	fired=0
	mkfifo /tmp/take /tmp/taken
	taskset "$(printf '%x' $((1 << ISOLATED)))" sh /lab/triggers.sh take </tmp/take 4>/tmp/taken &
	exec 5>/tmp/take 6</tmp/taken
	for state in /sys/devices/system/memory/memory*/state; do
		echo $fired >&5
		read -r _ <&6
		echo offline >"$state" 2>/dev/null || continue
		fired=$((fired + 1))
		echo online >"$state"
		[ $fired -lt "$ROUNDS" ] || break
	done
	exec 5>&- 6<&-
	wait $!
}

if [ "${1:-}" = take ]; then
	take_pages
	exit
fi

# nohz_full= alone keeps no task off the isolated CPU, where what it removes would be drained by itself.
taskset -p "$(printf '%x' $((1 << ${HOUSEKEEPING%%[-,]*})))" $$ >/dev/null || exit
cd /tmp || exit
echo 4 >/proc/sys/vm/drop_caches
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
insmod /lab/modules/qpw_noise.ko || exit
start_witness || exit
list_triggers >/tmp/list
while IFS=: read -r family trigger <&3; do
	name=$family:$(echo "$trigger" | tr ' ' _)
	watch "$name" pull "$family" "$trigger"
	echo "$name fired $fired" >>/results/triggers.txt
done 3</tmp/list
for job in destroy_caches remove_group offline_memory; do
	watch $job $job
	echo "$job fired $fired" >>/results/triggers.txt
done
