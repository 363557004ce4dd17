/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts that a CPU sent: their handlers on watched CPUs, the functions called in them, and who
 * asked for the longest of these. Call functions run without an interrupt too (from the idle loop):
 * those interrupt nothing and only have their origin taken out.
 */
#ifndef QPW_BPF_IPI_H
#define QPW_BPF_IPI_H

#include "live.bpf.h"
#include "origins.bpf.h"

/* include/linux/smp_types.h. An irq_work queued to a CPU is no function call to the tracepoints. */
#define CSD_FLAG_TYPE_MASK 0xf0
#define CSD_TYPE_IRQ_WORK 0x20

/*
 * By address of the call_single_data: from its queueing to the start of its function. Of several
 * wake-ups in one interrupt only the first is told to the tracepoint, the others stay in.
 */
ORIGINS(csd_origins);

#define SENDER_BEING_WRITTEN 1 /* in place of a time */

/* Several senders before the interrupt comes make one; the first of them is kept. */
static __always_inline int ipi_note_sender(u32 target, enum ipi_sender which, u64 callsite,
					   void *ctx)
{
	struct ipi_sender_slot *sender;
	struct qpw_origin origin;
	struct cpu_slot *slot;
	u64 now;

	slot = bpf_map_lookup_elem(&slots, &target);
	if (!slot)
		return 0;
	sender = &slot->sender[which];
	if (sender->origin.ns ||
	    __sync_val_compare_and_swap(&sender->origin.ns, 0, SENDER_BEING_WRITTEN))
		return 0;
	origin_here(&origin, bpf_ktime_get_ns(), ctx);
	now = origin.ns;
	origin.ns = SENDER_BEING_WRITTEN;
	sender->origin = origin;
	sender->callsite = callsite;
	barrier();
	*(volatile u64 *)&sender->origin.ns = now;
	return 0;
}

/*
 * To a watched CPU: the sender of a reschedule (no callback), or of what calls functions. Where
 * those are told as they are queued, each has its own sender, and only an irq_work needs the
 * interrupt's: it is no function call to the tracepoints, but is told as it is queued, just before
 * it is sent. Lines that two CPUs write cost more than all the rest.
 */
static __always_inline int ipi_sent(u32 target, u64 callsite, u64 callback, void *ctx)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct cpu_slot *here;

	if (!callback)
		return ipi_note_sender(target, IPI_SENDER_RESCHEDULE, callsite, ctx);
	if (csd_is_told) {
		here = bpf_map_lookup_elem(&slots, &cpu);
		if (!here || here->irq_work_for != target + 1)
			return 0;
		here->irq_work_for = 0;
	}
	return ipi_note_sender(target, IPI_SENDER_CALL, callsite, ctx);
}

/* An irq_work may find the interrupt sent already, or not needed: see ipi_sent(). */
static __always_inline int irq_work_queued(u32 target)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct cpu_slot *here = bpf_map_lookup_elem(&slots, &cpu);

	if (here)
		here->irq_work_for = target + 1;
	return 0;
}

/* To a watched CPU. */
static __always_inline int csd_queued(u32 target, u64 callsite, struct __call_single_data *csd,
				      void *ctx)
{
	struct qpw_origin origin;

	if ((BPF_CORE_READ(csd, node.u_flags) & CSD_FLAG_TYPE_MASK) == CSD_TYPE_IRQ_WORK)
		return irq_work_queued(target);
	origin_here(&origin, bpf_ktime_get_ns(), ctx);
	origin_put(&csd_origins, (u64)csd, callsite, &origin);
	return 0;
}

/* A function that was called in the interrupt has ended. */
static __always_inline void ipi_keep_longer(struct cpu_slot *slot, u64 function, u64 ran_ns)
{
	if (ran_ns < slot->ipi_longest_ns)
		return;
	slot->ipi_longest_ns = ran_ns;
	slot->ipi_function = function;
	slot->ipi_origin = slot->csd_origin;
	slot->ipi_callsite = slot->csd_callsite;
	slot->ipi_flags = slot->csd_origin.ns ? QPW_F_ORIGIN : 0;
}

/*
 * One more function in this interrupt: who queued it. Where lengths are only added up, the clock is
 * read between functions alone: most interrupts have one, which is then the longest.
 */
