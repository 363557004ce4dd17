#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A refresh for 512 CPUs costs no more for each of them than one for 8, by a wide margin. And
# bench/live/run for a few seconds: every row is in its tables or says why not, qpwtop and bpftrace saw
# what the load made, nothing stays behind.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

BUILD=${BUILD:-build}

# used_us CPUS: CPU time of a refresh, the least median of three.
used_us() {
	for _ in 1 2 3; do
		"$BUILD/live/refresh" "$1" 20
	done | awk 'NR == 1 || $4 < least { least = $4 } END { printf "%.0f\n", least * 1000 }'
}

test_refresh() {
	local few many

	few=$(used_us 8)
	many=$(used_us 512)
	check refresh-grows-no-faster-than-the-cpus "$many us for 512 CPUs, $few for 8" \
		test "$few" -gt 0 -a "$many" -lt $((few * 64 * 3))
	echo "# a refresh: $few us for 8 CPUs, $many us for 512"
	run "$BUILD/live/refresh" 513 1
	check refresh-usage "exit code $rc" test $rc = 129
}

# cell ROW COLUMN: the first figure of a cell.
cell() {
	sed -n "s/^| $1 | //p" "$scratch/stdout" | awk -F'|' -v n="$2" '{ split($n, words, " "); print words[1] }'
}

# saw NAME: all of the load's events, and no more than a few of others.
saw() {
	awk -v seen="$(cell "$1" 3)" 'BEGIN { exit !(seen >= 99.99 && seen <= 101) }'
}

test_bench() {
	local tool

	run bench/live/run --smoke
	check runs "exit code $rc: $(tail -n 3 "$scratch/stderr")" test $rc = 0
	[[ $rc == 0 ]] || return
	check refresh-of-8 "$(cat "$scratch/stdout")" grep -qE '^\| 8 \| [1-9][0-9]+ \| [0-9]' "$scratch/stdout"
	check refresh-of-512 "$(cat "$scratch/stdout")" grep -qE '^\| 512 \| [1-9][0-9]+ \| [0-9]' "$scratch/stdout"
	for tool in nothing qpwtop bpftrace kwork irqtop top; do
		check "$tool-has-a-row-or-a-reason" "$(cat "$scratch/stdout")" \
			grep -qE "^(\| $tool \| [0-9]|Not run: $tool: .)" "$scratch/stdout"
	done
	check qpwtop-sees-all "$(grep qpwtop "$scratch/stdout")" saw qpwtop
	if grep -q '^| bpftrace ' "$scratch/stdout"; then
		check bpftrace-sees-all "$(grep bpftrace "$scratch/stdout")" saw bpftrace
	fi
	check qpwtop-takes-time "$(grep qpwtop "$scratch/stdout")" test "$(cell qpwtop 1)" != 0.00
	run bench/live/run --rounds x
	check usage "exit code $rc" test $rc = 129
}

test_refresh
if [[ $(id -u) != 0 || ! -d /sys/devices/system/cpu/cpu1 ]]; then
	echo "skip bench: needs root and two CPUs"
else
	test_bench
fi
finish_tests
