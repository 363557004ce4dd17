// SPDX-License-Identifier: GPL-2.0-only
/*
 * The common ground of the KUnit suites of QPW: see qpw_kunit.h. Nothing is tested here.
 *
 * Between taking and releasing a lock a test only takes notes: a failed expectation allocates.
 */
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/timekeeping.h>

#include "qpw_kunit.h"

static DEFINE_PER_CPU(struct qpw_locks, qpw_static_locks) = {
	.lock = INIT_QPW_LOCK(lock),
	.trylock = INIT_QPW_TRYLOCK(trylock),
};

/* Whoever waits for a lock that stays taken hangs: what comes after such a failure is not run. */
static bool locks_broken;

static void free_locks(void *locks)
{
	free_percpu((struct qpw_locks __percpu __force *)locks);
}

static struct qpw_locks __percpu *alloc_locks(struct kunit *test)
{
	struct qpw_locks __percpu *locks = alloc_percpu(struct qpw_locks);
	unsigned int cpu;

	if (!locks || kunit_add_action_or_reset(test, free_locks, (void __force *)locks))
		return NULL;
	for_each_possible_cpu(cpu) {
		qpw_lock_init(per_cpu_ptr(&locks->lock, cpu));
		qpw_trylock_init(per_cpu_ptr(&locks->trylock, cpu));
	}
	return locks;
}

/* Runs in the test's own task, which thus is on one CPU throughout. */
int qpw_kunit_init(struct kunit *test)
{
	struct qpw_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	if (locks_broken) {
		kunit_err(test, "not run, as an earlier test left a lock taken\n");
		return -EBUSY;
	}
	f->here = cpumask_first(cpu_online_mask);
	f->there = cpumask_next(f->here, cpu_online_mask);
	f->dynamic = alloc_locks(test);
	if (!f->dynamic)
		return -ENOMEM;
	test->priv = f;
	return set_cpus_allowed_ptr(current, cpumask_of(f->here));
}

void qpw_kunit_exit(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	unsigned int n = qpw_nr_locked(&qpw_static_locks);

	if (f && f->dynamic)
		n += qpw_nr_locked(f->dynamic);
	KUNIT_EXPECT_EQ(test, n, 0);
	if (n)
		locks_broken = true;
}

void qpw_need_second_cpu(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;

	if (f->there >= nr_cpu_ids)
		kunit_skip(test, "needs two CPUs");
}

struct qpw_state qpw_state(void)
{
	return (struct qpw_state){
		.preempt = preempt_count(),
		.migrate = current->migration_disabled,
		.rcu = rcu_preempt_depth(),
		.irqs_off = irqs_disabled(),
	};
}

bool qpw_state_differs(const struct qpw_state *a, const struct qpw_state *b)
{
	return a->preempt != b->preempt || a->migrate != b->migrate || a->rcu != b->rcu ||
	       a->irqs_off != b->irqs_off;
}

/* What the state is by now; puts back what leaked, so that a failure can be reported. */
struct qpw_state qpw_state_repair(const struct qpw_state *before)
{
	struct qpw_state is = qpw_state();
	int i;

	if (is.irqs_off && !before->irqs_off)
		local_irq_enable();
	if (!is.irqs_off && before->irqs_off)
		local_irq_disable();
	for (i = is.migrate; i > before->migrate; i--)
		migrate_enable();
	for (i = is.migrate; i < before->migrate; i++)
		migrate_disable();
	for (i = is.preempt; i < before->preempt; i++)
		preempt_disable();
	for (i = is.preempt; i > before->preempt; i--)
		preempt_enable();
	return is;
}

void qpw_expect_state(struct kunit *test, const struct qpw_state *want, const struct qpw_state *is,
		      const char *what)
{
	KUNIT_EXPECT_EQ_MSG(test, want->preempt, is->preempt, "preempt_count after %s", what);
	KUNIT_EXPECT_EQ_MSG(test, want->migrate, is->migrate, "migration_disabled after %s", what);
	KUNIT_EXPECT_EQ_MSG(test, want->rcu, is->rcu, "RCU nesting after %s", what);
	KUNIT_EXPECT_EQ_MSG(test, want->irqs_off, is->irqs_off, "interrupts after %s", what);
}

#define TAKE(lock, way, cpu, flags)					\
do {									\
	switch ((way) & (QPW_LOCAL | QPW_IRQ)) {			\
	case 0:								\
		qpw_lock(lock, cpu);					\
		break;							\
	case QPW_LOCAL:							\
		local_qpw_lock(lock);					\
		break;							\
	case QPW_IRQ:							\
		qpw_lock_irqsave(lock, cpu, flags);			\
		break;							\
	default:							\
		local_qpw_lock_irqsave(lock, flags);			\
	}								\
} while (0)

#define RELEASE(lock, way, cpu, flags)					\
do {									\
	switch ((way) & (QPW_LOCAL | QPW_IRQ)) {			\
	case 0:								\
		qpw_unlock(lock, cpu);					\
		break;							\
	case QPW_LOCAL:							\
		local_qpw_unlock(lock);					\
		break;							\
	case QPW_IRQ:							\
		qpw_unlock_irqrestore(lock, cpu, flags);		\
		break;							\
	default:							\
		local_qpw_unlock_irqrestore(lock, flags);		\
	}								\
} while (0)

static bool try_take(qpw_trylock_t __percpu *lock, unsigned int way, unsigned int cpu,
		     unsigned long *flags)
{
	switch (way & (QPW_LOCAL | QPW_IRQ)) {
	case 0:
		return qpw_trylock(lock, cpu);
	case QPW_LOCAL:
		return local_qpw_trylock(lock);
	case QPW_IRQ:
		return qpw_trylock_irqsave(lock, cpu, *flags);
	default:
		return local_qpw_trylock_irqsave(lock, *flags);
	}
}

