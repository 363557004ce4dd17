// SPDX-License-Identifier: GPL-2.0-only
/*
 * Late samples of traces written by hand, and what the model says they are made of. What it must
 * say is worked out in the comments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../feeding.h"
#include "../records.h"
#include "util/array.h"

#define FN_DRAIN 0xffffffff81000000U
#define FN_WAKEUP 0xffffffff81000200U
#define VICTIM_TIMER "victim timer (hrtimer_wakeup)"

static uint64_t part_ns(const struct snap_outlier *o, enum snap_step step, enum snap_class class,
			const char *name)
{
	for (uint32_t i = 0; i < o->nr_parts; i++)
		if (o->parts[i].step == step && o->parts[i].class == class &&
		    !strcmp(o->parts[i].name, name))
			return o->parts[i].ns;
	return 0;
}

/* Of the sample of test_decomposition; the first interrupt was over before it. */
static void check_spans(const struct snap_outlier *o)
{
	static const struct {
		enum snap_class class;
		const char *name;
		uint64_t start_ns, end_ns, before_ns, self_ns;
	} want[] = {
		{ SNAP_THREAD, "hog", 10000, 10400, 1000, 300 },
		{ SNAP_IRQ, "nic", 10100, 10150, 0, 50 },
		{ SNAP_TIMER, VICTIM_TIMER, 10300, 10350, 0, 50 },
		{ SNAP_THREAD, "kworker/1:1", 10400, 10900, 0, 200 },
		{ SNAP_WORK, "drain", 10500, 10800, 0, 300 },
	};

	assert_int_equal(o->nr_spans, ARRAY_SIZE(want));
	assert_int_equal(o->nr_spans_left_out, 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct snap_span *p = &o->spans[i];

		assert_int_equal(p->class, want[i].class);
		assert_string_equal(p->name, want[i].name);
		assert_int_equal(p->start_ns, want[i].start_ns);
		assert_int_equal(p->end_ns, want[i].end_ns);
		assert_int_equal(p->before_ns, want[i].before_ns);
		assert_int_equal(p->self_ns, want[i].self_ns);
		assert_int_equal(p->origin.count, want[i].class == SNAP_WORK);
		assert_int_equal(p->origin_ns, want[i].class == SNAP_WORK ? 10200 : 0);
	}
	assert_string_equal(o->spans[4].origin.comm, "churn");
	assert_int_equal(o->spans[4].origin.cpu, 0);
}

/*
 * Expiry 10000. A thread "hog" runs 9000…10400, in it an IRQ 10100…10150. The timer interrupt
 * 10300…10350 expires the timer at 10310 and wakes at 10340, inside the run of the hog. A kworker
 * runs 10400…10900 with a work 10500…10800 from CPU 0. Switch-in at 11000; latency 1000.
 *   irq step 10000…10310: irq 50, timer 10, hog 250 (100+150), residual 0
 *   wakeup step 10310…10340: timer 30
 *   run step 10340…11000: timer 10, hog 50, kworker 200, work 300, residual 100
 */
