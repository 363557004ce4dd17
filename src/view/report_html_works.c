// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's sections about what other CPUs wanted done, who waited for it, and what else befell
 * the watched CPUs and their victim.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>
#include <math.h>

#include "util/array.h"
#include "view/escape.h"
#include "view/summary_causers.h"
#include "view/timeline.h"

#define ORIGINS 3

/* <td> each for the median and the longest; "–" where none was seen. */
static void put_wait(FILE *f, const struct hist *wait)
{
	bool any = wait && hist_count(wait);

	html_ns(f, any ? (double)hist_percentile(wait, 50) : NAN);
	html_ns(f, any ? (double)hist_max(wait) : NAN);
}

#define WORK_COLUMNS 11

/* A row of their own, below that of the work: a column more would make the table too wide. */
static void put_queuers(FILE *f, const struct snap_work *w)
{
	uint64_t more = w->other_origins;

	fprintf(f, "<tr class=\"by\"><td class=\"t\" colspan=\"%d\">queued by ", WORK_COLUMNS);
	for (uint32_t i = 0; i < w->nr_origins; i++) {
		if (i >= ORIGINS) {
			more += w->origins[i].count;
			continue;
		}
		fprintf(f, "%s%" PRIu64 "× ", i ? ", " : "", w->origins[i].count);
		timeline_origin(f, &w->origins[i]);
	}
	if (more)
		fprintf(f, ", %" PRIu64 "× others", more);
	fputs("</td></tr>\n", f);
}

static void put_work(FILE *f, const struct snap_work *w)
{
	fputs(w->nr_origins ? "<tr class=\"first\">" : "<tr>", f);
	html_name(f, w->function);
	fprintf(f, "<td class=\"t\">%s</td>", snap_qpw_family(w->function) ? "yes" : "");
	html_count(f, w->queued);
	html_count(f, w->executed);
	html_count(f, w->remote);
	html_count(f, w->unknown);
	html_count(f, w->inlined);
	html_ns(f, (double)w->run_ns);
	html_ns(f, (double)w->inline_ns);
	put_wait(f, w->wait);
	fputs("</tr>\n", f);
	if (w->nr_origins)
		put_queuers(f, w);
}

static void put_works(FILE *f, const struct snapshot *s)
{
	static const struct html_column columns[WORK_COLUMNS] = {
		{ "function", true },	    { "avoidable", true },	 { "queued", false },
		{ "executed", false },	    { "by another CPU", false }, { "unknown", false },
		{ "in the caller", false }, { "time here", false },	 { "time there", false },
		{ "wait: p50", false },	    { "longest", false },
	};

	html_table(f, "Work by function; the wait is from queueing to the start here");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < s->nr_works; i++)
		put_work(f, &s->works[i]);
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_flushes(FILE *f, const struct snapshot *s)
{
	static const struct html_column columns[] = {
		{ "waited in", true }, { "for the work", true }, { "waits", false },
		{ "skipped", false },  { "time", false },	 { "p50", false },
		{ "longest", false },
	};

	html_table(f, "Waits in flushes and drains; skipped: there was nothing to wait for");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < s->nr_flushes; i++) {
		const struct snap_flush *w = &s->flushes[i];

		fputs("<tr>", f);
		html_name(f, w->function);
		html_name(f, w->work[0] ? w->work : "–");
		html_count(f, w->count);
		html_count(f, w->skipped);
		html_ns(f, (double)w->total_ns);
		put_wait(f, w->wait);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_waiters(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "who waited", true }, { "in", true },	    { "for the work", true },
		{ "of CPU", false },	{ "waits", false }, { "time", false },
		{ "longest", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_waiters);

	if (!nr)
		return;
	html_table(f, "Who waited in them");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct snap_waiter *w = &s->waiters[i];

		fputs("<tr>", f);
		html_name(f, w->comm);
		html_name(f, w->function);
		html_name(f, w->work[0] ? w->work : "–");
		if (w->target_cpu == SNAP_CPU_UNKNOWN)
			fputs("<td>–</td>", f);
		else
			html_count(f, w->target_cpu);
		html_count(f, w->count);
		html_ns(f, (double)w->total_ns);
		html_ns(f, (double)w->max_ns);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	report_html_more(f, nr, s->nr_waiters);
}

