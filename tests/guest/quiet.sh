#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The recorder and the live view leave the watched CPU alone: beside each of them an ftrace instance
# sees no more work items, task switches and interrupts from other CPUs there than without it, and
# nothing that they saw was brought about by themselves.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_guest quiet
dir=$scratch/boot
boot_guest "$dir" --job quiet
booted boot || finish_tests

# events NAME: lines of the witness.
events() {
	grep -cv '^#' "$dir/$1.txt"
}

echo "# alone $(events alone), recorded $(events recorded), viewed $(events viewed)"
# The recorder comes and goes outside of what is watched; the kernel itself may do as it does alone.
check no-more-than-alone "$(grep -v '^#' "$dir/recorded.txt" | head -n 5)" \
	test "$(events recorded)" -le "$(events alone)"
check nothing-by-the-recorder "$(jq -c '[.origins[] | select(.comm == "qpwlat")]' "$dir/report.json")" \
	json_holds "$dir/report.json" '[.origins[], .moves[] | select(.comm == "qpwlat" or .by == "qpwlat")] == []'
check nothing-lost "$(jq .lost_events "$dir/report.json")" json_holds "$dir/report.json" '.lost_events == 0'
# What is not there would have been seen.
check witness-sees "nothing of a program that ran there" test "$(events disturbed)" -gt 0
check recorder-sees "$(jq -c .interruptions "$dir/report.json")" json_holds "$dir/report.json" \
	'[.interruptions[] | select(.class == "ipi" or .class == "thread") | .count] | add > 0'

# Of the view it is the time between two looks and the looks themselves: three, of which one may be
# late on a host that is busy with other things.
check view-looks "$(cat "$dir/looks.txt")" test "$(cat "$dir/looks.txt")" -ge 2
check view-no-more-than-alone "$(grep -v '^#' "$dir/viewed.txt" | head -n 5)" \
	test "$(events viewed)" -le "$(events alone)"
check view-does-not-run-there "$(grep qpwtop "$dir/viewed.txt" | head -n 3)" \
	test "$(grep -c qpwtop "$dir/viewed.txt")" = 0
tail -n 1 "$dir/view.json" >"$scratch/view.json"
check nothing-by-the-view "$(jq -c '[.origins[] | select(.by // "" | startswith("qpwtop"))]' "$scratch/view.json")" \
	json_holds "$scratch/view.json" '[.origins[] | select(.by // "" | startswith("qpwtop"))] == []'
check view-lost-nothing "$(jq .lost_events "$scratch/view.json")" \
	json_holds "$scratch/view.json" '.lost_events == 0'
check view-witness-sees "nothing of a program that ran there" test "$(events view-disturbed)" -gt 0
check view-sees "$(jq -c .cpus "$scratch/view.json")" json_holds "$scratch/view.json" \
	'[.causes[] | select(.class == "ipi" or .class == "thread") | .count] | add > 0'
finish_tests
