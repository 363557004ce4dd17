/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the KUnit suites of QPW share: the state that no call may leave changed, the ways to take
 * and release a lock, a second task on another CPU. The suites themselves are in qpw_kunit_*.c.
 */
#ifndef _QPW_KUNIT_H
#define _QPW_KUNIT_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/qpw.h>
#include <linux/sched.h>

/* Bits of a way to take a lock; all of them make sense but QPW_TRY for a qpw_lock_t */
#define QPW_TRY		0x01	/* trylock instead of lock */
#define QPW_LOCAL	0x02	/* local_qpw_*() instead of naming the CPU */
#define QPW_IRQ		0x04	/* _irqsave and _irqrestore */
#define QPW_TRYLOCK_T	0x08	/* the qpw_trylock_t instead of the qpw_lock_t */
#define QPW_DYNAMIC	0x10	/* allocated and initialised at run time instead of static */
#define QPW_WAYS	0x20

struct qpw_locks {
	qpw_lock_t lock;
	qpw_trylock_t trylock;
	unsigned long counter;
};

/* Of every test: it runs on @here; @there is another CPU, or nr_cpu_ids if there is none online. */
struct qpw_fixture {
	unsigned int here;
	unsigned int there;
	struct qpw_locks __percpu *dynamic;
};

struct qpw_state {
	int preempt;
	int migrate;
	int rcu;
	int irqs_off;
};

int qpw_kunit_init(struct kunit *test);
void qpw_kunit_exit(struct kunit *test);
void qpw_need_second_cpu(struct kunit *test);

struct qpw_state qpw_state(void);
bool qpw_state_differs(const struct qpw_state *a, const struct qpw_state *b);
struct qpw_state qpw_state_repair(const struct qpw_state *before);
void qpw_expect_state(struct kunit *test, const struct qpw_state *want, const struct qpw_state *is,
		      const char *what);

bool qpw_take(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu,
	      unsigned long *flags);
void qpw_release(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu,
		 unsigned long flags);
bool qpw_is_locked(struct qpw_locks __percpu *locks, unsigned int way, unsigned int cpu);
unsigned int qpw_nr_locked(struct qpw_locks __percpu *locks);
struct qpw_locks __percpu *qpw_locks_of(struct kunit *test, unsigned int way);
unsigned int qpw_way(struct kunit *test);
const void *qpw_way_gen_params(struct kunit *test, const void *prev, char *desc);
const void *qpw_trylock_gen_params(struct kunit *test, const void *prev, char *desc);
const void *qpw_place_gen_params(struct kunit *test, const void *prev, char *desc);
const void *qpw_by_cpu_gen_params(struct kunit *test, const void *prev, char *desc);

enum qpw_stage {
	QPW_HOLD,	/* until told otherwise, or for QPW_HOLD_MAX_NS */
	QPW_SOON,	/* for QPW_SOON_NS more */
	QPW_NOW,
};

/* A holder spins, possibly with interrupts off: a test that forgot about it must not hang. */
#define QPW_HOLD_MAX_NS	(2 * NSEC_PER_SEC)
#define QPW_SOON_NS	(20 * NSEC_PER_MSEC)

/* A second task, bound to a CPU, that runs fn() once it is woken. It is gone when the test ends. */
struct qpw_peer {
	struct task_struct *task;
	void (*fn)(struct qpw_peer *peer);
	void *priv;
	struct completion ready;
	struct completion done;
	enum qpw_stage stage;
};

struct qpw_peer *qpw_peer_create(struct kunit *test, unsigned int cpu,
				 void (*fn)(struct qpw_peer *peer), void *priv);
void qpw_peer_start(struct kunit *test, struct qpw_peer *peer);
bool qpw_peer_hold(struct qpw_peer *peer);
void qpw_peer_await(struct kunit *test, struct completion *done);

#endif /* _QPW_KUNIT_H */
