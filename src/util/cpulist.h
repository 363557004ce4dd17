/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of CPUs in the kernel's list format ("0-3,5"). Knows text and bits, no files.
 */
#ifndef QPW_UTIL_CPULIST_H
#define QPW_UTIL_CPULIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPULIST_MAX 4096

struct cpulist {
	uint64_t bits[CPULIST_MAX / 64];
};

/*
 * Parse "0-3,5", "0-31:2/8" (2 of every 8) or "" (no CPU) as the kernel does; blanks at the ends
 * are skipped. Returns 0, -EINVAL for anything else, -ERANGE for a CPU >= CPULIST_MAX; *out is
 * empty on error.
 */
int cpulist_parse(const char *text, struct cpulist *out);

/* Write the list format without strides. Returns the length or -ENOSPC (buf then holds ""). */
int cpulist_format(const struct cpulist *l, char *buf, size_t size);

/* First CPU > prev, -1 when there is none. Start with prev -1. */
int cpulist_next(const struct cpulist *l, int prev);

unsigned int cpulist_count(const struct cpulist *l);

static inline bool cpulist_has(const struct cpulist *l, unsigned int cpu)
{
	return cpu < CPULIST_MAX && (l->bits[cpu / 64] >> (cpu % 64) & 1);
}

/* CPUs >= CPULIST_MAX are ignored. */
static inline void cpulist_set(struct cpulist *l, unsigned int cpu)
{
	if (cpu < CPULIST_MAX)
		l->bits[cpu / 64] |= (uint64_t)1 << (cpu % 64);
}

void cpulist_or(struct cpulist *dst, const struct cpulist *src);
void cpulist_and(struct cpulist *dst, const struct cpulist *src);
void cpulist_andnot(struct cpulist *dst, const struct cpulist *src);

/* for (every CPU of l, ascending); cpu is an int. */
#define cpulist_for_each(l, cpu) \
	for ((cpu) = cpulist_next(l, -1); (cpu) >= 0; (cpu) = cpulist_next(l, cpu))

#endif
