// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who caused interruptions, by traces written by hand: origins with their stacks, control groups
 * and waits; moves, locks, the CPU taken away, plain counts; merging of all that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../feeding.h"
#include "../tables.h"
#include "util/array.h"
#include "../records.h"
#include "model/model.h"

#define FN_DRAIN 0xffffffff81000000U
#define FN_QUEUE 0xffffffff81000110U
#define FN_WRITE 0xffffffff81000220U

static const uint64_t write_stack[] = { FN_QUEUE, FN_WRITE, 0 };

static void tell_places(struct model *m)
{
	feed(m, rec_symbol(FN_DRAIN, "drain"));
	feed(m, rec_symbol(FN_QUEUE, "queue_work_on+0x10"));
	feed(m, rec_symbol(FN_WRITE, "vfs_write+0x20"));
	feed(m, rec_stack(1, QPW_CONTEXT_TASK, write_stack));
	feed(m, rec_stack(2, QPW_CONTEXT_SOFTIRQ, write_stack));
	feed(m, rec_cgroup(7, "/system.slice/churn"));
}

static struct qpw_origin origin(uint64_t ns, uint32_t pid, const char *comm, uint32_t stack,
				uint64_t cgroup)
{
	struct qpw_origin o = rec_origin(ns, 0, pid, comm);

	o.stack = stack;
	o.cgroup = cgroup;
	return o;
}

/* Works at 1000 (queued 900), 2000 (1700) by one task, at 3000 (2950) by another of its name. */
static void test_caused(void **state)
{
	struct qpw_origin a = origin(900, 70, "churn", 1, 7), b = origin(1700, 70, "churn", 1, 7);
	struct qpw_origin c = origin(2950, 71, "churn", 1, 7);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	tell_places(m);
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &a));
	feed(m, rec_work(QPW_KIND_WORK, 1, 2000, 2100, QPW_F_BEGIN, FN_DRAIN, &b));
	/* a later part of the same run is no second interruption */
	feed(m, rec_work(QPW_KIND_WORK, 1, 2200, 2300, QPW_F_END, FN_DRAIN, &b));
	feed(m, rec_work(QPW_KIND_WORK, 1, 3000, 3100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &c));
	s = snap(m);
	assert_int_equal(s->nr_caused, 1);
	assert_int_equal(s->caused[0].class, SNAP_WORK);
	assert_string_equal(s->caused[0].name, "drain");
	assert_string_equal(s->caused[0].origin.comm, "churn");
	assert_int_equal(s->caused[0].origin.count, 3);
	assert_int_equal(s->caused[0].origin.pid, SNAP_PID_MANY);
	assert_string_equal(s->caused[0].cgroup, "/system.slice/churn");
	assert_string_equal(s->caused[0].stack, "queue_work_on+0x10;vfs_write+0x20");
	assert_int_equal(s->caused[0].wait_ns, 100 + 300 + 50);
	assert_int_equal(s->caused[0].wait_max_ns, 300);
	snapshot_destroy(s);
	model_destroy(m);
}

/*
 * The kernel's numbers of two stacks differ by what was cut off; in another context it is
 * another.
 */
static void test_equal_stacks(void **state)
{
	struct qpw_origin a = origin(900, 70, "churn", 1, 7), b = origin(1700, 70, "churn", 5, 7);
	struct qpw_origin c = origin(2950, 70, "churn", 2, 7);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	tell_places(m);
	feed(m, rec_stack(5, QPW_CONTEXT_TASK, write_stack));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &a));
	feed(m, rec_work(QPW_KIND_WORK, 1, 2000, 2100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &b));
	feed(m, rec_work(QPW_KIND_WORK, 1, 3000, 3100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &c));
	s = snap(m);
	assert_int_equal(s->nr_caused, 2);
	assert_int_equal(s->caused[0].origin.count, 2);
	assert_string_equal(s->caused[0].origin.comm, "churn");
	assert_string_equal(s->caused[0].stack, "queue_work_on+0x10;vfs_write+0x20");
	assert_int_equal(s->caused[1].origin.count, 1);
	assert_string_equal(s->caused[1].origin.comm, "[softirq]");
	snapshot_destroy(s);
	model_destroy(m);
}

