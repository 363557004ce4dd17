// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that does nothing, to find out whether the machine lets function entries be traced at
 * all: policy may refuse it where tracepoint programs are allowed, and libbpf loads an object as a
 * whole or not at all.
 */
#include "kernel_types.bpf.h"

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* The function is chosen by user space. */
SEC("fentry")
int trial(void *ctx)
{
	return 0;
}
