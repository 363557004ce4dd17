/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A memory cgroup of our own, v2 or v1, for as long as churn runs. Knows nothing of families.
 */
#ifndef WORKLOADS_CGROUP_H
#define WORKLOADS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CGROUP_PATH 512

struct cgroup {
	char root[CGROUP_PATH]; /* mount point of the hierarchy */
	char dir[CGROUP_PATH];	/* ours, "" = none */
	bool v2;
	bool enabled_memory; /* we switched the controller on and shall switch it off */
};

/*
 * Make one in the hierarchy that has the memory controller; where no cgroup file system is mounted,
 * mount cgroup2 for this process and its children only. Returns 0 or -errno with the reason in why.
 */
int cgroup_create(struct cgroup *g, char *why, size_t size);

/* Move a process into it. 0 or -errno. */
int cgroup_add(const struct cgroup *g, pid_t pid);

/*
 * Set a limit (memory.high or memory.max, v1: memory.limit_in_bytes) somewhat below what is charged
 * now, then lift it. The kernel answers by draining all stocks, before it reclaims. With
 * memory.max the OOM killer comes when no stock had enough pages to give back. 0 or -errno.
 */
int cgroup_squeeze(const struct cgroup *g, const char *limit);

/* Remove it; every process in it must have ended. 0 or -errno. */
int cgroup_remove(struct cgroup *g);

#endif
