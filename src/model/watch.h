/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a live view wants to know beside the figures, and a report does not pay for: causes and
 * totals for each CPU, the last long interruptions. Knows names as numbers, no records.
 */
#ifndef QPW_MODEL_WATCH_H
#define QPW_MODEL_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "model/figures.h"
#include "model/names.h"
#include "model/snapshot.h"

#define WATCH_CPUS 4096
#define WATCH_CAUSES_MAX 24576 /* beyond them a CPU's new causes are "(other)" */

struct watch_interval {
	uint32_t cpu;
	enum snap_class class;
	int name;
	bool counted; /* it adds to the counts, not only to the times */
	bool early;   /* it began before the window, at which it is cut: its length is not known */
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t self_ns;
	const struct figures_origin *origin; /* NULL = not known */
};

struct watch;

/* per_cpu: rows for each CPU; event_ns: keep interruptions so long, 0 = none. NULL: no memory. */
struct watch *watch_create(bool per_cpu, uint64_t event_ns);
void watch_destroy(struct watch *w);

/* Everything back to zero but what runs where and when the tick was seen. */
void watch_reset(struct watch *w);

/* What was counted back to zero, but for the longest ones and for the log. */
void watch_clear(struct watch *w);

/* Keep it, if it is long, but do not count it. */
void watch_log(struct watch *w, const struct watch_interval *i);

/* Of those that last for event_ns so many more will not be told. */
void watch_untold(struct watch *w, uint64_t event_ns, uint64_t nr_long);

/* Forget the longest ones of before. */
void watch_begin_interval(struct watch *w);

/* CPUs are below WATCH_CPUS. All return 0 or -ENOMEM. */
int watch_interval(struct watch *w, const struct watch_interval *i);
int watch_sum(struct watch *w, uint32_t cpu, enum snap_class class, int name,
	      const struct figures_sum *sum, const uint32_t *buckets);
int watch_recent_max(struct watch *w, uint32_t cpu, uint64_t ns);
int watch_tick(struct watch *w, uint32_t cpu, uint64_t ns);
int watch_running(struct watch *w, uint32_t cpu, const char comm[QPW_COMM_LEN]);

/* The CPU for rows of who caused what; w may be NULL. */
uint32_t watch_on_cpu(const struct watch *w, uint32_t cpu);

/*
 * Copy to s, whose window and sums over all CPUs are there: causes, in place of those over all
 * CPUs, then CPUs and events. tick_seen: ticks would be among the records. 0 or -ENOMEM.
 */
int watch_fill(const struct watch *w, const struct names *names, bool tick_seen,
	       struct snapshot *s);

#endif
