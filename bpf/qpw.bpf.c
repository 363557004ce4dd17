// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entry points of the kernel half and nothing else: each hands its arguments to the header of its
 * source of events. Every program is optional ("?"): user space loads what this kernel has. Names
 * are a convention of src/collect/probes.c: on_TRACEPOINT, np_TRACEPOINT, spare_TRACEPOINT,
 * plain_TRACEPOINT; enter_FUNCTION, leave_FUNCTION, spare_enter_FUNCTION, spare_leave_FUNCTION,
 * kprobe_enter_FUNCTION, kprobe_leave_FUNCTION. What is written here as raw_tp user space loads as
 * tp_btf where it may: both get their arguments in the same way.
 */
#include "kernel_types.bpf.h"
#include "emit.bpf.h"
#include "victim.bpf.h"
#include "work.bpf.h"
#include "sched.bpf.h"
#include "irq.bpf.h"
#include "ipi.bpf.h"
#include "flush.bpf.h"
#include "hotplug.bpf.h"
#include "qpwlock.bpf.h"
#include "lock.bpf.h"
#include "count.bpf.h"
#include "plain.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * Events that come from a task which may be preempted. Since 7.0 a program on a tracepoint can be
 * preempted too; older kernels forbid it by themselves, and user space loads on_ alone there. That
 * brings two dangers:
 * - What runs then finds a slot half written. So there are twins (np_) which forbid it.
 * - A program is not run for a task when another task was preempted in the middle of it on the same
 *   CPU: the kernel takes that for recursion. So each has a spare, the same once more and attached
 *   behind it, which steps in then. What they call is called twice for one event, the second time
 *   with spare set, and must make one record of it.
 */
