/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths of control groups by the ids that programs see. Knows the mounted cgroup v2 hierarchy, not
 * what the groups are wanted for.
 */
#ifndef QPW_COLLECT_CGROUPS_H
#define QPW_COLLECT_CGROUPS_H

#include <stddef.h>
#include <stdint.h>

struct cgroups;

/*
 * For the hierarchy mounted at root, or at root/unified where version 1 is mounted at root. Returns
 * 0; -ENOENT when neither is of version 2; -ENOMEM. *out is NULL on error.
 */
int cgroups_create(const char *root, struct cgroups **out);

/*
 * Write the path of the group with this id below the hierarchy's root, "/" for the root itself, to
 * buf; of one that is longer the end, behind "...". Looks through the hierarchy when the id is new,
 * but not all the time. 0; -ENOENT when there is no such group, or not yet.
 */
int cgroups_path(struct cgroups *c, uint64_t id, char *buf, size_t size);

void cgroups_destroy(struct cgroups *c);

#endif