bool qpw_take(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu,
	      unsigned long *flags)
{
	if (way & QPW_TRY)
		return try_take(&locks->trylock, way, cpu, flags);
	if (way & QPW_TRYLOCK_T)
		TAKE(&locks->trylock, way, cpu, *flags);
	else
		TAKE(&locks->lock, way, cpu, *flags);
	return true;
}

void qpw_release(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu,
		 unsigned long flags)
{
	if (way & QPW_TRYLOCK_T)
		RELEASE(&locks->trylock, way, cpu, flags);
	else
		RELEASE(&locks->lock, way, cpu, flags);
}

/* Only the spinlocks of qpw=1 can be looked at from anywhere; the others count as free. */
bool qpw_is_locked(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu)
{
#ifdef CONFIG_QPW
	return spin_is_locked(way & QPW_TRYLOCK_T ? &per_cpu_ptr(&locks->trylock, cpu)->sl :
						    &per_cpu_ptr(&locks->lock, cpu)->sl);
#else
	return false;
#endif
}

unsigned int qpw_nr_locked(struct qpw_locks __percpu *locks)
{
	unsigned int cpu, n = 0;

	for_each_possible_cpu(cpu)
		n += qpw_is_locked(locks, 0, cpu) + qpw_is_locked(locks, QPW_TRYLOCK_T, cpu);
	return n;
}

struct qpw_locks __percpu *qpw_locks_of(struct kunit *test, unsigned int way)
{
	struct qpw_fixture *f = test->priv;

	return way & QPW_DYNAMIC ? f->dynamic : &qpw_static_locks;
}

/* The parameters of tests that try every way are pointers into a table of all numbers. */
static unsigned int way_numbers[QPW_WAYS];

unsigned int qpw_way(struct kunit *test)
{
	return *(const unsigned int *)test->param_value;
}

/* The first way at or after @way with all bits of @want and none of @avoid */
static const void *next_way(unsigned int way, char *desc, unsigned int want, unsigned int avoid)
{
	while (way < QPW_WAYS &&
	       ((way & avoid) || (~way & want) || (way & (QPW_TRY | QPW_TRYLOCK_T)) == QPW_TRY))
		way++;
	if (way >= QPW_WAYS)
		return NULL;
	way_numbers[way] = way;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%sqpw_%slock%s, %s qpw_%slock_t",
		 way & QPW_LOCAL ? "local_" : "", way & QPW_TRY ? "try" : "",
		 way & QPW_IRQ ? "_irqsave" : "", way & QPW_DYNAMIC ? "dynamic" : "static",
		 way & QPW_TRYLOCK_T ? "try" : "");
	return &way_numbers[way];
}

static unsigned int after(const void *prev)
{
	return prev ? *(const unsigned int *)prev + 1 : 0;
}

const void *qpw_way_gen_params(struct kunit *test, const void *prev, char *desc)
{
	return next_way(after(prev), desc, 0, 0);
}

const void *qpw_by_cpu_gen_params(struct kunit *test, const void *prev, char *desc)
{
	return next_way(after(prev), desc, 0, QPW_LOCAL);
}

const void *qpw_trylock_gen_params(struct kunit *test, const void *prev, char *desc)
{
	return next_way(after(prev), desc, QPW_TRYLOCK_T, 0);
}

const void *qpw_place_gen_params(struct kunit *test, const void *prev, char *desc)
{
	return next_way(after(prev), desc, QPW_TRY | QPW_TRYLOCK_T | QPW_LOCAL, QPW_IRQ);
}

static int peer_main(void *arg)
{
	struct qpw_peer *peer = arg;

	peer->fn(peer);
	complete(&peer->done);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static void peer_stop(void *arg)
{
	struct qpw_peer *peer = arg;

	WRITE_ONCE(peer->stage, QPW_NOW);
	kthread_stop(peer->task);
}

struct qpw_peer *qpw_peer_create(struct kunit *test, unsigned int cpu,
				 void (*fn)(struct qpw_peer *peer), void *priv)
{
	struct qpw_peer *peer = kunit_kzalloc(test, sizeof(*peer), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, peer);
	peer->fn = fn;
	peer->priv = priv;
	init_completion(&peer->ready);
	init_completion(&peer->done);
	peer->task = kthread_create(peer_main, peer, "qpw_kunit/%u", cpu);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, peer->task);
	kthread_bind(peer->task, cpu);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, peer_stop, peer), 0);
	return peer;
}

/* Returns when the peer holds what it is to hold. */
void qpw_peer_start(struct kunit *test, struct qpw_peer *peer)
{
	wake_up_process(peer->task);
	qpw_peer_await(test, &peer->ready);
}

/* In the peer: says that it is ready, then waits, in any context; whether the test's word came. */
bool qpw_peer_hold(struct qpw_peer *peer)
{
	u64 now = ktime_get_mono_fast_ns(), end = now + QPW_HOLD_MAX_NS;
	enum qpw_stage stage = QPW_HOLD, next;

	complete(&peer->ready);
	while (now < end && stage != QPW_NOW) {
		next = READ_ONCE(peer->stage);
		if (next == QPW_SOON && stage != next)
			end = now + QPW_SOON_NS;
		stage = next;
		cpu_relax();
		now = ktime_get_mono_fast_ns();
	}
	return stage != QPW_HOLD;
}

void qpw_peer_await(struct kunit *test, struct completion *done)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(done, 20 * HZ), 0);
}

MODULE_DESCRIPTION("KUnit tests of the QPW interface");
MODULE_LICENSE("GPL");
