// SPDX-License-Identifier: GPL-2.0-only
/*
 * When watched CPUs were not there, in words. Knows no formats.
 */
#include "view/report_offline.h"

#define SHOWN 10

size_t report_offlines(const struct snapshot *s, uint64_t *nr_more)
{
	size_t nr = s->nr_offlines < SHOWN ? s->nr_offlines : SHOWN;

	*nr_more = s->nr_offlines - nr + s->nr_offlines_left_out;
	return nr;
}

/* What lies outside of the window is not told. */
void report_offline(const struct report *r, const struct snap_offline *offline,
		    struct report_offline *words)
{
	const struct report_trace *t = &r->traces[offline->boot < r->nr_traces ? offline->boot : 0];
	uint64_t start_ns = t->window_start_ns;

	snprintf(words->from, sizeof(words->from), "the beginning");
	snprintf(words->to, sizeof(words->to), "the end");
	if (offline->start_ns > start_ns)
		snprintf(words->from, sizeof(words->from), "%.3f s",
			 (double)(offline->start_ns - start_ns) / 1e9);
	if (offline->end_ns && offline->end_ns <= start_ns + t->window_ns)
		snprintf(words->to, sizeof(words->to), "%.3f s",
			 (double)(offline->end_ns - start_ns) / 1e9);
}
