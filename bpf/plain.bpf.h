/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry points for where neither tp_btf nor raw_tp may be had: ordinary tracepoint programs, which
 * are handed the event's record as the trace file shows it. So there are some only for events whose
 * record has all that is needed, docs/collector.md says which have not, and that are not frequent:
 * while one such program runs on a CPU, no other does. Knows no logic.
 */
#ifndef QPW_BPF_PLAIN_H
#define QPW_BPF_PLAIN_H

#include "hotplug.bpf.h"
#include "irq.bpf.h"
#include "ipi.bpf.h"
#include "qpwlock.bpf.h"
#include "work.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct trace_event_raw_workqueue_queue_work {
	struct work_struct *work;
	int cpu; /* of the pool, not the one asked for */
};

struct trace_event_raw_workqueue_execute_start {
	struct work_struct *work;
};

struct trace_event_raw_workqueue_execute_end {
	void *work;
	void *function;
};

struct trace_event_raw_softirq {
	unsigned int vec;
};

struct trace_event_raw_hrtimer_expire_entry {
	struct hrtimer *hrtimer;
};

struct trace_event_raw_hrtimer_class {
	struct hrtimer *hrtimer;
};

struct trace_event_raw_nmi_handler {
	void *handler;
	s64 delta_ns;
};

struct trace_event_raw_csd_queue_cpu {
	unsigned int cpu;
	void *callsite;
	struct __call_single_data *csd;
};

struct trace_event_raw_csd_function {
	void *func;
	struct __call_single_data *csd;
};

struct trace_event_raw_cpuhp_exit {
	unsigned int cpu;
	int state;
	int idx;
	int ret;
};

struct trace_event_raw_qpw_queue {
	unsigned int cpu;
	struct work_struct *work;
	bool inlined;
};

struct trace_event_raw_qpw_inline {
	unsigned int cpu;
	struct work_struct *work;
};

struct trace_event_raw_qpw_flush {
	unsigned int cpu;
	struct work_struct *work;
	bool skipped;
};

struct trace_event_raw_qpw_lock_contended {
	unsigned int cpu;
	const void *lock;
	bool remote;
};

#pragma clang attribute pop

/*
 * No spares and no care for preemption: the kernel runs all programs of an event together, with
 * preemption off, or none of them.
 */
