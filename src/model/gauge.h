/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a recording measures while it goes on, a record at a time: how many delays there were, the
 * worst of them, and those that reach a threshold. Knows records, no clock and no model.
 */
#ifndef QPW_MODEL_GAUGE_H
#define QPW_MODEL_GAUGE_H

#include <stdbool.h>
#include <stdint.h>

#include "qpw/event.h"
#include "util/cpulist.h"

/* What counts as a delay. */
enum gauge_of {
	GAUGE_SAMPLES,	     /* a wake-up: the victim does nothing but sleep and wake up */
	GAUGE_VICTIM,	     /* a wake-up, and each time the CPU was taken: it may do anything */
	GAUGE_BUSY,	     /* an interrupt, and each time the CPU was taken: it never sleeps */
	GAUGE_INTERRUPTIONS, /* everything that keeps a CPU from a victim, were there one */
};

struct gauge_delay {
	uint32_t cpu;
	uint64_t start_ns; /* CLOCK_MONOTONIC */
	uint64_t length_ns;
};

struct gauge {
	uint32_t kinds;	       /* 1 << enum qpw_kind each */
	uint64_t threshold_ns; /* 0: there is none */
	uint64_t begin_ns;     /* only delays that start between these two count */
	uint64_t end_ns;
	uint64_t count;
	uint64_t worst_ns;
	uint64_t nr_hits;
	struct gauge_delay first; /* hit */
	struct gauge_delay last;
	uint64_t hit_until_ns[CPULIST_MAX];
};

/* threshold_ns 0: nothing is a hit. */
void gauge_init(struct gauge *g, enum gauge_of of, uint64_t threshold_ns);

/*
 * Count a record if it is a delay that starts in the window; records of the window itself say which
 * that is, and before the first of them nothing counts. True for a new hit, one of threshold_ns or
 * more: it is told in last. Delays that overlap on one CPU, as nested ones do, are one hit.
 */
bool gauge_feed(struct gauge *g, const struct qpw_header *h);

/* "samples", "delays" or "interruptions": what is counted, for people. */
const char *gauge_unit(enum gauge_of of);

#endif
