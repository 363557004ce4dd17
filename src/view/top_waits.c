// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of waits in flushes and drains: who waits where, for whose work; those that wait now
 * come first.
 */
#include <string.h>

#include "util/array.h"
#include "view/top.h"

enum {
	COL_NOW,
	COL_RATE,
	COL_WAITED,
	COL_COUNT,
	COL_MAX,
	COL_FOR,
	COL_TASK,
	COL_PLACE,
	COL_WORK,
};

static const struct top_column columns[] = {
	[COL_NOW] = { "NOW-US", "waiting_us", 9, 1, 0, false },
	[COL_RATE] = { "/S", "per_s", 8, 1, 0, false },
	[COL_WAITED] = { "WAITED-US/S", "waited_us_s", 11, 1, 120, false },
	[COL_COUNT] = { "COUNT", "count", 9, 0, 120, false },
	[COL_MAX] = { "MAX-US", "max_us", 9, 1, 0, false },
	[COL_FOR] = { "FOR", "for_cpu", 4, 0, 0, false },
	[COL_TASK] = { "TASK", "task", 15, 0, 0, true },
	[COL_PLACE] = { "WAITS-IN", "place", 19, 0, 0, true },
	[COL_WORK] = { "WORK", "work", 0, 0, 0, true },
};

static const struct top_stretch stretch[] = {
	{ COL_PLACE, 19, 64 },
	{ COL_WORK, TOP_REST_WIDTH, 64 },
};

static size_t nr_rows(const struct top_data *d)
{
	return d->now->nr_waiters;
}

/* Those that wait now are put before all others, whatever these have waited. */
static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct top_waiter *r = &d->rates.waiters[row];
	const struct snap_waiter *w = r->waiter;

	v->type = TOP_NOTHING;
	if (column == COL_NOW && w->waiting_ns)
		top_number(v, (double)w->waiting_ns / 1000);
	else if (column == COL_RATE)
		top_number(v, r->count_s);
	else if (column == COL_WAITED)
		top_number(v, r->waited_us_s);
	else if (column == COL_COUNT)
		top_number(v, (double)w->count);
	else if (column == COL_MAX)
		top_number(v, (double)w->max_ns / 1000);
	else if (column == COL_FOR && w->target_cpu != SNAP_CPU_UNKNOWN)
		top_cpu_number(v, w->target_cpu);
	else if (column == COL_TASK)
		top_words_n(v, w->comm, sizeof(w->comm));
	else if (column == COL_PLACE)
		top_words_n(v, w->function, sizeof(w->function));
	else if (column == COL_WORK)
		top_words_n(v, w->work, sizeof(w->work));
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	out->cpu = d->rates.waiters[row].waiter->target_cpu;
	out->class = -1;
}

static bool is_of_waits(const struct snap_probe *p)
{
	static const char *const probes[] = {
		"__flush_work",	   "lru_add_drain_all",		 "lru_cache_disable",
		"drain_all_stock", "flush_rcu_sheaves_on_cache", "__kmem_cache_shrink",
	};

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(p->name, probes[i]))
			return true;
	return false;
}

/* Nothing in the table says nothing where nothing can be seen. The end is what a screen may cut. */
static unsigned int head(const struct top_data *d, struct canvas *c, unsigned int row,
			 unsigned int rows)
{
	const struct snap_probe *first = NULL;
	size_t nr = 0, nr_missing = 0;

	for (size_t i = 0; i < d->now->nr_probes; i++) {
		const struct snap_probe *p = &d->now->probes[i];

		if (!is_of_waits(p))
			continue;
		nr++;
		if (p->state != QPW_PROBE_MISSING)
			continue;
		first = first ? first : p;
		nr_missing++;
	}
	if (!rows || !first)
		return 0;
	canvas_printf(c, row, 0, CANVAS_WARN, "%s can't be seen: %s; see qpwlat probes (%s%s)",
		      nr_missing < nr ? "some waits" : "waits",
		      first->error ? strerror(-first->error) : "not in this kernel", first->name,
		      nr_missing > 1 ? " and others" : "");
	return 1;
}

const struct top_view top_view_waits = {
	.name = "waits",
	TOP_COLUMNS(columns),
	TOP_STRETCH(stretch),
	.sort = COL_NOW, /* then as a snapshot has them: by time */
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
	.head = head,
};
