/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histogram of nanoseconds: 128 buckets per power of two, values below 128 exact, so a
 * value is known to better than 1/128 (0.8 %). Index and bounds are plain arithmetic that the BPF
 * half can use too; the rest is for user space. Knows nothing of what is counted.
 */
#ifndef QPW_HIST_H
#define QPW_HIST_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define HIST_SUB_BITS 7
#define HIST_SUB (1U << HIST_SUB_BITS)
#define HIST_OCTAVES (64 - HIST_SUB_BITS + 1)
#define HIST_BUCKETS (HIST_OCTAVES * HIST_SUB)

/* floor(log2(value)), value > 0. Branches only: BPF has no count-leading-zeros instruction. */
static inline __u32 hist_log2(__u64 value)
{
#ifdef __bpf__
	__u32 log = 0;

	if (value >> 32) {
		log += 32;
		value >>= 32;
	}
	if (value >> 16) {
		log += 16;
		value >>= 16;
	}
	if (value >> 8) {
		log += 8;
		value >>= 8;
	}
	if (value >> 4) {
		log += 4;
		value >>= 4;
	}
	if (value >> 2) {
		log += 2;
		value >>= 2;
	}
	return log + (__u32)(value >> 1);
#else
	return 63 - (__u32)__builtin_clzll(value);
#endif
}

/* Bucket of a value, < HIST_BUCKETS. */
static inline __u32 hist_index(__u64 value)
{
	__u32 shift;

	if (value < HIST_SUB)
		return (__u32)value;
	shift = hist_log2(value) - HIST_SUB_BITS;
	return (shift + 1) * HIST_SUB + (__u32)((value >> shift) & (HIST_SUB - 1));
}

/* Smallest value of a bucket. */
static inline __u64 hist_low(__u32 index)
{
	__u32 octave = index / HIST_SUB;
	__u64 sub = index % HIST_SUB;

	return octave ? (HIST_SUB + sub) << (octave - 1) : sub;
}

/* Largest value of a bucket. */
static inline __u64 hist_high(__u32 index)
{
	__u32 octave = index / HIST_SUB;

	return hist_low(index) + (octave ? ((__u64)1 << (octave - 1)) - 1 : 0);
}

/*
 * A coarse one for where there are many of them, of one size each, in a map of BPF too: 4 buckets
 * per power of two, values below 4 exact, so a value is known to better than a quarter. The last
 * bucket holds all from 7.5 s on.
 */
#define QPW_COARSE_SUB_BITS 2
#define QPW_COARSE_SUB (1U << QPW_COARSE_SUB_BITS)
#define QPW_COARSE_BUCKETS 128

/* Bucket of a value, < QPW_COARSE_BUCKETS. */
static inline __u32 qpw_coarse_bucket(__u64 value)
{
	__u32 shift, index;

	if (value < QPW_COARSE_SUB)
		return (__u32)value;
	shift = hist_log2(value) - QPW_COARSE_SUB_BITS;
	index = (shift + 1) * QPW_COARSE_SUB + (__u32)((value >> shift) & (QPW_COARSE_SUB - 1));
	return index < QPW_COARSE_BUCKETS ? index : QPW_COARSE_BUCKETS - 1;
}

/* Largest value of a bucket; of the last one that is all ones. */
static inline __u64 qpw_coarse_high(__u32 index)
{
	__u32 octave = index / QPW_COARSE_SUB;
	__u64 sub = index % QPW_COARSE_SUB;

	if (index >= QPW_COARSE_BUCKETS - 1)
		return ~(__u64)0;
	return octave ? ((QPW_COARSE_SUB + sub + 1) << (octave - 1)) - 1 : sub;
}

#ifndef __bpf__

#include <stdbool.h>
#include <stdint.h>

/*
 * Nearest-rank percentile, 0 < percent <= 100, of QPW_COARSE_BUCKETS counters: the largest value of
 * its bucket, at most max, the largest value that was counted. 0 when nothing was.
 */
