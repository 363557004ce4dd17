#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwlat report on traces that make_trace writes: output and exit codes. What is expected lies in
# tests/golden/report/ and is worked out from the comments in make_trace.c.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash report
expected+=/report
schema=$top/docs/schema/report.schema.json
check=$top/tests/schema
example=$top/tests/traces/lab-example/qpw0.qpw

# runs NAME EXPECTED_FILE EXIT_CODE ARGUMENT...: stdout and exit code of qpwlat report
runs() {
	local name=$1 file=$2 want=$3 code=0
	shift 3
	"${QPWLAT:?}" report "$@" >out 2>err || code=$?
	{
		[ "$code" = "$want" ] || echo "exit code $code, not $want: $(cat err)"
		diff -u "$expected/$file" out || true
	} >log
	result "$name" log
}

# fails NAME EXIT_CODE PATTERN ARGUMENT...: nothing on stdout, the pattern on stderr
fails() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$QPWLAT" report "$@" >out 2>err || code=$?
	{
		[ "$code" = "$want" ] || echo "exit code $code, not $want"
		grep -q -- "$pattern" err || echo "stderr lacks '$pattern': $(cat err)"
		cat out
	} >log
	result "$name" log
}

make_traces lab two hostile empty unplugged

mkdir blind
"$build/golden/make_boots" blind 100 0 sched_switch softirq_exit
cp blind/01-qpw0/trace.qpw damaged-later.qpw
printf '\xff\xff\xff\xff' | dd of=damaged-later.qpw bs=1 conv=notrunc status=none \
	seek=$(($(grep -abo QBLK damaged-later.qpw | sed -n '2s/:.*//p') + 40))

runs text lab.txt 0 --top 2 lab.qpw
runs markdown lab.md 0 --markdown --top 2 lab.qpw
runs several several.txt 0 --top 3 lab.qpw two.qpw
runs several-inputs several.txt 0 --top 3 -i lab.qpw --input two.qpw
runs part part.txt 0 --cpus 2 --time 1,1.6 --outlier p50 two.qpw
runs json lab.json 0 --json --outlier 50 -i lab.qpw
runs several-json several.json 0 --json --top 2 lab.qpw two.qpw
runs csv part.csv 0 --csv --cpus 2 --time 1,1.6 --outlier p50 two.qpw
runs hostile-csv hostile.csv 0 --csv hostile.qpw
runs hostile-text hostile.txt 0 hostile.qpw
runs hostile-markdown hostile.md 0 --markdown hostile.qpw
runs empty empty.txt 3 empty.qpw

"$QPWLAT" report --json hostile.qpw >out
jq -r '.remote_work[0].origins[0].comm, .causes[1].name' out >names
printf '%s\n' '\x1b[2J"\x5c\x0a' '\x1b]0;owned\x07' | diff - names >log || true
result "hostile-json" log

# whatever there is to tell, the schema knows it
for trace in lab two hostile empty unplugged; do
	"$QPWLAT" report --json="$trace.json" --text=/dev/null "$trace.qpw" 2>/dev/null || true
