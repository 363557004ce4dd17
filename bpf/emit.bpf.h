/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ground under every source of events: which CPUs are watched, the per-CPU slot where intervals in
 * flight are kept, and the way a finished record takes into the ring buffer, counted when it does
 * not get there. Knows records only by their header.
 */
#ifndef QPW_BPF_EMIT_H
#define QPW_BPF_EMIT_H

#include "kernel_types.bpf.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "qpw/live.h"
#include "compat.bpf.h"

#define MAX_CPUS 4096
#define SLEEPER_WORDS 4

/*
 * All that most programs look at on a CPU that is not watched, so it is to be one cache line: it is
 * as long as no CPU has a number above 255.
 */
struct {
	__u64 sleepers[SLEEPER_WORDS]; /* where victims sleep, see victim_may_sleep_on() */
	__u64 cpus[MAX_CPUS / 64];     /* by user space, before loading */
} watched __attribute__((aligned(64)));

/* Filled in by user space before loading; __ types, since the skeleton repeats them in C. */
const volatile __u64 address_hrtimer_wakeup;
const volatile __u32 takes_stacks; /* enum stacks_of */
const volatile __u64 stack_gap_ns; /* at least so long between two stacks taken on a CPU */
/* Add up in tables (live.bpf.h), and record intervals only that last for event_ns. */
const volatile __u32 aggregates;
const volatile __u64 event_ns;
const volatile __u64 address_tick[2]; /* 0 = no such function in this kernel */
const volatile __u32 csd_is_told;     /* function calls are seen where queued and where run */

/* In one CPU's softirqs a BH work can run while the worker below it is in the middle of another. */
enum work_context {
	WORK_CONTEXT_TASK = 0,
	WORK_CONTEXT_SOFTIRQ = 1,
	WORK_CONTEXTS = 2,
};

/* Interrupts whose sender is noted with the CPU that they go to. */
enum ipi_sender {
	IPI_SENDER_RESCHEDULE = 0,
	IPI_SENDER_CALL = 1,
	IPI_SENDERS = 2,
};

/*
 * Intervals in flight on one CPU, written by programs on that CPU alone. A start of 0 means that
 * none is open. Handlers of the same class do not nest on one CPU, so one place for each suffices.
 */
struct cpu_slot {
	struct qpw_live_now now;
	struct qpw_live_work work[WORK_CONTEXTS];

	u64 irq_ns;
	u64 irq_stolen_ns; /* at its start, see live_stolen(); so are all of this name */
	u64 softirq_ns;
	u64 softirq_stolen_ns;
	struct qpw_origin thread_origin;

	u64 timer_ns;
	u64 timer_stolen_ns;
	u64 timer_function;
	u64 timer_longest_ns;
	u64 expire_ns; /* hrtimer callback in flight inside the timer interrupt */
	u32 timer_nr_expired;
	u32 timer_flags;

	u64 ipi_ns;
	u64 ipi_stolen_ns;
	u64 ipi_function;
	u64 ipi_longest_ns;
	u64 ipi_callsite; /* of ipi_origin, as the next one is of csd_origin */
	u64 csd_callsite;
	u64 csd_ns; /* call function in flight inside the IPI */
	u64 csd_function;
	u32 ipi_nr_functions;
	u32 ipi_flags;
	struct qpw_origin ipi_origin;
	struct qpw_origin csd_origin; /* ns == 0: not seen */

	u64 stack_ns; /* when a stack was taken here */

	u32 softirq_pid; /* in whose context the softirq runs */
	int in_helper;	 /* see helper_enter() */

	u32 irq_work_for; /* the CPU that one was last queued to from here, plus 1; 0 = sent */
	u32 awake_pid;	  /* victim thread whose timer expired while it was still running here */

	/* written by other CPUs: whoever sent first, until the interrupt comes */
	struct ipi_sender_slot {
		struct qpw_origin origin;
		u64 callsite;
	} __attribute__((aligned(64))) sender[IPI_SENDERS];
} __attribute__((aligned(64)));

