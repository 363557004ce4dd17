// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names and sizes of records by kind, names of numbers in them. Knows no more of what they mean.
 */
#include "util/record.h"

#include <stddef.h>

#include "qpw/live.h"
#include "util/array.h"

struct kind {
	const char *name;
	unsigned int size;
};

static const struct kind *kind_find(unsigned int kind)
{
	static const struct kind events[] = {
		[QPW_KIND_IRQ] = { "irq", sizeof(struct qpw_irq) },
		[QPW_KIND_SOFTIRQ] = { "softirq", sizeof(struct qpw_softirq) },
		[QPW_KIND_IPI] = { "ipi", sizeof(struct qpw_ipi) },
		[QPW_KIND_TIMER] = { "timer", sizeof(struct qpw_timer) },
		[QPW_KIND_NMI] = { "nmi", sizeof(struct qpw_nmi) },
		[QPW_KIND_THREAD] = { "thread", sizeof(struct qpw_thread) },
		[QPW_KIND_WORK] = { "work", sizeof(struct qpw_work) },
		[QPW_KIND_WORK_QUEUE] = { "work_queue", sizeof(struct qpw_work) },
		[QPW_KIND_FLUSH] = { "flush", sizeof(struct qpw_flush) },
		[QPW_KIND_QPW_QUEUE] = { "qpw_queue", sizeof(struct qpw_op) },
		[QPW_KIND_QPW_INLINE] = { "qpw_inline", sizeof(struct qpw_op) },
		[QPW_KIND_QPW_FLUSH] = { "qpw_flush", sizeof(struct qpw_op) },
		[QPW_KIND_QPW_CONTENDED] = { "qpw_contended", sizeof(struct qpw_op) },
		[QPW_KIND_SAMPLE] = { "sample", sizeof(struct qpw_sample) },
		[QPW_KIND_TICK_KEPT] = { "tick_kept", sizeof(struct qpw_tick_kept) },
		[QPW_KIND_MIGRATE] = { "migrate", sizeof(struct qpw_migrate) },
		[QPW_KIND_LOCK_WAIT] = { "lock_wait", sizeof(struct qpw_lock_wait) },
		[QPW_KIND_TAKEN] = { "taken", sizeof(struct qpw_taken) },
	};
	static const struct kind metas[] = {
		[QPW_META_SYMBOL - QPW_META_FIRST] = { "symbol", sizeof(struct qpw_symbol) },
		[QPW_META_LOST - QPW_META_FIRST] = { "lost", sizeof(struct qpw_lost) },
		[QPW_META_WINDOW - QPW_META_FIRST] = { "window", sizeof(struct qpw_header) },
		[QPW_META_PROBE - QPW_META_FIRST] = { "probe", sizeof(struct qpw_probe) },
		[QPW_META_HOTPLUG - QPW_META_FIRST] = { "hotplug", sizeof(struct qpw_hotplug) },
		[QPW_META_CGROUP - QPW_META_FIRST] = { "cgroup", sizeof(struct qpw_cgroup) },
		[QPW_META_STACK - QPW_META_FIRST] = { "stack", sizeof(struct qpw_stack) },
		[QPW_META_COUNTS - QPW_META_FIRST] = { "counts", sizeof(struct qpw_counts) },
		[QPW_META_LOOK - QPW_META_FIRST] = { "look", sizeof(struct qpw_look) },
		[QPW_META_LINE - QPW_META_FIRST] = { "line", sizeof(struct qpw_line) },
		[QPW_META_TABLE - QPW_META_FIRST] = { "table", sizeof(struct qpw_table) },
		[QPW_META_WAITING - QPW_META_FIRST] = { "waiting", sizeof(struct qpw_waiting) },
		[QPW_META_MINUTE - QPW_META_FIRST] = { "minute", sizeof(struct qpw_minute) },
		[QPW_META_RUNNING - QPW_META_FIRST] = { "running", sizeof(struct qpw_running) },
	};
	static const struct kind none;

	if (kind < ARRAY_SIZE(events))
		return &events[kind];
	if (kind >= QPW_META_FIRST && kind - QPW_META_FIRST < ARRAY_SIZE(metas))
		return &metas[kind - QPW_META_FIRST];
	return &none;
}

unsigned int record_size(unsigned int kind)
{
	return kind_find(kind)->size;
}

const char *record_kind_name(unsigned int kind)
{
	return kind_find(kind)->name;
}

unsigned int record_min_size(unsigned int kind)
{
	switch (kind) {
	case QPW_KIND_IPI:
	case QPW_KIND_WORK:
	case QPW_KIND_WORK_QUEUE:
	case QPW_META_COUNTS:
		return 80;
	case QPW_KIND_THREAD:
		return 56;
	case QPW_META_LOST:
		return 40;
	default:
		return record_size(kind);
	}
}

const char *record_softirq_name(unsigned int vec)
{
	/* the kernel's order, include/linux/interrupt.h */
	static const char *const names[] = { "HI",	 "TIMER",   "NET_TX", "NET_RX",	 "BLOCK",
					     "IRQ_POLL", "TASKLET", "SCHED",  "HRTIMER", "RCU" };

	return vec < ARRAY_SIZE(names) ? names[vec] : NULL;
}

const char *record_ipi_name(unsigned int vector)
{
	static const char *const names[] = {
		[QPW_IPI_RESCHEDULE] = "reschedule",
		[QPW_IPI_CALL_FUNCTION] = "call_function",
		[QPW_IPI_CALL_FUNCTION_SINGLE] = "call_function_single",
		[QPW_IPI_IRQ_WORK] = "irq_work",
		[QPW_IPI_OTHER] = "other vector",
		[QPW_IPI_PLATFORM] = "x86_platform_ipi",
		[QPW_IPI_ERROR] = "error_apic",
		[QPW_IPI_SPURIOUS] = "spurious_apic",
		[QPW_IPI_THERMAL] = "thermal_apic",
		[QPW_IPI_THRESHOLD] = "threshold_apic",
		[QPW_IPI_DEFERRED_ERROR] = "deferred_error_apic",
	};

	return vector < ARRAY_SIZE(names) ? names[vector] : NULL;
}

const char *record_flush_name(unsigned int where)
{
	static const char *const names[] = {
		[QPW_FLUSH_WORK] = "__flush_work",
		[QPW_FLUSH_LRU_ADD_DRAIN_ALL] = "lru_add_drain_all",
		[QPW_FLUSH_DRAIN_ALL_STOCK] = "drain_all_stock",
		[QPW_FLUSH_RCU_SHEAVES] = "flush_rcu_sheaves_on_cache",
		[QPW_FLUSH_CACHE_SHRINK] = "__kmem_cache_shrink",
		[QPW_FLUSH_LRU_CACHE_DISABLE] = "lru_cache_disable",
	};

	return where < ARRAY_SIZE(names) ? names[where] : NULL;
}

const char *record_probe_state_name(unsigned int state)
{
	static const char *const names[] = {
		[QPW_PROBE_MISSING] = "missing", [QPW_PROBE_TP_BTF] = "tp_btf",
		[QPW_PROBE_RAW_TP] = "raw_tp",	 [QPW_PROBE_TRACEPOINT] = "tracepoint",
		[QPW_PROBE_FENTRY] = "fentry",	 [QPW_PROBE_KPROBE] = "kprobe",
	};

	return state < ARRAY_SIZE(names) ? names[state] : NULL;
}
