/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What late samples are made of, all together, and what of the interruptions QPW would avoid: sums
 * over a snapshot. Knows no formats.
 */
#ifndef QPW_MODEL_BLAME_H
#define QPW_MODEL_BLAME_H

#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

struct blame_row {
	uint64_t class; /* enum snap_class */
	char name[QPW_SYMBOL_LEN];
	uint64_t ns;
	uint64_t nr_samples; /* that it is a part of */
	uint64_t last;	     /* number + 1 of the last one of them */
};

/* The rows' ns and residual_ns sum to latency_ns. */
struct blame {
	size_t nr_samples;
	uint64_t latency_ns;
	uint64_t residual_ns;
	uint64_t avoidable_ns;	/* of the rows: what QPW lets the caller do */
	struct blame_row *rows; /* largest first */
	size_t nr_rows;
};

/* The worst max late samples of a snapshot, 0 = all it has. 0 or -ENOMEM. */
int blame_late(const struct snapshot *s, size_t max, struct blame *out);
void blame_finish(struct blame *b);

/* Works that QPW lets the caller do, run on the watched CPUs. */
struct snap_total blame_avoidable(const struct snapshot *s);

/* Of the latency of a late sample: self time of such works in it, ns. */
uint64_t blame_avoidable_of(const struct snap_outlier *o);

/* Whether a cause is such a work. */
bool blame_is_avoidable(enum snap_class class, const char *name);

/* All classes added up: count and self time; max_ns is the longest single one. */
struct snap_total blame_all(const struct snapshot *s);

#endif
