/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small tables of who caused work: folding, ordering and cutting them. Knows rows, no events.
 */
#ifndef QPW_MODEL_ORIGINS_H
#define QPW_MODEL_ORIGINS_H

#include "model/snapshot.h"

/* qsort order: most frequent first, then by name, CPU and pid. */
int origins_order(const void *a, const void *b);

/* Add the counts of src to dst; the pid is SNAP_PID_MANY when they differ. */
void origins_fold(struct snap_origin *dst, const struct snap_origin *src);

/* Take over the nr rows of list, most frequent first; the rest goes to other_origins. */
void origins_fill(struct snap_work *work, struct snap_origin *list, size_t nr);

/* Add the origins of src to those of dst. */
void origins_merge(struct snap_work *dst, const struct snap_work *src);

#endif
