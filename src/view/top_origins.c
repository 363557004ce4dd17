// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of who brought about what; more of a row is where in the kernel it was done from: the
 * call site of an IPI, the stack.
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
	{ COL_BY, TOP_REST_WIDTH, 48 },
};

static size_t nr_rows(const struct top_data *d)
{
	return d->rates.nr_origins;
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct top_origin *r = &d->rates.origins[row];
	const struct snap_caused *c = r->caused;

	v->type = TOP_NOTHING;
	if (column == COL_CLASS)
		top_words(v, snap_class_name(c->class));
	else if (column == COL_CPU && c->on_cpu != SNAP_CPU_ALL)
		top_cpu_number(v, c->on_cpu);
	else if (column == COL_RATE)
		top_number(v, r->count_s);
	else if (column == COL_COUNT)
		top_number(v, (double)r->who.count);
	else if (column == COL_WAIT && r->who.count)
		top_number(v, (double)r->wait_ns / (double)r->who.count / 1000);
	else if (column == COL_MAX)
		top_number(v, (double)r->wait_max_ns / 1000);
	else if (column == COL_CAUSE)
		top_words_n(v, c->name, sizeof(c->name));
	else if (column == COL_CGROUP)
		top_words_n(v, c->cgroup, sizeof(c->cgroup));
	else if (column == COL_BY)
		top_task(v, &r->who);
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

static json_t *stack_json(const char *stack)
{
	char frame[QPW_SYMBOL_LEN * 4 + 1];
	json_t *list = json_array();

	while (list && next_frame(&stack, frame, sizeof(frame)))
		if (json_array_append_new(list, json_string(frame)))
			break;
	return list;
}

static json_t *site_json(const char *callsite)
{
	struct top_value v;

	top_words_n(&v, callsite, QPW_SYMBOL_LEN);
	return callsite[0] ? json_string(v.text) : json_null();
}

/* The stack and call site of the most frequent ones, and all with their counts. */
static int extra(const struct top_data *d, size_t row, json_t *object)
{
	const struct top_origin *o = &d->rates.origins[row];
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = o->first; !failed && i != TOP_NO_ROW; i = d->rates.next_caused[i]) {
		const struct snap_caused *c = &d->now->caused[i];

		failed |= json_array_append_new(
			list,
			json_pack("{s:I, s:o, s:o}", "count", (json_int_t)c->origin.count, "stack",
				  stack_json(c->stack), "call_site", site_json(c->callsite)));
	}
	failed |= json_object_set_new(object, "stack", stack_json(o->caused->stack));
	failed |= json_object_set_new(object, "call_site", site_json(o->caused->callsite));
	return json_object_set_new(object, "stacks", list) || failed ? -ENOMEM : 0;
}

static void print_times(char *buf, size_t size, uint64_t nr)
{
	if (nr == 1)
		snprintf(buf, size, "once");
	else
		snprintf(buf, size, "%" PRIu64 " times", nr);
}

/* From where in the kernel, as far as it is known. Returns the next free row. */
static unsigned int draw_place(const struct snap_caused *c, uint64_t of, struct canvas *canvas,
			       unsigned int at_row)
{
	char frame[QPW_SYMBOL_LEN * 4 + 1], times[32] = "";
	const char *stack = c->stack;

	if (c->origin.count != of) {
		print_times(times, sizeof(times), c->origin.count);
		text_add(times, sizeof(times), ": ");
	}
	if (*c->callsite && at_row < canvas->rows) {
		text_escape_n(c->callsite, sizeof(c->callsite), frame, sizeof(frame));
		canvas_style_row(canvas, at_row, 0, CANVAS_HEADER);
		canvas_printf(canvas, at_row++, 0, CANVAS_HEADER, "%ssent from %s", times, frame);
		times[0] = '\0';
	}
	if (at_row >= canvas->rows)
		return at_row;
	canvas_style_row(canvas, at_row, 0, CANVAS_HEADER);
	canvas_printf(canvas, at_row++, 0, CANVAS_HEADER, "%s%s", times,
		      *stack ? "kernel stack, innermost first" : "no kernel stack was taken");
	while (at_row < canvas->rows && next_frame(&stack, frame, sizeof(frame)))
		canvas_printf(canvas, at_row++, 2, CANVAS_PLAIN, "%s", frame);
	return at_row;
}

static void detail(const struct top_data *d, size_t row, struct canvas *c, unsigned int at_row)
{
	const struct top_origin *o = &d->rates.origins[row];
	char name[QPW_SYMBOL_LEN * 4 + 1], group[QPW_PATH_LEN * 4 + 1], times[32];
	struct top_value by;

	text_escape_n(o->caused->name, sizeof(o->caused->name), name, sizeof(name));
	text_escape_n(o->caused->cgroup, sizeof(o->caused->cgroup), group, sizeof(group));
	top_task(&by, &o->who);
	print_times(times, sizeof(times), o->who.count);
	at_row += canvas_printf_lines(c, at_row, CANVAS_TITLE, "%s %s, brought about by %s",
				      snap_class_name(o->caused->class), name, by.text);
	at_row += canvas_printf_lines(c, at_row, CANVAS_PLAIN, "control group %s",
				      *group ? group : "-");
	at_row += canvas_printf_lines(
		c, at_row, CANVAS_PLAIN, "%s, until it began %.1f us on average, at most %.1f us",
		times, o->who.count ? (double)o->wait_ns / (double)o->who.count / 1000 : 0,
		(double)o->wait_max_ns / 1000);
	for (uint32_t i = o->first; i != TOP_NO_ROW && at_row < c->rows;
	     i = d->rates.next_caused[i])
		at_row = draw_place(&d->now->caused[i], o->who.count, c, at_row);
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