/* An interrupt goes by its longest function; how many others ran in it is told. */
static void test_unnamed_calls(void **state)
{
	union rec one = rec_ipi(1, 1000, 1100, QPW_IPI_CALL_FUNCTION_SINGLE, FN_DRAIN, NULL);
	union rec three = rec_ipi(1, 2000, 2100, QPW_IPI_CALL_FUNCTION_SINGLE, FN_DRAIN, NULL);
	union rec none = rec_ipi(1, 3000, 3100, QPW_IPI_RESCHEDULE, 0, NULL);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	tell_places(m);
	one.ipi.nr_functions = 1;
	three.ipi.nr_functions = 3;
	none.ipi.nr_functions = 0;
	feed(m, one);
	feed(m, three);
	feed(m, none);
	s = snap(m);
	assert_int_equal(s->counts.calls_unnamed, 2);
	snapshot_destroy(s);
	model_destroy(m);
}

/*
 * One function called from two places of the kernel is two origins, as is one from a place that is
 * not known: its address where that has no name, or nothing where a recording does not tell it, as
 * older ones. Merged, each is added to its own. A record without an origin has none of its parts.
 */
static void test_call_sites(void **state)
{
	static const struct {
		uint64_t count;
		const char *callsite;
	} want[] = {
		{ 8, "membarrier+0x10" },
		{ 4, "flush_tlb+0x20" },
		{ 2, "" },
		{ 2, "0xffffffff81000999" },
	};
	const uint64_t sites[] = { FN_QUEUE, FN_WRITE, FN_QUEUE, 0, FN_QUEUE, 0xffffffff81000999U,
				   FN_QUEUE, FN_WRITE };
	const struct qpw_origin o = origin(900, 70, "churn", 0, 7);
	struct model *m = new_model(0, 0);
	struct snapshot *s, *sum;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "drain"));
	feed(m, rec_symbol(FN_QUEUE, "membarrier+0x10"));
	feed(m, rec_symbol(FN_WRITE, "flush_tlb+0x20"));
	for (uint64_t i = 0; i < ARRAY_SIZE(sites); i++)
		feed(m, rec_ipi_from(1, 1000 + 10 * i, 1005 + 10 * i, QPW_IPI_CALL_FUNCTION_SINGLE,
				     FN_DRAIN, &o, sites[i]));
	feed(m,
	     rec_ipi_from(1, 2000, 2005, QPW_IPI_CALL_FUNCTION_SINGLE, FN_DRAIN, NULL, FN_WRITE));
	s = snap(m);
	sum = snap(m);
	assert_int_equal(snapshot_merge(sum, s), 0);
	assert_int_equal(s->nr_causes, 1);
	assert_int_equal(s->causes[0].count, 9);
	assert_int_equal(s->nr_caused, ARRAY_SIZE(want));
	assert_int_equal(sum->nr_caused, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(sum->caused[i].origin.count, want[i].count);
		assert_int_equal(s->caused[i].origin.count, want[i].count / 2);
		assert_string_equal(s->caused[i].callsite, want[i].callsite);
		assert_string_equal(sum->caused[i].callsite, want[i].callsite);
		assert_string_equal(s->caused[i].origin.comm, "churn");
	}
	snapshot_destroy(s);
	snapshot_destroy(sum);
	model_destroy(m);
}

/* What a softirq queued is not owed to the task that it interrupted, nor to that task's group. */
static void test_context(void **state)
{
	struct qpw_origin o = origin(900, 70, "innocent", 2, 7);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	tell_places(m);
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	s = snap(m);
	assert_int_equal(s->nr_caused, 1);
	assert_string_equal(s->caused[0].origin.comm, "[softirq]");
	assert_int_equal(s->caused[0].origin.pid, SNAP_PID_MANY);
	assert_string_equal(s->caused[0].cgroup, "");
	assert_string_equal(s->works[0].origins[0].comm, "[softirq]");
	snapshot_destroy(s);
	model_destroy(m);
}

