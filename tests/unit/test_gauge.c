// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a recording measures while it goes on: which records are delays, of what window, and which
 * of them hit a threshold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "model/gauge.h"
#include "../records.h"
#include "util/array.h"

#define BEGIN 1000

static bool feed(struct gauge *g, uint16_t kind, uint32_t cpu, uint64_t start, uint64_t end)
{
	union rec r = rec_make(kind, cpu, start, end, 0);

	return gauge_feed(g, &r.h);
}

static void begin(struct gauge *g, enum gauge_of of, uint64_t threshold_ns)
{
	gauge_init(g, of, threshold_ns);
	assert_false(feed(g, QPW_META_WINDOW, 0, BEGIN, 0));
}

/* Which kinds are delays of what; the rest tells of other CPUs, of points, or of the recording. */
static void test_kinds(void **state)
{
	static const struct {
		uint16_t kind;
		bool samples, victim, busy, interruptions;
	} kinds[] = {
		{ QPW_KIND_IRQ, false, false, true, true },
		{ QPW_KIND_SOFTIRQ, false, false, true, true },
		{ QPW_KIND_IPI, false, false, true, true },
		{ QPW_KIND_TIMER, false, false, true, true },
		{ QPW_KIND_NMI, false, false, true, true },
		{ QPW_KIND_THREAD, false, false, false, true },
		{ QPW_KIND_WORK, false, false, false, true },
		{ QPW_KIND_SAMPLE, true, true, false, false },
		{ QPW_KIND_TAKEN, false, true, true, false },
		{ QPW_KIND_WORK_QUEUE, false, false, false, false },
		{ QPW_KIND_FLUSH, false, false, false, false },
		{ QPW_KIND_QPW_CONTENDED, false, false, false, false },
		{ QPW_KIND_LOCK_WAIT, false, false, false, false },
		{ QPW_META_WINDOW, false, false, false, false },
		{ QPW_META_WINDOW + 32, false, false, false, false },
	};
	struct gauge g;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const bool wanted[] = { kinds[i].samples, kinds[i].victim, kinds[i].busy,
					kinds[i].interruptions };

		for (int of = GAUGE_SAMPLES; of <= GAUGE_INTERRUPTIONS; of++) {
			begin(&g, (enum gauge_of)of, 5);
			assert_int_equal(feed(&g, kinds[i].kind, 1, 2000, 2005), wanted[of]);
			assert_int_equal(g.count, wanted[of]);
			assert_int_equal(g.nr_hits, wanted[of]);
		}
	}
}

/* Nothing counts before the window opens, or what starts outside of it. */
static void test_window(void **state)
{
	struct gauge g;

	(void)state;
	gauge_init(&g, GAUGE_SAMPLES, 10);
	assert_false(feed(&g, QPW_KIND_SAMPLE, 0, 5000, 6000));
	assert_false(feed(&g, QPW_META_WINDOW, 0, BEGIN, 0));
	assert_false(feed(&g, QPW_KIND_SAMPLE, 0, BEGIN - 1, BEGIN + 500));
	assert_int_equal(g.count, 0);
	assert_int_equal(g.worst_ns, 0);
	assert_true(feed(&g, QPW_KIND_SAMPLE, 0, BEGIN, BEGIN + 20));
	assert_false(feed(&g, QPW_META_WINDOW, 0, BEGIN, 2000));
	assert_true(feed(&g, QPW_KIND_SAMPLE, 0, 2000, 2030));
	assert_false(feed(&g, QPW_KIND_SAMPLE, 0, 2001, 9000));
	assert_int_equal(g.count, 2);
	assert_int_equal(g.worst_ns, 30);
	/* a timer that was late by less than nothing is no delay */
	assert_false(feed(&g, QPW_KIND_SAMPLE, 0, 1500, 1499));
	assert_int_equal(g.count, 2);
}

static void test_threshold(void **state)
{
	struct gauge g;

	(void)state;
	begin(&g, GAUGE_SAMPLES, 100);
	assert_false(feed(&g, QPW_KIND_SAMPLE, 3, 2000, 2099));
	assert_true(feed(&g, QPW_KIND_SAMPLE, 3, 3000, 3100));
	assert_true(feed(&g, QPW_KIND_SAMPLE, 2, 3000, 3500));
	assert_int_equal(g.nr_hits, 2);
	assert_int_equal(g.count, 3);
	assert_int_equal(g.worst_ns, 500);
	assert_int_equal(g.first.cpu, 3);
	assert_int_equal(g.first.start_ns, 3000);
	assert_int_equal(g.first.length_ns, 100);
	assert_int_equal(g.last.cpu, 2);
	assert_int_equal(g.last.length_ns, 500);
	/* without one there is no hit */
	begin(&g, GAUGE_SAMPLES, 0);
	assert_false(feed(&g, QPW_KIND_SAMPLE, 3, 2000, 1000000));
	assert_int_equal(g.nr_hits, 0);
	assert_int_equal(g.worst_ns, 998000);
}

/* A softirq in an interrupt in a thread: one hit, whichever of them are long enough. */
static void test_nested(void **state)
{
	struct gauge g;

	(void)state;
	begin(&g, GAUGE_INTERRUPTIONS, 100);
	assert_true(feed(&g, QPW_KIND_SOFTIRQ, 1, 2200, 2300));
	assert_false(feed(&g, QPW_KIND_IRQ, 1, 2190, 2310));
	assert_true(feed(&g, QPW_KIND_IRQ, 0, 2190, 2310));
	assert_false(feed(&g, QPW_KIND_THREAD, 1, 2000, 2500));
	assert_int_equal(g.nr_hits, 2);
	assert_int_equal(g.worst_ns, 500);
	/* the next one begins where that ended */
	assert_true(feed(&g, QPW_KIND_THREAD, 1, 2500, 2700));
	assert_int_equal(g.nr_hits, 3);
}

static void test_units(void **state)
{
	(void)state;
	assert_string_equal(gauge_unit(GAUGE_SAMPLES), "samples");
	assert_string_equal(gauge_unit(GAUGE_VICTIM), "delays");
	assert_string_equal(gauge_unit(GAUGE_BUSY), "interruptions");
	assert_string_equal(gauge_unit(GAUGE_INTERRUPTIONS), "interruptions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	  cmocka_unit_test(test_window),
		cmocka_unit_test(test_threshold), cmocka_unit_test(test_nested),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
