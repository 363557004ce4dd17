// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the QPW works: on which CPU and in which task they run, when they are done, and
 * that a work function which locks the data of its CPU works on the right data in either mode.
 */
#include <linux/delay.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>

#include "qpw_kunit.h"

/* A work that notes how it is run. What it does more, if anything, is in @also. */
struct job {
	struct qpw_struct qpw;
	struct task_struct *task;
	unsigned int cpu;
	unsigned int told;
	unsigned int runs;
	bool finished;
	struct qpw_state state;
	void (*also)(struct job *job);
	void *priv;
};

static void run_job(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, qpw.work);

	job->task = current;
	job->cpu = raw_smp_processor_id();
	job->told = qpw_get_cpu(work);
	job->state = qpw_state();
	job->runs++;
	if (job->also)
		job->also(job);
	WRITE_ONCE(job->finished, true);
}

static void settle_job(void *arg)
{
	struct job *job = arg;

	cancel_work_sync(&job->qpw.work);
}

/* Works of tests that failed half-way may still be queued: they end before their memory does. */
static struct job *new_job(struct kunit *test, unsigned int cpu, void (*also)(struct job *job),
			   void *priv)
{
	struct job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->also = also;
	job->priv = priv;
	INIT_QPW(&job->qpw, run_job, cpu);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, settle_job, job), 0);
	return job;
}

/* Queues and flushes, which must not change the caller's state. */
static bool queue_job(struct kunit *test, struct job *job)
{
	struct qpw_state before = qpw_state(), after;
	bool queued = queue_percpu_work_on(job->qpw.cpu, system_percpu_wq, &job->qpw);

	after = qpw_state_repair(&before);
	qpw_expect_state(test, &before, &after, "queue_percpu_work_on()");
	return queued;
}

static void flush_job(struct kunit *test, struct job *job)
{
	struct qpw_state before = qpw_state(), after;

	flush_percpu_work(&job->qpw);
	after = qpw_state_repair(&before);
	qpw_expect_state(test, &before, &after, "flush_percpu_work()");
}

static void expect_ran(struct kunit *test, struct job *job, unsigned int runs)
{
	struct qpw_fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, job->runs, runs);
	KUNIT_EXPECT_EQ(test, job->told, job->qpw.cpu);
	KUNIT_EXPECT_EQ(test, job->cpu, qpw_enabled() ? f->here : job->qpw.cpu);
	KUNIT_EXPECT_EQ(test, job->task == current, qpw_enabled());
}

/* At once in the caller with qpw=1, on the CPU that was asked for by a worker with qpw=0 */
static void qpw_work_runs_in_its_place(struct kunit *test)
{
	struct qpw_state outer = qpw_state();
	struct job *job;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		job = new_job(test, cpu, NULL, NULL);
		KUNIT_EXPECT_TRUE(test, queue_job(test, job));
		if (qpw_enabled())
			expect_ran(test, job, 1);
		flush_job(test, job);
		expect_ran(test, job, 1);
		qpw_expect_state(test, &outer, &job->state, "the begin of the work");
		/* An item may be used again. */
		KUNIT_EXPECT_TRUE(test, queue_job(test, job));
		flush_job(test, job);
		expect_ran(test, job, 2);
	}
}

/* Where the caller cannot sleep, the work can't either with qpw=1, and must not be run later. */
static void qpw_work_queued_in_atomic(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct job *job = new_job(test, f->here, NULL, NULL);
	unsigned int runs;
	int count;

	preempt_disable();
	count = preempt_count();
	queue_percpu_work_on(f->here, system_percpu_wq, &job->qpw);
	runs = job->runs;
	preempt_enable();
	flush_job(test, job);
	KUNIT_EXPECT_EQ(test, runs, qpw_enabled());
	KUNIT_EXPECT_EQ(test, job->runs, 1);
	KUNIT_EXPECT_EQ(test, job->state.preempt == count, qpw_enabled());
}

static void dawdle(struct job *job)
{
	msleep(100);
}

/* What was queued is done after the flush, however long it takes. */
static void qpw_flush_waits(struct kunit *test)
{
	struct job *job;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		job = new_job(test, cpu, dawdle, NULL);
		flush_job(test, job);
		KUNIT_EXPECT_EQ(test, job->runs, 0);
		queue_job(test, job);
		KUNIT_EXPECT_EQ(test, READ_ONCE(job->finished), qpw_enabled());
		flush_job(test, job);
		KUNIT_EXPECT_TRUE(test, READ_ONCE(job->finished));
		KUNIT_EXPECT_EQ(test, job->runs, 1);
	}
}

static void run_until_told(struct job *job)
{
	qpw_peer_hold(job->priv);
}

