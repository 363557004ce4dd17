/* SPDX-License-Identifier: GPL-2.0-only */
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

void outliers_finish(struct outliers *o)
{
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

void outliers_add(struct outliers *o, const struct snap_outlier *outlier)
{
	if (o->nr < o->room)
		o->list[o->nr++] = *outlier;
	else
		o->list[o->next] = *outlier;
	o->next = 0;
	for (uint32_t i = 1; i < o->nr; i++)
		if (compare(o, &o->list[i], &o->list[o->next]) > 0)
			o->next = i;
}

void outliers_sort(struct outliers *o)
{
	qsort(o->list, o->nr, sizeof(*o->list), o->latest ? compare_latest : snap_outlier_order);
}