_Static_assert(__builtin_offsetof(struct cpu_slot, work) ==
			       __builtin_offsetof(struct qpw_live_slot, work) &&
		       !WORK_CONTEXT_TASK,
	       "user space reads the beginning");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* possible CPUs, set by user space */
	__type(key, u32);
	__type(value, struct cpu_slot);
} slots SEC(".maps");

/* Records that found the ring buffer full, by kind. */
struct lost_records {
	u64 by_kind[QPW_LOST_KINDS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* possible CPUs, set by user space */
	__type(key, u32);
	__type(value, struct lost_records);
} lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* set by user space */
} ring SEC(".maps");

/* Kernel stacks by a hash; one that is in is never replaced. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(u32));
	__uint(value_size, QPW_STACK_FRAMES * sizeof(u64));
} stacks SEC(".maps");

/* Events that a program missed and its spare has seen, of all programs that have one. */
__u64 nr_stepped_in;

static __always_inline void spare_steps_in(void)
{
	__sync_fetch_and_add(&nr_stepped_in, 1);
}

static __always_inline bool cpu_is_watched(u32 cpu)
{
	u32 word = cpu / 64;

	barrier_var(word); /* keeps the check in the form in which the verifier sees the bound */
	return word < MAX_CPUS / 64 && (watched.cpus[word] >> (cpu % 64)) & 1;
}

/* The slot of this CPU, NULL when it is not watched. */
static __always_inline struct cpu_slot *slot_here(u32 *cpu)
{
	*cpu = bpf_get_smp_processor_id();
	if (!cpu_is_watched(*cpu))
		return NULL;
	return bpf_map_lookup_elem(&slots, cpu);
}

/*
 * Around helpers that take a lock of a map which programs on other CPUs take, too: the kernel tells
 * of the wait for such a lock while it holds it, and a program that takes it again would never get
 * it. Programs about locks look whether they were called from in here.
 */
static __always_inline struct cpu_slot *helper_enter(void)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct cpu_slot *slot = bpf_map_lookup_elem(&slots, &cpu);

	if (slot)
		__sync_fetch_and_add(&slot->in_helper, 1);
	return slot;
}

static __always_inline void helper_leave(struct cpu_slot *slot)
{
	if (slot)
		__sync_fetch_and_add(&slot->in_helper, -1);
}

/* A record of this kind does not get out. */
static __always_inline void emit_lost(u32 kind)
{
	u32 here = bpf_get_smp_processor_id();
	struct lost_records *l = bpf_map_lookup_elem(&lost, &here);

	/* atomic: an NMI may come between */
	if (l && kind < QPW_LOST_KINDS)
		__sync_fetch_and_add(&l->by_kind[kind], 1);
}

/* How often an NMI, which may not wait, asks once more for room when another CPU is asking. */
#define NMI_TRIES 8

/*
 * Room for one record, with its header filled in; NULL when the buffer is full, or in use by what
 * an NMI interrupted, which is counted for the CPU that wanted it. The caller fills in every
 * other byte and calls emit_submit().
 */
static __always_inline void *emit_reserve(u32 kind, u32 size, u32 cpu, u64 start_ns, u64 end_ns,
					  u32 flags)
{
	struct cpu_slot *here = helper_enter();
	struct qpw_header *h = bpf_ringbuf_reserve(&ring, size, 0);
	int i;

#pragma unroll
	for (i = 0; kind == QPW_KIND_NMI && !h && i < NMI_TRIES; i++)
		h = bpf_ringbuf_reserve(&ring, size, 0);
	helper_leave(here);
	if (!h) {
		emit_lost(kind);
		return NULL;
	}
	h->start_ns = start_ns;
	h->end_ns = end_ns;
	h->cpu = cpu;
	h->kind = kind;
	h->size = size;
	h->flags = flags;
	h->pad = 0;
	return h;
}

