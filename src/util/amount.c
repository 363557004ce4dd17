// SPDX-License-Identifier: GPL-2.0-only
/*
 * A number and the unit behind it. strtod() alone would take exponents, hexadecimals and "inf".
 */
#include "util/amount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

#define AMOUNT_MAX 32 /* of its characters */

static const struct {
	const char *suffix;
	enum amount_kind kind;
	double scale;
} units[] = {
	{ "", AMOUNT_BARE, 1 },
	{ "%", AMOUNT_PERCENT, 0.01 },
	{ "ns", AMOUNT_NS, 1 },
	{ "us", AMOUNT_NS, 1e3 },
	{ "ms", AMOUNT_NS, 1e6 },
	{ "s", AMOUNT_NS, 1e9 },
	{ "/s", AMOUNT_PER_SECOND, 1 },
	{ "ns/s", AMOUNT_NS_PER_SECOND, 1 },
	{ "us/s", AMOUNT_NS_PER_SECOND, 1e3 },
	{ "ms/s", AMOUNT_NS_PER_SECOND, 1e6 },
};

int amount_parse(const char *text, size_t len, double *value, enum amount_kind *kind)
{
	char copy[AMOUNT_MAX + 1], *end;
	size_t digits;
	double number;

	if (len > AMOUNT_MAX)
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	digits = strspn(copy, "0123456789.");
	number = strtod(copy, &end);
	if (!digits || end != copy + digits)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		*value = number * units[i].scale;
		*kind = units[i].kind;
		return 0;
	}
	return -EINVAL;
}