uint64_t qpw_coarse_percentile(const uint32_t *buckets, double percent, uint64_t max);

/* Octaves are allocated as values arrive. Count, sum (saturating), min and max are exact. */
struct hist {
	uint64_t count;
	uint64_t sum;
	uint64_t min; /* UINT64_MAX while empty */
	uint64_t max;
	uint64_t *octaves[HIST_OCTAVES]; /* HIST_SUB counters each; NULL = all zero */
};

/* Values low <= v <= high were added count times. */
struct hist_bucket {
	uint64_t low;
	uint64_t high;
	uint64_t count;
};

/* Empty histogram on the heap; NULL when out of memory. */
struct hist *hist_create(void);
void hist_destroy(struct hist *h);

/* Copy on the heap; NULL when out of memory. */
struct hist *hist_clone(const struct hist *h);

/* Make room for an octave of buckets. 0 or -ENOMEM. */
int hist_grow(struct hist *h, unsigned int octave);

/*
 * Add what was counted in QPW_COARSE_BUCKETS, each value as the middle of its bucket; their true
 * sum and maximum stay. 0 or -ENOMEM, h is then incomplete.
 */
int hist_add_coarse(struct hist *h, const uint32_t *buckets, uint64_t sum, uint64_t max);

/* Add every value of src to dst. 0 or -ENOMEM, dst is then incomplete. */
int hist_merge(struct hist *dst, const struct hist *src);

/*
 * Nearest-rank percentile, 0 < percent <= 100: the middle of the bucket that holds the value of
 * rank ceil(percent / 100 * count), within [min, max]; the first and the last rank are exact.
 * 0 for an empty histogram.
 */
uint64_t hist_percentile(const struct hist *h, double percent);

/* Rank of a percentile among count values: ceil(percent / 100 * count), from 1 to count. */
uint64_t hist_rank(double percent, uint64_t count);

/*
 * Bounds of the value of a rank, 1 to count: those of its bucket within [min, max]; low equals high
 * at the first and the last rank. Both 0 for an empty histogram.
 */
void hist_rank_bounds(const struct hist *h, uint64_t rank, uint64_t *low, uint64_t *high);

/* Next non-empty bucket at or after *index; advances *index. False at the end. */
bool hist_next(const struct hist *h, unsigned int *index, struct hist_bucket *out);

/* for (bucket of h, by value); i is an unsigned int, b a struct hist_bucket. */
#define hist_for_each(h, i, b) for ((i) = 0; hist_next(h, &(i), &(b));)

/* Number of the octave that holds a value, < HIST_OCTAVES. */
static inline uint32_t hist_octave(uint64_t value)
{
	return hist_index(value) / HIST_SUB;
}

/* Count one value. 0 or -ENOMEM, nothing is counted then. */
static inline int hist_add(struct hist *h, uint64_t value)
{
	uint32_t index = hist_index(value);
	int ret;

	if (!h->octaves[index / HIST_SUB]) {
		ret = hist_grow(h, index / HIST_SUB);
		if (ret)
			return ret;
	}
	h->octaves[index / HIST_SUB][index % HIST_SUB]++;
	h->count++;
	if (__builtin_add_overflow(h->sum, value, &h->sum))
		h->sum = UINT64_MAX;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	return 0;
}

static inline uint64_t hist_count(const struct hist *h)
{
	return h->count;
}

/* 0 for an empty histogram. */
static inline uint64_t hist_min(const struct hist *h)
{
	return h->count ? h->min : 0;
}

static inline uint64_t hist_max(const struct hist *h)
{
	return h->max;
}

/* Exact arithmetic mean; 0 for an empty histogram. */
static inline double hist_mean(const struct hist *h)
{
	return h->count ? (double)h->sum / (double)h->count : 0.0;
}

#endif /* !__bpf__ */
#endif
