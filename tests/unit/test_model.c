// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model on traces written by hand: nesting, windows, counting, names. What the
 * figures must be is worked out in the comments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../feeding.h"
#include "../records.h"
#include "model/model.h"
#include "util/array.h"

#define FN_DRAIN 0xffffffff81000000U
#define FN_TICK 0xffffffff81000100U
#define FN_WAKEUP 0xffffffff81000200U

static const struct snap_cause *cause(const struct snapshot *s, enum snap_class class,
				      const char *name)
{
	for (size_t i = 0; i < s->nr_causes; i++)
		if (s->causes[i].class == class && !strcmp(s->causes[i].name, name))
			return &s->causes[i];
	fail_msg("%s: not there", name);
	return NULL;
}

static void expect_total(const struct snapshot *s, enum snap_class class, uint64_t count,
			 uint64_t self_ns, uint64_t max_ns)
{
	assert_int_equal(s->classes[class].count, count);
	assert_int_equal(s->classes[class].self_ns, self_ns);
	assert_int_equal(s->classes[class].max_ns, max_ns);
}

/*
 * A kworker runs 1000…2000. In it a work 1100…1900, in that a softirq 1200…1500, in that an
 * IRQ 1300…1400; beside the softirq, in the work, an IPI 1600…1650. At last an IRQ 2100…2150.
 */
static void test_nesting(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "drain"));
	feed(m, rec_irq(1, 1300, 1400, "nic"));
	feed(m, rec_softirq(1, 1200, 1500, 3));
	feed(m, rec_ipi(1, 1600, 1650, QPW_IPI_RESCHEDULE, 0, NULL));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1100, 1900, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, NULL));
	feed(m, rec_thread(1, 1000, 2000, 33, "kworker/1:1"));
	feed(m, rec_irq(1, 2100, 2150, "nic"));
	s = snap(m);
	expect_total(s, SNAP_IRQ, 2, 150, 100);
	expect_total(s, SNAP_SOFTIRQ, 1, 200, 300);
	expect_total(s, SNAP_IPI, 1, 50, 50);
	expect_total(s, SNAP_WORK, 1, 450, 800);
	expect_total(s, SNAP_THREAD, 1, 200, 1000);
	assert_int_equal(cause(s, SNAP_WORK, "drain")->total_ns, 800);
	assert_int_equal(cause(s, SNAP_SOFTIRQ, "NET_RX")->self_ns, 200);
	assert_int_equal(cause(s, SNAP_IPI, "reschedule")->count, 1);
	assert_string_equal(s->causes[0].name, "drain");
	assert_int_equal(s->nr_events, 6);
	assert_false(s->window_closed);
	assert_int_equal(s->window_start_ns, 1000);
	assert_int_equal(s->window_ns, 1150);
	snapshot_destroy(s);
	model_destroy(m);
}

/* The same on two CPUs at once: nothing of one CPU nests in the other. */
static void test_cpus_apart(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(2, 1300, 1400, "nic"));
	feed(m, rec_thread(1, 1000, 2000, 33, "a"));
	s = snap(m);
	assert_int_equal(cause(s, SNAP_THREAD, "a")->self_ns, 1000);
	snapshot_destroy(s);
	model_destroy(m);
}

/* A run that encloses more intervals than the model keeps still gets its exact self time. */
static void test_long_run(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	for (uint64_t i = 0; i < 100000; i++)
		feed(m, rec_irq(1, 1000 + i * 100, 1000 + i * 100 + 7, "nic"));
	feed(m, rec_thread(1, 900, 1000 + 100000 * 100, 33, "a"));
	s = snap(m);
	expect_total(s, SNAP_THREAD, 1, 10000100 - 700000, 10000100);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Overlaps that a complete recording can't have: no time counts twice, none is negative. */
static void test_broken_nesting(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(1, 100, 200, "a"));
	feed(m, rec_irq(1, 150, 300, "b")); /* 100 of it are new */
	feed(m, rec_irq(1, 120, 250, "c")); /* late and covered */
	feed(m, rec_irq(1, 0, 50, "d"));    /* late, before all */
	feed(m, rec_irq(1, 400, 400, "e"));
	s = snap(m);
	assert_int_equal(cause(s, SNAP_IRQ, "b")->self_ns, 100);
	assert_int_equal(cause(s, SNAP_IRQ, "c")->self_ns, 0);
	assert_true(s->classes[SNAP_IRQ].self_ns <= 250);
	snapshot_destroy(s);
	model_destroy(m);
}

