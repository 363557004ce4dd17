#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# memory-churn: both of its parts run where they should, it ends in order with both files written,
# and says what is wrong. Needs root.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

BUILD=${BUILD:-build}
export BUILD
script=workloads/memory-churn
out=$(mktemp -d)
. tests/tap.bash
suite=memory-churn
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$out"' EXIT

for wrong in "" "--isolated 1" "--housekeeping 0" "--isolated 1 --housekeeping" "--nonsense"; do
	# shellcheck disable=SC2086 # one word per argument
	sh "$script" $wrong >"$out/stdout" 2>"$out/stderr"
	is "usage error for '$wrong'" "129 0 1" "$? $(wc -c <"$out/stdout") $(wc -l <"$out/stderr")"
done
PATH=/usr/sbin:/usr/bin:/sbin:/bin BUILD=$out/nowhere sh "$script" --isolated 1 --housekeeping 0 \
	>"$out/stdout" 2>"$out/stderr"
is "without churn it says what to do" "1 1" "$? $(grep -c 'run make' "$out/stderr")"

cpu=$(($(getconf _NPROCESSORS_ONLN) - 1))
if [ "$(id -u)" -ne 0 ] || [ "$cpu" -lt 1 ]; then
	echo "skip memory-churn: the rest needs root and two CPUs"
	finish_tests
fi

# children PID: all below it, itself included.
children() {
	local child
	echo "$1"
	for child in $(pgrep -P "$1"); do
		children "$child"
	done
}

# The CPUs that the processes of that name below $pid may use, each list once.
where() {
	local p
	for p in $(children "$pid"); do
		if [ "$(cat "/proc/$p/comm" 2>/dev/null)" = "$1" ]; then
			awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$p/status"
		fi
	done | sort -u | paste -sd' '
}

# Whether stress-ng has begun all that it is to do.
all_stressors_run() {
	local p
	[ "$(for p in $(children "$pid"); do cat "/proc/$p/comm" 2>/dev/null; done |
		grep '^stress-ng-' | sort -u | wc -l)" -ge 4 ]
}

shells=(sh)
if command -v busybox >/dev/null; then shells+=("busybox ash"); fi
for shell in "${shells[@]}"; do
	rm -f "$out"/*.json "$out"/*.yaml
	# shellcheck disable=SC2086 # "busybox ash" is two words
	$shell "$script" --isolated "$cpu" --housekeeping 0 --triggers "$out/t.json" \
		--stress-yaml "$out/s.yaml" >"$out/stdout" 2>"$out/stderr" &
	pid=$!
	within_a_minute test -s "$out/t.json"
	within_a_minute all_stressors_run
	is "$shell: churn on the housekeeping CPU" 0 "$(where churn)"
	is "$shell: its fillers on the isolated one, the partner beside churn" "0 $cpu" \
		"$(where churn-filler)"
	is "$shell: stress-ng on the housekeeping CPU" 0 "$(where stress-ng)"
	tree=$(children "$pid")
	start=$SECONDS
	kill -TERM "$pid"
	wait "$pid"
	is "$shell: SIGTERM ends it well and without a word" "0 0 0" \
		"$? $(wc -c <"$out/stdout") $(wc -c <"$out/stderr")"
	pid=
	if [ $((SECONDS - start)) -le 5 ]; then
		ok "$shell: within 5 s"
	else
		not_ok "$shell: within 5 s" "took $((SECONDS - start)) s"
	fi
	is "$shell: nothing of it runs on" "" \
		"$(for p in $tree; do ps -o stat=,comm= -p "$p"; done | grep -v '^Z')"
	is "$shell: the counts are there" true "$(jq '[.triggers[].count] | add > 0' "$out/t.json")"
	is "$shell: the metrics of four stressors are there" 4 \
		"$(grep -c 'bogo-ops:' "$out/s.yaml")"
done

rm -f "$out"/*.json "$out"/*.yaml
sh "$script" --isolated "$cpu" --housekeeping 0 --triggers "$out/t.json" --stress-yaml "$out/s.yaml" \
	--rounds 3 >"$out/stdout" 2>"$out/stderr"
is "it ends after as many rounds as are wanted" "0 3 4" \
	"$? $(jq '[.triggers[] | select(.family == "lru_add") | .count] | add' "$out/t.json") $(
		grep -c 'bogo-ops:' "$out/s.yaml")"
sh "$script" --isolated "$cpu" --housekeeping 0 --triggers "$out/none/t.json" \
	--stress-yaml "$out/s.yaml" >"$out/stdout" 2>"$out/stderr"
is "a churn that fails is reported" "1 1" "$? $(grep -c 'churn ended by itself' "$out/stderr")"
finish_tests
