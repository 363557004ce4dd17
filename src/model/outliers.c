// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worst samples, or the latest. Which ones are kept depends on the samples only, not on their
 * order of arrival. Knows outliers, no records.
 */
#include "model/outliers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int outliers_init(struct outliers *o, uint64_t min_ns, uint32_t room, bool latest)
{
	memset(o, 0, sizeof(*o));
	o->min_ns = min_ns;
	o->room = room;
	o->latest = latest;
	o->list = calloc(room, sizeof(*o->list));
	return o->list ? 0 : -ENOMEM;
}

void outliers_clear(struct outliers *o)
{
	for (uint32_t i = 0; o->list && i < o->nr; i++)
		snap_outlier_finish(&o->list[i]);
	o->nr = 0;
	o->next = 0;
}

int outliers_clone(struct outliers *to, const struct outliers *from)
{
	int ret = outliers_init(to, from->min_ns, from->room, from->latest);

	to->next = from->next;
	for (uint32_t i = 0; !ret && i < from->nr; i++)
		ret = snap_outlier_keep(&to->list[to->nr++], &from->list[i]);
	if (ret)
		outliers_finish(to);
	return ret;
}

void outliers_finish(struct outliers *o)
{
	outliers_clear(o);
	free(o->list);
	o->list = NULL;
}

static int compare_latest(const void *a, const void *b)
{
	const struct snap_outlier *x = a, *y = b;

	if (x->expiry_ns != y->expiry_ns)
		return x->expiry_ns > y->expiry_ns ? -1 : 1;
	return snap_outlier_order(a, b);
}

static int compare(const struct outliers *o, const struct snap_outlier *a,
		   const struct snap_outlier *b)
{
	return o->latest ? compare_latest(a, b) : snap_outlier_order(a, b);
}

bool outliers_want(const struct outliers *o, uint64_t latency_ns, uint64_t expiry_ns, uint32_t cpu)
{
	const struct snap_outlier *next = &o->list[o->next];

	if (latency_ns < o->min_ns)
		return false;
	if (o->nr < o->room)
		return true;
	if (o->latest && expiry_ns != next->expiry_ns)
		return expiry_ns > next->expiry_ns;
	if (latency_ns != next->latency_ns)
		return latency_ns > next->latency_ns;
	if (expiry_ns != next->expiry_ns)
		return expiry_ns < next->expiry_ns;
	return cpu < next->cpu;
}

int outliers_add(struct outliers *o, const struct snap_outlier *outlier)
{
	struct snap_outlier copy;

	if (snap_outlier_keep(&copy, outlier))
		return -ENOMEM;
	if (o->nr < o->room) {
		o->list[o->nr++] = copy;
	} else {
		snap_outlier_finish(&o->list[o->next]);
		o->list[o->next] = copy;
	}
	o->next = 0;
	for (uint32_t i = 1; i < o->nr; i++)
		if (compare(o, &o->list[i], &o->list[o->next]) > 0)
			o->next = i;
	return 0;
}

void outliers_sort(struct outliers *o)
{
	qsort(o->list, o->nr, sizeof(*o->list), o->latest ? compare_latest : snap_outlier_order);
}
