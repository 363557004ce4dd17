/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the calling process may do. Knows capabilities, not what they are wanted for. Sets of them
 * are PRIVILEGE(CAP_BPF) | ...
 */
#ifndef QPW_COLLECT_PRIVILEGE_H
#define QPW_COLLECT_PRIVILEGE_H

#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>

#define PRIVILEGE(capability) (UINT64_C(1) << (capability))

/*
 * The names of those in the set that are not effective here, as "CAP_BPF, CAP_PERFMON"; returns how
 * many. CAP_SYS_ADMIN stands for both of these.
 */
int privilege_missing(uint64_t wanted, char *buf, size_t size);

/* Give up all but these, for good; those that are not there don't appear. 0 or -errno. */
int privilege_keep(uint64_t kept);

/*
 * Let the program that this process is about to execute have those of the set that the process has,
 * whoever runs it: without that only root's programs would. 0 or -errno.
 */
int privilege_pass_on(uint64_t passed);

#endif
