/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: fed with records in the order of one recording, asked for snapshots. Pure: no I/O, no
 * clock, no globals, no libbpf; the same records give the same snapshot.
 */
#ifndef QPW_MODEL_MODEL_H
#define QPW_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "qpw/event.h"
#include "qpw/live.h"
#include "util/cpulist.h"

struct model;

struct model_config {
	uint64_t outlier_ns; /* decompose samples at or above this; 0 = just keep the worst ones */
	uint32_t max_outliers; /* how many to keep, 0 = 32 */
	/* What a live view wants and a report does without, and does not pay for: */
	bool latest_outliers; /* of those, and not the worst; a snapshot has the latest first */
	bool per_cpu; /* causes and origins apart by CPU, struct snap_cpu, struct snap_waiter */
	uint64_t event_ns; /* keep single interruptions of this length; 0 = none */
	bool from_tables;  /* see model_begin_tables() */
	/*
	 * A part of the window: from_ns after it opens until to_ns after it, 0 = to its end. In a
	 * recording that opens no window, after its first record.
	 */
	uint64_t from_ns;
	uint64_t to_ns;
	/*
	 * Nothing of other CPUs; NULL = all. Waits in flushes belong to the CPU that was waited
	 * for, those of no CPU in particular and losses are told in any case. Copied.
	 */
	const struct cpulist *cpus;
};

/* NULL when out of memory. */
struct model *model_create(const struct model_config *config);
void model_destroy(struct model *m);

/*
 * Feed one record: a struct qpw_header and the rest of its kind, h->size bytes in memory. Records
 * of one CPU come in order of end_ns; different CPUs may interleave in any way. Once a window is
 * known figures count only what starts inside it, and of times only what lies in it. Returns 0,
 * -EINVAL for a record whose size does not fit its kind (nothing is changed), -ENOMEM.
 * A record of an unknown kind is counted and otherwise ignored.
 */
int model_feed(struct model *m, const struct qpw_header *h);

/* Count anew from now_ns on, up to the end of the window where that is known. 0 or -ENOMEM. */
int model_restart(struct model *m, uint64_t now_ns);

/*
 * With config.from_tables figures are not made of records, which only tell of names, of the
 * recording, and of single intervals for the log and for late samples, but taken from tables that
 * were added up elsewhere: begin, as of now_ns, then take in each of them, now and then all anew.
 * cpu: whose table it is, LIVE_EVERY_CPU for the one that belongs to none. A table that is still
 * being filled is taken as it is. 0, -EINVAL for a CPU that can't be, -ENOMEM.
 */
int model_begin_tables(struct model *m, uint64_t now_ns);
int model_feed_table(struct model *m, uint32_t cpu, const struct qpw_live_table *table);

/*
 * After model_begin_tables(): a wait that goes on. It becomes snap_waiter.waiting_ns of its row,
 * which may have nothing else; of several in a row the longest. What is no wait is passed over. 0
 * or -ENOMEM.
 */
int model_feed_waiting(struct model *m, const struct qpw_live_wait *wait);

/*
 * After model_feed_table() of cpu's: an interruption of that CPU which goes on, so that its row
 * does not have it yet. Its time by now is told as if it had ended, and is a longest one; it
 * counts when it has. What is neither a thread's run nor a work is passed over. 0, -EINVAL for a
 * CPU that can't be, -ENOMEM.
 */
int model_feed_running(struct model *m, uint32_t cpu, const struct qpw_live_run *run);

/* What snap_cpu.recent_max_ns tells begins now. */
void model_begin_interval(struct model *m);

/* The reader found the recording cut off. */
void model_set_truncated(struct model *m);

/* The figures so far, owned by the caller. NULL when out of memory. */
struct snapshot *model_snapshot(const struct model *m);

#endif
