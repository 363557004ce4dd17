#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that makes real events of every class that the collector knows, on the first isolated CPU,
# while qpwlat records there with cyclictest as the victim. It does so with what any kernel offers
# to user space, no module of ours. /results: probes.json, report.json, cyclictest.json, events (the
# kernel's own list), top.json and made.txt, "WHAT COUNT" a line; elsewhere.qpw and elsewhere.json
# are of a victim whose timers expire on other CPUs, shared.json of one that shares its CPU with
# others; raw-programs, "record N" and "top N". Judges nothing. Uses ISOLATED and HOUSEKEEPING;
# function calls to several CPUs at once need three.

CPU=${ISOLATED%%[-,]*}
TRACE=/sys/kernel/tracing/instances/classes
RECORD_S=${RECORD_S:-60}
# How long a victim shares its CPU: so long, and longer until it was taken from it so often.
SHARED_S=4
TAKEN=20
SHARED_TRIES=60
# How often each thing is done, unless more is needed for one to be seen.
TIMES=10

# shellcheck source=lab/guest/functions
. /lab/functions
MASK=$(mask_of_list "$CPU")

there() {
	taskset "$MASK" "$@"
}

made() {
	echo "$1 $2" >>/results/made.txt
}

# repeat COMMAND…: again and again, with a little time between.
repeat() {
	i=0
	while [ $i -lt $TIMES ]; do
		"$@" || return
		i=$((i + 1))
		sleep 0.01
	done
	made "$*" $TIMES
}

# Work items for every CPU, queued by this very process and then waited for.
refresh_statistics() {
	echo 1 >/proc/sys/vm/stat_refresh
}

# Two busy tasks there, the first of which minds no SIGUSR1 once it has said so. They are started
# without there(), which would be one more process to kill.
begin_busy() {
	rm -f /tmp/busy /tmp/other
	taskset "$MASK" sh -c 'trap : USR1; : >/tmp/busy; while :; do :; done' &
	busy=$!
	taskset "$MASK" sh -c ': >/tmp/other; while :; do :; done' &
	other=$!
	until [ -e /tmp/busy ] && [ -e /tmp/other ]; do
		sleep 0.1
	done
}

end_busy() {
	kill -KILL "$busy" "$other"
	wait "$busy" "$other" || true
}

# With the CPU busy its work comes late, so that who flushes it has to wait.
refresh_busy() {
	begin_busy
	repeat refresh_statistics
	end_busy
}

# The drains of the kernel's per-CPU caches, each by all its triggers.
drain_caches() {
	churn --isolated "$CPU" --housekeeping 0 --rounds 6 --interval 50 \
		--output /results/triggers.json >/results/churn.log 2>&1 || return
	made drain_caches 6
}

# A task that sleeps on the idle CPU is woken from here, once it has gone to sleep again.
wake_sleeper() {
	state=
	while [ "$state" != S ]; do
		read -r _ _ state _ <"/proc/$sleeper/stat" || return
	done
	echo >&3
}

# Without there(), so that the number is that of the task itself.
wake_sleepers() {
	mkfifo /tmp/fifo
	taskset "$MASK" cat /tmp/fifo >/dev/null &
	sleeper=$!
	exec 3>/tmp/fifo
	repeat wake_sleeper
	exec 3>&-
	wait "$sleeper" || true
}

# Text for the serial line, whose interrupt is the isolated CPU's for the moment.
print_serially() {
	echo "lab: a line for its interrupt" >/dev/ttyS0
}

interrupt_by_device() {
	irq=$(awk -F: '/ttyS0/ {print $1 + 0}' /proc/interrupts)
	before=$(cat "/proc/irq/$irq/smp_affinity")
	echo "$MASK" >"/proc/irq/$irq/smp_affinity" || return
	repeat print_serially
	echo "$before" >"/proc/irq/$irq/smp_affinity"
}

# A packet to itself. Each is of a process of its own, which runs at least once: a single one that has
# lost its CPU for long sends the next packet without having slept.
send_packet() {
	there ping -q -c 1 127.0.0.1 >/dev/null
}

# An event of ftrace that is switched on and off changes kernel code, which every CPU has to notice.
# Not in places where they run all the time: an emulator may not (see docs/lab.md).
patch_code() {
	echo 1 >"$TRACE/events/signal/signal_generate/enable"
	echo 0 >"$TRACE/events/signal/signal_generate/enable"
}

# Whoever waits for a trace buffer to fill is woken by an irq_work on the CPU that fills it.
fill_buffer() {
	there sh -c "echo x >$TRACE/trace_marker"
}

fill_buffers() {
	cat "$TRACE/per_cpu/cpu$CPU/trace_pipe" >/dev/null &
	repeat fill_buffer
	kill $!
	wait $! || true
}

# A signal interrupts the task that gets it where it runs. Two busy ones need a tick.
signal_busy() {
	kill -USR1 "$busy"
}

signal_tasks() {
	begin_busy
	repeat signal_busy
	end_busy
}

# Asks every CPU for a backtrace by NMI; the console shall not take them for complaints.
ask_by_nmi() {
	echo l >/proc/sysrq-trigger
}

ask_for_backtraces() {
	dmesg -n 1
	repeat ask_by_nmi
	sleep 0.5
	dmesg -n 7
}

# raw_programs NAME PID: how many BPF_PROG_TYPE_RAW_TRACEPOINT (17) the process has: they have to
# copy what they read.
raw_programs() {
	echo "$1 $(cat "/proc/$2"/fdinfo/* 2>/dev/null | grep -c '^prog_type:[[:space:]]*17$')" >>/results/raw-programs
}

# This very shell becomes what is called so in recordings.
call_itself() {
	printf %s "$1" >/proc/$$/comm
}

