// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bootstrap and drift against enumeration and arithmetic done elsewhere, and by simulation: which
 * interval holds its level with few boots, and so may decide.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "model/stats.h"

#define ROUNDING 0.000000001
#define RESAMPLES 1999

static void near_to(double seen, double wanted, double tolerance)
{
	if (!(fabs(seen - wanted) <= tolerance))
		fail_msg("%.9g is not %.9g", seen, wanted);
}

/*
 * 27 * 27 pairs of resamples, each as likely: of 1, 2, 4 against 3, 6, 24 the ratios at 1.0 % to
 * 3.4 % of the distribution are 24^(1/3) * 2^(-4/3) = 1.190550789, those at 95.6 % to 98.2 % are
 * 12.
 */
static void test_bootstrap_logs(void **state)
{
	const double a[] = { 1, 2, 4 }, b[] = { 3, 6, 24 }, zero[] = { 0, 1, 2 };
	struct stats_interval i = stats_bootstrap_logs(a, 3, b, 3, 0.95, RESAMPLES);
	struct stats_interval again = stats_bootstrap_logs(a, 3, b, 3, 0.95, RESAMPLES);

	(void)state;
	near_to(i.low, 1.190550789, ROUNDING);
	near_to(i.high, 12, ROUNDING);
	/* the same input, the same bytes */
	assert_memory_equal(&i, &again, sizeof(i));
	assert_true(isnan(stats_bootstrap_logs(a, 1, b, 3, 0.95, RESAMPLES).low));
	assert_true(isnan(stats_bootstrap_logs(a, 3, b, 1, 0.95, RESAMPLES).high));
	assert_true(isnan(stats_bootstrap_logs(zero, 3, b, 3, 0.95, RESAMPLES).low));
	/* fewer resamples than the tail has room for */
	assert_true(isnan(stats_bootstrap_logs(a, 3, b, 3, 0.95, 19).low));
}

/*
 * 20, 40, 5 events in 10, 20, 10 s against 9, 90, 12: pooled rates, enumerated in fractions. 1/2 is
 * from 1.1 % to 4.4 % of the distribution; 97.5 % falls between 3.84 (up to 97.0 %) and 5.4.
 */
static void test_bootstrap_rates(void **state)
{
	const double a[] = { 20, 40, 5 }, b[] = { 9, 90, 12 }, seconds[] = { 10, 20, 10 };
	const double nothing[] = { 0, 0, 0 }, some[] = { 0, 0, 7 };
	const struct stats_counts x = { a, seconds, 3 }, y = { b, seconds, 3 };
	const struct stats_counts none = { nothing, seconds, 3 }, few = { some, seconds, 3 };
	struct stats_interval i = stats_bootstrap_rates(&x, &y, 0.95, RESAMPLES);

	(void)state;
	near_to(i.low, 0.5, ROUNDING);
	assert_true(i.high > 3.83 && i.high < 5.41);
	assert_true(isnan(stats_bootstrap_rates(&x, &none, 0.95, RESAMPLES).low));
	assert_true(isnan(stats_bootstrap_rates(&none, &x, 0.95, RESAMPLES).low));
	/* resamples without an event are ratios without end, and sort there */
	i = stats_bootstrap_rates(&few, &x, 0.95, RESAMPLES);
	assert_true(i.low > 0 && isinf(i.high));
}

/* How often of 1000 the interval holds the true ratio 1 of n and n lognormal boots. */
static void coverage(gsl_rng *rng, size_t n, double *student, double *bootstrap)
{
	int by_t = 0, by_bootstrap = 0;

	for (int i = 0; i < 1000; i++) {
		double a[8], b[8];
		struct stats_ratio r;
		struct stats_interval s;

		for (size_t j = 0; j < n; j++) {
			a[j] = gsl_ran_lognormal(rng, 0, 0.1);
			b[j] = gsl_ran_lognormal(rng, 0, 0.1);
		}
		r = stats_log_ratio(a, n, b, n, 0.95);
		s = stats_bootstrap_logs(a, n, b, n, 0.95, 199);
		by_t += r.low <= 1 && r.high >= 1;
		by_bootstrap += s.low <= 1 && s.high >= 1;
	}
	*student = by_t / 1000.0;
	*bootstrap = by_bootstrap / 1000.0;
	print_message("# %zu + %zu boots: of 95 %% intervals hold the truth %.1f %% by t, %.1f %% "
		      "by bootstrap\n",
		      n, n, *student * 100, *bootstrap * 100);
}

/* Three in the standard error of 1000 trials is 2 %. */
static void test_coverage(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double student, bootstrap;

	(void)state;
	assert_non_null(rng);
	coverage(rng, 3, &student, &bootstrap);
	assert_true(student >= 0.93);
	assert_true(bootstrap < 0.85);
	coverage(rng, 8, &student, &bootstrap);
	assert_true(student >= 0.93);
	assert_true(bootstrap > 0.85 && bootstrap < 0.95);
	gsl_rng_free(rng);
}

/*
 * Logs 0, 0.3, 0.5 at places 1, 3, 5 and 1.1, 1.4, 1.5 at 2, 4, 6: slope 0.1125 a place; rest
 * 0.003611, so t = 7.4885 with 3 degrees of freedom, whose p is 0.0049328 in closed form.
 */
static void test_drift(void **state)
{
	const double a[] = { 1, exp(0.3), exp(0.5) }, b[] = { exp(1.1), exp(1.4), exp(1.5) };
	const double at_a[] = { 1, 3, 5 }, at_b[] = { 2, 4, 6 }, zeros[] = { 0, 0, 0 };
	const double five[] = { 1, 2, 3, 4, 5 }, steady[] = { 7, 7, 7, 7, 7 };
	const struct stats_track x = { a, at_a, 3 }, y = { b, at_b, 3 }, z = { zeros, at_b, 3 };
	const struct stats_track flat = { steady, five, 5 };
	struct stats_drift d = stats_log_drift(&x, &y, 5);

	(void)state;
	near_to(d.change, exp(0.5625), ROUNDING);
	near_to(d.p, 0.0049328006, ROUNDING);
	/* without B: slope 0.125, rest 0.0016667, t = 8.66 with 1 degree: p = 1 - 2/pi atan(t) */
	d = stats_log_drift(&x, &z, 5);
	near_to(d.change, exp(0.625), ROUNDING);
	near_to(d.p, 1 - 2 / M_PI * atan(sqrt(75)), ROUNDING);
	assert_true(isnan(stats_log_drift(&z, &z, 5).change));
	/* steady to the last digit: no certainty either way from the same bucket */
	d = stats_log_drift(&flat, &flat, 4);
	near_to(d.change, 1, ROUNDING);
	near_to(d.p, 1, ROUNDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bootstrap_logs),
		cmocka_unit_test(test_bootstrap_rates),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_drift),
	};

	return cmocka_run_group_tests_name("stats_boots", tests, NULL, NULL);
}
