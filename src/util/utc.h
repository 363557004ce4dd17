/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dates as files carry them, in UTC. Reads no clock.
 */
#ifndef QPW_UTIL_UTC_H
#define QPW_UTIL_UTC_H

#include <stddef.h>
#include <stdint.h>

#define UTC_SIZE 32

/* "2026-11-26T06:33:38Z" for seconds since 1970. */
void utc_format(int64_t seconds, char *buf, size_t size);

/* The other way round. Returns 0 or -EINVAL (not of that form, or no such date). */
int utc_parse(const char *text, int64_t *seconds);

#endif
