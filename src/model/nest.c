// SPDX-License-Identifier: GPL-2.0-only
/*
 * Self times of nested intervals. Spans that only partly overlap are impossible in a complete
 * recording; after losses they are clipped, so that no nanosecond counts twice. Knows no events.
 */
#include "model/nest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 16
/* An interval that was interrupted while it was being told may come so many behind its place. */
#define NEST_LATER 4

int nest_init(struct nest *n, uint32_t max_room)
{
	n->nr = 0;
	n->nr_joined = 0;
	n->nr_past = 0;
	n->max_room = max_room;
	n->room = max_room < FIRST_ROOM ? max_room : FIRST_ROOM;
	n->spans = calloc(n->room, sizeof(*n->spans));
	return n->spans ? 0 : -ENOMEM;
}

void nest_finish(struct nest *n)
{
	free(n->spans);
	n->spans = NULL;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool is_whole(const struct nest_span *span)
{
	return span->busy_ns == span->end_ns - span->start_ns;
}

/* Of two that touch, as runs of tasks do, one can be made without losing anything. */
static void join_touching(struct nest *n)
{
	uint32_t kept = n->nr_joined ? n->nr_joined - 1 : 0, nr_past = n->nr_past;

	for (uint32_t i = kept + 1; i < n->nr; i++) {
		struct nest_span *last = &n->spans[kept];
		const struct nest_span *next = &n->spans[i];

		if (i != nr_past && last->end_ns == next->start_ns && is_whole(last) &&
		    is_whole(next)) {
			last->end_ns = next->end_ns;
			last->busy_ns += next->busy_ns;
		} else {
			n->spans[++kept] = *next;
		}
		if (i < nr_past)
			n->nr_past = kept + 1;
	}
	n->nr = kept + 1;
	n->nr_joined = n->nr;
}

/* Fold the older half in pairs: of what is past, if that is some, otherwise of the rest. */
static void fold(struct nest *n)
{
	bool some = n->nr_past >= 4;
	uint32_t from = some ? 0 : n->nr_past, to = some ? n->nr_past : n->nr;
	uint32_t end = from + ((to - from) / 2 & ~1U), kept = from;

	for (uint32_t i = from; i < end; i += 2, kept++) {
		struct nest_span pair = n->spans[i];

		pair.end_ns = n->spans[i + 1].end_ns;
		pair.busy_ns += n->spans[i + 1].busy_ns;
		n->spans[kept] = pair;
	}
	memmove(n->spans + kept, n->spans + end, (n->nr - end) * sizeof(n->spans[0]));
	n->nr -= end - kept;
	n->nr_joined = n->nr;
	if (some)
		n->nr_past -= end - kept;
}

static bool grow(struct nest *n)
{
	uint32_t room = n->room < n->max_room / 2 ? 2 * n->room : n->max_room;
	struct nest_span *spans;

	if (room == n->room)
		return false;
	spans = reallocarray(n->spans, room, sizeof(*spans));
	if (!spans)
		return false;
	n->spans = spans;
	n->room = room;
	return true;
}

static void make_room(struct nest *n)
{
	if (grow(n))
		return;
	join_touching(n);
	if (n->nr > n->room / 4 * 3)
		fold(n);
}

/* What a span covers of the time from start to end. */
static uint64_t overlap(const struct nest_span *span, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t from = span->start_ns > start_ns ? span->start_ns : start_ns;
	uint64_t to = min_u64(span->end_ns, end_ns);

	return to > from ? min_u64(span->busy_ns, to - from) : 0;
}

static void push(struct nest *n, struct nest_span span)
{
	if (n->nr == n->room)
		make_room(n);
	n->spans[n->nr++] = span;
}

static uint64_t add(struct nest *n, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t covered = 0, from = start_ns, to = end_ns;

	while (n->nr && n->spans[n->nr - 1].start_ns >= start_ns) {
		const struct nest_span *inner = &n->spans[--n->nr];

		covered += overlap(inner, start_ns, end_ns);
		if (inner->end_ns > to)
			to = inner->end_ns;
	}
	n->nr_joined = n->nr_joined < n->nr ? n->nr_joined : n->nr;
	n->nr_past = n->nr_past < n->nr ? n->nr_past : n->nr;
	if (n->nr && n->spans[n->nr - 1].end_ns > start_ns) {
		covered += overlap(&n->spans[n->nr - 1], start_ns, end_ns);
		from = min_u64(n->spans[n->nr - 1].end_ns, to);
	}
	if (to > from)
		push(n, (struct nest_span){ from, to, to - from });
	return end_ns - start_ns - min_u64(covered, end_ns - start_ns);
}

static uint64_t add_in_order(struct nest *n, uint64_t start_ns, uint64_t end_ns, bool outermost)
{
	struct nest_span later[NEST_LATER];
	uint32_t nr_later = 0;
	uint64_t self_ns;

	while (nr_later < NEST_LATER && n->nr && n->spans[n->nr - 1].start_ns >= end_ns)
		later[nr_later++] = n->spans[--n->nr];
	self_ns = add(n, start_ns, end_ns);
	if (outermost)
		n->nr_past = n->nr;
	while (nr_later)
		push(n, later[--nr_later]);
	return self_ns;
}

uint64_t nest_add(struct nest *n, uint64_t start_ns, uint64_t end_ns)
{
	return add_in_order(n, start_ns, end_ns, false);
}

uint64_t nest_add_outermost(struct nest *n, uint64_t start_ns, uint64_t end_ns)
{
	return add_in_order(n, start_ns, end_ns, true);
}
