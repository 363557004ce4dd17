/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes that a recording starts: put in a group of their own, held until their parent has
 * seen them, ended with their whole group. Knows nothing of what they do.
 */
#ifndef QPW_CMD_RECORD_CHILD_H
#define QPW_CMD_RECORD_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/cpulist.h"

struct child {
	const char *name; /* for messages */
	pid_t pid;	  /* 0: not running */
	int hold_fd;	  /* closing it lets the child go on to its program */
	int output_fd;	  /* what it wrote, when that is kept; -1 */
	int status;	  /* as of waitpid(), once it has ended */
	bool ended;
};

struct child_setup {
	char *const *argv;
	const struct cpulist *cpus; /* where it may run; empty: anywhere */
	int nice;
	bool keep_output;      /* stdout and stderr go to output_fd, not to ours */
	uint64_t capabilities; /* of those we have, the ones its program gets, PRIVILEGE() each */
};

/* Fork; the child waits. Returns 0 or -errno. */
int child_create(struct child *c, const char *name, const struct child_setup *setup);

/* Let it run its program. */
void child_release(struct child *c);

/* See whether it has ended, without waiting for it. True once, when it just has. */
bool child_check(struct child *c);

/* Signal to the whole group. */
void child_signal(const struct child *c, int signal);

/* Wait for the child; what is left of its group goes on. */
void child_forget(struct child *c);

/* Kill what is left of the group and wait for the child itself. */
void child_kill(struct child *c);

/* Words for how it ended: "exit code 3", "killed by signal 9". */
void child_describe(const struct child *c, char *buf, size_t size);

/* Print what was kept of its output to stderr, made harmless, each line after a prefix. */
void child_print_output(const struct child *c, const char *prefix);

#endif
