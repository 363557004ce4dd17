/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work items: queued to a watched CPU, by whom, and run there, in parts cut by task switches. An
 * origin is kept from the queueing to the execution under the work's address and taken out there,
 * so that an address used again never finds an old one. Barriers of flush_work() are inserted
 * without a tracepoint: they run with an unknown origin.
 */
#ifndef QPW_BPF_WORK_H
#define QPW_BPF_WORK_H

#include "live.bpf.h"
#include "origins.bpf.h"

/* By address of the work_struct. A cancelled work never comes to take its entry out. */
ORIGINS(work_origins);

/* Work items whose worker was switched out in the middle, by the worker's thread id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u32);
	__type(value, struct qpw_live_work);
} work_asleep SEC(".maps");

/* At least how many entries that has; 0 spares every CPU the look-up. */
__s64 nr_asleep;

static __always_inline bool work_any_asleep(void)
{
	return *(volatile s64 *)&nr_asleep > 0;
}

/* target: the CPU of the pool, -1 for one that is unbound */
static __always_inline int work_queued(int target, struct work_struct *work, void *ctx)
{
	struct qpw_live_key key = { .kind = QPW_KIND_WORK_QUEUE };
	u64 function, now;
	struct qpw_origin origin;
	struct qpw_work *r;

	if (target < 0 || !cpu_is_watched(target))
		return 0;
	now = bpf_ktime_get_ns();
	function = LIVE_FUNCTION(work);
	origin_here(&origin, now, ctx);
	origin_put(&work_origins, (u64)work, function, &origin);
	if (aggregates) {
		key.function = function;
		live_note_shared(&key, now, now, NULL);
		return 0;
	}
	r = EMIT(struct qpw_work, QPW_KIND_WORK_QUEUE, target, now, now, QPW_F_ORIGIN);
	if (!r)
		return 0;
	r->work = (u64)work;
	r->function = function;
	r->origin = origin;
	emit_submit(r);
	return 0;
}

/* On PREEMPT_RT a worker can preempt the task that runs a softirq. */
static __always_inline bool work_in_softirq(struct cpu_slot *slot)
{
	return slot->softirq_ns && slot->softirq_pid == (u32)bpf_get_current_pid_tgid();
}

static __always_inline struct qpw_live_work *work_here(struct cpu_slot *slot)
{
	return &slot->work[work_in_softirq(slot) ? WORK_CONTEXT_SOFTIRQ : WORK_CONTEXT_TASK];
}

/* Levels are constants to what is inlined here. */
static __always_inline u64 work_now(struct cpu_slot *slot, u64 *stolen_ns)
{
	return work_in_softirq(slot) ? live_now(slot, LIVE_BH_WORK, stolen_ns) :
				       live_now(slot, LIVE_WORK, stolen_ns);
}

static __always_inline void work_begin_here(struct cpu_slot *slot, struct work_struct *work,
					    bool spare)
{
	struct qpw_live_work *run = work_here(slot);
	u32 pid = (u32)bpf_get_current_pid_tgid();
	u64 function;

	if (spare) {
		if (run->ns && run->work == (u64)work && run->pid == pid)
			return;
		spare_steps_in();
	}
	run->ns = work_now(slot, &run->stolen_ns);
	run->work = (u64)work;
	run->function = (u64)FIELD(work, func);
	run->flags = QPW_F_BEGIN;
	run->pid = pid;
	if (origin_take(&work_origins, run->work, &function, &run->origin) &&
	    function == run->function)
		run->flags |= QPW_F_ORIGIN;
	else
		origin_none(&run->origin);
}

/*
 * np: keep preemption off while a slot is being changed, where the kernel does not. Elsewhere it
 * stays on: as short as possible, a program is rarely skipped.
 */
static __always_inline int work_begin(struct work_struct *work, bool np, bool spare)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot)
		return 0;
	if (np)
		bpf_preempt_disable();
	work_begin_here(slot, work, spare);
	if (np)
		bpf_preempt_enable();
	return 0;
}