/*
 * A work 100…300 ends, and before the program has told that, a timer interrupts it at 900…1600,
 * in that an IRQ at 1000…1100. Of the thread's 2000, that leaves 2000 - 200 - 700.
 */
static void test_told_late(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(1, 1000, 1100, "nic"));
	feed(m, rec_timer(1, 900, 1600, 0, FN_WAKEUP));
	feed(m, rec_work(QPW_KIND_WORK, 1, 100, 300, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, NULL));
	feed(m, rec_thread(1, 0, 2000, 33, "kworker/1:1"));
	s = snap(m);
	expect_total(s, SNAP_WORK, 1, 200, 200);
	expect_total(s, SNAP_TIMER, 1, 600, 700);
	expect_total(s, SNAP_THREAD, 1, 1100, 2000);
	snapshot_destroy(s);
	model_destroy(m);
}

/*
 * Window 1000…2000, both edges in. Counted: what starts inside; of what reaches across an edge
 * the time inside: 1 ns of the first interrupt, none of the last. Told before the window opened
 * and drained after it closed: not counted.
 */
static void test_window(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(1, 500, 510, "a"));
	feed(m, rec_sample(1, 400, 410, 420, 430, 5000));
	feed(m, rec_window(1000, 0));
	feed(m, rec_irq(1, 990, 1001, "a"));
	feed(m, rec_irq(1, 1000 + 1, 1005, "a"));
	feed(m, rec_sample(1, 1100, 1110, 1120, 1130, 1140));
	s = snap(m);
	assert_false(s->window_closed);
	assert_int_equal(s->window_start_ns, 1000);
	assert_int_equal(s->window_ns, 4000);
	expect_total(s, SNAP_IRQ, 1, 1 + 4, 4);
	assert_int_equal(s->nr_samples, 1);
	assert_int_equal(s->nr_outliers, 1);
	snapshot_destroy(s);
	feed(m, rec_window(1000, 2000));
	feed(m, rec_irq(1, 2000, 2010, "a"));
	feed(m, rec_irq(1, 2001 + 10, 2020, "a"));
	feed(m, rec_sample(1, 2001, 0, 0, 0, 2300));
	feed(m, rec_sample(1, 1999, 0, 0, 0, 2300));
	s = snap(m);
	assert_true(s->window_closed);
	assert_int_equal(s->window_ns, 1000);
	assert_int_equal(s->window_end_ns, 2000);
	expect_total(s, SNAP_IRQ, 2, 1 + 4 + 0, 10);
	assert_int_equal(s->nr_samples, 2);
	assert_int_equal(hist_max(s->latency), 301);
	assert_int_equal(s->nr_events, 9);
	snapshot_destroy(s);
	model_destroy(m);
}

/*
 * Window 1000 to 2000. A hog has the CPU from 500 to 1500, with interrupts 900 to 1100 and 1200 to
 * 1250, and from 1800 to 5000, with interrupts 1990 to 2020 and 3000 to 3100. In the window that is
 * 500 ns less 100 and 50, and 200 less 10, of the hog; of interrupts 100, 50 and 10. One that ends
 * as the window opens has nothing in it.
 */
