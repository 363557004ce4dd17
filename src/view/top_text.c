// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks of text and JSON objects from the same tables as the screen.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#include "view/summary_json.h"
#include "view/top_about.h"
#include "view/top_text.h"

/* One line of what is above the table on a screen: what it can't tell, what it is of. */
static int print_head(const struct top_view *view, const struct top_data *d, FILE *f)
{
	struct canvas *c;

	if (!view->head)
		return 0;
	c = canvas_create(CANVAS_COLUMNS_MAX, 1, false);
	if (!c)
		return -ENOMEM;
	if (view->head(d, c, 0, 1))
		canvas_print(c, f);
	canvas_destroy(c);
	return 0;
}

static int print_table(const struct top_view *view, const struct top_data *d,
		       const struct top_filter *filter, const struct top_order *order, FILE *f,
		       size_t max_rows)
{
	struct top_table t;

	if (print_head(view, d, f) || top_table_init(&t, view, d, filter, order))
		return -ENOMEM;
	top_table_print(&t, f, max_rows);
	top_table_finish(&t);
	return 0;
}

int top_text_print(const struct top_text *t, const struct top_data *d, FILE *f)
{
	const struct top_filter cpus = top_filter_cpus(t->filter);
	char line[TOP_ABOUT_TEXT];

	top_about_title(d, UINT_MAX, line);
	fprintf(f, "%s\n", line);
	top_about_cpus(d, line);
	fprintf(f, "%s%s%s\n", line, *d->utc ? "  at " : "", d->utc);
	top_about_doubts(d, line);
	fprintf(f, "%s\n", line);
	if (print_table(&top_view_cpus, d, &cpus, &t->cpus, f, SIZE_MAX))
		return -ENOMEM;
	for (int i = 0; i < TOP_VIEWS; i++)
		if (t->views[i] &&
		    print_table(top_views[i], d, t->filter, &t->orders[i], f, t->max_rows))
			return -ENOMEM;
	return 0;
}

static json_t *table_json(const struct top_view *view, const struct top_data *d,
			  const struct top_filter *filter, const struct top_order *order)
{
	json_t *list = NULL;
	struct top_table t;

	if (!top_table_init(&t, view, d, filter, order)) {
		list = top_table_json(&t);
		top_table_finish(&t);
	}
	return list;
}

static json_t *cost_json(double value)
{
	return value < 0 ? json_null() : json_real(value);
}

json_t *top_json(const struct top_text *t, const struct top_data *d)
{
	const struct top_filter cpus = top_filter_cpus(t->filter);
	const struct snapshot *s = d->now;
	json_t *o = json_pack(
		"{s:s, s:i, s:s, s:o, s:I, s:I, s:I, s:I, s:f, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
		"s:s?}",
		"schema", "qpwtop", "version", 1, "state", d->state, "host",
		summary_host_json(d->facts), "start_ns", (json_int_t)d->start_ns, "view_ns",
		(json_int_t)d->view_ns, "interval_ns", (json_int_t)d->span_ns, "records",
		(json_int_t)s->nr_events, "records_s", d->rates.events_s, "truncated", s->truncated,
		"malformed_records", (json_int_t)d->nr_malformed, "lost_events",
		(json_int_t)s->nr_lost, "lost_in_interval", (json_int_t)d->rates.lost,
		"long_events", (json_int_t)s->nr_long, "events_without_row",
		(json_int_t)s->nr_without_row, "events_of_rows_gone", (json_int_t)s->nr_row_gone,
		"origins_left_out", (json_int_t)s->caused_left_out, "time_utc",
		*d->utc ? d->utc : NULL);
	int failed = !o;

	if (!failed)
		failed |= json_object_set_new(o, "cpu_percent", cost_json(d->cost.cpu_percent)) ||
			  json_object_set_new(o, "ns_per_run", cost_json(d->cost.event_ns)) ||
			  json_object_set_new(o, "latency_ns", summary_hist_json(s->latency)) ||
			  json_object_set_new(o, "cpus",
					      table_json(&top_view_cpus, d, &cpus, &t->cpus));
	for (int i = 0; !failed && i < TOP_VIEWS; i++)
		failed |=
			json_object_set_new(o, top_views[i]->name,
					    table_json(top_views[i], d, t->filter, &t->orders[i]));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}
