// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intervals and tests over a handful of boots. The distribution functions are GSL's; what the
 * methods are and where they come from stands in the header.
 */
#include "model/stats.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#define STATS_EXACT_MAX 16 /* values in an exact permutation: at most C(16, 8) = 12870 */

/* Beyond this both counts are so large that the normal limit is exact to four digits. */
#define STATS_NORMAL_COUNT 1e5

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double stats_median(const double *values, size_t n)
{
	double *sorted, median;

	if (!n)
		return NAN;
	for (size_t i = 0; i < n; i++)
		if (isnan(values[i]))
			return NAN;
	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return NAN;
	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_doubles);
	median = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
	free(sorted);
	return median;
}

/*
 * Quantile of the beta distribution by bisection: GSL's own inverse steps by Newton and does not
 * end for some of the lopsided shapes (1 against a million) that counts of rare events give.
 */
static double beta_quantile(double q, double a, double b)
{
	double low = 0, high = 1;

	for (int i = 0; i < 200 && high - low > 0.000000000000001 * high; i++) {
		double mid = (low + high) / 2;

		if (gsl_cdf_beta_P(mid, a, b) < q)
			low = mid;
		else
			high = mid;
	}
	return (low + high) / 2;
}

void stats_binomial_interval(double k, double n, double level, double *low, double *high)
{
	double tail = (1 - level) / 2;

	*low = k <= 0 ? 0 : beta_quantile(tail, k, n - k + 1);
	*high = k >= n ? 1 : beta_quantile(1 - tail, k + 1, n - k);
}

double stats_rate_upper(double count, double exposure, double level)
{
	double low = count, high = count + 20 + 10 * sqrt(count);

	if (!(exposure > 0))
		return NAN;
	if (count > STATS_NORMAL_COUNT)
		return (count + gsl_cdf_ugaussian_Pinv((1 + level) / 2) * sqrt(count)) / exposure;
	/*
	 * by bisection for the same reason as above: the mean that gives so few at the level's
	 * tail
	 */
	for (int i = 0; i < 100; i++) {
		double mid = (low + high) / 2;

		if (gsl_cdf_gamma_Q(mid, count + 1, 1) > (1 - level) / 2)
			low = mid;
		else
			high = mid;
	}
	return high / exposure;
}

/* Twice the smaller tail of a binomial count k of n at proportion p. */
static double binomial_p(double k, double n, double p)
{
	double below = k >= n ? 1 : gsl_cdf_beta_Q(p, k + 1, n - k);
	double above = k <= 0 ? 1 : gsl_cdf_beta_P(p, k, n - k + 1);

	return fmin(1, 2 * fmin(below, above));
}

static double sum(const double *values, size_t n)
{
	double total = 0;

	for (size_t i = 0; i < n; i++)
		total += values[i];
	return total;
}

/* Pearson's chi-square of one side around its own rate; adds its degrees of freedom to *df. */
static double chi_square(const struct stats_counts *c, double *df)
{
	double rate = sum(c->count, c->n) / sum(c->exposure, c->n);
	double total = 0;

	if (rate <= 0)
		return 0; /* all boots at zero agree, but say nothing about the spread elsewhere */
	for (size_t i = 0; i < c->n; i++) {
		double expected = rate * c->exposure[i];

		total += (c->count[i] - expected) * (c->count[i] - expected) / expected;
	}
	*df += (double)c->n - 1;
	return total;
}

/* How counts of boots vary beyond Poisson ones. */
struct excess {
	double dispersion; /* NAN: not known */
	double df;	   /* the dispersion was estimated with so many; 0: nothing was estimated */
	double weight;	   /* counts over this are as good as Poisson ones, for intervals */
};

