#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # fields of awk
#
# A work item that keeps an isolated CPU for a second: the live view tells its time while it passes,
# as the work's and not as that of the worker that it runs in, and tells none of it twice.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT
PIECES=5

find_lab longwork
dir=$scratch/boot
boot_guest "$dir" --job longwork --mode qpw=1
booted boot || finish_tests

# Of each look: when it was; what the work has taken by then, in ms; how many have begun, as far as
# parts of them have ended; what it took in the interval in ms; what the workers of that CPU have
# taken in ms.
jq -r '([.causes[] | select(.class == "work" and (.cause | startswith("qpw_noise_work_fn")))] |
		.[0] // {total_ms: 0, count: 0, stolen_us_s: 0}) as $work |
	([.causes[] | select(.class == "thread" and (.cause | startswith("kworker/1:"))) | .total_ms] |
		add // 0) as $workers |
	[.view_ns / 1e6, $work.total_ms, $work.count, $work.stolen_us_s * .interval_ns / 1e12, $workers] |
	map(tostring) | join(" ")' "$dir/view.json" >"$scratch/looks"
echo "# looks $(wc -l <"$scratch/looks"), the last one: $(tail -n 1 "$scratch/looks")"
all=$(awk '{ print $2 }' "$scratch/looks" | tail -n 1)

holds() { awk -v all="${all:-0}" "$1" "$scratch/looks"; }

# The second condition: works follow each other, so that time that passes is theirs, until the last
# has ended; what is still to be told is no more than a look that was late, never a whole work.
check all-have-ended "$(tail -n 1 "$scratch/looks")" \
	holds "{ n = \$3 } END { exit !(n == $PIECES && all > $PIECES * 900) }"
check told-while-it-runs "$(cat "$scratch/looks")" holds '
	$2 > 0 && !began { began = $1; had = $2 }
	began && $2 < all - 100 { looks++; late += $2 < had + ($1 - began) * 0.8 - 400 }
	END { exit !(looks > 5 && !late) }'
check not-told-as-the-workers "$(cat "$scratch/looks")" \
	holds '$2 > 500 { looks++; bad += $5 > $2 / 5 } END { exit !looks || bad }'
check told-once "$(cat "$scratch/looks")" holds '
	$2 < last - 1 { back++ } { sum += $4; last = $2 }
	END { exit !(!back && sum > all * 0.99 && sum < all * 1.01) }'
finish_tests
