#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The page of qpwlat report: two against files that were read line by line (without the style sheet,
# which says nothing), and for every page: well-formed, no request, references that lead somewhere,
# drawings and tables that say what they are, names that stay text, figures that agree.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash "report html"
expected+=/report
recorded=$top/tests/traces/lab-unpatched/trace.qpw
example=$top/tests/traces/lab-example/qpw0.qpw

# xpath FILE EXPRESSION: a number or a string
xpath() {
	xmllint --nonet --xpath "$2" "$1"
}

# wants FILE WHAT EXPRESSION VALUE: a line in the log unless it holds
wants() {
	local got
	got=$(xpath "$1" "$3") || got=nothing
	[ "$got" = "$4" ] || echo "$1: $2: '$got', not '$4'" >>log
}

make_traces lab hostile empty unplugged crowded
for trace in lab hostile empty unplugged crowded; do
	"${QPWLAT:?}" report --html="$trace.html" --text=/dev/null --top 2 "$trace.qpw" 2>err || true
done
cp "$recorded" recorded.qpw
"$QPWLAT" report --html=recorded.html --text=/dev/null recorded.qpw
head -c -40 lab.qpw >cut.qpw
"$QPWLAT" report --html=cut.html --text=/dev/null cut.qpw

for page in lab hostile; do
	sed '/^<style>$/,/^<\/style>$/d' "$page.html" | diff -u "$expected/$page.html" - >log || true
	result "$page"
done

# what holds for every page
for page in lab hostile empty unplugged crowded recorded cut; do
	file=$page.html
	: >log
	xmllint --nonet --noout "$file" 2>>log || true
	# nothing is asked for from elsewhere, nothing is run
	grep -nEi '(https?:|//|url\(|@import|javascript:|<script|<link|<img|<iframe|<object|<embed)' "$file" \
		>>log || true
	wants "$file" "attributes that ask for something" \
		'count(//@src | //@srcset | //@data | //@action | //@*[starts-with(name(), "on")])' 0
	wants "$file" "links that leave the page" 'count(//@href[not(starts-with(., "#"))])' 0
	wants "$file" "links that lead nowhere" 'count(//@href[not(//@id = substring(., 2))])' 0
	wants "$file" "ids that are there twice" 'count(//@id[. = ../following::*/@id])' 0
	# whoever can't see it, or has no mouse
	wants "$file" "language" 'string(/html/@lang)' en
	wants "$file" "drawings that don't say what they are" \
		'count(//*[local-name() = "svg"][not(@role = "img") or not(*[local-name() = "title"]) or
		not(*[local-name() = "desc"])])' 0
	wants "$file" "drawings whose names are not there" \
		'count(//*[local-name() = "svg"][not(//@id = substring-before(@aria-labelledby, " ")) or
		not(//@id = substring-after(@aria-labelledby, " "))])' 0
	wants "$file" "headings of tables without a scope" 'count(//th[not(@scope)])' 0
	wants "$file" "tables without a caption" 'count(//table[not(caption)])' 0
	wants "$file" "what scrolls and can't be reached" \
		'count(//*[@class = "scroll"][not(@tabindex = "0") or not(@aria-label)])' 0
	wants "$file" "rows that don't fit their head" \
		'count(//table[thead]/tbody/tr[count(td[not(@colspan)]) + sum(td/@colspan) != count(../../thead/tr/th)])' 0
	wants "$file" "bars wider than their room" \
		'count(//*[@class[starts-with(., "bar ")]][number(substring-before(
		substring-after(@style, "width:"), "%")) > 100])' 0
	grep -n 'nan\b\|inf\b\|(null)' "$file" >>log || true
	result "$page: promises"
done

# names that try to leave their place
: >log
grep -nP '[\x00-\x08\x0b-\x1f\x7f]' hostile.html >>log || true
wants hostile.html "work" 'string(//section[@id = "work"]//code)' 'fn\x0d\x0a\xff"<script>'
wants hostile.html "queuer" 'string(//section[@id = "origins"]//tbody/tr/td[5])' '\x1b[2J"\x5c\x0a:66'
wants hostile.html "losses" 'count(//*[@class = "warn"]//li)' 2
wants hostile.html "lost where and what" 'string(//*[@class = "warn"]//li[1])' \
	'12 records were lost. Counts and times are lower bounds, residuals upper ones. On CPU 1: 12 softirq.'
