// SPDX-License-Identifier: GPL-2.0-only
/*
 * The percentiles that views show. One row needs 1 / (1 - p) values: then one value at least lies
 * beyond it, and it says something that the maximum does not.
 */
#include "view/percentiles.h"

const struct percentile percentiles[PERCENTILES] = {
	{ 50.0, "p50", "p50", 2 },
	{ 90.0, "p90", "p90", 10 },
	{ 99.0, "p99", "p99", 100 },
	{ 99.9, "p99.9", "p99_9", 1000 },
	{ 99.99, "p99.99", "p99_99", 10000 },
	{ 99.999, "p99.999", "p99_999", 100000 },
};

bool percentiles_given(int i, uint64_t count)
{
	return i < PERCENTILES_ALWAYS || (i < PERCENTILES && count >= percentiles[i].needs);
}
