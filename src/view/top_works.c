// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of work items: run on the watched CPUs, or by their queuers instead.
 */
#include <string.h>

#include "util/array.h"
#include "view/top.h"

enum {
	COL_RATE,
	COL_INLINE,
	COL_P50,
	COL_MAX,
	COL_COUNT,
	COL_AVOIDABLE,
	COL_FUNCTION,
	COL_FROM,
};

static const struct top_column columns[] = {
	[COL_RATE] = { "WORK/S", "work_s", 8, 1, 0, false },
	[COL_INLINE] = { "INLINE/S", "inline_s", 8, 1, 0, false },
	[COL_P50] = { "WAIT-P50-US", "wait_p50_us", 11, 1, 0, false },
	[COL_MAX] = { "WAIT-MAX-US", "wait_max_us", 11, 1, 90, false },
	[COL_COUNT] = { "COUNT", "count", 9, 0, 100, false },
	[COL_AVOIDABLE] = { "QPW", "avoidable", 3, 0, 0, true },
	[COL_FUNCTION] = { "FUNCTION", "function", 22, 0, 0, true },
	[COL_FROM] = { "FROM", "from", 0, 0, 0, true },
};

static const struct top_stretch stretch[] = {
	{ COL_FUNCTION, 22, 64 },
	{ COL_FROM, TOP_REST_WIDTH, 48 },
};

static size_t nr_rows(const struct top_data *d)
{
	return d->rates.nr_works;
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct top_work *r = &d->rates.works[row];
	const struct snap_work *w = r->work;
	bool waited = w->wait && hist_count(w->wait);

	v->type = TOP_NOTHING;
	if (column == COL_RATE)
		top_number(v, r->executed_s);
	else if (column == COL_INLINE)
		top_number(v, r->inlined_s);
	else if (column == COL_P50 && waited)
		top_number(v, (double)hist_percentile(w->wait, 50) / 1000);
	else if (column == COL_MAX && waited)
		top_number(v, (double)hist_max(w->wait) / 1000);
	else if (column == COL_COUNT)
		top_number(v, (double)(w->executed + w->inlined));
	else if (column == COL_AVOIDABLE)
		top_words(v, snap_qpw_family(w->function) ? "yes" : "no");
	else if (column == COL_FUNCTION)
		top_words_n(v, w->function, sizeof(w->function));
	else if (column == COL_FROM && w->nr_origins)
		top_task(v, &w->origins[0]);
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	(void)d;
	(void)row;
	out->cpu = SNAP_CPU_ALL;
	out->class = SNAP_WORK;
}

const struct top_view top_view_works = {
	.name = "work",
	TOP_COLUMNS(columns),
	TOP_STRETCH(stretch),
	.sort = COL_RATE,
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
};
