# SPDX-License-Identifier: GPL-2.0-only
#
# From samples to tables in Markdown. Lines: "NAME cpu_s elapsed_s peak_kib" of a reader, "events NAME
# count", "recording WAY records lost cpu_s elapsed_s bytes fill_percent", "flood kept lost a_second".
# Set: events, bytes (of the synthetic trace).

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
$1 == "flood" {
	lost[$1] += $3
	records[$1] += $2
	add($1, $4 / 1e6)
	next
}
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

# Of two names, how many times the values of one are those of the other: medians, and each against each,
# so that the spread of the ratio is no smaller than that of both.
function times(name, other) {
	order(name)
	order(other)
	return sprintf("%.1f (%.1f to %.1f)", median(name) / median(other),
		values[name, 1] / values[other, nr[other]], values[name, nr[name]] / values[other, 1])
}

# same: it reads of the load what is in the file of "same", too
function reader_row(name, what, same) {
	if (nr[name " rate"])
		printf "| %s | %d | %s | %s | %s | %s | %s |\n", what, count[name], told(name " cpu", "%.3f"),
			times(name " cpu", "report cpu"), same && nr["same cpu"] ? times(name " cpu", "same cpu") : "-",
			told(name " million", "%.2f"), times("report rate", name " rate")
}

END {
	print "\n| `qpwlat report` of a synthetic trace | million events/s | CPU s | peak memory, MiB |"
	print "|---|---|---|---|"
	synthetic_row("tenth", events / 10 " events")
	synthetic_row("whole", events " events, " sprintf("%.1f", bytes / events) " bytes each")
	print "\n| reader of the same load | events in its file | CPU s for the load | times that of `qpwlat report` | times that of it for the same kinds | million events/s, by its own count | `qpwlat report` does times as many |"
	print "|---|---|---|---|---|---|---|"
	reader_row("report", "`qpwlat report`", 0)
	reader_row("same", "`qpwlat report`, irq, softirq and work only", 1)
	reader_row("kwork", "`perf kwork report`", 1)
	reader_row("script", "`perf script`", 1)
	reader_row("trace-cmd", "`trace-cmd report`", 0)
	print "\n| recording 1,000,000 events/s | CPU time, ns an event | of one CPU, % | ring buffer (16 MiB) filled up to, % | lost in all rounds |"
	print "|---|---|---|---|---|"
	recording_row("shared", "as any other task")
	recording_row("own", "before all others (`chrt -f 1`)")
	if (nr["flood"]) {
		print "\n| recording with the kernel's programs | million events/s | lost in all rounds |"
		print "|---|---|---|"
		printf "| `chrt -f 1 qpwlat record` on one CPU, events of another | %s | %d of %d |\n",
			told("flood", "%.2f"), lost["flood"], records["flood"] + lost["flood"]
	}
}
