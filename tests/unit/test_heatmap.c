// SPDX-License-Identifier: GPL-2.0-only
/*
 * The heatmap: rows and columns by hand, and that neither the order of arrival nor merging shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../feeding.h"
#include "model/heatmap.h"
#include "util/array.h"

#define COLUMN (UINT64_C(1) << HEATMAP_SHIFT_MIN)

static uint64_t rng;

static uint64_t pick(uint64_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng % n;
}

static struct heatmap *new_heatmap(void)
{
	struct heatmap *h = heatmap_create();

	assert_non_null(h);
	return h;
}

static void add(struct heatmap *h, uint64_t time_ns, uint64_t value_ns)
{
	assert_int_equal(heatmap_add(h, time_ns, value_ns), 0);
}

/* Counts of all rows in a column. */
static uint64_t column_sum(const struct heatmap *h, uint64_t column)
{
	uint64_t sum = 0;

	for (uint32_t row = 0; row < HEATMAP_ROWS; row++)
		sum += heatmap_count(h, row, column);
	return sum;
}

static void same(const struct heatmap *a, const struct heatmap *b)
{
	assert_int_equal(a->shift, b->shift);
	assert_int_equal(a->first, b->first);
	assert_int_equal(a->last, b->last);
	for (uint64_t c = a->first; c <= a->last; c++) {
		assert_int_equal(a->max_ns[c % HEATMAP_COLUMNS], b->max_ns[c % HEATMAP_COLUMNS]);
		for (uint32_t row = 0; row < HEATMAP_ROWS; row++)
			assert_int_equal(heatmap_count(a, row, c), heatmap_count(b, row, c));
	}
}

