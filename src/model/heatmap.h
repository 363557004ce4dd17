/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many samples of which latency there were in which stretch of time, in bounded memory: when
 * the columns do not suffice, each becomes twice as wide. Knows numbers, not samples.
 */
#ifndef QPW_MODEL_HEATMAP_H
#define QPW_MODEL_HEATMAP_H

#include <stdint.h>

#define HEATMAP_COLUMNS 128
#define HEATMAP_SHIFT_MIN 20 /* the first columns are 2^20 ns wide, about a millisecond */
/* Rows: values below 4 have one each, then there are four to each power of two. */
#define HEATMAP_SUB_BITS 2
#define HEATMAP_SUB (1U << HEATMAP_SUB_BITS)
#define HEATMAP_ROWS ((64 - HEATMAP_SUB_BITS + 1) * HEATMAP_SUB)

/*
 * Column c holds the times [c << shift, (c + 1) << shift); it lies at c % HEATMAP_COLUMNS. The
 * width depends on the earliest and the latest time only, so the order of arrival leaves no trace.
 */
struct heatmap {
	uint32_t shift;
	uint64_t first; /* columns in use; first > last: none */
	uint64_t last;
	uint64_t max_ns[HEATMAP_COLUMNS]; /* exact */
	uint64_t *rows[HEATMAP_ROWS];	  /* counts, HEATMAP_COLUMNS each; NULL = all zero */
};

/* Empty heatmap on the heap; NULL when out of memory. */
struct heatmap *heatmap_create(void);
void heatmap_destroy(struct heatmap *h);

/* Count one value at a time. 0 or -ENOMEM, nothing is counted then. */
int heatmap_add(struct heatmap *h, uint64_t time_ns, uint64_t value_ns);

/*
 * Add every count of src to dst, as if its times were earlier by back columns of its own, at
 * most src->first. Exact: as if every value had been added to dst. 0 or -ENOMEM, dst is then
 * incomplete.
 */
int heatmap_merge(struct heatmap *dst, const struct heatmap *src, uint64_t back);

/* Count of a row in a column, 0 outside of [first, last]. */
uint64_t heatmap_count(const struct heatmap *h, uint32_t row, uint64_t column);

/* Row of a value; the smallest and the largest value of a row. */
uint32_t heatmap_row(uint64_t value_ns);
uint64_t heatmap_low(uint32_t row);
uint64_t heatmap_high(uint32_t row);

#endif
