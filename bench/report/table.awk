# SPDX-License-Identifier: GPL-2.0-only
#
# From samples to tables in Markdown. Lines: "NAME cpu_s elapsed_s peak_kib" of a reader, "events NAME
# count", "recording WAY records lost cpu_s elapsed_s bytes fill_percent". Set: events, bytes (of the
# synthetic trace).

# Events a CPU second, where the CPU seconds are not too few to be told.
function rate(count, cpu_s) {
	return count / (cpu_s > 0.001 ? cpu_s : 0.001)
}

function recording_row(way, title) {
	if (nr[way " cost"])
		printf "| %s | %s | %s | %s | %d of %d |\n", title, told(way " cost", "%.0f"),
			told(way " share", "%.1f"), told(way " fill", "%.0f"), lost[way], records[way] + lost[way]
}

$1 == "events" { count[$2] = $3; next }
$1 == "recording" {
	lost[$2] += $4
	records[$2] += $3
	add($2 " cost", $5 / $3 * 1e9)
	add($2 " share", $5 / $6 * 100)
	add($2 " fill", $8)
	next
}
{
	total = $1 == "tenth" ? events / 10 : $1 == "whole" ? events : count[$1]
	add($1 " rate", rate(total, $2))
	add($1 " million", rate(total, $2) / 1e6)
	add($1 " cpu", $2)
	add($1 " peak", $4 / 1024)
}

function synthetic_row(name, what) {
	printf "| %s | %s | %s | %s |\n", what, told(name " million", "%.1f"), told(name " cpu", "%.2f"),
		told(name " peak", "%.1f")
}

function reader_row(name, what,    i, j) {
	if (!nr[name " rate"])
		return
	# each round against each: the spread of the ratio is no smaller than that of both
	order("report rate")
	order(name " rate")
	i = nr["report rate"]
	j = nr[name " rate"]
	printf "| %s | %d | %s | %s | %.1f (%.1f to %.1f) |\n", what, count[name], told(name " cpu", "%.2f"),
		told(name " million", "%.3f"), median("report rate") / median(name " rate"),
		values["report rate", 1] / values[name " rate", j], values["report rate", i] / values[name " rate", 1]
}

END {
	print "\n| `qpwlat report` of a synthetic trace | million events/s | CPU s | peak memory, MiB |"
	print "|---|---|---|---|"
	synthetic_row("tenth", events / 10 " events")
	synthetic_row("whole", events " events, " sprintf("%.1f", bytes / events) " bytes each")
	print "\n| reader of the same load | events in its file | CPU s | million events/s | `qpwlat report` is faster by |"
	print "|---|---|---|---|---|"
	reader_row("report", "`qpwlat report`")
	reader_row("kwork", "`perf kwork report`")
	reader_row("script", "`perf script`")
	reader_row("trace-cmd", "`trace-cmd report`")
	print "\n| recording 1,000,000 events/s | CPU time, ns an event | of one CPU, % | ring buffer (16 MiB) filled up to, % | lost in all rounds |"
	print "|---|---|---|---|---|"
	recording_row("shared", "as any other task")
	recording_row("own", "before all others (`chrt -f 1`)")
}
