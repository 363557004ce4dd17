#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwlat export on traces that make_trace writes: output and exit codes. What is expected lies in
# tests/golden/export/ and is written by hand from the records in make_trace.c.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash export
expected+=/export

# fails NAME EXIT_CODE PATTERN ARGUMENT...: nothing on stdout, the pattern on stderr
fails() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$QPWLAT" export "$@" >out 2>err || code=$?
	{
		[ "$code" = "$want" ] || echo "exit code $code, not $want"
		grep -q -- "$pattern" err || echo "stderr lacks '$pattern': $(cat err)"
		cat out
	} >log
	result "$name" log
}

make_traces lab empty kinds cells
for trace in kinds cells; do
	"${QPWLAT:?}" export --format csv "$trace.qpw" >out
	diff -u "$expected/$trace.csv" out >log || true
	result "$trace" log
done

# whatever a name holds: one line a record, and a parser of CSV finds each cell where it belongs
python3 - "$expected/cells.csv" out >log 2>&1 <<'END' || echo "python3 failed" >>log
import csv, sys
rows = list(csv.DictReader(open(sys.argv[2], newline="")))
comms = [row["comm"] for row in rows]
if len(rows) != 17 or any(None in row or None in row.values() for row in rows):
    print("rows or columns are wrong:", len(rows))
if comms[0] != "a,b" or comms[1] != 'say "hi"' or comms[14] != '"=1+2","\\x0d\\x0a':
    print("cells are wrong:", comms)
for comm in comms:
    if comm.lstrip(" ")[:1] in "=+-@" or not comm.isprintable():
        print("harmful:", ascii(comm))
END
result "cells are read back" log

cp kinds.qpw precious.qpw
ln -s precious.qpw alias.qpw
fails "onto the recording" 129 'is the recording itself' -o alias.qpw precious.qpw
cmp kinds.qpw precious.qpw >log 2>&1 || true
result "the recording is kept" log

"$QPWLAT" export -o file.csv -i kinds.qpw >out
{
	cat out
	diff "$expected/kinds.csv" file.csv || true
} >log
result "to a file" log

# every record of the lab trace: 12 of its setup, 2 windows, 1 loss, 200 of its samples and what
# is written out one by one in make_trace.c
"$QPWLAT" export lab.qpw | cut -d, -f 1 | sort | uniq -c | awk '{print $2, $1}' | sort >out
sort >want <<'END'
cgroup 1
counts 2
flush 1
irq 3
kind 1
lock_wait 1
lost 1
migrate 1
probe 3
qpw_contended 1
qpw_flush 1
qpw_inline 1
sample 100
softirq 1
stack 1
symbol 7
taken 1
thread 1
tick_kept 1
timer 101
window 2
work 3
work_queue 2
END
diff want out >log || true
result "every record" log

# a recording that was killed: whole blocks are written, and what is wrong is said
head -c -40 lab.qpw >cut.qpw
{
	"$QPWLAT" export cut.qpw 2>err | cmp - <("$QPWLAT" export lab.qpw) || true
	grep -q 'WARNING: not all records are there: the recording broke off' err || cat err
} >log 2>&1
result "cut" log

"$QPWLAT" export empty.qpw >out 2>err && code=0 || code=$?
{
	[ "$code" = 3 ] || echo "exit code $code, not 3"
	[ "$(cut -d, -f 1 out | paste -sd' ')" = "kind window window" ] || cat out
	grep -q 'holds no record' err || cat err
} >log
result "empty" log

# in cyclictest's shape: 99 wake-ups of 3 us and one of 60; and on a recorded one what the rows say
"$QPWLAT" export -f rt-tests-json -o ct.json lab.qpw
jq -c '.num_threads, .resolution_in_ns, .return_code, .thread' ct.json | diff - <(
	printf '%s\n' 1 0 0 "$(jq -c . <<<'{"0": {"histogram": {"3": 99, "60": 1}, "cycles": 100,
		"min": 3, "max": 60, "avg": 3.57, "cpu": 1}}')"
) >log || true
recorded=$top/tests/traces/lab-unpatched/trace.qpw
"$QPWLAT" export -f rt-tests-json "$recorded" |
	jq -r '.thread["0"] | "\(.cycles) \(.max)", (.histogram | to_entries[] | "\(.key) \(.value)")' >got
"$QPWLAT" export "$recorded" | awk -F, '
	$1 == "window" { from = $3; if ($4) to = $4 }
	$1 == "sample" { start[++n] = $3; us[n] = int(($4 - $3) / 1000) }
	END {
		for (i = 1; i <= n; i++)
			if (start[i] >= from && start[i] <= to) {
				count[us[i]]++; cycles++
				if (us[i] > max) max = us[i]
			}
		print cycles, max
		for (u = 0; u <= max; u++) if (u in count) print u, count[u]
	}' | diff got - >>log || true
result "as cyclictest has it" log
"$QPWLAT" export -f rt-tests-json empty.qpw >ct.json 2>err && code=0 || code=$?
{
	[ "$code" = 3 ] || echo "exit code $code, not 3"
	jq -e '.num_threads == 0 and .thread == {}' ct.json >/dev/null || cat ct.json
	"$QPWLAT" export -f rt-tests-json cells.qpw >ct.json 2>err && echo "exit code 0"
	grep -q 'holds no wake-up of a victim' err || cat err
} >log
result "no wake-up" log

echo "no trace" >foreign.txt
fails foreign 1 'not a .qpw trace' foreign.txt
fails missing 1 'No such file' nowhere.qpw
fails unwritable 1 'cannot write: no/such/dir: No such file' -o no/such/dir lab.qpw
fails no-file 129 'which trace' --format csv
fails two-files 129 'one trace at a time' lab.qpw empty.qpw
fails bad-option 129 'unknown option' --frobnicate lab.qpw
fails bad-format 129 '--format is csv, chrome, openmetrics or rt-tests-json, not: xml' --format xml lab.qpw
if "$QPWLAT" export lab.qpw >/dev/full 2>err; then echo "exit code 0" >log; else : >log; fi
grep -q 'No space left' err || echo "no reason" >>log
result "full-disk" log
finish_tests
