#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an event costs qpwlat report, in instructions, which no load of the machine changes: those of
# a longer trace less those of a shorter one, by their events. What starting and printing cost
# cancels out; decompression and checksums are those of libraries, and left out. Time is what
# bench/report/run measures.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

BUILD=${BUILD:-build}
QPWLAT=${QPWLAT:-$BUILD/qpwlat}
few=20000 many=120000
# A quarter more than the 661 of gcc 12.2 at -O2 with glibc 2.36; without the memory of names that
# were looked up last these are 925.
most=826

# instructions EVENTS: of a report on the synthetic trace of that length. In what callgrind writes,
# a line of costs has the position and their number; the one below "calls=" is what was called.
instructions() {
	"$BUILD/report/generate" "$1" "$scratch/$1.qpw"
	# the limit cuts nothing short: it ends what hangs
	timeout 300 valgrind --tool=callgrind --callgrind-out-file="$scratch/$1.costs" "$QPWLAT" report \
		"$scratch/$1.qpw" >"$scratch/stdout" 2>"$scratch/$1.log"
	awk '
		/^c?ob=/ { # a name is there the first time only
			id = name = $0
			sub(/^c?ob=/, "", id); sub(/\).*/, "", id)
			sub(/^[^ ]* ?/, "", name)
			if (name != "") object[id] = name
			if (/^ob=/) ours = object[id] !~ /\/lib(zstd|z)\.so/
		}
		/^calls=/ { called = 1; next }
		/^[0-9+*-]/ { if (ours && !called) sum += $2; called = 0 }
		END { printf "%.0f\n", sum }' "$scratch/$1.costs"
}

command -v valgrind >/dev/null || skip report-cost "no valgrind to count instructions"
less=$(instructions $few)
more=$(instructions $many)
check report-is-counted "$(tail -n 2 "$scratch/$many.log")" test "$less" -gt 0 -a "$more" -gt "$less"
an_event=$(((more - less) / (many - few)))
echo "# $an_event instructions an event: $less of $few events, $more of $many"
check report-of-an-event-costs-no-more-than-it-did "$an_event instructions, at most $most" \
	test "$an_event" -gt 0 -a "$an_event" -le $most
finish_tests