static void test_decomposition(void **state)
{
	const struct qpw_origin origin = rec_origin(10200, 0, 7, "churn");
	struct model *m = new_model(0, 0);
	const struct snap_outlier *o;
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "drain"));
	feed(m, rec_symbol(FN_WAKEUP, "hrtimer_wakeup"));
	feed(m, rec_irq(1, 8000, 8100, "nic"));
	feed(m, rec_irq(1, 10100, 10150, "nic"));
	feed(m, rec_timer(1, 10300, 10350, QPW_F_VICTIM, FN_WAKEUP));
	feed(m, rec_thread(1, 9000, 10400, 20, "hog"));
	feed(m,
	     rec_work(QPW_KIND_WORK, 1, 10500, 10800, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &origin));
	feed(m, rec_thread(1, 10400, 10900, 33, "kworker/1:1"));
	feed(m, rec_sample(1, 10000, 10300, 10310, 10340, 11000));
	s = snap(m);
	assert_int_equal(s->nr_outliers, 1);
	o = &s->outliers[0];
	assert_int_equal(o->latency_ns, 1000);
	assert_string_equal(o->comm, "cyclictest");
	assert_int_equal(o->step_ns[SNAP_STEP_IRQ], 310);
	assert_int_equal(o->step_ns[SNAP_STEP_WAKEUP], 30);
	assert_int_equal(o->step_ns[SNAP_STEP_RUN], 660);
	assert_int_equal(o->residual_ns[SNAP_STEP_IRQ], 0);
	assert_int_equal(o->residual_ns[SNAP_STEP_WAKEUP], 0);
	assert_int_equal(o->residual_ns[SNAP_STEP_RUN], 100);
	assert_int_equal(part_ns(o, SNAP_STEP_IRQ, SNAP_IRQ, "nic"), 50);
	assert_int_equal(part_ns(o, SNAP_STEP_IRQ, SNAP_TIMER, VICTIM_TIMER), 10);
	assert_int_equal(part_ns(o, SNAP_STEP_IRQ, SNAP_THREAD, "hog"), 250);
	assert_int_equal(part_ns(o, SNAP_STEP_WAKEUP, SNAP_TIMER, VICTIM_TIMER), 30);
	assert_int_equal(part_ns(o, SNAP_STEP_RUN, SNAP_THREAD, "hog"), 50);
	assert_int_equal(part_ns(o, SNAP_STEP_RUN, SNAP_THREAD, "kworker/1:1"), 200);
	assert_int_equal(part_ns(o, SNAP_STEP_RUN, SNAP_WORK, "drain"), 300);
	assert_int_equal(o->nr_parts, 8);
	assert_string_equal(o->parts[0].name, "drain");
	assert_string_equal(o->parts[0].origin.comm, "churn");
	assert_int_equal(o->parts[0].origin.count, 1);
	check_spans(o);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Where an IPI in it was sent from is told of the interval; older recordings do not tell it. */
static void test_call_site(void **state)
{
	const struct qpw_origin by = rec_origin(10200, 0, 7, "churn");
	struct model *m = new_model(0, 0);
	const struct snap_outlier *o;
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "membarrier+0x10"));
	feed(m, rec_ipi_from(1, 10500, 10600, QPW_IPI_RESCHEDULE, 0, &by, FN_DRAIN));
	feed(m, rec_ipi(1, 10700, 10800, QPW_IPI_RESCHEDULE, 0, &by));
	feed(m, rec_sample(1, 10000, 10300, 10310, 10340, 11000));
	s = snap(m);
	assert_int_equal(s->nr_outliers, 1);
	o = &s->outliers[0];
	assert_int_equal(o->nr_spans, 2);
	assert_string_equal(o->spans[0].callsite, "membarrier+0x10");
	assert_string_equal(o->spans[1].callsite, "");
	/* by whom they are one part */
	assert_int_equal(o->nr_parts, 1);
	assert_int_equal(o->parts[0].origin.count, 2);
	snapshot_destroy(s);
	model_destroy(m);
}

/* The run that delayed the victim ends with its switch-in and may be told after the sample. */
static void test_late_record(void **state)
{
	struct model *m = new_model(0, 0);
	struct snapshot *before, *after;

	(void)state;
	feed(m, rec_sample(1, 1000, 1010, 1020, 1030, 2000));
	before = snap(m);
	assert_int_equal(before->outliers[0].residual_ns[SNAP_STEP_RUN], 970);
	feed(m, rec_thread(1, 900, 2000, 20, "hog"));
	feed(m, rec_irq(1, 2500, 2600, "nic"));
	after = snap(m);
	assert_int_equal(after->nr_outliers, 1);
	assert_int_equal(after->outliers[0].residual_ns[SNAP_STEP_RUN], 0);
	assert_int_equal(part_ns(&after->outliers[0], SNAP_STEP_RUN, SNAP_THREAD, "hog"), 970);
	snapshot_destroy(before);
	snapshot_destroy(after);
	model_destroy(m);
}

/*
 * The timer expired on another CPU: what this one did meanwhile explains nothing of the time up to
 * the wake-up, and all of the time after it.
 */
