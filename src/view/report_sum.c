// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures of a report that are sums over its traces. Knows no format.
 */
#include "view/report.h"

#include <string.h>

static bool is_copy(const struct report_trace *a, const struct report_trace *b)
{
	return a->facts.started_utc[0] && !strcmp(a->facts.started_utc, b->facts.started_utc) &&
	       !strcmp(a->facts.hostname, b->facts.hostname) &&
	       a->window_start_ns == b->window_start_ns;
}

size_t report_copies(const struct report *r)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->nr_traces; i++) {
		for (size_t j = 0; j < i; j++) {
			if (is_copy(&r->traces[i], &r->traces[j])) {
				nr++;
				break;
			}
		}
	}
	return nr;
}

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
