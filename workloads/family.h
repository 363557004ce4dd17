/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Families of per-CPU caches: how each is filled and what drains it, and the counts of both.
 */
#ifndef WORKLOADS_FAMILY_H
#define WORKLOADS_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroup.h"
#include "filler.h"

#define FAMILY_TRIGGERS 4
#define FAMILY_REASON 128

/* What a trigger may need to know. */
struct scene {
	struct filler *filler;	/* the one that was just filled */
	struct filler *partner; /* in the cgroup too, but on a housekeeping CPU */
	const struct cgroup *cgroup;
	unsigned int node; /* a NUMA node with memory */
	void *page;	   /* one page of our own, for mbind() */
};

struct trigger {
	const char *name;
	const char *path; /* written "1" to, where fire is NULL */
	/* 0 or -errno; -ENOSYS and -ENOENT: this kernel does not have it. */
	int (*fire)(const struct scene *scene);
};

struct family {
	const char *name;
	enum filler_op op;
	bool in_cgroup;				  /* fill from inside the memory cgroup */
	const char *fills;			  /* for people */
	struct trigger triggers[FAMILY_TRIGGERS]; /* taken in turn; ends with a NULL name */
};

struct family_count {
	const struct family *family;
	uint64_t populated; /* fills that ended well */
	uint64_t count;	    /* drains triggered after such a fill */
	uint64_t failed;    /* fills or triggers that failed */
	uint64_t by[FAMILY_TRIGGERS];
	bool missing[FAMILY_TRIGGERS]; /* not in this kernel, or not wanted */
	char skipped[FAMILY_REASON];   /* why it can't run here, "" = it can */
	char error[FAMILY_REASON];     /* the last failure */
	unsigned int turn;
};

extern const struct family families[];
extern const size_t nr_families;

/* NULL when there is none of that name. */
const struct family *family_find(const char *name, size_t len);

/* Leave out all triggers of the family but the one of that name. Returns whether it has that. */
bool family_choose_trigger(struct family_count *c, const char *name);

/* Fill and trigger once. Returns 0, or -EINTR when a signal ended it; all else is counted. */
int family_run(struct family_count *c, const struct scene *scene);

#endif
