#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwlat export --format openmetrics: what a strict parser reads is what the trace holds. The values
# in tests/golden/export/lab.om follow from the comments in make_trace.c.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash metrics
expected+=/export
recorded=$top/tests/traces/lab-unpatched/trace.qpw
page=$top/docs/metrics.md

make_traces lab hostile empty
"${QPWLAT:?}" export --format openmetrics lab.qpw >lab.om
grep -v _bucket lab.om | diff -u "$expected/lab.om" - >log || true
result lab log
# not counted is not none: whoever made this one did not ask for it
"$QPWLAT" export --format openmetrics hostile.qpw >hostile.om
grep system_calls hostile.om >log || true
result no-calls-where-not-counted log

# the Debian package's parser, not that of another Python in the path
cat >parsed.py <<'END'
import csv, json, subprocess, sys
from decimal import Decimal
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
from prometheus_client.parser import text_string_to_metric_families as old

def text(path):
    with open(path, encoding="utf-8") as f:
        return f.read()

def samples(path):
    """name and labels -> value, as the strict parser reads them; the older format has the same"""
    new, before = {}, {}
    for families, out in (strict(text(path)), new), (old(text(path)), before):
        for family in families:
            for s in family.samples:
                key = (s.name, tuple(sorted(s.labels.items())))
                if key in out:
                    print("twice:", key)
                out[key] = s.value
    if new != before:
        print("the older format reads differently:", set(new.items()) ^ set(before.items()))
    return new

def pick(found, name, **labels):
    return [v for (n, ls), v in found.items()
            if n == name and all(dict(ls).get(k) == w for k, w in labels.items())]
END

# every histogram's counts, from the single records
cat >buckets.py <<'END'
from parsed import *
found, trace, qpwlat = samples(sys.argv[1]), sys.argv[2], sys.argv[3]
rows = csv.DictReader(subprocess.run([qpwlat, "export", trace], check=True, encoding="utf-8",
                                     stdout=subprocess.PIPE).stdout.splitlines())
latencies, waits, window = [], {}, [0, 2 ** 64]
for row in rows:
    start, end = int(row["start_ns"]), int(row["end_ns"])
    if row["kind"] == "window":
        window = [start, end or 2 ** 64]
        if not end:
            latencies, waits = [], {}
    elif not window[0] <= start <= window[1]:
        continue
    elif row["kind"] == "sample":
        latencies.append(end - start)
    elif row["kind"] == "work" and "begin" in row["flags"] and row["origin_ns"]:
        waits.setdefault(row["function"], []).append(start - int(row["origin_ns"]))

def check(name, values, **labels):
    edges = {Decimal(dict(ls)["le"]): v for (n, ls), v in found.items() if n == name + "_bucket"
             and all(dict(ls).get(k) == w for k, w in labels.items()) and dict(ls)["le"] != "+Inf"}
    if len(edges) != 41 or len(values) < 1:
        print(name, labels, "has", len(edges), "edges,", len(values), "values")
    for le, count in edges.items():
        want = sum(v <= le * 10 ** 9 for v in values)
        if count != want:
            print(name, labels, "up to", le, "is", count, "not", want)
    total = [pick(found, name + end, **labels) for end in ("_count", "_sum")]
    total.append(pick(found, name + "_bucket", le="+Inf", **labels))
    want = [[len(values)], [sum(values) / 1e9], [len(values)]]
    if total != want:
        print(name, labels, "sums to", total, "not", want)

check("qpw_latency_seconds", latencies)
for function, values in waits.items():
    check("qpw_work_wait_seconds", values, function=function)
END

# totals against those of the report
cat >totals.py <<'END'
from parsed import *
found, trace, qpwlat = samples(sys.argv[1]), sys.argv[2], sys.argv[3]
report = json.loads(subprocess.run([qpwlat, "report", "--json", trace], check=True,
                                   stdout=subprocess.PIPE).stdout)

