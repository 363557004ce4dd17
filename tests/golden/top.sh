#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwtop's screens, text and JSON: of the traces that make_trace writes, whose figures are worked
# out in its comments, and of a recorded one. What is expected lies in tests/golden/top/.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash top
expected+=/top
recorded=$top/tests/traces/lab-unpatched/trace.qpw

# shows FILE ARGUMENT...: stdout is as in the file, nothing on stderr, exit code 0
shows() {
	local file=$1 code=0
	shift
	"${QPWTOP:?}" "$@" >out 2>err </dev/null || code=$?
	{
		[ "$code" = 0 ] || echo "exit code $code"
		cat err
		diff -u "$expected/$file" out || true
	} >log
	result "$file" log
}

make_traces lab hostile two calls

# One screen for each table, and for more of a row, as keys lead there.
lab=(--replay lab.qpw -d 1)
shows causes.txt "${lab[@]}" --print 80x24
shows origins.txt "${lab[@]}" --print 100x20 --keys 2
shows work.txt "${lab[@]}" --print 100x20 --keys '<Tab><Tab>'
shows waits.txt "${lab[@]}" --print 120x16 --keys '<Tab>4'
shows latency.txt "${lab[@]}" --event 3 --print 120x24 --keys '<BackTab><BackTab>'
shows events.txt "${lab[@]}" --print 120x12 --keys 6 --event 4
shows cause.txt "${lab[@]}" --print 80x14 --keys '<Down><Down><Down><Down><Enter>'
shows stack.txt "${lab[@]}" --print 80x16 --keys '2<End><Enter>'
shows sites.txt --replay calls.qpw -d 1 --print 80x20 --keys '2<Enter>'
shows site.txt --replay calls.qpw -d 1 --event 1 --print 80x14 --keys '6<End><Enter>'
shows late.txt "${lab[@]}" --print 80x20 --keys '5<Enter>'
shows help.txt --replay lab.qpw --print 80x24 --keys '?'

# Order, filter, the line that is being typed, counting anew, what is no filter.
shows order.txt "${lab[@]}" --print 80x16 --keys '>>r<Down>'
shows filter.txt "${lab[@]}" --print 80x16 --keys '/class=work<Enter>'
shows typing.txt "${lab[@]}" --print 80x12 --keys '/drain'
shows anew.txt "${lab[@]}" --print 80x12 --keys R
shows nonsense.txt "${lab[@]}" --print 80x12 --keys '/cpu=x<Enter>'

# Where it fits no more, and where there is room.
shows tiny.txt "${lab[@]}" --print 24x7
shows ascii.txt "${lab[@]}" --ascii --print 120x14
shows hostile.txt --replay hostile.qpw --print 80x16 --keys 2
shows two.txt --replay two.qpw -d 1 -n 2 --print 110x14
shows one-of-two.txt --replay two.qpw -c 2 -d 1 -n 2 --print 110x12

shows batch.txt -b "${lab[@]}" --view causes,origins,work,waits,events --sort count
"$QPWTOP" --json "${lab[@]}" -n 4 | tail -n 1 | jq -S . >json
if diff -u "$expected/lab.json" json >log; then : >log; fi
result lab.json log

# A recorded trace: the same figures as the report, which counts in another way, at every size.
shows recorded.txt --replay "$recorded" -d 1 -n 3 --print 80x24
shows recorded-wide.txt --replay "$recorded" -d 1 -n 3 --print 200x40 --keys 2
shows recorded-100.txt --replay "$recorded" -d 1 -n 3 --print 100x30
shows recorded-100-waits.txt --replay "$recorded" -d 1 -n 3 --print 100x30 --keys 4
shows recorded-300.txt --replay "$recorded" -d 1 -n 3 --print 300x80 --keys 2
shows recorded-300-latency.txt --replay "$recorded" -d 1 -n 3 --print 300x80 --keys 5
"$QPWTOP" --json --replay "$recorded" | tail -n 1 >last
"${QPWLAT:?}" report --json "$recorded" >report.json
is "recorded: counts and times by cause" \
	"$(jq -c '[.causes[] | [.class, .cause // .name, .count, (.self_ns / 1e6 * 1e9 | round)]] | sort' report.json)" \
	"$(jq -c '[.causes[] | [.class, .cause, .count, (.total_ms * 1e9 | round)]] | sort' last)"
is "recorded: latency" "$(jq -cS .latency_ns report.json)" "$(jq -cS .latency_ns last)"
is "recorded: origins" "$(jq '[.origins[].count] | add' report.json)" \
	"$(jq '[.origins[].count] | add' last)"
is "recorded: waits" "$(jq '[.flush_waits[].count] | add' report.json)" \
	"$(jq '[.waits[].count] | add' last)"
is "recorded: the rates of all looks add up to the count" "$(jq '.cpus[0].count' last)" \
	"$("$QPWTOP" --json -d 0.7 --replay "$recorded" |
		jq -s '[.[] | .cpus[0].interruptions_s * .interval_ns / 1e9] | add | round')"
is "recorded: so does the time" "$(jq '[.causes[].total_ms] | add * 1000 | round' last)" \
	"$("$QPWTOP" --json -d 0.7 --replay "$recorded" |
		jq -s '[.[] | .cpus[0].stolen_us_s * .interval_ns / 1e9] | add | round')"
for size in 80x24 100x30 132x43 300x80; do
	"$QPWTOP" --replay "$recorded" --print "$size" --keys '5' >out
	is "recorded: $size is kept to" "yes ${size#*x}" "$(LC_ALL=C.UTF-8 wc -L <out |
		awk -v c="${size%x*}" '{ print ($1 <= c ? "yes" : "no") }') $(wc -l <out)"
done
finish_tests
