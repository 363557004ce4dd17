# SPDX-License-Identifier: GPL-2.0-only
#
# Holds the wake-ups that a recording has of cyclictest, one thread on one CPU, against those that
# it printed itself (--verbose --nsecs), one by one:
#   awk -v cpu=N [-v hidden="PID…"] [-v slow_clock=NAME] -f records.awk -f samples.awk role=csv records.csv \
#       role=wakings FILE role=verbose FILE
# wakings: what an ftrace instance noted as sched_waking of the thread, one for each that it printed.
# As many are recorded; only those may be missing that came while a task ran whose context programs
# can't see (hidden), as ftrace, which sees it, says. None is later than its own, since the way from
# the switch to user space comes on top; p50 and p99 are within 5 us or 10 % of its own; 99 % of its
# worst 1 % lie in our worst 2 %. Those are left out that became late after the switch, on the way,
# which is not the recorder's to see: by an interruption that it recorded there, or, with nothing
# running on the CPU (a machine's hypervisor took it away), by more than the same 5 us or 10 %. At
# most one in ten of the worst may be of the latter kind.
# Where the clock is a slow one to read, p50 and p99 are only printed.
# Prints what differs, both distributions, and that of the way (ns). Ranks are nearest ones.

# The ends of all records, for what lies on the way; of the samples their steps.
function record() {
	if (r["kind"] == "lost" && r["count"] != 0)
		fail("records were lost: " r["count"])
	if (r["cpu"] != cpu)
		return
	if (r["kind"] == "sample") {
		ours[++nr_ours] = r["end_ns"] - r["start_ns"]
		expiry[nr_ours] = r["start_ns"] + 0
	} else if (r["kind"] ~ /^(irq|softirq|ipi|timer|nmi|thread|work)$/) {
		from[++nr_records] = r["start_ns"] + 0
		to[nr_records] = r["end_ns"] + 0
	}
}

# "task-PID [CPU] flags SECONDS: sched_waking: …": whose context it was, and when, to the us.
role == "wakings" && /: sched_waking: / {
	match($0, /-[0-9]+ +\[[0-9]+\] +[^ ]+ +[0-9]+\.[0-9]+: /)
	waker[++nr_wakings] = substr($0, RSTART + 1) + 0
	split(substr($0, RSTART, RLENGTH), field, /[ :]+/)
	waking[nr_wakings] = field[4] * 1e9
}

BEGIN {
	n = split(hidden, list, " ")
	for (i = 1; i <= n; i++)
		is_hidden[list[i] + 0] = 1
}

# list[low..high] in order, numerically.
function sort_numbers(list, low, high,    i, j, middle, swap) {
	while (low < high) {
		middle = list[int((low + high) / 2)]
		i = low
		j = high
		while (i <= j) {
			while (list[i] < middle)
				i++
			while (list[j] > middle)
				j--
			if (i <= j) {
				swap = list[i]
				list[i++] = list[j]
				list[j--] = swap
			}
		}
		sort_numbers(list, low, j)
		low = i
	}
}

function rank(sorted, n, share,    i) {
	i = int(n * share)
	return sorted[i < n * share ? i + 1 : i > 0 ? i : 1]
}

function show(name, sorted, n) {
	printf "%s min %.0f p50 %.0f p99 %.0f max %.0f\n", name, sorted[1], rank(sorted, n, 0.5),
		rank(sorted, n, 0.99), sorted[n]
}

function allowed_for(ns) {
	return ns * 0.1 > 5000 ? ns * 0.1 : 5000
}

function compare_rank(share,    a, b, allowed) {
	a = rank(ours_sorted, nr, share)
	b = rank(theirs_sorted, nr, share)
	allowed = allowed_for(b)
	if (a - b > allowed || b - a > allowed)
		fail(sprintf("p%.0f: %.0f ns recorded, %.0f ns by cyclictest", share * 100, a, b))
}

