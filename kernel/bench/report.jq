# SPDX-License-Identifier: GPL-2.0-only
#
# Samples of kernel/bench/run, one a line, to its JSON: per target and figure the cost of one
# operation in each variant, without that of the loop around it, and the ratio to no series.

def variants: ["none", "n", "0", "1"];
def titles: {none: "no series", n: "CONFIG_QPW=n", "0": "qpw=0", "1": "qpw=1"};
def target_titles: {
  um: "User-Mode Linux, PREEMPT: ticks of the TSC",
  x86: "x86-64, PREEMPT: instructions",
  rt: "x86-64, PREEMPT_RT: instructions"};

def median: sort | if length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def round_to($n): . * $n | round / $n;
def signed: round_to(10) | if . > 0 then "+\(.)" else "\(.)" end;

def samples: split("\n") | map(select(. != "") | split(" ") |
  {target: .[0], variant: .[1], boot: .[2] | tonumber, figure: .[3], ops: .[4] | tonumber,
   min: .[5] | tonumber, median: .[6] | tonumber});

# Instructions are the same in every undisturbed round; time is not, and its median is typical.
def ticks: if .target == "um" then .median else .min end;

def order($all): reduce $all[] as $x ([]; if index($x) then . else . + [$x] end);

samples as $all |
def loop_of($t; $v; $b): $all[] | select(.target == $t and .variant == $v and .boot == $b and
  .figure == "loop") | ticks / .ops;

[$all[] | select(.figure != "loop") |
  . + {per_op: (ticks / .ops - loop_of(.target; .variant; .boot))}] |
group_by([.target, .figure, .variant]) |
map({target: .[0].target, figure: .[0].figure, variant: .[0].variant, boots: length,
  median: (map(.per_op) | median | round_to(100)), min: (map(.per_op) | min | round_to(100)),
  max: (map(.per_op) | max | round_to(100))}) as $cells |
def cell($t; $f; $v): $cells[] | select(.target == $t and .figure == $f and .variant == $v);

[$cells[] | . as $c | cell(.target; .figure; "none") as $base |
  $c + {change_percent: (($c.median / $base.median - 1) * 100 | round_to(10))}] as $results |

def table($t):
  (["figure"] + [variants[] | titles[.]]) as $head |
  [$head, [$head[] | "---"]] +
  [order([$all[] | select(.target == $t and .figure != "loop") | .figure])[] as $f |
    [$f] + [variants[] as $v | $results[] |
      select(.target == $t and .figure == $f and .variant == $v) |
      "\(.median | round_to(10))" +
      (if .boots > 1 then " (\(.min | round_to(10))–\(.max | round_to(10)))" else "" end) +
      (if $v == "none" then "" else ", \(.change_percent | signed) %" end)]] |
  map("| " + join(" | ") + " |") | join("\n");

{schema: "qpw.kernel-bench", version: 1, machine: $machine[0], results: $results,
 markdown: ([order([$all[].target])[] | "**\(target_titles[.])**\n\n\(table(.))\n"] | join("\n"))}
