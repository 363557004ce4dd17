# SPDX-License-Identifier: GPL-2.0-only
#
# Holds every record of a recording against what two ftrace instances saw of the same CPU:
#   awk -v cpu=N [-v hidden="PID…"] -f records.awk -f ftrace.awk -f intervals.awk -f match.awk \
#       stream=A role=raw A.raw role=text A.txt stream=B role=raw B.raw role=text B.txt \
#       role=csv records.csv
# A was switched on before the recorder attached its programs, B after, and the kernel calls them in
# that order: so each time in a record must lie between those that A and B noted of the same event.
# No other tolerance is needed, and none is given. Compared is what lies between the marks
# "exact-begin" and "exact-end" in A. Prints one line for each difference, then one for each kind:
# "matched KIND N within NS NS": the median and the widest distance of A and B. Fails if anything
# differs, or if there is nothing to compare. Waits in functions are compared if A traces these: that
# they begin where the function does. hidden: tasks whose context the recorder can't see. Not
# compared are waits for locks and the CPU taken from a victim.

# A function in which tasks wait; A traces its beginning. Those of known noise are for others.
function noticed(ns, name, pid) {
	if (name !~ /^qpw_noise_/ && ns > first_ns && first_ns && !last_ns) {
		call_ns[name, pid, ++nr_calls[name, pid]] = ns
		waits[name, pid] = name
	}
}

function add_flush(name, pid) {
	if (r["start_ns"] > first_ns && r["start_ns"] < last_ns) {
		flush_ns[name, pid, ++nr_flushes[name, pid]] = r["start_ns"] + 0
		waits[name, pid] = name
	}
}

function has(flag) {
	return index("|" r["flags"] "|", "|" flag "|") > 0
}

function flagged(flag) {
	return has(flag) ? " " flag : ""
}

function record(    kind, key, what, origin) {
	kind = r["kind"]
	if (kind == "flush")
		add_flush(r["name"], r["pid"])
	if (r["cpu"] != cpu || kind ~ /^(symbol|window|probe|lost|sample|flush)$/ ||
		kind ~ /^(lock_wait|taken|hotplug|cgroup|stack|counts)$/) {
		if (kind == "lost" && r["count"] != 0)
			fail("records were lost: " r["count"])
		return
	}
	key = kind
	origin = has("origin") ? r["function"] ";" r["origin_cpu"] ";" r["origin_pid"] ";" \
		r["origin_comm"] ";" r["origin_ns"] ";" r["call_site"] : ""
	if (kind == "thread")
		what = r["pid"] " " r["comm"] " " r["prio"]
	else if (kind == "softirq")
		what = r["number"] " " r["name"] "]"
	else if (kind == "irq")
		what = r["number"] " " r["name"]
	else if (kind == "timer")
		what = r["count"] flagged("tick")
	else if (kind == "ipi")
		what = r["name"] " " r["count"]
	else if (kind == "work")
		what = r["object"] " " r["function"] flagged("begin") flagged("end")
	else if (kind == "tick_kept")
		what = r["name"] " " r["pid"]
	else if (kind == "migrate") {
		key = kind " " r["origin_cpu"]
		what = r["pid"] " " r["comm"] " " r["prio"] " " r["from_cpu"]
	} else if (kind == "work_queue") {
		key = kind " " r["origin_cpu"]
		what = r["object"] " " r["function"]
	} else {
		key = kind " " r["pid"]
		what = r["object"] " " r["function"] " " r["comm"] " " r["from_cpu"] \
			flagged("inline") flagged("skipped") flagged("remote")
	}
	add("ours", key, r["start_ns"] + 0, r["end_ns"] + 0, what, r["function"], origin)
}

function show(who, key, n) {
	return sprintf("%s %.0f-%.0f %s %s %s", key, from[who, key, n], to[who, key, n],
		about[who, key, n], runs[who, key, n], sent[who, key, n])
}

function is_inside(who, key, n) {
	return from[who, key, n] > first_ns && to[who, key, n] < last_ns
}

# Does it touch a time in which ftrace lost its way?
function is_in_gap(who, key, n,    g) {
	if (key ~ /^(thread|work)$/)
		for (g = 1; g <= nr_gaps; g++)
			if (from[who, key, n] <= gap_to[g] && to[who, key, n] >= gap_from[g])
				return 1
	return 0
}

# pair[who, key, a] = the one interval of who that begins from A's a on and before A's next one.
function pair_up(who, key,    a, o, next_ns) {
	o = 1
	for (a = 1; a <= count["A", key]; a++) {
		for (; o <= count[who, key] && from[who, key, o] < from["A", key, a]; o++)
			if (is_inside(who, key, o) && !is_in_gap(who, key, o))
				fail(who " alone has " show(who, key, o))
		next_ns = from["A", key, a + 1]
		if (o <= count[who, key] && (a == count["A", key] || from[who, key, o] < next_ns))
			pair[who, key, a] = o++
		else if (is_inside("A", key, a) && !is_in_gap("A", key, a))
			fail(who " lacks " show("A", key, a))
	}
	for (; o <= count[who, key]; o++)
		if (is_inside(who, key, o) && !is_in_gap(who, key, o))
			fail(who " alone has " show(who, key, o))
}

# Was ns, when A saw an interrupt sent that ran no function, before the last interrupt of its kind that
# came earlier, by what A and B leave open? Then it was one of several that were sent for that one, of
# which the first is told.
function was_for_earlier(key, a, ns,    kind, p) {
	kind = about["A", key, a]
	if (runs["A", key, a] != "|" || kind !~ / 0$/)
		return 0
	for (p = a - 1; p > 0; p--)
		if (about["A", key, p] == kind)
			return pair["B", key, p] && ns <= from["B", key, pair["B", key, p]]
	return 0
}

