// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of causes, CPU by CPU; more of a row is who brought it about.
 */
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
	COL_STOLEN,
	COL_TOTAL,
	COL_P99,
	COL_MAX,
	COL_COUNT,
	COL_CAUSE,
};

static const struct top_column columns[] = {
	[COL_CLASS] = { "CLASS", "class", 7, 0, 0, true },
	[COL_CPU] = { "CPU", "cpu", 4, 0, 0, false },
	[COL_RATE] = { "/S", "per_s", 9, 1, 0, false },
	[COL_STOLEN] = { "STOLEN-US/S", "stolen_us_s", 11, 1, 0, false },
	[COL_TOTAL] = { "TOTAL-MS", "total_ms", 10, 3, 100, false },
	[COL_P99] = { "P99-US", "p99_us", 9, 1, 0, false },
	[COL_MAX] = { "MAX-US", "max_us", 9, 1, 0, false },
	[COL_COUNT] = { "COUNT", "count", 9, 0, 100, false },
	[COL_CAUSE] = { "CAUSE", "cause", 0, 0, 0, true },
};

static size_t nr_rows(const struct top_data *d)
{
	return d->now->nr_causes;
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct top_cause *r = &d->rates.causes[row];
	const struct snap_cause *c = r->cause;

	v->type = TOP_NOTHING;
	if (column == COL_CLASS)
		top_words(v, snap_class_name(c->class));
	else if (column == COL_CPU && c->cpu != SNAP_CPU_ALL)
		top_cpu_number(v, c->cpu);
	else if (column == COL_RATE)
		top_number(v, r->rate.count_s);
	else if (column == COL_STOLEN)
		top_number(v, r->rate.stolen_us_s);
	else if (column == COL_TOTAL)
		top_number(v, (double)c->self_ns / 1e6);
	else if (column == COL_P99 && c->p99_ns)
		top_number(v, (double)c->p99_ns / 1000);
	else if (column == COL_MAX)
		top_number(v, (double)c->max_ns / 1000);
	else if (column == COL_COUNT)
		top_number(v, (double)c->count);
	else if (column == COL_CAUSE)
		top_words_n(v, c->name, sizeof(c->name));
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	const struct snap_cause *c = d->rates.causes[row].cause;

	out->cpu = c->cpu;
	out->class = (int)c->class;
}

static void detail(const struct top_data *d, size_t row, struct canvas *c, unsigned int at_row)
{
	const struct snap_cause *cause = d->rates.causes[row].cause;
	char name[QPW_SYMBOL_LEN * 4 + 1];
	struct top_value by;

	text_escape_n(cause->name, sizeof(cause->name), name, sizeof(name));
	at_row += canvas_printf_lines(c, at_row, CANVAS_TITLE, "%s %s: who brought it about",
				      snap_class_name(cause->class), name);
	at_row += canvas_printf_lines(c, at_row, CANVAS_PLAIN,
				      "longest %.1f us, 99 of 100 up to %.1f us, in all %.3f ms in "
				      "%" PRIu64 " interruptions",
				      (double)cause->max_ns / 1000, (double)cause->p99_ns / 1000,
				      (double)cause->self_ns / 1e6, cause->count);
	canvas_style_row(c, at_row, 0, CANVAS_HEADER);
	canvas_printf(c, at_row++, 0, CANVAS_HEADER, "%9s %11s %11s  %s", "COUNT", "WAIT-US",
		      "WAIT-MAX-US", "BY");
	for (size_t i = 0; i < d->rates.nr_origins && at_row < c->rows; i++) {
		const struct top_origin *o = &d->rates.origins[i];

		if (o->caused->class != cause->class || o->caused->on_cpu != cause->cpu ||
		    strncmp(o->caused->name, cause->name, sizeof(cause->name)))
			continue;
		top_task(&by, &o->who);
		canvas_printf(c, at_row++, 0, CANVAS_PLAIN, "%9" PRIu64 " %11.1f %11.1f  %s",
			      o->who.count, (double)o->wait_ns / (double)o->who.count / 1000,
			      (double)o->wait_max_ns / 1000, by.text);
	}
}

const struct top_view top_view_causes = {
	.name = "causes",
	TOP_COLUMNS(columns),
	.sort = COL_STOLEN,
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
	.detail = detail,
};
