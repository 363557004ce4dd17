/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one trace says, as text, in the order in which a reader asks. Whatever comes from outside
 * passes text_escape(). Knows neither files nor options.
 */
#include "view/report.h"

#include <inttypes.h>
#include <string.h>

#include "util/array.h"
#include "util/duration.h"
#include "util/record.h"
#include "util/text.h"
#include "view/percentiles.h"
#include "view/report_parts.h"
#include "view/text_table.h"

#define COLUMNS 100
#define FACT_COLUMN 14 /* the values of facts begin behind it */

/* "  name         value", foreign text broken at blanks; nothing when there is none. */
static void print_fact(FILE *f, const char *name, const char *value)
{
	char escaped[4 * HOST_CMDLINE + 1];
	size_t column = FACT_COLUMN;

	if (!value[0])
		return;
	text_escape(value, escaped, sizeof(escaped));
	fprintf(f, "  %-12s", name);
	for (char *word = escaped, *end; word; word = end ? end + 1 : NULL) {
		end = strchr(word, ' ');
		if (end)
			*end = '\0';
		if (column > FACT_COLUMN && column + 1 + text_width(word) > COLUMNS) {
			fprintf(f, "\n  %-12s", "");
			column = FACT_COLUMN;
		}
		column += 1 + text_width(word);
		fprintf(f, " %s", word);
	}
	fputc('\n', f);
}

static const char *or_none(const char *cpus)
{
	return cpus[0] ? cpus : "none";
}

static void print_setup(FILE *f, const struct report *r)
{
	const struct host_facts *h = &r->traces[0].facts;
	const struct snapshot *s = r->snapshot;
	char line[5 * HOST_TEXT], window[32];

	snprintf(line, sizeof(line), "%s %s", h->release, h->machine);
	print_fact(f, "kernel", line);
	snprintf(line, sizeof(line), "%s%s%s%s", host_mode_name(h->mode),
		 h->mode_reason[0] ? " (" : "", h->mode_reason, h->mode_reason[0] ? ")" : "");
	print_fact(f, "mode", line);
	snprintf(line, sizeof(line), "%s%s%s, clocksource %s", h->hostname,
		 h->hypervisor[0] ? ", virtual machine: " : "", h->hypervisor,
		 h->clocksource[0] ? h->clocksource : "unknown");
	print_fact(f, "machine", line);
	snprintf(line, sizeof(line), "watched %s; isolated %s, nohz_full %s, online %s",
		 or_none(h->watched), or_none(h->isolated), or_none(h->nohz_full),
		 or_none(h->online));
	print_fact(f, "CPUs", line);
	print_fact(f, "command line", h->cmdline);
	duration_format(s->window_ns, window, sizeof(window));
	fprintf(f, "  %-12s %s, %" PRIu64 " records, %" PRIu64 " lost\n", "window", window,
		s->nr_events, s->nr_lost);
}

/* ns in percent of the time that the watched CPUs had, "-" where that is not known. */
static void format_share(const struct report *r, uint64_t ns, char *buf, size_t size)
{
	double all_ns = report_watched_ns(r);

	if (all_ns > 0)
		snprintf(buf, size, "%.4f", (double)ns * 100.0 / all_ns);
	else
		snprintf(buf, size, "-");
}

/* The answer first: how late, how often disturbed and by how much, by whom. */
static void print_result(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	uint64_t count = 0, self_ns = 0, remote = 0, inlined = 0, avoidable = 0, avoidable_ns = 0;
	char share[32];

	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		count += s->classes[i].count;
		self_ns += s->classes[i].self_ns;
	}
	for (size_t i = 0; i < s->nr_works; i++) {
		remote += s->works[i].remote;
		inlined += s->works[i].inlined;
		if (!snap_qpw_family(s->works[i].function))
			continue;
		avoidable += s->works[i].executed;
		avoidable_ns += s->works[i].run_ns;
	}
	if (s->nr_samples)
		fprintf(f, "  %-12s p50 %.1f us, max %.1f us over %" PRIu64 " wake-ups\n",
			"latency", (double)hist_percentile(s->latency, 50) / 1e3,
			(double)hist_max(s->latency) / 1e3, s->nr_samples);
	format_share(r, self_ns, share, sizeof(share));
	fprintf(f, "  %-12s %" PRIu64 " interruptions took %s %% of the watched CPUs' time\n",
		"stolen", count, share);
	fprintf(f,
		"  %-12s from other CPUs: %" PRIu64 " executed here, %" PRIu64
		" run inline by the caller\n",
		"work", remote, inlined);
	if (avoidable)
		fprintf(f,
			"  %-12s %" PRIu64
			" of the works run here, %.1f us: QPW lets the caller do "
			"them\n",
			"avoidable", avoidable, (double)avoidable_ns / 1e3);
}

