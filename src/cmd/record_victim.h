/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The victim of a recording: finding running ones, and how cyclictest has to be called.
 */
#ifndef QPW_CMD_RECORD_VICTIM_H
#define QPW_CMD_RECORD_VICTIM_H

#include <stddef.h>
#include <stdint.h>

#include "cmd/record_options.h"
#include "cmd/record_place.h"

#define CYCLICTEST_ARGS 20

/* Arguments as one call needs them; argv points into the rest. */
struct cyclictest_call {
	char *argv[CYCLICTEST_ARGS];
	char priority[16];
	char interval[24];
	char threads[16];
	char main_affinity[HOST_TEXT + 20];
	char json[4096];
};

/* Fill *call. Returns 0, -ENAMETOOLONG for the JSON's path. */
int cyclictest_call_build(const struct record_options *o, const struct placement *p,
			  struct cyclictest_call *call);

/*
 * The capability that cyclictest needs to run with that priority, and the one that it may need to
 * lock its memory, as PRIVILEGE(); 0 where the limits of this process make up for it.
 */
uint64_t cyclictest_priority_capability(const struct record_options *o);
uint64_t cyclictest_memory_capability(void);

/* Full path of a program in $PATH. 0 or -ENOENT. */
int program_find(const char *name, char *buf, size_t size);

/*
 * Thread group ids of the victims asked for by pid or name. Returns how many (at most max are
 * written), -ESRCH when there is none, other -errno.
 */
int victims_find(const struct record_options *o, uint32_t *tgids, size_t max);

#endif