wants hostile.html "what spoils it" 'string(//*[@class = "spoil"]//li)' '<b>\x1b[2J|`\x0a; rm\x0d*x*.'
wants hostile.html "victim" 'string(//section[@id = "setup"]//tr[th = "victim"]/td)' 'comm:\x1b[2J|`'
result "hostile names"

# the late sample of make_trace.c, figure by figure
: >log
late='//article[@id = "late-1"]'
cell() { echo "string($late//table[1]/tbody/tr[td[1][contains(., \"$1\")]][$2]/td[$3])"; }
wants lab.html "samples taken apart" 'count(//article)' 2
wants lab.html "irq step" "$(cell 'irq: ' 1 2)" '1.50 µs'
wants lab.html "wakeup step" "$(cell 'wakeup: ' 1 2)" '200 ns'
wants lab.html "run step" "$(cell 'run: ' 1 2)" '58.3 µs'
wants lab.html "the drain's share" "$(cell 'work lru_add_drain_per_cpu' 1 2)" '36.0 µs'
wants lab.html "of it in percent" "$(cell 'work lru_add_drain_per_cpu' 1 3)" '60.0 %'
wants lab.html "of it avoidable" "$(cell 'avoidable by QPW' 1 2)" '36.0 µs'
wants lab.html "who caused the drain" "$(cell 'work lru_add_drain_per_cpu' 1 5)" 'churn:77 on CPU 0'
wants lab.html "the kworker's share" "$(cell 'thread kworker/1:1' 1 2)" '15.0 µs'
wants lab.html "the tick's share" "$(cell 'tick tick_nohz_handler' 1 2)" '4.00 µs'
wants lab.html "residuals" "string($late//table[1]//tr[td[1] = \"residual\"][2]/td[2])" '3.00 µs'
wants lab.html "the drain in the drawing" \
	"string($late//*[local-name() = \"rect\"][@class = \"c-work\"]/*)" \
	'work lru_add_drain_per_cpu: from 5.00 µs to 45.0 µs after the expiry, 40.0 µs, itself 36.0 µs, caused by churn:77 on CPU 0'
wants lab.html "unexplained in the drawing" "count($late//*[@class = \"c-rest\"]/*)" 3
# lengths in the drawing are to each other as in time
xpath lab.html "concat($late//*[@class = \"c-work\"]/@width, \" \",
	$late//*[@class = \"c-thread\"]/@width, \" \", $late//*[@class = \"c-work\"]/@x, \" \",
	$late//*[@class = \"c-thread\"]/@x, \" \", $late//*[@class = \"step\"][1]/@x)" |
	awk '{
		if (NF != 5 || $1 / $2 < 0.99 * 40 / 55 || $1 / $2 > 1.01 * 40 / 55)
			print "the drain is not 40/55 of the kworker: " $0
		if (($3 - $5) / ($4 - $5) < 0.99 * 5 / 3 || ($3 - $5) / ($4 - $5) > 1.01 * 5 / 3)
			print "the drain does not begin at 5/3 of the time of the kworker: " $0
	}' >>log
result "late sample"

