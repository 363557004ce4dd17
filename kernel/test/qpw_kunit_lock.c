// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the QPW locks as one CPU sees them: what each way of taking and releasing leaves
 * behind, initialisation, refusals, assertions. What other CPUs see: qpw_kunit_remote.c.
 */
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>

#include "qpw_kunit.h"

#define RT		IS_ENABLED(CONFIG_PREEMPT_RT)

/* The ways to try: bit w for way w, and one for the calls that return a pointer */
#define QPW_TRY_PTR	BIT(7)
#define QPW_TRY_WAYS	(BIT(0) | BIT(QPW_LOCAL) | BIT(QPW_IRQ) | BIT(QPW_LOCAL | QPW_IRQ) | \
			 QPW_TRY_PTR)
#define QPW_NR_TRY_WAYS	5

/* Assertions of lockdep speak up only where there is lockdep, and until its first report. */
static int lockdep_says(bool wrong)
{
	return IS_ENABLED(CONFIG_LOCKDEP) && debug_locks && wrong;
}

/* Of all the ways to try: those that got the lock, those that left a trace */
struct tries {
	unsigned int taken;
	unsigned int changed;
};

static void try_ptr(struct qpw_locks __percpu *locks, struct tries *t)
{
	struct qpw_state before = qpw_state(), after;
	qpw_trylock_t *lock = local_qpw_trylock_ptr(&locks->trylock);

	if (lock) {
		t->taken |= QPW_TRY_PTR;
		qpw_unlock_ptr(lock);
	}
	after = qpw_state_repair(&before);
	if (qpw_state_differs(&before, &after))
		t->changed |= QPW_TRY_PTR;
}

static struct tries try_all(struct qpw_locks __percpu *locks, unsigned int cpu)
{
	struct qpw_state before, after;
	struct tries t = {};
	unsigned long flags;
	unsigned int way;

	for (way = 0; way <= (QPW_LOCAL | QPW_IRQ); way += QPW_LOCAL) {
		before = qpw_state();
		if (qpw_take(locks, way | QPW_TRY | QPW_TRYLOCK_T, cpu, &flags)) {
			t.taken |= BIT(way);
			qpw_release(locks, way | QPW_TRYLOCK_T, cpu, flags);
		}
		after = qpw_state_repair(&before);
		if (qpw_state_differs(&before, &after))
			t.changed |= BIT(way);
	}
	try_ptr(locks, &t);
	return t;
}

/*
 * The one lock that is taken is that of the CPU, and no other's. A lock that stays taken would hang
 * whoever waits for it, so this comes first, and what follows looks whether all are free.
 */
static void qpw_takes_one_lock(struct kunit *test)
{
	unsigned int way = qpw_way(test), cpu, locked;
	struct qpw_locks __percpu *locks = qpw_locks_of(test, way);
	struct qpw_fixture *f = test->priv;
	struct qpw_state before = qpw_state();
	unsigned long flags;
	bool taken, right;

	for_each_possible_cpu(cpu) {
		if (cpu != f->here && (!qpw_enabled() || (way & QPW_LOCAL)))
			continue;
		taken = qpw_take(locks, way, cpu, &flags);
		locked = qpw_nr_locked(locks);
		right = qpw_is_locked(locks, way, cpu);
		if (taken)
			qpw_release(locks, way, cpu, flags);
		qpw_state_repair(&before);
		KUNIT_ASSERT_TRUE(test, taken);
		KUNIT_ASSERT_EQ(test, locked, qpw_enabled());
		KUNIT_ASSERT_EQ(test, right, qpw_enabled());
		KUNIT_ASSERT_EQ(test, qpw_nr_locked(locks), 0);
	}
}

enum context { IN_TASK, PREEMPT_OFF, IRQS_OFF, NR_CONTEXTS };

static void enter(enum context context)
{
	if (context == PREEMPT_OFF)
		preempt_disable();
	else if (context == IRQS_OFF)
		local_irq_disable();
}

