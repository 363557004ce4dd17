// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has a CPU as programs are attached: their next switch may be far away, on a CPU that has one
 * task for itself. Run once on each watched CPU, by BPF_PROG_TEST_RUN, in an object of its own: a
 * machine that refuses it loses nothing else.
 */
#include "kernel_types.bpf.h"

#include <bpf/bpf_helpers.h>

#include "qpw/live.h"

char LICENSE[] SEC("license") = "GPL";

/* That of the other programs, put in by user space, with more behind what is read here. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct qpw_live_slot);
} slots SEC(".maps");

/* In an interrupt of this CPU: no switch comes in between. */
SEC("raw_tp")
int running_note(void *ctx)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct qpw_live_slot *slot = bpf_map_lookup_elem(&slots, &cpu);
	u64 ids = bpf_get_current_pid_tgid();

	/* a switch since, or idle */
	if (!slot || slot->now.thread_ns || !(u32)ids)
		return 0;
	slot->now.thread_pid = ids;
	slot->now.thread_tgid = ids >> 32;
	bpf_get_current_comm(slot->now.comm, sizeof(slot->now.comm));
	slot->now.thread_ns = bpf_ktime_get_ns();
	/* x86 keeps stores in their order by itself */
	barrier();
	slot->now.interrupts = 1;
	return 0;
}
