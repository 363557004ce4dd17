#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who queued a work item, on this machine's own kernel: a known number of them queued on the watched
# CPU and from another one, each found again when it runs; and from where IPIs were sent, stack or
# not. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
load=${BUILD:-build}/overhead/load
local_works=4000 remote_works=200 ipis=60

# work_holds FUNCTION FILTER: there are such works, and the jq filter is true of them.
work_holds() {
	json_holds "$scratch/report.json" ".remote_work[] | select(.function == \"$1\") | $2"
}

work_of() {
	jq -c ".remote_work[] | select(.function == \"$1\")" "$scratch/report.json"
}

needs_root origins
if [[ ! -d /sys/devices/system/cpu/cpu1 || ! -r /proc/sys/vm/stat_refresh ]]; then
	echo "skip origins: needs two CPUs and /proc/sys/vm/stat_refresh"
	exit 0
fi
# recorded NAME OPTION...: each reading of stat_refresh queues one work to every CPU; IPIs go to a
# thread that runs all the while
recorded() {
	local name=$1

	shift
	run "$QPWLAT" record -c 1 -d 60s -q --victim none -o "$scratch/t.qpw" "$@" -- sh -c \
		"'$load' work 1 0 $local_works; for i in \$(seq $remote_works); do cat /proc/sys/vm/stat_refresh; done;
		chrt -f 98 '$load' ipi 1 0 $ipis; kill -INT \$PPID; sleep 60"
	check "recorded$name" "exit code $rc: $(tail -n 3 "$scratch/stderr")" test $rc = 0
	run "$QPWLAT" report --json -i "$scratch/t.qpw"
	mv "$scratch/stdout" "$scratch/report.json"
}

# stacks FUNCTION: how many of these works have an origin with a stack, and how many without.
stacks() {
	jq -r "[.origins[] | select(.class == \"work\" and .cause == \"$1\")] |
		\"\([.[] | select(.stack) | .count] | add // 0) \([.[] | select(.stack | not) | .count] | add // 0)\"" \
		"$scratch/report.json"
}

# check_sites NAME with|without: IPIs have a call site each, and all have a stack, in which it is
# the caller of smp_call_function_many_cond(), or none has. membarrier() leaves out a CPU that runs
# anything else at that moment, for which there is mostly no reason, and two may share an interrupt.
check_sites() {
	local sent with without all

	read -r sent with without < <(jq -r '[.origins[] | select(.class == "ipi" and .cause == "ipi_mb" and
			.comm == "load")] |
		[., map(select((.call_site // "" | test("^(membarrier_|smp_call_function|on_each_cpu)")) and
			(.stack == null or (.call_site as $site | .stack | index([$site]) == 1))))] |
		[.[0], (.[1] | map(select(.stack)), map(select(.stack | not)))] |
		map(map(.count) | add // 0) | join(" ")' "$scratch/report.json")
	all="$sent 0"
	[[ $2 == with ]] || all="0 $sent"
	check "$1" "$sent of $((ipis + 1)) IPIs; with call sites, with and without stacks: $with $without" \
		test "$sent" -ge $((ipis / 2)) -a "$sent" -le $((ipis + 1)) -a "$with $without" = "$all"
}

recorded ''
# one more to begin with
check queued-here "$(work_of aio_fsync_work)" work_holds aio_fsync_work \
	".queued == $local_works + 1 and .executed == .queued and .unknown == 0 and .remote == 0 and
	.other_origins == 0 and all(.origins[]; .comm == \"load\" and .cpu == 1)"
check queued-elsewhere "$(work_of refresh_vm_stats)" work_holds refresh_vm_stats \
	".queued == $remote_works and .executed == .queued and .unknown == 0 and .remote == .executed and
	.other_origins == 0 and all(.origins[]; .comm == \"cat\" and .cpu != 1)"
# stacks of those that queue on the watched CPU would cost that CPU their time
check stacks-elsewhere "with and without: here $(stacks aio_fsync_work), elsewhere $(stacks refresh_vm_stats)" \
	test "$(stacks aio_fsync_work), $(stacks refresh_vm_stats)" = "0 $((local_works + 1)), $remote_works 0"
check_sites sites-elsewhere with
recorded -all --stacks all
check stacks-all "with and without: here $(stacks aio_fsync_work), elsewhere $(stacks refresh_vm_stats)" \
	test "$(stacks aio_fsync_work), $(stacks refresh_vm_stats)" = "$((local_works + 1)) 0, $remote_works 0"
check_sites sites-all with
recorded -none --stacks none
check stacks-none "with and without: here $(stacks aio_fsync_work), elsewhere $(stacks refresh_vm_stats)" \
	test "$(stacks aio_fsync_work), $(stacks refresh_vm_stats)" = "0 $((local_works + 1)), 0 $remote_works"
check_sites sites-none without
# the sender's CPU is watched as well: no stack is taken there
recorded -watched -c 0-1
check_sites sites-watched without
finish_tests