static void queue_from_peer(struct qpw_peer *peer)
{
	struct job *job = peer->priv;

	queue_percpu_work_on(job->qpw.cpu, system_percpu_wq, &job->qpw);
}

/*
 * A run that another task asked for: the flush waits for it with qpw=0. With qpw=1 it is that
 * task's business: this one does not wait.
 */
static void qpw_flush_of_foreign_run(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct qpw_peer *peer;
	struct job *job;
	bool finished;

	qpw_need_second_cpu(test);
	job = new_job(test, f->there, run_until_told, NULL);
	peer = qpw_peer_create(test, f->there, queue_from_peer, job);
	job->priv = peer;
	qpw_peer_start(test, peer);
	if (!qpw_enabled())
		WRITE_ONCE(peer->stage, QPW_SOON);
	flush_job(test, job);
	finished = READ_ONCE(job->finished);
	WRITE_ONCE(peer->stage, QPW_NOW);
	qpw_peer_await(test, &peer->done);
	KUNIT_EXPECT_EQ(test, finished, !qpw_enabled());
	KUNIT_EXPECT_EQ(test, job->runs, 1);
	KUNIT_EXPECT_EQ(test, job->task == peer->task, qpw_enabled());
}

/* With qpw=0 what is pending is not queued again; with qpw=1 nothing ever is pending. */
static void qpw_pending_work_is_merged(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct job *job;
	struct qpw_peer *peer;
	bool second, third;

	qpw_need_second_cpu(test);
	job = new_job(test, f->there, run_until_told, NULL);
	peer = qpw_peer_create(test, f->there, queue_from_peer, job);
	job->priv = peer;
	if (qpw_enabled())
		peer->stage = QPW_NOW;
	qpw_peer_start(test, peer);
	qpw_peer_await(test, &peer->done);
	/* With qpw=0 it runs by now, thus isn't pending any more. */
	second = queue_job(test, job);
	third = queue_job(test, job);
	WRITE_ONCE(peer->stage, QPW_NOW);
	flush_job(test, job);
	KUNIT_EXPECT_TRUE(test, second);
	KUNIT_EXPECT_EQ(test, third, qpw_enabled());
	KUNIT_EXPECT_EQ(test, job->runs, qpw_enabled() ? 3 : 2);
}

/* The CPU is the work's own, whoever asks and wherever; an impossible one is refused. */
static void qpw_get_cpu_of_foreign_work(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct job *job = new_job(test, f->here, NULL, NULL);
	unsigned int bad[] = {nr_cpu_ids, UINT_MAX};
	unsigned int cpu, i, got = 0;

	for_each_possible_cpu(cpu) {
		INIT_QPW(&job->qpw, run_job, cpu);
		KUNIT_EXPECT_EQ(test, qpw_get_cpu(&job->qpw.work), cpu);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		INIT_QPW(&job->qpw, run_job, bad[i]);
		kunit_warning_suppress(test) {
			got = qpw_get_cpu(&job->qpw.work);
			KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 1);
		}
		KUNIT_EXPECT_EQ(test, got, f->here);
	}
}

/* Queueing for another CPU than the work was made for is a mistake that is reported. */
static void qpw_queue_checks_cpu(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct job *job;

	qpw_need_second_cpu(test);
	job = new_job(test, f->there, NULL, NULL);
	kunit_warning_suppress(test) {
		queue_percpu_work_on(f->here, system_percpu_wq, &job->qpw);
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, IS_ENABLED(CONFIG_QPW));
	}
	flush_job(test, job);
	KUNIT_EXPECT_EQ(test, job->runs, 1);
}

static void leak_preempt_count(struct job *job)
{
	preempt_disable();
}

/* A function that leaks a preempt count is caught before its caller suffers. */
static void qpw_inline_run_checks_count(struct kunit *test)
{
	struct qpw_state before = qpw_state();
	struct qpw_fixture *f = test->priv;
	struct job *job;
	int leaked = 0;

	if (!qpw_enabled())
		kunit_skip(test, "the workqueue checks its own workers");
	job = new_job(test, f->here, leak_preempt_count, NULL);
	kunit_warning_suppress(test) {
		queue_percpu_work_on(f->here, system_percpu_wq, &job->qpw);
		leaked = qpw_state_repair(&before).preempt - before.preempt;
		KUNIT_EXPECT_SUPPRESSED_WARNING_COUNT(test, 1);
	}
	KUNIT_EXPECT_EQ(test, leaked, 1);
}

static void queue_other(struct job *job)
{
	struct job *other = job->priv;

	queue_percpu_work_on(other->qpw.cpu, system_percpu_wq, &other->qpw);
}