/* Four rows to a power of two, without gaps, as wide as 64 bits. */
static void test_rows(void **state)
{
	static const struct {
		uint64_t value;
		uint32_t row;
	} cases[] = {
		{ 0, 0 },     { 3, 3 },
		{ 4, 4 },     { 7, 7 },
		{ 8, 8 },     { 9, 8 },
		{ 10, 9 },    { 15, 11 },
		{ 16, 12 },   { 1000, 35 },
		{ 1023, 35 }, { 1024, 36 },
		{ 1279, 36 }, { UINT64_MAX, HEATMAP_ROWS - 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(heatmap_row(cases[i].value), cases[i].row);
	for (uint32_t row = 0; row < HEATMAP_ROWS; row++) {
		assert_int_equal(heatmap_row(heatmap_low(row)), row);
		assert_int_equal(heatmap_row(heatmap_high(row)), row);
		if (row)
			assert_true(heatmap_low(row) == heatmap_high(row - 1) + 1);
	}
	assert_true(heatmap_high(HEATMAP_ROWS - 1) == UINT64_MAX);
}

/*
 * Columns 10 to 137 are 128; with column 138 they are two wide: 5 to 69. Two far apart leave as
 * many columns as there is room for.
 */
static void test_columns(void **state)
{
	struct heatmap *h = new_heatmap();

	(void)state;
	assert_true(h->first > h->last);
	add(h, 10 * COLUMN, 5000);
	add(h, 11 * COLUMN - 1, 6000);
	add(h, 11 * COLUMN, 7000);
	add(h, 138 * COLUMN - 1, 5000);
	assert_int_equal(h->shift, HEATMAP_SHIFT_MIN);
	assert_int_equal(h->first, 10);
	assert_int_equal(h->last, 137);
	assert_int_equal(column_sum(h, 10), 2);
	assert_int_equal(column_sum(h, 11), 1);
	assert_int_equal(column_sum(h, 12), 0);
	assert_int_equal(column_sum(h, 137), 1);
	assert_int_equal(h->max_ns[10], 6000);
	assert_int_equal(heatmap_count(h, heatmap_row(5000), 10), 1);
	add(h, 138 * COLUMN, 4000);
	assert_int_equal(h->shift, HEATMAP_SHIFT_MIN + 1);
	assert_int_equal(h->first, 5);
	assert_int_equal(h->last, 69);
	assert_int_equal(column_sum(h, 5), 3);
	assert_int_equal(h->max_ns[5], 7000);
	assert_int_equal(column_sum(h, 68), 1);
	assert_int_equal(column_sum(h, 69), 1);
	assert_int_equal(column_sum(h, 70), 0);
	assert_int_equal(column_sum(h, 4), 0);
	add(h, UINT64_MAX, 1);
	assert_int_equal(h->shift, 57);
	assert_int_equal(column_sum(h, 0), 5);
	assert_int_equal(column_sum(h, 127), 1);
	heatmap_destroy(h);
}

#define VALUES 400

struct value {
	uint64_t time_ns, value_ns;
};

/* Spread over about 2^width ns, from an odd begin on. */
static void make_values(struct value *v, uint32_t width)
{
	uint64_t begin = pick(UINT64_C(1) << 45);

	for (int i = 0; i < VALUES; i++)
		v[i] = (struct value){ begin + pick(UINT64_C(1) << width),
				       pick(UINT64_C(1) << pick(40)) };
}

static struct heatmap *fill(const struct value *v, int first, int step)
{
	struct heatmap *h = new_heatmap();

	for (int i = first; i < VALUES; i += step)
		add(h, v[i].time_ns, v[i].value_ns);
	return h;
}

/* In any order, and in two halves that are merged: the same as in one go. */
static void test_order(void **state)
{
	struct value v[VALUES];

	(void)state;
	for (uint64_t round = 1; round <= 60; round++) {
		struct heatmap *forth, *back = new_heatmap(), *merged = new_heatmap(), *half[2];
		uint64_t sum = 0;

		rng = round * 7919;
		make_values(v, (uint32_t)(round % 44));
		forth = fill(v, 0, 1);
		for (int i = VALUES - 1; i >= 0; i--)
			add(back, v[i].time_ns, v[i].value_ns);
		same(forth, back);
		for (int i = 0; i < 2; i++) {
			half[i] = fill(v, i, 2);
			assert_int_equal(heatmap_merge(merged, half[i], 0), 0);
			heatmap_destroy(half[i]);
		}
		same(forth, merged);
		assert_true(forth->last - forth->first < HEATMAP_COLUMNS);
		/* not wider than need be */
		assert_true(forth->shift == HEATMAP_SHIFT_MIN ||
			    forth->last - forth->first >= HEATMAP_COLUMNS / 2 - 1);
		for (uint64_t c = forth->first; c <= forth->last; c++)
			sum += column_sum(forth, c);
		assert_int_equal(sum, VALUES);
		heatmap_destroy(forth);
		heatmap_destroy(back);
		heatmap_destroy(merged);
	}
}

/* Times put back by whole columns. */
static void test_merge_back(void **state)
{
	struct heatmap *src = new_heatmap(), *dst = new_heatmap();

	(void)state;
	add(src, 1000 * COLUMN + 5, 100);
	add(src, 1002 * COLUMN, 200);
	assert_int_equal(heatmap_merge(dst, src, 999), 0);
	assert_int_equal(dst->first, 1);
	assert_int_equal(dst->last, 3);
	assert_int_equal(heatmap_count(dst, heatmap_row(100), 1), 1);
	assert_int_equal(heatmap_count(dst, heatmap_row(200), 3), 1);
	heatmap_destroy(src);
	heatmap_destroy(dst);
}

/*
 * The model's: by time since the window opened, without one since the first record; what came
 * before the window is not there, and two traces lie on each other.
 */
static void test_model(void **state)
{
	struct model *windowed = new_model(0, 0), *whole = new_model(0, 0);
	const uint64_t open = 1000 * COLUMN + 12345;
	struct snapshot *s, *w;

	(void)state;
	feed(windowed, rec_sample(1, open - 9000, 0, 0, 0, open - 8000));
	feed(windowed, rec_window(open, 0));
	feed(windowed, rec_sample(1, open, 0, 0, 0, open + 3000));
	feed(windowed, rec_sample(1, open + 5 * COLUMN, 0, 0, 0, open + 5 * COLUMN + 4000));
	s = snap(windowed);
	assert_int_equal(s->heatmap->first, 0);
	assert_int_equal(s->heatmap->last, 5);
	assert_int_equal(heatmap_count(s->heatmap, heatmap_row(3000), 0), 1);
	assert_int_equal(column_sum(s->heatmap, 0), 1);
	assert_int_equal(heatmap_count(s->heatmap, heatmap_row(4000), 5), 1);
	feed(whole, rec_irq(1, 7 * COLUMN, 7 * COLUMN + 10, "nic"));
	feed(whole, rec_sample(1, 9 * COLUMN, 0, 0, 0, 9 * COLUMN + 3000));
	w = snap(whole);
	assert_int_equal(w->heatmap->first, 2);
	assert_int_equal(w->heatmap->last, 2);
	assert_int_equal(snapshot_merge(s, w), 0);
	assert_int_equal(s->heatmap->first, 0);
	assert_int_equal(s->heatmap->last, 5);
	assert_int_equal(column_sum(s->heatmap, 2), 1);
	snapshot_destroy(s);
	snapshot_destroy(w);
	model_destroy(windowed);
	model_destroy(whole);
}

/* A part of a trace without a window: by time since that part began, which is no record's time. */
static void test_part(void **state)
{
	const struct model_config config = { .from_ns = 2 * COLUMN };
	struct model *m = model_create(&config);
	struct snapshot *s;

	(void)state;
	assert_non_null(m);
	feed(m, rec_irq(1, 7 * COLUMN, 7 * COLUMN + 10, "nic"));
	feed(m, rec_sample(1, 8 * COLUMN, 0, 0, 0, 8 * COLUMN + 3000));
	feed(m, rec_sample(1, 12 * COLUMN, 0, 0, 0, 12 * COLUMN + 3000));
	s = snap(m);
	assert_int_equal(s->window_start_ns, 9 * COLUMN);
	assert_int_equal(s->heatmap->first, 3);
	assert_int_equal(s->heatmap->last, 3);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),  cmocka_unit_test(test_columns),
		cmocka_unit_test(test_order), cmocka_unit_test(test_merge_back),
		cmocka_unit_test(test_model), cmocka_unit_test(test_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
