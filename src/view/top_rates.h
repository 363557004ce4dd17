/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the files that tell what happened between two snapshots. Knows snapshots only.
 */
#ifndef QPW_VIEW_TOP_RATES_H
#define QPW_VIEW_TOP_RATES_H

#include "view/top.h"

/* What has grown, per second; 0 for what went back and for no time. */
double top_per_second(uint64_t before, uint64_t now, uint64_t span_ns);

/* out->origins and what belongs to them. 0 or -ENOMEM. */
int top_rates_origins(struct top_rates *out, const struct snapshot *before,
		      const struct snapshot *now, uint64_t span_ns);

#endif
