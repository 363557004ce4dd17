#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# churn on this machine's own kernel: what it counts, what the kernel then really did on the CPU
# (an ftrace instance of its own), how it ends, and that nothing stays behind. Needs root.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

churn=${BUILD:-build}/churn
out=$(mktemp -d)
. tests/tap.bash
suite=churn
trace=

finish() {
	[ -z "$trace" ] || rmdir "$trace"
	rm -rf "$out"
}
trap finish EXIT

count_of() {
	jq -r --arg f "$1" '.triggers[] | select(.family == $f) | .count' "$2"
}

left_behind() {
	find /sys/fs/cgroup -maxdepth 3 -name 'qpw-churn.*' 2>/dev/null
}

fillers() {
	pgrep -c -x -r R,S,D churn-filler
}

# Those of one that was killed are told by the kernel, and end when they get a CPU.
fillers_gone() {
	local i
	for ((i = 0; i < 600; i++)); do
		[ "$(fillers)" -ne 0 ] || break
		sleep 0.1
	done
	fillers
}

# ------------------------------------------------------------------ without privilege

"$churn" --list >"$out/list"
is "lists every family" "lazyfree lru_add lru_deactivate lru_disable memcg_stock mlock sheaves" \
	"$(cut -d' ' -f1 "$out/list" | sort | paste -sd' ')"

for wrong in "" "--isolated" "--isolated x" "--isolated 1 --families nonsense" \
	"--isolated 1 --trigger nonsense" "--isolated 1 --families sheaves --trigger mbind" \
	"--isolated 1 --rounds -1" "--isolated 1 --interval 1s" "--isolated 1 stray"; do
	# shellcheck disable=SC2086 # one word per argument
	"$churn" $wrong >"$out/stdout" 2>"$out/stderr"
	rc=$?
	is "usage error for '$wrong'" "129 0" "$rc $(wc -c <"$out/stdout")"
	grep -q . "$out/stderr" || not_ok "usage error for '$wrong'" "no message"
done

if [ "$(id -u)" -ne 0 ]; then
	"$churn" --isolated 1 --housekeeping 0 >"$out/stdout" 2>"$out/stderr"
	is "needs root and says so" "1 1" "$? $(grep -c 'run it as root' "$out/stderr")"
	echo "skip churn: the rest needs root"
	finish_tests
fi
cpu=$(($(getconf _NPROCESSORS_ONLN) - 1))
if [ "$cpu" -lt 1 ]; then
	echo "skip churn: needs two CPUs"
	finish_tests
fi
cp "$churn" "$out/churn" && chmod 755 "$out" "$out/churn"
setpriv --reuid=65534 --clear-groups "$out/churn" --isolated "$cpu" --housekeeping 0 \
	>"$out/stdout" 2>"$out/stderr"
is "needs root and says so" "1 1" "$? $(grep -c 'run it as root' "$out/stderr")"

# ------------------------------------------------------------------ a short run, watched

trace=/sys/kernel/tracing/instances/churn-test-$$
if mkdir "$trace" 2>/dev/null; then
	printf '%x' $((1 << cpu)) >"$trace/tracing_cpumask"
	echo 1 >"$trace/events/workqueue/workqueue_execute_start/enable"
else
	trace=
fi
"$churn" --isolated "$cpu" --housekeeping 0 --rounds 12 --interval 100 --output "$out/run.json"
is "a run of 12 rounds ends well" 0 $?
[ -z "$trace" ] || echo 0 >"$trace/events/workqueue/workqueue_execute_start/enable"

is "the counts have the schema" "qpwlat.triggers 1 12 7" \
	"$(jq -r '"\(.schema) \(.version) \(.rounds) \(.triggers | length)"' "$out/run.json")"
is "elapsed is at least the pauses" true "$(jq '.elapsed_ns >= 11 * 100000000' "$out/run.json")"
while read -r family count skipped; do
	if [ "$skipped" != - ]; then
		echo "skip churn $family: $skipped"
	elif [ "$count" -eq 12 ]; then
		ok "$family: triggered in every round"
	else
		not_ok "$family: triggered in every round" "$count of 12: $(jq -c --arg f "$family" \
			'.triggers[] | select(.family == $f)' "$out/run.json")"
	fi
