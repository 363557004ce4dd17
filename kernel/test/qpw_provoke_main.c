// SPDX-License-Identifier: GPL-2.0-only
/*
 * Situations in which a mistake in the conversions to QPW shows at once, where chance would take
 * days: a drain in the way of a dying CPU's callbacks, a work that outlives its CPU, sheaves that
 * run out in the wrong place. Loading runs them all; the log has a line for each. What the
 * mistakes are is told by kernel/test/mutants/.
 */
#define pr_fmt(fmt) "qpw_provoke: " fmt

#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched/isolation.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "qpw_provoke.h"

int target_cpu = -1;
module_param_named(cpu, target_cpu, int, 0444);
MODULE_PARM_DESC(cpu, "the CPU whose caches are used, and which goes offline; isolated or not");

int work_cpu;
module_param(work_cpu, int, 0444);
MODULE_PARM_DESC(work_cpu, "the CPU that a work outlives with qpw=0; not isolated; 0: leave it out");

#define ADDRESS(name)			\
unsigned long a_##name;			\
module_param_named(name, a_##name, ulong, 0444)

ADDRESS(cpu_fbatches);
ADDRESS(mlock_fbatch);
ADDRESS(memcg_stock);
ADDRESS(obj_stock);
ADDRESS(lru_add_drain_all);
ADDRESS(drain_all_stock);
ADDRESS(drain_local_memcg_stock);

static unsigned int nr_passed, nr_failed;

void verdict(const char *name, const char *why)
{
	if (why) {
		nr_failed++;
		pr_info("not ok %s: %s\n", name, why);
	} else {
		nr_passed++;
		pr_info("ok %s\n", name);
	}
}

static int move_to(unsigned int c)
{
	return set_cpus_allowed_ptr(current, cpumask_of(c));
}

/* ------------------------------------------------------------------ contents for the caches */

static unsigned long plain_page, locked_page;

/*
 * A page of this task, faulted in here and now. To populate a mapping would drain the batches of
 * this CPU at the end, so a locked one is locked on fault.
 */
static unsigned long map_page(bool locked)
{
	const vm_flags_t lock_flags = VM_LOCKED | VM_LOCKONFAULT;
	unsigned long addr;

	if (locked)
		current->mm->def_flags |= lock_flags;
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	current->mm->def_flags &= ~lock_flags;
	if (IS_ERR_VALUE(addr))
		return 0;
	return put_user(1, (char __user *)addr) ? 0 : addr;
}

static void unmap_pages(void)
{
	if (plain_page)
		vm_munmap(plain_page, PAGE_SIZE);
	if (locked_page)
		vm_munmap(locked_page, PAGE_SIZE);
	plain_page = 0;
	locked_page = 0;
}

/*
 * On @c: a folio on its way to the LRU, one on its way to being mlocked, pages charged ahead to the
 * memory cgroup of this task, and bytes of an object in the stock. Goes on at CPU 0.
 */
const char *fill(unsigned int c)
{
	void *obj;

	unmap_pages();
	if (move_to(c))
		return "this task cannot move to the CPU";
	plain_page = map_page(false);
	locked_page = map_page(true);
	obj = kmalloc(40, GFP_KERNEL_ACCOUNT);
	kfree(obj);
	move_to(0);
	if (!plain_page || !locked_page || !obj)
		return "no memory";
	return NULL;
}

/* ------------------------------------------------------------------ drains reach every CPU */

static const char *drain_lru(unsigned int c)
{
	void (*lru_add_drain_all)(void) = (void *)a_lru_add_drain_all;
	const char *why = NULL;
	bool filled = false;
	int i;

	/* Somebody else on that CPU may drain it too early, or use it again. */
	for (i = 0; i < 5; i++) {
		why = fill(c);
		if (why)
			return why;
		if (!batch_count(a_cpu_fbatches, c) || !batch_count(a_mlock_fbatch, c))
			continue;
		filled = true;
		lru_add_drain_all();
		if (!batch_count(a_cpu_fbatches, c) && !batch_count(a_mlock_fbatch, c))
			return NULL;
	}
	return filled ? "folios are left in a batch" : "no folio stayed in the batches";
}

static const char *drain_memcg(unsigned int c)
{
	const char *why = fill(c);
	ktime_t end = ktime_add_ms(ktime_get(), PATIENCE_MS);

	if (why)
		return why;
	if (!stock_pages(c))
		return "nothing was charged ahead; is this task in a memory cgroup?";
	/* With qpw=0 the works need their time; a drain by somebody else keeps ours away. */
	do {
		drain_stocks();
		if (!stock_pages(c))
			return NULL;
		msleep(20);
	} while (ktime_before(ktime_get(), end));
	return "pages are left in the stock";
}

/* Objects fill the main and the spare sheaf of a CPU; others are on their way to RCU. */
static const char *drain_sheaves(unsigned int c)
{
	static struct { struct rcu_head rcu; char pad[80]; } *obj[400];
	const int nr = ARRAY_SIZE(obj);
	struct kmem_cache *cache;
	const char *why = NULL;
	int i;

	cache = kmem_cache_create("qpw_provoke_drain", sizeof(*obj[0]), 0, SLAB_NO_MERGE, NULL);
	if (!cache)
		return "no cache";
	if (move_to(c))
		why = "this task cannot move to the CPU";
	for (i = 0; i < nr; i++)
		obj[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (i = 0; i < nr; i++) {
		if (!obj[i])
			why = "no memory";
		else if (i & 1)
			kfree_rcu(obj[i], rcu);
		else
			kmem_cache_free(cache, obj[i]);
	}
	move_to(0);
	/* Warns of objects that are left */
	kmem_cache_destroy(cache);
	return why;
}

static void drains(void)
{
	unsigned int c;
	char name[32];

	for_each_online_cpu(c) {
		snprintf(name, sizeof(name), "drain-lru-%u", c);
		verdict(name, drain_lru(c));
		snprintf(name, sizeof(name), "drain-sheaves-%u", c);
		verdict(name, drain_sheaves(c));
		/* With qpw=0 schedule_drain_work() leaves the stocks of isolated CPUs alone. */
		if (!qpw_enabled() && !housekeeping_test_cpu(c, HK_TYPE_DOMAIN_BOOT))
			continue;
		snprintf(name, sizeof(name), "drain-memcg-%u", c);
		verdict(name, drain_memcg(c));
	}
}

/* ------------------------------------------------------------------ a flush waits */

static bool slow_work_done;

static void slow_work(struct work_struct *work)
{
	msleep(100);
	WRITE_ONCE(slow_work_done, true);
}

static void flush_waits(void)
{
	static struct qpw_struct qpw;

	INIT_QPW(&qpw, slow_work, target_cpu);
	queue_percpu_work_on(target_cpu, system_percpu_wq, &qpw);
	flush_percpu_work(&qpw);
	verdict("flush-waits",
		READ_ONCE(slow_work_done) ? NULL : "it returned before the work was done");
	flush_work(&qpw.work);
}

/* ------------------------------------------------------------------ counts of the task */

/*
 * Frees more than the sheaves hold while no new sheaf can be had, so that they are flushed in
 * batches. Needs failslab set up for tasks that ask for it.
 */
static void full_sheaves(void)
{
#ifdef CONFIG_FAULT_INJECTION
	static void *obj[1000];
	int i, preempt, migrate;
	struct kmem_cache *cache;
	const char *why = NULL;

	cache = kmem_cache_create("qpw_provoke_full", 256, 0, SLAB_NO_MERGE, NULL);
	if (!cache) {
		verdict("full-sheaves", "no cache");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(obj); i++)
		obj[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	preempt = preempt_count();
	migrate = current->migration_disabled;
	current->make_it_fail = 1;
	for (i = 0; i < ARRAY_SIZE(obj); i++)
		if (obj[i])
			kmem_cache_free(cache, obj[i]);
	current->make_it_fail = 0;
	if (preempt_count() != preempt || current->migration_disabled != migrate)
		why = "a count that keeps the task on its CPU has changed";
	verdict("full-sheaves", why);
	kmem_cache_destroy(cache);
#endif
}

/* ------------------------------------------------------------------ interrupts */

/*
 * A tree whose lock interrupts take is changed under that lock, in steps that need several nodes:
 * those come from a sheaf. Lockdep tells whether the sheaves' lock may be waited for there.
 */
static struct maple_tree irq_tree = MTREE_INIT(irq_tree, MT_FLAGS_LOCK_IRQ);

static void lock_tree_in_irq(struct irq_work *work)
{
	spin_lock(&irq_tree.ma_lock);
	spin_unlock(&irq_tree.ma_lock);
}

static void sheaf_under_irq_lock(void)
{
	struct irq_work work = IRQ_WORK_INIT(lock_tree_in_irq);
	unsigned long i, flags;
	int ret = 0;

	/* There the lock sleeps, and interrupts don't take it. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	irq_work_queue(&work);
	irq_work_sync(&work);
	spin_lock_irqsave(&irq_tree.ma_lock, flags);
	for (i = 0; i < 400 && !ret; i++) {
		MA_STATE(mas, &irq_tree, i * 8, i * 8 + 3);

		ret = mas_store_gfp(&mas, xa_mk_value(i), GFP_ATOMIC);
	}
	__mt_destroy(&irq_tree);
	spin_unlock_irqrestore(&irq_tree.ma_lock, flags);
	verdict("sheaf-under-irq-lock", ret ? "the tree could not grow" : NULL);
}

static DEFINE_PER_CPU(qpw_trylock_t, irq_lock) = INIT_QPW_TRYLOCK(irq_lock);
static unsigned int nr_locked;

/* Every way to try, where the caller stays on its CPU */
static void try_all_ways(void)
{
	qpw_trylock_t *locked = local_qpw_trylock_ptr(&irq_lock);
	unsigned long flags;

	if (locked) {
		nr_locked++;
		qpw_unlock_ptr(locked);
	}
	if (local_qpw_trylock(&irq_lock)) {
		nr_locked++;
		local_qpw_unlock(&irq_lock);
	}
	if (qpw_trylock(&irq_lock, smp_processor_id())) {
		nr_locked++;
		qpw_unlock(&irq_lock, smp_processor_id());
	}
	if (local_qpw_trylock_irqsave(&irq_lock, flags)) {
		nr_locked++;
		local_qpw_unlock_irqrestore(&irq_lock, flags);
	}
}

static void trylock_in_irq(struct irq_work *work)
{
	try_all_ways();
}

static void trylock_in_hardirq(void)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(trylock_in_irq);
	const char *why = NULL;

	nr_locked = 0;
	irq_work_queue(&work);
	irq_work_sync(&work);
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && nr_locked)
		why = "a sleeping lock was taken in a hard interrupt";
	if (!IS_ENABLED(CONFIG_PREEMPT_RT) && nr_locked != 4)
		why = "a free lock was refused";
	verdict("trylock-in-hardirq", why);
}

/* Refused where a drain could come to wait for what is locked, and sleeps. */
static void trylock_under_raw_lock(void)
{
	static DEFINE_RAW_SPINLOCK(raw);
	const char *why = NULL;

	nr_locked = 0;
	raw_spin_lock(&raw);
	try_all_ways();
	raw_spin_unlock(&raw);
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && qpw_enabled()) {
		if (nr_locked)
			why = "a sleeping lock that others wait for was taken";
	} else if (nr_locked != 4) {
		why = "a free lock was refused";
	}
	verdict("trylock-under-raw-lock", why);
}

#ifdef CONFIG_QPW
static unsigned long nr_trylock_failures(void)
{
	unsigned long sum = 0;
	unsigned int c;

	for_each_possible_cpu(c)
		sum += per_cpu(qpw_nr_trylock_failed, c);
	return sum;
}

/*
 * The same in an interrupt of the lock's owner: refused everywhere, and counted with qpw=1. On
 * PREEMPT_RT there is no look at the lock, and nothing to count.
 */
static void trylock_of_held(void)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(trylock_in_irq);
	unsigned long before = nr_trylock_failures();
	const char *why = NULL;

	nr_locked = 0;
	local_qpw_lock(&irq_lock);
	irq_work_queue(&work);
	while (irq_work_is_busy(&work))
		cpu_relax();
	local_qpw_unlock(&irq_lock);
	if (nr_locked)
		why = "a lock was taken that its owner held";
	else if (qpw_enabled() && !IS_ENABLED(CONFIG_PREEMPT_RT) &&
		 nr_trylock_failures() < before + 4)
		why = "trylocks that failed were not counted";
	verdict("trylock-of-held", why);
}
#else
static void trylock_of_held(void)
{
}
#endif

