// SPDX-License-Identifier: GPL-2.0-only
/*
 * What no program can do without, to compare ours with: at each tracepoint one program that does
 * nothing, one that reads the clock, and, where ours writes a record, one that reads the clock and
 * writes a record of that size. Knows of our programs only where they are and what they write.
 */
#include "kernel_types.bpf.h"

#include <bpf/bpf_helpers.h>

#include "qpw/event.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

static __always_inline void write_record(u32 size)
{
	u64 now = bpf_ktime_get_ns();
	struct qpw_header *h = bpf_ringbuf_reserve(&ring, size, 0);

	if (!h)
		return;
	__builtin_memset(h, 0, size);
	h->start_ns = now;
	h->end_ns = now;
	bpf_ringbuf_submit(h, BPF_RB_NO_WAKEUP);
}

#define POINT(type, name)           \
	SEC("?" type "/" #name)     \
	int empty_##name(void *ctx) \
	{                           \
		return 0;           \
	}                           \
	SEC("?" type "/" #name)     \
	int clock_##name(void *ctx) \
	{                           \
		bpf_ktime_get_ns(); \
		return 0;           \
	}

#define POINT_WITH_RECORD(type, name, record) \
	POINT(type, name)                     \
	SEC("?" type "/" #name)               \
	int record_##name(void *ctx)          \
	{                                     \
		write_record(sizeof(record)); \
		return 0;                     \
	}

POINT_WITH_RECORD("tp_btf", sched_switch, struct qpw_thread)
POINT("tp_btf", sched_waking)
POINT("tp_btf", softirq_entry)
POINT_WITH_RECORD("tp_btf", softirq_exit, struct qpw_softirq)
POINT("tp_btf", local_timer_entry)
POINT("tp_btf", hrtimer_expire_entry)
POINT("tp_btf", hrtimer_expire_exit)
POINT_WITH_RECORD("tp_btf", local_timer_exit, struct qpw_timer)
POINT_WITH_RECORD("tp_btf", workqueue_queue_work, struct qpw_work)
POINT("tp_btf", workqueue_execute_start)
POINT_WITH_RECORD("raw_tp", workqueue_execute_end, struct qpw_work)
POINT("tp_btf", csd_queue_cpu)
POINT("tp_btf", call_function_single_entry)
POINT("tp_btf", csd_function_entry)
POINT("raw_tp", csd_function_exit)
POINT_WITH_RECORD("tp_btf", call_function_single_exit, struct qpw_ipi)
