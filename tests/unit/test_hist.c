// SPDX-License-Identifier: GPL-2.0-only
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

/* per 100,000, so that the exact rank is computed in integers */
static const unsigned int parts[] = { 1,     100,   1000,  25000, 50000, 75000,
				      90000, 99000, 99900, 99990, 99999, 100000 };

/* The value at a percentile of sorted values, by nearest rank. */
static uint64_t exact_at(const uint64_t *sorted, size_t n, unsigned int part)
{
	return sorted[(n * part + 99999) / 100000 - 1];
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Known to better than 1/128; the interval of a rank holds its value and is as narrow. */
static void check_fine(const uint64_t *sorted, size_t n, const struct hist *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		uint64_t exact = exact_at(sorted, n, parts[i]), low, high;

		assert_true(distance(hist_percentile(h, parts[i] / 1000.0), exact) <= exact / 128);
		hist_rank_bounds(h, hist_rank(parts[i] / 1000.0, n), &low, &high);
		assert_true(low <= exact && exact <= high && high - low <= exact / 128);
	}
	assert_true(hist_percentile(h, 100) == sorted[n - 1]);
	assert_true(hist_min(h) == sorted[0]);
	assert_true(hist_max(h) == sorted[n - 1]);
}

/* The last bucket of a coarse one begins here; of what lies in it only the largest is known. */
#define COARSE_LAST UINT64_C(7516192768)

/* Never too low and known to better than a quarter, too when taken over into a fine one. */
static void check_coarse(const uint64_t *sorted, size_t n)
{
	uint32_t buckets[QPW_COARSE_BUCKETS] = { 0 };
	struct hist *h = hist_create();
	uint64_t max = sorted[n - 1];

	assert_non_null(h);
	for (size_t i = 0; i < n; i++)
		buckets[qpw_coarse_bucket(sorted[i])]++;
	assert_int_equal(hist_add_coarse(h, buckets, 1, max), 0);
	assert_true(h->count == n && h->sum == 1 && hist_max(h) == max);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		uint64_t exact = exact_at(sorted, n, parts[i]);
		uint64_t got = qpw_coarse_percentile(buckets, parts[i] / 1000.0, max);

		assert_true(got >= exact && got <= max);
		if (exact >= COARSE_LAST) {
			assert_true(got == max);
			continue;
		}
		assert_true(got - exact <= exact / 4);
		got = hist_percentile(h, parts[i] / 1000.0);
		assert_true(got == max || distance(got, exact) <= exact / 4);
	}
	hist_destroy(h);
}

static void check_values(uint64_t *values, size_t n)
{
	struct hist *h = hist_create();

	assert_non_null(h);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(hist_add(h, values[i]), 0);
	qsort(values, n, sizeof(*values), compare_u64);
	check_fine(values, n, h);
	check_coarse(values, n);
	hist_destroy(h);
}

/* Values that a histogram may do badly: the i-th of n. */
static uint64_t any_size(uint64_t *seed, size_t i, size_t n)
{
	(void)i;
	(void)n;
	return next_random(seed) >> next_random(seed) % 64;
}

static uint64_t common(uint64_t *seed, size_t i, size_t n)
{
	(void)i;
	(void)n;
	return next_random(seed) >> (30 + next_random(seed) % 30);
}

/* The first and the last of a bucket, at every size. */
static uint64_t edges(uint64_t *seed, size_t i, size_t n)
{
	uint32_t bucket = (uint32_t)(next_random(seed) % HIST_BUCKETS);

	(void)n;
	return i % 2 ? hist_low(bucket) : hist_high(bucket);
}

static uint64_t coarse_edges(uint64_t *seed, size_t i, size_t n)
{
	uint32_t bucket = (uint32_t)(next_random(seed) % (QPW_COARSE_BUCKETS - 1));

	(void)n;
	return qpw_coarse_high(bucket) + i % 2;
}

static uint64_t around_powers(uint64_t *seed, size_t i, size_t n)
{
	(void)n;
	return (UINT64_C(1) << next_random(seed) % 64) + i % 3 - 1;
}

static uint64_t all_the_same(uint64_t *seed, size_t i, size_t n)
{
	(void)seed;
	(void)i;
	return 1000003 * n;
}

/* All small but for one. */
static uint64_t one_far_away(uint64_t *seed, size_t i, size_t n)
{
	return i == n / 2 ? UINT64_MAX : next_random(seed) % 3;
}

/* Half in a bucket, half far away: percentiles lie at the edge between. */
static uint64_t two_heaps(uint64_t *seed, size_t i, size_t n)
{
	return (i < n / 2 ? 65537 : 90000000) + next_random(seed) % 100;
}

static uint64_t rising(uint64_t *seed, size_t i, size_t n)
{
	(void)seed;
	(void)n;
	return i;
}

typedef uint64_t (*maker)(uint64_t *seed, size_t i, size_t n);

static void test_percentiles(void **state)
{
	static const maker makers[] = {
		any_size,     common,	    edges,     coarse_edges, around_powers,
		all_the_same, one_far_away, two_heaps, rising,
	};
	static const size_t sizes[] = { 1, 2, 3, 10, 100, 999, 1000, 1001, 20000 };
	static uint64_t values[20000];
	uint64_t seed = 7;

	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
			for (size_t i = 0; i < sizes[s]; i++)
				values[i] = makers[m](&seed, i, sizes[s]);
			check_values(values, sizes[s]);
		}
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
