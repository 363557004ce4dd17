// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report's sections about latency and about what interrupted. Knows neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>

#include "model/blame.h"
#include "model/quantile.h"
#include "model/sight.h"
#include "util/array.h"
#include "view/percentiles.h"

/* "1650.1 to 1702.4"; a bound that so few samples do not give is a dash. */
static void format_interval(const struct quantile_interval *i, char *buf, size_t size)
{
	char low[32] = "-", high[32] = "-";

	if (i->has_low)
		snprintf(low, sizeof(low), "%.1f", (double)i->low / 1e3);
	if (i->has_high)
		snprintf(high, sizeof(high), "%.1f", (double)i->high / 1e3);
	snprintf(buf, size, "%s to %s", low, high);
}

static void add_exact(struct text_table *t, const char *name, uint64_t ns)
{
	text_table_name(t, name);
	text_table_us(t, ns);
	text_table_name(t, "exact");
}

/* Whoever waits for others than a timer is not measured, and is to know. */
static void print_untimed(const struct sheet *o, uint64_t nr)
{
	if (nr)
		sheet_line(o,
			   "%" PRIu64 " wake-ups of the victim were not by the timer of a sleep (a "
			   "pipe, futex, signal, timerfd, ...): not measured",
			   nr);
}

void report_latency(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "", true },
		{ "us", false },
		{ "95 % interval", false },
	};
	const struct snapshot *s = r->snapshot;
	const struct hist *h = s->latency;
	struct text_table t;
	char interval[80];

	if (!s->nr_samples) {
		sheet_heading(o, "latency: no wake-up of a victim was recorded",
			      s->nr_taken ? "for the times that its CPU was taken, see below" :
					    NULL);
		print_untimed(o, s->counts.untimed_wakeups);
		return;
	}
	sheet_heading(o, "latency of the victim's wake-ups, timer expiry to running",
		      "interval: where the percentile lies if wake-ups are independent");
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	add_exact(&t, "min", hist_min(h));
	for (int i = 0; i < PERCENTILES && s->nr_samples >= percentiles[i].needs; i++) {
		struct quantile_interval q =
			quantile_interval(h, percentiles[i].percent, REPORT_LEVEL);

		text_table_name(&t, percentiles[i].label);
		text_table_us(&t, hist_percentile(h, percentiles[i].percent));
		format_interval(&q, interval, sizeof(interval));
		text_table_name(&t, interval);
	}
	add_exact(&t, "max", hist_max(h));
	text_table_name(&t, "mean");
	text_table_real(&t, hist_mean(h) / 1e3, 1);
	text_table_name(&t, "exact");
	sheet_table(o, &t);
	sheet_line(o, "%" PRIu64 " samples", s->nr_samples);
	if (s->nr_remote_timers)
		sheet_line(o, "of these, the timer of %" PRIu64 " expired on another CPU",
			   s->nr_remote_timers);
	print_untimed(o, s->counts.untimed_wakeups);
}

/* Events a second of the whole window. */
static double rate(const struct report *r, uint64_t count)
{
	double seconds = (double)r->snapshot->window_ns / 1e9;

	return seconds > 0 ? (double)count / seconds : 0;
}

static void add_class(struct text_table *t, const struct report *r, const char *name,
		      const struct snap_total *c)
{
	char share[32];

	text_table_name(t, name);
	text_table_count(t, c->count);
	text_table_real(t, rate(r, c->count), 2);
	text_table_ms(t, c->self_ns);
	report_share(r, c->self_ns, share, sizeof(share));
	text_table_name(t, share);
	if (c->max_ns)
		text_table_us(t, c->max_ns);
	else
		text_table_name(t, "-");
}

/* What nobody looked at is not nothing. */
static void add_unseen(struct text_table *t, const char *name, size_t figures)
{
	text_table_name(t, name);
	for (size_t i = 0; i < figures; i++)
		text_table_name(t, "-");
}

void report_classes(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "class", true },    { "count", false },   { "per second", false },
		{ "self ms", false }, { "share %", false }, { "longest us", false },
	};
	const struct snapshot *s = r->snapshot;
	struct snap_total all = blame_all(s);
	struct snap_total avoidable = blame_avoidable(s);
	struct text_table t;

	sheet_heading(o, "interruptions of the watched CPUs",
		      "self: without what nested inside; avoidable: QPW lets the caller do it");
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		enum snap_class class = (enum snap_class)i;

		if (sight_blind(s, class))
			add_unseen(&t, snap_class_name(class), ARRAY_SIZE(columns) - 1);
		else
			add_class(&t, r, snap_class_name(class), &s->classes[i]);
	}
	add_class(&t, r, "all", &all);
	add_class(&t, r, "avoidable", &avoidable);
	sheet_table(o, &t);
}

void report_causes(const struct sheet *o, const struct report *r)
{
	static const struct text_column columns[] = {
		{ "class", true }, { "cause", true },	 { "QPW", true },	{ "count", false },
		{ "/s", false },   { "self ms", false }, { "total ms", false }, { "max us", false },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_causes);
	struct text_table t;

	if (!nr)
		return;
	report_heading_of(o, "causes by self time", "QPW: what it would avoid", nr, s->nr_causes);
	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < nr; i++) {
		const struct snap_cause *c = &s->causes[i];

		text_table_name(&t, snap_class_name(c->class));
		text_table_name(&t, c->name);
		text_table_name(&t, blame_is_avoidable(c->class, c->name) ? "yes" : "-");
		text_table_count(&t, c->count);
		text_table_real(&t, rate(r, c->count), 2);
		text_table_ms(&t, c->self_ns);
		text_table_ms(&t, c->total_ns);
		text_table_us(&t, c->max_ns);
	}
	sheet_table(o, &t);
}
