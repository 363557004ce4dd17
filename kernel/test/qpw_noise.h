/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the module qpw_noise share: a request, the kinds of noise and their counters.
 * A kind knows how to make one piece of noise; how often and how far apart is not its business.
 */
#ifndef QPW_NOISE_H
#define QPW_NOISE_H

#include <linux/atomic.h>
#include <linux/types.h>

struct completion;
struct qpw_noise_kind;
struct workqueue_struct;

/**
 * struct qpw_noise_request - what one line written to "run" asks for
 * @kind: the kind of noise
 * @cpu: the CPU that is to have it
 * @count: how many pieces
 * @us: how long each keeps its CPU busy
 * @gap: pause between the pieces, in microseconds
 */
struct qpw_noise_request {
	struct qpw_noise_kind *kind;
	unsigned int cpu;
	unsigned int count;
	unsigned int us;
	unsigned int gap;
};

/**
 * struct qpw_noise_counters - sums over the requests of a kind
 * @requested: pieces in requests that were accepted
 * @done: pieces that happened
 * @away: of those, the ones that ran on another CPU than the request's
 * @polled: IPIs that the CPU, idle and polling, noticed without an interrupt
 * @asked_ns: busy time in requests that were accepted
 * @spent_ns: busy time that was measured
 *
 * Written by one request at a time, but in all contexts, and read at any time.
 */
struct qpw_noise_counters {
	atomic64_t requested;
	atomic64_t done;
	atomic64_t away;
	atomic64_t polled;
	atomic64_t asked_ns;
	atomic64_t spent_ns;
};

enum qpw_noise_key {
	QPW_NOISE_CPU,
	QPW_NOISE_COUNT,
	QPW_NOISE_US,
	QPW_NOISE_GAP,
	QPW_NOISE_NR_KEYS,
};

/**
 * struct qpw_noise_kind - a kind of noise
 * @name: what requests call it
 * @one: makes one piece: 0, or a negative error if there was none
 * @needs: mask of the keys that a request must have
 * @takes: mask of those it may have
 * @max_count: limit of count=
 * @on_cpu: true if @one is to be called by a thread of the request's CPU, else it is by the writer
 * @remote: true if only another CPU than the writer's can have it, and that with qpw=1 only
 * @counters: its counters
 */
struct qpw_noise_kind {
	const char *name;
	int (*one)(const struct qpw_noise_request *rq);
	unsigned int needs;
	unsigned int takes;
	unsigned int max_count;
	bool on_cpu;
	bool remote;
	struct qpw_noise_counters counters;
};

extern struct qpw_noise_kind qpw_noise_kinds[];
extern const unsigned int qpw_noise_nr_kinds;

/* qpw_noise_parse.c */
int qpw_noise_parse(char *line, struct qpw_noise_request *rq);

/* qpw_noise_main.c */
u64 qpw_noise_now(void);
u64 qpw_noise_spin(unsigned int us);
void qpw_noise_account(const struct qpw_noise_request *rq, u64 spent_ns);
void qpw_noise_spend(const struct qpw_noise_request *rq);

/* qpw_noise_task.c */
extern struct workqueue_struct *qpw_noise_wq;
int qpw_noise_repeat(const struct qpw_noise_request *rq);
int qpw_noise_init_works(void);
void qpw_noise_exit_works(void);
void qpw_noise_await(struct completion *done);
int qpw_noise_work(const struct qpw_noise_request *rq);
int qpw_noise_percpu_work(const struct qpw_noise_request *rq);
int qpw_noise_irqoff(const struct qpw_noise_request *rq);
int qpw_noise_preemptoff(const struct qpw_noise_request *rq);
int qpw_noise_lock(const struct qpw_noise_request *rq);
int qpw_noise_contend(const struct qpw_noise_request *rq);
int qpw_noise_cache(const struct qpw_noise_request *rq);

/* qpw_noise_work.c */
int qpw_noise_requeue(const struct qpw_noise_request *rq);
int qpw_noise_delayed(const struct qpw_noise_request *rq);
int qpw_noise_freed(const struct qpw_noise_request *rq);
int qpw_noise_cancelled(const struct qpw_noise_request *rq);

/* qpw_noise_irq.c */
int qpw_noise_ipi(const struct qpw_noise_request *rq);
int qpw_noise_irq_work(const struct qpw_noise_request *rq);
int qpw_noise_hrtimer(const struct qpw_noise_request *rq);
int qpw_noise_timer(const struct qpw_noise_request *rq);

#endif /* QPW_NOISE_H */
