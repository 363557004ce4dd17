// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of qpw_provoke with CPUs that go offline: while another one holds a lock of theirs as a
 * drain does, and while a work of theirs is pending.
 */
#define pr_fmt(fmt) "qpw_provoke: " fmt

#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched/isolation.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "qpw_provoke.h"

static void find_tracepoint(struct tracepoint *tp, void *data)
{
	struct { const char *name; struct tracepoint *tp; } *want = data;

	if (!strcmp(tp->name, want->name))
		want->tp = tp;
}

/* attach(NAME, PROBE): the tracepoint, or NULL. */
static struct tracepoint *attach(const char *name, void *probe)
{
	struct { const char *name; struct tracepoint *tp; } want = { .name = name };

	for_each_kernel_tracepoint(find_tracepoint, &want);
	if (!want.tp || tracepoint_probe_register(want.tp, probe, NULL))
		return NULL;
	return want.tp;
}

static void detach(struct tracepoint *tp, void *probe)
{
	tracepoint_probe_unregister(tp, probe, NULL);
	tracepoint_synchronize_unregister();
}

/* What is done once a CPU is dead, before the callbacks that clean up after it. */
static void (*when_dead)(unsigned int c);

static int dead_callback(unsigned int c)
{
	if (when_dead)
		when_dead(c);
	return 0;
}

static const char *take_offline(unsigned int c, void (*func)(unsigned int c))
{
	int state, ret;

	state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "test/qpw:dead", NULL,
					  dead_callback);
	if (state < 0)
		return "no hotplug state";
	when_dead = func;
	ret = remove_cpu(c);
	when_dead = NULL;
	cpuhp_remove_state_nocalls(state);
	return ret ? "the CPU does not go offline" : NULL;
}

#ifdef CONFIG_QPW
/*
 * Another CPU holds a lock of the dead one, as a drain does that found it online. The callback that
 * empties what the lock protects must wait for it. It empties folio batches as a drain does: where
 * owners wait for their lock, others must hold it with interrupts off.
 */
static struct {
	unsigned long address;
	bool trylock;			/* the type of the lock */
	unsigned int contents;		/* folios or pages that are there to be given back */
	const spinlock_t *sl;
	struct completion go, held;
	bool waited, irqs_were_on, over;
} holder;

static void saw_contended(void *data, unsigned int c, const void *lock, bool remote)
{
	if (lock != READ_ONCE(holder.sl))
		return;
	WRITE_ONCE(holder.irqs_were_on, !irqs_disabled());
	WRITE_ONCE(holder.waited, true);
}

/* On PREEMPT_RT, too, no sleep under a spinlock: it is an RCU reader. */
static void hold_until_waited(void)
{
	ktime_t end = ktime_add_ms(ktime_get(), PATIENCE_MS);

	complete(&holder.held);
	while (!READ_ONCE(holder.waited) && !READ_ONCE(holder.over) &&
	       ktime_before(ktime_get(), end))
		cpu_relax();
}

static int hold_lock(void *unused)
{
	qpw_lock_t __percpu *lock = (qpw_lock_t __percpu *)holder.address;
	qpw_trylock_t __percpu *trylock = (qpw_trylock_t __percpu *)holder.address;

	wait_for_completion(&holder.go);
	if (holder.trylock) {
		qpw_lock(trylock, target_cpu);
		hold_until_waited();
		qpw_unlock(trylock, target_cpu);
	} else {
		qpw_lock(lock, target_cpu);
		hold_until_waited();
		qpw_unlock(lock, target_cpu);
	}
	return 0;
}

static void begin_holding(unsigned int c)
{
	holder.contents = holder.trylock ? 1 : batch_count(holder.address, c);
	complete(&holder.go);
	wait_for_completion(&holder.held);
}

static const char *hold_while_dying(unsigned int holding_cpu)
{
	struct task_struct *task;
	const char *why;

	why = fill(target_cpu);
	if (why)
		return why;
	init_completion(&holder.go);
	init_completion(&holder.held);
	holder.waited = false;
	holder.over = false;
	task = kthread_create(hold_lock, NULL, "qpw_provoke");
	if (IS_ERR(task))
		return "no kthread";
	kthread_bind(task, holding_cpu);
	get_task_struct(task);
	wake_up_process(task);
	why = take_offline(target_cpu, begin_holding);
	WRITE_ONCE(holder.over, true);
	complete(&holder.go);
	kthread_stop_put(task);
	if (add_cpu(target_cpu) && !why)
		why = "the CPU does not come back";
	if (!why && !holder.contents)
		why = "the CPU's batch was empty when it died";
	if (!why && !holder.waited)
		why = "the dead CPU's callback did not wait for the lock";
	if (!why && !holder.trylock && !IS_ENABLED(CONFIG_PREEMPT_RT) && holder.irqs_were_on)
		why = "the lock is taken with interrupts on";
	return why;
}

