// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the QPW locks as two CPUs see them: which lock a call takes, who waits for whom,
 * and that nobody gets in while somebody is.
 */
#include <linux/percpu.h>
#include <linux/timekeeping.h>

#include "qpw_kunit.h"

/* A peer that takes the lock of a CPU and holds it until the test has seen enough. */
struct holder {
	struct qpw_locks __percpu *locks;
	unsigned int way;
	unsigned int cpu;
	bool taken;
	bool alone;
	bool released;
	bool told;
	struct qpw_state before;
	struct qpw_state after;
};

static void hold(struct qpw_peer *peer)
{
	struct holder *h = peer->priv;
	unsigned long flags;

	h->before = qpw_state();
	h->taken = qpw_take(h->locks, h->way, h->cpu, &flags);
	h->alone = qpw_nr_locked(h->locks) == qpw_enabled() &&
		   qpw_is_locked(h->locks, h->way, h->cpu) == qpw_enabled();
	h->told = qpw_peer_hold(peer);
	WRITE_ONCE(h->released, true);
	if (h->taken)
		qpw_release(h->locks, h->way, h->cpu, flags);
	h->after = qpw_state_repair(&h->before);
}

static struct qpw_peer *start_holder(struct kunit *test, unsigned int way, unsigned int cpu)
{
	struct holder *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	struct qpw_fixture *f = test->priv;
	struct qpw_peer *peer;

	KUNIT_ASSERT_NOT_NULL(test, h);
	h->locks = qpw_locks_of(test, way);
	h->way = way;
	h->cpu = cpu;
	peer = qpw_peer_create(test, f->there, hold, h);
	qpw_peer_start(test, peer);
	return peer;
}

static void end_holder(struct kunit *test, struct qpw_peer *peer)
{
	struct holder *h = peer->priv;

	qpw_peer_await(test, &peer->done);
	KUNIT_EXPECT_TRUE(test, h->taken);
	qpw_expect_state(test, &h->before, &h->after, "the holder's release");
}

/* Takes, by waiting if need be, the lock of @cpu; whether the holder had let go by then. */
static bool take_after(struct kunit *test, struct holder *h, unsigned int cpu)
{
	unsigned int way = h->way & ~(QPW_TRY | QPW_LOCAL);
	struct qpw_state before = qpw_state(), after;
	unsigned long flags;
	bool released;

	qpw_take(h->locks, way, cpu, &flags);
	released = READ_ONCE(h->released);
	qpw_release(h->locks, way, cpu, flags);
	after = qpw_state_repair(&before);
	qpw_expect_state(test, &before, &after, "lock and unlock beside a holder");
	return released;
}

static bool try_once(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu)
{
	struct qpw_state before = qpw_state();
	unsigned long flags;
	bool taken = qpw_take(locks, way, cpu, &flags);

	if (taken)
		qpw_release(locks, way, cpu, flags);
	qpw_state_repair(&before);
	return taken;
}

/* What is wrong with the locks of all CPUs while a peer has one of them: nothing, hopefully */
struct sight {
	unsigned int wrong_trylocks;
	unsigned int wrong_waits;
	bool wrong_lock;
	bool told;
};

static bool reachable(struct kunit *test, unsigned int cpu)
{
	struct qpw_fixture *f = test->priv;

	return qpw_enabled() || cpu == f->here;
}

static struct sight look(struct kunit *test, unsigned int way, unsigned int taken)
{
	struct qpw_peer *peer = start_holder(test, way, taken);
	struct holder *h = peer->priv;
	struct sight s = {.wrong_lock = !h->alone};
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		/* What was taken by mistake may never be released. */
		if (s.wrong_lock || !reachable(test, cpu))
			continue;
		if (way & QPW_TRYLOCK_T)
			s.wrong_trylocks += (cpu != taken) !=
				try_once(h->locks, (way & ~QPW_LOCAL) | QPW_TRY, cpu);
		if (cpu != taken)
			s.wrong_waits += take_after(test, h, cpu);
	}
	WRITE_ONCE(peer->stage, QPW_SOON);
	if (!s.wrong_lock && reachable(test, taken))
		s.wrong_waits += !take_after(test, h, taken);
	end_holder(test, peer);
	s.told = h->told;
	return s;
}

/*
 * The peer has the lock of @taken: it can't be had, and those of all other CPUs can. If something
 * calls stop_machine() meanwhile, this CPU stalls until the holder, whose interrupts may be off,
 * has given up: once more then.
 */
