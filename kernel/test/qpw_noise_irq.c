// SPDX-License-Identifier: GPL-2.0-only
/*
 * The noise of qpw_noise that comes as interrupts: IPIs, irq works, timers. Every function that
 * keeps the CPU busy has a name of its own, by which traces tell the kinds apart.
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/timer.h>

#include "qpw_noise.h"

/* From arming to expiry: long enough for the one who arms to be asleep by then, mostly. */
#define EXPIRY_NS (100 * NSEC_PER_USEC)

/* An idle CPU that polls is told without an interrupt, see call_function_single_prep_ipi(). */
static void qpw_noise_ipi_fn(void *data)
{
	const struct qpw_noise_request *rq = data;

	if (!in_hardirq())
		atomic64_inc(&rq->kind->counters.polled);
	qpw_noise_spend(rq);
}

int qpw_noise_ipi(const struct qpw_noise_request *rq)
{
	int ret = -EXDEV;

	if (get_cpu() != rq->cpu)
		ret = smp_call_function_single(rq->cpu, qpw_noise_ipi_fn, (void *)rq, 1);
	put_cpu();
	return ret == -ENXIO ? -ENODEV : ret;
}

struct noise_irq_work {
	struct irq_work work;
	const struct qpw_noise_request *rq;
};

static void qpw_noise_irq_work_fn(struct irq_work *work)
{
	qpw_noise_spend(container_of(work, struct noise_irq_work, work)->rq);
}

/* By a thread of the CPU, which interrupts itself: from outside it would be a plain IPI. */
int qpw_noise_irq_work(const struct qpw_noise_request *rq)
{
	struct noise_irq_work item = {
		.work = IRQ_WORK_INIT_HARD(qpw_noise_irq_work_fn),
		.rq = rq,
	};

	irq_work_queue(&item.work);
	irq_work_sync(&item.work);
	return 0;
}

struct noise_hrtimer {
	struct hrtimer timer;
	struct completion expired;
	const struct qpw_noise_request *rq;
};

static enum hrtimer_restart qpw_noise_hrtimer_fn(struct hrtimer *timer)
{
	struct noise_hrtimer *item = container_of(timer, struct noise_hrtimer, timer);

	qpw_noise_spend(item->rq);
	complete(&item->expired);
	return HRTIMER_NORESTART;
}

int qpw_noise_hrtimer(const struct qpw_noise_request *rq)
{
	struct noise_hrtimer item = { .rq = rq };

	init_completion(&item.expired);
	hrtimer_setup_on_stack(&item.timer, qpw_noise_hrtimer_fn, CLOCK_MONOTONIC,
			       HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&item.timer, EXPIRY_NS, HRTIMER_MODE_REL_PINNED_HARD);
	wait_for_completion(&item.expired);
	/* The callback may not have returned yet. */
	hrtimer_cancel(&item.timer);
	destroy_hrtimer_on_stack(&item.timer);
	return 0;
}

struct noise_timer {
	struct timer_list timer;
	struct completion expired;
	const struct qpw_noise_request *rq;
};

static void qpw_noise_timer_fn(struct timer_list *timer)
{
	struct noise_timer *item = timer_container_of(item, timer, timer);

	qpw_noise_spend(item->rq);
	complete(&item->expired);
}

int qpw_noise_timer(const struct qpw_noise_request *rq)
{
	struct noise_timer item = { .rq = rq };

	init_completion(&item.expired);
	timer_setup_on_stack(&item.timer, qpw_noise_timer_fn, TIMER_PINNED);
	mod_timer(&item.timer, jiffies + 1);
	wait_for_completion(&item.expired);
	timer_delete_sync(&item.timer);
	timer_destroy_on_stack(&item.timer);
	return 0;
}
