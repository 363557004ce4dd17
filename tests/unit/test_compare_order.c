// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boots in the order of time: whether the sides took turns, and what drifts from the first to the
 * last.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sample_boots.h"
#include "util/array.h"

/* Boots of one mode in that order, "AB" being one of A before one of B; each a minute later. */
static void boots_in_order(struct sample_sets *s, const char *order)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; order[i]; i++) {
		struct boot *b = sample_boot(HOST_MODE_QPW_OFF, i);

		b->started_s = SAMPLE_START + 60 * i;
		if (order[i] == 'A')
			s->a[s->nr_a++] = b;
		else
			s->b[s->nr_b++] = b;
	}
}

static void test_turns(void **state)
{
	static const struct {
		const char *order;
		bool in_blocks;
	} cases[] = {
		{ "ABABAB", false },
		{ "ABBAAB", false },
		{ "ABBAABBAAB", false },
		{ "ABAB", false },
		{ "ABBA", false },
		{ "AABBAABB", false },
		{ "AABB", true },
		{ "AAABBB", true },
		{ "BBBAAA", true },
		{ "AABABB", true },
		{ "AAAABB", true },
		/* of one boot nothing can be said */
		{ "AB", false },
		{ "AAAB", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample_sets s;

		boots_in_order(&s, cases[i].order);
		sample_compare(&s);
		assert_true(s.c->order_known);
		if (s.c->in_blocks != cases[i].in_blocks)
			fail_msg("%s: in blocks: %d", cases[i].order, s.c->in_blocks);
		for (size_t j = 0; j < s.c->nr_order; j++)
			assert_int_equal(s.c->order[j].side, cases[i].order[j] == 'B');
		sample_sets_finish(&s);
	}
}

/* All at once is no block of one side; one boot that does not say when spoils the order. */
static void test_unknown_order(void **state)
{
	struct sample_sets s;

	(void)state;
	boots_in_order(&s, "AAABBB");
	for (int i = 0; i < 3; i++) {
		s.a[i]->started_s = SAMPLE_START;
		s.b[i]->started_s = SAMPLE_START;
	}
	sample_compare(&s);
	assert_true(s.c->order_known);
	assert_false(s.c->in_blocks);
	s.b[2]->started_s = 0;
	sample_compare(&s);
	assert_false(s.c->order_known);
	assert_false(s.c->in_blocks);
	assert_int_equal(s.c->nr_order, 6);
	sample_sets_finish(&s);
}

static void set_works(struct sample_sets *s, uint64_t a, uint64_t b)
{
	for (int i = 0; i < 3; i++) {
		sample_work(s->a[i], "flush_cpu_sheaves", 0);
		sample_work(s->b[i], "flush_cpu_sheaves", 0);
		sample_work(s->a[i], "lru_add_drain_per_cpu", a);
		sample_work(s->b[i], "lru_add_drain_per_cpu", b);
	}
}

/*
 * A third less is a verdict of boots that took turns, none of boots in blocks; nothing at all is.
 */
static void test_blocks(void **state)
{
	static const struct {
		const char *order;
		uint64_t b;
		enum compare_verdict verdict;
	} cases[] = {
		{ "ABABAB", 200, COMPARE_IMPROVED },
		{ "AAABBB", 200, COMPARE_INCONCLUSIVE },
		{ "AAABBB", 0, COMPARE_IMPROVED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample_sets s;

		boots_in_order(&s, cases[i].order);
		set_works(&s, 300, cases[i].b);
		assert_int_equal(sample_compare(&s)->verdict, cases[i].verdict);
		assert_int_equal(sample_has_reason(s.c, COMPARE_NOT_INTERLEAVED),
				 cases[i].verdict == COMPARE_INCONCLUSIVE);
		sample_sets_finish(&s);
	}
}

/* Six boots, each with `step` times the works of the one before; B's are `effect` times A's. */
static enum compare_verdict drifting(double step, double effect, bool *found)
{
	enum compare_verdict verdict;
	struct sample_sets s;

	boots_in_order(&s, "ABBAAB");
	set_works(&s, 0, 0);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (int i = 0; i < 3; i++) {
			struct boot *b = side ? s.b[i] : s.a[i];
			double place = (double)(b->started_s - SAMPLE_START) / 60;

			sample_work(b, "lru_add_drain_per_cpu",
				    (uint64_t)(100000 * pow(step, place) * (side ? effect : 1)));
		}
	}
	verdict = sample_compare(&s)->verdict;
	*found = sample_has_reason(s.c, COMPARE_DRIFTING);
	sample_sets_finish(&s);
	return verdict;
}

static void test_drift(void **state)
{
	static const struct {
		double step, effect;
		bool drifts;
	} cases[] = {
		{ 1, 1, false },      { 1.05, 1, true },  /* 28 % over the run */
		{ 0.95, 1, true },    { 1.01, 1, false }, /* 5 %: too little to count */
		{ 1.05, 0.65, true }, /* 0.24 in logarithms, more than half of 0.43 */
		{ 1.05, 0.5, false }, /* less than half of 0.69 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool found;
		enum compare_verdict verdict = drifting(cases[i].step, cases[i].effect, &found);

		if (found != cases[i].drifts)
			fail_msg("step %g, effect %g: drifting %d", cases[i].step, cases[i].effect,
				 found);
		if (found)
			assert_int_equal(verdict, COMPARE_INCONCLUSIVE);
		else if (cases[i].effect < 1)
			assert_int_equal(verdict, COMPARE_IMPROVED);
		else
			assert_int_equal(verdict, COMPARE_NO_DIFFERENCE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_unknown_order),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_drift),
	};

	return cmocka_run_group_tests_name("compare_order", tests, NULL, NULL);
}
