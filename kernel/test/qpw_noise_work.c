// SPDX-License-Identifier: GPL-2.0-only
/*
 * The works of qpw_noise whose queuer is easily mistaken: one that queues itself, one that a timer
 * queues after it was put off and called for, ones that free themselves in their function and leave
 * their address to another's, and one that is queued in the place of a cancelled one.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "qpw_noise.h"

#define LATER (10 * HZ)

/* As requests come one at a time and wait for each piece. */
static const struct qpw_noise_request *odd_rq;
static DECLARE_COMPLETION(odd_done);

static void end_piece(void)
{
	qpw_noise_spend(odd_rq);
	complete(&odd_done);
}

/* Makes one piece on the request's CPU, which stays online meanwhile. */
static int make_piece(const struct qpw_noise_request *rq, int (*begin)(unsigned int cpu))
{
	int ret = -ENODEV;

	cpus_read_lock();
	if (cpu_online(rq->cpu)) {
		odd_rq = rq;
		ret = begin(rq->cpu);
		if (!ret)
			qpw_noise_await(&odd_done);
	}
	cpus_read_unlock();
	return ret;
}

static bool runs_again;

/* Two runs a piece: the second one's queuer is the first. */
static void qpw_noise_requeue_fn(struct work_struct *work)
{
	if (runs_again) {
		runs_again = false;
		queue_work_on(odd_rq->cpu, qpw_noise_wq, work);
		return;
	}
	end_piece();
}

static DECLARE_WORK(requeue_work, qpw_noise_requeue_fn);

static int begin_requeue(unsigned int cpu)
{
	runs_again = true;
	queue_work_on(cpu, qpw_noise_wq, &requeue_work);
	return 0;
}

int qpw_noise_requeue(const struct qpw_noise_request *rq)
{
	return make_piece(rq, begin_requeue);
}

static void qpw_noise_delayed_fn(struct work_struct *work)
{
	end_piece();
}

static DECLARE_DELAYED_WORK(delayed_work, qpw_noise_delayed_fn);

/* A timer, on whatever CPU, queues the work once. */
static int begin_delayed(unsigned int cpu)
{
	queue_delayed_work_on(cpu, qpw_noise_wq, &delayed_work, LATER);
	mod_delayed_work_on(cpu, qpw_noise_wq, &delayed_work, 1);
	return 0;
}

int qpw_noise_delayed(const struct qpw_noise_request *rq)
{
	return make_piece(rq, begin_delayed);
}

static work_func_t freed_fn;

static void qpw_noise_reused_fn(struct work_struct *work);

/* In turn, so that an address that comes again mostly comes with the other function. */
static void qpw_noise_freed_fn(struct work_struct *work)
{
	kfree(work);
	freed_fn = qpw_noise_reused_fn;
	end_piece();
}

static void qpw_noise_reused_fn(struct work_struct *work)
{
	kfree(work);
	freed_fn = qpw_noise_freed_fn;
	end_piece();
}

static int begin_freed(unsigned int cpu)
{
	struct work_struct *work = kmalloc(sizeof(*work), GFP_KERNEL);

	if (!work)
		return -ENOMEM;
	INIT_WORK(work, freed_fn ?: qpw_noise_freed_fn);
	queue_work_on(cpu, qpw_noise_wq, work);
	return 0;
}

int qpw_noise_freed(const struct qpw_noise_request *rq)
{
	return make_piece(rq, begin_freed);
}

static DECLARE_COMPLETION(gate_entered);
static bool gate_open;

/* Keeps the CPU, so that what is queued there behind it does not run yet. */
static void qpw_noise_gate_fn(struct work_struct *work)
{
	u64 end = qpw_noise_now() + NSEC_PER_SEC;

	preempt_disable();
	complete(&gate_entered);
	while (!READ_ONCE(gate_open) && qpw_noise_now() < end)
		cpu_relax();
	preempt_enable();
}

static void qpw_noise_cancelled_fn(struct work_struct *work)
{
}

static void qpw_noise_kept_fn(struct work_struct *work)
{
	end_piece();
}

static DECLARE_WORK(gate_work, qpw_noise_gate_fn);
static struct work_struct place;

static int begin_cancelled(unsigned int cpu)
{
	bool cancelled;

	WRITE_ONCE(gate_open, false);
	queue_work_on(cpu, qpw_noise_wq, &gate_work);
	qpw_noise_await(&gate_entered);
	INIT_WORK(&place, qpw_noise_cancelled_fn);
	queue_work_on(cpu, qpw_noise_wq, &place);
	cancelled = cancel_work(&place);
	if (cancelled) {
		INIT_WORK(&place, qpw_noise_kept_fn);
		queue_work_on(cpu, qpw_noise_wq, &place);
	}
	WRITE_ONCE(gate_open, true);
	if (!cancelled)
		flush_work(&place);
	return cancelled ? 0 : -ETIMEDOUT;
}

int qpw_noise_cancelled(const struct qpw_noise_request *rq)
{
	return make_piece(rq, begin_cancelled);
}
