# SPDX-License-Identifier: GPL-2.0-only
#
# Samples of bench/overhead/run, one a line, to its JSON: medians over rounds with the least and
# the largest, ratios taken round by round, targets, and all of it as Markdown tables.

def targets: {interval: 1.3, unwatched: 1.2, live: 0.5, bytes: 0.4};

# An interval: the programs of ours that make it (a trailing * is any copy of it), the load that
# drives it, and the least that could: what stands at each of its tracepoints.
def classes: [
  {class: "thread", load: "switch", points: {sched_switch: "record"}},
  {class: "softirq", load: "softirq", points: {softirq_entry: "clock", softirq_exit: "record"}},
  {class: "timer", load: "timer", points: {local_timer_entry: "clock",
    hrtimer_expire_entry: "clock", hrtimer_expire_exit: "clock", local_timer_exit: "record"}},
  {class: "ipi", load: "ipi", points: {call_function_single_entry: "clock",
    csd_function_entry: "clock", csd_function_exit: "clock", call_function_single_exit: "record"}},
  {class: "work", load: "work", points: {workqueue_execute_start: "clock",
    workqueue_execute_end: "record"}},
  {class: "work queued", load: "work", points: {workqueue_queue_work: "record"}}];

def titles: {nothing: "nothing", empty: "an empty program at each tracepoint",
  recorder: "qpwlat record", live: "qpwtop", bpftrace: "bpftrace script",
  perf: "perf kwork record", "trace-cmd": "trace-cmd record",
  osnoise: "rtla osnoise", timerlat: "rtla timerlat"};

def median: sort | if length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def spread: if length == 0 then null else {median: median, min: min, max: max} end;
def round_to($n): . * $n | round / $n;
# "131 (128–140)": three digits are more than runs agree on
def number: if . < 10 then round_to(100) elif . < 100 then round_to(10) else round end | tostring;
def shown: if . == null then "–" else
  "\(.median | number) (\(.min | number)–\(.max | number))" end;
def ratio($x; $y): if $x == null or $y == null or $y == 0 then null else $x / $y end;
def met($target): if .ratio == null then "not measured"
  elif .ratio.median <= $target then "met" else "missed" end;
def row: "| " + join(" | ") + " |";
def table($head): [($head | row), ($head | map("---") | row)] + map(row) | join("\n");

def samples: split("\n") | map(select(. != "") | split(" "));
def point: sub("^(on|np|spare|empty|clock|record)_"; "");

samples as $lines |
($lines | map(select(.[0] == "program") | {round: .[1], arm: .[2], load: .[3],
  events: (.[4] | tonumber), name: .[5], runs: (.[6] | tonumber), ns: (.[7] | tonumber)})) as $programs |
($lines | map(select(.[0] == "time") | {round: .[1], arm: .[2], load: .[3], ns: (.[5] | tonumber)})) as $times |
($lines | map(select(.[0] == "cyclictest") | {round: .[1], arm: .[2], average: (.[3] | tonumber),
  p99: (.[4] | tonumber)})) as $cyclictest |
($lines | map(select(.[0] == "busy") | {round: .[1], arm: .[2], ipis: (.[3] | tonumber),
  lost: (.[7] | tonumber), long: (.[8] | tonumber)})) as $busy |
($lines | map(select(.[0] == "bytes") | {round: .[1], arm: .[2], events: (.[3] | tonumber),
  bytes: (.[4] | tonumber), intervals: (.[5] | tonumber)})) as $bytes |
($lines | map(select(.[0] == "absent") | {key: .[2], value: (.[3:] | join(" "))}) | from_entries) as $absent |
($lines | map(.[1]) | unique) as $rounds |

# ns of one run of a program, or of all copies at its tracepoint, in a round
def cost($round; $arm; $load; f): [$programs[] | select(.round == $round and .arm == $arm and
  .load == $load and f) | .ns / .runs] | if length == 0 then null else add end;

