/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The percentiles that views show, and which of them a number of values carries.
 */
#ifndef QPW_VIEW_PERCENTILES_H
#define QPW_VIEW_PERCENTILES_H

#include <stdbool.h>
#include <stdint.h>

struct percentile {
	double percent;
	const char *label;  /* "p99.9" */
	const char *member; /* "p99_9", for JSON */
	uint64_t needs;	    /* values: below, its nearest rank is that of the maximum */
};

#define PERCENTILES 6
extern const struct percentile percentiles[PERCENTILES];

#endif
