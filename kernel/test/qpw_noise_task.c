// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noise of qpw_noise that comes from tasks: works, caches, stretches without interrupts or
 * preemption, held locks; and the repetition of all kinds, by the writer or by a thread of the CPU.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/qpw.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "qpw_noise.h"

/* More than a sheaf holds, so that full sheaves, partly filled ones and slabs are left behind. */
#define CACHE_OBJECTS 100
#define CACHE_SHEAF 32
/* What two running CPUs need to notice each other, on an emulated machine under load. */
#define MEETING_US 1000000U
#define AWAIT_US 500U

/* A thread on one CPU that runs one function for the writer. */
struct noise_thread {
	int (*fn)(void *data);
	void *data;
	struct task_struct *task;
	struct completion ended;
};

static int thread_fn(void *data)
{
	struct noise_thread *thread = data;
	int ret = thread->fn(thread->data);

	complete(&thread->ended);
	return ret;
}

static int begin_thread(struct noise_thread *thread, unsigned int cpu)
{
	init_completion(&thread->ended);
	thread->task = kthread_create(thread_fn, thread, "qpw_noise/%u", cpu);
	if (IS_ERR(thread->task))
		return PTR_ERR(thread->task);
	kthread_bind(thread->task, cpu);
	get_task_struct(thread->task);
	wake_up_process(thread->task);
	return 0;
}

/* Waits until the function is done, or tells it to stop when a signal comes. */
static int end_thread(struct noise_thread *thread)
{
	wait_for_completion_interruptible(&thread->ended);
	return kthread_stop_put(thread->task);
}

static int run_on(unsigned int cpu, int (*fn)(void *data), void *data)
{
	struct noise_thread thread = { .fn = fn, .data = data };

	return begin_thread(&thread, cpu) ?: end_thread(&thread);
}

static bool must_stop(void)
{
	return current->flags & PF_KTHREAD ? kthread_should_stop() : signal_pending(current);
}