#define FROM_TASK(name, call, proto...)   \
	SEC("?raw_tp/" #name)             \
	int BPF_PROG(on_##name, proto)    \
	{                                 \
		enum {                    \
			np = false,       \
			spare = false     \
		};                        \
		return call;              \
	}                                 \
	SEC("?raw_tp/" #name)             \
	int BPF_PROG(np_##name, proto)    \
	{                                 \
		enum {                    \
			np = true,        \
			spare = false     \
		};                        \
		return call;              \
	}                                 \
	SEC("?raw_tp/" #name)             \
	int BPF_PROG(spare_##name, proto) \
	{                                 \
		enum {                    \
			np = true,        \
			spare = true      \
		};                        \
		return call;              \
	}

/* ------------------------------------------------------------------ tasks */

SEC("?raw_tp/sched_switch")
int BPF_PROG(on_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	return sched_switched(preempt, prev, next, prev_state);
}

SEC("?raw_tp/sched_waking")
int BPF_PROG(on_sched_waking, struct task_struct *task)
{
	victim_waking(task);
	return sched_woken(task, ctx);
}

SEC("?raw_tp/sched_wakeup_new")
int BPF_PROG(on_sched_wakeup_new, struct task_struct *task)
{
	return sched_woken(task, ctx);
}

SEC("?raw_tp/sched_migrate_task")
int BPF_PROG(on_sched_migrate_task, struct task_struct *task, int target)
{
	return sched_migrated(task, target, ctx);
}

/* ------------------------------------------------------------------ work items */

SEC("?raw_tp/workqueue_queue_work")
int BPF_PROG(on_workqueue_queue_work, int req_cpu, struct pool_workqueue *pwq,
	     struct work_struct *work)
{
	struct worker_pool *pool = FIELD(pwq, pool);

	return work_queued(FIELD(pool, cpu), work, ctx);
}

FROM_TASK(workqueue_execute_start, work_begin(work, np, spare), struct work_struct *work)

/*
 * The work may be gone by now: only its address is good, and the function comes as an argument.
 * tp_btf programs may not read pointers to functions: this one is loaded as raw_tp.
 */
FROM_TASK(workqueue_execute_end, work_end(work, function, np, spare), u64 work, u64 function)

/* ------------------------------------------------------------------ interrupts */

SEC("?raw_tp/irq_handler_entry")
int BPF_PROG(on_irq_handler_entry)
{
	return irq_begin();
}

SEC("?raw_tp/irq_handler_exit")
int BPF_PROG(on_irq_handler_exit, int irq, struct irqaction *action)
{
	return irq_end(irq, action);
}

SEC("?raw_tp/softirq_entry")
int BPF_PROG(on_softirq_entry)
{
	return softirq_begin();
}

SEC("?raw_tp/softirq_exit")
int BPF_PROG(on_softirq_exit, unsigned int vec)
{
	return softirq_end(vec);
}

SEC("?raw_tp/local_timer_entry")
int BPF_PROG(on_local_timer_entry)
{
	return timer_begin();
}

SEC("?raw_tp/local_timer_exit")
int BPF_PROG(on_local_timer_exit)
{
	return timer_end();
}

SEC("?raw_tp/hrtimer_expire_entry")
int BPF_PROG(on_hrtimer_expire_entry, struct hrtimer *timer)
{
	return hrtimer_begin(timer);
}

SEC("?raw_tp/hrtimer_expire_exit")
int BPF_PROG(on_hrtimer_expire_exit, struct hrtimer *timer)
{
	return hrtimer_end(timer);
}

/* since 7.2: a timer that had expired when it was to be armed, so that nothing is to wait for */
SEC("?raw_tp/hrtimer_start_expired")
int BPF_PROG(on_hrtimer_start_expired, struct hrtimer *timer)
{
	return hrtimer_start_expired(timer);
}

SEC("?raw_tp/nmi_handler")
int BPF_PROG(on_nmi_handler, void *handler, s64 ran_ns)
{
	return nmi_end((u64)handler, ran_ns);
}

/* ------------------------------------------------------------------ interrupts from CPUs */

#define IPI_VECTOR(name, vector)          \
	SEC("?raw_tp/" #name "_entry")    \
	int BPF_PROG(on_##name##_entry)   \
	{                                 \
		return ipi_begin(vector); \
	}                                 \
	SEC("?raw_tp/" #name "_exit")     \
	int BPF_PROG(on_##name##_exit)    \
	{                                 \
		return ipi_end(vector);   \
	}

IPI_VECTOR(reschedule, QPW_IPI_RESCHEDULE)
IPI_VECTOR(call_function, QPW_IPI_CALL_FUNCTION)
IPI_VECTOR(call_function_single, QPW_IPI_CALL_FUNCTION_SINGLE)
IPI_VECTOR(irq_work, QPW_IPI_IRQ_WORK)
IPI_VECTOR(x86_platform_ipi, QPW_IPI_PLATFORM)
IPI_VECTOR(error_apic, QPW_IPI_ERROR)
IPI_VECTOR(spurious_apic, QPW_IPI_SPURIOUS)
IPI_VECTOR(thermal_apic, QPW_IPI_THERMAL)
IPI_VECTOR(threshold_apic, QPW_IPI_THRESHOLD)
IPI_VECTOR(deferred_error_apic, QPW_IPI_DEFERRED_ERROR)

/*
 * Most of the next two are of CPUs that are not watched: by their names all arguments would be read
 * before that is known.
 */
SEC("?raw_tp/ipi_send_cpu") /* cpu, callsite, callback */
int BPF_PROG(on_ipi_send_cpu, unsigned int cpu)
{
	return cpu_is_watched(cpu) ? ipi_sent(cpu, ctx[1], ctx[2], ctx) : 0;
}

SEC("?raw_tp/csd_queue_cpu") /* cpu, callsite, function, csd */
int BPF_PROG(on_csd_queue_cpu, unsigned int cpu)
{
	return cpu_is_watched(cpu) ? csd_queued(cpu, ctx[1], (void *)ctx[3], ctx) : 0;
}

/* raw for the same reason as workqueue_execute_end; so is the next one */
SEC("?raw_tp/csd_function_entry")
int BPF_PROG(on_csd_function_entry, u64 function, u64 csd)
{
	return csd_begin(csd, function);
}

SEC("?raw_tp/csd_function_exit")
int BPF_PROG(on_csd_function_exit, u64 function)
{
	return csd_end(function);
}

/* ------------------------------------------------------------------ flush waits */

/* Where fentry is refused. No spares: the kernel runs all programs of one kprobe, or none. */
#define KPROBE_FUNCTION(name, begin, end, proto...)        \
	SEC("?kprobe/" #name)                              \
	int BPF_KPROBE(kprobe_enter_##name, ##proto)       \
	{                                                  \
		enum {                                     \
			spare = false                      \
		};                                         \
		return begin;                              \
	}                                                  \
	SEC("?kretprobe/" #name)                           \
	int BPF_KRETPROBE(kprobe_leave_##name, u64 waited) \
	{                                                  \
		enum {                                     \
			spare = false                      \
		};                                         \
		return end;                                \
	}

/* Entry and exit of a function; these could be preempted in all kernels and change no slot. */
#define FLUSH_FUNCTION(name, begin, end, proto...) \
	SEC("?fentry/" #name)                      \
	int BPF_PROG(enter_##name, ##proto)        \
	{                                          \
		enum {                             \
			spare = false              \
		};                                 \
		return begin;                      \
	}                                          \
	SEC("?fentry/" #name)                      \
	int BPF_PROG(spare_enter_##name, ##proto)  \
	{                                          \
		enum {                             \
			spare = true               \
		};                                 \
		return begin;                      \
	}                                          \
	SEC("?fexit/" #name)                       \
	int BPF_PROG(leave_##name, ##proto)        \
	{                                          \
		enum {                             \
			spare = false              \
		};                                 \
		return end;                        \
	}                                          \
	SEC("?fexit/" #name)                       \
	int BPF_PROG(spare_leave_##name, ##proto)  \
	{                                          \
		enum {                             \
			spare = true               \
		};                                 \
		return end;                        \
	}                                          \
	KPROBE_FUNCTION(name, begin, end, ##proto)

/* Returns whether there was something to wait for: a bool, the low byte of the register. */
FLUSH_FUNCTION(__flush_work, flush_work_begin(work, spare),
	       flush_end(QPW_FLUSH_WORK, (u8)waited, spare), struct work_struct *work,
	       bool from_cancel, u64 waited)
/* For kernels that have no __flush_work() to trace. */
FLUSH_FUNCTION(flush_work, flush_work_begin(work, spare),
	       flush_end(QPW_FLUSH_WORK, (u8)waited, spare), struct work_struct *work, u64 waited)
FLUSH_FUNCTION(lru_add_drain_all, flush_begin(QPW_FLUSH_LRU_ADD_DRAIN_ALL, spare),
	       flush_end(QPW_FLUSH_LRU_ADD_DRAIN_ALL, true, spare))
FLUSH_FUNCTION(lru_cache_disable, flush_begin(QPW_FLUSH_LRU_CACHE_DISABLE, spare),
	       flush_end(QPW_FLUSH_LRU_CACHE_DISABLE, true, spare))
FLUSH_FUNCTION(drain_all_stock, flush_begin(QPW_FLUSH_DRAIN_ALL_STOCK, spare),
	       flush_end(QPW_FLUSH_DRAIN_ALL_STOCK, true, spare))
FLUSH_FUNCTION(flush_rcu_sheaves_on_cache, flush_begin(QPW_FLUSH_RCU_SHEAVES, spare),
	       flush_end(QPW_FLUSH_RCU_SHEAVES, true, spare))
FLUSH_FUNCTION(__kmem_cache_shrink, flush_begin(QPW_FLUSH_CACHE_SHRINK, spare),
	       flush_end(QPW_FLUSH_CACHE_SHRINK, true, spare))

/* ------------------------------------------------------------------ CPU hotplug */

SEC("?raw_tp/cpuhp_exit")
int BPF_PROG(on_cpuhp_exit, unsigned int cpu, int state, int step, int ret)
{
	return hotplug_step(cpu, state, step, ret);
}

/* ------------------------------------------------------------------ QPW */

FROM_TASK(qpw_queue, qpw_queued(cpu, work, inlined, spare), unsigned int cpu,
	  struct work_struct *work, void *function, bool inlined)
FROM_TASK(qpw_inline_begin,
	  qpw_begin(QPW_KIND_QPW_INLINE, cpu, (u64)work, (u64)FIELD(work, func), spare),
	  unsigned int cpu, struct work_struct *work)
FROM_TASK(qpw_inline_end, qpw_end(QPW_KIND_QPW_INLINE, cpu, (u64)work, 0, spare), unsigned int cpu,
	  void *work)
FROM_TASK(qpw_flush_begin,
	  qpw_begin(QPW_KIND_QPW_FLUSH, cpu, (u64)work, (u64)FIELD(work, func), spare),
	  unsigned int cpu, struct work_struct *work)
FROM_TASK(qpw_flush_end,
	  qpw_end(QPW_KIND_QPW_FLUSH, cpu, (u64)work, skipped ? QPW_F_SKIPPED : 0, spare),
	  unsigned int cpu, void *work, bool skipped)
FROM_TASK(qpw_lock_contended_begin, qpw_begin(QPW_KIND_QPW_CONTENDED, cpu, (u64)lock, 0, spare),
	  unsigned int cpu, void *lock)
FROM_TASK(qpw_lock_contended_end,
	  qpw_end(QPW_KIND_QPW_CONTENDED, cpu, (u64)lock, remote ? QPW_F_REMOTE : 0, spare),
	  unsigned int cpu, void *lock, bool remote)

/* ------------------------------------------------------------------ locks, counts */

SEC("?raw_tp/contention_begin")
int BPF_PROG(on_contention_begin, void *lock, unsigned int flags)
{
	return lock_wait_begin((u64)lock, flags);
}

SEC("?raw_tp/contention_end")
int BPF_PROG(on_contention_end, void *lock)
{
	return lock_wait_end((u64)lock);
}

SEC("?raw_tp/tick_stop")
int BPF_PROG(on_tick_stop, int stopped, int reasons)
{
	return tick_stop_tried(stopped, reasons);
}

SEC("?raw_tp/page_fault_user")
int BPF_PROG(on_page_fault_user)
{
	return count_page_fault();
}

SEC("?raw_tp/page_fault_kernel")
int BPF_PROG(on_page_fault_kernel)
{
	return count_page_fault();
}

/* sends every system call of every task the slow way: only loaded when asked for */
SEC("?raw_tp/sys_enter")
int BPF_PROG(on_sys_enter)
{
	return count_system_call();
}
