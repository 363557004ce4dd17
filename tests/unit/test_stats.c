// SPDX-License-Identifier: GPL-2.0-only
/*
 * The statistics against closed forms and published values.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/stats.h"

#define ROUNDING 0.000000001 /* what is left of doubles after a few functions */

static void near_to(double seen, double wanted, double tolerance)
{
	if (!(fabs(seen - wanted) <= tolerance))
		fail_msg("%.9g is not %.9g", seen, wanted);
}

static void test_median(void **state)
{
	const double v[] = { 9, 1, 5, 3 };

	(void)state;
	near_to(stats_median(v, 3), 5, 0);
	near_to(stats_median(v, 4), 4, 0);
	assert_true(isnan(stats_median(v, 0)));
}

/* Clopper-Pearson: closed forms at the edges, and 5 of 10 as tables of the interval give it. */
static void test_binomial_interval(void **state)
{
	double low, high;

	(void)state;
	stats_binomial_interval(0, 10, 0.95, &low, &high);
	near_to(low, 0, 0);
	near_to(high, 1 - pow(0.025, 0.1), ROUNDING);
	stats_binomial_interval(10, 10, 0.95, &low, &high);
	near_to(low, pow(0.025, 0.1), ROUNDING);
	near_to(high, 1, 0);
	stats_binomial_interval(5, 10, 0.95, &low, &high);
	near_to(low, 0.1871, 0.00005);
	near_to(high, 0.8129, 0.00005);
	stats_binomial_interval(1, 1, 0.90, &low, &high);
	near_to(low, 0.05, ROUNDING);
	stats_binomial_interval(1, 1e6, 0.95, &low, &high);
	/* Poisson limit: exact bounds of a mean from one event, 0.02532 and 5.5716 */
	near_to(low * 1e6, 0.02532, 0.0001);
	near_to(high * 1e6, 5.5716, 0.001);
}

static struct stats_ratio rates(const double *a, size_t nr_a, const double *b, size_t nr_b)
{
	static const double seconds[] = { 10, 10, 10, 10, 10, 10 };
	const struct stats_counts x = { a, seconds, nr_a }, y = { b, seconds, nr_b };

	return stats_rate_ratio(&x, &y, 0.95);
}

static void test_rate_ratio(void **state)
{
	const double none[] = { 0, 0, 0 }, five[] = { 5 }, many[] = { 95, 105, 100 };
	const double even[] = { 3, 2, 5 }, wild[] = { 10, 200, 90 };
	struct stats_ratio r;

	(void)state;
	/* 0 against n: the upper bound is odds of 1 - (alpha/2)^(1/n), p is 2 (1/2)^n */
	r = rates(five, 1, none, 1);
	near_to(r.ratio, 0, 0);
	near_to(r.low, 0, 0);
	near_to(r.high, 1 / pow(0.025, 0.2) - 1, ROUNDING);
	near_to(r.p, 2 * pow(0.5, 5), ROUNDING);
	assert_true(isnan(r.dispersion));
	r = rates(none, 1, five, 1);
	assert_true(isinf(r.ratio) && isinf(r.high));
	near_to(r.low, 1 / (1 / pow(0.025, 0.2) - 1), ROUNDING);
	/* equal counts: a ratio of 1 and no evidence at all */
	r = rates(many, 3, many, 3);
	near_to(r.ratio, 1, ROUNDING);
	near_to(r.p, 1, 0);
	/* Pearson's dispersion: (25 + 25 + 0) / 100 / 2 = 0.25 on either side */
	near_to(r.dispersion, 0.25, ROUNDING);
	assert_true(isnan(rates(none, 3, none, 3).ratio));
	/* boots that vary beyond Poisson widen the interval by far */
	r = rates(even, 3, wild, 3);
	assert_true(r.dispersion > 20);
	assert_true(r.low < 1);
	assert_true(r.p > 0.05);
}

/*
 * Garwood's bound: none seen in one second leaves -log(0.025); 10 seen leave 18.3904, as tables
 * say.
 */
static void test_rate_upper(void **state)
{
	(void)state;
	near_to(stats_rate_upper(0, 1, 0.95), -log(0.025), ROUNDING);
	near_to(stats_rate_upper(0, 60, 0.95), -log(0.025) / 60, ROUNDING);
	near_to(stats_rate_upper(10, 1, 0.95), 18.3904, 0.00005);
	/* the normal limit, to the first order */
	near_to(stats_rate_upper(1e6, 1e6, 0.95), 1 + 1.959964 / 1000, 0.00001);
	assert_true(isnan(stats_rate_upper(1, 0, 0.95)));
}

static void test_exposure(void **state)
{
	const double a[] = { 100 }, b[] = { 100 }, ten[] = { 10 }, twenty[] = { 20 };
	const struct stats_counts x = { a, ten, 1 }, y = { b, twenty, 1 };
	struct stats_ratio r = stats_rate_ratio(&x, &y, 0.95);

	(void)state;
	near_to(r.ratio, 0.5, ROUNDING);
	assert_true(r.high < 1 && r.p < 0.001);
}

/* Large counts: the normal limit, log-ratio error sqrt(2 / n) */
static void test_large_counts(void **state)
{
	const double a[] = { 2e6 }, b[] = { 2e6 };
	struct stats_ratio r = rates(a, 1, b, 1);

	(void)state;
	near_to(r.high, exp(1.959964 * sqrt(0.000001)), 0.000001);
	near_to(r.p, 1, ROUNDING);
}

/*
 * Logs -1, 0, 1 against d - 1, d, d + 1: equal variances 1, so Welch has 4 degrees of freedom,
 * error sqrt(2 / 3), and t(0.975, 4) = 2.776445 as every table has it.
 */
