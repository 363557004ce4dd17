/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The measured tasks: who they are, and each of their wake-ups from the programmed expiry to the
 * switch-in on a watched CPU. Covers sleeps that end in hrtimer_wakeup() (clock_nanosleep, poll,
 * futex timeouts); wake-ups by pipes, signals, timerfd and the like are counted.
 */
#ifndef QPW_BPF_VICTIM_H
#define QPW_BPF_VICTIM_H

#include "counts.bpf.h"
#include "live.bpf.h"
#include "qpw/victim.h"

/* include/uapi/linux/sched.h */
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_DEADLINE 6

#define MAX_STACK_SIZE 32768 /* THREAD_SIZE of x86 with KASAN, half of it without */

/* Written by user space while the programs run. */
struct qpw_victim victims[QPW_MAX_VICTIMS];

/* A wake-up under way, by thread id, taken out when it is over. */
struct wake {
	u64 expiry_ns;
	u64 irq_ns;
	u64 expire_ns;
	u64 wakeup_ns;
	u32 expire_cpu;
	u32 is_untimed; /* woken by other than a timer: all else is 0 */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct wake);
} wakes SEC(".maps");

/* A victim that lost its CPU though it wanted to run, by thread id. */
struct taken {
	u64 ns;
	u32 cpu;
	u32 by_pid;
	char by_comm[QPW_COMM_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct taken);
} taken SEC(".maps");

/* All that most tasks cost: is a thread of this process a victim? */
static __always_inline bool victim_process_is(u32 tgid)
{
	int i;

	for (i = 0; i < QPW_MAX_VICTIMS; i++) {
		u32 victim = *(volatile u32 *)&victims[i].tgid;

		if (!victim)
			return false;
		if (victim == tgid)
			return true;
	}
	return false;
}

static __always_inline bool policy_is_realtime(u32 policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_DEADLINE;
}

/* A function of its own: asked for few tasks, but in many places. */
static __noinline int victim_thread_is(u32 tgid, u32 pid, u32 policy)
{
	int i;

	for (i = 0; i < QPW_MAX_VICTIMS; i++) {
		struct qpw_victim *victim = &victims[i];

		if (*(volatile u32 *)&victim->tgid != tgid)
			continue;
		if (victim->tid) {
			if (victim->tid == pid)
				return 1;
			continue;
		}
		if (policy_is_realtime(policy)) {
			if (!victim->has_realtime)
				victim->has_realtime = 1;
			return 1;
		}
		if (!*(volatile u32 *)&victim->has_realtime)
			return 1;
	}
	return 0;
}

static __always_inline bool victim_is(struct task_struct *task)
{
	u32 tgid = FIELD(task, tgid);

	return victim_process_is(tgid) &&
	       victim_thread_is(tgid, FIELD(task, pid), FIELD(task, policy));
}

/* The current task. */
static __always_inline bool victim_runs(void)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct task_struct *task;

	if (!victim_process_is(pid_tgid >> 32))
		return false;
	task = (struct task_struct *)bpf_get_current_task();
	return victim_thread_is(pid_tgid >> 32, (u32)pid_tgid, BPF_CORE_READ(task, policy));
}

/*
 * The timer of a sleep (struct hrtimer_sleeper) is on the stack of who sleeps, so an address tells
 * whose it may be. The verifier knows tp_btf's pointers as such, which are no numbers; but what
 * lies between two of them is one, in this very instruction.
 */
static __always_inline u64 distance_between(const void *from, const void *to)
{
	u64 bytes = (u64)to;

	asm volatile("%0 -= %1" : "+r"(bytes) : "r"(from));
	return bytes;
}

/* From the line where the answer is: a pointer that costs nothing, as a helper's call does. */
static __always_inline u64 timer_distance(const struct hrtimer *timer)
{
	u64 address;

	if (!copies_fields)
		return distance_between(&watched, timer);
	/* a pointer in one program, a number in another: a number once it is copied */
	bpf_probe_read_kernel(&address, sizeof(address), &timer);
	return address;
}

/*
 * The same for an address that is a number, as it is when copied (see LIVE_FUNCTION): the current
 * task is known as both.
 */
static __always_inline u64 stack_distance(u64 stack)
{
	if (copies_fields)
		return stack;
	return stack - bpf_get_current_task() +
	       distance_between(&watched, bpf_get_current_task_btf());
}