static void leave(enum context context)
{
	if (context == PREEMPT_OFF)
		preempt_enable();
	else if (context == IRQS_OFF)
		local_irq_enable();
}

static bool stays_here(const struct qpw_state *before, const struct qpw_state *held)
{
	return held->preempt > before->preempt || held->migrate > before->migrate ||
	       (held->irqs_off && !RT);
}

static void check_pair(struct kunit *test, unsigned int way, unsigned int release_way,
		       enum context context)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, way);
	struct qpw_fixture *f = test->priv;
	struct qpw_state before, held, after;
	unsigned long flags;
	bool taken;

	enter(context);
	before = qpw_state();
	taken = qpw_take(locks, way, f->here, &flags);
	held = qpw_state();
	if (taken)
		qpw_release(locks, release_way, f->here, flags);
	after = qpw_state_repair(&before);
	leave(context);

	KUNIT_EXPECT_TRUE(test, taken);
	KUNIT_EXPECT_TRUE_MSG(test, stays_here(&before, &held), "the task could leave the CPU");
	KUNIT_EXPECT_EQ(test, held.irqs_off, before.irqs_off || ((way & QPW_IRQ) && !RT));
	qpw_expect_state(test, &before, &after, release_way == way ? "release" : "cross release");
	KUNIT_ASSERT_EQ(test, qpw_nr_locked(locks), 0);
}

/* What one kind of call took is released by the same kind and by the other one. */
static void qpw_lock_leaves_no_trace(struct kunit *test)
{
	unsigned int way = qpw_way(test);
	enum context context;

	for (context = IN_TASK; context < (RT ? PREEMPT_OFF : NR_CONTEXTS); context++) {
		check_pair(test, way, way, context);
		check_pair(test, way, way ^ QPW_LOCAL, context);
	}
}

/* The pointer is that of this CPU's lock, which is held until it is given back. */
static void qpw_trylock_by_pointer(struct kunit *test)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, qpw_way(test));
	struct qpw_state before = qpw_state(), held, after;
	struct qpw_fixture *f = test->priv;
	qpw_trylock_t *lock;
	unsigned int locked;
	struct tries t;

	lock = local_qpw_trylock_ptr(&locks->trylock);
	held = qpw_state();
	locked = qpw_nr_locked(locks);
	t = try_all(locks, f->here);
	if (lock)
		qpw_unlock_ptr(lock);
	after = qpw_state_repair(&before);

	KUNIT_EXPECT_PTR_EQ(test, lock, per_cpu_ptr(&locks->trylock, f->here));
	KUNIT_EXPECT_TRUE_MSG(test, stays_here(&before, &held), "the task could leave the CPU");
	KUNIT_EXPECT_EQ(test, locked, qpw_enabled());
	KUNIT_EXPECT_EQ(test, t.taken, 0);
	qpw_expect_state(test, &before, &after, "qpw_unlock_ptr()");
	KUNIT_ASSERT_EQ(test, qpw_nr_locked(locks), 0);
}

/* What is held cannot be had again, by no means; what is released can. */
static void qpw_trylock_knows_holder(struct kunit *test)
{
	unsigned int way = qpw_way(test);
	struct qpw_locks __percpu *locks = qpw_locks_of(test, way);
	struct qpw_fixture *f = test->priv;
	struct qpw_state before = qpw_state();
	struct tries held, after;
	unsigned long flags;

	KUNIT_ASSERT_TRUE(test, qpw_take(locks, way, f->here, &flags));
	held = try_all(locks, f->here);
	qpw_release(locks, way, f->here, flags);
	qpw_state_repair(&before);
	after = try_all(locks, f->here);

	KUNIT_EXPECT_EQ(test, held.taken, 0);
	KUNIT_EXPECT_EQ(test, held.changed, 0);
	KUNIT_EXPECT_EQ(test, after.taken, QPW_TRY_WAYS);
	KUNIT_EXPECT_EQ(test, after.changed, 0);
}