static void test_across_edges(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_thread(1, 400, 500, 9, "before"));
	feed(m, rec_irq(2, 600, 1000, "touching"));
	feed(m, rec_window(1000, 0));
	feed(m, rec_irq(1, 900, 1100, "nic"));
	feed(m, rec_irq(1, 1200, 1250, "nic"));
	feed(m, rec_thread(1, 500, 1500, 66, "hog"));
	feed(m, rec_irq(2, 700, 1000, "touching"));
	feed(m, rec_window(1000, 2000));
	feed(m, rec_irq(1, 1990, 2020, "nic"));
	feed(m, rec_irq(1, 3000, 3100, "nic"));
	feed(m, rec_thread(1, 1800, 5000, 66, "hog"));
	s = snap(m);
	expect_total(s, SNAP_THREAD, 1, 350 + 190, 3200);
	expect_total(s, SNAP_IRQ, 2, 100 + 50 + 10, 100);
	assert_int_equal(cause(s, SNAP_THREAD, "hog")->total_ns, 500 + 3200);
	assert_int_equal(s->nr_causes, 2);
	snapshot_destroy(s);
	model_destroy(m);
}

/*
 * Counted anew from 1500 on, in a window whose end is known or told later: of irqs of 4, 5 and 6 ns
 * the second one is in it, the third behind its end.
 */
static void test_count_anew(void **state)
{
	(void)state;
	for (int told_before = 0; told_before < 2; told_before++) {
		struct model *m = new_model(0, 0);
		struct snapshot *s;

		feed(m, rec_window(1000, 0));
		feed(m, rec_irq(1, 1100, 1104, "a"));
		feed(m, rec_sample(1, 1100, 1110, 1120, 1130, 1140));
		if (told_before)
			feed(m, rec_window(1000, 2000));
		assert_int_equal(model_restart(m, 1500), 0);
		s = snap(m);
		expect_total(s, SNAP_IRQ, 0, 0, 0);
		assert_int_equal(s->nr_samples, 0);
		assert_int_equal(s->nr_outliers, 0);
		snapshot_destroy(s);
		feed(m, rec_irq(1, 1600, 1605, "a"));
		if (!told_before)
			feed(m, rec_window(1000, 2000));
		feed(m, rec_irq(1, 2100, 2106, "a"));
		s = snap(m);
		expect_total(s, SNAP_IRQ, 1, 5, 5);
		assert_true(s->window_closed);
		assert_int_equal(s->window_start_ns, 1500);
		assert_int_equal(s->window_end_ns, 2000);
		snapshot_destroy(s);
		/* behind its end there is nothing to count */
		assert_int_equal(model_restart(m, 2500), 0);
		s = snap(m);
		expect_total(s, SNAP_IRQ, 0, 0, 0);
		assert_int_equal(s->window_ns, 0);
		snapshot_destroy(s);
		model_destroy(m);
	}
}

/* A closing record alone, or one that ends before it starts, is no window. */
static void test_bad_window(void **state)
{
	struct model *m = new_model(0, 0);
	union rec r = rec_window(1000, 2000);

	(void)state;
	assert_int_equal(model_feed(m, &r.h), -EINVAL);
	feed(m, rec_window(1000, 0));
	r = rec_window(1000, 999);
	assert_int_equal(model_feed(m, &r.h), -EINVAL);
	model_destroy(m);
}

static const struct snap_work *work(const struct snapshot *s, const char *function)
{
	for (size_t i = 0; i < s->nr_works; i++)
		if (!strcmp(s->works[i].function, function))
			return &s->works[i];
	fail_msg("%s: not there", function);
	return NULL;
}

/*
 * Work for CPU 1: queued by churn on CPU 0 at 900, run in two parts with another task between; a
 * second one queued locally; a third whose queuer was not seen; two inlined by churn on CPU 0.
 */
