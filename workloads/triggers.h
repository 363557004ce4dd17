/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that says what was triggered (schema qpwlat.triggers, version 1).
 */
#ifndef WORKLOADS_TRIGGERS_H
#define WORKLOADS_TRIGGERS_H

#include <stdint.h>

#include "family.h"

struct triggers {
	const char *isolated; /* CPU lists as given */
	const char *housekeeping;
	uint64_t rounds;
	uint64_t elapsed_ns;
	const struct family_count *counts;
	size_t nr_counts;
};

/*
 * Replace path by the present counts, so that a reader sees the old file or the new one, never a
 * part; "-" is stdout. 0 or -errno.
 */
int triggers_write(const char *path, const struct triggers *t);

#endif
