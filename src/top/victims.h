/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whom the live view measures: a process that was named, or those that are found. Knows /proc and
 * the scheduler's system calls, nothing of what is measured.
 */
#ifndef QPW_TOP_VICTIMS_H
#define QPW_TOP_VICTIMS_H

#include <stddef.h>
#include <stdint.h>

#include "host/host.h"
#include "qpw/event.h"
#include "util/cpulist.h"

#define VICTIMS_MAX 8 /* COLLECT_MAX_VICTIMS */

struct collect;

struct victims {
	struct {
		uint32_t pid;
		char comm[QPW_COMM_LEN];
	} list[VICTIMS_MAX];
	size_t nr;
	size_t nr_left_out; /* found, but there was no room for them */
	uint64_t looked_ns; /* 0 = not yet */
};

/* This process, whatever it is; or one thread, by a number that is no process's. */
void victims_name(struct victims *v, struct collect *c, uint32_t id);

/*
 * Unless that was just done: measure the processes that have a thread of real-time priority
 * (SCHED_FIFO, SCHED_RR) which may run on watched CPUs alone, and those called cyclictest; no
 * kernel threads. Those that are no longer of that kind are left alone. now_ns of any clock but 0.
 */
void victims_look(struct victims *v, struct collect *c, const struct cpulist *watched,
		  uint64_t now_ns);

/* "cyclictest/1234 other/99, 2 more are not measured", or "none"; foreign, not escaped. */
void victims_format(const struct victims *v, char text[HOST_TEXT]);

#endif