# Is there a record between the switch to the victim and its look at the clock?
function is_interrupted(i,    switched, n) {
	switched = expiry[i] + ours[i]
	for (n = 1; n <= nr_records; n++)
		if (from[n] >= switched && from[n] < switched + way_of[i])
			return 1
	return 0
}

# Each of its worst 1 % is to be among our worst 2 %, unless it became late on the way.
function compare_worst(    i, bound, our_bound, nr_worst, nr_found, nr_interrupted, nr_late, why) {
	bound = theirs_sorted[nr - int(nr / 100) + 1]
	our_bound = ours_sorted[nr - int(nr / 50) + 1]
	for (i = 1; i <= nr; i++) {
		if (theirs[i] < bound)
			continue
		nr_worst++
		if (ours[i] >= our_bound) {
			nr_found++
			continue
		}
		why = "not in our worst"
		if (is_interrupted(i))
			why = "interrupted on the way"
		else if (way_of[i] > allowed_for(theirs[i]))
			why = "late on the way"
		nr_interrupted += why ~ /^interrupted/
		nr_late += why ~ /^late/
		printf "worst %d: %.0f ns by cyclictest, %.0f ns recorded: %s\n", i, theirs[i], ours[i], why
	}
	printf "worst %d found %d interrupted on the way %d late on the way %d\n", nr_worst, nr_found,
		nr_interrupted, nr_late
	if (nr_found < 0.99 * (nr_worst - nr_interrupted - nr_late))
		fail(nr_found " of its worst " nr_worst - nr_interrupted - nr_late " are in our worst 2 %")
	if (nr_late > 1 && nr_late > nr_worst / 10)
		fail(nr_late " of its worst " nr_worst " became late on the way")
}

# A recorded sample goes with the waking between its expiry and its switch (which ftrace has to the
# us). What has none must be hidden: drops it from theirs.
function pair_up(    k, o, n, kept) {
	o = 1
	for (k = 1; k <= nr_wakings; k++) {
		if (o <= nr_ours && waking[k] > expiry[o] - 1000 && waking[k] < expiry[o] + ours[o] + 1000) {
			kept[++n] = theirs[k]
			o++
		} else if (waker[k] in is_hidden) {
			nr_hidden++
		} else {
			fail(sprintf("sample %d is not recorded: woken at %.0f by %d", k, waking[k], waker[k]))
		}
	}
	for (k = 1; k <= n; k++)
		theirs[k] = kept[k]
	if (o <= nr_ours)
		fail(sprintf("recorded without a waking: expiry %.0f", expiry[o]))
	return n
}

role == "verbose" && /^ *[0-9]+: *[0-9]+: *-?[0-9]+$/ {
	split($0, part, ":")
	theirs[++nr_theirs] = part[3] + 0
}

END {
	if (nr_theirs != nr_wakings || nr_theirs < 100)
		fail(nr_wakings + 0 " wakings, " nr_theirs + 0 " samples by cyclictest")
	nr = pair_up()
	if (nr < 0.9 * nr_theirs || nr != nr_ours)
		fail(nr_ours + 0 " samples recorded, " nr_theirs + 0 " by cyclictest")
	if (nr_errors)
		exit 1
	for (i = 1; i <= nr; i++) {
		ours_sorted[i] = ours[i]
		theirs_sorted[i] = theirs[i]
		way[i] = way_of[i] = theirs[i] - ours[i]
		if (way[i] < 0)
			fail(sprintf("sample %d: %.0f ns recorded, %.0f ns by cyclictest", i, ours[i],
				theirs[i]))
	}
	sort_numbers(ours_sorted, 1, nr)
	sort_numbers(theirs_sorted, 1, nr)
	sort_numbers(way, 1, nr)
	print "samples " nr " hidden " nr_hidden + 0
	show("ours", ours_sorted, nr)
	show("cyclictest", theirs_sorted, nr)
	show("way", way, nr)
	if (slow_clock == "") {
		compare_rank(0.5)
		compare_rank(0.99)
	}
	compare_worst()
	exit nr_errors > 0
}