static unsigned long nr_trylock_failed(unsigned int cpu)
{
#ifdef CONFIG_QPW
	return READ_ONCE(per_cpu(qpw_nr_trylock_failed, cpu));
#else
	return 0;
#endif
}

/*
 * Every failed trylock counts once with qpw=1, and none does with qpw=0. The allocators count here,
 * too: they may spoil a round, but not all of them.
 */
static void qpw_trylock_failures_count(struct kunit *test)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, 0);
	struct qpw_fixture *f = test->priv;
	unsigned long want = qpw_enabled() ? QPW_NR_TRY_WAYS : 0, more = 0;
	int round;

	for (round = 0; round < 10; round++) {
		local_qpw_lock(&locks->trylock);
		more = nr_trylock_failed(f->here);
		try_all(locks, f->here);
		more = nr_trylock_failed(f->here) - more;
		local_qpw_unlock(&locks->trylock);
		KUNIT_EXPECT_GE(test, more, want);
		if (more == want)
			break;
	}
	KUNIT_EXPECT_EQ(test, more, want);
}

/* A qpw_lock_t and within it a qpw_trylock_t, with qpw=1 also that of another CPU. */
static void check_nested(struct kunit *test, unsigned int outer, unsigned int inner, bool crosswise)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, outer);
	struct qpw_fixture *f = test->priv;
	struct qpw_state before, one, again, after;
	unsigned int cpu = f->here;
	unsigned long flags1, flags2;
	bool taken;

	if (qpw_enabled() && !(inner & QPW_LOCAL) && f->there < nr_cpu_ids)
		cpu = f->there;
	before = qpw_state();
	qpw_take(locks, outer, f->here, &flags1);
	one = qpw_state();
	taken = qpw_take(locks, inner, cpu, &flags2);
	if (crosswise) {
		qpw_release(locks, outer, f->here, flags1);
		if (taken)
			qpw_release(locks, inner, cpu, flags2);
		again = one;
	} else {
		if (taken)
			qpw_release(locks, inner, cpu, flags2);
		again = qpw_state_repair(&one);
		qpw_release(locks, outer, f->here, flags1);
	}
	after = qpw_state_repair(&before);

	KUNIT_EXPECT_TRUE(test, taken);
	qpw_expect_state(test, &one, &again, "release of the inner lock");
	qpw_expect_state(test, &before, &after, "release of both locks");
	KUNIT_ASSERT_EQ(test, qpw_nr_locked(locks), 0);
}

static void qpw_locks_nest(struct kunit *test)
{
	unsigned int inner = qpw_way(test);
	unsigned int place = inner & QPW_DYNAMIC, outer;

	for (outer = 0; outer <= (QPW_LOCAL | QPW_IRQ); outer += QPW_LOCAL) {
		check_nested(test, outer | place, inner, false);
		/* With interrupts off the order of the two is not free. */
		if (!((outer | inner) & QPW_IRQ))
			check_nested(test, outer | place, inner, true);
	}
}

/* Nothing else touches these. */
static DEFINE_PER_CPU(qpw_lock_t, fresh_lock) = INIT_QPW_LOCK(fresh_lock);
static DEFINE_PER_CPU(qpw_trylock_t, fresh_trylock) = INIT_QPW_TRYLOCK(fresh_trylock);

static void qpw_static_initialisers(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	unsigned int cpu, taken = 0, wanted = 0;

	for_each_possible_cpu(cpu) {
		if (!qpw_enabled() && cpu != f->here)
			continue;
		wanted++;
		if (qpw_trylock(&fresh_trylock, cpu)) {
			qpw_unlock(&fresh_trylock, cpu);
			taken++;
		}
		qpw_lock(&fresh_lock, cpu);
		qpw_unlock(&fresh_lock, cpu);
	}
	local_qpw_lock(&fresh_lock);
	local_qpw_unlock(&fresh_lock);
	local_qpw_lock(&fresh_trylock);
	local_qpw_unlock(&fresh_trylock);
	KUNIT_EXPECT_EQ(test, taken, wanted);
}

