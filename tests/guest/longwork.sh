#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # fields of awk
#
# A work item that keeps an isolated CPU for a second: the live view tells its time while it passes,
# as the work's and not as that of the worker that it runs in, and tells none of it twice. When works
# and workers had the CPU is known from ftrace.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'cp -r $scratch/. /tmp/g7/lw' EXIT
PIECES=5

find_lab longwork
dir=$scratch/boot
boot_guest "$dir" --job longwork --mode qpw=1
booted boot || finish_tests

# Of each look: when it was, in ms; what the work has taken by then, in ms; how many have begun, as far
# as parts of them have ended; what it took in the interval in ms; what the workers of that CPU have
# taken in ms.
jq -r '([.causes[] | select(.class == "work" and (.cause | startswith("qpw_noise_work_fn")))] |
		.[0] // {total_ms: 0, count: 0, stolen_us_s: 0}) as $work |
	([.causes[] | select(.class == "thread" and (.cause | startswith("kworker/1:"))) | .total_ms] |
		add // 0) as $workers |
	[(.start_ns + .view_ns) / 1e6, $work.total_ms, $work.count, $work.stolen_us_s * .interval_ns / 1e12,
		$workers] | map(tostring) | join(" ")' "$dir/view.json" >"$scratch/told"
# Of each line of those the same, and behind that, by ftrace, in ms: what works had had by the time of
# the look, by that of the next one, and what workers had had of the CPU beside works by then.
awk '
	# Who has the CPU has had it since the last line.
	function pass(t) {
		if (n && pid == work_pid)
			works += t - at[n]
		else if (n && is_worker)
			workers += t - at[n]
		at[++n] = t
		works_at[n] = works
		workers_at[n] = workers
	}
	function had(what, t,   i) {
		for (i = 1; i < n && at[i + 1] <= t; i++)
			;
		if (i >= n || t <= at[i])
			return what[i] + 0
		return what[i] + (what[i + 1] - what[i]) * (t - at[i]) / (at[i + 1] - at[i])
	}
	NR == FNR && match($0, / [0-9]+\.[0-9]+: /) {
		t = substr($0, RSTART, RLENGTH) * 1000
		pass(t)
		if (/: workqueue_execute_start: .* function qpw_noise_work_fn/)
			work_pid = pid
		else if (/: workqueue_execute_end: .* function qpw_noise_work_fn/)
			work_pid = -1
		else if (match($0, / next_pid=[0-9]+/)) {
			is_worker = / next_comm=kworker\/1:/
			pid = substr($0, RSTART + 10, RLENGTH - 10)
		}
	}
	NR != FNR { if (look) print look, had(works_at, $1), had(workers_at, $1)
		look = $0 " " had(works_at, $1) }
	BEGIN { work_pid = -1 }
	END { print look, works, workers }' "$dir/witness.txt" "$scratch/told" >"$scratch/looks"
echo "# looks $(wc -l <"$scratch/looks"), the last one: $(tail -n 1 "$scratch/looks")"
all=$(awk '{ print $2 }' "$scratch/looks" | tail -n 1)

holds() { awk -v all="${all:-0}" "$1" "$scratch/looks"; }

check all-have-ended "$(tail -n 1 "$scratch/looks")" \
	holds "{ n = \$3 } END { exit !(n == $PIECES && all > $PIECES * 900) }"
# What interrupts a work is not its own time.
check told-while-it-runs "$(cat "$scratch/looks")" holds '
	$6 > 100 && $6 < all - 100 { looks++ } { late += $2 < $6 * 0.9 - 100 } END { exit !(looks > 5 && !late) }'
check not-told-before-it-runs "$(cat "$scratch/looks")" holds '{ early += $2 > $7 + 1 } END { exit !NR || early }'
check not-told-as-the-workers "$(cat "$scratch/looks")" \
	holds '$2 > 500 { looks++; bad += $5 > $8 + 5 } END { exit !looks || bad }'
check told-once "$(cat "$scratch/looks")" holds '
	$2 < last - 1 { back++ } { sum += $4; last = $2 }
	END { exit !(!back && sum > all * 0.99 && sum < all * 1.01) }'
finish_tests
