#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench/overhead/run on few events: every row is in its tables or says why not, the programs that it
# is about have run as often as the load says, nothing stays behind. Its figures mean nothing here.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

json=$scratch/overhead.json
bin=$(realpath -m "${BUILD:-build}")/overhead

needs_root bench-overhead
needs_two_cpus bench-overhead

# left_behind: what a run could leave, one a line.
left_behind() {
	pgrep -f "^$bin/" || true
	ls -d /sys/kernel/tracing/instances/qpw-overhead 2>/dev/null || true
}

stats_before=$(</proc/sys/kernel/bpf_stats_enabled)
run bench/overhead/run --smoke --json "$json"
check runs "exit code $rc: $(tail -n 3 "$scratch/stderr")" test $rc = 0
[[ $rc == 0 ]] || finish_tests
check every-interval-is-compared "$(jq -c '[.intervals[] | [.class, .ratio]]' "$json")" json_holds "$json" \
	'(.intervals | length) == 6 and all(.intervals[]; .ratio.median > 0)'
check every-tool-has-a-row-or-a-reason "$(jq -c '[.beside[] | [.arm, .absent]]' "$json")" json_holds "$json" \
	'[.beside[] | select((.absent // "" | length > 0) or ((.loads | length == 5) and
		all(.loads[]; .value.median > 0) and .average.value and .p99.value and .lost.value)) | .arm] ==
	["nothing", "empty", "recorder", "bpftrace", "perf", "trace-cmd", "osnoise", "timerlat"]'
check no-tool-of-ours-is-absent "$(jq -c .absent "$json")" json_holds "$json" \
	'.absent | keys - ["bpftrace", "perf", "trace-cmd", "osnoise", "timerlat"] == []'
check loads-make-what-they-say "$(jq -c '[.programs[] | [.name, .load, .runs]]' "$json")" json_holds "$json" \
	'[.programs[] | select(.runs >= 200) | .name | sub("^(on|np)_"; "")] | contains(["sched_switch",
		"softirq_entry", "softirq_exit", "hrtimer_expire_entry", "workqueue_queue_work",
		"workqueue_execute_start", "workqueue_execute_end", "csd_function_entry"])'
check recordings-have-their-intervals "$(jq -c .bytes "$json")" json_holds "$json" \
	'.bytes[] | select(.arm == "recorder") | .interval.median > 0'
check tables-are-printed "$(head -n 3 "$scratch/stdout")" \
	test "$(grep -c '^| ' "$scratch/stdout")" -gt 30
check statistics-are-as-before "were $stats_before, are $(</proc/sys/kernel/bpf_stats_enabled)" \
	test "$stats_before" = "$(</proc/sys/kernel/bpf_stats_enabled)"
check nothing-stays-behind "$(left_behind)" test -z "$(left_behind)"

rc=0
bench/overhead/run >/dev/null 2>&1 </dev/null &
bench=$!
for _ in {1..1200}; do
	! pgrep -f "^$bin/reference empty" >/dev/null || break
	sleep 0.05
done
started=$(left_behind | wc -l)
kill -TERM $bench
wait $bench || rc=$?
check ends-when-asked-to "exit code $rc with $started processes begun" test $rc = 143 -a "$started" -gt 0
check nothing-stays-behind-then "$(left_behind)" test -z "$(left_behind)"

run bench/overhead/run --smoke --cpu 4095
fails_saying no-such-cpu "--cpu 4095" "is not online"
run bench/overhead/run --no-such
check usage "exit code $rc" test $rc = 129
finish_tests
