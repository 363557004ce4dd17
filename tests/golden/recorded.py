# SPDX-License-Identifier: GPL-2.0-only
"""Works out from the single records of a trace what qpwlat report must say of it: percentiles, the
intervals they lie in, counts of a part of the window, sums of late samples. Prints what differs.
recorded.py QPWLAT TRACE"""
import csv
import io
import json
import math
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal, getcontext

getcontext().prec = 60
QPWLAT, TRACE = sys.argv[1:3]
CLASSES = {"irq": "irq", "softirq": "softirq", "ipi": "ipi", "thread": "thread", "nmi": "nmi"}
PERCENTILES = {"p50": "0.5", "p90": "0.9", "p99": "0.99", "p99_9": "0.999"}


def run(*arguments):
    return subprocess.run([QPWLAT, *arguments], check=True, capture_output=True, text=True).stdout


def report(*arguments):
    return json.loads(run("report", "--json", *arguments, TRACE))


def same(what, got, want):
    if got != want:
        print(f"{what}: {got}, not {want}")


def rank_of(p, n):
    return max(1, math.ceil(Decimal(p) * n))


def interval_ranks(n, p):
    """Sums of the binomial distribution in exact decimals, both tails at most 2.5 %."""
    p, tail = Decimal(p), Decimal("0.025")
    term, below, low, high = (1 - p) ** n, Decimal(0), 0, 0
    for k in range(n + 1):
        if below <= tail:
            low = k
        if k == n:
            break
        below += term
        if below >= 1 - tail:
            high = k + 1
            break
        term = term * (n - k) / (k + 1) * p / (1 - p)
    return low, high


def class_of(row):
    if row["kind"] == "timer":
        return "tick" if "tick" in row["flags"].split("|") else "timer"
    if row["kind"] == "work":
        return "work" if "begin" in row["flags"].split("|") else None
    return CLASSES.get(row["kind"])


def counts(rows, begin, end):
    count = dict.fromkeys(["irq", "softirq", "ipi", "tick", "timer", "thread", "work", "nmi"], 0)
    for row in rows:
        if class_of(row) and begin <= int(row["start_ns"]) <= end:
            count[class_of(row)] += 1
    return count


def check_counts(what, r, rows):
    begin = r["window_start_ns"]
    same(what, {c["class"]: c["count"] for c in r["interruptions"]},
         counts(rows, begin, begin + r["window_ns"]))


def latencies(r, rows):
    begin = r["window_start_ns"]
    return sorted(int(row["end_ns"]) - int(row["start_ns"]) for row in rows
                  if row["kind"] == "sample" and
                  begin <= int(row["start_ns"]) <= begin + r["window_ns"])


def check_latency(what, r, rows):
    values = latencies(r, rows)
    h, near = r["latency_ns"], r["latency_interval_ns"]
    same(f"{what}: count min max", (h["count"], h["min"], h["max"]),
         (len(values), values[0], values[-1]))
    same(f"{what}: mean", h["mean"], math.floor(sum(values) / len(values) + 0.5))
    for name, p in PERCENTILES.items():
        exact = values[rank_of(p, len(values)) - 1]
        if abs(h[name] - exact) * 128 > exact:
            print(f"{what}: {name} is {h[name]}, not {exact}")
        low, high = interval_ranks(len(values), p)
        for side, rank in (("low", low), ("high", high)):
            value, bound = near[name][side], values[rank - 1] if rank else None
            if (value is None) != (bound is None):
                print(f"{what}: {name} {side} is {value}, not {bound}")
            elif value is not None and abs(value - bound) * 128 > bound:
                print(f"{what}: {name} {side} is {value}, not {bound}")
            elif value is not None and (value > bound if side == "low" else value < bound):
                print(f"{what}: {name} {side} {value} is inside of {bound}")


def check_late(what, r):
    late, outliers = r["late"], r["outliers"]
    same(f"{what}: latency", late["latency_ns"], sum(o["latency_ns"] for o in outliers))
    same(f"{what}: sum", late["latency_ns"],
         late["residual_ns"] + sum(p["ns"] for p in late["parts"]))
    parts = {}
    for number, outlier in enumerate(outliers):
        for step in outlier["steps"]:
            for part in step["parts"]:
                entry = parts.setdefault((part["class"], part["name"]), [0, set()])
                entry[0] += part["ns"]
                entry[1].add(number)
    same(f"{what}: parts", {(p["class"], p["name"]): (p["ns"], p["samples"]) for p in late["parts"]},
         {key: (ns, len(seen)) for key, (ns, seen) in parts.items()})


def flatten(node, section="", row=""):
    """Sections, rows, figures and values of the CSV as its description has them."""
    for key, value in node.items():
        below = f"{section}.{key}" if section else key
        if isinstance(value, dict):
            yield from flatten(value, below, row)
        elif isinstance(value, list) and not (value and isinstance(value[0], str)):
            for i, item in enumerate(value):
                yield from flatten(item, below, f"{row}.{i + 1}" if row else str(i + 1))
        else:
            yield section or "report", row, key, value


def cell(value):
    if isinstance(value, list):
        return " < ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def check_csv(r):
    rows = list(csv.DictReader(io.StringIO(run("report", "--csv", "--top", "20", TRACE))))
    same("csv", [(row["section"], row["row"], row["figure"], row["value"]) for row in rows],
         [(s, n, f, cell(v).replace(";", "\\x3b")) for s, n, f, v in flatten(r)])


def main():
    rows = list(csv.DictReader(io.StringIO(run("export", TRACE))))
    whole = report("--top", "20")
    check_counts("whole", whole, rows)
    check_latency("whole", whole, rows)
    check_late("whole", whole)
    check_csv(whole)
    part = report("--time", "1.5,4.25", "--outlier", "p90")
    same("part begins", part["window_start_ns"], whole["window_start_ns"] + 1500000000)
    same("part's length", part["window_ns"], 2750000000)
    check_counts("part", part, rows)
    check_latency("part", part, rows)
    check_late("part", part)
    values = latencies(part, rows)
    exact = values[rank_of("0.9", len(values)) - 1]
    if not exact - exact / 128 <= part["outlier_ns"] <= exact:
        print(f"threshold {part['outlier_ns']} is not just below {exact}")
    same("late", part["late"]["samples"], sum(v >= part["outlier_ns"] for v in values))
    with tempfile.NamedTemporaryFile(suffix=".qpw") as copy:
        shutil.copyfile(TRACE, copy.name)
        both = json.loads(run("report", "--json", TRACE, copy.name))
    for member in ("samples", "events", "window_ns", "watched_ns"):
        same(f"twice the trace: {member}", both[member], 2 * whole[member])
    same("twice the trace: avoidable", both["avoidable"]["ns"], 2 * whole["avoidable"]["ns"])
    same("twice the trace: p99", both["latency_ns"]["p99"], whole["latency_ns"]["p99"])


main()