/* The same without a stack, where the recorder knew what was in flight; a stack knows less. */
static void test_context_told(void **state)
{
	struct qpw_origin o = origin(900, 70, "innocent", 0, 7),
			  p = origin(900, 70, "innocent", 2, 7);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	o.context = QPW_CONTEXT_HARDIRQ;
	p.context = QPW_CONTEXT_HARDIRQ;
	tell_places(m);
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1200, 1300, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &p));
	s = snap(m);
	assert_int_equal(s->nr_caused, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(s->caused[i].origin.comm, "[irq]");
		assert_string_equal(s->caused[i].cgroup, "");
	}
	snapshot_destroy(s);
	model_destroy(m);
}

/* Places that are told when their ids have been used already count from then on. */
static void test_told_later(void **state)
{
	struct qpw_origin o = origin(900, 70, "churn", 2, 7);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	feed(m, rec_cgroup(7, "/system.slice/churn"));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1200, 1300, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1400, 1500, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	feed(m, rec_symbol(FN_WRITE, "vfs_write+0x20"));
	feed(m, rec_stack(2, QPW_CONTEXT_SOFTIRQ, &write_stack[1]));
	for (uint64_t t = 1600; t < 2200; t += 200)
		feed(m,
		     rec_work(QPW_KIND_WORK, 1, t, t + 100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	s = snap(m);
	assert_int_equal(s->nr_caused, 3);
	assert_int_equal(s->caused[0].origin.count, 3);
	assert_string_equal(s->caused[0].origin.comm, "[softirq]");
	assert_string_equal(s->caused[0].stack, "vfs_write+0x20");
	assert_string_equal(s->caused[0].cgroup, "");
	assert_int_equal(s->caused[1].origin.count, 2);
	assert_string_equal(s->caused[1].cgroup, "/system.slice/churn");
	assert_string_equal(s->caused[1].stack, "");
	assert_int_equal(s->caused[2].origin.count, 1);
	assert_string_equal(s->caused[2].origin.comm, "churn");
	assert_string_equal(s->caused[2].cgroup, "");
	snapshot_destroy(s);
	model_destroy(m);
}

/* Rows of threads and IPIs stand beside those of works, the most frequent first. */
static void test_classes(void **state)
{
	struct qpw_origin o = origin(900, 70, "waker", 0, 0);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	tell_places(m);
	feed(m, rec_ipi(1, 1000, 1010, QPW_IPI_RESCHEDULE, 0, &o));
	feed(m, rec_woken(1, 1100, 1200, 5, "kworker/1:0", &o));
	feed(m, rec_woken(1, 1300, 1400, 5, "kworker/1:0", &o));
	/* a run that nobody woke it for */
	feed(m, rec_thread(1, 1500, 1600, 5, "kworker/1:0"));
	s = snap(m);
	assert_int_equal(s->nr_caused, 2);
	assert_int_equal(s->caused[0].class, SNAP_THREAD);
	assert_string_equal(s->caused[0].name, "kworker/1:0");
	assert_int_equal(s->caused[0].origin.count, 2);
	assert_int_equal(s->caused[0].origin.pid, 70);
	assert_int_equal(s->caused[0].wait_ns, 200 + 400);
	assert_string_equal(s->caused[0].stack, "");
	assert_int_equal(s->caused[1].class, SNAP_IPI);
	assert_string_equal(s->caused[1].name, "reschedule");
	snapshot_destroy(s);
	model_destroy(m);
}

static void feed_points(struct model *m)
{
	struct qpw_origin by = origin(1000, 9, "migration/0", 0, 0);

	feed(m, rec_tick_kept(1, 1000, 1U << QPW_TICK_SCHED));
	feed(m, rec_tick_kept(1, 1100, 1U << QPW_TICK_SCHED | 1U << QPW_TICK_RCU));
	feed(m, rec_migrate(1, 1200, "task", 0, &by));
	feed(m, rec_migrate(1, 1300, "task", 0, &by));
	feed(m, rec_migrate(1, 1400, "other", 2, &by));
	feed(m, rec_lock_wait(1, 1500, 1600, 0, QPW_LOCK_MUTEX, "task"));
	feed(m, rec_lock_wait(1, 1700, 1900, QPW_F_BY_VICTIM, QPW_LOCK_SPIN, "victim"));
	feed(m, rec_lock_wait(1, 2000, 2050, QPW_F_BY_VICTIM, QPW_LOCK_SPIN, "victim"));
	feed(m, rec_taken(1, 2100, 2400, "kworker/1:0"));
	feed(m, rec_taken(1, 2500, 2600, "kworker/1:0"));
	feed(m, rec_taken(1, 2700, 2710, "rcuc/1"));
}

static void check_points(const struct snapshot *s, uint64_t times)
{
	assert_int_equal(s->counts.tick_kept[QPW_TICK_SCHED], 2 * times);
	assert_int_equal(s->counts.tick_kept[QPW_TICK_RCU], times);
	assert_int_equal(s->counts.tick_kept[QPW_TICK_POSIX_TIMER], 0);
	assert_int_equal(s->nr_moves, 2);
	assert_string_equal(s->moves[0].comm, "task");
	assert_string_equal(s->moves[0].by_comm, "migration/0");
	assert_int_equal(s->moves[0].from_cpu, 0);
	assert_int_equal(s->moves[0].count, 2 * times);
	assert_int_equal(s->moves[1].from_cpu, 2);
	assert_int_equal(s->nr_locks, 2);
	assert_true(s->locks[0].by_victim);
	assert_int_equal(s->locks[0].flags, QPW_LOCK_SPIN);
	assert_int_equal(s->locks[0].count, 2 * times);
	assert_int_equal(s->locks[0].total_ns, 250 * times);
	assert_int_equal(s->locks[0].max_ns, 200);
	assert_string_equal(s->locks[1].comm, "task");
	assert_int_equal(s->nr_taken, 2);
	assert_string_equal(s->taken[0].by_comm, "kworker/1:0");
	assert_int_equal(s->taken[0].count, 2 * times);
	assert_int_equal(s->taken[0].total_ns, 400 * times);
	assert_int_equal(s->taken[0].max_ns, 300);
}

static void test_points(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s, *sum = snapshot_create();

	(void)state;
	feed_points(m);
	s = snap(m);
	check_points(s, 1);
	/* none of them is an interruption */
	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		assert_int_equal(s->classes[i].count, 0);
	assert_non_null(sum);
	assert_int_equal(snapshot_merge(sum, s), 0);
	assert_int_equal(snapshot_merge(sum, s), 0);
	check_points(sum, 2);
	snapshot_destroy(sum);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Counts go on from what they were when the window opened, and stand still when it is closed. */
static void test_counts(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;
	union rec late;

	(void)state;
	feed(m, rec_counts(1, 10, 100, 3, 1000));
	feed(m, rec_window(500, 0));
	feed(m, rec_counts(1, 12, 130, 7, 1400));
	late = rec_counts(2, 1, 0, 7, 0);
	late.counts.nr_lock_waits_missed = 4;
	late.counts.nr_origins_missed = 5;
	late.counts.nr_untimed_wakeups = 6;
	feed(m, late);
	feed(m, rec_window(500, 900));
	feed(m, rec_counts(1, 99, 999, 9, 9999));
	s = snap(m);
	assert_int_equal(s->counts.page_faults, 2 + 1);
	assert_int_equal(s->counts.system_calls, 30);
	assert_int_equal(s->counts.system_calls_missed, 7);
	assert_int_equal(s->counts.lock_waits_missed, 4);
	assert_int_equal(s->counts.origins_missed, 5);
	assert_int_equal(s->counts.untimed_wakeups, 6);
	assert_int_equal(s->counts.tick_stops, 400);
	snapshot_destroy(s);
	model_destroy(m);
}

/* None counted and not counted are two things: a recording that counts names its probe. */
static void test_calls_not_counted(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s = snap(m);

	(void)state;
	assert_false(snapshot_counts_calls(s));
	snapshot_destroy(s);
	feed(m, rec_probe("sys_enter", QPW_PROBE_TP_BTF, 0, ""));
	s = snap(m);
	assert_true(snapshot_counts_calls(s));
	s->probes[0].state = QPW_PROBE_MISSING;
	assert_false(snapshot_counts_calls(s));
	s->counts.system_calls = 1;
	assert_true(snapshot_counts_calls(s));
	snapshot_destroy(s);
	model_destroy(m);
}

/* Outside of the window nothing counts. */
static void test_window(void **state)
{
	struct qpw_origin o = origin(100, 70, "churn", 0, 0);
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_window(5000, 0));
	feed_points(m);
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &o));
	feed(m, rec_window(5000, 6000));
	s = snap(m);
	assert_int_equal(s->nr_caused, 0);
	assert_int_equal(s->nr_moves, 0);
	assert_int_equal(s->nr_locks, 0);
	assert_int_equal(s->nr_taken, 0);
	assert_int_equal(s->counts.tick_kept[QPW_TICK_SCHED], 0);
	snapshot_destroy(s);
	model_destroy(m);
}