static void check_one_taken(struct kunit *test, unsigned int way, unsigned int taken)
{
	struct qpw_locks __percpu *locks = qpw_locks_of(test, way);
	unsigned int attempt;
	struct sight s;

	for (attempt = 0; attempt < 3; attempt++) {
		s = look(test, way, taken);
		if (s.told)
			break;
	}
	KUNIT_EXPECT_FALSE_MSG(test, s.wrong_lock, "with the lock of %u taken", taken);
	KUNIT_EXPECT_EQ_MSG(test, s.wrong_trylocks, 0, "with the lock of %u taken", taken);
	KUNIT_EXPECT_EQ_MSG(test, s.wrong_waits, 0, "with the lock of %u taken", taken);
	KUNIT_ASSERT_EQ(test, qpw_nr_locked(locks), 0);
	if ((way & QPW_TRYLOCK_T) && reachable(test, taken))
		KUNIT_EXPECT_TRUE(test, try_once(locks, way | QPW_TRY, taken));
}

/* With qpw=0 the peer can take its own CPU's lock only, which is no concern of this one. */
static void qpw_takes_lock_of_cpu(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	unsigned int way = qpw_way(test), cpu;

	qpw_need_second_cpu(test);
	if (!qpw_enabled() || (way & QPW_LOCAL)) {
		check_one_taken(test, way, f->there);
		return;
	}
	for_each_possible_cpu(cpu)
		check_one_taken(test, way, cpu);
}

#define EXCLUSION_ROUNDS	10000
#define EXCLUSION_MAX_NS	(15 * NSEC_PER_SEC)

/* A task that adds to the counter of CPU @cpu in a way that loses what others add meanwhile */
struct adder {
	struct qpw_locks __percpu *locks;
	unsigned int way;
	unsigned int cpu;
	unsigned int rounds;
	struct qpw_state before;
	struct qpw_state after;
};

static void linger(void)
{
	int i;

	for (i = 0; i < 10; i++)
		cpu_relax();
}

static void add(struct qpw_peer *peer)
{
	u64 end = ktime_get_mono_fast_ns() + EXCLUSION_MAX_NS;
	struct adder *a = peer->priv;
	unsigned long *counter = &per_cpu_ptr(a->locks, a->cpu)->counter;
	unsigned long flags, value;

	a->before = qpw_state();
	a->after = a->before;
	while (!qpw_state_differs(&a->before, &a->after) &&
	       a->rounds < EXCLUSION_ROUNDS && ktime_get_mono_fast_ns() < end) {
		if (qpw_take(a->locks, a->way, a->cpu, &flags)) {
			value = READ_ONCE(*counter);
			linger();
			WRITE_ONCE(*counter, value + 1);
			qpw_release(a->locks, a->way, a->cpu, flags);
			a->rounds++;
		} else {
			cond_resched();
		}
		a->after = qpw_state_repair(&a->before);
		linger();
	}
}

static struct qpw_peer *create_adder(struct kunit *test, unsigned int on, unsigned int way)
{
	struct adder *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	struct qpw_fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, a);
	a->locks = qpw_locks_of(test, way);
	a->way = way;
	a->cpu = f->there;
	return qpw_peer_create(test, on, add, a);
}

/*
 * The owner works on its CPU's data by local calls and another task by calls that name the CPU:
 * from here with qpw=1; with qpw=0 it has to be on the same CPU.
 */
static void qpw_locks_exclude(struct kunit *test)
{
	unsigned int way = qpw_way(test);
	struct qpw_fixture *f = test->priv;
	struct qpw_locks __percpu *locks = qpw_locks_of(test, way);
	struct qpw_peer *owner, *other;
	struct adder *a, *b;

	qpw_need_second_cpu(test);
	per_cpu_ptr(locks, f->there)->counter = 0;
	owner = create_adder(test, f->there, way | QPW_LOCAL);
	other = create_adder(test, qpw_enabled() ? f->here : f->there, way);
	wake_up_process(owner->task);
	wake_up_process(other->task);
	qpw_peer_await(test, &owner->done);
	qpw_peer_await(test, &other->done);

	a = owner->priv;
	b = other->priv;
	qpw_expect_state(test, &a->before, &a->after, "the owner's release");
	qpw_expect_state(test, &b->before, &b->after, "the other's release");
	KUNIT_EXPECT_EQ(test, per_cpu_ptr(locks, f->there)->counter, a->rounds + b->rounds);
	KUNIT_EXPECT_EQ(test, a->rounds, EXCLUSION_ROUNDS);
	KUNIT_EXPECT_EQ(test, b->rounds, EXCLUSION_ROUNDS);
}

static struct kunit_case qpw_remote_cases[] = {
	KUNIT_CASE_PARAM(qpw_takes_lock_of_cpu, qpw_way_gen_params),
	KUNIT_CASE_PARAM(qpw_locks_exclude, qpw_by_cpu_gen_params),
	{}
};

static struct kunit_suite qpw_remote_suite = {
	.name = "qpw_remote",
	.init = qpw_kunit_init,
	.exit = qpw_kunit_exit,
	.test_cases = qpw_remote_cases,
};

kunit_test_suite(qpw_remote_suite);