#define OFFLINES_SHOWN 10

/* Times of the window; what lies outside of it is not told. */
static void print_offlines(FILE *f, const struct snapshot *s)
{
	size_t nr = s->nr_offlines < OFFLINES_SHOWN ? s->nr_offlines : OFFLINES_SHOWN;
	uint64_t nr_more = s->nr_offlines - nr + s->nr_offlines_left_out;

	for (size_t i = 0; i < nr; i++) {
		const struct snap_offline *o = &s->offlines[i];

		fprintf(f, "\nWARNING: watched CPU %" PRIu32 " was offline from ", o->cpu);
		if (o->start_ns > s->window_start_ns)
			fprintf(f, "%.3f s", (double)(o->start_ns - s->window_start_ns) / 1e9);
		else
			fputs("the beginning", f);
		if (o->end_ns && o->end_ns <= s->window_end_ns)
			fprintf(f, " to %.3f s.\n", (double)(o->end_ns - s->window_start_ns) / 1e9);
		else
			fputs(" to the end.\n", f);
	}
	if (nr_more)
		fprintf(f, "\nWARNING: watched CPUs were offline %" PRIu64 " times more.\n",
			nr_more);
}

/* What the reader of one file found wrong. Whether it did. */
static bool print_problem(FILE *f, const struct report *r, const struct report_trace *t)
{
	char text[4 * REPORT_PROBLEM], path[1024];

	if (!t->problem[0])
		return false;
	text_escape(t->problem, text, sizeof(text));
	text_escape(t->path, path, sizeof(path));
	fprintf(f, "\nWARNING: %s%sthis is a part of a recording: %s.\n",
		r->nr_traces > 1 ? path : "", r->nr_traces > 1 ? ": " : "", text);
	return true;
}

/* "  CPU 1: 5 softirq, 2 of unknown kind", a line for each CPU. */
static void print_lost(FILE *f, const struct snapshot *s)
{
	if (!s->nr_lost)
		return;
	fprintf(f,
		"\nWARNING: %" PRIu64 " records were lost. Counts and times are lower bounds, "
		"residuals upper ones.\n",
		s->nr_lost);
	for (size_t i = 0; i < s->nr_losses; i++) {
		const struct snap_loss *l = &s->lost[i];
		bool first = !i || s->lost[i - 1].cpu != l->cpu;
		bool last = i + 1 == s->nr_losses || s->lost[i + 1].cpu != l->cpu;
		const char *kind = record_kind_name(l->kind);

		if (first)
			fprintf(f, "  CPU %" PRIu32 ":", l->cpu);
		fprintf(f, " %" PRIu64 " %s%s", l->count, kind ? kind : "of unknown kind",
			last ? "\n" : ",");
	}
}

/* What makes the figures less than the whole truth. */
static void print_warnings(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	unsigned int nr_problems = 0;

	print_lost(f, s);
	print_offlines(f, s);
	for (size_t i = 0; i < r->nr_traces; i++)
		nr_problems += print_problem(f, r, &r->traces[i]);
	if (!nr_problems && s->truncated)
		fputs("\nWARNING: this is a part of a recording.\n", f);
	else if (!nr_problems && !s->window_closed)
		fputs("\nWARNING: the recording did not end in order: its window was not closed.\n",
		      f);
	if (report_malformed(r))
		fprintf(f, "\nWARNING: %" PRIu64 " malformed records were left out.\n",
			report_malformed(r));
}

static bool same_loss(const struct snap_probe *a, const struct snap_probe *b)
{
	return a->state == b->state && a->error == b->error && !strcmp(a->loses, b->loses);
}

static const char *probe_reason(const struct snap_probe *p)
{
	const char *name = p->error ? strerrorname_np(-p->error) : "not in this kernel";

	return name ? name : "error";
}

