#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# README is true: what it shows of the programs is what the commands beside it print. Of the report it
# shows the main sections, so of that no line may be another one, but some may be missing.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

BUILD=${BUILD:-build}
QPWLAT=${QPWLAT:-$BUILD/qpwlat}
QPWTOP=${QPWTOP:-$BUILD/qpwtop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/tap.bash
suite=readme

# written COMMAND: the command line of README that begins so, in backticks.
written() {
	grep -oE "\`$1 [^\`]+\`" README.md | tr -d '`' | head -n 1
}

# block BEGIN: the lines of the block that begins with these words.
block() {
	awk -v begin="$1" '/^```/ { inside = !inside; first = inside; shown = 0; next }
		first { shown = index($0, begin) == 1; first = 0 }
		inside && shown' README.md
}

# shows NAME LINES PROGRAM ARGUMENTS: of $dir/page no line is another one than the program prints, and
# at least so many are there.
shows() {
	local name=$1 lines=$2 program=$3 others
	shift 3

	"$program" "$@" >"$dir/out" 2>"$dir/err"
	others=$(diff "$dir/page" "$dir/out" | grep '^<')
	if [[ -z $others && $(wc -l <"$dir/page") -ge $lines ]]; then
		ok "$name"
	else
		not_ok "$name" "$(wc -l <"$dir/page") lines; not as printed: $others"
	fi
}

block tests/traces/lab-example/qpw0.qpw >"$dir/page"
read -ra words <<<"$(written 'qpwlat report')"
shows report 80 "$QPWLAT" "${words[@]:1}"

block 'qpwtop  ' >"$dir/page"
read -ra words <<<"$(written 'qpwtop --replay')"
shows qpwtop 20 "$QPWTOP" "${words[@]:1}"
is "qpwtop, whole" "$(cat "$dir/out")" "$(cat "$dir/page")"
finish_tests