done < <(jq -r '.triggers[] | "\(.family) \(.count) \(.skipped // "-")"' "$out/run.json")
is "count = sum over the triggers; populated = count + failed, less failed fills" true \
	"$(jq '[.triggers[] | (.count == ([.by[]] | add // 0)) and .populated >= .count and
		.populated <= .count + .failed] | all' "$out/run.json")"

# At most two drains of the whole run may be missed: others on the machine drain too, just before.
executed() {
	grep -cE "function ($1)\$" "$trace/trace"
}

if [ -z "$trace" ]; then
	echo "skip churn: no tracefs to look at the kernel with"
else
	wanted=0
	for family in lru_add mlock lru_deactivate lazyfree lru_disable; do
		wanted=$((wanted + $(count_of "$family" "$out/run.json")))
	done
	got=$(executed 'lru_add_drain_per_cpu')
	if [ "$got" -ge $((wanted - 4)) ] && [ "$wanted" -gt 0 ]; then
		ok "the kernel drained the LRU batches of CPU $cpu as often"
	else
		not_ok "the kernel drained the LRU batches of CPU $cpu as often" "$got of $wanted"
	fi
	for pair in 'sheaves flush_cpu_sheaves|flush_cpu_slab' \
		'memcg_stock drain_local_memcg_stock|drain_local_stock'; do
		family=${pair%% *}
		wanted=$(count_of "$family" "$out/run.json")
		got=$(executed "${pair#* }")
		if [ "$wanted" -eq 0 ]; then
			echo "skip churn drains of $family: the family can't run here"
		elif [ "$got" -ge $((wanted - 2)) ]; then
			ok "the kernel ran the worker of $family on CPU $cpu as often"
		else
			not_ok "the kernel ran the worker of $family on CPU $cpu as often" \
				"$got of $wanted"
		fi
	done
fi
is "leaves no cgroup" "" "$(left_behind)"
is "leaves no filler" 0 "$(fillers)"

# ------------------------------------------------------------------ how it ends

"$churn" --isolated "$cpu" --housekeeping 0 --interval 20 --output "$out/term.json" &
pid=$!
within_a_minute test -s "$out/term.json"
is "writes while it runs" true "$(jq '.rounds > 0' "$out/term.json")"
early=$(jq .rounds "$out/term.json")
touch "$out/told"
sleep 0.1
kill -TERM "$pid"
wait "$pid"
is "SIGTERM ends it in order" 0 $?
is "and the last counts are written" "true 0" "$(jq ".rounds >= $early" "$out/term.json") $(
	[ "$out/term.json" -nt "$out/told" ]; echo $?)"
is "and nothing stays behind" " 0" "$(left_behind) $(fillers)"

"$churn" --isolated "$cpu" --housekeeping 0 --output "$out/kill.json" &
pid=$!
within_a_minute test -s "$out/kill.json"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
is "killed, it takes its fillers along" 0 "$(fillers_gone)"
is "killed, it leaves whole counts" 1 "$(jq -r .version "$out/kill.json")"
"$churn" --isolated "$cpu" --housekeeping 0 --rounds 1 --output "$out/next.json"
is "the next run removes what a killed one left" "" "$(left_behind)"

"$churn" --isolated 4000 --housekeeping 0 --rounds 1 >"$out/stdout" 2>"$out/stderr"
is "a CPU that is not there is an error" "1 1" "$? $(grep -c '4000' "$out/stderr")"
"$churn" --isolated "$cpu" --housekeeping 0 --rounds 1 --output /nonexistent/x 2>"$out/stderr"
is "an output that can't be written is an error" "1 1" "$? $(grep -c /nonexistent "$out/stderr")"
is "and nothing stays behind after errors" " 0" "$(left_behind) $(fillers)"
finish_tests