/* The member that this mode does not use has to be sound as well. */
static void check_members(struct kunit *test, qpw_lock_t __percpu *lock,
			  qpw_trylock_t __percpu *trylock)
{
#ifdef CONFIG_QPW
	bool sl = true, ll;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		spinlock_t *spin[] = {&per_cpu_ptr(lock, cpu)->sl, &per_cpu_ptr(trylock, cpu)->sl};
		unsigned int i;

		for (i = 0; i < ARRAY_SIZE(spin); i++) {
			if (!spin_trylock(spin[i]))
				sl = false;
			else
				spin_unlock(spin[i]);
		}
	}
	local_lock(&lock->ll);
	local_unlock(&lock->ll);
	ll = local_trylock(&trylock->ll);
	if (ll)
		local_unlock(&trylock->ll);
	KUNIT_EXPECT_TRUE(test, sl);
	KUNIT_EXPECT_TRUE(test, ll);
#endif
}

static void qpw_members_are_valid(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;

	check_members(test, &fresh_lock, &fresh_trylock);
	check_members(test, &f->dynamic->lock, &f->dynamic->trylock);
}

/*
 * Memory that was something else before. The local part of a trylock is left out: for that one
 * Linux wants zeroes, as local_trylock_init() does not write its state.
 */
static void qpw_runtime_initialisers(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct qpw_locks __percpu *locks = f->dynamic;
	struct tries t;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		qpw_lock_t *lock = per_cpu_ptr(&locks->lock, cpu);
		qpw_trylock_t *trylock = per_cpu_ptr(&locks->trylock, cpu);

		memset(lock, 0xa5, sizeof(*lock));
		qpw_lock_init(lock);
#ifdef CONFIG_QPW
		memset(&trylock->sl, 0xa5, sizeof(trylock->sl));
		KUNIT_ASSERT_FALSE(test, spin_is_locked(&lock->sl));
#endif
		qpw_trylock_init(trylock);
		if (qpw_enabled() || cpu == f->here) {
			qpw_lock(&locks->lock, cpu);
			qpw_unlock(&locks->lock, cpu);
			t = try_all(locks, cpu);
			KUNIT_EXPECT_EQ(test, t.taken, QPW_TRY_WAYS);
		}
	}
	check_members(test, &locks->lock, &locks->trylock);
}

struct hard_tries {
	struct irq_work work;
	struct qpw_locks __percpu *locks;
	struct tries tries;
	unsigned long failed;
	unsigned int cpu;
	bool in_hardirq;
	bool done;
};

static void try_in_hardirq(struct irq_work *work)
{
	struct hard_tries *h = container_of(work, struct hard_tries, work);

	h->in_hardirq = in_hardirq();
	h->cpu = raw_smp_processor_id();
	h->failed = nr_trylock_failed(h->cpu);
	h->tries = try_all(h->locks, h->cpu);
	h->failed = nr_trylock_failed(h->cpu) - h->failed;
	/* Pairs with await_hardirq(): whoever sees this sees the results. */
	smp_store_release(&h->done, true);
}

static void await_hardirq(struct hard_tries *h)
{
	int i;

	/* Pairs with try_in_hardirq(). */
	for (i = 0; i < 1000 && !smp_load_acquire(&h->done); i++)
		mdelay(1);
}

