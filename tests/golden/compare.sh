#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwlat compare as a program: exit codes, where its formats go, what it says about wrong input.
set -euo pipefail

QPWLAT=${QPWLAT:-$PWD/build/qpwlat}
BUILD=${BUILD:-build}
TOP=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
. tests/tap.bash
suite=compare

# expect NAME CODE COMMAND... : its exit code; output stays in $out/stdout and $out/stderr.
expect() {
	local name=$1 code=$2 rc=0
	shift 2
	timeout 60 "$@" >"$out/stdout" 2>"$out/stderr" || rc=$?
	if [ "$rc" -eq "$code" ]; then
		ok "$name"
	else
		not_ok "$name" "exit code $rc, not $code: $(head -c 300 "$out/stderr")"
	fi
}

# holds NAME FILE TEXT
holds() {
	if grep -qF -- "$3" "$2"; then
		ok "$1"
	else
		not_ok "$1" "no '$3' in: $(head -c 300 "$2")"
	fi
}

mkdir "$out/less" "$out/more" "$out/same" "$out/third" "$out/blind"
"$BUILD/golden/make_boots" "$out/blind" 100 0 __flush_work lru_add_drain_all qpw_inline_begin sched_switch
"$BUILD/golden/make_boots" "$out/third" 900 600
"$BUILD/golden/make_boots" "$out/less" 100 0
"$BUILD/golden/make_boots" "$out/more" 0 100
"$BUILD/golden/make_boots" "$out/same" 20 20
cd "$out"

