/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of measured processes and threads, which programs read while it is changed. Knows the
 * list alone.
 */
#ifndef QPW_COLLECT_VICTIMS_H
#define QPW_COLLECT_VICTIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qpw_victim;

/*
 * A process (tid 0), of which only real-time threads are to count if it has some, or one thread of
 * it; once. 0, or -ENOSPC when all nr places are taken.
 */
int victims_add(struct qpw_victim *victims, size_t nr, uint32_t tgid, uint32_t tid,
		bool has_realtime);

/* A process, and what of its threads is there. One that is not there is no error. */
void victims_remove(struct qpw_victim *victims, size_t nr, uint32_t tgid);

/* Whether the process, or a thread of it, is there. */
bool victims_have(const struct qpw_victim *victims, size_t nr, uint32_t tgid);

#endif