/* A bit for each piece of memory, the same for those of one number modulo 256. */
static __always_inline u64 sleeper_bit(u64 distance, u32 *word)
{
	u64 piece = distance / MAX_STACK_SIZE;

	*word = piece % SLEEPER_WORDS;
	barrier_var(*word); /* see cpu_is_watched() */
	return 1ULL << (piece / SLEEPER_WORDS % 64);
}

static __always_inline void sleeper_add(u64 distance)
{
	u32 word;
	u64 bit = sleeper_bit(distance, &word);

	if (word < SLEEPER_WORDS && !(watched.sleepers[word] & bit))
		__sync_fetch_and_or(&watched.sleepers[word], bit);
}

/* The victim goes to sleep on a watched CPU. Its stack lies in one piece, or in two. */
static __always_inline void victim_sleeps(struct task_struct *task)
{
	u64 distance = stack_distance((u64)BPF_CORE_READ(task, stack));

	sleeper_add(distance);
	sleeper_add(distance + MAX_STACK_SIZE - 1);
}

/* Whether the timer may be that of a victim's sleep. Asked of every timer in the machine. */
static __always_inline bool victim_may_sleep_on(const struct hrtimer *timer)
{
	u32 word;
	u64 bit = sleeper_bit(timer_distance(timer), &word);

	return word < SLEEPER_WORDS && watched.sleepers[word] & bit;
}

static __always_inline void wake_note(u32 pid, const struct wake *wake)
{
	if (bpf_map_update_elem(&wakes, &pid, wake, BPF_ANY))
		emit_lost(QPW_KIND_SAMPLE);
}

static __always_inline void wake_over(u32 pid)
{
	bpf_map_delete_elem(&wakes, &pid);
}

/* slot is NULL on a CPU that is not watched. In a timer interrupt its clock was just read. */
static __always_inline void victim_timer_expired(struct hrtimer *timer, struct cpu_slot *slot)
{
	struct task_struct *task;
	struct wake wake = {};
	u32 tgid = compat_sleeper(timer, &task), pid;

	if (!tgid || !victim_process_is(tgid))
		return;
	pid = SLEEPER_FIELD(task, pid);
	if (!victim_thread_is(tgid, pid, SLEEPER_FIELD(task, policy)))
		return;
	wake.expiry_ns = compat_expiry_ns(timer);
	wake.expire_ns = slot && slot->timer_ns ? slot->expire_ns : bpf_ktime_get_ns();
	wake.expire_cpu = bpf_get_smp_processor_id();
	if (slot) {
		wake.irq_ns = slot->timer_ns ?: slot->irq_ns;
		if (slot->timer_ns)
			slot->timer_flags |= QPW_F_VICTIM;
		if (pid == (u32)bpf_get_current_pid_tgid())
			slot->awake_pid = pid;
	}
	wake_note(pid, &wake);
}

/* It has run elsewhere, or will: how long it was kept from running is not known. */
static __always_inline void victim_gap_unknown(u32 pid)
{
	bpf_map_delete_elem(&taken, &pid);
}

/* Any CPU may wake the victim. It slept, so it had got its CPU back. */
static __always_inline int victim_waking(struct task_struct *task)
{
	struct wake untimed = { .is_untimed = 1 };
	struct wake *wake;
	u32 pid;

	if (!victim_is(task))
		return 0;
	pid = FIELD(task, pid);
	wake = bpf_map_lookup_elem(&wakes, &pid);
	/* what was woken before has run on a CPU that is not watched */
	if (wake && wake->expire_ns && !wake->wakeup_ns)
		wake->wakeup_ns = bpf_ktime_get_ns();
	else
		wake_note(pid, &untimed);
	victim_gap_unknown(pid);
	return 0;
}

static __always_inline void victim_emit(struct wake *wake, u32 pid, u32 tgid, const char *comm,
					u32 cpu, u64 now)
{
	u32 flags = wake->expire_cpu != cpu ? QPW_F_REMOTE : 0;
	struct qpw_live_key key = { .kind = QPW_KIND_SAMPLE, .flags = flags };
	struct qpw_sample *r = NULL;

	if (aggregates)
		live_note(cpu, &key, wake->expiry_ns, now);
	if (live_is_told(wake->expiry_ns, now))
		r = EMIT(struct qpw_sample, QPW_KIND_SAMPLE, cpu, wake->expiry_ns, now, flags);
	if (r) {
		r->irq_ns = wake->irq_ns;
		r->expire_ns = wake->expire_ns;
		r->wakeup_ns = wake->wakeup_ns;
		r->pid = pid;
		r->tgid = tgid;
		__builtin_memset(r->comm, 0, sizeof(r->comm));
		bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), comm);
		emit_submit(r);
	}
}