def same(want, name, **labels):
    got = pick(found, name, **labels)
    if got != [want]:
        print(name, labels, "is", got, "not", want)

for row in report["interruptions"]:
    same(row["count"], "qpw_interruptions_total", **{"class": row["class"]})
    same(row["ns"] / 1e9, "qpw_stolen_seconds_total", **{"class": row["class"]})
for row in report["causes"]:
    labels = {"class": row["class"], "cause": row["name"]}
    same(row["count"], "qpw_cause_interruptions_total", **labels)
    same(row["self_ns"] / 1e9, "qpw_cause_stolen_seconds_total", **labels)
    same(row["max_ns"] / 1e9, "qpw_cause_max_seconds", **labels)
for row in report["remote_work"]:
    for key in "queued", "executed", "remote", "unknown", "inline":
        same(row[key], "qpw_work_%s_total" % key, function=row["function"])
    same(row["run_ns"] / 1e9, "qpw_work_run_seconds_total", function=row["function"])
for name in "qpw_caused_interruptions_total", "qpw_caused_wait_seconds_total":
    total = sum(pick(found, name))
    key = "wait_ns" if "wait" in name else "count"
    want = sum(row[key] for row in report["origins"]) / (1e9 if key == "wait_ns" else 1)
    if abs(total - want) > 1e-6:
        print(name, "sums to", total, "not", want)
same(report["events"], "qpw_records_total")
same(report["lost_events"], "qpw_lost_records_total")
same(report["window_ns"] / 1e9, "qpw_window_seconds")
if len(pick(found, "qpw_probe_missing")) != len(report["missing_probes"]):
    print("missing probes differ")
if len(report["causes"]) < 5 or len(report["remote_work"]) < 2:
    print("too little in the trace")
END

"$QPWLAT" export --format openmetrics "$recorded" >recorded.om
for trace in "$PWD/lab.qpw" "$recorded"; do
	name=lab
	[ "$trace" = "$recorded" ] && name=recorded
	for test in buckets totals; do
		/usr/bin/python3 "$test.py" "$name.om" "$trace" "$QPWLAT" >log 2>&1 ||
			echo "$test.py failed" >>log
		result "$name $test" log
	done
done

# the page lists each family with its type, and no other
sed -n 's/^# TYPE //p' lab.om | sort >families
grep '^| `qpw_' "$page" | sed 's/[`|]//g' | awk '{print $1, $2}' | sort |
	diff families - >log || true
result "docs/metrics.md" log

# names that try to end a label or a line are read back as the report has them
"$QPWLAT" export --format openmetrics -o hostile.om hostile.qpw 2>err
/usr/bin/python3 - >log 2>&1 <<'END' || echo "python3 failed" >>log
from parsed import *
names = {dict(ls).get("cause") for (n, ls) in samples("hostile.om")}
want = {None, '\\x1b]0;owned\\x07', 'fn\\x0d\\x0a\\xff"<script>'}
if names != want:
    print(ascii(names))
if pick(samples("hostile.om"), "qpw_lost_records_total") != [12]:
    print("losses are not told")
END
LC_ALL=C grep -q '[^[:print:]]' hostile.om && echo "unprintable bytes" >>log
result hostile log

# a part of a recording says so, and so does one of nothing
head -c -40 lab.qpw >cut.qpw
"$QPWLAT" export --format openmetrics cut.qpw >cut.om 2>err
{
	grep -q 'WARNING: not all records are there' err || cat err
	diff lab.om cut.om | grep '^[<>]' | diff - <(
		echo '< qpw_truncated 0'
		echo '> qpw_truncated 1'
	) || true
} >log
result cut log
"$QPWLAT" export --format openmetrics empty.qpw >empty.om 2>err && code=0 || code=$?
{
	[ "$code" = 3 ] || echo "exit code $code, not 3"
	/usr/bin/python3 -c 'from parsed import *
if pick(samples("empty.om"), "qpw_latency_seconds_count") != [0]: print("samples of nothing")'
} >log 2>&1
result empty log
finish_tests
