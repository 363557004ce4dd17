// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of who brought about what; more of a row is the kernel stack it was done from.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/top.h"

enum {
	COL_CLASS,
	COL_CPU,
	COL_RATE,
	COL_COUNT,
	COL_WAIT,
	COL_MAX,
	COL_CAUSE,
	COL_CGROUP,
	COL_BY,
};

static const struct top_column columns[] = {
	[COL_CLASS] = { "CLASS", "class", 7, 0, 0, true },
	[COL_CPU] = { "CPU", "cpu", 4, 0, 0, false },
	[COL_RATE] = { "/S", "per_s", 8, 1, 0, false },
	[COL_COUNT] = { "COUNT", "count", 9, 0, 100, false },
	[COL_WAIT] = { "WAIT-US", "wait_us", 9, 1, 0, false },
	[COL_MAX] = { "WAIT-MAX-US", "wait_max_us", 11, 1, 90, false },
	[COL_CAUSE] = { "CAUSE", "cause", 24, 0, 0, true },
	[COL_CGROUP] = { "CGROUP", "cgroup", 24, 0, 130, true },
	[COL_BY] = { "BY", "by", 0, 0, 0, true },
};

static const struct top_stretch stretch[] = {
	{ COL_CAUSE, 24, 64 },
	{ COL_CGROUP, 24, 160 },
};

static size_t nr_rows(const struct top_data *d)
{
	return d->now->nr_caused;
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct top_origin *r = &d->rates.origins[row];
	const struct snap_caused *c = r->caused;

	v->type = TOP_NOTHING;
	if (column == COL_CLASS)
		top_words(v, snap_class_name(c->class));
	else if (column == COL_CPU && c->on_cpu != SNAP_CPU_ALL)
		top_number(v, c->on_cpu);
	else if (column == COL_RATE)
		top_number(v, r->count_s);
	else if (column == COL_COUNT)
		top_number(v, (double)c->origin.count);
	else if (column == COL_WAIT && c->origin.count)
		top_number(v, (double)c->wait_ns / (double)c->origin.count / 1000);
	else if (column == COL_MAX)
		top_number(v, (double)c->wait_max_ns / 1000);
	else if (column == COL_CAUSE)
		top_words_n(v, c->name, sizeof(c->name));
	else if (column == COL_CGROUP)
		top_words_n(v, c->cgroup, sizeof(c->cgroup));
	else if (column == COL_BY)
		top_task(v, &c->origin);
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	const struct snap_caused *c = d->rates.origins[row].caused;

	out->cpu = c->on_cpu;
	out->class = (int)c->class;
}

/* The next frame of "a;b;c" as it may be shown; false at the end. */
static bool next_frame(const char **stack, char *buf, size_t size)
{
	size_t len = strcspn(*stack, ";");

	if (!len)
		return false;
	text_escape_n(*stack, len, buf, size);
	*stack += len + ((*stack)[len] == ';');
	return true;
}

static int extra(const struct top_data *d, size_t row, json_t *object)
{
	const char *stack = d->rates.origins[row].caused->stack;
	char frame[QPW_SYMBOL_LEN * 4 + 1];
	json_t *list = json_array();

	while (next_frame(&stack, frame, sizeof(frame)))
		if (json_array_append_new(list, json_string(frame)))
			break;
	return json_object_set_new(object, "stack", list) ? -ENOMEM : 0;
}

static void detail(const struct top_data *d, size_t row, struct canvas *c, unsigned int at_row)
{
	const struct snap_caused *o = d->rates.origins[row].caused;
	char name[QPW_SYMBOL_LEN * 4 + 1], group[QPW_PATH_LEN * 4 + 1];
	const char *stack = o->stack;
	struct top_value by;

	text_escape_n(o->name, sizeof(o->name), name, sizeof(name));
	text_escape_n(o->cgroup, sizeof(o->cgroup), group, sizeof(group));
	top_task(&by, &o->origin);
	canvas_printf(c, at_row++, 0, CANVAS_TITLE, "%s %s, brought about by %s",
		      snap_class_name(o->class), name, by.text);
	canvas_printf(c, at_row++, 0, CANVAS_PLAIN, "control group %s", *group ? group : "-");
	canvas_printf(c, at_row++, 0, CANVAS_PLAIN,
		      "%" PRIu64 " times, until it began %.1f us on average, at most %.1f us",
		      o->origin.count,
		      o->origin.count ? (double)o->wait_ns / (double)o->origin.count / 1000 : 0,
		      (double)o->wait_max_ns / 1000);
	if (!*stack)
		canvas_printf(c, at_row, 0, CANVAS_PLAIN, "no kernel stack was taken");
	else
		canvas_printf(c, at_row++, 0, CANVAS_HEADER, "kernel stack, innermost first");
	while (at_row < c->rows && next_frame(&stack, name, sizeof(name)))
		canvas_printf(c, at_row++, 2, CANVAS_PLAIN, "%s", name);
}

const struct top_view top_view_origins = {
	.name = "origins",
	TOP_COLUMNS(columns),
	TOP_STRETCH(stretch),
	.sort = COL_RATE,
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
	.extra = extra,
	.detail = detail,
};