/* A hard interrupt gets a free lock, but not on PREEMPT_RT; it never gets what it interrupted. */
static void qpw_trylock_in_hardirq(struct kunit *test)
{
	unsigned int way = qpw_way(test);
	unsigned int free_taken = RT ? 0 : QPW_TRY_WAYS;
	struct qpw_fixture *f = test->priv;
	struct qpw_state before = qpw_state();
	struct hard_tries *free, *held;
	unsigned long flags;

	free = kunit_kzalloc(test, sizeof(*free), GFP_KERNEL);
	held = kunit_kzalloc(test, sizeof(*held), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, free && held);
	free->locks = qpw_locks_of(test, way);
	held->locks = free->locks;
	free->work = IRQ_WORK_INIT_HARD(try_in_hardirq);
	held->work = IRQ_WORK_INIT_HARD(try_in_hardirq);

	irq_work_queue(&free->work);
	await_hardirq(free);
	irq_work_sync(&free->work);
	KUNIT_ASSERT_TRUE(test, qpw_take(held->locks, way, f->here, &flags));
	irq_work_queue(&held->work);
	if (!irqs_disabled())
		await_hardirq(held);
	qpw_release(held->locks, way, f->here, flags);
	qpw_state_repair(&before);
	irq_work_sync(&held->work);

	KUNIT_ASSERT_TRUE(test, free->done && held->done);
	KUNIT_EXPECT_TRUE(test, free->in_hardirq && held->in_hardirq);
	KUNIT_EXPECT_TRUE(test, free->cpu == f->here && held->cpu == f->here);
	KUNIT_EXPECT_EQ(test, free->tries.taken, free_taken);
	/* Where interrupts were off this ran after the release. */
	KUNIT_EXPECT_EQ(test, held->tries.taken, (way & QPW_IRQ) && !RT ? free_taken : 0);
	KUNIT_EXPECT_EQ(test, free->tries.changed | held->tries.changed, 0);
	/* On PREEMPT_RT the lock is not even looked at. */
	KUNIT_EXPECT_EQ(test, free->failed, 0);
	KUNIT_EXPECT_EQ(test, held->failed,
			qpw_enabled() && !RT && !held->tries.taken ? QPW_NR_TRY_WAYS : 0);
}

/* With preemption off PREEMPT_RT gives no lock that a drain may wait for, and counts nothing. */
static void qpw_trylock_in_atomic(struct kunit *test)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, qpw_way(test));
	struct qpw_fixture *f = test->priv;
	unsigned long failed;
	struct tries t;

	preempt_disable();
	failed = nr_trylock_failed(f->here);
	t = try_all(locks, f->here);
	failed = nr_trylock_failed(f->here) - failed;
	preempt_enable();
	KUNIT_EXPECT_EQ(test, t.taken, RT && qpw_enabled() ? 0 : QPW_TRY_WAYS);
	KUNIT_EXPECT_EQ(test, t.changed, 0);
	KUNIT_EXPECT_EQ(test, failed, 0);
}

/* The warnings of lockdep's assertions: none where the lock is held, one where it is not. */
static void qpw_assertions(struct kunit *test)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, QPW_DYNAMIC);
	struct qpw_fixture *f = test->priv;
	int free = 0, held = 0;

	kunit_warning_suppress(test) {
		local_qpw_lock(&locks->lock);
		qpw_lockdep_assert_held(&locks->lock);
		qpw_lockdep_assert_held(&locks->lock, f->here);
		local_qpw_unlock(&locks->lock);
		local_qpw_lock(&locks->trylock);
		qpw_lockdep_assert_held(&locks->trylock);
		qpw_lockdep_assert_held(&locks->trylock, f->here);
		held = KUNIT_SUPPRESSED_WARNING_COUNT();
		qpw_lockdep_assert_held(&locks->lock);
		qpw_lockdep_assert_held(&locks->lock, f->here);
		local_qpw_unlock(&locks->trylock);
		migrate_disable();
		qpw_lockdep_assert_held(&locks->trylock, f->here);
		migrate_enable();
		free = KUNIT_SUPPRESSED_WARNING_COUNT() - held;
	}
	KUNIT_EXPECT_EQ(test, held, 0);
	KUNIT_EXPECT_EQ(test, free, 3 * lockdep_says(true));
}

