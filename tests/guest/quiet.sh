#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The recorder leaves the watched CPU alone: while it records, an ftrace instance sees no more work
# items, task switches and interrupts from other CPUs there than without it, and nothing recorded was
# brought about by the recorder.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

kernel=${KERNEL:-$(find_image KERNEL)}
initramfs=${INITRAMFS:-$(find_image INITRAMFS)}
if [[ -z $kernel || -z $initramfs ]]; then
	not_ok quiet "no lab kernel or guest image; run 'make lab'"
	finish_tests
fi
dir=$scratch/boot
run lab/boot --kernel "$kernel" --initramfs "$initramfs" --backend "${BACKEND:-auto}" \
	--job quiet --out "$dir"
check boot "exit code $rc: $(tail -n 25 "$scratch/stderr")" test "$rc" = 0
[[ $rc == 0 ]] || finish_tests

# events NAME: lines of the witness.
events() {
	grep -cv '^#' "$dir/$1.txt"
}

echo "# alone $(events alone), recorded $(events recorded)"
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
finish_tests
