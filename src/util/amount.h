/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures with a unit as a user writes them. Knows no meaning of them.
 */
#ifndef QPW_UTIL_AMOUNT_H
#define QPW_UTIL_AMOUNT_H

#include <stddef.h>

enum amount_kind {
	AMOUNT_BARE,	      /* "0.1" */
	AMOUNT_PERCENT,	      /* "10%": value is 0.1 */
	AMOUNT_NS,	      /* "10us": value in nanoseconds */
	AMOUNT_PER_SECOND,    /* "2/s" */
	AMOUNT_NS_PER_SECOND, /* "50us/s": value in nanoseconds per second */
};

/*
 * Parse the first len bytes of text: digits with at most one point, then nothing, "%", "ns", "us",
 * "ms", "s", "/s", "ns/s", "us/s" or "ms/s". Returns 0 or -EINVAL.
 */
int amount_parse(const char *text, size_t len, double *value, enum amount_kind *kind);

#endif
