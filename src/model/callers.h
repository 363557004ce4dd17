/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel stacks of whoever caused interruptions, merged as far as they are equal: for each cause a
 * tree that begins with the function that queued, sent or woke, goes on with its callers, and ends
 * with the tasks. And the same interruptions by who, without how. Knows snapshots, no formats.
 */
#ifndef QPW_MODEL_CALLERS_H
#define QPW_MODEL_CALLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

#define CALLERS_NAME (QPW_SYMBOL_LEN + 24) /* "function [module]" */

enum callers_kind {
	CALLERS_ROOT,
	CALLERS_CAUSE, /* name of what interrupted, of class */
	CALLERS_FRAME, /* function, without the offset in it */
	CALLERS_TASK,  /* name of a task, or of a context such as "[softirq]" */
};

/* A node; first and next are indexes, 0 = none. Siblings: most frequent first. */
struct callers_node {
	enum callers_kind kind;
	enum snap_class class;
	char name[CALLERS_NAME];
	uint64_t count; /* interruptions by stacks that pass here */
	uint32_t first;
	uint32_t next;
};

/* nodes[0] is the root; its children are the causes. */
struct callers {
	struct callers_node *nodes;
	uint32_t nr;
	uint32_t room;
	uint64_t nr_without; /* interruptions whose origin has no stack */
};

/* 0 or -ENOMEM; finish it in any case. */
int callers_build(const struct snapshot *s, struct callers *out);
void callers_finish(struct callers *c);

/*
 * Interruptions of one cause by one task from one CPU, control group and call site, whatever the
 * stack.
 */
struct callers_who {
	const struct snap_caused *of; /* a row of the snapshot that it is in */
	uint32_t pid;		      /* SNAP_PID_MANY */
	uint64_t count;
	uint64_t wait_ns;
	uint64_t wait_max_ns;
};

/* Most frequent first, *nr of them, on the heap; NULL when there is none or no memory. */
struct callers_who *callers_who(const struct snapshot *s, size_t *nr);

#endif
