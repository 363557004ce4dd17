# SPDX-License-Identifier: GPL-2.0-only
#
# Holds what a recording says of each piece of known noise against what its maker says of it:
#   awk -v cpu=N [-v polled=N] -f records.awk -f ftrace.awk -f intervals.awk -f pieces.awk \
#       stream=A role=raw A.raw role=text A.txt stream=B role=raw B.raw role=text B.txt \
#       role=csv records.csv role=pieces pieces.txt
# pieces.txt has "KIND NS" for each piece, in order; A saw the function qpw_noise_KIND_fn begin for
# each. The function must have begun in one record of its class and name, as long as the piece by
# its maker's clock, within 1 us or 2 %. Where it is not, its length must be one that A and B, noting
# the same edges before and after the recorder, leave possible: then the time went by in the kernel,
# or the emulator, between the event and the piece. Such pieces are counted, and may be every other
# one, and not all of a kind, but of works that a task runs inline on a busy CPU, where others interrupt
# it: how long the emulator is away is nothing to judge the recorder by. What
# emulation cannot change is that a record begins before its piece and ends after it, on one clock
# (ktime_get_mono_fast_ns() for the module, programs and ftrace): it is never shorter. contend is the
# exception, as its wait lies in the piece.
# Of the kinds that have no class of their own, the thread is looked for, and no length compared.
# polled: IPIs that interrupted nobody, and have no record. Prints a line for each piece that
# differs, and for each kind "pieces KIND N within N off MEDIAN MAX" (ns).

# The record's kind, and what its name and function must match.
BEGIN {
	STEP_NS = 200 # that clock may step back as much when the timekeeper is updated
	class["work"] = "work"
	class["percpu_work"] = "work qpw_inline"
	class["ipi"] = "ipi"
	class["irq_work"] = "ipi"
	class["hrtimer"] = "timer"
	class["timer"] = "softirq"
	class["irqoff"] = class["preemptoff"] = "thread"
	class["contend"] = "qpw_contended"
	named["work"] = "^ qpw_noise_work_fn "
	named["percpu_work"] = "^ qpw_noise_percpu_work_fn "
	named["ipi"] = "^call_function_single qpw_noise_ipi_fn "
	named["irq_work"] = "^irq_work $"
	named["hrtimer"] = "^ qpw_noise_hrtimer_fn "
	named["timer"] = "^TIMER $"
	named["irqoff"] = named["preemptoff"] = "^ $"
	named["contend"] = "^ $"
}

function noticed(ns, name, pid,    kind) {
	if (name !~ /^qpw_noise_.*_fn$/ || name ~ /_hold_fn$/)
		return
	kind = name
	sub(/^qpw_noise_/, "", kind)
	sub(/(_wait)?_fn$/, "", kind)
	began[kind, ++nr_began[kind]] = ns
}

# A work that was preempted is in several records: from its first to its last one.
function record(    n) {
	if (r["cpu"] != cpu)
		return
	if (r["kind"] == "work" && r["flags"] !~ /begin/ && open[r["object"]]) {
		until[open[r["object"]]] = r["end_ns"] + 0
		return
	}
	n = ++nr_records
	kind_of[n] = r["kind"]
	name_of[n] = r["name"] " " r["function"] (r["function"] == "" ? "" : " ")
	since[n] = r["start_ns"] + 0
	until[n] = r["end_ns"] + 0
	task_of[n] = r["comm"]
	if (r["kind"] == "work")
		open[r["object"]] = n
}

# The record that a piece of a kind, begun at ns, lies in; of contend the wait begins after it.
function find_record(kind, ns,    n) {
	for (n = 1; n <= nr_records; n++)
		if (index(" " class[kind] " ", " " kind_of[n] " ") && name_of[n] ~ named[kind] &&
			(kind == "contend" ? since[n] >= ns : since[n] <= ns && until[n] >= ns))
			return n
	return 0
}

function check_piece(kind, spent,    k, n, off, allowed) {
	k = ++nr_pieces[kind]
	n = k <= nr_began[kind] ? find_record(kind, began[kind, k]) : 0
	if (!n) {
		if (kind == "ipi" && nr_polled++ < polled)
			return
		fail(kind " " k ": no record")
		return
	}
	if (class[kind] == "thread") {
		if (task_of[n] != "qpw_noise/" cpu)
			fail(kind " " k ": in " task_of[n])
		return
	}
	if (kind_of[n] == "qpw_inline")
		is_elsewhere[kind] = 1
	allowed = spent * 0.02 > 1000 ? spent * 0.02 : 1000
	offs[kind, ++nr_offs[kind]] = distance(until[n] - since[n], spent)
	if (kind != "contend" && until[n] - since[n] < spent - STEP_NS)
		fail(sprintf("%s %d: %.0f ns recorded, shorter than the %.0f ns made in it", kind, k,
			until[n] - since[n], spent))
	else if (distance(until[n] - since[n], spent) <= allowed)
		nr_within[kind]++
	else if (is_confirmed(kind, began[kind, k], until[n] - since[n]))
		nr_around++
	else
		fail(sprintf("%s %d: %.0f ns recorded, %.0f ns made", kind, k,
			until[n] - since[n], spent))
	nr_compared++
}

function distance(a, b) {
	return a > b ? a - b : b - a
}

# The interval of an ftrace instance that a piece, begun at ns, lies in, or of contend the first one
# after it: into begins[who] and ends[who]; false if there is none.
function find_interval(who, kind, ns,    key, base, n, found) {
	for (key in keys) {
		base = key
		sub(/ .*/, "", base)
		if (!index(" " class[kind] " ", " " base " "))
			continue
		for (n = 1; n <= count[who, key]; n++) {
			if (kind == "contend" ? from[who, key, n] < ns : \
				from[who, key, n] > ns || to[who, key, n] < ns)
				continue
			if (found && from[who, key, n] >= begins[who])
				break
			found = 1
			begins[who] = from[who, key, n]
			while (base == "work" && about[who, key, n] !~ / end$/)
				n++
			ends[who] = to[who, key, n]
			break
		}
	}
	return found
}

# Is this length one that the interval may have by what ftrace noted before and after the recorder?
function is_confirmed(kind, ns, len) {
	return find_interval("A", kind, ns) && find_interval("B", kind, ns) &&
		len >= ends["A"] - begins["B"] && len <= ends["B"] - begins["A"]
}

function median(kind,    i, j, swap) {
	for (i = 2; i <= nr_offs[kind]; i++)
		for (j = i; j > 1 && offs[kind, j - 1] > offs[kind, j]; j--) {
			swap = offs[kind, j]
			offs[kind, j] = offs[kind, j - 1]
			offs[kind, j - 1] = swap
		}
	return offs[kind, int((nr_offs[kind] + 1) / 2)]
}

role == "pieces" {
	if (NF == 2 && $1 in class && $2 ~ /^[0-9]+$/)
		check_piece($1, $2 + 0)
	else
		fail("no piece: " $0)
}

END {
	for (kind in nr_pieces) {
		if (nr_offs[kind] && !nr_within[kind] && !is_elsewhere[kind])
			fail("no " kind " is as long as it was made")
		printf "pieces %s %d within %d off %.0f %.0f\n", kind, nr_pieces[kind], nr_within[kind],
			median(kind), offs[kind, nr_offs[kind]]
	}
	if (nr_around * 2 > nr_compared)
		fail(nr_around " of " nr_compared " pieces are not as long as what surrounds them")
	if (!nr_records)
		fail("no records")
	exit nr_errors > 0
}
