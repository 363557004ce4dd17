/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When watched CPUs were gone: from the points at which they went and came. Knows nothing of what
 * else happened on them.
 */
#ifndef QPW_MODEL_OFFLINE_H
#define QPW_MODEL_OFFLINE_H

#include "model/snapshot.h"

/* Zero is the empty list. */
struct offline {
	struct snap_offline rows[SNAP_OFFLINES];
	size_t nr;
	uint64_t nr_left_out;
};

/* The CPU went or came at that time. What is told twice counts once. */
void offline_note(struct offline *o, uint32_t cpu, bool online, uint64_t ns);

/* Those that overlap [start_ns, end_ns] into the snapshot, which has none yet. 0 or -ENOMEM. */
int offline_fill(const struct offline *o, uint64_t start_ns, uint64_t end_ns, struct snapshot *s);

#endif
