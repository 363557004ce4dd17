// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the histogram that allocates or walks all buckets. Pure: no I/O.
 */
#include "qpw/hist.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct hist *hist_create(void)
{
	struct hist *h = calloc(1, sizeof(*h));

	if (h)
		h->min = UINT64_MAX;
	return h;
}

void hist_destroy(struct hist *h)
{
	if (!h)
		return;
	for (unsigned int i = 0; i < HIST_OCTAVES; i++)
		free(h->octaves[i]);
	free(h);
}

struct hist *hist_clone(const struct hist *h)
{
	struct hist *copy = hist_create();

	if (copy && hist_merge(copy, h)) {
		hist_destroy(copy);
		return NULL;
	}
	return copy;
}

int hist_grow(struct hist *h, unsigned int octave)
{
	if (h->octaves[octave])
		return 0;
	h->octaves[octave] = calloc(HIST_SUB, sizeof(uint64_t));
	return h->octaves[octave] ? 0 : -ENOMEM;
}

int hist_merge(struct hist *dst, const struct hist *src)
{
	for (unsigned int o = 0; o < HIST_OCTAVES; o++) {
		if (!src->octaves[o])
			continue;
		if (hist_grow(dst, o))
			return -ENOMEM;
		for (unsigned int i = 0; i < HIST_SUB; i++)
			dst->octaves[o][i] += src->octaves[o][i];
	}
	dst->count += src->count;
	if (__builtin_add_overflow(dst->sum, src->sum, &dst->sum))
		dst->sum = UINT64_MAX;
	if (src->min < dst->min)
		dst->min = src->min;
	if (src->max > dst->max)
		dst->max = src->max;
	return 0;
}

/* The slack absorbs 99.9 not being a binary fraction. */
uint64_t hist_rank(double percent, uint64_t count)
{
	double rank = ceil(percent / 100.0 * (double)count - (double)count / 1e14);

	if (!(rank >= 1.0))
		return 1;
	return rank >= (double)count ? count : (uint64_t)rank;
}

/* The bucket that holds the value of a rank; the last one for a rank too high. */
static struct hist_bucket bucket_of_rank(const struct hist *h, uint64_t rank)
{
	struct hist_bucket b = { 0 };
	uint64_t seen = 0;
	unsigned int i;

	hist_for_each(h, i, b) {
		seen += b.count;
		if (seen >= rank)
			break;
	}
	return b;
}

uint64_t hist_percentile(const struct hist *h, double percent)
{
	uint64_t rank = hist_rank(percent, h->count);
	struct hist_bucket b;
	uint64_t value;

	if (!h->count)
		return 0;
	if (rank == 1)
		return h->min;
	if (rank == h->count)
		return h->max;
	b = bucket_of_rank(h, rank);
	value = b.low + (b.high - b.low) / 2;
	if (value < h->min)
		return h->min;
	return value > h->max ? h->max : value;
}

void hist_rank_bounds(const struct hist *h, uint64_t rank, uint64_t *low, uint64_t *high)
{
	struct hist_bucket b = { 0 };

	if (h->count && rank > 1 && rank < h->count)
		b = bucket_of_rank(h, rank);
	if (h->count && rank <= 1)
		b = (struct hist_bucket){ .low = h->min, .high = h->min };
	if (h->count && rank >= h->count)
		b = (struct hist_bucket){ .low = h->max, .high = h->max };
	*low = b.low < hist_min(h) ? hist_min(h) : b.low;
	*high = b.high > h->max ? h->max : b.high;
}

uint64_t qpw_coarse_percentile(const uint32_t *buckets, double percent, uint64_t max)
{
	uint64_t count = 0, rank, seen = 0;

	for (uint32_t i = 0; i < QPW_COARSE_BUCKETS; i++)
		count += buckets[i];
	if (!count)
		return 0;
	rank = hist_rank(percent, count);
	for (uint32_t i = 0; i < QPW_COARSE_BUCKETS; i++) {
		seen += buckets[i];
		if (seen >= rank)
			return qpw_coarse_high(i) < max ? qpw_coarse_high(i) : max;
	}
	return max;
}

static int add_many(struct hist *h, uint64_t value, uint64_t count)
{
	uint32_t index = hist_index(value);
	int ret = h->octaves[index / HIST_SUB] ? 0 : hist_grow(h, index / HIST_SUB);

	if (ret)
		return ret;
	h->octaves[index / HIST_SUB][index % HIST_SUB] += count;
	h->count += count;
	if (value < h->min)
		h->min = value;
	return 0;
}

int hist_add_coarse(struct hist *h, const uint32_t *buckets, uint64_t sum, uint64_t max)
{
	for (uint32_t i = 0; i < QPW_COARSE_BUCKETS; i++) {
		uint64_t low = i ? qpw_coarse_high(i - 1) + 1 : 0, high = qpw_coarse_high(i);
		uint64_t middle = low + (high - low) / 2;

		if (buckets[i] && add_many(h, middle < max ? middle : max, buckets[i]))
			return -ENOMEM;
	}
	if (__builtin_add_overflow(h->sum, sum, &h->sum))
		h->sum = UINT64_MAX;
	if (max > h->max)
		h->max = max;
	return 0;
}

bool hist_next(const struct hist *h, unsigned int *index, struct hist_bucket *out)
{
	while (*index < HIST_BUCKETS) {
		const uint64_t *octave = h->octaves[*index / HIST_SUB];
		unsigned int i = *index;

		if (!octave) {
			*index = (i / HIST_SUB + 1) * HIST_SUB;
			continue;
		}
		(*index)++;
		if (!octave[i % HIST_SUB])
			continue;
		out->low = hist_low(i);
		out->high = hist_high(i);
		out->count = octave[i % HIST_SUB];
		return true;
	}
	return false;
}
