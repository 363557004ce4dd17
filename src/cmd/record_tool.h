/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of rt-tests that a recording starts as its victim: how each is called and ended.
 * Knows their command lines, starts nothing.
 */
#ifndef QPW_CMD_RECORD_TOOL_H
#define QPW_CMD_RECORD_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/record_options.h"
#include "cmd/record_place.h"

#define TOOL_ARGS 24

/* Arguments as one call needs them; argv points into the rest. */
struct tool_call {
	char *argv[TOOL_ARGS];
	char priority[16];
	char period[24];
	char threads[16];
	char main_cpu[HOST_TEXT + 20];
	char json[4096];
};

struct tool {
	const char *program;
	int priority;	     /* SCHED_FIFO, unless the user wants another */
	uint64_t warm_up_ns; /* the same */
	bool busy; /* never sleeps: it needs all of its CPU, and others to be ended from */
	void (*add_arguments)(const struct record_options *o, const struct placement *p,
			      struct tool_call *call);
};

/* The program that this victim stands for; NULL for those that are not started. */
const struct tool *tool_of(enum record_victim victim);

/* Fill *call. Returns 0, -ENAMETOOLONG for the JSON's path. */
int tool_call_build(const struct tool *tool, const struct record_options *o,
		    const struct placement *p, struct tool_call *call);

/*
 * The capability that a program needs to run with the priority of the options, and the one that it
 * may need to lock its memory, as PRIVILEGE(); 0 where the limits of this process make up for it.
 */
uint64_t tool_priority_capability(const struct record_options *o);
uint64_t tool_memory_capability(void);

/* Full path of a program as execvp() would find it. 0, -ENOENT or -EACCES. */
int program_find(const char *name, char *buf, size_t size);

#endif
