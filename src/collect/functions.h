/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions that can be traced: which there are and in which way each can. Knows nothing of
 * what is done with them.
 */
#ifndef QPW_COLLECT_FUNCTIONS_H
#define QPW_COLLECT_FUNCTIONS_H

#include <stdbool.h>

#include "qpw/event.h"

struct btf;

/* Whether the kernel's BTF names this function. */
bool function_in_kernel(const struct btf *btf, const char *name);

/*
 * A function that sees nearly the same as one that this kernel lacks, or NULL. In Debian's 6.1 the
 * compiler has made __flush_work.isra.0 of __flush_work(); kernel/workqueue.c itself calls that.
 */
const char *function_stand_in(const struct btf *btf, const char *function);

/* 0 when this function (a symbol, for a kprobe) can be traced in that way, or -errno: why not. */
int function_trial(const char *function, enum qpw_probe_state kind);

#endif
