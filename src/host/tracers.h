/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which other programs trace at this moment, by what they hold open: perf events (perf, bpftrace),
 * and links of BPF programs to events. Knows file descriptors, no meanings of what is traced.
 */
#ifndef QPW_HOST_TRACERS_H
#define QPW_HOST_TRACERS_H

#include <stddef.h>

/*
 * How many processes beside this one do, below a root; the first one's name, as it is, and number.
 * Those whose descriptors may not be looked at are not counted.
 */
size_t host_find_tracers(const char *root, char *comm, size_t size, int *pid);

#endif
