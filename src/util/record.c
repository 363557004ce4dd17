/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sizes of records by kind. Knows sizes, not meanings.
 */
#include "util/record.h"

#include "util/array.h"

unsigned int record_size(unsigned int kind)
{
	static const unsigned short events[] = {
		[QPW_KIND_IRQ] = sizeof(struct qpw_irq),
		[QPW_KIND_SOFTIRQ] = sizeof(struct qpw_softirq),
		[QPW_KIND_IPI] = sizeof(struct qpw_ipi),
		[QPW_KIND_TIMER] = sizeof(struct qpw_timer),
		[QPW_KIND_NMI] = sizeof(struct qpw_nmi),
		[QPW_KIND_THREAD] = sizeof(struct qpw_thread),
		[QPW_KIND_WORK] = sizeof(struct qpw_work),
		[QPW_KIND_WORK_QUEUE] = sizeof(struct qpw_work),
		[QPW_KIND_FLUSH] = sizeof(struct qpw_flush),
		[QPW_KIND_QPW_QUEUE] = sizeof(struct qpw_op),
		[QPW_KIND_QPW_INLINE] = sizeof(struct qpw_op),
		[QPW_KIND_QPW_FLUSH] = sizeof(struct qpw_op),
		[QPW_KIND_QPW_CONTENDED] = sizeof(struct qpw_op),
		[QPW_KIND_SAMPLE] = sizeof(struct qpw_sample),
		[QPW_KIND_TICK_KEPT] = sizeof(struct qpw_tick_kept),
		[QPW_KIND_MIGRATE] = sizeof(struct qpw_migrate),
		[QPW_KIND_LOCK_WAIT] = sizeof(struct qpw_lock_wait),
		[QPW_KIND_TAKEN] = sizeof(struct qpw_taken),
	};
	static const unsigned short metas[] = {
		[QPW_META_SYMBOL - QPW_META_FIRST] = sizeof(struct qpw_symbol),
		[QPW_META_LOST - QPW_META_FIRST] = sizeof(struct qpw_lost),
		[QPW_META_WINDOW - QPW_META_FIRST] = sizeof(struct qpw_header),
		[QPW_META_PROBE - QPW_META_FIRST] = sizeof(struct qpw_probe),
		[QPW_META_HOTPLUG - QPW_META_FIRST] = sizeof(struct qpw_hotplug),
		[QPW_META_CGROUP - QPW_META_FIRST] = sizeof(struct qpw_cgroup),
		[QPW_META_STACK - QPW_META_FIRST] = sizeof(struct qpw_stack),
		[QPW_META_COUNTS - QPW_META_FIRST] = sizeof(struct qpw_counts),
	};

	if (kind < ARRAY_SIZE(events))
		return events[kind];
	if (kind >= QPW_META_FIRST && kind - QPW_META_FIRST < ARRAY_SIZE(metas))
		return metas[kind - QPW_META_FIRST];
	return 0;
}

unsigned int record_min_size(unsigned int kind)
{
	switch (kind) {
	case QPW_KIND_IPI:
	case QPW_KIND_WORK:
	case QPW_KIND_WORK_QUEUE:
		return 80;
	case QPW_KIND_THREAD:
		return 56;
	default:
		return record_size(kind);
	}
}
