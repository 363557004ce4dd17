/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The recent intervals of one CPU, and what a late sample is made of by them. Knows intervals with
 * numbered names, no records.
 */
#ifndef QPW_MODEL_HISTORY_H
#define QPW_MODEL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/names.h"
#include "model/snapshot.h"

#define HISTORY_ROOM 1024 /* at most; a power of two */

struct history_interval {
	uint64_t start_ns;
	uint64_t end_ns;
	uint32_t name;
	uint16_t class;
	uint16_t has_origin;
	uint32_t origin_cpu;
	uint32_t origin_pid;
	uint32_t origin_comm;
	uint32_t origin_callsite; /* as in struct figures_origin */
	uint64_t origin_ns;	  /* when it was queued, sent or woken; 0 = not seen */
};

/* The last max_room of them, in the order of arrival: by end, inner ones first. */
struct history {
	uint64_t nr_added;
	uint32_t room;	   /* of the ring; it doubles up to max_room */
	uint32_t max_room; /* 0 = not initialized */
	struct history_interval *ring;
};

/* Empty, for max_room intervals, a power of two up to HISTORY_ROOM. 0 or -ENOMEM. */
int history_init(struct history *h, uint32_t max_room);
void history_finish(struct history *h);

/* A full ring that may be larger. 0 or -ENOMEM. */
int history_grow(struct history *h);

/*
 * The place of the next interval, for the caller to fill as a whole; the oldest one goes. NULL when
 * out of memory. It is filled where it stays: a copy would wait for each field to be written.
 */
static inline struct history_interval *history_next(struct history *h)
{
	if (h->nr_added == h->room && h->room < h->max_room && history_grow(h))
		return NULL;
	return &h->ring[h->nr_added++ & (h->room - 1)];
}

/* A wake-up; the times of steps are in order within [start_ns, end_ns]. */
struct history_sample {
	uint64_t start_ns;
	uint64_t step_end_ns[SNAP_NR_STEPS]; /* the last one is the end of the sample */
	uint32_t cpu;
	uint32_t pid;
	bool remote_timer;
	char comm[QPW_COMM_LEN + 1];
};

static inline uint64_t history_latency(const struct history_sample *s)
{
	return s->step_end_ns[SNAP_STEP_RUN] - s->start_ns;
}

/*
 * Fill *out, whose parts and spans have room for SNAP_PARTS and SNAP_SPANS of them: every
 * nanosecond of the sample goes to one part or to a residual; its longest intervals are told one
 * by one.
 */
void history_explain(const struct history *h, const struct history_sample *sample,
		     const struct names *names, struct snap_outlier *out);

#endif
