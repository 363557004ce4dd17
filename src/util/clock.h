/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of records. For programs that wait and record; model and views know no clock.
 */
#ifndef QPW_UTIL_CLOCK_H
#define QPW_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC, as bpf_ktime_get_ns() has it. */
static inline uint64_t clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

#endif