static void test_works(void **state)
{
	const struct qpw_origin remote = rec_origin(900, 0, 7, "churn");
	const struct qpw_origin local = rec_origin(2900, 1, 8, "app");
	struct model *m = new_model(0, 0);
	const struct snap_work *w;
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));
	feed(m, rec_work(QPW_KIND_WORK_QUEUE, 1, 900, 900, 0, FN_DRAIN, &remote));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 1100, QPW_F_BEGIN, FN_DRAIN, &remote));
	feed(m, rec_thread(1, 1100, 1500, 9, "rt"));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1500, 1550, QPW_F_END, FN_DRAIN, &remote));
	feed(m, rec_work(QPW_KIND_WORK, 1, 3000, 3010, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &local));
	feed(m, rec_work(QPW_KIND_WORK, 1, 4000, 4010, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, NULL));
	feed(m, rec_op(QPW_KIND_QPW_INLINE, 1, 5000, 5020, 0, FN_DRAIN, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_QUEUE, 1, 5000, 5000, QPW_F_INLINE, FN_DRAIN, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_INLINE, 1, 5100, 5130, 0, FN_DRAIN, 0, "churn"));
	s = snap(m);
	assert_int_equal(s->nr_works, 1);
	w = work(s, "lru_add_drain_per_cpu");
	assert_int_equal(w->queued, 1);
	assert_int_equal(w->executed, 3);
	assert_int_equal(w->remote, 1);
	assert_int_equal(w->unknown, 1);
	assert_int_equal(w->inlined, 2);
	assert_int_equal(w->run_ns, 170);
	assert_int_equal(w->inline_ns, 50);
	assert_int_equal(hist_count(w->wait), 2);
	assert_int_equal(hist_max(w->wait), 100);
	assert_int_equal(w->nr_origins, 2);
	assert_string_equal(w->origins[0].comm, "churn");
	assert_int_equal(w->origins[0].count, 3);
	assert_int_equal(w->origins[0].pid, SNAP_PID_MANY); /* 7 queued, 77 ran inline */
	assert_string_equal(w->origins[1].comm, "app");
	assert_int_equal(w->origins[1].cpu, 1);
	expect_total(s, SNAP_WORK, 3, 170, 100);
	expect_total(s, SNAP_THREAD, 1, 400, 400);
	snapshot_destroy(s);
	model_destroy(m);
}

static const struct snap_flush *flush(const struct snapshot *s, const char *function,
				      const char *of)
{
	for (size_t i = 0; i < s->nr_flushes; i++)
		if (!strcmp(s->flushes[i].function, function) && !strcmp(s->flushes[i].work, of))
			return &s->flushes[i];
	fail_msg("%s of %s: not there", function, of);
	return NULL;
}

static void test_flushes(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "drain"));
	feed(m, rec_flush(0, 100, 400, QPW_FLUSH_WORK, FN_DRAIN, "churn"));
	feed(m, rec_flush(0, 500, 600, QPW_FLUSH_WORK, FN_DRAIN, "churn"));
	feed(m, rec_flush(0, 90, 650, QPW_FLUSH_LRU_ADD_DRAIN_ALL, 0, "churn"));
	feed(m, rec_flush(0, 90, 95, 99, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_FLUSH, 1, 700, 700, QPW_F_SKIPPED, FN_DRAIN, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_FLUSH, 1, 700, 740, 0, FN_DRAIN, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_CONTENDED, 1, 800, 803, QPW_F_REMOTE, 0, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_CONTENDED, 1, 800, 809, QPW_F_REMOTE, 0, 0, "churn"));
	feed(m, rec_op(QPW_KIND_QPW_CONTENDED, 1, 900, 902, 0, 0, 1, "app"));
	s = snap(m);
	assert_int_equal(s->nr_flushes, 4);
	assert_int_equal(flush(s, "__flush_work", "drain")->count, 2);
	assert_int_equal(flush(s, "__flush_work", "drain")->total_ns, 400);
	assert_int_equal(hist_max(flush(s, "__flush_work", "drain")->wait), 300);
	assert_int_equal(flush(s, "lru_add_drain_all", "")->total_ns, 560);
	assert_int_equal(flush(s, "unknown flush", "")->count, 1);
	assert_int_equal(flush(s, "flush_percpu_work", "drain")->skipped, 1);
	assert_int_equal(flush(s, "flush_percpu_work", "drain")->count, 1);
	assert_int_equal(s->contended[1].count, 2);
	assert_int_equal(s->contended[1].total_ns, 12);
	assert_int_equal(s->contended[1].max_ns, 9);
	assert_true(s->contended[1].remote);
	assert_int_equal(s->contended[0].count, 1);
	/* waiting on a housekeeping CPU interrupts nobody */
	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		assert_int_equal(s->classes[i].count, 0);
	snapshot_destroy(s);
	model_destroy(m);
}

