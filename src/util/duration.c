// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lengths of time as a user writes and reads them. Knows no clock.
 */
#include "util/duration.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "ns", 1 },	      { "us", 1000 },	      { "ms", 1000000 },       { "s", 1000000000 },
	{ "m", 60000000000 }, { "h", 3600000000000 }, { "d", 86400000000000 },
};

/* *ns stays where there is no unit. */
static int find_unit(const char *name, uint64_t *ns)
{
	if (!*name)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!strcmp(name, units[i].name)) {
			*ns = units[i].ns;
			return 0;
		}
	}
	return -EINVAL;
}

/* Digits after the point beyond this say nothing: 10^-15 days are less than a nanosecond. */
#define MAX_SCALE UINT64_C(1000000000000000)

static uint64_t fraction_ns(uint64_t fraction, uint64_t scale, uint64_t unit)
{
	return (uint64_t)((__uint128_t)fraction * unit / scale);
}

/* unit: of a number that has none. */
static int parse(const char *text, uint64_t unit, uint64_t *ns)
{
	uint64_t whole = 0, fraction = 0, scale = 1, total;
	const char *p = text;

	if (!isdigit((unsigned char)*p))
		return -EINVAL;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*p - '0'), &whole))
			return -ERANGE;
	if (*p == '.') {
		if (!isdigit((unsigned char)*++p))
			return -EINVAL;
		for (; isdigit((unsigned char)*p); p++) {
			if (scale == MAX_SCALE)
				continue;
			fraction = fraction * 10 + (uint64_t)(*p - '0');
			scale *= 10;
		}
	}
	if (find_unit(p, &unit))
		return -EINVAL;
	if (__builtin_mul_overflow(whole, unit, &total) ||
	    __builtin_add_overflow(total, fraction_ns(fraction, scale, unit), &total))
		return -ERANGE;
	*ns = total;
	return 0;
}

int duration_parse(const char *text, uint64_t *ns)
{
	return parse(text, 1000000000, ns);
}

int duration_parse_us(const char *text, uint64_t *ns)
{
	return parse(text, 1000, ns);
}

void duration_format(uint64_t ns, char *buf, size_t size)
{
	uint64_t s = ns / 1000000000;

	if (ns < 1000)
		snprintf(buf, size, "%" PRIu64 " ns", ns);
	else if (ns < 1000000)
		snprintf(buf, size, "%.*f us", ns < 10000 ? 2 : 1, (double)ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buf, size, "%.*f ms", ns < 10000000 ? 2 : 1, (double)ns / 1e6);
	else if (s < 120)
		snprintf(buf, size, "%.*f s", s < 10 ? 2 : 1, (double)ns / 1e9);
	else if (s < 7200)
		snprintf(buf, size, "%" PRIu64 " m %02" PRIu64 " s", s / 60, s % 60);
	else
		snprintf(buf, size, "%" PRIu64 " h %02" PRIu64 " m", s / 3600, s / 60 % 60);
}
