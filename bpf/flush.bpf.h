/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits, on any CPU, until work on other CPUs is done: the functions that flush one work item
 * or drain a whole family of per-CPU caches. Knows the functions only by the number that the record
 * carries.
 */
#ifndef QPW_BPF_FLUSH_H
#define QPW_BPF_FLUSH_H

#include "live.bpf.h"
#include "pending.bpf.h"

#define NO_CPU (~0U)
#define WORK_STRUCT_PWQ (1 << WORK_STRUCT_PWQ_BIT)

/* The CPU whose pool the work is queued at; unknown once a worker has taken it. */
static __always_inline u32 flush_target(struct work_struct *work)
{
	u64 data = BPF_CORE_READ(work, data.counter);
	struct pool_workqueue *pwq = (void *)(data & compat_pwq_mask());

	if (!(data & WORK_STRUCT_PWQ))
		return NO_CPU;
	/* an unbound pool has -1 */
	return BPF_CORE_READ(pwq, pool, cpu);
}

/* Copies every field: a kprobe is handed numbers, and these functions are not called often. */
static __always_inline int flush_work_begin(struct work_struct *work, bool spare)
{
	pending_begin(0, QPW_FLUSH_WORK, (u64)BPF_CORE_READ(work, func), flush_target(work), spare);
	return 0;
}

static __always_inline int flush_begin(u32 where, bool spare)
{
	pending_begin(0, where, 0, NO_CPU, spare);
	return 0;
}

static __always_inline int flush_end(u32 where, bool waited, bool spare)
{
	struct qpw_live_key key = { .kind = QPW_KIND_FLUSH, .number = where };
	struct qpw_origin who;
	struct qpw_pending pending;
	struct qpw_flush *r;

	if (!pending_end(0, where, &pending, spare) || !waited)
		return 0;
	if (aggregates) {
		if (pending.target_cpu != NO_CPU && !cpu_is_watched(pending.target_cpu))
			return 0;
		key.function = pending.function;
		live_task_here(&who, pending.target_cpu);
		live_note_shared(&key, pending.ns, bpf_ktime_get_ns(), &who);
		return 0;
	}
	r = EMIT(struct qpw_flush, QPW_KIND_FLUSH, bpf_get_smp_processor_id(), pending.ns,
		 bpf_ktime_get_ns(), 0);
	if (!r)
		return 0;
	r->where = where;
	r->pid = (u32)bpf_get_current_pid_tgid();
	r->function = pending.function;
	r->target_cpu = pending.target_cpu;
	r->pad = 0;
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	emit_submit(r);
	return 0;
}

#endif
