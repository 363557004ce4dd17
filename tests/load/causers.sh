#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who caused it: `causer` makes a known number of wake-ups, moves, page faults, system calls and
# preemptions on CPU 1; the recording must tell each, with the task, the CPU, the stack and the
# control group that it came from. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'end_children; rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
CAUSER=${BUILD:-build}/load/causer
causer='' recorder=''

end_children() {
	[[ -z $causer ]] || kill "$causer" 2>/dev/null
	[[ -z $recorder ]] || kill "$recorder" 2>/dev/null
}

needs_root causers
needs_two_cpus causers

# The causer comes first, since the victim must run; it begins when its line comes.
mkfifo "$scratch/go"
"$CAUSER" 0 1 <"$scratch/go" >"$scratch/made.json" 2>"$scratch/causer.err" &
causer=$!
exec 3>"$scratch/go"
victim=
for _ in $(seq 100); do
	victim=$(pgrep -P "$causer" -x qpw-victim) && break
	sleep 0.05
done
group=$(sed -n 's/^0:://p' /proc/$causer/cgroup)
"$QPWLAT" record -q -c 1 -d 60s --system-calls --victim "pid:${victim:-0}" -o "$scratch/t.qpw" \
	>"$scratch/record.log" 2>&1 &
recorder=$!
# its file grows once a second
for _ in $(seq 300); do
	"$QPWLAT" report --json -i "$scratch/t.qpw" >"$scratch/report.json" 2>/dev/null &&
		json_holds "$scratch/report.json" '.window_start_ns > 0' && break
	sleep 0.1
done
echo >&3
exec 3>&-
if ! wait "$causer"; then
	causer=
	not_ok causers "the causer failed: $(cat "$scratch/causer.err")"
	finish_tests
fi
causer=
# its victim is gone, and it ends by itself
if ! wait "$recorder"; then
	recorder=
	not_ok causers "record failed: $(tail -n 3 "$scratch/record.log")"
	finish_tests
fi
recorder=
"$QPWLAT" report --json -i "$scratch/t.qpw" >"$scratch/report.json"

made() {
	jq ".$1" "$scratch/made.json"
}

reported() {
	jq "$1" "$scratch/report.json"
}

# at_least_and_at_most NAME WHAT IS LEAST MOST
within() {
	check "$1" "$2: $3, not from $4 to $5" test "$3" -ge "$4" -a "$3" -le "$5"
}

check causers-none-lost "$(reported .lost_events) events lost" test "$(reported .lost_events)" = 0

woken='.origins[] | select(.class == "thread" and .cause == "qpw-woken" and .comm == "qpw-waker")'
wakes=$(reported "[$woken | select(.cpu == 0) | .count] | add // 0")
# A virtual machine used for development hides switches from the threads of process 1: what runs
# after them has no known start and is left out.
within causers-wakes "wake-ups by the waker from CPU 0" "$wakes" $(($(made wakes) * 95 / 100)) \
	"$(made wakes)"
check causers-wakes-only-from-there "$(reported "[$woken | select(.cpu != 0)] | length") rows of CPU 1" \
	test "$(reported "[$woken | select(.cpu != 0)] | length")" = 0
check causers-stack "no stack with pipe_write: $(reported "[$woken | .stack]" | tr -d '\n ' | cut -c 1-300)" \
	json_holds "$scratch/report.json" \
	"[$woken | select(.stack != null and any(.stack[]; test(\"^(anon_)?pipe_write\\\\+\"))) | .count]
		| add // 0 >= $wakes * 0.9"
check causers-stack-without-us "a frame of the tracing itself" json_holds "$scratch/report.json" \
	'[.origins[] | .stack // [] | .[0] // "" | select(test("^bpf_(prog|trace_run)|^__traceiter_"))] == []'
check causers-cgroup "not $group: $(reported "[$woken | .cgroup]" | tr -d '\n ' | cut -c 1-200)" \
	json_holds "$scratch/report.json" "[$woken | .cgroup] | unique == [\"$group\"]"

# The first move is there already when the causer itself runs on that CPU.
moves=$(reported '[.moves[] | select(.comm == "qpw-moved" and .from_cpu == 0) | .count] | add // 0')
within causers-moves "moves from CPU 0" "$moves" $(($(made moves) - 1)) $(($(made moves) + 2))

# Beside those made: of the stack, of the program's text and data, of what fork() left to copy.
within causers-page-faults "page faults" "$(reported .self_inflicted.page_faults)" "$(made pages)" \
	$(($(made pages) + 100))
within causers-system-calls "system calls" "$(reported .self_inflicted.system_calls)" \
	"$(made calls)" $(($(made calls) + 100))

# Between two of its takes the victim runs, so each lies in a time of its own that the CPU was
# taken. It may be another task that took it, as the kernel gives ordinary ones their share of a CPU
# that real-time ones would have for themselves; then the taker came second.
# "TIMES NS BY-THE-TAKER NS": the times with a run of the taker and all that they lasted; how many
# of them began with it, and what these lasted.
read -r taken taken_ns first first_ns < <("$QPWLAT" export -f csv "$scratch/t.qpw" | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
	$1 == "taken" { from[++n] = $column["start_ns"]; to[n] = $column["end_ns"] }
	$1 == "thread" && $column["comm"] == "qpw-taker" {
		begun[++m] = $column["start_ns"]; ended[m] = $column["end_ns"] }
	END { for (k = 1; k <= n; k++) {
			for (i = 1; i <= m && !(from[k] <= begun[i] && to[k] >= ended[i]); i++)
				;
			if (i > m) continue
			times++; ns += to[k] - from[k]
			if (begun[i] == from[k]) { first++; first_ns += to[k] - from[k] } }
		printf "%d %.0f %d %.0f\n", times, ns, first, first_ns }')
# once more each time that it slept without letting the victim run, and when it was told to begin
within causers-taken "times that the CPU was taken" "$taken" "$(made takes)" $(($(made naps) + 3))
by_taker=$(reported '[.taken[] | select(.by == "qpw-taker") | .count] | add // 0')
check causers-taken-by "$by_taker told as the taker's, of $first that began with it" \
	test "$first" -gt 0 -a "$by_taker" = "$first"
by_taker_ns=$(reported '[.taken[] | select(.by == "qpw-taker") | .total_ns] | add // 0')
check causers-taken-by-time "$by_taker_ns ns told as the taker's, of $first_ns that began with it" \
	test "$by_taker_ns" = "$first_ns"
least=$(($(made takes) * $(made take_us) * 1000))
check causers-taken-time "$taken_ns ns, the taker ran for $least" test "$taken_ns" -ge "$least"
finish_tests
