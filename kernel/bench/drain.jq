# SPDX-License-Identifier: GPL-2.0-only
#
# Samples of kernel/bench/drain, one a line, to its JSON: microseconds by function, mode and size
# of the guest, and what became of drop_caches beside a hog.

def median: sort | if length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;

split("\n") | map(select(. != "") | split(" ") |
  {mode: .[0], vcpus: .[1] | tonumber, kind: .[2], name: .[3], value: .[4] | tonumber}) as $all |

[$all[] | select(.kind == "time")] | group_by([.name, .vcpus, .mode]) |
map({function: .[0].name, mode: .[0].mode, vcpus: .[0].vcpus, calls: length,
  median_us: map(.value) | median, max_us: map(.value) | max}) as $times |
[$all[] | select(.kind == "hog") |
  {mode, limits: .name, returned: (.value > 0), milliseconds: .value}] as $hogs |

def cell($f; $n; $m): [$times[] | select(.function == $f and .vcpus == $n and .mode == $m)] |
  if length == 0 then "–" else .[0] | "\(.median_us | round) (\(.max_us | round)) ×\(.calls)" end;
def rows: map("| " + join(" | ") + " |") | join("\n");
def hog($m; $l): [$hogs[] | select(.mode == $m and .limits == $l)] |
  if length == 0 then "–" elif .[0].returned then "\(.[0].milliseconds) ms" else "not within 10 s" end;

{schema: "qpw.kernel-drain", version: 1, drains: $times, hog: $hogs, markdown: (
 ([["µs: median (longest) ×calls", "vCPUs", "qpw=0", "qpw=1"], ["---", "---", "---", "---"]] +
  [($times | map(.function) | unique)[] as $f |
   ($times | map(select(.function == $f).vcpus) | unique)[] as $n |
   [$f, "\($n)", cell($f; $n; "0"), cell($f; $n; "1")]] | rows) + "\n\n" +
 ([["drop_caches beside a SCHED_FIFO hog", "qpw=0", "qpw=1"], ["---", "---", "---"]] +
  [["limited", "with RT throttling and fair server"], ["unlimited", "without"] |
   [.[1], hog("0"; .[0]), hog("1"; .[0])]] | rows))}