static struct excess find_excess(const struct stats_counts *a, const struct stats_counts *b,
				 double level)
{
	struct excess e = { .weight = 1 };
	double df = 0, z, t;
	double chi = chi_square(a, &df) + chi_square(b, &df);

	e.dispersion = df > 0 ? chi / df : NAN;
	if (!(e.dispersion > 1))
		return e;
	e.weight = e.dispersion;
	/*
	 * Events that come in clusters of the size of the dispersion: with none at all on one side
	 * there is no difference of means whose error a t distribution would describe.
	 */
	if (sum(a->count, a->n) <= 0 || sum(b->count, b->n) <= 0)
		return e;
	e.df = df;
	z = gsl_cdf_ugaussian_Pinv((1 + level) / 2);
	t = gsl_cdf_tdist_Pinv((1 + level) / 2, df);
	e.weight *= (t / z) * (t / z);
	return e;
}

/* Two-sided p of b of a + b events, b expected to have that share; exact unless both are huge. */
static double counts_p(double a, double b, double share)
{
	double error = sqrt(1 / a + 1 / b);

	if (a > STATS_NORMAL_COUNT && b > STATS_NORMAL_COUNT)
		return 2 * gsl_cdf_ugaussian_Q(fabs(log(b / a * (1 - share) / share)) / error);
	return binomial_p(b, a + b, share);
}

/* The p of a normal deviate as that of a t variable of the same size: its scale was estimated. */
static double student_p(double p, double df)
{
	if (df <= 0 || p >= 1)
		return p;
	return 2 * gsl_cdf_tdist_Q(gsl_cdf_ugaussian_Qinv(fmax(p, DBL_MIN) / 2), df);
}

/* Bounds of the ratio of rates; odds: exposure of A over that of B. */
static void counts_interval(double a, double b, double odds, double level, struct stats_ratio *r)
{
	double low, high;

	if (a > STATS_NORMAL_COUNT && b > STATS_NORMAL_COUNT) {
		double error = sqrt(1 / a + 1 / b);
		double z = gsl_cdf_ugaussian_Pinv((1 + level) / 2);

		r->low = r->ratio * exp(-z * error);
		r->high = r->ratio * exp(z * error);
		return;
	}
	stats_binomial_interval(b, a + b, level, &low, &high);
	r->low = low / (1 - low) * odds;
	r->high = high < 1 ? high / (1 - high) * odds : INFINITY;
}

struct stats_ratio stats_rate_ratio(const struct stats_counts *a, const struct stats_counts *b,
				    double level)
{
	struct stats_ratio r = { NAN, NAN, NAN, NAN, NAN };
	double time_a = sum(a->exposure, a->n), time_b = sum(b->exposure, b->n);
	double sum_a = sum(a->count, a->n), sum_b = sum(b->count, b->n);
	struct excess e;
	double scale;

	if (!a->n || !b->n || !(time_a > 0) || !(time_b > 0) || sum_a + sum_b <= 0)
		return r;
	e = find_excess(a, b, level);
	r.dispersion = e.dispersion;
	r.ratio = sum_a > 0 ? sum_b / sum_a * time_a / time_b : INFINITY;
	counts_interval(sum_a / e.weight, sum_b / e.weight, time_a / time_b, level, &r);
	scale = e.df > 0 ? e.dispersion : e.weight;
	r.p = student_p(counts_p(sum_a / scale, sum_b / scale, time_b / (time_a + time_b)), e.df);
	return r;
}

/* Mean and variance of the logarithms; false where a value has none. */
static bool log_moments(const double *values, size_t n, double *mean, double *variance)
{
	*mean = 0;
	*variance = 0;
	for (size_t i = 0; i < n; i++) {
		if (!(values[i] > 0))
			return false;
		*mean += log(values[i]) / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		double d = log(values[i]) - *mean;

		*variance += d * d / (double)(n - 1);
	}
	return n > 0;
}