static int repeat(void *data)
{
	const struct qpw_noise_request *rq = data;
	unsigned int i;
	int ret;

	for (i = 0; i < rq->count; i++) {
		if (i && rq->gap)
			usleep_range(rq->gap, rq->gap + rq->gap / 8 + 1);
		cond_resched();
		if (must_stop())
			return -EINTR;
		/* A thread that was bound to a CPU goes on elsewhere when that is unplugged. */
		if (rq->kind->on_cpu && raw_smp_processor_id() != rq->cpu)
			return -ENODEV;
		ret = rq->kind->one(rq);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * qpw_noise_repeat - Make all the noise that a request asks for
 * @rq: The request.
 *
 * Return: 0 when all of it has happened, or the negative error that ended it.
 */
int qpw_noise_repeat(const struct qpw_noise_request *rq)
{
	if (rq->kind->on_cpu)
		return run_on(rq->cpu, repeat, (void *)rq);
	return repeat((void *)rq);
}

/* Of all works here and in qpw_noise_work.c. */
struct workqueue_struct *qpw_noise_wq;

static DEFINE_PER_CPU(qpw_lock_t, noise_lock) = INIT_QPW_LOCK(noise_lock);

int qpw_noise_init_works(void)
{
	qpw_noise_wq = alloc_workqueue("qpw_noise", WQ_PERCPU, 0);
	return qpw_noise_wq ? 0 : -ENOMEM;
}

void qpw_noise_exit_works(void)
{
	destroy_workqueue(qpw_noise_wq);
}

/**
 * qpw_noise_await - Wait for a work to complete something in its function
 * @done: What it completes.
 *
 * Looks again and again instead of being woken: a wake-up is an IPI that the work sends while it is
 * still noise, and on an emulated machine the CPU that gets it may take the host's from the sender.
 */
void qpw_noise_await(struct completion *done)
{
	while (!try_wait_for_completion(done))
		usleep_range(AWAIT_US, 2 * AWAIT_US);
}

/* One item each is enough, as requests come one at a time and wait for each work. */
static const struct qpw_noise_request *work_rq;
static DECLARE_COMPLETION(work_done);
static struct qpw_struct percpu_work;

static void qpw_noise_work_fn(struct work_struct *work)
{
	qpw_noise_spend(work_rq);
	complete(&work_done);
}

static DECLARE_WORK(noise_work, qpw_noise_work_fn);

int qpw_noise_work(const struct qpw_noise_request *rq)
{
	int ret = -ENODEV;

	cpus_read_lock();
	if (cpu_online(rq->cpu)) {
		work_rq = rq;
		/* Not flush_work(): that queues a work of its own behind this one. */
		queue_work_on(rq->cpu, qpw_noise_wq, &noise_work);
		qpw_noise_await(&work_done);
		ret = 0;
	}
	cpus_read_unlock();
	return ret;
}

/* As the drains do that the series converts: under the lock of the CPU whose data it is. */
static void qpw_noise_percpu_work_fn(struct work_struct *work)
{
	unsigned int cpu = qpw_get_cpu(work);

	qpw_lock(&noise_lock, cpu);
	qpw_noise_spend(work_rq);
	qpw_unlock(&noise_lock, cpu);
}

int qpw_noise_percpu_work(const struct qpw_noise_request *rq)
{
	int ret = -ENODEV;

	cpus_read_lock();
	if (cpu_online(rq->cpu)) {
		work_rq = rq;
		INIT_QPW(&percpu_work, qpw_noise_percpu_work_fn, rq->cpu);
		queue_percpu_work_on(rq->cpu, qpw_noise_wq, &percpu_work);
		flush_percpu_work(&percpu_work);
		ret = 0;
	}
	cpus_read_unlock();
	return ret;
}

static noinline void qpw_noise_irqoff_fn(const struct qpw_noise_request *rq)
{
	unsigned long flags;

	local_irq_save(flags);
	qpw_noise_spend(rq);
	local_irq_restore(flags);
}

int qpw_noise_irqoff(const struct qpw_noise_request *rq)
{
	qpw_noise_irqoff_fn(rq);
	return 0;
}

static noinline void qpw_noise_preemptoff_fn(const struct qpw_noise_request *rq)
{
	preempt_disable();
	qpw_noise_spend(rq);
	preempt_enable();
}

int qpw_noise_preemptoff(const struct qpw_noise_request *rq)
{
	qpw_noise_preemptoff_fn(rq);
	return 0;
}

static noinline bool qpw_noise_lock_fn(const struct qpw_noise_request *rq)
{
	bool remote;

	qpw_lock(&noise_lock, rq->cpu);
	remote = raw_smp_processor_id() != rq->cpu;
	if (remote)
		qpw_noise_spend(rq);
	qpw_unlock(&noise_lock, rq->cpu);
	return remote;
}

/* With qpw=1 only; the lock's CPU is not touched as long as it does not want its lock. */
int qpw_noise_lock(const struct qpw_noise_request *rq)
{
	return qpw_noise_lock_fn(rq) ? 0 : -EXDEV;
}

/* The owner of a lock and the one who holds it from elsewhere, about to meet. */
struct contention {
	const struct qpw_noise_request *rq;
	struct completion owner_ready;
	bool held;
	bool owner_arrived;
};

/* Counts what the owner loses: the wait for its own lock. */
static noinline void qpw_noise_contend_wait_fn(struct contention *c)
{
	u64 start = qpw_noise_now();

	local_qpw_lock(&noise_lock);
	local_qpw_unlock(&noise_lock);
	qpw_noise_account(c->rq, qpw_noise_now() - start);
}

/* Goes for the lock at once when it is held: only a task that sleeps for locks may be delayed. */
static int contend_owner(void *data)
{
	struct contention *c = data;
	bool here;

	complete(&c->owner_ready);
	while (!READ_ONCE(c->held)) {
		if (kthread_should_stop())
			return -EINTR;
		cpu_relax();
		cond_resched();
	}
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	here = raw_smp_processor_id() == c->rq->cpu;
	WRITE_ONCE(c->owner_arrived, true);
	if (here)
		qpw_noise_contend_wait_fn(c);
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
	return here ? 0 : -ENODEV;
}

/* An owner whose CPU goes offline may be waiting for the CPU that this runs on. */
static int await_owner(struct contention *c)
{
	u64 end = qpw_noise_now() + (u64)MEETING_US * NSEC_PER_USEC;

	while (!READ_ONCE(c->owner_arrived)) {
		if (!cpu_online(c->rq->cpu))
			return -ENODEV;
		if (qpw_noise_now() > end)
			return -ETIMEDOUT;
		cpu_relax();
	}
	return 0;
}

static noinline int qpw_noise_contend_hold_fn(struct contention *c)
{
	int ret;

	WRITE_ONCE(c->held, true);
	ret = await_owner(c);
	if (ret)
		WRITE_ONCE(c->held, false);
	else
		qpw_noise_spin(c->rq->us);
	return ret;
}

static int contend_hold(struct contention *c)
{
	unsigned int cpu = c->rq->cpu;
	int ret = -EXDEV;

	qpw_lock(&noise_lock, cpu);
	if (raw_smp_processor_id() != cpu)
		ret = qpw_noise_contend_hold_fn(c);
	qpw_unlock(&noise_lock, cpu);
	return ret;
}

int qpw_noise_contend(const struct qpw_noise_request *rq)
{
	struct contention c = { .rq = rq };
	struct noise_thread owner = { .fn = contend_owner, .data = &c };
	int held, ret;

	init_completion(&c.owner_ready);
	ret = begin_thread(&owner, rq->cpu);
	if (ret)
		return ret;
	held = wait_for_completion_interruptible(&c.owner_ready) ? -EINTR : contend_hold(&c);
	/* Who has not been let in need not wait any longer. */
	ret = held ? kthread_stop_put(owner.task) : end_thread(&owner);
	return held ?: ret;
}

struct noise_object {
	struct rcu_head rcu;
	char payload[64];
};

/* Leaves objects of the cache in all the places of this CPU where a shrink has to look for them. */
static int qpw_noise_cache_use(void *data)
{
	struct kmem_cache *cache = data;
	struct noise_object *objects[CACHE_OBJECTS];
	unsigned int i, nr;

	for (nr = 0; nr < CACHE_OBJECTS; nr++) {
		objects[nr] = kmem_cache_alloc(cache, GFP_KERNEL);
		if (!objects[nr])
			break;
	}
	for (i = 0; i < nr; i++) {
		if (i % 2)
			kfree_rcu(objects[i], rcu);
		else
			kmem_cache_free(cache, objects[i]);
	}
	return nr == CACHE_OBJECTS ? 0 : -ENOMEM;
}

int qpw_noise_cache(const struct qpw_noise_request *rq)
{
	struct kmem_cache_args args = { .sheaf_capacity = CACHE_SHEAF };
	u64 start = qpw_noise_now();
	struct kmem_cache *cache;
	unsigned int cpu;
	int ret = 0;

	/* Merged with another cache it would not go away with its last user. */
	cache = kmem_cache_create("qpw_noise", sizeof(struct noise_object), &args, SLAB_NO_MERGE);
	if (!cache)
		return -ENOMEM;
	for (cpu = cpumask_first(cpu_online_mask); cpu < nr_cpu_ids && !ret;
	     cpu = cpumask_next(cpu, cpu_online_mask))
		ret = run_on(cpu, qpw_noise_cache_use, cache);
	kmem_cache_destroy(cache);
	if (!ret)
		qpw_noise_account(rq, qpw_noise_now() - start);
	return ret;
}