# ------------------------------------------------------------------ programs

# of each program of ours the load that runs it most
([$programs[] | select(.arm == "watched")] | group_by(.name) |
  map(group_by(.load) | max_by(map(.runs) | add) | {name: .[0].name, load: .[0].load,
    runs: (map(.runs) | median)})) as $ours |
($ours | map(select(.runs >= 100) | . as $p | . + {
  watched: ([$rounds[] | cost(.; "watched"; $p.load; .name == $p.name) | values] | spread),
  unwatched: ([$rounds[] | cost(.; "unwatched"; $p.load; .name == $p.name) | values] | spread),
  empty: ([$rounds[] | cost(.; "empty"; $p.load; .name == "empty_" + ($p.name | point)) | values] | spread),
  watched_ratio: ([$rounds[] | ratio(cost(.; "watched"; $p.load; .name == $p.name);
    cost(.; "empty"; $p.load; .name == "empty_" + ($p.name | point))) | values] | spread),
  ratio: ([$rounds[] | ratio(cost(.; "unwatched"; $p.load; .name == $p.name);
    cost(.; "empty"; $p.load; .name == "empty_" + ($p.name | point))) | values] | spread)})) as $table |

# ------------------------------------------------------------------ intervals

def sum_of($round; $arm; $c): [$c.points | keys[] as $p |
  cost($round; $arm; $c.load; .name | (test("^(on|np|spare)_") and point == $p))] |
  if any(. == null) then null else add end;
def least($round; $c): [$c.points | to_entries[] | . as $p |
  cost($round; $p.value; $c.load; .name == "\($p.value)_\($p.key)")] |
  if any(. == null) then null else add end;
(classes | map(. as $c | . + {
  ours: ([$rounds[] | sum_of(.; "watched"; $c) | values] | spread),
  least: ([$rounds[] | least(.; $c) | values] | spread),
  ratio: ([$rounds[] | ratio(sum_of(.; "watched"; $c); least(.; $c)) | values] | spread)} |
  . + {target: targets.interval, verdict: met(targets.interval)})) as $intervals |

# ------------------------------------------------------------------ live

# ns of all programs of an arm for one event of the load
def all_programs($round; $arm; $load): [$programs[] | select(.round == $round and .arm == $arm and
  .load == $load)] | if length == 0 then null else (map(.ns) | add) / .[0].events end;
([$programs[].load] | unique | map(. as $load | {load: $load,
  ours: ([$rounds[] | all_programs(.; "live"; $load) | values] | spread),
  bpftrace: ([$rounds[] | all_programs(.; "bpftrace"; $load) | values] | spread),
  ratio: ([$rounds[] | ratio(all_programs(.; "live"; $load); all_programs(.; "bpftrace"; $load)) |
    values] | spread)} |
  . + {target: targets.live, verdict: met(targets.live)})) as $live |

# ------------------------------------------------------------------ beside

def of($all; $round; $arm; f; v): [$all[] | select(.round == $round and .arm == $arm and f) | v] | first;
def against($all; $arm; f; v): {
  value: ([$rounds[] | of($all; .; $arm; f; v) | values] | spread),
  ratio: ([$rounds[] | ratio(of($all; .; $arm; f; v); of($all; .; "nothing"; f; v)) | values] | spread)};
([$times[].load] | unique) as $loads |
(["nothing", "empty", "recorder", "bpftrace", "perf", "trace-cmd", "osnoise", "timerlat"] |
  map(. as $arm | if $absent[$arm] then {arm: $arm, absent: $absent[$arm]} else {arm: $arm,
    loads: [$loads[] as $l | {load: $l} + against($times; $arm; .load == $l; .ns)],
    average: against($cyclictest; $arm; true; .average),
    p99: against($cyclictest; $arm; true; .p99),
    lost: against($busy; $arm; true; .lost / .ipis),
    long: against($busy; $arm; true; .long / .ipis)} end)) as $beside |