/* More origins than there is room for: the rarest are only counted, also when boots are merged. */
static void test_left_out(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s, *sum = snapshot_create();

	(void)state;
	for (uint32_t i = 0; i < SNAP_CAUSED + 10; i++) {
		struct qpw_origin o = rec_origin(900, i % 4000, 70, "churn");

		feed(m, rec_ipi(1, 1000 + i, 1000 + i, QPW_IPI_RESCHEDULE, 0, &o));
		if (i == SNAP_CAUSED + 9)
			feed(m, rec_ipi(1, 9000, 9001, QPW_IPI_RESCHEDULE, 0, &o));
	}
	s = snap(m);
	assert_int_equal(s->nr_caused, SNAP_CAUSED);
	assert_int_equal(s->caused_left_out, 10);
	assert_int_equal(s->caused[0].origin.cpu, SNAP_CAUSED + 9);
	assert_non_null(sum);
	assert_int_equal(snapshot_merge(sum, s), 0);
	assert_int_equal(snapshot_merge(sum, s), 0);
	assert_int_equal(sum->nr_caused, SNAP_CAUSED);
	assert_int_equal(sum->caused_left_out, 20);
	snapshot_destroy(sum);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Two boots: rows of the same origin and stack become one, of another stack stay apart. */
static void test_merge(void **state)
{
	struct qpw_origin o = origin(900, 70, "churn", 1, 7), p = origin(900, 80, "churn", 0, 7);
	struct model *m = new_model(0, 0), *n = new_model(0, 0);
	struct snapshot *s, *t;

	(void)state;
	tell_places(m);
	tell_places(n);
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN, FN_DRAIN, &o));
	o.pid = 90;
	feed(n, rec_work(QPW_KIND_WORK, 1, 1300, 1400, QPW_F_BEGIN, FN_DRAIN, &o));
	feed(n, rec_work(QPW_KIND_WORK, 1, 1500, 1600, QPW_F_BEGIN, FN_DRAIN, &p));
	s = snap(m);
	t = snap(n);
	assert_int_equal(snapshot_merge(s, t), 0);
	assert_int_equal(s->nr_caused, 2);
	assert_int_equal(s->caused[0].origin.count, 2);
	assert_int_equal(s->caused[0].origin.pid, SNAP_PID_MANY);
	assert_int_equal(s->caused[0].wait_ns, 100 + 400);
	assert_int_equal(s->caused[0].wait_max_ns, 400);
	assert_int_equal(s->caused[1].origin.pid, 80);
	assert_string_equal(s->caused[1].stack, "");
	snapshot_destroy(t);
	snapshot_destroy(s);
	model_destroy(n);
	model_destroy(m);
}

