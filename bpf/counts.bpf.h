/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters of a watched CPU. Knows not what is counted.
 */
#ifndef QPW_BPF_COUNTS_H
#define QPW_BPF_COUNTS_H

#include "emit.bpf.h"

/* By CPU; only ever counted up, by programs on that CPU. User space makes records of them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* possible CPUs, set by user space */
	__type(key, u32);
	__type(value, struct qpw_counts);
} counts SEC(".maps");

/* Of this CPU; NULL when it is not watched. */
static __always_inline struct qpw_counts *counts_here(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return cpu_is_watched(cpu) ? bpf_map_lookup_elem(&counts, &cpu) : NULL;
}

#endif
