// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intervals of percentiles: ranks against sums of the binomial distribution in exact fractions,
 * values against the buckets they lie in, and how often the interval holds what is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/quantile.h"
#include "util/array.h"

/* 40 and 61 for the median of 100 stand in the tables of textbooks; the others were summed up. */
static void test_ranks(void **state)
{
	const struct {
		uint64_t count;
		double percent;
		uint64_t low, high;
	} rows[] = {
		{ 0, 50, 0, 0 },
		{ 5, 50, 0, 0 },
		{ 6, 50, 1, 6 },
		{ 10, 50, 2, 9 },
		{ 10, 99.9, 10, 0 },
		{ 100, 50, 40, 61 },
		{ 100, 90, 84, 96 },
		{ 100, 99, 97, 0 },
		{ 1000, 99, 983, 997 },
		{ 1102, 99.9, 1098, 0 },
		{ 3000, 99, 2959, 2981 },
		{ 10000, 99.9, 9983, 9997 },
		{ 39000, 50, 19306, 19695 },
		{ 1000000, 99.999, 999983, 999997 },
		{ 900000000, 99.999, 899990814, 899991186 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct quantile_ranks r = quantile_ranks(rows[i].count, rows[i].percent, 0.95);

		assert_int_equal(r.low, rows[i].low);
		assert_int_equal(r.high, rows[i].high);
	}
}

/* By the normal distribution, which is a rank off at most: exact are 1498303 and 1501698. */
static void test_many(void **state)
{
	struct quantile_ranks r = quantile_ranks(3000000, 50, 0.95);

	(void)state;
	assert_in_range(r.low, 1498302, 1498303);
	assert_in_range(r.high, 1501698, 1501699);
	r = quantile_ranks(UINT64_C(1) << 40, 50, 0.95);
	assert_true(r.low > 0 && r.low < UINT64_C(1) << 39 && r.high > UINT64_C(1) << 39);
	r = quantile_ranks(UINT64_C(1) << 40, 99.9999999, 0.95);
	assert_int_equal(r.low, 0);
	assert_int_equal(r.high, 0);
}

static void test_no_level(void **state)
{
	const double bad[] = { 0, 1, -1, 2 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(quantile_ranks(100, 50, bad[i]).low, 0);
		assert_int_equal(quantile_ranks(100, 100 * bad[i], 0.95).low, 0);
	}
}

/* 1000, 2000 … 100000: the 40th and the 61st lie in buckets of 256 and 512 (2^15 / 128, …). */
static void test_values(void **state)
{
	struct hist *h = hist_create();
	struct quantile_interval i;

	(void)state;
	assert_non_null(h);
	for (uint64_t v = 1; v <= 100; v++)
		assert_int_equal(hist_add(h, v * 1000), 0);
	i = quantile_interval(h, 50, 0.95);
	assert_true(i.has_low && i.has_high);
	assert_int_equal(i.low, 40000 / 256 * 256);
	assert_int_equal(i.high, 61000 / 256 * 256 + 255);
	i = quantile_interval(h, 99, 0.95);
	assert_true(i.has_low && !i.has_high);
	assert_int_equal(i.low, 97000 / 512 * 512);
	hist_destroy(h);
}

/* The outermost ranks are known exactly: of 6 values the median lies between the first and last. */
static void test_ends(void **state)
{
	struct hist *h = hist_create();
	struct quantile_interval i;

	(void)state;
	assert_non_null(h);
	assert_false(quantile_interval(h, 50, 0.95).has_low);
	for (uint64_t v = 1; v <= 6; v++)
		assert_int_equal(hist_add(h, v * 100001), 0);
	i = quantile_interval(h, 50, 0.95);
	assert_int_equal(i.low, 100001);
	assert_int_equal(i.high, 600006);
	hist_destroy(h);
}

/* Of 1000 times 500 values from 0 to 999999 the interval of p90 holds 900000 at least 95 in 100. */
static void test_coverage(void **state)
{
	uint64_t rng = 5;
	unsigned int held = 0;

	(void)state;
	for (unsigned int run = 0; run < 1000; run++) {
		struct hist *h = hist_create();
		struct quantile_interval i;

		assert_non_null(h);
		for (unsigned int n = 0; n < 500; n++) {
			rng = rng * 6364136223846793005U + 1442695040888963407U;
			assert_int_equal(hist_add(h, (rng >> 33) % 1000000), 0);
		}
		i = quantile_interval(h, 90, 0.95);
		held += i.has_low && i.has_high && i.low <= 900000 && i.high >= 900000;
		hist_destroy(h);
	}
	assert_in_range(held, 950, 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranks),	 cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_level), cmocka_unit_test(test_values),
		cmocka_unit_test(test_ends),	 cmocka_unit_test(test_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
