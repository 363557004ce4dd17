// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency over time, streaming. Knows numbers, not samples.
 */
#include "model/heatmap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "qpw/hist.h"

struct heatmap *heatmap_create(void)
{
	struct heatmap *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->shift = HEATMAP_SHIFT_MIN;
	h->first = UINT64_MAX;
	return h;
}

void heatmap_destroy(struct heatmap *h)
{
	if (!h)
		return;
	for (uint32_t row = 0; row < HEATMAP_ROWS; row++)
		free(h->rows[row]);
	free(h);
}

uint32_t heatmap_row(uint64_t value_ns)
{
	uint32_t shift;

	if (value_ns < HEATMAP_SUB)
		return (uint32_t)value_ns;
	shift = hist_log2(value_ns) - HEATMAP_SUB_BITS;
	return (shift + 1) * HEATMAP_SUB + (uint32_t)((value_ns >> shift) & (HEATMAP_SUB - 1));
}

uint64_t heatmap_low(uint32_t row)
{
	uint32_t octave = row / HEATMAP_SUB;
	uint64_t sub = row % HEATMAP_SUB;

	return octave ? (HEATMAP_SUB + sub) << (octave - 1) : sub;
}

uint64_t heatmap_high(uint32_t row)
{
	return row + 1 < HEATMAP_ROWS ? heatmap_low(row + 1) - 1 : UINT64_MAX;
}

/* Columns become 2^by times as wide. */
static void widen(struct heatmap *h, uint32_t by)
{
	uint64_t old[HEATMAP_COLUMNS];

	for (uint32_t row = 0; row < HEATMAP_ROWS; row++) {
		uint64_t *counts = h->rows[row];

		if (!counts)
			continue;
		memcpy(old, counts, sizeof(old));
		memset(counts, 0, sizeof(old));
		for (uint64_t c = h->first; c <= h->last; c++)
			counts[(c >> by) % HEATMAP_COLUMNS] += old[c % HEATMAP_COLUMNS];
	}
	memcpy(old, h->max_ns, sizeof(old));
	memset(h->max_ns, 0, sizeof(old));
	for (uint64_t c = h->first; c <= h->last; c++) {
		uint64_t *max = &h->max_ns[(c >> by) % HEATMAP_COLUMNS];

		if (old[c % HEATMAP_COLUMNS] > *max)
			*max = old[c % HEATMAP_COLUMNS];
	}
	h->first >>= by;
	h->last >>= by;
	h->shift += by;
}

/* Make the columns wide enough for a time and take its column in. */
static void cover(struct heatmap *h, uint64_t time_ns)
{
	uint64_t column = time_ns >> h->shift, first = h->first, last = h->last;
	bool empty = first > last;
	uint32_t by = 0;

	if (empty || column < first)
		first = column;
	if (empty || column > last)
		last = column;
	while ((last >> by) - (first >> by) >= HEATMAP_COLUMNS)
		by++;
	if (by)
		widen(h, by);
	h->first = first >> by;
	h->last = last >> by;
}

/* The counts of a row, made where missing; NULL when out of memory. */
static uint64_t *get_row(struct heatmap *h, uint32_t row)
{
	if (!h->rows[row])
		h->rows[row] = calloc(HEATMAP_COLUMNS, sizeof(*h->rows[row]));
	return h->rows[row];
}

int heatmap_add(struct heatmap *h, uint64_t time_ns, uint64_t value_ns)
{
	uint64_t *counts = get_row(h, heatmap_row(value_ns)), column = time_ns >> h->shift;

	if (!counts)
		return -ENOMEM;
	if (column < h->first || column > h->last) {
		cover(h, time_ns);
		column = time_ns >> h->shift;
	}
	counts[column % HEATMAP_COLUMNS]++;
	if (value_ns > h->max_ns[column % HEATMAP_COLUMNS])
		h->max_ns[column % HEATMAP_COLUMNS] = value_ns;
	return 0;
}

/* Add the column of src that begins at time_ns in dst, whose columns are at least as wide. */
static int merge_column(struct heatmap *dst, const struct heatmap *src, uint64_t column,
			uint64_t time_ns)
{
	uint64_t from = column % HEATMAP_COLUMNS, to;

	cover(dst, time_ns);
	to = (time_ns >> dst->shift) % HEATMAP_COLUMNS;
	for (uint32_t row = 0; row < HEATMAP_ROWS; row++) {
		uint64_t *counts;

		if (!src->rows[row] || !src->rows[row][from])
			continue;
		counts = get_row(dst, row);
		if (!counts)
			return -ENOMEM;
		counts[to] += src->rows[row][from];
	}
	if (src->max_ns[from] > dst->max_ns[to])
		dst->max_ns[to] = src->max_ns[from];
	return 0;
}

int heatmap_merge(struct heatmap *dst, const struct heatmap *src, uint64_t back)
{
	int ret = 0;

	if (src->first > src->last)
		return 0;
	if (dst->shift < src->shift)
		widen(dst, src->shift - dst->shift);
	for (uint64_t c = src->first; !ret && c <= src->last; c++)
		ret = merge_column(dst, src, c, (c - back) << src->shift);
	return ret;
}

uint64_t heatmap_count(const struct heatmap *h, uint32_t row, uint64_t column)
{
	if (column < h->first || column > h->last || row >= HEATMAP_ROWS || !h->rows[row])
		return 0;
	return h->rows[row][column % HEATMAP_COLUMNS];
}
