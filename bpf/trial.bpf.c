// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that do nothing, to find out in which way the machine lets a function be traced, if at
 * all: policy may refuse it where tracepoint programs are allowed, and libbpf loads an object as a
 * whole or not at all.
 */
#include "kernel_types.bpf.h"

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* One of them is loaded, for a function of user space's choice. */
SEC("?fentry")
int trial_fentry(void *ctx)
{
	return 0;
}

SEC("?kprobe")
int trial_kprobe(void *ctx)
{
	return 0;
}