# ------------------------------------------------------------------ bytes

def per($round; $arm; v): [$bytes[] | select(.round == $round and .arm == $arm) | v] | first;
(["recorder", "perf", "trace-cmd"] | map(. as $arm |
  if $absent[$arm] then {arm: $arm, absent: $absent[$arm]} else {arm: $arm,
    interval: ([$rounds[] | per(.; $arm; ratio(.bytes; .intervals)) | values] | spread),
    event: ([$rounds[] | per(.; $arm; .bytes / .events) | values] | spread),
    ratio: ([$rounds[] | ratio(per(.; $arm; ratio(.bytes; .intervals));
      per(.; "perf"; ratio(.bytes; .intervals))) | values] | spread)} end)) as $files |

# ------------------------------------------------------------------ as text

def against_cells: "\(.value | shown)", "\(.ratio | shown)";
def beside_row($n; cells): [titles[.arm]] +
  if .absent then [.absent] + [range($n - 1) | ""] else [cells] end;
$machine[0] as $m |
{schema: "qpw.overhead", version: 1, machine: $m, absent: $absent, programs: $table,
 intervals: $intervals, live: $live, beside: $beside, bytes: $files,
 markdown: ([
  "\($m.processor), CPUs \($m.cpus)\(if $m.hypervisor == "yes" then ", a virtual machine" else "" end), \($m.kernel), clock \($m.clock), \($m.date): `\($m.command)`",
  "Load and victims on CPU \($m.cpu). Medians over \($m.rounds) rounds in rotating order (least–largest); ratios are taken within a round.",
  "**A run of each program, ns** (by the kernel's statistics, whose own cost is in every figure)",
  ($table | map(["`\(.name)`", .load, (.empty | shown), (.unwatched | shown), (.ratio | shown),
    (.watched | shown), (.watched_ratio | shown)]) |
    table(["program", "load", "empty", "CPU not watched", "× empty", "CPU watched", "× empty"])),
  ([$ours[] | select(.runs < 100) | .name] | if length > 0 then
    "Run too seldom to be timed: \(map("`\(.)`") | join(", "))." else empty end),
  ([$table[] | select(.ratio)] | max_by(.ratio.median) | if . then
    "Not watched, at most \(targets.unwatched) × empty: \(met(targets.unwatched)), the worst is \(.ratio | shown), `\(.name)`." else empty end),
  "**A recorded interval, ns**: all programs that make it; the least: a clock read at each of its tracepoints, the last one with a ring record of the same size",
  ($intervals | map([.class, (.ours | shown), (.least | shown), (.ratio | shown),
    "\(.target): \(.verdict)"]) | table(["interval", "ours", "the least", "ratio", "at most"])),
  "**Live, ns of programs for an event of the load**",
  ($live | map([.load, (.ours | shown), (.bpftrace | shown), (.ratio | shown),
    "\(.target): \(.verdict)"]) | table(["load", "qpwtop", $absent["bpftrace"] // "bpftrace", "ratio", "at most"])),
  "**What an event of the load takes, ns, and × that beside nothing**",
  ($beside | map(beside_row(2 * ($loads | length); .loads[] | against_cells)) |
    table(["beside"] + [$loads[] | ., "×"])),
  "**Victims**: cyclictest, us; of a busy loop, the ns that an IPI takes",
  ($beside | map(beside_row(6; (.average, .p99, .lost) | against_cells)) |
    table(["beside", "average", "×", "p99", "×", "lost", "×"])),
  "**Bytes of a recording** beyond those of an empty one, softirq and work loads",
  ($files | map(beside_row(3; (.interval | shown), (.event | shown), (.ratio | shown))) |
    table(["written by", "an interval", "an event of the load", "× perf"])),
  ($files[0] | "At most \(targets.bytes) of perf kwork's: \(met(targets.bytes)).")
 ] | join("\n\n"))}