static void dead_waits(const char *name, unsigned long address, bool trylock)
{
	struct tracepoint *tp;
	unsigned int c, holding_cpu = 0;
	const char *why;

	/* Not CPU 0, where this task is, and preferably none that is isolated */
	for_each_online_cpu(c)
		if (c && c != target_cpu &&
		    (!holding_cpu || housekeeping_test_cpu(c, HK_TYPE_DOMAIN_BOOT)))
			holding_cpu = c;
	if (!holding_cpu) {
		verdict(name, "three CPUs are needed");
		return;
	}
	holder.address = address;
	holder.trylock = trylock;
	if (trylock)
		holder.sl = &((qpw_trylock_t *)of_cpu(address, target_cpu))->sl;
	else
		holder.sl = &((qpw_lock_t *)of_cpu(address, target_cpu))->sl;
	tp = attach("qpw_lock_contended_begin", saw_contended);
	if (!tp) {
		verdict(name, "there is no event qpw_lock_contended_begin");
		return;
	}
	why = hold_while_dying(holding_cpu);
	detach(tp, saw_contended);
	verdict(name, why);
}

void provoke_drains_of_dying_cpus(void)
{
	/* With qpw=0 these are local locks, of whatever CPU runs the callback. */
	if (!qpw_enabled())
		return;
	dead_waits("dead-lru", a_cpu_fbatches, false);
	dead_waits("dead-mlock", a_mlock_fbatch, false);
	dead_waits("dead-memcg", a_memcg_stock, true);
	dead_waits("dead-obj", a_obj_stock, true);
}
#else
void provoke_drains_of_dying_cpus(void)
{
}
#endif

/*
 * With qpw=0: a drain work waits behind a busy one when its CPU goes offline, and runs on another
 * CPU then, whose local lock it takes. It must leave the stock of its own CPU alone.
 */
static struct {
	struct completion busy;
	bool over;
	int ran_on;			/* where the drain work of work_cpu ran, -1 if it did not */
	unsigned int left;		/* pages in the stock when its CPU was dead */
} stale;

static void saw_execute_end(void *data, struct work_struct *work, work_func_t func)
{
	char *stock = of_cpu(a_memcg_stock, work_cpu);

	/* The work is a member of the stock. */
	if ((unsigned long)func == a_drain_local_memcg_stock && (char *)work > stock &&
	    (char *)work < stock + 1024)
		WRITE_ONCE(stale.ran_on, raw_smp_processor_id());
}

static void busy_work(struct work_struct *work)
{
	ktime_t end = ktime_add_ms(ktime_get(), PATIENCE_MS);

	complete(&stale.busy);
	while (!READ_ONCE(stale.over) && ktime_before(ktime_get(), end))
		cond_resched();
}

static void look_at_stock(unsigned int c)
{
	ktime_t end = ktime_add_ms(ktime_get(), PATIENCE_MS);

	while (READ_ONCE(stale.ran_on) < 0 && ktime_before(ktime_get(), end))
		msleep(20);
	stale.left = stock_pages(c);
}

static const char not_outlived[] = "the drain work did not outlive its CPU";

static const char *outlive_cpu(void)
{
	static struct work_struct busy;
	const char *why = fill(work_cpu);

	if (why)
		return why;
	init_completion(&stale.busy);
	stale.over = false;
	INIT_WORK(&busy, busy_work);
	queue_work_on(work_cpu, system_percpu_wq, &busy);
	wait_for_completion(&stale.busy);
	stale.ran_on = -1;
	drain_stocks();
	why = take_offline(work_cpu, look_at_stock);
	WRITE_ONCE(stale.over, true);
	flush_work(&busy);
	if (add_cpu(work_cpu) && !why)
		why = "the CPU does not come back";
	if (!why && (stale.ran_on < 0 || stale.ran_on == work_cpu))
		why = not_outlived;
	if (!why && !stale.left)
		why = "the drain work used the stock of its CPU under the lock of another";
	return why;
}

void provoke_works_of_dead_cpus(void)
{
	struct tracepoint *tp;
	const char *why;
	int i;

	if (qpw_enabled())
		return;
	if (work_cpu <= 0) {
		pr_info("skip stale-work: no housekeeping CPU can go offline\n");
		return;
	}
	tp = attach("workqueue_execute_end", saw_execute_end);
	if (!tp) {
		verdict("stale-work", "there is no event workqueue_execute_end");
		return;
	}
	/* A worker may be fast enough to run it on its way out, or somebody else be draining. */
	for (i = 0; i < 10; i++) {
		why = outlive_cpu();
		if (why != not_outlived)
			break;
	}
	detach(tp, saw_execute_end);
	verdict("stale-work", why);
}
