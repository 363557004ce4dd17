#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every trigger of the workload by itself: with qpw=0 each makes a work item of a converted family
# run on the isolated CPU, with qpw=1 none does. What runs is counted by ftrace, not by the
# collector. The CPU is isolated by nohz_full= alone: with isolcpus=, Linux leaves its memcg stocks
# undrained instead of queueing work.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

CONVERTED='lru_add_drain_per_cpu|flush_cpu_sheaves|flush_rcu_sheaf|drain_local_memcg_stock|drain_local_obj_stock'
# Of cgroup v1, which the guest does not use.
ELSEWHERE='memory.limit_in_bytes'

find_lab triggers

# executed FILE TRIGGER: how many works of the converted families ran.
executed() {
	awk -v t="$2" -v re="^($CONVERTED)$" '$1 == t && $2 ~ re {n += $3} END {print n + 0}' "$1"
}

# others FILE TRIGGER: what else ran there, for the reader.
others() {
	awk -v t="$2" -v re="^($CONVERTED|fired)$" '$1 == t && $2 !~ re {printf "%s %d  ", $2, $3}' "$1"
}

for mode in qpw=0 qpw=1; do
	name=${mode//=/}
	boot_guest "$scratch/$name" --mode "$mode" --isolation nohz_full --job triggers
	booted "$name-boot"
	list=$scratch/$name/triggers.txt
	nr=0
	while read -r trigger _ fired <&3; do
		[[ $trigger != *:$ELSEWHERE ]] || continue
		nr=$((nr + 1))
		ran=$(executed "$list" "$trigger")
		if [[ $mode == qpw=0 ]]; then
			check "$name-$trigger" "fired $fired times, $ran works ran" test "$fired" -gt 0 -a "$ran" -gt 0
		else
			check "$name-$trigger" "fired $fired times, $ran works ran" test "$fired" -gt 0 -a "$ran" = 0
		fi
		echo "# $trigger: fired $fired, converted $ran, others: $(others "$list" "$trigger")"
	done 3< <(grep -s ' fired ' "$list")
	check "$name-all-triggers" "only $nr triggers" test "$nr" -ge 17
	check "$name-nothing-lost" "$(grep overrun "$list")" test -z "$(grep -s overrun "$list")"
done

finish_tests
