// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures as people read them. Knows no format and no figures' meaning.
 */
#include "view/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "util/text.h"

void words_add_number(char *buf, size_t size, double value)
{
	double a = fabs(value);

	if (isinf(value))
		text_add(buf, size, "∞");
	else if (value <= 0 && value >= 0)
		text_add(buf, size, "0");
	else
		text_add(buf, size, "%.*f",
			 a >= 99.95   ? 0 :
			 a >= 9.995   ? 1 :
			 a >= 0.0995  ? 2 :
			 a >= 0.00995 ? 3 :
					4,
			 value);
}

void words_ns(double ns, char *buf, size_t size)
{
	static const struct {
		double limit;
		double scale;
		const char *unit;
	} units[] = {
		{ 999.5, 1, " ns" },
		{ 999.5e3, 1e3, " µs" },
		{ 999.5e6, 1e6, " ms" },
		{ INFINITY, 1e9, " s" },
	};
	size_t i = 0;

	if (isnan(ns)) {
		snprintf(buf, size, "–");
		return;
	}
	if (ns <= 0) {
		snprintf(buf, size, "0");
		return;
	}
	while (ns >= units[i].limit)
		i++;
	buf[0] = '\0';
	words_add_number(buf, size, ns / units[i].scale);
	text_add(buf, size, "%s", units[i].unit);
}

void words_task(const char *comm, uint32_t pid, char buf[WORDS_TASK])
{
	snprintf(buf, WORDS_TASK, "%.*s", QPW_COMM_LEN, comm);
	if (pid != SNAP_PID_MANY)
		text_add(buf, WORDS_TASK, ":%" PRIu32, pid);
}