static void test_remote_timer(void **state)
{
	struct model *m = new_model(0, 0);
	union rec r = rec_sample(1, 1000, 0, 1300, 1400, 2000);
	const struct snap_outlier *o;
	struct snapshot *s;

	(void)state;
	r.h.flags = QPW_F_REMOTE;
	feed(m, rec_thread(1, 900, 1900, 20, "hog"));
	feed(m, r);
	feed(m, rec_sample(1, 5000, 0, 5300, 5400, 5500));
	s = snap(m);
	assert_int_equal(s->nr_samples, 2);
	assert_int_equal(s->nr_remote_timers, 1);
	o = &s->outliers[0];
	assert_true(o->remote_timer);
	assert_int_equal(o->residual_ns[SNAP_STEP_IRQ], 300);
	assert_int_equal(o->residual_ns[SNAP_STEP_WAKEUP], 100);
	assert_int_equal(o->residual_ns[SNAP_STEP_RUN], 100);
	assert_int_equal(part_ns(o, SNAP_STEP_RUN, SNAP_THREAD, "hog"), 500);
	assert_int_equal(o->nr_parts, 1);
	assert_int_equal(o->nr_spans, 1);
	assert_int_equal(o->spans[0].start_ns, 1400);
	assert_int_equal(o->spans[0].end_ns, 1900);
	assert_int_equal(o->spans[0].before_ns, 500);
	assert_false(s->outliers[1].remote_timer);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Steps that were not seen have no length; times out of order are put in order. */
static void test_missing_steps(void **state)
{
	static const struct {
		uint64_t expire, wakeup, step[SNAP_NR_STEPS];
	} cases[] = {
		{ 0, 0, { 0, 0, 100 } },       { 1020, 0, { 20, 0, 80 } },
		{ 0, 1030, { 0, 30, 70 } },    { 1020, 1030, { 20, 10, 70 } },
		{ 1050, 1030, { 50, 0, 50 } }, { 5, 9999, { 0, 100, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct model *m = new_model(0, 0);
		struct snapshot *s;

		feed(m, rec_sample(1, 1000, 0, cases[i].expire, cases[i].wakeup, 1100));
		s = snap(m);
		for (int step = 0; step < SNAP_NR_STEPS; step++)
			assert_int_equal(s->outliers[0].step_ns[step], cases[i].step[step]);
		snapshot_destroy(s);
		model_destroy(m);
	}
}

/* The worst three are kept, and with a threshold none below it. */
static void test_which_outliers(void **state)
{
	static const uint64_t latencies[] = { 50, 10, 40, 30, 20, 45 };
	struct model *worst = new_model(0, 3), *over = new_model(42, 0);
	struct snapshot *s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(latencies); i++) {
		union rec r = rec_sample(1, 1000 * i, 0, 0, 0, 1000 * i + latencies[i]);

		feed(worst, r);
		feed(over, r);
	}
	s = snap(worst);
	assert_int_equal(s->nr_outliers, 3);
	assert_int_equal(s->outliers[0].latency_ns, 50);
	assert_int_equal(s->outliers[1].latency_ns, 45);
	assert_int_equal(s->outliers[2].latency_ns, 40);
	assert_int_equal(s->nr_samples, 6);
	snapshot_destroy(s);
	s = snap(over);
	assert_int_equal(s->nr_outliers, 2);
	assert_int_equal(s->outlier_ns, 42);
	snapshot_destroy(s);
	model_destroy(worst);
	model_destroy(over);
}

/* Of equal ones the earliest are kept, then those of the lowest CPU, however they come. */
static void test_equal_outliers(void **state)
{
	static const struct {
		uint64_t expiry;
		uint32_t cpu;
	} sorted[] = { { 1000, 1 }, { 1000, 2 }, { 2000, 1 }, { 2000, 2 } };

	(void)state;
	/* every order of four: the digits of a number to the base of four */
	for (unsigned int n = 0; n < 256; n++) {
		const unsigned int order[] = { n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6 & 3 };
		const uint32_t room = 1 + n % 3;
		struct snapshot *s;
		struct model *m;

		if ((1U << order[0] | 1U << order[1] | 1U << order[2] | 1U << order[3]) != 15)
			continue;
		m = new_model(0, room);
		for (int i = 0; i < 4; i++) {
			uint64_t expiry = sorted[order[i]].expiry;

			feed(m, rec_sample(sorted[order[i]].cpu, expiry, 0, 0, 0, expiry + 50));
		}
		/* later samples settle the ones before */
		feed(m, rec_sample(1, 9000, 0, 0, 0, 9000));
		feed(m, rec_sample(2, 9000, 0, 0, 0, 9000));
		s = snap(m);
		assert_int_equal(s->nr_outliers, room);
		for (uint32_t i = 0; i < room; i++) {
			assert_int_equal(s->outliers[i].expiry_ns, sorted[i].expiry);
			assert_int_equal(s->outliers[i].cpu, sorted[i].cpu);
		}
		snapshot_destroy(s);
		model_destroy(m);
	}
}

/* More causes than parts: the largest stay, the others are one part per step, sums hold. */
static void test_many_parts(void **state)
{
	struct model *m = new_model(0, 0);
	const struct snap_outlier *o;
	struct snapshot *s;
	uint64_t sum = 0;
	char name[16];

	(void)state;
	for (uint64_t i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "task%u", (unsigned int)i);
		feed(m, rec_thread(1, 1000 + i * 10, 1000 + i * 10 + 1 + i % 9, 20, name));
	}
	feed(m, rec_sample(1, 1000, 0, 0, 0, 5000));
	s = snap(m);
	o = &s->outliers[0];
	assert_true(o->nr_parts <= SNAP_PARTS);
	for (uint32_t i = 0; i < o->nr_parts; i++)
		sum += o->parts[i].ns;
	/* 400 runs of 1…9 ns: 44 rounds of 45 and 1 + 2 + 3 + 4 */
	assert_int_equal(sum, 44 * 45 + 10);
	assert_int_equal(o->residual_ns[SNAP_STEP_RUN], 4000 - sum);
	assert_true(part_ns(o, SNAP_STEP_RUN, SNAP_THREAD, "(other)") > 0);
	/* the longest spans: 44 of 9 ns and the first four of 8 ns; the others are sums */
	assert_int_equal(o->nr_spans, SNAP_SPANS);
	assert_int_equal(o->nr_spans_left_out, 400 - SNAP_SPANS);
	assert_int_equal(o->spans_left_out_ns, sum - 44 * 9 - 4 * 8);
	for (uint32_t i = 0; i < o->nr_spans; i++)
		assert_true(o->spans[i].self_ns >= 8);
	snapshot_destroy(s);
	model_destroy(m);
}

/* The latest late ones, newest first, in whatever order they come; what is early enough is none. */
static void test_latest(void **state)
{
	static const uint64_t expiries[] = { 3000, 9000, 1000, 7000, 5000, 11000 };
	const struct model_config config = { .outlier_ns = 100,
					     .max_outliers = 3,
					     .latest_outliers = true };
	struct model *m = model_create(&config);
	struct snapshot *s;

	(void)state;
	assert_non_null(m);
	/* each on a CPU of its own; the earlier, the later; the last is not late */
	for (unsigned int i = 0; i < ARRAY_SIZE(expiries); i++)
		feed(m, rec_sample(i + 1, expiries[i], 0, 0, 0,
				   expiries[i] + (i == 5 ? 99 : 1000 - expiries[i] / 100)));
	s = model_snapshot(m);
	assert_non_null(s);
	assert_int_equal(s->nr_outliers, 3);
	assert_int_equal(s->outliers[0].expiry_ns, 9000);
	assert_int_equal(s->outliers[1].expiry_ns, 7000);
	assert_int_equal(s->outliers[2].expiry_ns, 5000);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_latest),	      cmocka_unit_test(test_decomposition),
		cmocka_unit_test(test_call_site),     cmocka_unit_test(test_late_record),
		cmocka_unit_test(test_missing_steps), cmocka_unit_test(test_which_outliers),
		cmocka_unit_test(test_many_parts),    cmocka_unit_test(test_equal_outliers),
		cmocka_unit_test(test_remote_timer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
