# SPDX-License-Identifier: GPL-2.0-only
#
# From samples to tables in Markdown. Lines: "refresh CPUS rows median_ms longest_ms cpu_ms" and "tool
# NAME cpu_s elapsed_s load_s made seen event_ns", where seen is "-" for a tool that does not count. Set:
# delay (seconds between two looks).

$1 == "refresh" {
	if (!($2 in rows))
		cpus[++nr_cpus] = $2
	rows[$2] = $3
	add($2 " median", $4)
	add($2 " longest", $5)
	add($2 " used", $6)
	add($2 " share", $6 / (delay * 1000) * 100)
}

$1 == "tool" {
	if (!($2 in tools)) {
		tools[$2] = 1
		names[++nr_tools] = $2
	}
	add($2 " cpu", $3 / $4 * 100)
	add($2 " rate", $6 / $5)
	if ($7 != "-")
		add($2 " seen", $7 / $6 * 100)
	add($2 " event", $8)
}

END {
	printf "\n| a refresh, watched CPUs | rows | CPU ms | elapsed ms | longest | %% of one CPU at %s s |\n", delay
	print "|---|---|---|---|---|---|"
	for (i = 1; i <= nr_cpus; i++)
		printf "| %d | %d | %s | %s | %s | %s |\n", cpus[i], rows[cpus[i]], told(cpus[i] " used", "%.2f"),
			told(cpus[i] " median", "%.2f"), told(cpus[i] " longest", "%.2f"), told(cpus[i] " share", "%.2f")
	print "\n| beside a load | % of one CPU | events/s made | seen, % | an event takes, ns |"
	print "|---|---|---|---|---|"
	for (i = 1; i <= nr_tools; i++)
		printf "| %s | %s | %s | %s | %s |\n", names[i], told(names[i] " cpu", "%.2f"), told(names[i] " rate", "%.0f"),
			told(names[i] " seen", "%.2f"), told(names[i] " event", "%.0f")
}
