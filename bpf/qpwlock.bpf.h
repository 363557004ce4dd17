/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a QPW kernel says of itself (trace system "qpw"): work queued or run in the caller, flushes,
 * waits for a qpw lock, each with the CPU it is about. Only what concerns watched CPUs is recorded,
 * wherever it happens.
 */
#ifndef QPW_BPF_QPWLOCK_H
#define QPW_BPF_QPWLOCK_H

#include "live.bpf.h"
#include "pending.bpf.h"

static __always_inline void qpw_emit(u32 kind, u32 target, u64 object, u64 function, u64 start_ns,
				     u64 now, u32 flags)
{
	struct qpw_live_key key = { .kind = kind, .flags = flags, .function = function };
	struct qpw_origin who;
	struct qpw_op *r;

	if (aggregates) {
		live_task_here(&who,
			       kind == QPW_KIND_QPW_FLUSH ? target : bpf_get_smp_processor_id());
		live_note_shared(&key, start_ns, now, &who);
		return;
	}
	r = EMIT(struct qpw_op, kind, target, start_ns, now, flags);
	if (!r)
		return;
	r->object = object;
	r->function = function;
	r->from_cpu = bpf_get_smp_processor_id();
	r->pid = (u32)bpf_get_current_pid_tgid();
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	emit_submit(r);
}

static __always_inline int qpw_queued(u32 target, struct work_struct *work, bool inlined,
				      bool spare)
{
	u64 now;

	if (!cpu_is_watched(target) ||
	    !pending_point((u64)work, QPW_PENDING(QPW_KIND_QPW_QUEUE), spare))
		return 0;
	now = bpf_ktime_get_ns();
	qpw_emit(QPW_KIND_QPW_QUEUE, target, (u64)work, LIVE_FUNCTION(work), now, now,
		 inlined ? QPW_F_INLINE : 0);
	return 0;
}

static __always_inline int qpw_begin(u32 kind, u32 target, u64 object, u64 function, bool spare)
{
	if (cpu_is_watched(target))
		pending_begin(object, QPW_PENDING(kind), function, target, spare);
	return 0;
}

static __always_inline int qpw_end(u32 kind, u32 target, u64 object, u32 flags, bool spare)
{
	struct qpw_pending pending;

	if (!cpu_is_watched(target) || !pending_end(object, QPW_PENDING(kind), &pending, spare))
		return 0;
	qpw_emit(kind, target, object, pending.function, pending.ns, bpf_ktime_get_ns(), flags);
	return 0;
}

#endif