/* With qpw=1 it matters whose lock is held. */
static void qpw_assertions_know_cpu(struct kunit *test)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, QPW_DYNAMIC);
	struct qpw_fixture *f = test->priv;
	int right = 0, wrong = 0;

	qpw_need_second_cpu(test);
	if (!qpw_enabled())
		kunit_skip(test, "one lock at a time with qpw=0");
	kunit_warning_suppress(test) {
		qpw_lock(&locks->lock, f->there);
		qpw_lockdep_assert_held(&locks->lock, f->there);
		right = KUNIT_SUPPRESSED_WARNING_COUNT();
		qpw_lockdep_assert_held(&locks->lock);
		qpw_lockdep_assert_held(&locks->lock, f->here);
		wrong = KUNIT_SUPPRESSED_WARNING_COUNT() - right;
		qpw_unlock(&locks->lock, f->there);
	}
	KUNIT_EXPECT_EQ(test, right, 0);
	KUNIT_EXPECT_EQ(test, wrong, 2 * lockdep_says(true));
}

/* With qpw=0 the CPU is ignored, and debug kernels object if it is an active one but not this. */
static void qpw_cpu_is_checked(struct kunit *test)
{
	unsigned int way = qpw_way(test), cpu;
	struct qpw_locks __percpu *locks = qpw_locks_of(test, way);
	struct qpw_fixture *f = test->priv;
	struct qpw_state before = qpw_state();
	unsigned long flags;
	bool taken, wrong;

	for_each_possible_cpu(cpu) {
		wrong = !qpw_enabled() && cpu != f->here && cpu_active(cpu);
		kunit_warning_suppress(test) {
			taken = qpw_take(locks, way, cpu, &flags);
			if (taken)
				qpw_release(locks, way, cpu, flags);
			qpw_state_repair(&before);
			KUNIT_EXPECT_TRUE(test, taken);
			KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, lockdep_says(wrong));
		}
	}
}

/* Who is remote, and whose data a lock protects. */
static void qpw_tells_remote_cpus(struct kunit *test)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, 0);
	struct qpw_fixture *f = test->priv;
	unsigned int cpu, locked;
	bool remote;

	for_each_possible_cpu(cpu) {
		local_qpw_lock(&locks->lock);
		remote = qpw_is_cpu_remote(cpu);
		locked = qpw_locked_cpu(cpu);
		local_qpw_unlock(&locks->lock);
		KUNIT_EXPECT_EQ(test, remote, qpw_enabled() && cpu != f->here);
		KUNIT_EXPECT_EQ(test, locked, qpw_enabled() ? cpu : f->here);
	}
}

static struct kunit_case qpw_lock_cases[] = {
	KUNIT_CASE_PARAM(qpw_takes_one_lock, qpw_way_gen_params),
	KUNIT_CASE_PARAM(qpw_lock_leaves_no_trace, qpw_way_gen_params),
	KUNIT_CASE_PARAM(qpw_trylock_knows_holder, qpw_trylock_gen_params),
	KUNIT_CASE_PARAM(qpw_trylock_by_pointer, qpw_place_gen_params),
	KUNIT_CASE(qpw_trylock_failures_count),
	KUNIT_CASE_PARAM(qpw_locks_nest, qpw_trylock_gen_params),
	KUNIT_CASE(qpw_static_initialisers),
	KUNIT_CASE(qpw_members_are_valid),
	KUNIT_CASE(qpw_runtime_initialisers),
	KUNIT_CASE_PARAM(qpw_trylock_in_hardirq, qpw_trylock_gen_params),
	KUNIT_CASE_PARAM(qpw_trylock_in_atomic, qpw_place_gen_params),
	KUNIT_CASE(qpw_assertions),
	KUNIT_CASE(qpw_assertions_know_cpu),
	KUNIT_CASE_PARAM(qpw_cpu_is_checked, qpw_by_cpu_gen_params),
	KUNIT_CASE(qpw_tells_remote_cpus),
	{}
};

static struct kunit_suite qpw_lock_suite = {
	.name = "qpw_lock",
	.init = qpw_kunit_init,
	.exit = qpw_kunit_exit,
	.test_cases = qpw_lock_cases,
};

kunit_test_suite(qpw_lock_suite);