static void test_log_ratio(void **state)
{
	const double d = 1.5;
	const double a[] = { exp(-1), 1, exp(1) }, b[] = { exp(d - 1), exp(d), exp(d + 1) };
	const double zero[] = { 0, 1, 2 }, same[] = { 5, 5, 5 }, twice[] = { 10, 10, 10 };
	struct stats_ratio r = stats_log_ratio(a, 3, b, 3, 0.95);
	double half = 2.776445 * sqrt(2.0 / 3);

	(void)state;
	near_to(r.ratio, exp(d), ROUNDING);
	near_to(log(r.low), d - half, 0.00001);
	near_to(log(r.high), d + half, 0.00001);
	/* with 4 df in closed form: p = 1 - s (1 + (1 - s^2) / 2), s = t / sqrt(4 + t^2) */
	{
		double t = d / sqrt(2.0 / 3), s = t / sqrt(4 + t * t);

		near_to(r.p, 1 - s * (1 + (1 - s * s) / 2), ROUNDING);
	}
	/* boots in one bucket spread by its width: no certainty, and no missing answer */
	r = stats_log_ratio(same, 3, twice, 3, 0.95);
	half = 2.776445 * sqrt(2.0 / 3 / 12) / 128;
	near_to(log(r.high), log(2) + half, 0.000001);
	assert_true(isnan(stats_log_ratio(a, 1, b, 3, 0.95).p));
	near_to(stats_log_ratio(a, 1, b + 1, 1, 0.95).ratio, exp(d + 1), ROUNDING);
	assert_true(isnan(stats_log_ratio(zero, 3, b, 3, 0.95).ratio));
}

/* Complete separation of n against m has p = 2 / C(n + m, n). */
static void test_rank(void **state)
{
	const double low[] = { 1, 2, 3, 4 }, high[] = { 5, 6, 7, 8 };
	const double mixed_a[] = { 1, 4 }, mixed_b[] = { 2, 3 }, same[] = { 7, 7, 7 };
	const double absent[] = { 1, NAN };
	double far_a[12], far_b[12];

	(void)state;
	near_to(stats_rank_p(low, 3, high, 3), 2.0 / 20, ROUNDING);
	near_to(stats_rank_p(low, 4, high, 4), 2.0 / 70, ROUNDING);
	near_to(stats_rank_p(mixed_a, 2, mixed_b, 2), 1, ROUNDING);
	near_to(stats_rank_p(same, 3, same, 3), 1, ROUNDING);
	assert_true(isnan(stats_rank_p(low, 0, high, 3)));
	assert_true(isnan(stats_rank_p(absent, 2, high, 3)));
	assert_true(isnan(stats_rank_p(low, 3, absent, 2)));
	for (int i = 0; i < 12; i++) {
		far_a[i] = i;
		far_b[i] = 100 + i;
	}
	/* normal approximation: z = 72 / sqrt(12 * 12 * 25 / 12) = 4.1569, p = 0.000032 */
	near_to(stats_rank_p(far_a, 12, far_b, 12), 0.000032, 0.000001);
}

/* The steps by hand: sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, made monotone. */
static void test_holm(void **state)
{
	const double p[] = { 0.01, 0.04, NAN, 0.03, 0.005 };
	const double wanted[] = { 0.03, 0.06, NAN, 0.06, 0.02 };
	double adjusted[5];

	(void)state;
	stats_holm(p, adjusted, 5);
	for (int i = 0; i < 5; i++) {
		if (isnan(wanted[i]))
			assert_true(isnan(adjusted[i]));
		else
			near_to(adjusted[i], wanted[i], ROUNDING);
	}
}

/* Deterministic uniform numbers in (0, 1): splitmix64. */
static double uniform(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

static double poisson(double mean, uint64_t *seed)
{
	double limit = exp(-mean), product = uniform(seed);
	double n = 0;

	while (product > limit) {
		product *= uniform(seed);
		n++;
	}
	return n;
}

/* Share of 1000 comparisons of 3 and 3 boots with p <= 0.05. spread: of the boots' means */
static double positives(double mean_a, double mean_b, double spread)
{
	uint64_t seed = 1;
	int found = 0;

	for (int i = 0; i < 1000; i++) {
		double a[3], b[3];

		for (int j = 0; j < 3; j++) {
			a[j] = poisson(mean_a * exp(spread * (uniform(&seed) * 2 - 1)), &seed);
			b[j] = poisson(mean_b * exp(spread * (uniform(&seed) * 2 - 1)), &seed);
		}
		found += rates(a, 3, b, 3).p <= 0.05;
	}
	return found / 1000.0;
}

static void test_error_rates(void **state)
{
	(void)state;
	assert_true(positives(5, 5, 0) <= 0.05);
	assert_true(positives(100, 100, 0) <= 0.05);
	/* the t interval holds 5 % for normal errors; 1.4 % is twice the error of 1000 trials */
	assert_true(positives(100, 100, 0.5) <= 0.064);
	assert_true(positives(400, 400, 1) <= 0.064);
	assert_true(positives(100, 50, 0) >= 0.95);
	assert_true(positives(400, 320, 0) >= 0.80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),	   cmocka_unit_test(test_binomial_interval),
		cmocka_unit_test(test_rate_ratio), cmocka_unit_test(test_exposure),
		cmocka_unit_test(test_rate_upper), cmocka_unit_test(test_large_counts),
		cmocka_unit_test(test_log_ratio),  cmocka_unit_test(test_rank),
		cmocka_unit_test(test_holm),	   cmocka_unit_test(test_error_rates),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
