/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worst samples or the latest late ones, a bounded number of them. Knows outliers, no records.
 */
#ifndef QPW_MODEL_OUTLIERS_H
#define QPW_MODEL_OUTLIERS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

struct outliers {
	uint64_t min_ns; /* none below */
	bool latest;	 /* keep these, not the worst */
	uint32_t room;
	uint32_t nr;
	uint32_t next; /* index of the first to go */
	struct snap_outlier *list;
};

/* 0 or -ENOMEM */
int outliers_init(struct outliers *o, uint64_t min_ns, uint32_t room, bool latest);
void outliers_finish(struct outliers *o);

/* Forget them all; the room stays. */
void outliers_clear(struct outliers *o);

/* Make *to an empty one of the same kind, then keep what is in from. 0 or -ENOMEM. */
int outliers_clone(struct outliers *to, const struct outliers *from);

/* Would a sample be kept? Decides before the work of explaining it is done. */
bool outliers_want(const struct outliers *o, uint64_t latency_ns, uint64_t expiry_ns, uint32_t cpu);

/*
 * Keep it (snap_outlier_keep()), in the place of the first to go when full. Only after
 * outliers_want(). 0, -ENOMEM.
 */
int outliers_add(struct outliers *o, const struct snap_outlier *outlier);

/* Those that are kept the longest first. */
void outliers_sort(struct outliers *o);

#endif
