#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpwlat record --threshold: which delays are hits, by the recording itself; what is done at a hit,
# and the exit code. CPU 1 is disturbed all the while, so that there are hits. Needs root.
# shellcheck disable=SC2016 # dollars of other shells

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/disturb.bash
trap 'end_disturber; rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
trace=$scratch/t.qpw

# Recorders' commands, which end recordings: when the victim has gone to sleep so often, when the
# CPU has been disturbed so often after all warming up, which the recorder, that looks for records
# every 50 ms, has behind it.
await_samples=(bash -c '. tests/load/await.bash && await_victim "$PPID" "$0"')
await_disturbances=(bash -c '. tests/load/await.bash && await_sleeps "$PPID" "$0" && await_sleeps "$1" "$2"')

# threshold OPTION...: record; exit code in $rc, the summary in $scratch/stdout.
threshold() {
	run "$QPWLAT" record -c 1 -o "$trace" "$@"
}

told_hits() {
	sed -n 's/^threshold .*: hit \([0-9]*\) times.*/\1/p' "$scratch/stdout"
}

# The hits of $1 ns and more among the records of the kinds $2, found again in the recording: those
# that overlap are one. Inner records come first, so that an overlap shows in the end of the last.
recorded_hits() {
	"$QPWLAT" export -i "$trace" | awk -F, -v least="$1" -v kinds="$2" '
		BEGIN { n = split(kinds, k, " "); for (i = 1; i <= n; i++) wanted[k[i]] = 1 }
		$1 == "window" { if ($4 > 0) last_ns = $4; first_ns = $3; next }
		$1 in wanted { n_rows++; start[n_rows] = $3; end[n_rows] = $4 }
		END { for (i = 1; i <= n_rows; i++) {
				if (start[i] < first_ns || start[i] > last_ns) continue
				if (end[i] - start[i] < least) continue
				hits += start[i] >= until
				if (end[i] > until) until = end[i] }
			print hits + 0 }'
}

# What half of the samples reach on this machine, in us: at least one, the least there is.
usual_us() {
	run "$QPWLAT" record -q -c 1 -o "$trace" -- "${await_samples[@]}" 500
	"$QPWLAT" report --json -i "$trace" |
		jq '[.latency_ns.p50 / 1000 | floor, 1] | max'
}

test_samples() {
	local told found usual
	usual=$(usual_us)
	threshold -T "${usual:-0}" -- "${await_samples[@]}" 1000
	told=$(told_hits)
	found=$(recorded_hits "${usual:-0}000" sample)
	check samples-hit "exit code $rc, $told hits: $(tail -n 3 "$scratch/stderr")" \
		test "$rc" = 2 -a "${told:-0}" -gt 10
	check samples-hits-are-the-late-ones "$told told, $found in the recording" \
		test "${told:-0}" = "$found"
	threshold -T 1000000000 -- "${await_samples[@]}" 500
	check samples-not-hit "exit code $rc: $(cat "$scratch/stderr")" \
		test "$rc" = 0 -a "$(told_hits)" = 0
}

test_interruptions() {
	local told found
	threshold -T 5 --victim none -- "${await_disturbances[@]}" 1 "$disturber" 30
	told=$(told_hits)
	found=$(recorded_hits 5000 "irq softirq ipi timer nmi thread work")
	check interruptions-hit "exit code $rc, $told hits" test "$rc" = 2 -a "${told:-0}" -gt 10
	check interruptions-nested-are-one "$told told, $found in the recording" \
		test "${told:-0}" = "$found"
	threshold -T 5 --victim oslat -- "${await_disturbances[@]}" 46 "$disturber" 30
	told=$(told_hits)
	found=$(recorded_hits 5000 "irq softirq ipi timer nmi taken")
	check busy-hit "exit code $rc, $told hits" test "$rc" = 2 -a "${told:-0}" -gt 10
	check busy-hits-are-those-of-the-recording "$told told, $found in the recording" \
		test "${told:-0}" = "$found"
}

test_stop() {
	local start=$SECONDS
	threshold -d 60s -T 1 --on-threshold stop
	check stop "exit code $rc" test "$rc" = 2
	check stop-is-soon "$((SECONDS - start)) s" test $((SECONDS - start)) -lt 20
	run "$QPWLAT" report --json -i "$trace"
	check stop-in-order "$(jq -c '[.window_closed, .samples]' "$scratch/stdout")" \
		json_holds "$scratch/stdout" '.window_closed and .samples > 0'
}

# One at a time and one a second, not on the watched CPU; it is told what happened. Meanwhile the
# CPU is disturbed again and again; the recording ends when the command has run three times.
test_shell() {
	local lines took_ms=${EPOCHREALTIME/[.,]/}

	: >"$scratch/told"
	threshold -T 10 --on-threshold \
		"shell:echo \$QPW_CPU \$QPW_LATENCY_NS \$QPW_HITS \$QPW_TRACE \$(taskset -cp \$\$) >>$scratch/told" -- \
		sh -c 'for i in $(seq 600); do [ "$(grep -c . "$0")" -lt 3 ] || exit 0; sleep 0.1; done' "$scratch/told"
	took_ms=$(((${EPOCHREALTIME/[.,]/} - took_ms) / 1000))
	lines=$(wc -l <"$scratch/told")
	check shell "exit code $rc, run $lines times in $took_ms ms" \
		test "$rc" = 2 -a "$lines" -ge 3 -a $(((lines - 1) * 1000)) -le "$took_ms"
	check shell-is-counted "$(grep threshold "$scratch/stdout")" \
		grep -q "; command run $lines times" "$scratch/stdout"
	check shell-knows "$(cat "$scratch/told")" awk -v trace="$trace" \
		'$1 != 1 || $2 < 10000 || $3 <= last || $4 != trace { exit 1 } { last = $3 }' "$scratch/told"
	check shell-stays-away "$(cat "$scratch/told")" test -z "$(awk '$NF ~ /(^|[^0-9])1($|[^0-9])/' \
		"$scratch/told")"
	threshold -d 10s -T 1 --on-threshold "shell:echo >>$scratch/once; exit 7" --on-threshold stop
	check shell-that-fails-is-told "$(cat "$scratch/stderr")" \
		grep -q 'warning: the command of --on-threshold: exit code 7' "$scratch/stderr"
	check shell-and-stop "exit code $rc" test "$rc" = 2 -a "$(wc -l <"$scratch/once")" = 1
}

# What was not seen can't be judged.
test_inconclusive() {
	threshold -d 300ms -T 1000000000 --victim none --without tp_btf,raw_tp
	check blind-is-inconclusive "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 3
	check blind-is-told "$(cat "$scratch/stderr")" \
		grep -qE 'not seen to be reached, but (the kernel does not tell|records were lost)' "$scratch/stderr"
}

test_usage() {
	local -a bad=("-T 0" "-T 1xs" "--on-threshold stop" "-T 5 --on-threshold halt" "-T 5 --on-threshold shell:"
		"-T 5 --on-threshold stop --on-threshold continue")
	local options
	for options in "${bad[@]}"; do
		# shellcheck disable=SC2086 # split on purpose
		run timeout 5 "$QPWLAT" record -c 1 -d 1s -o "$trace" $options
		check "usage '$options'" "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 129
	done
}

needs_root record-threshold
needs_two_cpus record-threshold
test_usage
start_disturber 1
test_samples
test_interruptions
test_stop
test_shell
test_inconclusive
finish_tests
