#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Waits in flushes are in the live view while they go on: who, for which work, of which CPU, and
# before all others; what had been waited when it looked is no more than the wait took in the end.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_guest waits
dir=$scratch/boot
boot_guest "$dir" --job waits
booted boot || finish_tests

# The row of this wait in each look, and whether it is the first.
jq -c '.waits | (.[0].waiting_us != null) as $first | .[] |
	select(.task == "flush-waiter" and .work == "refresh_vm_stats" and .for_cpu == 1) |
	. + {first: $first}' "$dir/view.json" >"$scratch/rows.json"
echo "# looks $(wc -l <"$dir/view.json"), in a wait $(grep -c '"waiting_us":[0-9]' "$scratch/rows.json")"
tail -n 1 "$scratch/rows.json" | sed 's/^/# /'

# all_hold FILTER: true of all rows, as an array.
all_hold() {
	jq -es "$1" "$scratch/rows.json" >/dev/null
}

check seen-while-it-goes-on "$(head -n 3 "$scratch/rows.json")" \
	all_hold '[.[] | select(.waiting_us > 1000 and .place == "__flush_work")] | length > 0'
check before-all-others "$(grep '"first":false' "$scratch/rows.json" | head -n 3)" \
	all_hold 'all(.[] | select(.waiting_us != null); .first)'
check over-in-the-end "$(tail -n 1 "$scratch/rows.json")" all_hold '.[-1] | .waiting_us == null and .count > 0'
check took-no-less-than-was-seen "$(tail -n 1 "$scratch/rows.json")" \
	all_hold '([.[].waiting_us // 0] | max) <= .[-1].max_us'
finish_tests
