// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gates: what is one, and when it passes, fails and can't be judged.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/compare_gate.h"
#include "sample_boots.h"
#include "util/array.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text, *key;
		enum compare_gate_kind kind;
		double limit;
	} cases[] = {
		{ "p99:+10%", "p99", COMPARE_GATE_RISE, 0.1 },
		{ "p99.9:+0%", "p99.9", COMPARE_GATE_RISE, 0 },
		{ "max:+300%", "max", COMPARE_GATE_RISE, 3 },
		{ "ops_vm:-5%", "ops_vm", COMPARE_GATE_FALL, 0.05 },
		{ "remote_work:>0", "remote_work", COMPARE_GATE_ABOVE, 0 },
		{ "rate_ipi:>2.5", "rate_ipi", COMPARE_GATE_ABOVE, 2.5 },
		{ "rate_ipi:>2.5/s", "rate_ipi", COMPARE_GATE_ABOVE, 2.5 },
		{ "max:>100us", "max", COMPARE_GATE_ABOVE, 100000 },
		{ "stolen:>0", "stolen", COMPARE_GATE_ABOVE, 0 },
		{ "stolen_work:>2ms/s", "stolen_work", COMPARE_GATE_ABOVE, 2000000 },
		{ "ops_vm:<900", "ops_vm", COMPARE_GATE_BELOW, 900 },
	};
	static const struct {
		const char *text;
		int error;
	} wrong[] = {
		{ "", -EINVAL },
		{ "p99", -EINVAL },
		{ ":+10%", -ENOENT },
		{ "p98:+10%", -ENOENT },
		{ "ops_:-5%", -ENOENT },
		{ "p99:", -EINVAL },
		{ "p99:+", -EINVAL },
		{ "p99:10%", -EINVAL },
		{ "p99:+10", -EINVAL },
		{ "p99:-100%", -EINVAL },
		{ "p99:>10%", -EINVAL },
		/* a latency of 5 what? */
		{ "p99:>5", -EINVAL },
		{ "p99:>5/s", -EINVAL },
		{ "rate_ipi:>5us", -EINVAL },
		{ "stolen:>5us", -EINVAL },
		{ "p99:>5us ", -EINVAL },
	};
	struct compare_gate g;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(compare_gate_parse(cases[i].text, strlen(cases[i].text), &g), 0);
		assert_string_equal(g.text, cases[i].text);
		assert_string_equal(g.key, cases[i].key);
		assert_int_equal(g.kind, cases[i].kind);
		assert_true(fabs(g.limit - cases[i].limit) < 0.0001);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (compare_gate_parse(wrong[i].text, strlen(wrong[i].text), &g) != wrong[i].error)
			fail_msg("'%s' is not refused as it should be", wrong[i].text);
	/* every metric of the comparison can be named */
	for (size_t i = 0; compare_key(i); i++) {
		char text[128];

		snprintf(text, sizeof(text), "%s:+5%%", compare_key(i));
		assert_int_equal(compare_gate_parse(text, strlen(text), &g), 0);
	}
}

/*
 * What becomes of one gate. Boots with real time: drain works 42.0, 42.1 and 42.2/s in A, none in
 * B; p99 60 µs in A, 40 µs in B.
 */
static const struct compare_gate_result *judge(struct sample_sets *s, const char *text)
{
	static struct compare_gate gate;
	const struct compare_options options = { .gates = &gate, .nr_gates = 1 };

	assert_int_equal(compare_gate_parse(text, strlen(text), &gate), 0);
	sample_compare_with(s, &options);
	return &s->c->gates[0];
}

static void real_time(struct sample_sets *s)
{
	for (size_t i = 0; i < s->nr_a; i++)
		SET_TEXT(s->a[i]->backend, "kvm");
	for (size_t i = 0; i < s->nr_b; i++)
		SET_TEXT(s->b[i]->backend, "kvm");
}

static void test_outcomes(void **state)
{
	static const struct {
		const char *gate;
		enum compare_gate_outcome outcome;
		enum compare_gate_why why;
	} cases[] = {
		{ "p99:+10%", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "p99:-50%", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "p99:-20%", COMPARE_GATE_FAILED, COMPARE_GATE_JUDGED },
		{ "remote_work:>0", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "remote_work:+0%", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "inline_work:>42.1/s", COMPARE_GATE_FAILED, COMPARE_GATE_JUDGED },
		{ "inline_work:>42.3/s", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "inline_work:<42.05/s", COMPARE_GATE_FAILED, COMPARE_GATE_JUDGED },
		{ "inline_work:<41/s", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		/* 120 against 120: 0.77 to 1.30 */
		{ "rate_tick:+40%", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "rate_tick:+20%", COMPARE_GATE_UNJUDGED, COMPARE_GATE_UNCLEAR },
		/* nothing in either: below what counts, as far as 30 s tell */
		{ "stolen_irq:+5%", COMPARE_GATE_PASSED, COMPARE_GATE_JUDGED },
		{ "rate_irq:+5%", COMPARE_GATE_UNJUDGED, COMPARE_GATE_NO_FIGURE },
		{ "ops_vm:-5%", COMPARE_GATE_UNJUDGED, COMPARE_GATE_NO_FIGURE },
	};
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 3);
	real_time(&s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct compare_gate_result *r = judge(&s, cases[i].gate);

		if (r->outcome != cases[i].outcome || r->why != cases[i].why)
			fail_msg("%s: %s, why %d", cases[i].gate,
				 compare_gate_outcome_name(r->outcome), r->why);
	}
	sample_sets_finish(&s);
}

