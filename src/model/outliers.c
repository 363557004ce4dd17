/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worst samples. Which ones are kept depends on the samples only, not on their order of
 * arrival. Knows outliers, no records.
 */
#include "model/outliers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int outliers_init(struct outliers *o, uint64_t min_ns, uint32_t room)
{
	memset(o, 0, sizeof(*o));
	o->min_ns = min_ns;
	o->room = room;
	o->list = calloc(room, sizeof(*o->list));
	return o->list ? 0 : -ENOMEM;
}

void outliers_finish(struct outliers *o)
{
	free(o->list);
	o->list = NULL;
}

bool outliers_want(const struct outliers *o, uint64_t latency_ns, uint64_t expiry_ns, uint32_t cpu)
{
	const struct snap_outlier *best = &o->list[o->best];

	if (latency_ns < o->min_ns)
		return false;
	if (o->nr < o->room || latency_ns > best->latency_ns)
		return true;
	if (latency_ns < best->latency_ns)
		return false;
	if (expiry_ns != best->expiry_ns)
		return expiry_ns < best->expiry_ns;
	return cpu < best->cpu;
}

void outliers_add(struct outliers *o, const struct snap_outlier *outlier)
{
	if (o->nr < o->room)
		o->list[o->nr++] = *outlier;
	else
		o->list[o->best] = *outlier;
	o->best = 0;
	for (uint32_t i = 1; i < o->nr; i++)
		if (snap_outlier_order(&o->list[i], &o->list[o->best]) > 0)
			o->best = i;
}