static void run_inner(struct work_struct *work)
{
	run_job(work);
}

/* A work that has another work done */
static void qpw_work_queues_work(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct job *outer, *inner;

	inner = new_job(test, f->here, NULL, NULL);
	/* Initialised elsewhere, thus of another class than the outer one for lockdep. */
	INIT_QPW(&inner->qpw, run_inner, f->there < nr_cpu_ids ? f->there : f->here);
	outer = new_job(test, f->here, queue_other, inner);
	KUNIT_EXPECT_TRUE(test, queue_job(test, outer));
	flush_job(test, outer);
	flush_job(test, inner);
	expect_ran(test, outer, 1);
	expect_ran(test, inner, 1);
}

#define DRAIN_ROUNDS	200

/* As a converted cache does it: take the CPU's lock, then see whose data that is. */
static void drain(struct job *job)
{
	struct qpw_locks __percpu *locks = job->priv;
	unsigned long flags;
	unsigned int cpu;

	qpw_lock(&locks->trylock, job->told);
	cpu = qpw_locked_cpu(job->told);
	per_cpu_ptr(locks, cpu)->counter++;
	qpw_unlock(&locks->trylock, job->told);

	qpw_lock_irqsave(&locks->lock, job->told, flags);
	qpw_lockdep_assert_held(&locks->lock, job->told);
	qpw_unlock_irqrestore(&locks->lock, job->told, flags);
}

struct drainer {
	struct job *jobs[2];
	unsigned int cpus;
	struct qpw_state before;
	struct qpw_state after;
};

static void drain_all(struct drainer *d)
{
	unsigned int i, round;

	d->before = qpw_state();
	for (round = 0; round < DRAIN_ROUNDS; round++) {
		for (i = 0; i < d->cpus; i++)
			queue_percpu_work_on(d->jobs[i]->qpw.cpu, system_percpu_wq,
					     &d->jobs[i]->qpw);
		for (i = 0; i < d->cpus; i++)
			flush_percpu_work(&d->jobs[i]->qpw);
	}
	d->after = qpw_state_repair(&d->before);
}

static void drain_in_peer(struct qpw_peer *peer)
{
	drain_all(peer->priv);
}

static struct drainer *new_drainer(struct kunit *test, struct qpw_locks __percpu *locks)
{
	struct drainer *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct qpw_fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, d);
	d->jobs[d->cpus++] = new_job(test, f->here, drain, (void __force *)locks);
	if (f->there < nr_cpu_ids)
		d->jobs[d->cpus++] = new_job(test, f->there, drain, (void __force *)locks);
	return d;
}

/* Two tasks drain the same CPUs at a time: each CPU's data sees every one of the drains. */
static void qpw_works_lock_their_cpu(struct kunit *test)
{
	struct qpw_fixture *f = test->priv;
	struct qpw_locks __percpu *locks = f->dynamic;
	struct drainer *mine, *theirs;
	struct qpw_peer *peer;

	qpw_need_second_cpu(test);
	mine = new_drainer(test, locks);
	theirs = new_drainer(test, locks);
	peer = qpw_peer_create(test, f->there, drain_in_peer, theirs);
	wake_up_process(peer->task);
	drain_all(mine);
	qpw_peer_await(test, &peer->done);
	qpw_expect_state(test, &mine->before, &mine->after, "the drains");
	qpw_expect_state(test, &theirs->before, &theirs->after, "the peer's drains");
	KUNIT_EXPECT_EQ(test, per_cpu_ptr(locks, f->here)->counter, 2 * DRAIN_ROUNDS);
	KUNIT_EXPECT_EQ(test, per_cpu_ptr(locks, f->there)->counter, 2 * DRAIN_ROUNDS);
}

static struct kunit_case qpw_work_cases[] = {
	KUNIT_CASE(qpw_work_runs_in_its_place),
	KUNIT_CASE(qpw_work_queued_in_atomic),
	KUNIT_CASE(qpw_flush_waits),
	KUNIT_CASE(qpw_flush_of_foreign_run),
	KUNIT_CASE(qpw_pending_work_is_merged),
	KUNIT_CASE(qpw_get_cpu_of_foreign_work),
	KUNIT_CASE(qpw_queue_checks_cpu),
	KUNIT_CASE(qpw_inline_run_checks_count),
	KUNIT_CASE(qpw_work_queues_work),
	KUNIT_CASE(qpw_works_lock_their_cpu),
	{}
};

static struct kunit_suite qpw_work_suite = {
	.name = "qpw_work",
	.init = qpw_kunit_init,
	.exit = qpw_kunit_exit,
	.test_cases = qpw_work_cases,
};

kunit_test_suite(qpw_work_suite);
