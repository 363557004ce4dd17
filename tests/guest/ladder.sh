#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every way of attaching a probe, on a kernel that has them all, against ftrace's function tracer
# and events over the same window: the same flush waits by fentry and by kprobes, the same work
# items and inline runs by each kind of tracepoint program.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_guest ladder
ROUNDS=15 # of lab/guest/ladder.sh, each with a drain and a shrink
# Of these, those that find something to drain on the isolated CPU, on a host that is busy with other
# things.
WANTED=5

# reported FILTER: a number from the way's report.
reported() {
	jq "$1 // 0" "$dir/$way.json"
}

# seen TEXT: lines of the witness inside the window of the recording that have it, a regular
# expression, behind their time.
seen() {
	local start end
	start=$(reported .window_start_ns)
	end=$((start + $(reported .window_ns)))
	awk -v text="$1" -v start="$start" -v end="$end" '
		match($0, / [0-9]+\.[0-9]+: /) {
			t = substr($0, RSTART + 1) * 1e9
			if (t >= start && t <= end && substr($0, RSTART + RLENGTH) ~ "^" text) n++ }
		END { print n + 0 }' "$dir/$way.txt"
}

# near NAME OURS THEIRS AT-LEAST: equal but for what was under way at the edges of the window and
# what the recording says that it lost, which must not be much. Programs of plain tracepoints lose, on
# any CPU, whatever comes while another one runs: there the number lost is only a bound.
near() {
	local diff=$(($2 - $3)) allowed most=10
	allowed=$((2 + $(reported .lost_events)))
	[[ $way != tracepoint ]] || most=$allowed
	check "$mode-$way-$1" "recorded $2, ftrace saw $3, lost $(reported .lost_events)" \
		test "$3" -ge "$4" -a "${diff#-}" -le "$allowed" -a "$allowed" -le "$most"
}

# states: of the probes that were not refused everything, those of functions, of parts that the compiler
# made of functions, which only a kprobe finds, and of tracepoints
states() {
	jq -c '[.probes[] | select(.why != "not in this kernel")] |
		map(select(.name | test("[.]part[.]"))) as $parts |
		map(select(.name | test("^__|^lru_|on_cache"))) as $functions |
		[$functions, $parts, . - $functions - $parts] | map(map(.state) | unique)' "$dir/$way.probes.json"
}

is_attached() {
	check "$mode-$way-is-attached" "$(states)" test "$(states)" = "$1"
}

flushes() {
	reported "[.flush_waits[] | select(.function == \"$1\") | .count] | add"
}

check_flushes() {
	near drains "$(flushes lru_add_drain_all)" "$(seen 'lru_add_drain_all <-')" $ROUNDS
	near shrinks "$(flushes __kmem_cache_shrink)" "$(seen '__kmem_cache_shrink <-')" $ROUNDS
	check "$mode-$way-flushes-not-more-than-calls" "$(flushes __flush_work)" \
		test "$(flushes __flush_work)" -le $(($(seen '__flush_work <-') + 2))
}

# With qpw=0 drains wait for work items on the isolated CPU, of which the program reads the function.
check_waited_for() {
	check "$mode-$way-waits-name-the-work" "$(jq -c .flush_waits "$dir/$way.json")" \
		json_holds "$dir/$way.json" '[.flush_waits[] | select(.function == "__flush_work" and
		.work == "lru_add_drain_per_cpu") | .count] | add > 3'
}

works() {
	reported "[.remote_work[] | select(.function == \"lru_add_drain_per_cpu\") | .$1] | add"
}

check_works() {
	local executed queued unknown
	if [[ $mode == qpw0 ]]; then
		executed=$(works executed)
		queued=$(works queued)
		unknown=$(works unknown)
		near works "$executed" \
			"$(seen 'workqueue_execute_start: .*function lru_add_drain_per_cpu')" $WANTED
		check "$mode-$way-origins" "executed $executed, queued $queued, unknown $unknown" \
			test "$queued" -ge $WANTED -a $((unknown * 4)) -lt "$executed"
	else
		near inline "$(works inline)" \
			"$(seen 'qpw_inline_begin: cpu=1 .*func=lru_add_drain_per_cpu')" $WANTED
	fi
}

for mode in qpw0 qpw1; do
	dir=$scratch/$mode
	boot_guest "$dir" --job ladder --mode "${mode/qpw/qpw=}"
	booted "$mode-boot" || continue
	for way in fentry kprobe raw_tp tracepoint; do
		check_works
		check_flushes
		[[ $mode == qpw1 ]] || check_waited_for
	done
	way=fentry is_attached '[["fentry"],["kprobe"],["raw_tp","tp_btf"]]'
	way=kprobe is_attached '[["kprobe"],["kprobe"],["raw_tp","tp_btf"]]'
	way=raw_tp is_attached '[["fentry"],["kprobe"],["raw_tp"]]'
	way=tracepoint is_attached '[["fentry"],["kprobe"],["missing","tracepoint"]]'
done
finish_tests