static bool usable(int c)
{
	return c > 0 && c < nr_cpu_ids && cpu_online(c);
}

static int __init qpw_provoke_init(void)
{
	if (!usable(target_cpu) || (work_cpu > 0 && !usable(work_cpu))) {
		pr_err("cpu=%d work_cpu=%d: CPUs that are online, not 0\n", target_cpu, work_cpu);
		return -EINVAL;
	}
	if (!a_cpu_fbatches || !a_mlock_fbatch || !a_memcg_stock || !a_obj_stock ||
	    !a_lru_add_drain_all || !a_drain_all_stock || !a_drain_local_memcg_stock) {
		pr_err("an address from /proc/kallsyms is missing\n");
		return -EINVAL;
	}
	move_to(0);
	flush_waits();
	full_sheaves();
	sheaf_under_irq_lock();
	trylock_in_hardirq();
	trylock_under_raw_lock();
	trylock_of_held();
	drains();
	provoke_works_of_dead_cpus();
	provoke_drains_of_dying_cpus();
	unmap_pages();
	pr_info("%u passed, %u failed\n", nr_passed, nr_failed);
	return 0;
}

static void __exit qpw_provoke_exit(void)
{
}

module_init(qpw_provoke_init);
module_exit(qpw_provoke_exit);

MODULE_DESCRIPTION("Situations that show mistakes in the use of QPW");
MODULE_LICENSE("GPL");