expect "improved exits 0" 0 "$QPWLAT" compare less/*-qpw0 -- less/*-qpw1
holds "text is the default" stdout "qpw=0 -> qpw=1: improved"
holds "text has the remote work" stdout "lru_add_drain_per_cpu"
holds "text has the witness" stdout "the witness agrees in all 6 boots"
expect "regressed exits 2" 2 "$QPWLAT" compare more/*-qpw0 -- more/*-qpw1
expect "thin data exits 3" 3 "$QPWLAT" compare same/*-qpw0 -- same/*-qpw1
holds "thin data says why" stdout "too few or vary too much"
expect "two directories need no --" 0 "$QPWLAT" compare less/01-qpw0 less/02-qpw1
expect "bare traces have no witness" 3 "$QPWLAT" compare less/01-qpw0/trace.qpw less/02-qpw1/trace.qpw
holds "bare traces say so" stdout "no witness"

expect "all formats at once" 0 "$QPWLAT" compare --json=c.json --html=c.html --markdown=c.md \
	--text=c.txt less/*-qpw0 -- less/*-qpw1
if [ -s stdout ]; then
	not_ok "files only" "something on stdout"
else
	ok "files only: nothing on stdout"
fi
holds "JSON file" c.json '"schema": "qpwlat.compare"'
holds "JSON verdict" c.json '"verdict": "improved"'
holds "page" c.html "Verdict: improved"
holds "Markdown" c.md "# qpw=0 → qpw=1: improved"
expect "JSON to stdout" 0 "$QPWLAT" compare --json less/*-qpw0 -- less/*-qpw1
if cmp -s stdout c.json; then
	ok "the same input gives the same bytes"
else
	not_ok "the same input gives the same bytes" "c.json differs from stdout"
fi
expect "names" 0 "$QPWLAT" compare --name-a before --name-b after less/*-qpw0 -- less/*-qpw1
holds "names are shown" stdout "before -> after: improved"
expect "smallest effect" 0 "$QPWLAT" compare --min-effect 25% less/*-qpw0 -- less/*-qpw1

# the formats hold what the text does only when asked
expect "all figures" 0 "$QPWLAT" compare --all less/*-qpw0 -- less/*-qpw1
for figure in 'remote work: QPW families' 'latency: p50' 'latency: p99' 'latency: max' \
	'stolen time: work' 'interruptions: work' '* remote_work' '  rate_work'; do
	holds "all figures have $figure" stdout "$figure"
done
expect "the short form" 0 "$QPWLAT" compare -a --text=all.txt less/*-qpw0 -- less/*-qpw1
holds "in a file" all.txt "interruptions: work"
if grep -qF "interruptions:" c.txt; then
	not_ok "one screen of text" "it has all figures"
else
	ok "one screen of text"
fi

mkdir -p sets/before/notes sets/after
cp -r less/*-qpw0 sets/before
cp -r less/*-qpw1 sets/after
expect "a directory stands for the boots in it" 0 "$QPWLAT" compare --json=sets.json sets/before/ sets/after
if [ "$(jq -c '[.modes[].per_boot[].boot]' sets.json)" = \
	'["01-qpw0","03-qpw0","05-qpw0","02-qpw1","04-qpw1","06-qpw1"]' ]; then
	ok "boots of a directory by name"
else
	not_ok "boots of a directory by name" "$(jq -c '[.modes[].per_boot[].boot]' sets.json)"
fi
expect "a directory without boots exits 1" 1 "$QPWLAT" compare sets sets/after
holds "a directory without boots is named" stderr "sets/trace.qpw: No such file"
cp -r less/01-qpw0/trace.qpw sets/before
expect "a boot's directory is no set" 3 "$QPWLAT" compare --json=sets.json sets/before sets/after
holds "a boot's directory is one boot" sets.json '"boots": 1,'

# a third less, in boots that take turns and in boots that don't
expect "a third less in turns exits 0" 0 "$QPWLAT" compare third/*-qpw0 -- third/*-qpw1
for boot in third/*-qpw1; do
	sed -i 's/T01:4/T02:4/' "$boot/boot.json"
done
expect "a third less in blocks exits 3" 3 "$QPWLAT" compare --json third/*-qpw0 -- third/*-qpw1
holds "blocks are told" stdout '"code": "not-interleaved"'
expect "nothing left in blocks exits 0" 0 "$QPWLAT" compare less/*-qpw0 -- less/*-qpw1
sed -i 's/started_utc/unknown/' less/01-qpw0/boot.json
expect "an unknown order exits 0" 0 "$QPWLAT" compare --json less/*-qpw0 -- less/*-qpw1
holds "an unknown order is told" stdout "Not every boot says when it began"

# gates decide the exit code in place of the verdict
expect "gates that pass exit 0" 0 "$QPWLAT" compare --fail-on 'remote_work:>0,remote_work:+10%' less/*-qpw0 -- less/*-qpw1
holds "a gate that passed is shown" stdout "gate remote_work:>0 passed: 0/s in the highest boot"
expect "a gate passes where there is no verdict" 0 "$QPWLAT" compare --fail-on 'remote_work:>2.5/s' same/*-qpw0 -- same/*-qpw1
expect "a gate that fails exits 2" 2 "$QPWLAT" compare --json --fail-on 'remote_work:>0' --fail-on remote_work:+10% more/*-qpw0 -- more/*-qpw1
if [ "$(jq -c '[.gates[] | .gate, .metric, .outcome]' stdout)" = \
	'["remote_work:>0","remote_work","failed","remote_work:+10%","remote_work","failed"]' ]; then
	ok "gates in JSON"
else
	not_ok "gates in JSON" "$(jq -c .gates stdout)"
fi
expect "a gate fails though the verdict is good" 2 "$QPWLAT" compare --fail-on remote_work:-10% less/*-qpw0 -- less/*-qpw1
expect "a gate that can't be judged exits 3" 3 "$QPWLAT" compare --fail-on 'remote_work:>0,p99:+10%' less/*-qpw0 -- less/*-qpw1
expect "a failed gate goes before one not judged" 2 "$QPWLAT" compare --fail-on 'p99:+10%,remote_work:>0' more/*-qpw0 -- more/*-qpw1
expect "an unknown metric exits 129" 129 "$QPWLAT" compare --fail-on p98:+10% less/*-qpw0 -- less/*-qpw1
holds "an unknown metric is named" stderr "unknown metric: p98:+10%"
expect "a gate of no form exits 129" 129 "$QPWLAT" compare --fail-on remote_work less/*-qpw0 -- less/*-qpw1
"$QPWLAT" compare --help >help.txt
if page=$(man -l "$TOP/man/qpwlat-compare.1" 2>/dev/null | col -b) && [ -n "$page" ]; then
	sed -n '/^Metrics:/,/ops_/p' help.txt | grep '^  [a-z]' | grep -v ops_ | tr -s ' ' '\n' |
		sed '/^$/d' >keys
	while read -r key; do
		grep -qwF -- "$key" <<<"$page" || echo "$key"
	done <keys >unnamed
	if [ -s unnamed ] || [ "$(wc -l <keys)" -lt 30 ]; then
		not_ok "the manual names every metric" "not $(paste -sd ' ' unnamed)"
	else
		ok "the manual names every metric"
	fi
else
	not_ok "the manual names every metric" "man can't show it"
fi

# options stand anywhere, names that look like them are given with their folder
expect "options behind B" 0 "$QPWLAT" compare less/*-qpw0 -- less/*-qpw1 --html=after.html --name-b after
holds "options behind B: the page" after.html "Verdict: improved"
expect "options between boots" 129 "$QPWLAT" compare less/01-qpw0 --nonsense -- less/02-qpw1
expect "an unknown option behind B exits 129" 129 "$QPWLAT" compare less/01-qpw0 -- less/02-qpw1 --nonsense
holds "an unknown option behind B is named" stderr "--nonsense"
cp less/02-qpw1/trace.qpw ./--odd.qpw
expect "a name with dashes" 3 "$QPWLAT" compare less/01-qpw0/trace.qpw -- ./--odd.qpw
expect "three sets exit 129" 129 "$QPWLAT" compare less/01-qpw0 -- less/02-qpw1 -- less/03-qpw1
expect "options on both sides make two formats" 129 "$QPWLAT" compare --json less/01-qpw0 -- less/02-qpw1 --html

# no input is written over, no boot counts twice
cp -r less kept
for output in --json=kept/02-qpw1/trace.qpw --markdown=kept/01-qpw0/witness.txt --html=kept/01-qpw0/boot.json; do
	expect "$output exits 129" 129 "$QPWLAT" compare "$output" kept/01-qpw0 -- kept/02-qpw1
	holds "$output says why" stderr "a file of a boot that is compared can't be the output"
done
ln -s trace.qpw kept/02-qpw1/link
expect "an input by another name exits 129" 129 "$QPWLAT" compare --json=kept/02-qpw1/link kept/01-qpw0 -- kept/02-qpw1
expect "a trace as its own output exits 129" 129 "$QPWLAT" compare --json=./--odd.qpw less/01-qpw0 -- ./--odd.qpw
expect "two formats in one file exit 129" 129 "$QPWLAT" compare --json=twice --html=./twice less/01-qpw0 -- less/02-qpw1
if diff -r less kept >log 2>&1 || [ "$(cat log)" = "Only in kept/02-qpw1: link" ]; then
	ok "inputs are as they were"
else
	not_ok "inputs are as they were" "$(head -n 3 log)"
fi
ln -s 01-qpw0 less/same-qpw0
for twice in "less/01-qpw0 less/./01-qpw0 -- less/02-qpw1" "less/01-qpw0 -- less/01-qpw0" \
	"less/01-qpw0 less/same-qpw0 -- less/02-qpw1" "less/01-qpw0 -- less/02-qpw1 less/01-qpw0/trace.qpw"; do
	# shellcheck disable=SC2086 # words of it are arguments
	expect "twice: $twice" 129 "$QPWLAT" compare $twice
	holds "twice: $twice says so" stderr "this boot is given twice"
done
rm less/same-qpw0

# what nobody looked at is no zero that a gate could pass on
for gate in 'flush_waits:>0' 'flush_waits:+10%' 'inline_work:>0' 'rate_thread:>0' 'rate_thread:<1'; do
	expect "unseen: $gate exits 3" 3 "$QPWLAT" compare --fail-on "$gate" blind/*-qpw0 -- blind/*-qpw1
done
for key in flush_waits flush_time inline_work rate_thread stolen_thread stolen p99; do
	expect "unseen: JSON of $key" 3 "$QPWLAT" compare --fail-on "$key:>0" --json=blind.json blind/*-qpw0 -- blind/*-qpw1
	got=$(jq -c --arg key "$key" '.metrics[] | select(.key == $key) | [.median, .b_over_a.ratio, (.unseen | map(type)), .finding != "same"]' blind.json)
	if [ "$got" = '[[null,null],null,["string","string"],true]' ]; then
		ok "unseen: $key is null"
	else
		not_ok "unseen" "$key is null: $got"
	fi
done
if [ "$(jq -c '[.modes[].interruptions[] | select(.count == null) | .class] | unique' blind.json)" = '["thread"]' ]; then
	ok "unseen: threads are null in either mode"
else
	not_ok "unseen" "threads are null in either mode: $(jq -c '.modes[0].interruptions' blind.json)"
fi
expect "unseen: what was seen is judged" 0 "$QPWLAT" compare --fail-on 'remote_work:>0,rate_softirq:>0' blind/*-qpw0 -- blind/*-qpw1
holds "unseen: the text says so" stdout "flush waits: time                        -           -  - (without __flush_work)"
holds "unseen: and what that loses" stdout "what sched_switch tells"

# every form of the JSON against its schema, and that it minds what is wrong
"$QPWLAT" compare --json=blocks.json third/*-qpw0 -- third/*-qpw1 || true
"$QPWLAT" compare --json=thin.json same/*-qpw0 -- same/*-qpw1 || true
"$QPWLAT" compare --json=worse.json --fail-on 'remote_work:>0,p99:+10%' more/*-qpw0 -- more/*-qpw1 || true
"$QPWLAT" compare --json=bare.json less/01-qpw0/trace.qpw less/02-qpw1/trace.qpw || true
if "$TOP/tests/schema" "$TOP/docs/schema/compare.schema.json" "$TOP"/tests/golden/compare/*.json c.json \
	sets.json blocks.json thin.json worse.json bare.json blind.json >log 2>&1; then
	ok "schema"
else
	not_ok "schema" "$(head -n 5 log)"
fi
# the command line that docs/compare.md gives, as it stands there
plain=$(sed -n 's/^    python3 \(-m jsonschema .*\)/\1/p' "$TOP/docs/compare.md")
jq '.modes[1].interruptions[0].count = -1' c.json >negative.json
if [ -n "$plain" ] && (cp c.json compare.json && PWD=$TOP eval "/usr/bin/python3 ${plain// docs/ $TOP/docs}") >log 2>&1 &&
	! (cp negative.json compare.json && PWD=$TOP eval "/usr/bin/python3 ${plain// docs/ $TOP/docs}") >/dev/null 2>&1; then
	ok "a plain validator"
else
	not_ok "a plain validator" "$(head -n 5 log)"
fi
for wrong in '.verdict = "good"' 'del(.metrics[0].key)' '.metrics[3].rank_p = 2' '.modes[0].more = 1' \
	'.gates[0].outcome = "maybe"' '.warnings[0] = {}' '.modes[1].interruptions[0].count = -1' '.reasons[0].code = "tired"'; do
	jq "$wrong" worse.json >broken.json
	if "$TOP/tests/schema" "$TOP/docs/schema/compare.schema.json" broken.json >log 2>&1; then
		not_ok "schema refuses $wrong" "it does not"
	else
		ok "schema refuses $wrong"
	fi
done

# damage in the second block of a trace: what comes before it is compared, and there is no verdict
cp -r more hurt
block=$(grep -abo QBLK hurt/05-qpw0/trace.qpw | sed -n '2s/:.*//p')
printf '\xff\xff\xff\xff' | dd of=hurt/05-qpw0/trace.qpw bs=1 seek=$((block + 40)) conv=notrunc status=none
expect "a corrupt block exits 3" 3 "$QPWLAT" compare --json=hurt.json hurt/*-qpw0 -- hurt/*-qpw1
if jq -e '.reasons[0] | .code == "truncated" and (.text | contains("05-qpw0 is not whole: block 2 is corrupt"))' \
	hurt.json >/dev/null && [ "$(jq -c '[.modes[0].per_boot[].samples]' hurt.json)" = '[1000,1000,500]' ]; then
	ok "a corrupt block: the first one is read, and that is told"
else
	not_ok "a corrupt block" "$(jq -c '.reasons, [.modes[0].per_boot[].samples]' hurt.json)"
fi
expect "a corrupt block and a gate that fails exit 2" 2 "$QPWLAT" compare --fail-on 'remote_work:>0' hurt/*-qpw0 -- hurt/*-qpw1
expect "a corrupt block and a gate that would pass exit 3" 3 "$QPWLAT" compare --fail-on 'remote_work:>0' hurt/*-qpw1 -- hurt/*-qpw0

rm less/03-qpw0/witness.txt
expect "a missing witness exits 3" 3 "$QPWLAT" compare less/*-qpw0 -- less/*-qpw1
holds "a missing witness is named" stdout "03-qpw0 has no witness"
cp -r less/03-qpw0 less/a-boot
expect "a boot of a small letter" 3 "$QPWLAT" compare --json less/a-boot -- less/02-qpw1
if jq -e '.why | startswith("a-boot has no witness")' stdout >/dev/null; then
	ok "names begin as they are"
else
	not_ok "names begin as they are" "$(jq .why stdout)"
fi
rm -r less/a-boot
rm less/03-qpw0/trace.qpw
expect "a missing trace exits 1" 1 "$QPWLAT" compare less/*-qpw0 -- less/*-qpw1
holds "a missing trace is named" stderr "03-qpw0/trace.qpw: No such file"
expect "an unwritable file exits 1" 1 "$QPWLAT" compare --json=/nonexistent/x more/*-qpw0 -- more/*-qpw1
expect "a full disk exits 1" 1 "$QPWLAT" compare --html=/dev/full more/*-qpw0 -- more/*-qpw1
expect "help exits 0" 0 "$QPWLAT" compare --help
holds "help has an example" stdout "Example: qpwlat compare"
expect "no boots exit 129" 129 "$QPWLAT" compare
expect "one set exits 129" 129 "$QPWLAT" compare a b c
expect "an unknown option exits 129" 129 "$QPWLAT" compare --nonsense a -- b
expect "a senseless effect exits 129" 129 "$QPWLAT" compare --min-effect 2 a -- b
expect "two formats on stdout exit 129" 129 "$QPWLAT" compare --json --html a -- b
finish_tests
