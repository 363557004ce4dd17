/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The histogram: bounds of buckets, and percentiles held against an exact sort.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "qpw/hist.h"
#include "util/array.h"

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void test_bounds(void **state)
{
	uint64_t seed = 42;

	(void)state;
	assert_int_equal(hist_index(0), 0);
	assert_int_equal(hist_index(127), 127);
	assert_int_equal(hist_index(128), 128);
	assert_int_equal(hist_index(255), 255);
	assert_int_equal(hist_index(256), 256);
	assert_int_equal(hist_index(257), 256);
	assert_int_equal(hist_index(258), 257);
	assert_int_equal(hist_index(UINT64_MAX), HIST_BUCKETS - 1);
	assert_true(hist_high(HIST_BUCKETS - 1) == UINT64_MAX);
	for (unsigned int i = 0; i + 1 < HIST_BUCKETS; i++)
		assert_true(hist_high(i) + 1 == hist_low(i + 1));
	for (int i = 0; i < 100000; i++) {
		uint64_t v = next_random(&seed) >> (i % 64);
		uint32_t index = hist_index(v);

		assert_true(index < HIST_BUCKETS);
		assert_true(hist_low(index) <= v && v <= hist_high(index));
		assert_true((double)(hist_high(index) - hist_low(index)) <= (double)v / 128);
	}
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void check_percentiles(const uint64_t *sorted, size_t n, const struct hist *h)
{
	/* per 10,000, so that the exact rank is computed in integers */
	static const unsigned int parts[] = { 1, 100, 2500, 5000, 9000, 9900, 9990, 9999, 10000 };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t rank = (n * parts[i] + 9999) / 10000;
		double exact = (double)sorted[rank - 1];
		double got = (double)hist_percentile(h, parts[i] / 100.0);

		assert_true(got >= exact - exact / 128 && got <= exact + exact / 128);
	}
	assert_true(hist_percentile(h, 100) == sorted[n - 1]);
	assert_true(hist_min(h) == sorted[0]);
	assert_true(hist_max(h) == sorted[n - 1]);
}

static void test_percentiles(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 10, 100, 999, 1000, 20000 };
	uint64_t seed = 7;

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		uint64_t *values = calloc(sizes[s], sizeof(*values));
		struct hist *h = hist_create();

		assert_non_null(values);
		assert_non_null(h);
		for (size_t i = 0; i < sizes[s]; i++) {
			values[i] = next_random(&seed) >> (30 + next_random(&seed) % 30);
			assert_int_equal(hist_add(h, values[i]), 0);
		}
		qsort(values, sizes[s], sizeof(*values), compare_u64);
		check_percentiles(values, sizes[s], h);
		free(values);
		hist_destroy(h);
	}
}

/* Nearest rank on 1…1000 in units that have buckets of their own below 256. */
static void test_nearest_rank(void **state)
{
	struct hist *h = hist_create();

	(void)state;
	assert_non_null(h);
	assert_true(hist_percentile(h, 50) == 0);
	for (uint64_t v = 1; v <= 200; v++)
		assert_int_equal(hist_add(h, v), 0);
	assert_true(hist_percentile(h, 50) == 100);
	assert_true(hist_percentile(h, 0.5) == 1);
	assert_true(hist_percentile(h, 0.51) == 2);
	assert_true(hist_percentile(h, 99) == 198);
	assert_true(hist_percentile(h, 99.5) == 199);
	assert_true(hist_percentile(h, 99.9) == 200);
	assert_true(hist_mean(h) == 100.5);
	assert_true(hist_count_above(h, 190) == 10);
	hist_destroy(h);
}

static void test_merge(void **state)
{
	struct hist *whole = hist_create(), *a = hist_create(), *b = hist_create(), *copy;
	unsigned int i = 0, j = 0;
	struct hist_bucket x, y;
	uint64_t seed = 99;

	(void)state;
	assert_true(whole && a && b);
	for (int n = 0; n < 5000; n++) {
		uint64_t v = next_random(&seed) >> (n % 64);

		hist_add(whole, v);
		hist_add(n % 3 ? a : b, v);
	}
	assert_int_equal(hist_merge(a, b), 0);
	copy = hist_clone(a);
	assert_non_null(copy);
	while (hist_next(whole, &i, &x)) {
		assert_true(hist_next(copy, &j, &y));
		assert_true(x.low == y.low && x.high == y.high && x.count == y.count);
	}
	assert_false(hist_next(copy, &j, &y));
	assert_true(copy->count == 5000 && copy->min == whole->min && copy->max == whole->max);
	assert_true(copy->sum == whole->sum);
	hist_destroy(whole);
	hist_destroy(a);
	hist_destroy(b);
	hist_destroy(copy);
	hist_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_nearest_rank),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