/* One line per loss, with the probes that would be needed. */
static void print_missing_probes(FILE *f, const struct snapshot *s)
{
	char text[4 * QPW_TEXT_LEN];
	bool first = true;

	for (size_t i = 0; i < s->nr_probes; i++) {
		const struct snap_probe *p = &s->probes[i];
		size_t twin = 0;

		while (!same_loss(p, &s->probes[twin]))
			twin++;
		if (p->state != QPW_PROBE_MISSING || twin < i)
			continue;
		if (first)
			fputs("\nnot recorded, for want of a probe\n", f);
		first = false;
		text_escape(p->loses, text, sizeof(text));
		fprintf(f, "  %s (%s:", text, probe_reason(p));
		for (size_t j = i; j < s->nr_probes; j++) {
			if (!same_loss(p, &s->probes[j]))
				continue;
			text_escape(s->probes[j].name, text, sizeof(text));
			fprintf(f, " %s", text);
		}
		fputs(")\n", f);
	}
}

static void print_latency(FILE *f, const struct snapshot *s)
{
	static const struct text_column columns[PERCENTILES + 4] = {
		{ "samples", false }, { "min", false }, { "mean", false },  { "p50", false },
		{ "p90", false },     { "p99", false }, { "p99.9", false }, { "p99.99", false },
		{ "p99.999", false }, { "max", false },
	};
	struct text_column shown[PERCENTILES + 4];
	struct text_table t;
	int nr = 0;

	if (!s->nr_samples) {
		fputs("\nlatency: no wake-up of a victim was recorded\n", f);
		return;
	}
	while (nr < PERCENTILES && s->nr_samples >= percentiles[nr].needs)
		nr++;
	memcpy(shown, columns, (size_t)(nr + 3) * sizeof(shown[0]));
	shown[nr + 3] = columns[PERCENTILES + 3];
	fputs("\nlatency of the victim's wake-ups, timer expiry to running, us\n", f);
	text_table_init(&t, shown, (size_t)nr + 4);
	text_table_count(&t, s->nr_samples);
	text_table_us(&t, hist_min(s->latency));
	text_table_real(&t, hist_mean(s->latency) / 1e3, 1);
	for (int i = 0; i < nr; i++)
		text_table_us(&t, hist_percentile(s->latency, percentiles[i].percent));
	text_table_us(&t, hist_max(s->latency));
	text_table_print(&t, f, 2);
	text_table_finish(&t);
	if (s->nr_remote_timers)
		fprintf(f, "  of these, the timer of %" PRIu64 " expired on another CPU\n",
			s->nr_remote_timers);
}

static void print_classes(FILE *f, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "class", true },    { "count", false },   { "per second", false },
		{ "self ms", false }, { "share %", false }, { "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	double seconds = (double)s->window_ns / 1e9;
	struct text_table t;
	char share[32];

	fputs("\ninterruptions of the watched CPUs (self: without what nested inside)\n", f);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		const struct snap_total *c = &s->classes[i];

		text_table_name(&t, snap_class_name((enum snap_class)i));
		text_table_count(&t, c->count);
		text_table_real(&t, seconds > 0 ? (double)c->count / seconds : 0, 2);
		text_table_ms(&t, c->self_ns);
		format_share(r, c->self_ns, share, sizeof(share));
		text_table_name(&t, share);
		text_table_us(&t, c->max_ns);
	}
	text_table_print(&t, f, 2);
	text_table_finish(&t);
}

static size_t limit(const struct report *r, size_t nr)
{
	return r->top && nr > r->top ? r->top : nr;
}

static void print_causes(FILE *f, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "class", true },    { "cause", true },     { "count", false },
		{ "self ms", false }, { "total ms", false }, { "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = limit(r, s->nr_causes);
	struct text_table t;

	if (!nr)
		return;
	fprintf(f, "\ncauses by self time, %zu of %zu\n", nr, s->nr_causes);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct snap_cause *c = &s->causes[i];

		text_table_name(&t, snap_class_name(c->class));
		text_table_name(&t, c->name);
		text_table_count(&t, c->count);
		text_table_ms(&t, c->self_ns);
		text_table_ms(&t, c->total_ns);
		text_table_us(&t, c->max_ns);
	}
	text_table_print(&t, f, 2);
	text_table_finish(&t);
}

void report_text(FILE *f, const struct report *r)
{
	char path[1024];

	for (size_t i = 0; i < r->nr_traces; i++) {
		text_escape(r->traces[i].path, path, sizeof(path));
		fprintf(f, "%s\n", path);
	}
	print_result(f, r);
	print_setup(f, r);
	print_warnings(f, r);
	print_missing_probes(f, r->snapshot);
	print_latency(f, r->snapshot);
	print_classes(f, r);
	print_causes(f, r);
	report_works(f, r);
	report_origins(f, r);
	report_flushes(f, r);
	report_waiters(f, r);
	report_contended(f, r);
	report_points(f, r);
	report_outliers(f, r);
}
