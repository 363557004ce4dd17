/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lengths of time as a user writes and reads them.
 */
#ifndef QPW_UTIL_DURATION_H
#define QPW_UTIL_DURATION_H

#include <stddef.h>
#include <stdint.h>

/*
 * Parse N[.N][ns|us|ms|s|m|h|d], without a unit seconds. Digits finer than a nanosecond are
 * dropped. Returns 0, -EINVAL (not of that form), -ERANGE (does not fit).
 */
int duration_parse(const char *text, uint64_t *ns);

/* The same, without a unit microseconds, as tools for latencies have it. */
int duration_parse_us(const char *text, uint64_t *ns);

/* For people: "873 ns", "1.50 us", "12.3 ms", "20.0 s", "2 m 05 s", "3 h 20 m". */
void duration_format(uint64_t ns, char *buf, size_t size);

#endif