# Is one "|function;cpu;pid;comm;ns;call site" that A saw the record's, and its time between A's and
# B's?
function same_origin(key, a, o, b,    n, m, i, k, saw, later, ours, field, last, end) {
	ours = sent["ours", key, o]
	n = split(substr(sent["A", key, a], 2), saw, "|")
	m = split(substr(sent["B", key, b], 2), later, "|")
	split(ours, field, ";")
	if (ours == "") {
		# seen by nobody, or of several functions one whose queueing nobody saw
		if (!n || split(runs["A", key, a], last, "|") - 2 > n)
			return 1
		for (i = 1; i <= n; i++) {
			split(saw[i], last, ";")
			if (last[5] > first_ns && !was_for_earlier(key, a, last[5] + 0))
				return 0
		}
		return 1
	}
	# before the recording began A may have missed it
	if (field[5] + 0 <= first_ns)
		return 1
	for (i = 1; i <= n; i++) {
		split(saw[i], last, ";")
		k = i + m - n
		if (last[1] ";" last[2] ";" last[3] ";" last[4] != \
			field[1] ";" field[2] ";" field[3] ";" field[4] || last[5] + 0 > field[5] + 0 ||
			last[6] != field[6])
			continue
		if (k >= 1) {
			split(later[k], end, ";")
			if (end[5] + 0 < field[5] + 0)
				continue
		}
		return 1
	}
	return 0
}

function compare(key, a, o, b,    kind, width) {
	kind = key
	sub(/ .*/, "", kind)
	if (is_in_gap("A", key, a)) {
		nr_in_gaps++
		return
	}
	if (about["A", key, a] != about["ours", key, o])
		fail("ours is not as A saw it: " show("ours", key, o) " / " show("A", key, a))
	if (kind ~ /^(ipi|timer)$/ && (runs["ours", key, o] == "" ? runs["A", key, a] != "|" : \
		!index(runs["A", key, a], "|" runs["ours", key, o] "|")))
		fail("ours names another function: " show("ours", key, o) " / " show("A", key, a))
	if (!same_origin(key, a, o, b))
		fail("ours has another origin: " show("ours", key, o) " / " show("A", key, a))
	if (from["ours", key, o] > from["B", key, b] || to["ours", key, o] < to["A", key, a] ||
		to["ours", key, o] > to["B", key, b])
		fail("ours is not between A and B: " show("ours", key, o) " / " show("A", key, a) \
			" / " show("B", key, b))
	matched[kind]++
	if (kind == "ipi" && sent["ours", key, o] ~ /;[^;]+$/)
		nr_sites++
	width = to["B", key, b] - to["A", key, a]
	if (from["B", key, b] - from["A", key, a] > width)
		width = from["B", key, b] - from["A", key, a]
	widths[kind, matched[kind]] = width
}

# Of the distances of A and B, in place, by Shell's way: a storm of softirqs makes 100,000 a second.
function sort_widths(kind,    n, gap, i, j, width) {
	n = matched[kind]
	for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
		for (i = gap + 1; i <= n; i++) {
			width = widths[kind, i]
			for (j = i; j > gap && widths[kind, j - gap] > width; j -= gap)
				widths[kind, j] = widths[kind, j - gap]
			widths[kind, j] = width
		}
}

# Of one function and one task: a call is one wait, that begins before the next call (the kernel calls
# the tracer of functions first, then the recorder's program). __flush_work() counts only if there was
# something to wait for: any call may be a wait, but none two.
function compare_waits(key,    name, k, n) {
	name = waits[key]
	if (name != "__flush_work" && nr_calls[key] != nr_flushes[key])
		fail(name ": " nr_calls[key] + 0 " calls, " nr_flushes[key] + 0 " recorded")
	for (n = 1; n <= nr_flushes[key]; n++) {
		if (name != "__flush_work")
			k = n
		else
			for (k++; k < nr_calls[key] && call_ns[key, k + 1] < flush_ns[key, n]; k++)
				;
		if (k > nr_calls[key] || call_ns[key, k] > flush_ns[key, n] ||
			(k < nr_calls[key] && call_ns[key, k + 1] < flush_ns[key, n]))
			fail(sprintf("ours alone has a wait in %s at %.0f", name, flush_ns[key, n]))
		else
			nr_waits++
	}
}

END {
	if (!first_ns || last_ns <= first_ns)
		fail("the marks are missing in A")
	for (s = 1; s <= 2; s++) {
		name = substr("AB", s, 1)
		if (nr_raw[name] != nr_text[name])
			fail(name ": " nr_raw[name] " raw events, " nr_text[name] " as text")
	}
	for (key in keys) {
		pair_up("ours", key)
		pair_up("B", key)
		for (a = 1; a <= count["A", key]; a++)
			if (is_inside("A", key, a) && pair["ours", key, a] && pair["B", key, a])
				compare(key, a, pair["ours", key, a], pair["B", key, a])
	}
	for (key in waits)
		compare_waits(key)
	if (nr_waits)
		print "matched flush " nr_waits " begun"
	for (kind in matched) {
		sort_widths(kind)
		printf "matched %s %d within %.0f %.0f\n", kind, matched[kind],
			widths[kind, int((matched[kind] + 1) / 2)], widths[kind, matched[kind]]
		nr_matched += matched[kind]
	}
	# of the IPIs, those whose call site was told
	printf "call sites %d\n", nr_sites
	# Some kernels keep a switch from ftrace now and then: what that touches is not compared. may_lack:
	# however many they are.
	printf "in gaps %d\n", nr_in_gaps
	if (nr_in_gaps * 20 > nr_matched && !may_lack)
		fail("ftrace lacks too many switches")
	if (!nr_matched)
		fail("nothing to compare")
	exit nr_errors > 0
}
