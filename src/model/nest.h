/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Self times of nested intervals that arrive in order of their end, inner ones first. Knows
 * numbers, not events.
 */
#ifndef QPW_MODEL_NEST_H
#define QPW_MODEL_NEST_H

#include <stdint.h>

#define NEST_ROOM 1024

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
 */
struct nest {
	uint32_t nr;
	struct nest_span spans[NEST_ROOM];
};

/*
 * Add an interval, end_ns >= start_ns. Returns its self time: its length without what the
 * intervals added before cover of it; never more than its length, whatever the order.
 */
uint64_t nest_add(struct nest *n, uint64_t start_ns, uint64_t end_ns);

#endif
