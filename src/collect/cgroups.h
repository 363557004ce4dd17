/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths of control groups by the ids that programs see. Knows the mounted cgroup v2 hierarchy, not
 * what the groups are wanted for.
 */
#ifndef QPW_COLLECT_CGROUPS_H
#define QPW_COLLECT_CGROUPS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Open the cgroup v2 hierarchy: root itself, or root/unified where version 1 is mounted at root.
 * Returns a descriptor, -ENOENT when neither is one, or another -errno.
 */
int cgroups_open(const char *root);

/*
 * Write the path of the group with this id below the hierarchy's root, "/" for the root itself, to
 * buf; of one that is longer the end, behind "...". 0; -ESTALE when the group is gone; -EPERM
 * without CAP_DAC_READ_SEARCH; another -errno.
 */
int cgroups_path(int fd, uint64_t id, char *buf, size_t size);

#endif
