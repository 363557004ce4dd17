#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The promise of the project on real parts, small: a boot per mode measures some rounds of churn, and
# what qpwlat compare makes of them must hold in counts, causes and relations. No latency is
# asserted: an emulated guest's are the host's business.
# shellcheck disable=SC2016 # the dollars are jq's

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

ROUNDS=14
find_guest modes
qpwlat=${QPWLAT:-$(find_image QPWLAT)}
if [[ ! -x $qpwlat ]]; then
	not_ok modes "no qpwlat; run 'make'"
	finish_tests
fi

# qpw_says NAME WANTED OPTION…: what /sys/kernel/qpw shows after a boot with these options.
qpw_says() {
	local name=$1 wanted=$2
	shift 2

	boot_guest "$scratch/$name" --job true "$@"
	check "$name" "exit code $rc, '$(cat "$scratch/$name/qpw" 2>&1)' instead of '$wanted': $(
		tail -n 25 "$scratch/stderr")" \
		test "$rc" = 0 -a "$(cat "$scratch/$name/qpw" 2>/dev/null)" = "$wanted"
}

qpw_says isolation-turns-it-on "1 isolation" --isolated 1
qpw_says nothing-isolated-leaves-it-off "0 default" --isolated ''
qpw_says on-is-1 "1 parameter" --isolated '' --append qpw=on
qpw_says off-wins-over-isolation "0 parameter" --isolated 1 --append qpw=off
qpw_says nonsense-is-no-decision "1 isolation" --isolated 1 --append qpw=10
check nonsense-is-told-once "$(grep -a 'qpw' "$scratch/nonsense-is-no-decision/kernel.log")" \
	test "$(grep -ac "qpw=10 ignored\|early option 'qpw'" "$scratch/nonsense-is-no-decision/kernel.log")" = 1

for mode in qpw=0 qpw=1; do
	name=${mode//=/}
	boot_guest "$scratch/$name" --mode "$mode" --job measure --env "ROUNDS=$ROUNDS"
	check "measure-$name" "exit code $rc: $(tail -n 25 "$scratch/stderr")" test "$rc" = 0
	for file in trace.qpw cyclictest.json witness.txt triggers.json stress-ng.yaml kernel.log cmdline \
		config boot.json; do
		[[ -s $scratch/$name/$file ]] || not_ok "$name-files" "$file is missing or empty"
	done
	check "$name-parameter" "$(cat "$scratch/$name/qpw" 2>&1)" \
		test "$(cat "$scratch/$name/qpw" 2>/dev/null)" = "${mode#qpw=} parameter"
done

"$qpwlat" compare "--json=$scratch/compare.json" "--html=$scratch/report.html" \
	"$scratch/qpw0" -- "$scratch/qpw1" >"$scratch/stdout" 2>"$scratch/stderr"
rc=$?
check compare-runs "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0 -o "$rc" = 2 -o "$rc" = 3

# holds NAME FILTER: $off and $on are the modes, total(mode; regex; member) adds over functions.
holds() {
	if jq -e '
		def total($mode; $re; member): [$mode.remote_work[] | select(.function | test($re)) | member] | add // 0;
		(.modes[] | select(.name == "qpw=0")) as $off | (.modes[] | select(.name == "qpw=1")) as $on |
		"^lru_add_drain_per_cpu$" as $lru | "^flush_(cpu_sheaves|cpu_slab|rcu_sheaf)" as $slub |
		'"$2" "$scratch/compare.json" >/dev/null; then
		ok "$1"
	else
		not_ok "$1" "does not hold: $2"
		jq -c '.modes[] | [.name, .lost_events, (.remote_work | map([.function, .queued, .executed, .inline])),
			.witness, (.triggers | map([.family, .count]))]' "$scratch/compare.json" | sed 's/^/# /'
	fi
}

holds schema '.schema == "qpwlat.compare" and .version == 1'
holds nothing-lost '$off.lost_events == 0 and $on.lost_events == 0'
holds samples-in-both '$off.samples > 300 and $on.samples > 300'
holds witness-agrees '[$off, $on] | all(
	([.remote_work[] | select(.executed > 0) | {(.function): .executed}] | add // {}) ==
	([.witness[] | select(.executed > 0) | {(.function): .executed}] | add // {}))'
holds witness-saw-something '($off.witness | map(.executed) | add) > 10'
holds qpw0-lru-drains-interrupt 'total($off; $lru; .executed) > 0'
holds qpw0-slub-drains-interrupt 'total($off; $slub; .executed) > 0'
holds qpw0-nothing-inline 'total($off; "."; .inline) == 0'
holds qpw1-lru-drains-do-not 'total($on; $lru; .executed) == 0 and total($on; $lru; .inline) > 0'
holds qpw1-slub-drains-do-not 'total($on; $slub; .executed) == 0 and total($on; $slub; .inline) > 0'
# each family once in each round, so that both modes had the same to do
holds triggers-comparable '
	([$off.triggers[] | {(.family): .count}] | add) as $a | ([$on.triggers[] | {(.family): .count}] | add) as $b |
	$a == $b and ($a | length) > 4 and all($a[]; . == '$ROUNDS')'
check page-needs-no-network "it refers to another host" \
	test -s "$scratch/report.html" -a -z "$(grep -oiE '(src|href)="?(https?:)?//[^"]*|@import|url\(h' "$scratch/report.html" 2>&1)"

finish_tests
