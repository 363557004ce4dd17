/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was stolen from each CPU in the last minute, in parts of three seconds: a live view's small
 * graphs. Pure: knows numbers and event time.
 */
#ifndef QPW_VIEW_TOP_MINUTE_H
#define QPW_VIEW_TOP_MINUTE_H

#include <stddef.h>
#include <stdint.h>

#define TOP_MINUTE_PARTS 20
#define TOP_MINUTE_PART_NS 3000000000ULL

struct top_minute_cpu {
	uint32_t cpu;
	uint64_t last; /* number of the newest part */
	/* [part % TOP_MINUTE_PARTS] */
	double stolen_ns[TOP_MINUTE_PARTS];
	double known_ns[TOP_MINUTE_PARTS]; /* how much of the part was looked at */
};

struct top_minute {
	struct top_minute_cpu *cpus;
	size_t nr_cpus;
};

void top_minute_finish(struct top_minute *m);

/* stolen_ns were taken from a CPU between two times, evenly. 0 or -ENOMEM. */
int top_minute_add(struct top_minute *m, uint32_t cpu, uint64_t from_ns, uint64_t to_ns,
		   double stolen_ns);

/* Microseconds per second of the parts up to now_ns, the oldest first; negative = not known. */
void top_minute_get(const struct top_minute *m, uint32_t cpu, uint64_t now_ns,
		    double out[TOP_MINUTE_PARTS]);

#endif