# The job of the victim: each time it forks there are system calls, and faults of pages that it
# shared with its child, and in between it would have the CPU for itself.
fork_and_count() {
	while :; do
		(:)
		i=0
		while [ $i -lt 1000 ]; do
			i=$((i + 1))
		done
	done
}

# All writers of a file wait for each other: a block takes longer than a turn on a CPU, so that
# whoever has the lock loses the CPU with it, and the others do not get it by spinning.
write_blocks() {
	while :; do
		dd if=/dev/zero of=/tmp/blocks bs=4M count=8 conv=notrunc 2>/dev/null
	done
}

# Each a task of its own, with a name and a number. It is there before the recording and does
# nothing until that has begun: probes are put into code that hardly runs (see patch_code).
await_recording() {
	until [ -e /tmp/recording ]; do
		sleep 0.1
	done
}

case ${1:-} in
victim)
	call_itself victim
	await_recording
	fork_and_count
	;;
taker)
	call_itself taker
	await_recording
	while :; do :; done
	;;
writer)
	call_itself writer
	await_recording
	write_blocks
	;;
esac

# times_taken PID: how often it lost its CPU while it could have gone on.
times_taken() {
	sed -n 's/^nonvoluntary_ctxt_switches:[[:space:]]*//p' "/proc/$1/status"
}

# As the recorder's command: the victim and the others of these numbers run for a while, and no longer
# when the probes go. The recorder shall find its victim alive.
if [ "${1:-}" = let-run ]; then
	shift
	: >/tmp/recording
	sleep $SHARED_S
	# a slow CPU has let the victim run so little that nobody took it away yet
	tries=0
	until [ "$(times_taken "$1")" -ge $TAKEN ] || [ $tries -ge $SHARED_TRIES ]; do
		tries=$((tries + 1))
		sleep 1
	done
	kill -STOP "$1"
	shift
	kill -KILL "$@"
	# their children have a block to finish
	while pidof dd >/dev/null; do
		sleep 0.1
	done
	exit
fi

# A victim that has to share its CPU, with tasks there that wait for locks.
share_cpu() {
	taskset "$MASK" /lab/classes.sh victim &
	victim=$!
	taskset "$MASK" /lab/classes.sh taker &
	busy=$!
	taskset "$MASK" /lab/classes.sh writer &
	busy="$busy $!"
	for _ in 1 2; do
		taskset 1 /lab/classes.sh writer &
		busy="$busy $!"
	done
	# shellcheck disable=SC2086 # several numbers
	qpwlat record -q -c "$CPU" -H "$HOUSEKEEPING" --system-calls --victim "pid:$victim" \
		-o /results/shared.qpw -- /lab/classes.sh let-run $victim $busy
	status=$?
	# shellcheck disable=SC2086
	{
		kill -KILL $victim $busy
		wait $victim $busy
	}
	[ $status -eq 0 ] && qpwlat report --json=/results/shared.json /results/shared.qpw >/dev/null
}

# As the recorder's command, from CPU 0 alone; the recording ends with it.
if [ "${1:-}" = make ]; then
	taskset -p 1 $$ >/dev/null || exit
	# Else each event that is switched on would switch on some of the scheduler's, too.
	echo 0 >/sys/kernel/tracing/options/record-cmd
	mkdir "$TRACE" || exit
	for job in refresh_busy drain_caches wake_sleepers interrupt_by_device "repeat send_packet" \
		"repeat patch_code" fill_buffers signal_tasks ask_for_backtraces; do
		say "$job"
		$job || say "$job failed"
	done >/results/make.log 2>&1
	rmdir "$TRACE"
	raw_programs record $PPID
	kill -INT $PPID
	exit
fi

# The kernel would announce every drop_caches on the console, with interrupts off; this says not to.
echo 4 >/proc/sys/vm/drop_caches
# Else the victim's timers would be on a housekeeping CPU while this one is idle.
echo 0 >/proc/sys/kernel/timer_migration
cp /sys/kernel/tracing/available_events /results/events
say "looking for probes"
qpwlat probes --json=/results/probes.json || exit
say "recording for at most $RECORD_S s"
# By its own name, which then is the one of who queued.
qpwlat record -c "$CPU" -H "$HOUSEKEEPING" -d "${RECORD_S}s" -o /results/trace.qpw --victim cyclictest \
	--victim-json /results/cyclictest.json -- /lab/classes.sh make >/results/record.log 2>&1
status=$?
sed 's/^/lab: /' /results/make.log /results/record.log
[ $status -eq 0 ] || exit $status
# The live view of this kernel, with some of the same.
say "qpwtop"
: >/results/top.json
qpwtop -c "$CPU" -d 1 --json --victim none >/results/top.json 2>/results/top.log &
top=$!
wait_lines /results/top.json 1
repeat refresh_statistics
repeat send_packet
more_lines /results/top.json 2
raw_programs top $top
kill -INT $top
wait $top || say "qpwtop: exit code $?: $(cat /results/top.log)"
# With the other CPUs busy, so that their next events come before the victim's timer: then the
# kernel lets it expire there.
say "timers elsewhere"
echo 1 >/proc/sys/kernel/timer_migration
qpwlat record -q -c "$CPU" -H "$HOUSEKEEPING" -o /results/elsewhere.qpw --victim cyclictest --period 50000 \
	--victim-json /results/elsewhere.json -- stress-ng --quiet --cpu "$(expand_list "$HOUSEKEEPING" | wc -w)" \
	--cpu-method loop --taskset "$HOUSEKEEPING" --timeout 3 || exit
say "a CPU that is shared"
share_cpu || exit
# The text not to the console: on PREEMPT_RT the serial line then has many interrupts for which there
# is nothing to do, and of too many of these the kernel complains.
qpwlat report --json=/results/report.json /results/trace.qpw >/dev/null
