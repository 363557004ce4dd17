/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How rows of each kind are matched, folded and finally ordered, for the merging of snapshots.
 */
#ifndef QPW_MODEL_SNAPSHOT_ROWS_H
#define QPW_MODEL_SNAPSHOT_ROWS_H

#include "model/snapshot.h"

struct snap_row_ops {
	size_t size;
	int (*compare)(const void *a, const void *b);
	int (*fold)(void *dst, void *src);	    /* src is gone afterwards. 0 or -ENOMEM */
	int (*order)(const void *a, const void *b); /* NULL: that of compare */
};

extern const struct snap_row_ops snap_caused_ops;
extern const struct snap_row_ops snap_move_ops;
extern const struct snap_row_ops snap_lock_ops;
extern const struct snap_row_ops snap_taken_ops;
extern const struct snap_row_ops snap_waiter_ops;
extern const struct snap_row_ops snap_loss_ops;
extern const struct snap_row_ops snap_cause_ops;
extern const struct snap_row_ops snap_work_ops;
extern const struct snap_row_ops snap_flush_ops;
extern const struct snap_row_ops snap_probe_ops;

static inline uint64_t snap_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
