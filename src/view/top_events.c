// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of single long interruptions, the last one first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "view/top.h"
#include "view/top_table.h"

enum {
	COL_TIME,
	COL_CPU,
	COL_CLASS,
	COL_LENGTH,
	COL_CAUSE,
	COL_BY,
};

static const struct top_column columns[] = {
	[COL_TIME] = { "TIME-S", "time_s", 12, 6, 0, false },
	[COL_CPU] = { "CPU", "cpu", 4, 0, 0, false },
	[COL_CLASS] = { "CLASS", "class", 7, 0, 0, true },
	[COL_LENGTH] = { "LENGTH-US", "length_us", 10, 1, 0, false },
	[COL_CAUSE] = { "CAUSE", "cause", 24, 0, 0, true },
	[COL_BY] = { "BY", "by", 0, 0, 0, true },
};

static const struct top_stretch stretch[] = {
	{ COL_CAUSE, 24, 64 },
	{ COL_BY, TOP_REST_WIDTH, 48 },
};

/* They are in order of their ends: the new ones are the last. */
static size_t nr_rows(const struct top_data *d)
{
	size_t nr = d->now->nr_event_rows;

	return d->only_new && d->rates.nr_long < nr ? d->rates.nr_long : nr;
}

static const struct snap_event *event(const struct top_data *d, size_t row)
{
	return &d->now->events[d->now->nr_event_rows - nr_rows(d) + row];
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct snap_event *e = event(d, row);

	v->type = TOP_NOTHING;
	if (column == COL_TIME)
		top_number(v, ((double)e->start_ns - (double)d->start_ns) / 1e9);
	else if (column == COL_CPU)
		top_cpu_number(v, e->cpu);
	else if (column == COL_CLASS)
		top_words(v, snap_class_name(e->class));
	else if (column == COL_LENGTH)
		top_number(v, (double)e->ns / 1000);
	else if (column == COL_CAUSE)
		top_words_n(v, e->name, sizeof(e->name));
	else if (column == COL_BY)
		top_task(v, &e->origin);
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	out->cpu = event(d, row)->cpu;
	out->class = (int)event(d, row)->class;
}

static unsigned int head(const struct top_data *d, struct canvas *c, unsigned int row,
			 unsigned int rows)
{
	if (!rows)
		return 0;
	canvas_printf(c, row, 0, CANVAS_PLAIN,
		      "interruptions of %.1f us or longer: %" PRIu64 "; here: %zu",
		      (double)d->now->event_ns / 1000, d->now->nr_long, nr_rows(d));
	return 1;
}

static int extra(const struct top_data *d, size_t row, json_t *object)
{
	const struct snap_event *e = event(d, row);
	struct top_value v;

	top_words_n(&v, e->callsite, sizeof(e->callsite));
	return json_object_set_new(object, "call_site",
				   v.type == TOP_NOTHING ? json_null() : json_string(v.text)) ?
		       -ENOMEM :
		       0;
}

/* All columns, and where an IPI was sent from. */
static void detail(const struct top_data *d, size_t row, struct canvas *c, unsigned int at_row)
{
	struct top_value v;

	(void)at_row;
	top_table_draw_whole(&top_view_events, d, row, c);
	top_words_n(&v, event(d, row)->callsite, QPW_SYMBOL_LEN);
	if (v.type != TOP_NOTHING)
		canvas_printf(c, canvas_used_rows(c), 0, CANVAS_PLAIN, "sent from %s", v.text);
}

const struct top_view top_view_events = {
	.name = "events",
	TOP_COLUMNS(columns),
	TOP_STRETCH(stretch),
	.sort = COL_TIME,
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
	.head = head,
	.extra = extra,
	.detail = detail,
};