static void put_contended(FILE *f, const struct snapshot *s)
{
	static const struct html_column columns[] = {
		{ "waiter", true }, { "count", false }, { "time", false }, { "longest", false }
	};

	html_table(f, "Waits for the watched CPUs’ qpw locks");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (int i = 0; i < 2; i++) {
		fprintf(f, "<tr><td class=\"t\">%s</td>", i ? "another CPU" : "the CPU itself");
		html_count(f, s->contended[i].count);
		html_ns(f, (double)s->contended[i].total_ns);
		html_ns(f, (double)s->contended[i].max_ns);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
}

void report_html_works(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;

	html_section(f, "work", "Work that other CPUs wanted done");
	fputs("<p>Work items for the watched CPUs: run there, or, by QPW, in the caller. Avoidable is "
	      "what a QPW kernel lets the caller do.</p>\n",
	      f);
	if (s->nr_works)
		put_works(f, s);
	else
		fputs("<p>There was none.</p>\n", f);
	if (s->nr_flushes)
		put_flushes(f, s);
	put_waiters(f, r);
	if (s->contended[0].count || s->contended[1].count)
		put_contended(f, s);
	html_section_end(f);
}

static void put_moves(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "task", true }, { "from CPU", false }, { "count", false },
		{ "by", true },	  { "on CPU", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_moves);

	if (!nr)
		return;
	html_table(f, "Tasks moved to the watched CPUs");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		fputs("<tr>", f);
		html_name(f, s->moves[i].comm);
		html_count(f, s->moves[i].from_cpu);
		html_count(f, s->moves[i].count);
		html_name(f, s->moves[i].by_comm);
		html_count(f, s->moves[i].by_cpu);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	report_html_more(f, nr, s->nr_moves);
}

static void put_locks(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "lock", true },   { "waiter", true }, { "victim", true },
		{ "count", false }, { "time", false },	{ "longest", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_locks);

	if (!nr)
		return;
	html_table(f, "Waits for contended locks on the watched CPUs");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct snap_lock *l = &s->locks[i];

		fprintf(f, "<tr><td class=\"t\">%s</td>", summary_lock_kind(l->flags));
		html_name(f, l->comm);
		fprintf(f, "<td class=\"t\">%s</td>", l->by_victim ? "yes" : "");
		html_count(f, l->count);
		html_ns(f, (double)l->total_ns);
		html_ns(f, (double)l->max_ns);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	report_html_more(f, nr, s->nr_locks);
}

static void put_taken(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "by", true }, { "count", false }, { "time", false }, { "longest", false }
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_taken);

	if (!nr)
		return;
	html_table(f, "The CPU taken from the victim while it wanted to run, until it ran again");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		fputs("<tr>", f);
		html_name(f, s->taken[i].by_comm);
		html_count(f, s->taken[i].count);
		html_ns(f, (double)s->taken[i].total_ns);
		html_ns(f, (double)s->taken[i].max_ns);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	report_html_more(f, nr, s->nr_taken);
}

/* Sentences only for what there was. */
static void put_counts(FILE *f, const struct snapshot *s)
{
	const struct snap_counts *c = &s->counts;
	char calls[32] = "not counted";

	if (snapshot_counts_calls(s))
		snprintf(calls, sizeof(calls), "%" PRIu64, c->system_calls);
	fputs("<ul>\n", f);
	if (c->page_faults || c->system_calls)
		fprintf(f, "<li>Page faults of the victim: %" PRIu64 "; system calls: %s.</li>\n",
			c->page_faults, calls);
	if (c->tick_stops)
		fprintf(f, "<li>The tick was stopped: %" PRIu64 ".</li>\n", c->tick_stops);
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		if (c->tick_kept[i])
			fprintf(f, "<li>The tick was kept by %s: %" PRIu64 ".</li>\n",
				summary_tick_reason((enum qpw_tick_reason)i), c->tick_kept[i]);
	fputs("</ul>\n", f);
}

static bool has_counts(const struct snap_counts *c)
{
	bool any = c->page_faults || c->system_calls || c->tick_stops;

	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		any |= c->tick_kept[i] != 0;
	return any;
}

void report_html_points(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;

	if (!s->nr_moves && !s->nr_locks && !s->nr_taken && !has_counts(&s->counts))
		return;
	html_section(f, "points", "What else happened on the watched CPUs");
	put_moves(f, r);
	put_locks(f, r);
	put_taken(f, r);
	if (has_counts(&s->counts))
		put_counts(f, s);
	html_section_end(f);
}
