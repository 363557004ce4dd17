/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How well a percentile is known from so many values. Knows histograms, not what was measured.
 */
#ifndef QPW_MODEL_QUANTILE_H
#define QPW_MODEL_QUANTILE_H

#include <stdbool.h>
#include <stdint.h>

#include "qpw/hist.h"

/* Ranks from 1 on; 0: not even the outermost value is far enough out. */
struct quantile_ranks {
	uint64_t low;
	uint64_t high;
};

/* Bounds in the unit of the histogram; where it has none the values are too few to tell. */
struct quantile_interval {
	bool has_low;
	bool has_high;
	uint64_t low;
	uint64_t high;
};

/*
 * Between which of count sorted values the percentile of their distribution lies at a two-sided
 * level such as 0.95, whatever that distribution is: the number of values below it is binomial
 * (David & Nagaraja, Order Statistics, 3rd ed., section 7.1). Each side keeps half of what the
 * level leaves. Values are taken as independent of each other: those that come in bursts tell less
 * than their number, and the interval is then too narrow.
 */
struct quantile_ranks quantile_ranks(uint64_t count, double percent, double level);

/* The same as values, from the outer edges of the buckets: the histogram's error is in it. */
struct quantile_interval quantile_interval(const struct hist *h, double percent, double level);

#endif