done
"$QPWLAT" report --json=all.json --text=/dev/null lab.qpw two.qpw hostile.qpw empty.qpw
"$QPWLAT" report --json=part.json --text=/dev/null --cpus 1 --time 0.5,2.5 --outlier p90 lab.qpw
"$check" "$schema" "$expected"/*.json lab.json two.json hostile.json empty.json unplugged.json \
	all.json part.json >log 2>&1 || echo "it fails" >>log
result "schema" log
jq 'del(.verdict) | .frob = 1 | .samples = "many"' lab.json >broken.json
if "$check" "$schema" broken.json >out 2>&1; then echo "it takes anything" >log; else : >log; fi
for word in verdict frob many; do
	grep -q "$word" out || echo "the schema does not mind $word" >>log
done
result "schema refuses" log

# where IPIs were sent from: rows of their own, a line below each as far as it is known
make_traces calls
"$QPWLAT" report calls.qpw >out
sed -n '/^who caused it/,/^$/p' out | sed 1,2d | diff - <(
	cat <<-'END'
	  class  cause           QPW  count  by        on CPU  wait us  max us
	  ipi    flush_tlb_func  -        2  churn:77       0      2.5     3.0
	      sent from membarrier+0x10
	  ipi    flush_tlb_func  -        1  churn:77       0      7.0     7.0
	  ipi    flush_tlb_func  -        1  churn:77       0      6.0     6.0
	      sent from 0xabc
	  ipi    flush_tlb_func  -        1  churn:77       0      4.0     4.0
	      sent from on_each_cpu+0x44 [tlb]
	  ipi    reschedule      -        1  churn:77       0      5.0     5.0
	      sent from \x1b[2J<b>\x0a"=1+0x1

	END
) >log || true
"$QPWLAT" report --markdown calls.qpw >out
grep '[+]0x44' out | diff - <(
	cat <<-'END'
	| `ipi` | `flush_tlb_func` | - | 1 | `churn:77` | 0 | 4.0 | 4.0 | sent from on\_each\_cpu+0x44 \[tlb\] |
	END
) >>log || true
"$QPWLAT" report --json calls.qpw >calls.json
jq -c '[.origins[] | [.cause, .count, .wait_ns, .call_site]], [.outliers[0].intervals[] | [.name, .call_site]]' \
	calls.json | diff - <(
	cat <<-'END'
	[["flush_tlb_func",2,5000,"membarrier+0x10"],["flush_tlb_func",1,7000,null],["flush_tlb_func",1,6000,"0xabc"],["flush_tlb_func",1,4000,"on_each_cpu+0x44 [tlb]"],["reschedule",1,5000,"\\x1b[2J<b>\\x0a\"=1+0x1"]]
	[["flush_tlb_func","membarrier+0x10"],["flush_tlb_func","membarrier+0x10"],["flush_tlb_func","on_each_cpu+0x44 [tlb]"],["reschedule","\\x1b[2J<b>\\x0a\"=1+0x1"]]
	END
) >>log || true
"$check" "$schema" calls.json >>log 2>&1 || echo "the schema does not know it" >>log
"$QPWLAT" report --csv calls.qpw | grep -c '^origins,[1-5],ipi,[a-z_]*,call_site,' | diff - <(echo 5) >>log || true
result "call sites" log

# a saved view: figures are those of the last look, by make_view.c, in a window of 4 ms; the hog goes on
"$build/golden/make_view" view.qpw
"$QPWLAT" report --json view.qpw >view.json
{
	"$check" "$schema" view.json || echo "the schema does not know it"
	jq -c '.window_ns, (.causes[] | [.class, .name, .count, .self_ns, .total_ns])' view.json | diff -u - <(
		echo 4000000
		echo '["thread","kworker/1:1",7,392000,420000]'
		echo '["thread","hog",0,40000,50000]'
		echo '["work","lru_add_drain_per_cpu",7,28000,28000]'
		echo '["ipi","reschedule",21,14700,14700]'
		echo '["softirq","(other)",7,3500,3500]'
	)
} >log || true
result "a saved view" log
fails part-of-a-view 1 "is a view that qpwtop saved" --time 0,1 view.qpw

# CPUs that were gone: of the window's time, what is outside of it untold
"$QPWLAT" report unplugged.qpw >out
grep offline out | diff - <(
	echo "WARNING: watched CPU 1 was offline from the beginning to 1.250 s."
	echo "WARNING: watched CPU 1 was offline from 2.500 s to 2.625 s."
	echo "WARNING: watched CPU 1 was offline from 3.500 s to the end."
) >log || true
result "unplugged" log
"$QPWLAT" report --json unplugged.qpw | jq -c .offline >out
echo '[{"boot":0,"cpu":1,"start_ns":500000000,"end_ns":2250000000},{"boot":0,"cpu":1,"start_ns":3500000000,"end_ns":3625000000},{"boot":0,"cpu":1,"start_ns":4500000000,"end_ns":null}]' |
	diff - out >log || true
result "unplugged-json" log

# on a terminal tables fit, figures stay whole; elsewhere nothing is left out
on_terminal() { # on_terminal COLUMNS FILE
	script -qec "stty cols $1; $QPWLAT report $2" /dev/null </dev/null | tr -d '\r'
}
cp "$example" example.qpw
: >log
for trace in example hostile; do
	"$QPWLAT" report "$trace.qpw" >piped
	on_terminal 80 "$trace.qpw" >narrow
	on_terminal 400 "$trace.qpw" | diff piped - >>log || true
	grep -q '~' narrow || echo "$trace: nothing was cut" >>log
	grep '~' piped >>log || true
	[ "$(wc -l <piped)" = "$(wc -l <narrow)" ] || echo "$trace: other lines" >>log
	LC_ALL=C.UTF-8 grep -nE '^.{81}' narrow >>log || true
	LC_ALL=C.UTF-8 grep -qE '^.{81}' piped || echo "$trace: has nothing too wide" >>log
	# the last figures of each row
	diff <(awk '/^  [a-z_].*[0-9]$/ { print $(NF - 1), $NF }' piped) \
		<(awk '/^  [a-z_].*[0-9]$/ { print $(NF - 1), $NF }' narrow) >>log || true
done
result "on a terminal" log

# a recording that was killed: whole blocks are read, and the report says that it is a part
head -c -40 lab.qpw >cut.qpw
"$QPWLAT" report cut.qpw >out
{
	grep -q '^WARNING: this is a part of a recording: the recording broke off' out ||
		echo "no warning"
	grep -q 'over 100 wake-ups' out || echo "complete blocks were not read"
	"$QPWLAT" report --json cut.qpw | jq -e '.truncated and (.problem | length > 0)' >/dev/null ||
		echo "JSON does not say that it is a part"
} >log
result "cut" log

# the verdict is not one of the whole, and a whole file with something behind it is whole
{
	for file in cut damaged-later; do
		"$QPWLAT" report "$file.qpw" >out
		tr -s ' \n' ' ' <out | grep -q "verdict inconclusive, as this is a part of a recording[:,]" ||
			echo "$file: no word of it in the verdict"
		"$QPWLAT" report --json "$file.qpw" | jq -e '.verdict.conclusive | not' >/dev/null || echo "$file: JSON"
	done
	cp lab.qpw more.qpw
	echo more >>more.qpw
	"$QPWLAT" report more.qpw >out
	grep -q '^WARNING: there is data behind the end of the trace' out || echo "more: no warning"
	! grep -q 'part of a recording' out || echo "more: a part"
	"$QPWLAT" report --json more.qpw | jq -e '.verdict.conclusive' >/dev/null || echo "more: JSON"
} >log
result "verdict of a part" log

# threads that nobody looked at took nothing that is known
{
	"$QPWLAT" report blind/01-qpw0/trace.qpw >out
	[ "$(grep -cE '^  (softirq|thread)( +-){5}$' out)" = 2 ] || grep -E '^  (softirq|thread) ' out
	grep -qE '^  nmi +0 +0\.00' out || echo "what was looked at and not there is not 0"
	tr -s ' \n' ' ' <out >line
	grep -q "verdict inconclusive, as nobody looked at softirqs, runs of threads: of what was seen" line || echo "verdict"
	grep -q "took at least 0.0200 % of the watched CPUs' time (nobody looked at softirqs, runs of threads)" line || echo "stolen"
	"$QPWLAT" report --json blind/01-qpw0/trace.qpw >out
	jq -e '(.verdict.conclusive | not) and ([.interruptions[] | select(.count == null) | .class] == ["softirq", "thread"])' out >/dev/null ||
		echo "JSON: $(jq -c .interruptions out)"
	"$check" "$schema" out
} >log
result "without a probe" log

# damage in the compressed records: nothing of that block is believed
cp lab.qpw damaged.qpw
printf '\xff\xff\xff\xff' | dd of=damaged.qpw bs=1 seek=$(($(stat -c %s lab.qpw) - 200)) conv=notrunc \
	status=none
"$QPWLAT" report damaged.qpw >out 2>err && code=0 || code=$?
{
	[ "$code" = 3 ] || echo "exit code $code, not 3"
	grep -q '^WARNING: this is a part of a recording: block 1 is corrupt' out || echo "no warning"
} >log
result "damaged" log

"$QPWLAT" report --json=both.json --text=both.txt lab.qpw >out
{
	cat out
	jq -e '.schema == "qpwlat.report" and .version == 1' both.json >/dev/null || echo "no JSON"
	grep -q '^late samples one by one, the worst 10' both.txt || echo "no text"
} >log
result "to files" log

# one recording counts once
cp lab.qpw copy.qpw
{
	"$QPWLAT" report lab.qpw two.qpw copy.qpw | tr -s ' \n' ' ' >out
	grep -q "verdict inconclusive, as 1 of the traces is a copy of others, which count twice: of what" out || head -n 3 out
	"$QPWLAT" report --json lab.qpw two.qpw | jq -e '.verdict.conclusive' >/dev/null || echo "two traces"
} >log
result "a copy" log
ln -s lab.qpw link.qpw
fails twice 129 'lab.qpw: this trace is given twice' lab.qpw two.qpw ./lab.qpw
fails twice-by-link 129 'link.qpw: this trace is given twice' lab.qpw link.qpw

cp "$expected/lab.txt" foreign.txt
fails foreign 1 'not a .qpw trace' foreign.txt
fails missing 1 'No such file' nowhere.qpw
fails one-missing 1 'nowhere.qpw: No such file' lab.qpw nowhere.qpw
fails no-file 129 'which trace' --json
fails two-to-stdout 129 'only one format' --json --markdown lab.qpw
fails bad-option 129 'unknown option' --frobnicate lab.qpw
fails bad-outlier 129 'wants microseconds' --outlier fast lab.qpw
fails bad-percentile 129 'wants microseconds or a percentile' --outlier p100 lab.qpw
for time in 10 "," 5,5 5,2 a,b 1,2,3; do
	fails "bad-time $time" 129 'wants FROM,TO in seconds' --time "$time" lab.qpw
done
fails bad-cpus 129 'wants a list' --cpus 1- lab.qpw
fails no-cpus 129 'wants a list' --cpus '' lab.qpw
fails not-watched 1 'two.qpw: CPUs 0,3 were not watched; choose from 1-2' --cpus 0,3 two.qpw
code=0
"$QPWLAT" report --text=/dev/null --cpus 0-1,3 two.qpw 2>err || code=$?
echo "0 qpwlat report: warning: two.qpw: not watched: CPU 0,3" | diff - <(echo "$code $(cat err)") >log || true
result "partly-watched" log
fails bad-top 129 'from 1 to 10000' --top 0 lab.qpw
# nothing is there in the part that is asked for: said, and the exit code tells
"$QPWLAT" report --time 3.5,3.6 lab.qpw >out 2>err && code=0 || code=$?
{
	[ "$code" = 0 ] || echo "exit code $code, not 0"
	grep -q '^  stolen  *0 interruptions' out || echo "not said"
	"$QPWLAT" report --time 4, lab.qpw >out 2>err && code=0 || code=$?
	[ "$code" = 3 ] || echo "exit code $code, not 3"
	grep -q '^  verdict  *inconclusive' out || echo "no verdict"
	grep -q 'no record of what was asked for' err || echo "no reason"
} >log
result "nothing" log

# what may not be written over
cp lab.qpw same.qpw
ln same.qpw hard.qpw
ln -s same.qpw soft.qpw
for output in same.qpw ./same.qpw hard.qpw soft.qpw; do
	fails "output is input $output" 129 "can't be the output" --json="$output" two.qpw same.qpw
done
cmp lab.qpw same.qpw >log 2>&1 || true
result "input unharmed" log
: >there
fails one-file 129 "two formats can't go to one file" --json=there --markdown=./there lab.qpw
fails one-new-file 129 "two formats can't go to one file" --json=new --markdown=./new lab.qpw
"$QPWLAT" report --json=/dev/null --markdown=/dev/null --text=/dev/null lab.qpw >log 2>&1 || true
result "to a device" log

for format in text json markdown csv; do
	"$QPWLAT" report "--$format" lab.qpw >/dev/full 2>err && code=0 || code=$?
	{
		[ "$code" = 1 ] || echo "exit code $code, not 1"
		grep -q "cannot write $format: stdout: No space left" err || echo "no reason: $(cat err)"
		"$QPWLAT" report "--$format=nodir/file" lab.qpw 2>err >/dev/null && code=0 || code=$?
		[ "$code" = 1 ] || echo "exit code $code, not 1, for a file that can't be made"
		grep -q 'nodir/file: No such file' err || echo "no reason: $(cat err)"
	} >log
	result "$format to a full disk" log
done
finish_tests
