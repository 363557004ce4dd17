// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of what each kind of figure hangs on. Names are those that the collector gives its
 * probes; it knows nothing else of it.
 */
#include "model/sight.h"

#include <stddef.h>
#include <string.h>

#include "util/array.h"

#define PROBES 16

struct needs {
	const char *always[PROBES];
	/* on kernels that have it: without it there is nothing to see */
	const char *if_there[PROBES];
};

#define TIMER_PROBES "local_timer_entry", "local_timer_exit"
#define THREAD_PROBES "sched_switch"
#define IRQ_PROBES "irq_handler_entry", "irq_handler_exit"
#define SOFTIRQ_PROBES "softirq_entry", "softirq_exit"
#define WORK_PROBES "workqueue_execute_start", "workqueue_execute_end"
#define IPI_PROBES                                                                           \
	"reschedule_entry", "reschedule_exit", "call_function_entry", "call_function_exit",  \
		"call_function_single_entry", "call_function_single_exit", "irq_work_entry", \
		"irq_work_exit"
#define APIC_PROBES                                                                               \
	"x86_platform_ipi_entry", "x86_platform_ipi_exit", "error_apic_entry", "error_apic_exit", \
		"spurious_apic_entry", "spurious_apic_exit", "thermal_apic_entry",                \
		"thermal_apic_exit", "threshold_apic_entry", "threshold_apic_exit",               \
		"deferred_error_apic_entry", "deferred_error_apic_exit"

static const struct needs needs[SIGHT_NR] = {
	[SNAP_IRQ] = { { IRQ_PROBES }, { NULL } },
	[SNAP_SOFTIRQ] = { { SOFTIRQ_PROBES }, { NULL } },
	[SNAP_IPI] = { { IPI_PROBES }, { APIC_PROBES } },
	/* one interrupt; what expired in it tells the two apart */
	[SNAP_TICK] = { { TIMER_PROBES, "hrtimer_expire_entry" }, { NULL } },
	[SNAP_TIMER] = { { TIMER_PROBES, "hrtimer_expire_entry" }, { NULL } },
	[SNAP_THREAD] = { { THREAD_PROBES }, { NULL } },
	[SNAP_WORK] = { { WORK_PROBES }, { NULL } },
	[SNAP_NMI] = { { "nmi_handler" }, { NULL } },
	/* one that sleeps would last until it ends */
	[SIGHT_WORK_TIME] = { { WORK_PROBES, THREAD_PROBES }, { NULL } },
	[SIGHT_REMOTE] = { { WORK_PROBES, "workqueue_queue_work" }, { NULL } },
	/* kernels that run works so under another name have no events for it */
	[SIGHT_INLINE] = { { "qpw_inline_begin", "qpw_inline_end" }, { NULL } },
	[SIGHT_FLUSHES] = { { NULL },
			    { "__flush_work", "flush_work", "lru_add_drain_all",
			      "lru_cache_disable", "drain_all_stock", "flush_rcu_sheaves_on_cache",
			      "__kmem_cache_shrink", "qpw_flush_begin", "qpw_flush_end" } },
	[SIGHT_SAMPLES] = { { THREAD_PROBES, "hrtimer_expire_entry" },
			    { "hrtimer_start_expired" } },
};

static const char *first_missing(const struct snapshot *s, const char *const *names,
				 bool even_unknown)
{
	for (size_t i = 0; i < PROBES && names[i]; i++) {
		for (size_t j = 0; j < s->nr_probes; j++) {
			const struct snap_probe *p = &s->probes[j];

			if (p->state == QPW_PROBE_MISSING && (p->error || even_unknown) &&
			    !strcmp(p->name, names[i]))
				return p->name;
		}
	}
	return NULL;
}

const char *sight_lacks(const struct snapshot *s, enum sight what)
{
	static const enum snap_class stolen[] = { SNAP_THREAD, SNAP_IRQ,  SNAP_SOFTIRQ,
						  SNAP_IPI,    SNAP_WORK, SNAP_NMI };
	static const char *const timer[PROBES] = { TIMER_PROBES };
	const char *probe;

	if (what != SIGHT_STOLEN) {
		probe = first_missing(s, needs[what].always, true);
		return probe ? probe : first_missing(s, needs[what].if_there, false);
	}
	probe = first_missing(s, timer, true);
	for (size_t i = 0; !probe && i < ARRAY_SIZE(stolen); i++)
		probe = sight_lacks(s, (enum sight)stolen[i]);
	return probe;
}

bool sight_blind(const struct snapshot *s, enum snap_class which)
{
	return !s->classes[which].count && sight_lacks(s, (enum sight)which);
}

const char *sight_class_words(enum snap_class class)
{
	static const char *const words[SNAP_NR_CLASSES] = {
		[SNAP_IRQ] = "device interrupts",
		[SNAP_SOFTIRQ] = "softirqs",
		[SNAP_IPI] = "interrupts from other CPUs",
		[SNAP_TICK] = "the tick",
		[SNAP_TIMER] = "timer interrupts",
		[SNAP_THREAD] = "runs of threads",
		[SNAP_WORK] = "work items",
		[SNAP_NMI] = "non-maskable interrupts",
	};

	return words[class];
}
