#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwlat export --format chrome: valid JSON whatever the trace, slices that nest, arrows that begin
# and end in slices, and the times of the single records. tests/golden/export/kinds.json is worked
# out from the records in make_trace.c.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash chrome
expected+=/export
recorded=$top/tests/traces/lab-unpatched/trace.qpw

make_traces lab kinds hostile empty
for trace in lab kinds hostile empty; do
	"${QPWLAT:?}" export --format chrome "$trace.qpw" >"$trace.json" 2>err || true
done
diff -u "$expected/kinds.json" kinds.json >log || true
result kinds log

cat >check.py <<'END'
import collections, csv, json, subprocess, sys
from decimal import Decimal
path, trace, qpwlat = sys.argv[1:]
with open(path, encoding="utf-8") as f:
    root = json.load(f, parse_float=Decimal)
events = root["traceEvents"]
ns = lambda e, key: int(e[key] * 1000)
slices, spans = collections.defaultdict(list), collections.defaultdict(list)
named, arrows = set(), collections.defaultdict(dict)
for e in events:
    lane = (e["pid"], e["tid"])
    if e["ph"] == "M":
        named.add((e["pid"], e["name"]) if e["name"].startswith("process") else
                  (lane, e["name"]))
        continue
    if e["pid"] != 999 and not {(e["pid"], "process_name"), (lane, "thread_name")} <= named:
        print("before its lane has a name:", e)
    if e["ph"] == "X":
        slices[lane].append((ns(e, "ts"), ns(e, "ts") + ns(e, "dur")))
    elif e["ph"] in "sf":
        if e["ph"] in arrows[e["id"]]:
            print("two arrows of one id:", e)
        arrows[e["id"]][e["ph"]] = e
    elif e["ph"] in "be":
        spans[(e["cat"], e["id2"]["local"], lane)].append(e)
    elif e["ph"] != "i":
        print("what is this:", e)

# slices of a lane: one within the other or apart, as a viewer stacks them
for lane, found in slices.items():
    stack = []
    for start, end in sorted(found, key=lambda s: (s[0], -s[1])):
        while stack and stack[-1] <= start:
            stack.pop()
        if stack and end > stack[-1]:
            print("lane", lane, "overlaps at", start)
        stack.append(end)

for ident, ends in arrows.items():
    if set(ends) != {"s", "f"} or ns(ends["s"], "ts") > ns(ends["f"], "ts"):
        print("arrow", ident, "is", ends)
    for e in ends.values():
        if not any(s <= ns(e, "ts") <= t for s, t in slices[(e["pid"], e["tid"])]):
            print("no slice where an arrow is:", e)

# spans: each end closes what was opened last, and steps lie side by side
for key, found in spans.items():
    stack = []
    for e in found:
        if e["ph"] == "b":
            if stack and ns(e, "ts") < ns(stack[0], "ts"):
                print("step before its span:", e)
            stack.append(e)
        elif not stack or stack[-1]["name"] != e["name"] or ns(e, "ts") < ns(stack.pop(), "ts"):
            print("wrong end:", e)
    if stack:
        print("open:", stack)

# the same intervals as in the CSV, by CPU, class and nanosecond; arrows for the known causes
rows = list(csv.DictReader(subprocess.run([qpwlat, "export", trace], check=False, encoding="utf-8",
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                           .stdout.splitlines()))
intervals = {"irq", "softirq", "ipi", "timer", "nmi", "thread", "work"}
want, got = collections.Counter(), collections.Counter()
for row in rows:
    start, end = int(row["start_ns"]), int(row["end_ns"])
    if row["kind"] in intervals | {"sample", "flush", "lock_wait", "taken", "tick_kept", "migrate"}:
        want[row["kind"], int(row["cpu"]), start, end] += 1
    if row["kind"] in {"work_queue"}:
        want[row["kind"], int(row["cpu"]), start, start] += 1
for e in events:
    category = "timer" if e.get("cat") == "tick" else e.get("cat")
    if e["ph"] in "Xbi" and category in {kind for kind, _, _, _ in want} and "args" in e:
        end = ns(e, "ts") + ns(e, "dur") if e["ph"] == "X" else e["args"]["end_ns"]
        if e["args"]["start_ns"] != ns(e, "ts") or e["args"]["end_ns"] != end:
            print("exact times differ:", e)
        got[category, e["pid"] - 1000, ns(e, "ts"), end] += 1
if want != got:
    print("records and events differ:", want - got, got - want)
caused = sum(row["origin_ns"] not in ("", "0") and int(row["origin_ns"]) <= int(row["start_ns"])
             and (row["kind"] in ("ipi", "thread") or row["kind"] == "work" and
                  "begin" in row["flags"]) for row in rows)
if caused != len(arrows):
    print(len(arrows), "arrows for", caused, "known causes")

# the steps of a wake-up add up to it
for (category, _, _), found in spans.items():
    if category != "sample":
        continue
    steps = [ns(e, "ts") * (1 if e["ph"] == "e" else -1) for e in found[1:-1]]
    if sum(steps) != found[0]["args"]["latency_ns"]:
        print("steps do not add up:", found[0])
END
for trace in "$PWD/lab.qpw" "$PWD/kinds.qpw" "$PWD/hostile.qpw" "$PWD/empty.qpw" "$recorded"; do
	name=$(basename "$trace" .qpw)
	[ "$trace" != "$recorded" ] || "$QPWLAT" export --format chrome -o trace.json "$trace"
	python3 check.py "$name.json" "$trace" "$QPWLAT" >log 2>&1 || echo "python3 failed" >>log
	result "$([ "$name" = trace ] && echo recorded || echo "$name") holds" log
done

jq -r '.traceEvents[] | select(.ph == "X") | .name' hostile.json | grep -v ^queue >names
{
	printf '%s\n' 'fn\x0d\x0a\xff"<script>' '\x1b]0;owned\x07' | diff - names || true
	if LC_ALL=C grep -n '[^[:print:]]' hostile.json; then echo "unprintable bytes"; fi
	jq -e '.otherData.lost_records == 12' hostile.json >/dev/null || echo "losses are not told"
} >log
result hostile log

# wherever the recording broke off: JSON that says so
: >log
size=$(stat -c %s "$recorded")
for bytes in $((size / 3)) $((size - 1)) $((size - 40)); do
	head -c "$bytes" "$recorded" >cut.qpw
	"$QPWLAT" export --format chrome -o cut.json cut.qpw 2>err || true
	jq -e '.otherData.truncated and (.otherData.problem | contains("broke off"))' cut.json \
		>/dev/null 2>>log || echo "$bytes bytes: not said to be a part" >>log
done
# the last one lacks nothing but the end block
diff <(jq -c '.traceEvents[]' cut.json) <(jq -c '.traceEvents[]' trace.json) >>log || true
jq -e '.otherData.truncated | not' trace.json >/dev/null || echo "a whole one is a part" >>log
result cut log
finish_tests
