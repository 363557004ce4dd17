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
#define PERCENTILES_ALWAYS 4 /* these JSON has for any number of values: readers rely on them */
extern const struct percentile percentiles[PERCENTILES];

/* Whether JSON has percentile i for so many values. */
bool percentiles_given(int i, uint64_t count);

#endif
