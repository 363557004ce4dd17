/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts that no CPU sent: device interrupts, softirqs, the local timer, NMIs. Knows nothing of
 * tasks but that the victim's timer may expire in a timer interrupt.
 */
#ifndef QPW_BPF_IRQ_H
#define QPW_BPF_IRQ_H

#include "live.bpf.h"
#include "victim.bpf.h"

static __always_inline int irq_begin(void)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot)
		return 0;
	slot->irq_ns = live_now(slot, LIVE_HARDIRQ, &slot->irq_stolen_ns);
	return 0;
}

static __always_inline int irq_end(int irq, struct irqaction *action)
{
	struct qpw_live_key key = { .kind = QPW_KIND_IRQ, .number = irq };
	struct qpw_irq *r;
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 start_ns, now, stolen_ns;

	if (!slot || !slot->irq_ns)
		return 0;
	now = live_now(slot, LIVE_HARDIRQ, &stolen_ns);
	start_ns = slot->irq_ns;
	slot->irq_ns = 0;
	bpf_probe_read_kernel_str(key.name, sizeof(key.name), FIELD(action, name));
	if (aggregates)
		live_interval(slot, cpu, LIVE_HARDIRQ, &key, start_ns, now,
			      stolen_ns - slot->irq_stolen_ns, true);
	if (!live_is_told(start_ns, now))
		return 0;
	r = EMIT(struct qpw_irq, QPW_KIND_IRQ, cpu, start_ns, now, 0);
	if (!r)
		return 0;
	r->irq = irq;
	r->pad = 0;
	__builtin_memcpy(r->name, key.name, sizeof(r->name));
	emit_submit(r);
	return 0;
}

static __always_inline int softirq_begin(void)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot)
		return 0;
	slot->softirq_pid = (u32)bpf_get_current_pid_tgid();
	slot->softirq_ns = live_now(slot, LIVE_SOFTIRQ, &slot->softirq_stolen_ns);
	return 0;
}

static __always_inline int softirq_end(u32 vec)
{
	struct qpw_live_key key = { .kind = QPW_KIND_SOFTIRQ, .number = vec };
	struct qpw_softirq *r;
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 start_ns, now, stolen_ns;

	if (!slot || !slot->softirq_ns)
		return 0;
	now = live_now(slot, LIVE_SOFTIRQ, &stolen_ns);
	start_ns = slot->softirq_ns;
	slot->softirq_ns = 0;
	if (aggregates)
		live_interval(slot, cpu, LIVE_SOFTIRQ, &key, start_ns, now,
			      stolen_ns - slot->softirq_stolen_ns, true);
	if (!live_is_told(start_ns, now))
		return 0;
	r = EMIT(struct qpw_softirq, QPW_KIND_SOFTIRQ, cpu, start_ns, now, 0);
	if (!r)
		return 0;
	r->vec = vec;
	r->pad = 0;
	emit_submit(r);
	return 0;
}

static __always_inline int timer_begin(void)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot)
		return 0;
	slot->timer_ns = live_now(slot, LIVE_HARDIRQ, &slot->timer_stolen_ns);
	slot->timer_function = 0;
	slot->timer_longest_ns = 0;
	slot->timer_nr_expired = 0;
	slot->timer_flags = 0;
	slot->expire_ns = 0;
	return 0;
}

static __always_inline void timer_emit(struct cpu_slot *slot, u32 cpu, u64 start_ns, u64 now)
{
	struct qpw_timer *r =
		EMIT(struct qpw_timer, QPW_KIND_TIMER, cpu, start_ns, now, slot->timer_flags);

	if (!r)
		return;
	r->function = slot->timer_function;
	r->nr_expired = slot->timer_nr_expired;
	r->pad = 0;
	emit_submit(r);
}

static __always_inline int timer_end(void)
{
	struct qpw_live_key key = { .kind = QPW_KIND_TIMER };
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 start_ns, now, stolen_ns;

	if (!slot || !slot->timer_ns)
		return 0;
	now = live_now(slot, LIVE_HARDIRQ, &stolen_ns);
	start_ns = slot->timer_ns;
	slot->timer_ns = 0;
	key.flags = slot->timer_flags;
	key.function = slot->timer_function;
	if (aggregates)
		live_interval(slot, cpu, LIVE_HARDIRQ, &key, start_ns, now,
			      stolen_ns - slot->timer_stolen_ns, true);
	if (aggregates && key.flags & QPW_F_TICK)
		live_ticked(cpu, now);
	if (live_is_told(start_ns, now))
		timer_emit(slot, cpu, start_ns, now);
	victim_goes_on(slot, cpu, now);
	return 0;
}

/*
 * Entry of an hrtimer callback, from the timer interrupt or (soft timers) from a softirq. The
 * victim's is of interest on every CPU: with nohz_full its timers are queued on housekeeping CPUs.
 */
static __always_inline int hrtimer_begin(struct hrtimer *timer)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 function;

	if (!slot && !victim_may_sleep_on(timer))
		return 0;
	function = (u64)FIELD(timer, function);
	if (slot && slot->timer_ns) {
		slot->expire_ns = bpf_ktime_get_ns();
		if (function == address_tick[0] || function == address_tick[1])
			slot->timer_flags |= QPW_F_TICK;
	}
	if (function == address_hrtimer_wakeup)
		victim_timer_expired(timer, slot);
	return 0;
}

static __always_inline int hrtimer_end(struct hrtimer *timer)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 ran_ns;

	if (!slot)
		return 0;
	if (!slot->timer_ns) {
		/* expired by another interrupt than the local timer's, or by a softirq */
		if (slot->awake_pid)
			victim_goes_on(slot, cpu, bpf_ktime_get_ns());
		return 0;
	}
	if (!slot->expire_ns)
		return 0;
	ran_ns = bpf_ktime_get_ns() - slot->expire_ns;
	slot->expire_ns = 0;
	slot->timer_nr_expired++;
	if (ran_ns >= slot->timer_longest_ns) {
		slot->timer_longest_ns = ran_ns;
		slot->timer_function = (u64)FIELD(timer, function);
	}
	return 0;
}

static __always_inline int hrtimer_start_expired(struct hrtimer *timer)
{
	u32 cpu;

	if (slot_here(&cpu) && (u64)FIELD(timer, function) == address_hrtimer_wakeup)
		victim_never_slept(timer, cpu, bpf_ktime_get_ns());
	return 0;
}

/* The kernel hands over how long the handler ran; several handlers share one NMI. */
static __always_inline int nmi_end(u64 handler, s64 ran_ns)
{
	struct qpw_live_key key = { .kind = QPW_KIND_NMI, .function = handler };
	struct qpw_nmi *r;
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 now;

	if (!slot)
		return 0;
	now = bpf_ktime_get_ns();
	if (ran_ns < 0)
		ran_ns = 0;
	if (aggregates)
		live_interval(slot, cpu, LIVE_NMI, &key, now - ran_ns, now, 0, true);
	if (!live_is_told(now - ran_ns, now))
		return 0;
	r = EMIT(struct qpw_nmi, QPW_KIND_NMI, cpu, now - ran_ns, now, 0);
	if (!r)
		return 0;
	r->function = handler;
	emit_submit(r);
	return 0;
}

#endif