/* User space polls: a wake-up would be an irq_work on the very CPU that is to be left alone. */
static __always_inline void emit_submit(void *record)
{
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

#define EMIT(type, kind, cpu, start_ns, end_ns, flags) \
	((type *)emit_reserve(kind, sizeof(type), cpu, start_ns, end_ns, flags))

/*
 * A task's name as it is. Byte by byte where that may be: the helpers that copy a name cost a third
 * of a record.
 */
static __always_inline void copy_comm(char *to, struct task_struct *task)
{
	int i;

	if (copies_fields) {
		bpf_probe_read_kernel(to, QPW_COMM_LEN,
				      __builtin_preserve_access_index(&task->comm));
		return;
	}
#pragma unroll
	for (i = 0; i < QPW_COMM_LEN; i++)
		to[i] = task->comm[i];
}

/* As enum collect_stacks. Walking a stack takes longer than all the rest of a program. */
enum stacks_of {
	STACKS_NONE = 0,
	STACKS_ELSEWHERE = 1, /* not on watched CPUs */
	STACKS_ALL = 2,
};

/* Where not every stack is wanted, one is taken after a while: what is frequent gets one, too. */
static __always_inline bool stack_is_due(u64 ns)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct cpu_slot *slot;

	if (takes_stacks == STACKS_NONE ||
	    (takes_stacks == STACKS_ELSEWHERE && cpu_is_watched(cpu)))
		return false;
	if (!stack_gap_ns)
		return true;
	slot = bpf_map_lookup_elem(&slots, &cpu);
	if (!slot || ns - slot->stack_ns < stack_gap_ns)
		return false;
	slot->stack_ns = ns;
	return true;
}

/*
 * Whether a task does this or what interrupted it: of watched CPUs it is known what is in flight.
 * A softirq that a task was preempted in, on PREEMPT_RT, is not that of the next task.
 */
static __always_inline u32 context_here(u32 cpu, u32 pid)
{
	struct cpu_slot *slot = cpu_is_watched(cpu) ? bpf_map_lookup_elem(&slots, &cpu) : NULL;

	if (!slot)
		return QPW_CONTEXT_UNKNOWN;
	if (slot->irq_ns || slot->timer_ns || slot->ipi_ns)
		return QPW_CONTEXT_HARDIRQ;
	if (slot->softirq_ns && slot->softirq_pid == pid)
		return QPW_CONTEXT_SOFTIRQ;
	return QPW_CONTEXT_UNKNOWN;
}

/*
 * Number of this stack, negative for none. Where another one has its place it is tried without its
 * innermost frame, which is the way to our own program, and so has another place; and once more.
 */
static __always_inline s64 stack_here(void *ctx)
{
	s64 stack = bpf_get_stackid(ctx, &stacks, 0);

	if (stack == -EEXIST)
		stack = bpf_get_stackid(ctx, &stacks, 1);
	if (stack == -EEXIST)
		stack = bpf_get_stackid(ctx, &stacks, 2);
	return stack;
}

/*
 * This context as an origin, ctx being the program's. In an interrupt the task is the one that was
 * interrupted.
 */
static __always_inline void origin_here(struct qpw_origin *origin, u64 ns, void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	s64 stack = stack_is_due(ns) ? stack_here(ctx) : -1;

	origin->ns = ns;
	origin->cpu = bpf_get_smp_processor_id();
	origin->pid = task->pid;
	copy_comm(origin->comm, task);
	origin->cgroup = bpf_get_current_cgroup_id();
	origin->stack = stack < 0 ? 0 : stack + 1;
	origin->context = context_here(origin->cpu, origin->pid);
}

static __always_inline void origin_none(struct qpw_origin *origin)
{
	__builtin_memset(origin, 0, sizeof(*origin));
}

#endif
