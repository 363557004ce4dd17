/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is only counted: what the victim brings upon itself on a watched CPU, and how often the tick
 * was stopped there. Stretches in which it could not be stopped are told one by one.
 */
#ifndef QPW_BPF_COUNT_H
#define QPW_BPF_COUNT_H

#include "counts.bpf.h"
#include "live.bpf.h"
#include "victim.bpf.h"

static __always_inline int count_page_fault(void)
{
	struct qpw_counts *here = counts_here();

	if (here && victim_runs())
		here->nr_page_faults++;
	return 0;
}

static __always_inline int count_system_call(void)
{
	struct qpw_counts *here = counts_here();

	if (here && victim_runs())
		here->nr_system_calls++;
	return 0;
}

static __always_inline int tick_stop_tried(bool stopped, u32 reasons)
{
	struct qpw_live_key key = { .kind = QPW_KIND_TICK_KEPT, .number = reasons };
	struct qpw_counts *here = counts_here();
	struct qpw_tick_kept *r;
	u64 now;

	if (!here)
		return 0;
	if (stopped) {
		here->nr_tick_stops++;
		return 0;
	}
	now = bpf_ktime_get_ns();
	if (aggregates) {
		live_note(bpf_get_smp_processor_id(), &key, now, now);
		return 0;
	}
	r = EMIT(struct qpw_tick_kept, QPW_KIND_TICK_KEPT, bpf_get_smp_processor_id(), now, now, 0);
	if (!r)
		return 0;
	r->reasons = reasons;
	r->pid = (u32)bpf_get_current_pid_tgid();
	emit_submit(r);
	return 0;
}

#endif