struct stats_ratio stats_log_ratio(const double *a, size_t nr_a, const double *b, size_t nr_b,
				   double level)
{
	struct stats_ratio r = { NAN, NAN, NAN, NAN, NAN };
	double mean_a, mean_b, var_a, var_b, error, df, t;

	if (!log_moments(a, nr_a, &mean_a, &var_a) || !log_moments(b, nr_b, &mean_b, &var_b))
		return r;
	r.ratio = exp(mean_b - mean_a);
	if (nr_a < 2 || nr_b < 2)
		return r;
	var_a = fmax(var_a, STATS_RESOLUTION_VARIANCE) / (double)nr_a;
	var_b = fmax(var_b, STATS_RESOLUTION_VARIANCE) / (double)nr_b;
	error = sqrt(var_a + var_b);
	df = (var_a + var_b) * (var_a + var_b) /
	     (var_a * var_a / (double)(nr_a - 1) + var_b * var_b / (double)(nr_b - 1));
	t = gsl_cdf_tdist_Pinv((1 + level) / 2, df);
	r.low = r.ratio * exp(-t * error);
	r.high = r.ratio * exp(t * error);
	r.p = 2 * gsl_cdf_tdist_Q(fabs(mean_b - mean_a) / error, df);
	return r;
}

struct ranked {
	double value;
	double rank;
	bool in_a;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* Midranks; returns the sum of t^3 - t over ties, which the normal approximation needs. */
static double assign_ranks(struct ranked *r, size_t n)
{
	double ties = 0;

	qsort(r, n, sizeof(*r), compare_ranked);
	for (size_t i = 0; i < n;) {
		size_t end = i;
		double t;

		while (end < n && r[end].value == r[i].value)
			end++;
		t = (double)(end - i);
		ties += t * t * t - t;
		for (size_t j = i; j < end; j++)
			r[j].rank = (double)(i + end + 1) / 2;
		i = end;
	}
	return ties;
}

/* Share of all choices of nr_a ranks whose sum is at least as far from its mean as seen. */
static double exact_rank_p(const struct ranked *r, size_t n, size_t nr_a, double distance)
{
	double mean = (double)nr_a * (double)(n + 1) / 2;
	size_t total = 0, extreme = 0;

	for (unsigned int mask = 0; mask < 1u << n; mask++) {
		double rank_sum = 0;

		if ((size_t)__builtin_popcount(mask) != nr_a)
			continue;
		for (size_t i = 0; i < n; i++)
			if (mask & 1u << i)
				rank_sum += r[i].rank;
		total++;
		if (fabs(rank_sum - mean) >= distance - 0.000000001)
			extreme++;
	}
	return (double)extreme / (double)total;
}

static bool any_nan(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(values[i]))
			return true;
	return false;
}

double stats_rank_p(const double *a, size_t nr_a, const double *b, size_t nr_b)
{
	size_t n = nr_a + nr_b;
	struct ranked *r;
	double ties, rank_sum = 0, distance, variance, p;

	if (!nr_a || !nr_b || any_nan(a, nr_a) || any_nan(b, nr_b))
		return NAN;
	r = calloc(n, sizeof(*r));
	if (!r)
		return NAN;
	for (size_t i = 0; i < n; i++) {
		r[i].value = i < nr_a ? a[i] : b[i - nr_a];
		r[i].in_a = i < nr_a;
	}
	ties = assign_ranks(r, n);
	for (size_t i = 0; i < n; i++)
		if (r[i].in_a)
			rank_sum += r[i].rank;
	distance = fabs(rank_sum - (double)nr_a * (double)(n + 1) / 2);
	if (n <= STATS_EXACT_MAX) {
		p = exact_rank_p(r, n, nr_a, distance);
	} else {
		double size = (double)n;

		variance =
			(double)nr_a * (double)nr_b / 12 * (size + 1 - ties / (size * (size - 1)));
		p = variance > 0 ? 2 * gsl_cdf_ugaussian_Q(distance / sqrt(variance)) : 1;
	}
	free(r);
	return p;
}

void stats_holm(const double *p, double *adjusted, size_t n)
{
	double floor = 0;
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		adjusted[i] = NAN;
		left += !isnan(p[i]);
	}
	for (; left; left--) {
		size_t best = n;

		for (size_t i = 0; i < n; i++)
			if (!isnan(p[i]) && isnan(adjusted[i]) && (best == n || p[i] < p[best]))
				best = i;
		floor = fmax(floor, fmin(1, p[best] * (double)left));
		adjusted[best] = floor;
	}
}
