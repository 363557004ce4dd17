#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The way of records to the disk: none is lost when the other end waits, and a record takes less than
# a microsecond of CPU time, so that a million a second need no more than one CPU. And bench/report/run
# on few events: every row is in its tables or says why not, nothing stays behind.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

BUILD=${BUILD:-build}
QPWLAT=${QPWLAT:-$BUILD/qpwlat}
trace=$scratch/recording.qpw

# The least of a few: others use this machine, and their caches are ours.
cheapest_ns() {
	local records lost cpu_s rest

	for _ in 1 2 3; do
		read -r records lost cpu_s rest < <("$BUILD/report/recording" 1000000 0 "$trace")
		echo "$records $lost $cpu_s $rest" >>"$scratch/runs"
	done
	awk '{ ns = $3 / $1 * 1e9; if (NR == 1 || ns < least) least = ns } END { printf "%.0f\n", least }' "$scratch/runs"
}

test_recording() {
	local ns

	ns=$(cheapest_ns)
	check recording-takes-less-than-a-microsecond "$ns ns a record: $(cat "$scratch/runs")" \
		test "${ns:-1000}" -lt 1000
	check recording-loses-nothing "$(cat "$scratch/runs")" \
		test "$(cut -d' ' -f1,2 "$scratch/runs" | sort -u)" = "1000000 0"
	"$QPWLAT" report --json "$trace" >"$scratch/report.json"
	check recording-is-whole "$(jq -c '[.events, .problem]' "$scratch/report.json")" \
		json_holds "$scratch/report.json" '.events == 1000000 and .problem == null'
}

# Peak memory does not grow with the trace: the tables are full after a part of it.
test_memory() {
	local small large many rest format full

	"$BUILD/report/generate" 300000 "$scratch/small.qpw"
	"$BUILD/report/generate" 3000000 "$scratch/large.qpw"
	"$BUILD/report/measure" "$scratch/use" "$QPWLAT" report "$scratch/small.qpw" >/dev/null
	"$BUILD/report/measure" "$scratch/use" "$QPWLAT" report "$scratch/large.qpw" >/dev/null
	"$BUILD/golden/make_trace" many "$scratch/many.qpw"
	"$BUILD/report/measure" "$scratch/use" "$QPWLAT" report "$scratch/many.qpw" >/dev/null
	{ read -r _ _ small rest && read -r _ _ large rest && read -r _ _ many rest; } <"$scratch/use"
	check memory-is-below-64-MiB "$large KiB" test "$large" -lt 65536
	check memory-is-below-64-MiB-for-4096-CPUs "$many KiB" test "$many" -lt 65536
	"$BUILD/golden/make_full" "$scratch/full.qpw"
	for format in text json html csv markdown; do
		: >"$scratch/use"
		"$BUILD/report/measure" "$scratch/use" "$QPWLAT" report "--$format" "$scratch/full.qpw" >/dev/null
		read -r _ _ full rest <"$scratch/use"
		check "memory-is-below-64-MiB-with-every-table-full-$format" "$full KiB" test "$full" -lt 65536
	done
	for format in text json html csv; do
		: >"$scratch/use"
		"$BUILD/report/measure" "$scratch/use" "$QPWLAT" report "--$format" --top 10000 --outlier 1 \
			"$scratch/small.qpw" >"$scratch/stdout"
		read -r _ _ many rest <"$scratch/use"
		check "memory-is-below-64-MiB-with-10000-late-samples-$format" "$many KiB" test "$many" -lt 65536
	done
	"$QPWLAT" report --json --top 10000 --outlier 1 "$scratch/small.qpw" >"$scratch/stdout"
	check late-samples-were-10000 "$(jq '.outliers | length' "$scratch/stdout")" \
		json_holds "$scratch/stdout" '.outliers | length == 10000'
	check memory-does-not-grow-with-the-trace "$small KiB for 0.3 million events, $large for 3" \
		test "$large" -lt $((small + 4096))
}

# row NAME TITLE [REST]: the tables have a row of it with figures, or it is told why not.
row() {
	grep -qE "^\| \`$2\`$3 \| [1-9][0-9]* \| [0-9.]+ \(.*\) \|$" "$scratch/stdout" || grep -q "^Not run: $1: ." "$scratch/stdout"
}

test_bench() {
	local cache=$scratch/cache

	run env QPW_CACHE="$cache" bench/report/run --smoke
	check bench-runs "exit code $rc: $(tail -n 3 "$scratch/stderr")" test $rc = 0
	[[ $rc == 0 ]] || return
	check bench-report-has-a-row "$(cat "$scratch/stdout")" row report 'qpwlat report' ''
	check bench-report-of-some-has-a-row "$(cat "$scratch/stdout")" \
		row same 'qpwlat report' ', irq, softirq and work only'
	check bench-perf-kwork-has-a-row "$(cat "$scratch/stdout")" row kwork 'perf kwork report' ''
	check bench-perf-script-has-a-row "$(cat "$scratch/stdout")" row script 'perf script' ''
	check bench-trace-cmd-has-a-row "$(cat "$scratch/stdout")" row trace-cmd 'trace-cmd report' ''
	check bench-recording-has-rows "$(cat "$scratch/stdout")" \
		test "$(grep -cE '^(\| (as any other task|before all others .*) \| [1-9].* of 100000 \|$|Not run: recording )' "$scratch/stdout")" = 2
	check bench-flood-has-a-row "$(cat "$scratch/stdout")" \
		test "$(grep -cE '^(\| .chrt -f 1 qpwlat record. .* \| [0-9.]+ \([0-9.]+ to [0-9.]+\) \| [0-9]+ of 1[0-9]{5} \|$|Not run: recording with )' "$scratch/stdout")" = 1
	check bench-leaves-nothing "$(ls "$cache")" test -d "$cache" -a -z "$(ls "$cache")"
	check bench-leaves-no-instance "qpw-report" test ! -d /sys/kernel/tracing/instances/qpw-report
	run bench/report/run --rounds x
	check bench-usage "exit code $rc" test $rc = 129
}

test_recording
test_memory
if [[ $(id -u) != 0 || ! -d /sys/devices/system/cpu/cpu1 ]]; then
	echo "skip bench: needs root and two CPUs"
else
	test_bench
fi
finish_tests
