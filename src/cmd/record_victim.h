/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding the victims of a recording that run already. Knows /proc.
 */
#ifndef QPW_CMD_RECORD_VICTIM_H
#define QPW_CMD_RECORD_VICTIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/record_options.h"

struct victim_found {
	uint32_t tgid;
	uint32_t tid; /* this thread alone; 0 = all of the process */
};

/*
 * The victims asked for by pid or name: a process if the number is a process's, or if its first
 * thread has the name; else the thread of that number, or the threads of that name. Returns how
 * many (at most max are written), -ESRCH when there is none, other -errno.
 */
int victims_find(const struct record_options *o, struct victim_found *found, size_t max);

/* Whether all of them have ended, as far as this process may see. */
bool victims_ended(const struct victim_found *found, size_t nr);

#endif
