// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report's sections about who caused it: origins, tasks that came, locks that were waited
 * for, the CPU taken from the victim, and what the victim did to itself. Knows neither files nor
 * options.
 */
#include "view/report_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/blame.h"
#include "model/callers.h"
#include "model/counter.h"
#include "util/array.h"
#include "util/text.h"
#include "view/summary_causers.h"
#include "view/words.h"

static void note_cgroup(struct text_table *t, const char *cgroup)
{
	char path[4 * QPW_PATH_LEN + 1], line[sizeof(path) + 16];

	if (!cgroup[0] || !strcmp(cgroup, "/"))
		return;
	text_escape(cgroup, path, sizeof(path));
	snprintf(line, sizeof(line), "in cgroup %s", path);
	text_table_note(t, line);
}

static void note_callsite(struct text_table *t, const char *callsite)
{
	char safe[4 * QPW_SYMBOL_LEN + 1], line[sizeof(safe) + 16];

	if (!callsite[0])
		return;
	text_escape_n(callsite, QPW_SYMBOL_LEN, safe, sizeof(safe));
	snprintf(line, sizeof(line), "sent from %s", safe);
	text_table_note(t, line);
}

void report_origins(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "class", true }, { "cause", true },	{ "QPW", true },      { "count", false },
		{ "by", true },	   { "on CPU", false }, { "wait us", false }, { "max us", false },
	};
	size_t nr_all, nr;
	struct callers_who *rows = callers_who(r->snapshot, &nr_all);
	struct text_table t;
	char who[WORDS_TASK];

	if (!rows)
		return;
	nr = report_limit(r, nr_all);
	report_heading_of(
		o, "who caused it",
		"QPW: what it would avoid; wait: mean from queueing, sending or waking to "
		"the start here",
		nr, nr_all);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct callers_who *w = &rows[i];

		words_task(w->of->origin.comm, w->pid, who);
		text_table_name(&t, snap_class_name(w->of->class));
		text_table_name(&t, w->of->name);
		text_table_name(&t, blame_is_avoidable(w->of->class, w->of->name) ? "yes" : "-");
		text_table_count(&t, w->count);
		text_table_name(&t, who);
		text_table_count(&t, w->of->origin.cpu);
		text_table_us(&t, w->wait_ns / w->count);
		text_table_us(&t, w->wait_max_ns);
		note_callsite(&t, w->of->callsite);
		note_cgroup(&t, w->of->cgroup);
	}
	sheet_table(o, &t);
	free(rows);
	if (r->snapshot->caused_left_out)
		sheet_line(o, "%" PRIu64 " interruptions by rarer origins are not listed",
			   r->snapshot->caused_left_out);
}

/* What is missing from a section. */
static void print_lacks(const struct sheet *o, const struct snap_counts *counts,
			enum counter_about about)
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		const struct counter *c = &counters[i];
		uint64_t value = counter_get(c, counts);

		if (c->about == about && c->lack && value)
			sheet_warning(o, "%s%" PRIu64 " %s.", c->is_bound ? "at most " : "", value,
				      c->lack);
	}
}

static void print_moves(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "task", true }, { "from CPU", false }, { "count", false },
		{ "by", true },	  { "on CPU", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_moves);
	struct text_table t;

	if (!nr)
		return;
	report_heading_of(o, "tasks moved to the watched CPUs", NULL, nr, s->nr_moves);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		text_table_name(&t, s->moves[i].comm);
		text_table_count(&t, s->moves[i].from_cpu);
		text_table_count(&t, s->moves[i].count);
		text_table_name(&t, s->moves[i].by_comm);
		text_table_count(&t, s->moves[i].by_cpu);
	}
	sheet_table(o, &t);
}

static void print_locks(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "lock", true },   { "waiter", true },	   { "victim", true },
		{ "count", false }, { "total us", false }, { "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_locks);
	struct text_table t;

	if (!nr)
		return;
	report_heading_of(o, "waits for contended locks on the watched CPUs", NULL, nr,
			  s->nr_locks);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		text_table_name(&t, summary_lock_kind(s->locks[i].flags));
		text_table_name(&t, s->locks[i].comm);
		text_table_name(&t, s->locks[i].by_victim ? "yes" : "-");
		text_table_count(&t, s->locks[i].count);
		text_table_us(&t, s->locks[i].total_ns);
		text_table_us(&t, s->locks[i].max_ns);
	}
	sheet_table(o, &t);
}

static void print_taken(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "by", true },
		{ "count", false },
		{ "total us", false },
		{ "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_taken);
	struct text_table t;

	if (!nr)
		return;
	report_heading_of(o, "the CPU taken from the victim while it wanted to run",
			  "until it ran again", nr, s->nr_taken);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		text_table_name(&t, s->taken[i].by_comm);
		text_table_count(&t, s->taken[i].count);
		text_table_us(&t, s->taken[i].total_ns);
		text_table_us(&t, s->taken[i].max_ns);
	}
	sheet_table(o, &t);
}

/* "40 by SCHED, 2 by RCU", "" for none. */
static void format_tick(const struct snap_counts *c, char *buf, size_t size)
{
	buf[0] = '\0';
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		if (c->tick_kept[i])
			text_add(buf, size, "%s%" PRIu64 " by %s", buf[0] ? ", " : "",
				 c->tick_kept[i], summary_tick_reason((enum qpw_tick_reason)i));
}

/* Lines only for what there was. */
static void print_counts(const struct sheet *o, const struct snapshot *s)
{
	const struct snap_counts *c = &s->counts;
	char calls[96] = "system calls not counted", kept[512];

	format_tick(c, kept, sizeof(kept));
	if (c->page_faults || c->system_calls || c->system_calls_missed || c->tick_stops || kept[0])
		sheet_heading(o, "counted", NULL);
	if (snapshot_counts_calls(s))
		snprintf(calls, sizeof(calls), "%" PRIu64 " system calls", c->system_calls);
	if (c->system_calls_missed)
		text_add(calls, sizeof(calls), " (at most %" PRIu64 " more)",
			 c->system_calls_missed);
	if (c->page_faults || c->system_calls || c->system_calls_missed)
		sheet_line(o, "self-inflicted by the victim: %" PRIu64 " page faults, %s",
			   c->page_faults, calls);
	if (c->tick_stops)
		sheet_line(o, "tick stopped %" PRIu64 " times", c->tick_stops);
	if (kept[0])
		sheet_line(o, "tick kept: %s", kept);
}

void report_points(const struct sheet *o, const struct report *r)
{
	print_moves(o, r);
	/* after both tables that it is about, and without them */
	print_lacks(o, &r->snapshot->counts, COUNTER_ORIGINS);
	print_locks(o, r);
	print_lacks(o, &r->snapshot->counts, COUNTER_LOCKS);
	print_taken(o, r);
	print_counts(o, r->snapshot);
}
