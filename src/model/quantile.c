// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intervals of percentiles by the ranks of sorted values. Pure.
 */
#include "model/quantile.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

/* With this variance of the number of values below a percentile the normal distribution serves. */
#define NORMAL_FROM 10000.0

/* Beyond so many standard deviations nothing is left to add up. */
#define FAR 12.0

/*
 * With B the number of values below the percentile: low is the largest rank with
 * P(B < low) <= tail, high the smallest with P(B >= high) <= tail.
 */
static struct quantile_ranks exact_ranks(uint64_t count, double p, double tail)
{
	double mean = (double)count * p, deviation = sqrt(mean * (1 - p)), below = 0;
	uint64_t k = mean > FAR * deviation ? (uint64_t)(mean - FAR * deviation) : 0;
	struct quantile_ranks r = { 0, 0 };

	for (; k <= count; k++) {
		if (below <= tail)
			r.low = k;
		if (k == count)
			break;
		below += gsl_ran_binomial_pdf((unsigned int)k, p, (unsigned int)count);
		if (below >= 1 - tail) {
			r.high = k + 1;
			break;
		}
	}
	return r;
}

static struct quantile_ranks normal_ranks(uint64_t count, double p, double tail)
{
	double mean = (double)count * p;
	double width = gsl_cdf_ugaussian_Qinv(tail) * sqrt(mean * (1 - p));

	/* far from either end: the variance says so */
	return (struct quantile_ranks){ (uint64_t)floor(mean - width),
					(uint64_t)ceil(mean + width) + 1 };
}

struct quantile_ranks quantile_ranks(uint64_t count, double percent, double level)
{
	double p = percent / 100, tail = (1 - level) / 2;

	if (!count || !(p > 0 && p < 1) || !(tail > 0 && tail < 0.5))
		return (struct quantile_ranks){ 0, 0 };
	if ((double)count * p * (1 - p) > NORMAL_FROM)
		return normal_ranks(count, p, tail);
	if (count >
	    UINT32_MAX) /* more than the library counts, and not enough for so rare a value */
		return (struct quantile_ranks){ 0, 0 };
	return exact_ranks(count, p, tail);
}

struct quantile_interval quantile_interval(const struct hist *h, double percent, double level)
{
	struct quantile_ranks r = quantile_ranks(hist_count(h), percent, level);
	struct quantile_interval i = { .has_low = r.low, .has_high = r.high };
	uint64_t unused;

	if (i.has_low)
		hist_rank_bounds(h, r.low, &i.low, &unused);
	if (i.has_high)
		hist_rank_bounds(h, r.high, &unused, &i.high);
	return i;
}
