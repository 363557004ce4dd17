/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Self times of nested intervals. Spans that only partly overlap are impossible in a complete
 * recording; after losses they are clipped, so that no nanosecond counts twice. Knows no events.
 */
#include "model/nest.h"

#include <string.h>

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Fold the older half in pairs. */
static void fold(struct nest *n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < NEST_ROOM / 2; i += 2, kept++) {
		struct nest_span pair = n->spans[i];

		pair.end_ns = n->spans[i + 1].end_ns;
		pair.busy_ns += n->spans[i + 1].busy_ns;
		n->spans[kept] = pair;
	}
	memmove(n->spans + kept, n->spans + NEST_ROOM / 2, NEST_ROOM / 2 * sizeof(n->spans[0]));
	n->nr = kept + NEST_ROOM / 2;
}

/* What a span covers of the time from start to end. */
static uint64_t overlap(const struct nest_span *span, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t from = span->start_ns > start_ns ? span->start_ns : start_ns;
	uint64_t to = min_u64(span->end_ns, end_ns);

	return to > from ? min_u64(span->busy_ns, to - from) : 0;
}

uint64_t nest_add(struct nest *n, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t covered = 0, from = start_ns, to = end_ns;

	while (n->nr && n->spans[n->nr - 1].start_ns >= start_ns) {
		const struct nest_span *inner = &n->spans[--n->nr];

		covered += overlap(inner, start_ns, end_ns);
		if (inner->end_ns > to)
			to = inner->end_ns;
	}
	if (n->nr && n->spans[n->nr - 1].end_ns > start_ns) {
		covered += overlap(&n->spans[n->nr - 1], start_ns, end_ns);
		from = min_u64(n->spans[n->nr - 1].end_ns, to);
	}
	if (to > from) {
		if (n->nr == NEST_ROOM)
			fold(n);
		n->spans[n->nr++] = (struct nest_span){ from, to, to - from };
	}
	return end_ns - start_ns - min_u64(covered, end_ns - start_ns);
}