static union rec flush_of(uint32_t target_cpu, uint64_t start, uint64_t end, const char *comm)
{
	union rec r = rec_flush(0, start, end, QPW_FLUSH_WORK, FN_DRAIN, comm);

	r.flush.target_cpu = target_cpu;
	return r;
}

static void check_waiters(const struct snapshot *s, uint64_t times)
{
	assert_int_equal(s->nr_waiters, 4);
	assert_string_equal(s->waiters[0].comm, "churn");
	assert_string_equal(s->waiters[0].function, "lru_add_drain_all");
	assert_string_equal(s->waiters[0].work, "");
	assert_int_equal(s->waiters[0].target_cpu, SNAP_CPU_UNKNOWN);
	assert_int_equal(s->waiters[0].count, times);
	assert_int_equal(s->waiters[1].target_cpu, 1);
	assert_string_equal(s->waiters[1].function, "__flush_work");
	assert_string_equal(s->waiters[1].work, "lru_add_drain_per_cpu");
	assert_int_equal(s->waiters[1].count, 2 * times);
	assert_int_equal(s->waiters[1].total_ns, 400 * times);
	assert_int_equal(s->waiters[1].max_ns, 300);
	assert_string_equal(s->waiters[2].comm, "stress");
	assert_int_equal(s->waiters[2].target_cpu, 1);
	assert_int_equal(s->waiters[2].total_ns, 50 * times);
	assert_int_equal(s->waiters[3].target_cpu, 3);
	assert_int_equal(s->waiters[3].total_ns, 20 * times);
}

