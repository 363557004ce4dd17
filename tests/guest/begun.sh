#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A task that had an isolated CPU before anything was attached and never leaves it, as a program that
# polls does: no switch tells of it, and all the same the recording has it from the window's first
# moment to its last, and the live view from its first look on.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_guest begun
dir=$scratch/boot
boot_guest "$dir" --job begun
booted boot || finish_tests

# edge START|END: a run of somebody goes on as the window begins or ends.
edge() {
	awk -F, -v at="$1" '
		$1 == "window" && $4 { edge = at == "START" ? $3 : $4 }
		$1 == "thread" && $2 == 1 { from[NR] = $3; to[NR] = $4 }
		END { for (i in from) if (from[i] <= edge && to[i] >= edge) exit 0; exit 1 }' "$dir/trace.csv"
}

told=$(grep -E '^(window|thread)' "$dir/trace.csv" | tail -n 5)
check recorded-from-the-start "$told" edge START
check recorded-to-the-end "$told" edge END
# The kernel's own threads get their turn there, too, for some of the time.
check most-of-the-time "$told" json_holds "$dir/report.json" \
	'([.causes[] | select(.name == "qpw_begun") | .self_ns] | add) > .window_ns / 2'
begun='[.causes[] | select(.cause == "qpw_begun") | .total_ms] | add // 0'
check seen-at-once "$(jq -c "[.view_ns, ($begun)]" "$dir/view.json")" \
	test "$(jq "($begun) > .view_ns / 2e6" "$dir/view.json" | sort | uniq -c | tr -s ' ')" = " 4 true"
finish_tests
