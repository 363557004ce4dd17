/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Self times of nested intervals that arrive in order of their end, inner ones first; or a few
 * places later, behind what has begun since. Knows numbers, not events.
 */
#ifndef QPW_MODEL_NEST_H
#define QPW_MODEL_NEST_H

#include <stdint.h>

#define NEST_ROOM 4096 /* at most */

/* Time from start to end, busy_ns of which is covered. */
struct nest_span {
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t busy_ns;
};

/*
 * What finished and is not enclosed yet, disjoint and in order of time. When there is no room those
 * that touch become one, and if that is not enough the older half is folded in pairs: a span that
 * covers less than its length. So an interval that encloses thousands still gets its exact self
 * time, unless it begins inside such a pair; it may then lack as much as lay between the two.
 *
 * What is past when an outermost interval has ended is folded first, and never together with what
 * comes behind: an interval that begins where that one ended begins inside no pair.
 */
struct nest {
	uint32_t nr;
	uint32_t room; /* of spans; it doubles up to max_room */
	uint32_t max_room;
	uint32_t nr_joined; /* the first ones, of which no two touch that could be one */
	uint32_t nr_past;   /* the first ones: up to the end of the last outermost interval */
	struct nest_span *spans;
};

/* Empty, for at most max_room spans, 8 or more. 0 or -ENOMEM. */
int nest_init(struct nest *n, uint32_t max_room);
void nest_finish(struct nest *n);

/*
 * Add an interval, end_ns >= start_ns. Returns its self time: its length without what the
 * intervals added before cover of it; never more than its length, whatever the order. Where there
 * is no memory for more spans they are folded.
 */
uint64_t nest_add(struct nest *n, uint64_t start_ns, uint64_t end_ns);

/* The same for one that hardly any other encloses, as the run of a task: its end is a cut. */
uint64_t nest_add_outermost(struct nest *n, uint64_t start_ns, uint64_t end_ns);

#endif
