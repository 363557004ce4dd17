// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text report's sections about work: remote work, flush waits, lock contention. Knows neither
 * files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/words.h"

#define ORIGINS_SHOWN 3

/* "from churn:77 on CPU 0 (12), …, others (3)" */
static void note_origins(struct text_table *t, const struct snap_work *w)
{
	char note[512] = "from ", task[WORDS_TASK], escaped[4 * WORDS_TASK];
	uint64_t more = w->other_origins;

	if (!w->nr_origins)
		return;
	for (uint32_t i = 0; i < w->nr_origins; i++) {
		const struct snap_origin *o = &w->origins[i];

		if (i >= ORIGINS_SHOWN) {
			more += o->count;
			continue;
		}
		words_task(o->comm, o->pid, task);
		text_escape(task, escaped, sizeof(escaped));
		text_add(note, sizeof(note), "%s%s on CPU %" PRIu32 " (%" PRIu64 ")", i ? ", " : "",
			 escaped, o->cpu, o->count);
	}
	if (more)
		text_add(note, sizeof(note), ", others (%" PRIu64 ")", more);
	text_table_note(t, note);
}

/* How long it waited to be executed, and what the callers spent on it. */
static void note_times(struct text_table *t, const struct snap_work *w)
{
	char note[160];

	if (w->wait && hist_count(w->wait)) {
		snprintf(note, sizeof(note), "queue to execute: p50 %.1f us, max %.1f us",
			 (double)hist_percentile(w->wait, 50) / 1e3,
			 (double)hist_max(w->wait) / 1e3);
		text_table_note(t, note);
	}
	if (w->inlined) {
		snprintf(note, sizeof(note), "inline: %.1f us in all", (double)w->inline_ns / 1e3);
		text_table_note(t, note);
	}
}

/* p50 and max of a histogram in us, "-" for none. */
static void add_wait(struct text_table *t, const struct hist *wait)
{
	if (!wait || !hist_count(wait)) {
		text_table_name(t, "-");
		text_table_name(t, "-");
		return;
	}
	text_table_us(t, hist_percentile(wait, 50));
	text_table_us(t, hist_max(wait));
}

void report_works(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "function", true },  { "QPW", true },	    { "queued", false },
		{ "executed", false }, { "remote", false }, { "unknown", false },
		{ "inline", false },   { "run us", false },
	};
	const struct snapshot *s = r->snapshot;
	struct text_table t;

	if (!s->nr_works) {
		sheet_heading(o, "work for the watched CPUs: none", NULL);
		return;
	}
	sheet_heading(o, "work for the watched CPUs",
		      "QPW: what it would avoid; remote: queued by another CPU; unknown: by "
		      "whom was not seen; inline: run by the caller");
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < s->nr_works; i++) {
		const struct snap_work *w = &s->works[i];

		text_table_name(&t, w->function);
		text_table_name(&t, snap_qpw_family(w->function) ? "yes" : "-");
		text_table_count(&t, w->queued);
		text_table_count(&t, w->executed);
		text_table_count(&t, w->remote);
		text_table_count(&t, w->unknown);
		text_table_count(&t, w->inlined);
		text_table_us(&t, w->run_ns);
		note_origins(&t, w);
		note_times(&t, w);
	}
	sheet_table(o, &t);
}

void report_flushes(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "waited in", true }, { "for work", true },  { "count", false },
		{ "skipped", false },  { "total ms", false }, { "p50 us", false },
		{ "max us", false },
	};
	const struct snapshot *s = r->snapshot;
	struct text_table t;

	if (!s->nr_flushes)
		return;
	sheet_heading(o, "waits in flushes and drains", "skipped: nothing to wait for");
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < s->nr_flushes; i++) {
		const struct snap_flush *w = &s->flushes[i];

		text_table_name(&t, w->function);
		text_table_name(&t, w->work[0] ? w->work : "-");
		text_table_count(&t, w->count);
		text_table_count(&t, w->skipped);
		text_table_ms(&t, w->total_ns);
		add_wait(&t, w->wait);
	}
	sheet_table(o, &t);
}

void report_waiters(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "who waited", true }, { "in", true },	    { "for work", true },
		{ "of CPU", false },	{ "count", false }, { "total ms", false },
		{ "max us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_waiters);
	struct text_table t;

	if (!nr)
		return;
	report_heading_of(o, "who waited in them", NULL, nr, s->nr_waiters);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct snap_waiter *w = &s->waiters[i];

		text_table_name(&t, w->comm);
		text_table_name(&t, w->function);
		text_table_name(&t, w->work[0] ? w->work : "-");
		if (w->target_cpu == SNAP_CPU_UNKNOWN)
			text_table_name(&t, "-");
		else
			text_table_count(&t, w->target_cpu);
		text_table_count(&t, w->count);
		text_table_ms(&t, w->total_ns);
		text_table_us(&t, w->max_ns);
	}
	sheet_table(o, &t);
}

void report_contended(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "waiter", true },
		{ "count", false },
		{ "total us", false },
		{ "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	struct text_table t;

	if (!s->contended[0].count && !s->contended[1].count)
		return;
	sheet_heading(o, "waits for the watched CPUs' qpw locks", NULL);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (int i = 0; i < 2; i++) {
		text_table_name(&t, i ? "another CPU" : "the CPU itself");
		text_table_count(&t, s->contended[i].count);
		text_table_us(&t, s->contended[i].total_ns);
		text_table_us(&t, s->contended[i].max_ns);
	}
	sheet_table(o, &t);
}
