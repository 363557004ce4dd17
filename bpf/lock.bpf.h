/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waits for contended locks of the kernel that begin on a watched CPU. One that ends on a CPU that
 * is not watched, its task having been moved, is not told. The programs have no spares: they are
 * also called for the locks of maps that programs use. Knows locks by address and kind.
 */
#ifndef QPW_BPF_LOCK_H
#define QPW_BPF_LOCK_H

#include "live.bpf.h"
#include "pending.bpf.h"
#include "victim.bpf.h"

#define LOCK_PENDING QPW_PENDING(QPW_KIND_LOCK_WAIT)

/*
 * A mutex is first spun for and then slept for: two beginnings of one wait, unless the task was on
 * another CPU meanwhile, where the first one may have ended unseen. What programs themselves wait
 * for is not told.
 */
static __always_inline int lock_wait_begin(u64 lock, u32 flags)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	struct task_struct *task;
	u64 how;

	if (!slot || slot->in_helper)
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	/* in place of a function */
	how = BPF_CORE_READ(task, se.nr_migrations) << 32 | flags;
	if (!pending_goes_on(lock, LOCK_PENDING, how))
		pending_begin(lock, LOCK_PENDING, how, cpu, false);
	return 0;
}

static __always_inline int lock_wait_end(u64 lock)
{
	struct qpw_live_key key = { .kind = QPW_KIND_LOCK_WAIT };
	struct qpw_lock_wait *r;
	struct qpw_pending pending;
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot || slot->in_helper || !pending_end(lock, LOCK_PENDING, &pending, false))
		return 0;
	/* begun here long ago, ended elsewhere unseen, and begun again there */
	if (pending.target_cpu != cpu)
		return 0;
	if (aggregates) {
		key.number = (u32)pending.function;
		key.flags = victim_runs() ? QPW_F_BY_VICTIM : 0;
		bpf_get_current_comm(key.name, sizeof(key.name));
		live_note_shared(&key, pending.ns, bpf_ktime_get_ns(), NULL);
		return 0;
	}
	r = EMIT(struct qpw_lock_wait, QPW_KIND_LOCK_WAIT, pending.target_cpu, pending.ns,
		 bpf_ktime_get_ns(), victim_runs() ? QPW_F_BY_VICTIM : 0);
	if (!r)
		return 0;
	r->lock = lock;
	r->flags = (u32)pending.function;
	r->pid = (u32)bpf_get_current_pid_tgid();
	bpf_get_current_comm(r->comm, sizeof(r->comm));
	emit_submit(r);
	return 0;
}

#endif
