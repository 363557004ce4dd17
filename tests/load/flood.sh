#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two million events of several kinds on a watched CPU, as fast as they can be made, a million and more
# a second: none may be missing without being counted, neither with the buffer that is usual nor with
# one that overflows. Then a few in an order in which the kernel seldom has them: of what no program
# saw the other half nothing wrong is told.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

ROUNDS=350000
# In each round, two of each: tick_stop(0, 2), the tick was kept for perf events; nmi_handler(at, ran for
# 100 ns). One wait for a lock that there is not, begin and end. The kernel itself seldom has such events.
# shellcheck disable=SC2054 # an event's arguments
EVENTS=(on_tick_stop:0,2 on_nmi_handler:0xffffffff81000000,100 on_tick_stop:0,2
	on_nmi_handler:0xffffffff81000000,100 on_contention_b:0x4711,2 on_contention_e:0x4711,0)
declare -A MADE=([tick_kept]=$((2 * ROUNDS)) [nmi]=$((2 * ROUNDS)) [lock_wait]=$ROUNDS)
PER_SECOND=1000000
HZ=$(getconf CLK_TCK) # of the times that the kernel tells
export HZ
qpwlat=${QPWLAT:-build/qpwlat}
flood=${BUILD:-build}/load/flood

needs_root flood
needs_two_cpus flood

# flooded NAME STALL OPTION...: the recording becomes $scratch/NAME.json, the rate $scratch/NAME.log. STALL
# is a shell's command for meanwhile; the recorder is $PPID.
flooded() {
	local name=$1 stall=$2
	shift 2
	# only a program of this kind can be run by others; a priority keeps others off its CPU
	run "$qpwlat" record --without tp_btf -c 1 -d 60s --victim none -o "$scratch/$name.qpw" "$@" -- \
		sh -c "chrt -f 1 $flood 1 $ROUNDS ${EVENTS[*]} & $stall; wait; kill -INT \$PPID"
	check "$name-record" "exit code $rc: $(tail -n 3 "$scratch/stderr")" test "$rc" = 0
	grep ' a second$' "$scratch/stdout" >"$scratch/$name.log"
	sed "s/^/# $name: /" "$scratch/$name.log"
	run "$qpwlat" report --json "$scratch/$name.qpw"
	cp "$scratch/stdout" "$scratch/$name.json"
}

# kept NAME KIND, lost NAME KIND: how many of them are in the recording, or counted as lost.
kept() {
	case $2 in
	tick_kept) jq '.tick.kept.PERF_EVENTS' "$scratch/$1.json" ;;
	nmi) jq '.interruptions[] | select(.class == "nmi") | .count' "$scratch/$1.json" ;;
	lock_wait) jq '[.lock_waits[] | select(.comm == "flood") | .count] | add // 0' "$scratch/$1.json" ;;
	esac
}
lost() {
	jq --arg kind "$2" '[.lost[] | select(.cpu == 1 and .kind == $kind) | .count] | add // 0' \
		"$scratch/$1.json"
}

# Up to so many such events are the kernel's own.
SPARE=500
# counted NAME: kept and lost are what was made, of each kind.
counted() {
	local kind sum

	for kind in tick_kept nmi lock_wait; do
		sum=$(($(kept "$1" $kind) + $(lost "$1" $kind)))
		check "$1-$kind-counted" "$(kept "$1" $kind) kept, $(lost "$1" $kind) lost, of ${MADE[$kind]}" \
			test "$sum" -ge "${MADE[$kind]}" -a "$sum" -le $((MADE[$kind] + SPARE))
		echo "# $1: $kind: $(kept "$1" $kind) kept, $(lost "$1" $kind) lost"
	done
	check "$1-sum" "$(jq -c '[.lost_events, .lost]' "$scratch/$1.json")" \
		json_holds "$scratch/$1.json" '.lost_events == ([.lost[].count] | add // 0)'
}

