#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A watched CPU goes and comes while it is recorded: the recording goes on, tells each time that it
# was gone, even the shortest, at the right moment, and records what runs there afterwards. To record
# one that is gone from the start is refused. qpwtop does not take a CPU that is gone for a quiet one.
# shellcheck disable=SC2016 # the dollars are jq's

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

FLAPS=4 # of lab/guest/hotplug.sh
RUNS=10
find_guest hotplug
dir=$scratch/boot
report=$dir/report.json
boot_guest "$dir" --job hotplug
booted boot || finish_tests

offline=$(jq -c .offline "$report")
check all-was-done "$(cat "$dir/plug.txt")" test -e "$dir/done"
check recording-goes-on "$(jq -c '[.window_closed, .truncated, .lost_events]' "$report")" \
	json_holds "$report" '.window_closed and .truncated == false and .lost_events == 0'
check every-time-is-told "$offline" json_holds "$report" \
	"(.offline | length) == $((FLAPS + 2)) and all(.offline[]; .cpu == 1)"
check order "$offline" json_holds "$report" \
	'[.offline[] | .start_ns, .end_ns] | .[:-1] as $t | .[-1] == null and ($t | sort) == $t'

# At the right moments: each within the write that caused it. Uptime has hundredths.
jq -r '.offline[] | .start_ns, .end_ns | select(.)' "$report" >"$scratch/told"
check moments "$(paste "$scratch/told" "$dir/plug.txt")" test "$(paste "$scratch/told" "$dir/plug.txt" |
	awk '$1 / 1e9 >= $3 - 0.02 && $1 / 1e9 <= $4 + 0.02 {n++} END {print n + 0}')" = $((2 * FLAPS + 3))
check text-tells "$(grep offline "$dir/report.txt")" \
	grep -qE '^WARNING: watched CPU 1 was offline from [0-9.]+ s to the end\.$' "$dir/report.txt"
after=$(jq '[.causes[] | select(.class == "thread" and .name == "qpw_after") | .count] | add // 0' "$report")
check what-runs-after-is-recorded "$after runs of $RUNS" test "$after" -ge $RUNS
check offline-is-refused "$(cat "$dir/offline.txt")" grep -qxF "qpwlat record: -c: CPU 1: is offline (online: 0); bring it up with echo 1 >/sys/devices/system/cpu/cpu1/online" "$dir/offline.txt"
check refused-by-its-exit-code "$(cat "$dir/offline.txt")" test "$(tail -n 1 "$dir/offline.txt")" = "exit code 1"
check refused-writes-nothing "there is a file" test ! -e "$dir/offline.qpw"
# the CPU's state look by look: once it is back, one look tells that it was gone
states=$(jq -r '.cpus[0].state' "$dir/top.json" | uniq | paste -s -d ' ')
check top-tells "$states" grep -qE '^online offline (partly )?online$' <<<"$states"
check samples-before "$(jq .samples "$report")" json_holds "$report" '.samples > 100'
finish_tests