static void test_names(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_TICK, "tick_nohz_handler"));
	feed(m, rec_symbol(FN_WAKEUP, "hrtimer_wakeup"));
	feed(m, rec_timer(1, 0, 1, QPW_F_TICK, FN_TICK));
	feed(m, rec_timer(1, 10, 11, QPW_F_TICK, 0));
	feed(m, rec_timer(1, 20, 21, QPW_F_VICTIM, FN_WAKEUP));
	feed(m, rec_timer(1, 30, 31, QPW_F_VICTIM | QPW_F_TICK, FN_TICK));
	feed(m, rec_timer(1, 40, 41, 0, 0));
	feed(m, rec_timer(1, 50, 51, 0, 0xabcdef));
	feed(m, rec_softirq(1, 60, 61, 9));
	feed(m, rec_softirq(1, 62, 63, 10));
	feed(m, rec_irq(1, 64, 65, ""));
	feed(m, rec_irq(1, 66, 67, "sixteen-bytes-xy"));
	feed(m, rec_ipi(1, 68, 69, QPW_IPI_IRQ_WORK, 0, NULL));
	feed(m, rec_ipi(1, 70, 71, 1234, 0, NULL));
	feed(m, rec_ipi(1, 72, 73, QPW_IPI_CALL_FUNCTION, FN_WAKEUP, NULL));
	feed(m, rec_make(QPW_KIND_NMI, 1, 74, 75, 0));
	s = snap(m);
	cause(s, SNAP_TICK, "tick_nohz_handler");
	cause(s, SNAP_TICK, "tick");
	cause(s, SNAP_TIMER, "victim timer (hrtimer_wakeup)");
	cause(s, SNAP_TICK, "tick and victim timer");
	cause(s, SNAP_TIMER, "nothing expired");
	cause(s, SNAP_TIMER, "0xabcdef");
	cause(s, SNAP_SOFTIRQ, "RCU");
	cause(s, SNAP_SOFTIRQ, "softirq 10");
	cause(s, SNAP_IRQ, "irq 0");
	cause(s, SNAP_IRQ, "sixteen-bytes-xy");
	cause(s, SNAP_IPI, "irq_work");
	cause(s, SNAP_IPI, "unknown vector");
	cause(s, SNAP_IPI, "hrtimer_wakeup");
	cause(s, SNAP_NMI, "nmi");
	assert_int_equal(s->nr_causes, 14);
	snapshot_destroy(s);
	model_destroy(m);
}

/* The longest name there can be, as a victim's timer: cut, and still closed. */
static void test_long_name(void **state)
{
	char name[QPW_SYMBOL_LEN], want[QPW_SYMBOL_LEN];
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(want, sizeof(want), "victim timer (%.48s)", name);
	assert_int_equal(strlen(want), sizeof(want) - 1);
	feed(m, rec_symbol(FN_WAKEUP, name));
	feed(m, rec_timer(1, 20, 21, QPW_F_VICTIM, FN_WAKEUP));
	s = snap(m);
	cause(s, SNAP_TIMER, want);
	snapshot_destroy(s);
	model_destroy(m);
}

