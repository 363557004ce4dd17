#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwlat report on a recorded trace, held against what ftrace wrote in the same boot and against
# itself: executions, sums, and what a shorter file still gives.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash recorded
cd "$top/tests/traces/lab-unpatched"

"${QPWLAT:?}" report --json --top 1000 trace.qpw >"$dir/report.json"

# the lines of ftrace inside the window, whose edges it knows to the microsecond
read -r start length < <(jq -r '"\(.window_start_ns) \(.window_ns)"' "$dir/report.json")
awk -v from=$((start / 1000)) -v to=$(((start + length) / 1000)) '
	/workqueue_execute_start/ {
		for (i = 1; i <= NF && $i !~ /^[0-9]+\.[0-9]+:$/; i++)
			;
		split($i, part, /[.:]/)
		us = part[1] * 1000000 + part[2]
		if (us >= from && us <= to)
			count[$NF]++
	}
	END { for (f in count) print f, count[f] }' witness.txt | sort >"$dir/witness"
jq -r '.remote_work[] | select(.executed > 0) | "\(.function) \(.executed)"' "$dir/report.json" |
	sort >"$dir/executed"
[ -s "$dir/witness" ] || echo "the witness is empty" >"$dir/log"
diff "$dir/witness" "$dir/executed" >>"$dir/log" || true
result "executions are those of ftrace" "$dir/log"

