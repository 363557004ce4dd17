// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small tables of who caused work. A task that is started over and over has a new pid each time:
 * rows are told apart by task name and CPU only. Knows rows, no events.
 */
#include "model/origins.h"

#include <stdlib.h>
#include <string.h>

int origins_order(const void *a, const void *b)
{
	const struct snap_origin *x = a, *y = b;
	int ret;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	ret = strcmp(x->comm, y->comm);
	if (ret)
		return ret;
	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return x->pid != y->pid ? (x->pid < y->pid ? -1 : 1) : 0;
}

/* Tasks that differ in pid only are one row. */
static bool is_same(const struct snap_origin *a, const struct snap_origin *b)
{
	return a->cpu == b->cpu && !strcmp(a->comm, b->comm);
}

void origins_fold(struct snap_origin *dst, const struct snap_origin *src)
{
	dst->count += src->count;
	if (dst->pid != src->pid)
		dst->pid = SNAP_PID_MANY;
}

void origins_fill(struct snap_work *work, struct snap_origin *list, size_t nr)
{
	qsort(list, nr, sizeof(*list), origins_order);
	work->nr_origins = nr < SNAP_ORIGINS ? (uint32_t)nr : SNAP_ORIGINS;
	memcpy(work->origins, list, work->nr_origins * sizeof(*list));
	for (size_t i = work->nr_origins; i < nr; i++)
		work->other_origins += list[i].count;
}

void origins_merge(struct snap_work *dst, const struct snap_work *src)
{
	struct snap_origin list[2 * SNAP_ORIGINS];
	size_t nr = dst->nr_origins;

	memcpy(list, dst->origins, nr * sizeof(*list));
	for (uint32_t i = 0; i < src->nr_origins; i++) {
		size_t j = 0;

		while (j < nr && !is_same(&list[j], &src->origins[i]))
			j++;
		if (j < nr)
			origins_fold(&list[j], &src->origins[i]);
		else
			list[nr++] = src->origins[i];
	}
	dst->other_origins += src->other_origins;
	origins_fill(dst, list, nr);
}