/* Flaws of the data: a change can't be judged; a broken limit stays broken whatever was lost. */
static void test_flawed(void **state)
{
	struct sample_sets s;
	const struct compare_gate_result *r;

	(void)state;
	sample_sets_init(&s, 3, 3);
	real_time(&s);
	s.b[1]->snapshot->nr_lost = 5;
	r = judge(&s, "p99:+10%");
	assert_int_equal(r->why, COMPARE_GATE_FLAWED);
	assert_int_equal(r->reason->code, COMPARE_LOST_EVENTS);
	assert_int_equal(judge(&s, "remote_work:>0")->outcome, COMPARE_GATE_UNJUDGED);
	assert_int_equal(judge(&s, "inline_work:>10")->outcome, COMPARE_GATE_FAILED);
	assert_int_equal(judge(&s, "inline_work:<1000")->outcome, COMPARE_GATE_UNJUDGED);
	/* what A lost does not matter to a limit of B */
	s.b[1]->snapshot->nr_lost = 0;
	s.a[0]->snapshot->nr_lost = 5;
	assert_int_equal(judge(&s, "remote_work:>0")->outcome, COMPARE_GATE_PASSED);
	assert_int_equal(judge(&s, "p99:+10%")->outcome, COMPARE_GATE_UNJUDGED);
	/* nor does a missing witness to latency */
	s.a[0]->snapshot->nr_lost = 0;
	s.a[0]->witness.state = BOOT_WITNESS_ABSENT;
	assert_int_equal(judge(&s, "p99:+10%")->outcome, COMPARE_GATE_PASSED);
	assert_int_equal(s.c->verdict, COMPARE_INCONCLUSIVE);
	sample_sets_finish(&s);
}

static void test_no_real_time(void **state)
{
	static const char *const gates[] = { "p99:+10%", "max:>1s", "stolen_work:+10%",
					     "flush_time:>1ms/s" };
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 3);
	for (size_t i = 0; i < ARRAY_SIZE(gates); i++)
		assert_int_equal(judge(&s, gates[i])->why, COMPARE_GATE_NO_REAL_TIME);
	assert_int_equal(judge(&s, "remote_work:>0")->outcome, COMPARE_GATE_PASSED);
	sample_sets_finish(&s);
}

static void test_order(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 3);
	real_time(&s);
	for (int i = 0; i < 3; i++)
		s.b[i]->started_s += 3600;
	assert_int_equal(judge(&s, "p99:-20%")->why, COMPARE_GATE_NOT_INTERLEAVED);
	/* nothing against many is no matter of time, and a limit has no order */
	assert_int_equal(judge(&s, "remote_work:+10%")->outcome, COMPARE_GATE_PASSED);
	assert_int_equal(judge(&s, "max:>1ms")->outcome, COMPARE_GATE_FAILED);
	sample_sets_finish(&s);
	sample_sets_init(&s, 1, 1);
	real_time(&s);
	assert_int_equal(judge(&s, "p99:-20%")->why, COMPARE_GATE_ONE_BOOT);
	sample_sets_finish(&s);
}

/* A line of 5 % a boot on both sides: 28 % from first to last. */
static void test_drifting(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 0);
	for (int i = 0; i < 3; i++)
		s.b[s.nr_b++] = sample_boot(HOST_MODE_QPW_OFF, i);
	real_time(&s);
	for (int i = 0; i < 3; i++) {
		s.b[i]->started_s += 60;
		s.a[i]->snapshot->classes[SNAP_IPI].self_ns =
			(uint64_t)(1000000000 * pow(1.05, 2 * i));
		s.b[i]->snapshot->classes[SNAP_IPI].self_ns =
			(uint64_t)(1000000000 * pow(1.05, 2 * i + 1));
	}
	assert_int_equal(judge(&s, "stolen_ipi:+50%")->why, COMPARE_GATE_DRIFTING);
	sample_sets_finish(&s);
}

/*
 * The number of gates counts: 120 against 159 events have p = 2.3 % (two tails of a binomial
 * count of 279), enough for one gate, and too little for one of three, which are held against 5 %
 * / 3.
 */
static void test_many_gates(void **state)
{
	static const char *const texts[] = { "rate_tick:+10%", "rate_ipi:+10%", "rate_timer:+10%" };
	struct compare_gate gates[3];
	struct compare_options options = { .gates = gates, .nr_gates = 3 };
	struct sample_sets s;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(compare_gate_parse(texts[i], strlen(texts[i]), &gates[i]), 0);
	sample_sets_init(&s, 3, 3);
	real_time(&s);
	for (int i = 0; i < 3; i++) {
		s.a[i]->snapshot->classes[SNAP_TICK].count = 40;
		s.b[i]->snapshot->classes[SNAP_TICK].count = 53;
	}
	sample_compare_with(&s, &options);
	assert_int_equal(s.c->gates[0].outcome, COMPARE_GATE_UNJUDGED);
	assert_int_equal(compare_gates_outcome(s.c), COMPARE_GATE_UNJUDGED);
	options.nr_gates = 1;
	sample_compare_with(&s, &options);
	assert_int_equal(s.c->gates[0].outcome, COMPARE_GATE_FAILED);
	assert_int_equal(compare_gates_outcome(s.c), COMPARE_GATE_FAILED);
	options.nr_gates = 0;
	sample_compare_with(&s, &options);
	assert_int_equal(compare_gates_outcome(s.c), COMPARE_GATE_PASSED);
	sample_sets_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	   cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_flawed),	   cmocka_unit_test(test_no_real_time),
		cmocka_unit_test(test_order),	   cmocka_unit_test(test_drifting),
		cmocka_unit_test(test_many_gates),
	};

	return cmocka_run_group_tests_name("compare_gate", tests, NULL, NULL);
}