static __always_inline void work_add(struct cpu_slot *slot, struct qpw_live_work *run, u32 cpu,
				     u64 now, u64 nested_ns)
{
	struct qpw_live_key key = { .kind = QPW_KIND_WORK, .function = run->function };
	bool begun = run->flags & QPW_F_BEGIN;
	int row;

	if (run == &slot->work[WORK_CONTEXT_SOFTIRQ])
		row = live_interval(slot, cpu, LIVE_BH_WORK, &key, run->ns, now, nested_ns, begun);
	else
		row = live_interval(slot, cpu, LIVE_WORK, &key, run->ns, now, nested_ns, begun);
	if (row == LIVE_NO_ROW || !begun || !(run->flags & QPW_F_ORIGIN))
		return;
	live_caused(cpu, row, &run->origin, run->ns);
	key.kind = QPW_KIND_WORK_QUEUE;
	key.flags = run->origin.cpu != cpu ? QPW_F_REMOTE : 0;
	/* of a run in the window, whenever it was queued */
	live_add(live_table_of[cpu & (MAX_CPUS - 1)], &key, live_since(run->origin.ns, run->ns), 0,
		 LIVE_COUNTED);
}

/* One part of a run, [run->ns, now]; the following ones are no beginning. */
static __always_inline void work_emit(struct cpu_slot *slot, struct qpw_live_work *run, u32 cpu,
				      u64 now, u64 stolen_ns, u32 end_flag)
{
	u32 flags = run->flags | end_flag;
	struct qpw_work *r;

	if (aggregates)
		work_add(slot, run, cpu, now, stolen_ns - run->stolen_ns);
	run->flags &= ~QPW_F_BEGIN;
	if (!live_is_told(run->ns, now))
		return;
	r = EMIT(struct qpw_work, QPW_KIND_WORK, cpu, run->ns, now, flags);
	if (!r)
		return;
	r->work = run->work;
	r->function = run->function;
	r->origin = run->origin;
	emit_submit(r);
}

/* A run that sleeps may end on a CPU that is not watched: it is taken off the list there too. */
static __always_inline void work_forget(u32 pid)
{
	if (work_any_asleep() && !bpf_map_delete_elem(&work_asleep, &pid))
		__sync_fetch_and_add(&nr_asleep, -1);
}

static __always_inline void work_end_here(struct cpu_slot *slot, u32 cpu, u64 work, u64 function,
					  bool spare)
{
	struct qpw_live_work *run = work_here(slot);
	u64 now, stolen_ns;

	if (run->ns && run->work == work) {
		if (spare)
			spare_steps_in();
		now = work_now(slot, &stolen_ns);
	} else {
		/*
		 * Begun before the programs were attached, or on another CPU; if it is not known
		 * since when this task has the CPU, neither is what part of it was here.
		 */
		if (spare || !slot->now.thread_ns || work_in_softirq(slot) ||
		    slot->now.thread_pid != (u32)bpf_get_current_pid_tgid())
			return;
		run->ns = slot->now.thread_ns;
		run->stolen_ns = slot->now.thread_stolen_ns;
		run->work = work;
		run->function = function;
		run->flags = 0;
		origin_none(&run->origin);
		/* other works may have had a part of the thread's run */
		now = live_now(slot, LIVE_THREAD, &stolen_ns);
	}
	work_emit(slot, run, cpu, now, stolen_ns, QPW_F_END);
	run->ns = 0;
}

static __always_inline int work_end(u64 work, u64 function, bool np, bool spare)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot) {
		if (work_any_asleep())
			work_forget((u32)bpf_get_current_pid_tgid());
		return 0;
	}
	if (np)
		bpf_preempt_disable();
	work_end_here(slot, cpu, work, function, spare);
	if (np)
		bpf_preempt_enable();
	return 0;
}

static __always_inline void work_switched_out(struct cpu_slot *slot, u32 cpu, u64 now)
{
	struct qpw_live_work *run = &slot->work[WORK_CONTEXT_TASK];

	if (!run->ns)
		return;
	work_emit(slot, run, cpu, now, live_stolen(slot, LIVE_WORK), 0);
	run->ns = 0;
	/* counted first: the worker may come back on another CPU at once */
	__sync_fetch_and_add(&nr_asleep, 1);
	if (bpf_map_update_elem(&work_asleep, &run->pid, run, BPF_ANY))
		__sync_fetch_and_add(&nr_asleep, -1);
}

static __always_inline void work_switched_in(struct cpu_slot *slot, u32 pid, u64 now)
{
	struct qpw_live_work *run = &slot->work[WORK_CONTEXT_TASK];
	struct qpw_live_work *asleep;

	if (!work_any_asleep())
		return;
	asleep = bpf_map_lookup_elem(&work_asleep, &pid);
	if (!asleep)
		return;
	*run = *asleep;
	run->ns = now;
	run->stolen_ns = live_stolen(slot, LIVE_WORK);
	work_forget(pid);
}

#endif
