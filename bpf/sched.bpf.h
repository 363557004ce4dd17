/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has a watched CPU: the runs of every task that is neither idle nor a victim, and the cuts
 * that a switch makes into what runs inside a task (parts of work items, wake-ups of the victim).
 */
#ifndef QPW_BPF_SCHED_H
#define QPW_BPF_SCHED_H

#include "emit.bpf.h"
#include "victim.bpf.h"
#include "work.bpf.h"

static __always_inline void sched_emit_run(struct task_struct *task, u32 cpu, u64 start_ns, u64 now)
{
	struct qpw_thread *r = EMIT(struct qpw_thread, QPW_KIND_THREAD, cpu, start_ns, now, 0);

	if (!r)
		return;
	r->pid = FIELD(task, pid);
	r->prio = FIELD(task, prio);
	/* the tracepoint comes before the switch: the current task is still this one */
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	emit_submit(r);
}

static __always_inline int sched_switched(bool preempted, struct task_struct *prev,
					  struct task_struct *next, u32 prev_state)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 start_ns, now;

	if (!slot)
		return 0;
	now = bpf_ktime_get_ns();
	start_ns = slot->thread_ns;
	slot->thread_ns = now;
	if (FIELD(prev, pid)) {
		if (victim_is(FIELD(prev, tgid))) {
			if (preempted || !prev_state)
				victim_preempted(prev);
		} else {
			work_switched_out(slot, cpu, now);
			if (start_ns)
				sched_emit_run(prev, cpu, start_ns, now);
		}
	}
	if (!FIELD(next, pid))
		return 0;
	if (victim_is(FIELD(next, tgid)))
		victim_switched_in(next, cpu, now);
	else if (FIELD(next, flags) & PF_WQ_WORKER)
		work_switched_in(slot, FIELD(next, pid), now);
	return 0;
}

#endif