/* Whose work was waited for, and by whom; a wait that is skipped or outside the window is none. */
static void test_waiters(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s, *sum = snapshot_create();

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));
	feed(m, rec_window(1000, 0));
	feed(m, flush_of(1, 900, 950, "churn"));
	feed(m, flush_of(1, 1100, 1400, "churn"));
	feed(m, flush_of(1, 1500, 1600, "churn"));
	feed(m, flush_of(1, 1700, 1750, "stress"));
	feed(m, flush_of(3, 1800, 1820, "churn"));
	feed(m, rec_flush(0, 1090, 1900, QPW_FLUSH_LRU_ADD_DRAIN_ALL, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_FLUSH, 1, 1910, 1990, QPW_F_SKIPPED, FN_DRAIN, 0, "churn"));
	s = snap(m);
	check_waiters(s, 1);
	assert_non_null(sum);
	assert_int_equal(snapshot_merge(sum, s), 0);
	assert_int_equal(snapshot_merge(sum, s), 0);
	check_waiters(sum, 2);
	snapshot_destroy(sum);
	snapshot_destroy(s);
	model_destroy(m);
}

/* What is no task has the name that programs give it, a task of that name another. */
static void test_contexts(void **state)
{
	static const struct {
		const char *comm;
		uint32_t pid;
		uint64_t cgroup;
		const char *shown;
	} who[] = {
		{ "[irq]", LIVE_PID_MANY, 0, "[irq]" },
		{ "[softirq]", LIVE_PID_MANY, 0, "[softirq]" },
		{ "[irq]", 77, 5, "'[irq]'" },
		{ "[softirq]", LIVE_PID_MANY, 5, "'[softirq]'" },
	};
	const struct qpw_live_key ipi = table_key(QPW_KIND_IPI, 0, 0, 0xffffffff81000100U, "");
	struct qpw_live_table *t = calloc(1, sizeof(*t));
	struct model *m = new_model(0, 1);
	struct snapshot *s;
	uint32_t row;

	(void)state;
	assert_non_null(t);
	row = table_add(t, &ipi, 15, true, 400, 400);
	for (uint32_t i = 0; i < ARRAY_SIZE(who); i++) {
		struct qpw_origin o = { .pid = who[i].pid, .cgroup = who[i].cgroup };

		snprintf(o.comm, sizeof(o.comm), "%s", who[i].comm);
		table_add_who(t, row, &o, 1 << i, 100);
	}
	assert_int_equal(model_begin_tables(m, 1000), 0);
	assert_int_equal(model_feed_table(m, 1, t), 0);
	s = snap(m);
	assert_int_equal(s->nr_caused, ARRAY_SIZE(who));
	for (uint32_t i = 0; i < ARRAY_SIZE(who); i++) {
		const struct snap_caused *c = &s->caused[ARRAY_SIZE(who) - 1 - i];

		assert_int_equal(c->origin.count, 1 << i);
		assert_string_equal(c->origin.comm, who[i].shown);
	}
	snapshot_destroy(s);
	model_destroy(m);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts),     cmocka_unit_test(test_caused),
		cmocka_unit_test(test_equal_stacks), cmocka_unit_test(test_unnamed_calls),
		cmocka_unit_test(test_call_sites),   cmocka_unit_test(test_context),
		cmocka_unit_test(test_context_told), cmocka_unit_test(test_told_later),
		cmocka_unit_test(test_classes),	     cmocka_unit_test(test_points),
		cmocka_unit_test(test_counts),	     cmocka_unit_test(test_window),
		cmocka_unit_test(test_merge),	     cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_waiters),	     cmocka_unit_test(test_calls_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
