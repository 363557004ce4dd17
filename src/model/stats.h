/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few statistics that a comparison of boots needs, over plain arrays. Knows nothing of boots,
 * traces or verdicts. NAN stands for "the data do not carry this figure".
 */
#ifndef QPW_MODEL_STATS_H
#define QPW_MODEL_STATS_H

#include <stddef.h>

/*
 * Values from histograms are known to 1/128: boots that fall into one bucket are not identical,
 * their logarithms spread at least as a uniform distribution of that width does.
 */
#define STATS_RESOLUTION_VARIANCE (1.0 / 128 / 128 / 12)

/* B over A. low and high bound the ratio at the level asked for; p is two-sided against ratio 1. */
struct stats_ratio {
	double ratio;
	double low;
	double high;
	double p;
	double dispersion; /* of counts: variance over that of a Poisson count; NAN: not known */
};

/* Events counted in each of n boots and the exposure (seconds, triggers) that gave rise to them. */
struct stats_counts {
	const double *count;
	const double *exposure; /* > 0 each */
	size_t n;
};

struct stats_interval {
	double low;
	double high;
};

/* Values of one side's boots, and their places in the order of time. */
struct stats_track {
	const double *values;
	const double *positions;
	size_t n;
};

struct stats_drift {
	double change; /* last over first boot, by the line fitted; NAN: not known */
	double p;      /* two-sided against no change at all */
};

/* Median of n values, NAN of none and where one of them is. */
double stats_median(const double *values, size_t n);

/*
 * Interval of a proportion, k of n (either may be fractional: effective counts), at two-sided
 * level such as 0.95. Clopper & Pearson, Biometrika 26 (1934): quantiles of beta distributions.
 */
void stats_binomial_interval(double k, double n, double level, double *low, double *high);

/*
 * The largest rate that count events in exposure still allow at two-sided level: exact for a
 * Poisson count (Garwood, Biometrika 28, 1936). NAN without exposure.
 */
double stats_rate_upper(double count, double exposure, double level);

/*
 * Ratio of two rates from counts: given their sum, the count of B is binomial (Przyborowski &
 * Wilenski, Biometrika 31, 1940), so interval and p are exact for Poisson counts. Boots vary more
 * than that: counts are divided by the Pearson dispersion (McCullagh & Nelder, Generalized Linear
 * Models, 9.2) where it exceeds 1; as that is estimated from few boots, the interval is widened and
 * p taken by the t distribution. One boot a side: dispersion NAN, Poisson assumed.
 */
struct stats_ratio stats_rate_ratio(const struct stats_counts *a, const struct stats_counts *b,
				    double level);

/*
 * Ratio of geometric means of positive values, by Welch's t test on their logarithms (Welch,
 * Biometrika 34, 1947); values are taken as known to 1/128, as histograms give them. Interval and
 * p are NAN below two values a side, all is NAN where a value is not positive.
 */
struct stats_ratio stats_log_ratio(const double *a, size_t nr_a, const double *b, size_t nr_b,
				   double level);

/*
 * Percentile bootstrap (Efron, Annals of Statistics 7, 1979) of the same ratios: boots are drawn
 * anew from either side's, resamples times; always the same draws. With few boots it is too
 * narrow: of 3 a side it holds the true ratio in about 4 of 5 cases at level 0.95, and
 * corrections such as BCa can't find in 3 boots what is not there. NAN below two boots a side,
 * where a side counted nothing, or where a value is not positive. (resamples + 1) * (1 - level) /
 * 2 should be whole.
 */
struct stats_interval stats_bootstrap_rates(const struct stats_counts *a,
					    const struct stats_counts *b, double level,
					    size_t resamples);
struct stats_interval stats_bootstrap_logs(const double *a, size_t nr_a, const double *b,
					   size_t nr_b, double level, size_t resamples);

/*
 * Whether values drift over the run whichever side they are on: a line in the logarithms over the
 * place in time, its slope common to both sides, each side at its own height. span: from the first
 * place to the last. A side with a value that is not positive is left out. NAN with too few boots
 * (3 must remain beyond one a side), p by the t distribution.
 */
struct stats_drift stats_log_drift(const struct stats_track *a, const struct stats_track *b,
				   double span);

/*
 * Two-sided p of the rank-sum test (Wilcoxon 1945; Mann & Whitney 1947), midranks for ties, exact
 * over all permutations up to 16 values, with the tie-corrected normal approximation above. NAN
 * where a boot has no value.
 */
double stats_rank_p(const double *a, size_t nr_a, const double *b, size_t nr_b);

/*
 * Adjusted p of n questions asked at once: Holm, Scandinavian Journal of Statistics 6 (1979).
 * NAN questions are left out of the number and stay NAN.
 */
void stats_holm(const double *p, double *adjusted, size_t n);

#endif
