/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a live view is made of, kept so that the view can be written as a trace: the tables of the
 * last two looks, names, the latest single records. Knows records and tables, no view.
 */
#ifndef QPW_STORE_KEEP_H
#define QPW_STORE_KEEP_H

#include "model/snapshot.h"
#include "qpw/live.h"
#include "store/trace.h"

struct keep;

struct keep *keep_create(void); /* NULL: out of memory */
void keep_destroy(struct keep *k);

/* A record of the source. 0 or -ENOMEM. */
int keep_record(struct keep *k, const struct qpw_header *h);

/* Counting begins anew: of before, only names stay. */
void keep_restart(struct keep *k);

/* Another look begins: tables, and what goes on. All return 0 or -ENOMEM. */
void keep_begin_look(struct keep *k);
int keep_table(struct keep *k, uint32_t cpu, const struct qpw_live_table *table);
int keep_wait(struct keep *k, const struct qpw_live_wait *wait);
int keep_run(struct keep *k, uint32_t cpu, const struct qpw_live_run *run);

/* When the view began, when the last two looks were; before_ns of a first one: the beginning. */
struct keep_view {
	const struct snapshot *now; /* what the model makes of the last one */
	uint32_t cpu;		    /* a watched one: sums are told of it */
	uint64_t start_ns;
	uint64_t before_ns;
	uint64_t now_ns;
};

/* The last look, the one before, and single records until then. 0 or -errno. */
int keep_write(const struct keep *k, const struct keep_view *v, struct trace_writer *w);

#endif
