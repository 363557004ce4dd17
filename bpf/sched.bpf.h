/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has a watched CPU: the runs of every task that is neither idle nor a victim and who woke or
 * sent it there, and the cuts that a switch makes into what runs inside a task (parts of work
 * items, wake-ups of the victim).
 */
#ifndef QPW_BPF_SCHED_H
#define QPW_BPF_SCHED_H

#include "emit.bpf.h"
#include "origins.bpf.h"
#include "victim.bpf.h"
#include "work.bpf.h"

/*
 * By thread: who woke a task on a watched CPU or moved it there, until it runs. If it runs
 * elsewhere it stays in, until the thread is woken again or its place is needed.
 */
ORIGINS(wakers);

/* Thread ids as keys of origins, of which the smallest numbers are none. */
#define WAKER_KEY(pid) (1ULL << 32 | (u32)(pid))

/* A task is woken, or is new. The CPU is where it ran last; if another is chosen, it is moved. */
static __always_inline int sched_woken(struct task_struct *task, void *ctx)
{
	struct qpw_origin origin;

	if (!cpu_is_watched(FIELD(task, thread_info.cpu)) || victim_is(task))
		return 0;
	origin_here(&origin, bpf_ktime_get_ns(), ctx);
	origin_put(&wakers, WAKER_KEY(FIELD(task, pid)), 0, &origin);
	return 0;
}

static __always_inline int sched_migrated(struct task_struct *task, u32 target, void *ctx)
{
	struct qpw_live_key move = { .kind = QPW_KIND_MIGRATE };
	struct qpw_migrate *r;
	struct qpw_origin origin;
	u32 pid;

	if (!cpu_is_watched(target)) {
		if (victim_is(task))
			victim_gap_unknown(FIELD(task, pid));
		return 0;
	}
	pid = FIELD(task, pid);
	origin_here(&origin, bpf_ktime_get_ns(), ctx);
	if (!victim_is(task))
		origin_put(&wakers, WAKER_KEY(pid), 0, &origin);
	if (aggregates) {
		move.number = FIELD(task, thread_info.cpu);
		bpf_probe_read_kernel_str(move.name, sizeof(move.name), task->comm);
		live_note_shared(&move, origin.ns, origin.ns, &origin);
		return 0;
	}
	r = EMIT(struct qpw_migrate, QPW_KIND_MIGRATE, target, origin.ns, origin.ns, QPW_F_ORIGIN);
	if (!r)
		return 0;
	r->pid = pid;
	r->prio = FIELD(task, prio);
	__builtin_memset(r->comm, 0, sizeof(r->comm));
	bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), task->comm);
	r->from_cpu = FIELD(task, thread_info.cpu);
	r->pad = 0;
	r->origin = origin;
	emit_submit(r);
	return 0;
}

static __always_inline void sched_add_run(struct cpu_slot *slot, struct task_struct *task, u32 cpu,
					  u64 start_ns, u64 now)
{
	struct qpw_live_key key = { .kind = QPW_KIND_THREAD };
	int row;

	copy_comm(key.name, task);
	row = live_interval(slot, cpu, LIVE_THREAD, &key, start_ns, now,
			    live_stolen(slot, LIVE_THREAD) - slot->now.thread_stolen_ns, true);
	live_caused(cpu, row, &slot->thread_origin, start_ns);
}

static __always_inline void sched_emit_run(struct cpu_slot *slot, struct task_struct *task, u32 cpu,
					   u64 start_ns, u64 now)
{
	struct qpw_thread *r;

	if (aggregates)
		sched_add_run(slot, task, cpu, start_ns, now);
	if (!live_is_told(start_ns, now))
		return;
	r = EMIT(struct qpw_thread, QPW_KIND_THREAD, cpu, start_ns, now,
		 slot->thread_origin.ns ? QPW_F_ORIGIN : 0);
	if (!r)
		return;
	r->pid = FIELD(task, pid);
	r->prio = FIELD(task, prio);
	copy_comm(r->comm, task);
	if (slot->thread_origin.ns)
		r->origin = slot->thread_origin;
	else
		origin_none(&r->origin);
	emit_submit(r);
}

/* The run that begins is owed to whoever woke the task; later ones are not. */
static __always_inline void sched_take_waker(struct cpu_slot *slot, u32 pid)
{
	u64 function;

	if (!origin_take(&wakers, WAKER_KEY(pid), &function, &slot->thread_origin))
		slot->thread_origin.ns = 0;
}

/* A task gives up the CPU and stays runnable: if it was woken meanwhile, that changed nothing. */
static __always_inline void sched_forget_waker(u32 pid)
{
	struct qpw_origin waker;
	u64 function;

	origin_take(&wakers, WAKER_KEY(pid), &function, &waker);
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
	/* the switch to a task may have been hidden from programs: its run has no known start */
	start_ns = slot->now.thread_pid == (u32)FIELD(prev, pid) ? slot->now.thread_ns : 0;
	slot->now.interrupts = 0;
	barrier(); /* x86 keeps stores in their order by itself */
	slot->now.thread_ns = now;
	slot->now.thread_pid = FIELD(next, pid);
	if (FIELD(prev, pid)) {
		if (victim_is(prev)) {
			if (preempted || !prev_state)
				victim_preempted(prev, next, cpu, now);
			else
				victim_sleeps(prev);
		} else {
			work_switched_out(slot, cpu, now);
			if (start_ns)
				sched_emit_run(slot, prev, cpu, start_ns, now);
			if (preempted || !prev_state)
				sched_forget_waker(FIELD(prev, pid));
		}
	}
	slot->thread_origin.ns = 0;
	slot->now.thread_stolen_ns = live_stolen(slot, LIVE_THREAD);
	if (!FIELD(next, pid))
		return 0;
	if (victim_is(next)) {
		victim_switched_in(next, cpu, now);
		return 0;
	}
	if (aggregates) {
		slot->now.thread_tgid = FIELD(next, tgid);
		copy_comm(slot->now.comm, next);
		barrier();
		slot->now.interrupts = 1;
	}
	sched_take_waker(slot, FIELD(next, pid));
	if (FIELD(next, flags) & PF_WQ_WORKER)
		work_switched_in(slot, FIELD(next, pid), now);
	return 0;
}

#endif