static __always_inline int csd_begin(u64 csd, u64 function)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 now;

	if (!slot)
		return 0;
	if (!aggregates) {
		slot->csd_ns = bpf_ktime_get_ns();
	} else if (slot->ipi_ns) {
		now = slot->ipi_nr_functions ? bpf_ktime_get_ns() : slot->ipi_ns;
		if (slot->ipi_nr_functions++)
			ipi_keep_longer(slot, slot->csd_function, now - slot->csd_ns);
		slot->csd_ns = now;
		slot->csd_function = function;
	}
	if (!origin_take(&csd_origins, csd, &slot->csd_callsite, &slot->csd_origin))
		slot->csd_origin.ns = 0;
	return 0;
}

static __always_inline int csd_end(u64 function)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot || !slot->csd_ns)
		return 0;
	if (slot->ipi_ns) {
		slot->ipi_nr_functions++;
		ipi_keep_longer(slot, function, bpf_ktime_get_ns() - slot->csd_ns);
	}
	slot->csd_ns = 0;
	return 0;
}

/* In the interrupt: who sent it, if that was noted, and room for the next one. */
static __always_inline void ipi_take_sender(struct cpu_slot *slot, u32 vector)
{
	struct ipi_sender_slot *sender;

	slot->ipi_flags = 0;
	if (vector == QPW_IPI_RESCHEDULE)
		sender = &slot->sender[IPI_SENDER_RESCHEDULE];
	else if (vector == QPW_IPI_CALL_FUNCTION_SINGLE)
		sender = &slot->sender[IPI_SENDER_CALL];
	else
		return;
	if (*(volatile u64 *)&sender->origin.ns <= SENDER_BEING_WRITTEN)
		return;
	slot->ipi_origin = sender->origin;
	slot->ipi_callsite = sender->callsite;
	slot->ipi_flags = QPW_F_ORIGIN;
	barrier();
	*(volatile u64 *)&sender->origin.ns = 0;
}

static __always_inline int ipi_begin(u32 vector)
{
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);

	if (!slot)
		return 0;
	slot->ipi_ns = live_now(slot, LIVE_HARDIRQ, &slot->ipi_stolen_ns);
	slot->ipi_function = 0;
	slot->ipi_longest_ns = 0;
	slot->ipi_nr_functions = 0;
	ipi_take_sender(slot, vector);
	return 0;
}

static __always_inline void ipi_add(struct cpu_slot *slot, u32 cpu, u32 vector, u64 start_ns,
				    u64 now, u64 nested_ns)
{
	struct qpw_live_key key = { .kind = QPW_KIND_IPI,
				    .number = slot->ipi_function ? 0 : vector,
				    .function = slot->ipi_function };
	int row;

	if (slot->ipi_flags & QPW_F_ORIGIN)
		key.callsite = slot->ipi_callsite;
	row = live_interval(slot, cpu, LIVE_HARDIRQ, &key, start_ns, now, nested_ns, true);
	if (slot->ipi_flags & QPW_F_ORIGIN)
		live_caused(cpu, row, &slot->ipi_origin, start_ns);
}

static __always_inline int ipi_end(u32 vector)
{
	struct qpw_ipi *r;
	u32 cpu;
	struct cpu_slot *slot = slot_here(&cpu);
	u64 start_ns, now, stolen_ns;

	if (!slot || !slot->ipi_ns)
		return 0;
	now = live_now(slot, LIVE_HARDIRQ, &stolen_ns);
	start_ns = slot->ipi_ns;
	slot->ipi_ns = 0;
	if (aggregates) {
		if (slot->ipi_nr_functions)
			ipi_keep_longer(slot, slot->csd_function, now - slot->csd_ns);
		ipi_add(slot, cpu, vector, start_ns, now, stolen_ns - slot->ipi_stolen_ns);
	}
	if (!live_is_told(start_ns, now))
		return 0;
	r = EMIT(struct qpw_ipi, QPW_KIND_IPI, cpu, start_ns, now, slot->ipi_flags);
	if (!r)
		return 0;
	r->vector = vector;
	r->nr_functions = slot->ipi_nr_functions;
	r->function = slot->ipi_function;
	if (slot->ipi_flags & QPW_F_ORIGIN) {
		r->origin = slot->ipi_origin;
		r->callsite = slot->ipi_callsite;
	} else {
		origin_none(&r->origin);
		r->callsite = 0;
	}
	emit_submit(r);
	return 0;
}

#endif