jq -r '.outliers[] |
	select(([.steps[].ns] | add) != .latency_ns or
		([.steps[] | ([.parts[].ns] | add // 0) + .residual_ns == .ns] | all | not)) |
	"late sample at \(.expiry_ns) does not add up"' "$dir/report.json" >"$dir/log"
jq -e '.samples > 1000 and (.outliers | length) == 1000' "$dir/report.json" >/dev/null ||
	echo "too few samples" >>"$dir/log"
jq -r '.outliers[] |
	([.intervals[].self_ns] | add // 0) as $self | ([.steps[].residual_ns] | add) as $rest |
	select($self + $rest + .intervals_left_out_ns != .latency_ns) |
	"intervals of the sample at \(.expiry_ns) do not add up"' "$dir/report.json" >>"$dir/log"
jq -r '.outliers[] | . as $o |
	select(([.steps[].parts[] | select(.avoidable) | .ns] | add // 0) != .avoidable_ns or
		([.intervals[] | select(.start_ns < $o.expiry_ns or .end_ns < .start_ns or
			.end_ns > $o.expiry_ns + $o.latency_ns)] | length > 0)) |
	"the sample at \(.expiry_ns) has intervals elsewhere"' "$dir/report.json" >>"$dir/log"
jq -e '[.outliers[].intervals[]] | length > 1000 and any(.avoidable) and any(.origin_ns)' \
	"$dir/report.json" >/dev/null || echo "too few intervals" >>"$dir/log"
result "late samples add up" "$dir/log"

# latency over time, from the single samples
"$QPWLAT" export --format csv trace.qpw | awk -F, -v from="$start" -v to=$((start + length)) \
	-v width="$(jq .latency_over_time.column_ns "$dir/report.json")" '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$1 == "sample" && $at["start_ns"] >= from && $at["start_ns"] <= to {
		column = int(($at["start_ns"] - from) / width)
		ns = $at["end_ns"] - $at["start_ns"]
		count[column]++
		if (ns > max[column])
			max[column] = ns
	}
	END { for (c in count) printf "%.0f %d %.0f\n", c * width, count[c], max[c] }' | sort -n >"$dir/samples"
jq -r '.latency_over_time.columns[] | select(([.cells[].samples] | add) == .samples and
	.max_ns <= .cells[-1].high_ns and .max_ns >= .cells[-1].low_ns) |
	"\(.offset_ns) \(.samples) \(.max_ns)"' "$dir/report.json" >"$dir/columns"
[ "$(wc -l <"$dir/samples")" -ge 20 ] || echo "too few columns" >"$dir/log"
diff "$dir/samples" "$dir/columns" >>"$dir/log" || true
result "latency over time is that of the single samples" "$dir/log"

jq -r '. as $r | .interruptions[] | .class as $class |
	([$r.causes[] | select(.class == $class)] | [(map(.count) | add // 0),
		(map(.self_ns) | add // 0)]) as $sum |
	select($sum != [.count, .ns]) | "\(.class): \($sum) in causes, \(.count) \(.ns) in all"' \
	"$dir/report.json" >"$dir/log"
result "causes add up" "$dir/log"

# who waited, counted from the single records
"$QPWLAT" export --format csv trace.qpw |
	awk -F, -v from="$start" -v to=$((start + length)) '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$1 == "flush" && $at["start_ns"] >= from && $at["start_ns"] <= to {
		key = $at["comm"] " " $at["name"] " " $at["function"] " " $at["target_cpu"]
		count[key]++
		ns[key] += $at["end_ns"] - $at["start_ns"]
	}
	END { for (key in count) printf "%s %d %d\n", key, count[key], ns[key] }' | sort >"$dir/waits"
jq -r '.flush_waiters[] | "\(.comm) \(.function) \(.work // "") \(.target_cpu // "") \(.count) \(.total_ns)"' \
	"$dir/report.json" | sort >"$dir/waiters"
[ "$(wc -l <"$dir/waits")" -ge 5 ] || echo "too few waits" >"$dir/log"
diff "$dir/waits" "$dir/waiters" >>"$dir/log" || true
result "waiters are those of the single records" "$dir/log"

# The recording is of before call sites were told: its IPIs and who sent them are read as ever.
"$QPWLAT" export --format csv trace.qpw |
	awk -F, -v from="$start" -v to=$((start + length)) '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["call_site"] != "" { print "a call site:", $0 }
	$1 == "ipi" && $at["flags"] ~ /origin/ && $at["start_ns"] >= from && $at["start_ns"] <= to {
		count[$at["origin_cpu"]]++
	}
	END { for (cpu in count) print cpu, count[cpu] }' | sort >"$dir/sent"
jq -r '[.origins[] | select(.class == "ipi")] | group_by(.cpu) | .[] |
	"\(.[0].cpu) \(map(.count) | add)"' "$dir/report.json" | sort >"$dir/senders"
jq -r '.origins[], .outliers[].intervals[] | select(.call_site != null)' "$dir/report.json" >"$dir/log"
[ -s "$dir/sent" ] || echo "no IPIs" >>"$dir/log"
diff "$dir/sent" "$dir/senders" >>"$dir/log" || true
"$QPWLAT" report trace.qpw | grep 'sent from' >>"$dir/log" || true
result "IPIs without call sites" "$dir/log"

jq -e '.lost_events == 0 and .window_closed and (.truncated | not) and .problem == null' \
	"$dir/report.json" >/dev/null && : >"$dir/log" || echo "not whole" >"$dir/log"
result "whole" "$dir/log"

/usr/bin/python3 ../../golden/recorded.py "$QPWLAT" trace.qpw >"$dir/log" 2>&1 ||
	echo "it fails" >>"$dir/log"
result "figures are those of the single records" "$dir/log"

# cut anywhere: what is left is read and said to be a part
: >"$dir/log"
size=$(stat -c %s trace.qpw)
before=0
for percent in 20 40 60 80 99; do
	head -c $((size * percent / 100)) trace.qpw >"$dir/cut.qpw"
	code=0
	"$QPWLAT" report --json "$dir/cut.qpw" >"$dir/cut.json" 2>"$dir/err" || code=$?
	events=$(jq .events "$dir/cut.json")
	if [ "$code" != $((events ? 0 : 3)) ] || [ "$events" -lt "$before" ]; then
		echo "$percent %: exit code $code, $events records after $before" >>"$dir/log"
	fi
	jq -e '.truncated and (.problem | contains("broke off"))' \
		"$dir/cut.json" >/dev/null || echo "$percent %: not said to be a part" >>"$dir/log"
	before=$events
done
result "cut" "$dir/log"
finish_tests