#define PLAIN_EVENT(system, name, call, proto) \
	SEC("?tracepoint/" #system "/" #name)  \
	int plain_##name(proto)                \
	{                                      \
		return call;                   \
	}

PLAIN_EVENT(workqueue, workqueue_queue_work, work_queued(e->cpu, e->work, e),
	    struct trace_event_raw_workqueue_queue_work *e)
PLAIN_EVENT(workqueue, workqueue_execute_start, work_begin(e->work, false, false),
	    struct trace_event_raw_workqueue_execute_start *e)
PLAIN_EVENT(workqueue, workqueue_execute_end,
	    work_end((u64)e->work, (u64)e->function, false, false),
	    struct trace_event_raw_workqueue_execute_end *e)
PLAIN_EVENT(irq, softirq_entry, softirq_begin(), void *e)
PLAIN_EVENT(irq, softirq_exit, softirq_end(e->vec), struct trace_event_raw_softirq *e)
PLAIN_EVENT(irq_vectors, local_timer_entry, timer_begin(), void *e)
PLAIN_EVENT(irq_vectors, local_timer_exit, timer_end(), void *e)
PLAIN_EVENT(timer, hrtimer_expire_entry, hrtimer_begin(e->hrtimer),
	    struct trace_event_raw_hrtimer_expire_entry *e)
PLAIN_EVENT(timer, hrtimer_expire_exit, hrtimer_end(e->hrtimer),
	    struct trace_event_raw_hrtimer_class *e)
PLAIN_EVENT(timer, hrtimer_start_expired, hrtimer_start_expired(e->hrtimer),
	    struct trace_event_raw_hrtimer_class *e)
PLAIN_EVENT(nmi, nmi_handler, nmi_end((u64)e->handler, e->delta_ns),
	    struct trace_event_raw_nmi_handler *e)

#define PLAIN_IPI(name, vector)                        \
	SEC("?tracepoint/irq_vectors/" #name "_entry") \
	int plain_##name##_entry(void *e)              \
	{                                              \
		return ipi_begin(vector);              \
	}                                              \
	SEC("?tracepoint/irq_vectors/" #name "_exit")  \
	int plain_##name##_exit(void *e)               \
	{                                              \
		return ipi_end(vector);                \
	}

PLAIN_IPI(reschedule, QPW_IPI_RESCHEDULE)
PLAIN_IPI(call_function, QPW_IPI_CALL_FUNCTION)
PLAIN_IPI(call_function_single, QPW_IPI_CALL_FUNCTION_SINGLE)
PLAIN_IPI(irq_work, QPW_IPI_IRQ_WORK)
PLAIN_IPI(x86_platform_ipi, QPW_IPI_PLATFORM)
PLAIN_IPI(error_apic, QPW_IPI_ERROR)
PLAIN_IPI(spurious_apic, QPW_IPI_SPURIOUS)
PLAIN_IPI(thermal_apic, QPW_IPI_THERMAL)
PLAIN_IPI(threshold_apic, QPW_IPI_THRESHOLD)
PLAIN_IPI(deferred_error_apic, QPW_IPI_DEFERRED_ERROR)

PLAIN_EVENT(csd, csd_queue_cpu,
	    cpu_is_watched(e->cpu) ? csd_queued(e->cpu, (u64)e->callsite, e->csd, e) : 0,
	    struct trace_event_raw_csd_queue_cpu *e)
PLAIN_EVENT(csd, csd_function_entry, csd_begin((u64)e->csd, (u64)e->func),
	    struct trace_event_raw_csd_function *e)
PLAIN_EVENT(csd, csd_function_exit, csd_end((u64)e->func), struct trace_event_raw_csd_function *e)

PLAIN_EVENT(cpuhp, cpuhp_exit, hotplug_step(e->cpu, e->state, e->idx, e->ret),
	    struct trace_event_raw_cpuhp_exit *e)

PLAIN_EVENT(qpw, qpw_queue, qpw_queued(e->cpu, e->work, e->inlined, false),
	    struct trace_event_raw_qpw_queue *e)
PLAIN_EVENT(qpw, qpw_inline_begin,
	    qpw_begin(QPW_KIND_QPW_INLINE, e->cpu, (u64)e->work, (u64)FIELD(e->work, func), false),
	    struct trace_event_raw_qpw_inline *e)
PLAIN_EVENT(qpw, qpw_inline_end, qpw_end(QPW_KIND_QPW_INLINE, e->cpu, (u64)e->work, 0, false),
	    struct trace_event_raw_qpw_inline *e)
PLAIN_EVENT(qpw, qpw_flush_begin,
	    qpw_begin(QPW_KIND_QPW_FLUSH, e->cpu, (u64)e->work, (u64)FIELD(e->work, func), false),
	    struct trace_event_raw_qpw_flush *e)
PLAIN_EVENT(qpw, qpw_flush_end,
	    qpw_end(QPW_KIND_QPW_FLUSH, e->cpu, (u64)e->work, e->skipped ? QPW_F_SKIPPED : 0,
		    false),
	    struct trace_event_raw_qpw_flush *e)
PLAIN_EVENT(qpw, qpw_lock_contended_begin,
	    qpw_begin(QPW_KIND_QPW_CONTENDED, e->cpu, (u64)e->lock, 0, false),
	    struct trace_event_raw_qpw_lock_contended *e)
PLAIN_EVENT(qpw, qpw_lock_contended_end,
	    qpw_end(QPW_KIND_QPW_CONTENDED, e->cpu, (u64)e->lock, e->remote ? QPW_F_REMOTE : 0,
		    false),
	    struct trace_event_raw_qpw_lock_contended *e)

#endif