# fast NAME: as many a second as the collector is to bear. A machine that can't make them shows nothing.
fast() {
	local rate

	rate=$(sed -n 's/.* \([0-9]*\) a second$/\1/p' "$scratch/$1.log")
	if ((${rate:-0} >= PER_SECOND)); then
		ok "$1-rate"
	else
		echo "skip $1-rate: only ${rate:-0} events a second could be made here, not $PER_SECOND"
	fi
}

flooded usual :
counted usual
fast usual
# who takes what is in the buffer is stopped until the flood has had its CPU for a tenth of a
# second: however fast it is, the buffer overflows
# shellcheck disable=SC2016 # another shell's dollars
flooded small 'kill -STOP $PPID
	while used=$(awk "{ print \$3 == \"Z\" ? 1e6 : \$14 + \$15 }" /proc/$!/stat 2>/dev/null) && [ "$used" -lt "$((HZ / 10))" ]; do
		sleep 0.02
	done
	kill -CONT $PPID' --buffer-size 64K
counted small
for kind in tick_kept nmi lock_wait; do
	check "small-$kind-lost" "none lost in a buffer of 64 KiB" test "$(lost small $kind)" -gt 0
done

# ------------------------------------------------------------------ halves

# in_order NAME ROUNDS EVENT...: the recording becomes $scratch/NAME.csv.
in_order() {
	local name=$1
	shift
	run "$qpwlat" record --without tp_btf -c 1 -d 60s --victim none -o "$scratch/$name.qpw" -- \
		sh -c "chrt -f 1 $flood 1 $*; kill -INT \$PPID"
	check "$name-record" "exit code $rc: $(tail -n 3 "$scratch/stderr")" \
		grep -q ' a second$' "$scratch/stdout"
	"$qpwlat" export -f csv "$scratch/$name.qpw" >"$scratch/$name.csv"
}

# starts NAME OBJECT: when its records begin, a line for each.
starts() {
	awk -F, -v object="$2" '$9 == object { print $3 }' "$scratch/$1.csv"
}

# A wait for 0x4711 ends on the other CPU, which is not watched; another one begins here, behind the
# NMI. That for 0x4712 goes on: it is spun for before the NMI, and slept for.
in_order waits 1 on_contention_b:0x4711,2 @0 on_contention_e:0x4711,0 @1 on_contention_b:0x4712,2 \
	on_nmi_handler:0xffffffff81000000,100 on_contention_b:0x4711,2 on_contention_e:0x4711,0 \
	on_contention_b:0x4712,2 on_contention_e:0x4712,0
nmi=$(awk -F, '$1 == "nmi" && $4 - $3 == 100 { print $4; exit }' "$scratch/waits.csv")
begun=$(starts waits 0x4711)
check a-wait-that-ended-elsewhere-is-over "begun at ${begun//$'\n'/, }, NMI at $nmi" test "$begun" -ge "$nmi"
begun=$(starts waits 0x4712)
check a-wait-goes-on "begun at ${begun//$'\n'/, }, NMI at $nmi" test "$begun" -lt "$nmi"

# The end of a work (the second program under this name) whose beginning was not seen. It is told
# from the switch-in on, if that was seen: the kernel may hide some, and may hide who is switched out.
# A switch to idle that is made up leaves the task on the CPU without one, unless it is preempted.
# Since 7.0 programs that forbid preemption take the place of others.
works=on_workqueue_ex/2
(($(uname -r | cut -d. -f1) < 7)) || works=np_workqueue_ex/2
in_order known 20 @0 @1 $works:0x4713,0xffffffff81000000
check the-end-of-a-work-is-told "of none of 20" test "$(starts known 0x4713 | wc -l)" -ge 1
in_order unknown 20 on_sched_switch:0,0,0,0 $works:0x4714,0xffffffff81000000
check another-task-run-is-no-work "$(starts unknown 0x4714 | wc -l) of 20 works are told" \
	test "$(starts unknown 0x4714 | wc -l)" -lt 20
finish_tests
