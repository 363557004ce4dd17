/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures of a report that are sums over its traces. Knows no format.
 */
#include "view/report.h"

uint64_t report_malformed(const struct report *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->nr_traces; i++)
		sum += r->traces[i].nr_malformed;
	return sum;
}

double report_watched_ns(const struct report *r)
{
	double sum = 0;

	for (size_t i = 0; i < r->nr_traces; i++) {
		if (!r->traces[i].watched_ns)
			return 0;
		sum += (double)r->traces[i].watched_ns;
	}
	return sum;
}