# both late samples added up, 63 us
: >log
sums='//section[@id = "outliers"]/div/table/tbody/tr'
wants lab.html "the drain's share of both" "string(${sums}[1]/td[3])" '57.1 %'
wants lab.html "that it is avoidable" "string(${sums}[1]/td[5])" yes
wants lab.html "others" "string(${sums}[td[1] = \"others\"]/td[2])" '6.00 µs'
wants lab.html "residual" "string(${sums}[td[1] = \"residual\"]/td[2])" '6.00 µs'
wants lab.html "avoidable of both" "string(${sums}[td[1] = \"of all avoidable by QPW\"]/td[2])" '36.0 µs'
wants lab.html "probes missing in both places" \
	'count(//section[@id = "limits"]/ul/li[starts-with(., "Without probe")]) =
	substring-before(substring-after(//header/p[a[@href = "#limits"]], ": "), ";")' true
wants lab.html "what spoils it" 'count(//*[@class = "spoil"]//li)' 2
result "added up"

# what is left out of a drawing is counted
: >log
wants crowded.html "drawn" "count($late//*[@class = \"c-irq\"])" 47
wants crowded.html "name in the drawing" "string($late//*[@class = \"label c-thread\"])" '<i>&amp;hog'
wants crowded.html "name in its title" "substring($late//*[@class = \"c-irq\"][1]/*, 1, 17)" \
	"irq </svg><b>&\"':"
wants crowded.html "left out" "string($late/p[@class = \"note\"])" \
	'12 shorter intervals are neither drawn nor listed; they had the CPU for 1.20 µs by themselves.'
result "crowded"

# where IPIs were sent from: beside who sent them, in the drawing and in the table of intervals
: >log
make_traces calls
"$QPWLAT" report --html=calls.html --text=/dev/null calls.qpw
xmllint --nonet --noout calls.html 2>>log || true
wants calls.html "origins" 'string(//section[@id = "origins"]//tbody/tr[1]/td[5])' \
	'churn:77 from membarrier+0x10'
wants calls.html "origin without a call site" 'string(//section[@id = "origins"]//tbody/tr[2]/td[5])' churn:77
wants calls.html "hostile call site" 'string(//section[@id = "origins"]//tbody/tr[5]/td[5])' \
	'churn:77 from \x1b[2J<b>\x0a"=1+0x1'
wants calls.html "in the drawing" "count($late//*[local-name() = \"title\"][contains(.,
	\"caused by churn:77 on CPU 0 from on_each_cpu+0x44 [tlb]\")])" 1
wants calls.html "in the table of intervals" "string($late/details//tbody/tr[4]/td[6])" \
	'churn:77 on CPU 0 from \x1b[2J<b>\x0a"=1+0x1'
result "call sites"

# threads that nobody looked at took nothing that is known
: >log
mkdir blind
"$build/golden/make_boots" blind 100 0 sched_switch
"$QPWLAT" report --html=blind.html --text=/dev/null blind/01-qpw0/trace.qpw
classes='//section[@id = "causes"]/div[1]//tbody'
wants blind.html "threads" "string($classes/tr[td[1] = \"thread\"])" 'thread–––––nobody looked'
wants blind.html "no such interrupts" "string($classes/tr[td[1] = \"nmi\"]/td[2])" 0
wants blind.html "rows that fit their head" "count($classes/tr[count(td) != 7])" 0
wants blind.html "time stolen" 'starts-with(//*[@class = "tile"][2]/b, "at least ")' true
wants lab.html "time stolen where all was looked at" 'starts-with(//*[@class = "tile"][2]/b, "at least ")' false
result "without a probe"

# the columns over time hold every sample
: >log
samples=$("$QPWLAT" report --json recorded.qpw | jq .samples)
wants recorded.html "samples in all columns" 'sum(//section[@id = "time"]//tbody/tr/td[2])' "$samples"
wants recorded.html "samples taken apart" 'count(//article)' 10
wants recorded.html "drawings" 'count(//*[local-name() = "svg"])' 12
"$QPWLAT" report --html recorded.qpw | cmp - recorded.html >>log 2>&1 || true
result "recorded"

# the merged stacks against the single ones, whose offsets and modules are not in the trees
: >log
cp "$example" example.qpw
"$QPWLAT" report --html=example.html --text=/dev/null example.qpw
"$QPWLAT" report --json example.qpw | jq -r '[.origins[] | select(.stack)] |
	group_by(.class + " " + .cause) | map({ what: (.[0].class + " " + .[0].cause),
		all: (map(.count) | add),
		first: (group_by(.stack[0] | sub("[+].*"; "")) | map({
			name: (.[0].stack[0] | sub("[+].*"; "")), n: (map(.count) | add) }) | max_by(.n)) }) |
	max_by(.all) | "\(.all)× \(.what)", .first.name, 100 * .first.n / .all' >most
tree='//section[@id = "origins"]/details[1]'
wants example.html "largest tree" "string($tree/summary)" "$(sed -n 1p most)"
wants example.html "its largest branch" "substring-before($tree/ul/li[1]/code, \" \")" "$(sed -n 2p most)"
wants example.html "its share" "substring-before($tree/ul/li[1]/text(), \" \")" \
	"$(printf %.1f "$(sed -n 3p most)")"
wants example.html "width of its bar" \
	"substring-before(substring-after($tree/ul/li[1]/span/@style, \"width:\"), \"rem\")" \
	"$(printf %.2f "$(jq -n "$(sed -n 3p most) / 5")")"
result "merged stacks"
finish_tests