static __always_inline void victim_given_back(struct task_struct *task, u64 now)
{
	u32 pid = FIELD(task, pid);
	struct taken *gap = bpf_map_lookup_elem(&taken, &pid);
	struct qpw_live_key key = { .kind = QPW_KIND_TAKEN };
	struct qpw_taken *r = NULL;

	if (!gap)
		return;
	if (aggregates) {
		__builtin_memcpy(key.name, gap->by_comm, sizeof(key.name));
		live_note_shared(&key, gap->ns, now, NULL);
	} else {
		r = EMIT(struct qpw_taken, QPW_KIND_TAKEN, gap->cpu, gap->ns, now, 0);
	}
	if (r) {
		r->pid = pid;
		r->by_pid = gap->by_pid;
		__builtin_memset(r->comm, 0, sizeof(r->comm));
		bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), task->comm);
		__builtin_memcpy(r->by_comm, gap->by_comm, sizeof(r->by_comm));
		emit_submit(r);
	}
	bpf_map_delete_elem(&taken, &pid);
}

/* What woke it was no timer of a sleep: there is no moment at which it wanted to run. */
static __always_inline void victim_count_untimed(void)
{
	struct qpw_counts *here = counts_here();

	if (here)
		here->nr_untimed_wakeups++;
}

/*
 * The victim gets the CPU: the end of its wake-up, if one is under way, or of the time for which
 * the CPU was taken from it.
 */
static __always_inline void victim_switched_in(struct task_struct *task, u32 cpu, u64 now)
{
	u32 pid = FIELD(task, pid);
	struct wake *wake = bpf_map_lookup_elem(&wakes, &pid);

	if (wake && wake->is_untimed)
		victim_count_untimed();
	else if (wake)
		victim_emit(wake, pid, FIELD(task, tgid), task->comm, cpu, now);
	if (wake)
		wake_over(pid);
	victim_given_back(task, now);
}

/*
 * The victim loses the CPU while runnable. A wake-up still under way then belongs to a sleep that
 * it had not entered yet when another CPU ended it: it ran on, and no switch-in will come for it.
 */
static __always_inline void victim_preempted(struct task_struct *task, struct task_struct *next,
					     u32 cpu, u64 now)
{
	u32 pid = FIELD(task, pid);
	struct wake *wake = bpf_map_lookup_elem(&wakes, &pid);
	struct taken gap = { .ns = now, .cpu = cpu, .by_pid = FIELD(next, pid) };

	if (wake)
		wake_over(pid);
	bpf_probe_read_kernel_str(gap.by_comm, sizeof(gap.by_comm), next->comm);
	if (bpf_map_update_elem(&taken, &pid, &gap, BPF_ANY))
		emit_lost(QPW_KIND_TAKEN);
}

/*
 * The victim was so late that the time it wanted to sleep until had passed: no timer, no wake-up,
 * no switch, but one more of its cycles, late by all that has passed since.
 */
static __always_inline void victim_never_slept(struct hrtimer *timer, u32 cpu, u64 now)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct wake wake = {};

	if (!victim_runs())
		return;
	wake.expiry_ns = compat_expiry_ns(timer);
	wake.expire_cpu = cpu;
	victim_emit(&wake, (u32)pid_tgid, pid_tgid >> 32,
		    (const char *)__builtin_preserve_access_index(&task->comm), cpu, now);
}

/*
 * The timer expired after the victim had armed it and before it gave up the CPU: it wakes while it
 * runs, no switch follows, and it goes on when the interrupt returns.
 */
static __always_inline void victim_goes_on(struct cpu_slot *slot, u32 cpu, u64 now)
{
	u32 pid = slot->awake_pid;
	struct task_struct *task;
	struct wake *wake;

	if (!pid)
		return;
	slot->awake_pid = 0;
	wake = bpf_map_lookup_elem(&wakes, &pid);
	if (!wake || wake->is_untimed)
		return;
	task = (struct task_struct *)bpf_get_current_task();
	victim_emit(wake, pid, bpf_get_current_pid_tgid() >> 32,
		    (const char *)__builtin_preserve_access_index(&task->comm), cpu, now);
	wake_over(pid);
}

#endif