static void check_losses(const struct snapshot *s, uint64_t times)
{
	const struct snap_loss want[] = {
		{ 0, SNAP_KIND_UNKNOWN, 9 }, { 2, QPW_KIND_SOFTIRQ, 4 },  { 2, QPW_KIND_THREAD, 3 },
		{ 2, SNAP_KIND_UNKNOWN, 2 }, { 3, SNAP_KIND_UNKNOWN, 1 },
	};

	assert_int_equal(s->nr_losses, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(s->lost[i].cpu, want[i].cpu);
		assert_int_equal(s->lost[i].kind, want[i].kind);
		assert_int_equal(s->lost[i].count, want[i].count * times);
	}
}

static void test_meta(void **state)
{
	union rec lost = rec_lost_kind(2, QPW_KIND_SOFTIRQ, 4);
	struct model *m = new_model(0, 0);
	struct snapshot *s, *sum = snapshot_create();

	(void)state;
	lost.lost.by_kind[QPW_KIND_THREAD] = 3;
	lost.lost.nr_lost = 9;
	feed(m, rec_lost(0, 5));
	feed(m, rec_lost(0, 9));
	feed(m, rec_lost(3, 1));
	feed(m, rec_lost(0, 7)); /* cumulative: an older figure says nothing new */
	feed(m, lost);
	feed(m, rec_probe("b_probe", QPW_PROBE_MISSING, -1, "flush waits"));
	feed(m, rec_probe("a_probe", QPW_PROBE_TP_BTF, 0, ""));
	model_set_truncated(m);
	s = snap(m);
	assert_int_equal(s->nr_lost, 9 + 9 + 1);
	check_losses(s, 1);
	assert_non_null(sum);
	assert_int_equal(snapshot_merge(sum, s), 0);
	assert_int_equal(snapshot_merge(sum, s), 0);
	check_losses(sum, 2);
	snapshot_destroy(sum);
	assert_int_equal(s->nr_events, 0);
	assert_int_equal(s->nr_probes, 2);
	assert_string_equal(s->probes[0].name, "a_probe");
	assert_int_equal(s->probes[1].state, QPW_PROBE_MISSING);
	assert_int_equal(s->probes[1].error, -1);
	assert_string_equal(s->probes[1].loses, "flush waits");
	assert_true(s->truncated);
	assert_int_equal(s->window_ns, 0);
	snapshot_destroy(s);
	model_destroy(m);
	model_destroy(NULL);
}

static void test_refused(void **state)
{
	struct model *m = new_model(0, 0);
	union rec r = rec_irq(1, 100, 200, "nic");
	struct snapshot *s;

	(void)state;
	r.h.size = 48;
	assert_int_equal(model_feed(m, &r.h), -EINVAL);
	r = rec_irq(1, 200, 100, "nic");
	assert_int_equal(model_feed(m, &r.h), -EINVAL);
	r = rec_irq(4096, 100, 200, "nic");
	assert_int_equal(model_feed(m, &r.h), -EINVAL);
	r.h.kind = 99;
	r.h.size = 8;
	assert_int_equal(model_feed(m, &r.h), -EINVAL);
	r.h.cpu = 1;
	r.h.size = 40;
	assert_int_equal(model_feed(m, &r.h), 0); /* unknown: counted, otherwise ignored */
	r.h.kind = 999;
	assert_int_equal(model_feed(m, &r.h), 0);
	s = snap(m);
	assert_int_equal(s->nr_events, 1);
	assert_int_equal(s->nr_causes, 0);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nesting),	     cmocka_unit_test(test_cpus_apart),
		cmocka_unit_test(test_long_run),     cmocka_unit_test(test_broken_nesting),
		cmocka_unit_test(test_told_late),    cmocka_unit_test(test_window),
		cmocka_unit_test(test_across_edges), cmocka_unit_test(test_count_anew),
		cmocka_unit_test(test_bad_window),   cmocka_unit_test(test_works),
		cmocka_unit_test(test_flushes),	     cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_name),    cmocka_unit_test(test_meta),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
