# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Waits for what others have done, by how often they went to sleep: a time says nothing where a
# hypervisor takes CPUs away or others keep them busy. To be sourced, also by a recorder's command.

# nr_sleeps TID: how often this thread, or a process's first one, has gone to sleep; nothing if it
# is gone.
nr_sleeps() {
	sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$1/status" 2>/dev/null
}

# await_sleeps TID N: until it has gone to sleep so many times more; a minute at most.
await_sleeps() {
	local from now i

	from=$(nr_sleeps "$1")
	for ((i = 0; i < 600; i++)); do
		now=$(nr_sleeps "$1")
		[[ -n $from && -n $now ]] || return 1
		((now < from + $2)) || return 0
		sleep 0.1
	done
	return 1
}

# realtime_thread PID: its first thread of real-time priority, as those of cyclictest have when they
# measure; waited for for a minute at most.
realtime_thread() {
	local tid i

	for ((i = 0; i < 600; i++)); do
		tid=$(ps -L -o lwp=,cls= -p "$1" | awk '$2 == "FF" { print $1; exit }')
		[[ -z $tid ]] || break
		sleep 0.1
	done
	echo "$tid"
	[[ -n $tid ]]
}

# victim_of RECORDER: the thread of its cyclictest that measures; a minute at most, or two.
victim_of() {
	local pid i

	for ((i = 0; i < 600; i++)); do
		pid=$(pgrep -P "$1" -x cyclictest) && break
		sleep 0.1
	done
	realtime_thread "${pid:-0}"
}

# await_victim RECORDER N: until its cyclictest, from now on, has gone to sleep so many times.
await_victim() {
	local tid

	tid=$(victim_of "$1") && await_sleeps "$tid" "$2"
}

# await_window TRACE: until the window of the recording under way, of which no older one may be
# there, is in its file, which is written once a second; a minute at most.
await_window() {
	local i

	for ((i = 0; i < 600; i++)); do
		[[ $("${QPWLAT:-build/qpwlat}" report --json -i "$1" 2>/dev/null | jq '.window_start_ns > 0') != true ]] ||
			return 0
		sleep 0.1
	done
	return 1
}

# await_file FILE: until it is there; a minute at most.
await_file() {
	local i

	for ((i = 0; i < 600; i++)); do
		[[ ! -e $1 ]] || return 0
		sleep 0.1
	done
	return 1
}
