// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of the verdict one by one, on boots made by hand.
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

#include "sample_boots.h"
#include "store/boot_dir.h"
#include "util/array.h"

static const struct compare_metric *metric(const struct comparison *c, const char *group,
					   const char *subject)
{
	for (size_t i = 0; i < c->nr_metrics; i++)
		if (!strcmp(c->metrics[i].group, group) && !strcmp(c->metrics[i].subject, subject))
			return &c->metrics[i];
	fail_msg("%s %s is not asked", group, subject);
	return NULL;
}

static void test_improved(void **state)
{
	struct sample_sets s;
	struct comparison *c;
	const struct compare_metric *m;

	(void)state;
	sample_sets_init(&s, 3, 3);
	c = sample_compare(&s);
	assert_int_equal(c->nr_reasons, 0);
	assert_int_equal(c->verdict, COMPARE_IMPROVED);
	assert_string_equal(c->mode[COMPARE_A].name, "qpw=0");
	assert_string_equal(c->mode[COMPARE_B].name, "qpw=1");
	m = metric(c, "remote work", "QPW families");
	assert_int_equal(m->finding, COMPARE_DECREASE);
	/* 420, 421 and 422 in 10 s each */
	assert_true(m->total[COMPARE_A] == 1263 && m->total[COMPARE_B] == 0);
	assert_true(fabs(m->median[COMPARE_A] - 42.1) < 0.000000001);
	assert_true(m->ratio.ratio == 0 && m->ratio.high < 0.01);
	assert_true(fabs(m->rank_p - 0.1) < 0.000000001);
	/* emulated: latency has figures and no finding */
	m = metric(c, "latency", "p99");
	assert_false(m->primary);
	assert_int_equal(m->finding, COMPARE_NOT_JUDGED);
	assert_true(m->median[COMPARE_A] > 0);
	sample_sets_finish(&s);
}

static void test_regressed(void **state)
{
	struct sample_sets s;
	struct boot *swap;

	(void)state;
	sample_sets_init(&s, 3, 3);
	for (int i = 0; i < 3; i++) {
		swap = s.a[i];
		s.a[i] = s.b[i];
		s.b[i] = swap;
	}
	assert_int_equal(sample_compare(&s)->verdict, COMPARE_REGRESSED);
	sample_sets_finish(&s);
}

/* Both sides the same mode and steady figures: a difference of 10 % is excluded. */
static void test_no_difference(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 4, 0);
	for (int i = 0; i < 4; i++)
		s.b[s.nr_b++] = sample_boot(HOST_MODE_QPW_OFF, i);
	/* many events, so that the interval of their ratio is narrow */
	for (int i = 0; i < 4; i++) {
		sample_work(s.a[i], "lru_add_drain_per_cpu", 20000 + (uint64_t)i);
		sample_work(s.b[i], "lru_add_drain_per_cpu", 20001 + (uint64_t)i);
	}
	assert_int_equal(sample_compare(&s)->verdict, COMPARE_NO_DIFFERENCE);
	assert_string_equal(s.c->mode[COMPARE_A].name, "qpw=0 (A)");
	assert_string_equal(s.c->mode[COMPARE_B].name, "qpw=0 (B)");
	sample_sets_finish(&s);
}

static void test_names(void **state)
{
	const struct compare_options options = { .names = { "before", NULL } };
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 1, 1);
	sample_compare_with(&s, &options);
	assert_string_equal(s.c->mode[COMPARE_A].name, "before");
	assert_string_equal(s.c->mode[COMPARE_B].name, "qpw=1");
	sample_sets_finish(&s);
}

/* A flaw in one boot of six, each by itself: no verdict, and this reason. */
struct flaw {
	enum compare_reason_code code;
	void (*make)(struct boot *b);
};

static void flaw_lost(struct boot *b)
{
	b->snapshot->nr_lost = 1;
}

static void flaw_truncated(struct boot *b)
{
	b->snapshot->truncated = true;
}

static void flaw_open(struct boot *b)
{
	b->snapshot->window_closed = false;
}

static void flaw_no_samples(struct boot *b)
{
	b->snapshot->nr_samples = 0;
}

static void flaw_splat(struct boot *b)
{
	b->splats = 1;
}

static void flaw_probe(struct boot *b)
{
	struct snap_probe *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	SET_TEXT(p->name, "workqueue_execute_start");
	p->state = QPW_PROBE_MISSING;
	b->snapshot->probes = p;
	b->snapshot->nr_probes = 1;
}

static void flaw_witness_missing(struct boot *b)
{
	b->witness.state = BOOT_WITNESS_ABSENT;
}

static void flaw_witness_unreadable(struct boot *b)
{
	b->witness.state = BOOT_WITNESS_UNREADABLE;
}

static void flaw_witness_lossy(struct boot *b)
{
	b->witness.state = BOOT_WITNESS_LOSSY;
	b->witness.nr_overrun = 3;
}

static void flaw_witness_less(struct boot *b)
{
	b->witness.functions[0].count--;
}

static void flaw_witness_more(struct boot *b)
{
	assert_int_equal(boot_count_add(&b->witness.functions, &b->witness.nr_functions,
					"unseen_work", 1),
			 0);
}

static void flaw_collector_more(struct boot *b)
{
	b->snapshot->works[2].executed++;
}

static void flaw_kernel(struct boot *b)
{
	SET_TEXT(b->facts->release, "7.3.0");
}

static void flaw_isolation(struct boot *b)
{
	SET_TEXT(b->facts->isolated, "1-2");
}

static void flaw_vcpus(struct boot *b)
{
	b->vcpus = 4;
}

static void flaw_duration(struct boot *b)
{
	b->snapshot->window_ns /= 2;
}

static void flaw_backend(struct boot *b)
{
	SET_TEXT(b->backend, "kvm");
}

static void flaw_mode(struct boot *b)
{
	b->facts->mode = HOST_MODE_NONE;
}

static void flaw_no_triggers(struct boot *b)
{
	b->triggers.present = false;
}

/* Of three boots 100, 300, 300 or 100, 100, … would still be of one order: this one is not. */
static void flaw_triggers(struct boot *b)
{
	b->triggers.rows[0].count = 5000;
}

static const struct flaw flaws[] = {
	{ COMPARE_LOST_EVENTS, flaw_lost },
	{ COMPARE_TRUNCATED, flaw_truncated },
	{ COMPARE_WINDOW_OPEN, flaw_open },
	{ COMPARE_NO_SAMPLES, flaw_no_samples },
	{ COMPARE_KERNEL_SPLAT, flaw_splat },
	{ COMPARE_PROBE_MISSING, flaw_probe },
	{ COMPARE_WITNESS_MISSING, flaw_witness_missing },
	{ COMPARE_WITNESS_UNUSABLE, flaw_witness_unreadable },
	{ COMPARE_WITNESS_UNUSABLE, flaw_witness_lossy },
	{ COMPARE_WITNESS_DIFFERS, flaw_witness_less },
	{ COMPARE_WITNESS_DIFFERS, flaw_witness_more },
	{ COMPARE_WITNESS_DIFFERS, flaw_collector_more },
	{ COMPARE_SETUP_DIFFERS, flaw_kernel },
	{ COMPARE_SETUP_DIFFERS, flaw_isolation },
	{ COMPARE_SETUP_DIFFERS, flaw_vcpus },
	{ COMPARE_SETUP_DIFFERS, flaw_duration },
	{ COMPARE_SETUP_DIFFERS, flaw_backend },
	{ COMPARE_MODE_MIXED, flaw_mode },
	{ COMPARE_TRIGGERS_MISSING, flaw_no_triggers },
	{ COMPARE_TRIGGERS_DIFFER, flaw_triggers },
};

static void test_flaws(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flaws); i++) {
		for (int side = 0; side < COMPARE_SIDES; side++) {
			struct sample_sets s;

			sample_sets_init(&s, 3, 3);
			flaws[i].make(side ? s.b[2] : s.a[1]);
			boot_dir_describe(side ? s.b[2] : s.a[1]);
			sample_compare(&s);
			if (s.c->verdict != COMPARE_INCONCLUSIVE ||
			    !sample_has_reason(s.c, flaws[i].code))
				fail_msg("flaw %zu on side %d: verdict %s", i, side,
					 compare_verdict_name(s.c->verdict));
			/* nothing else is made up beside it */
			for (size_t j = 0; j < s.c->nr_reasons; j++)
				assert_int_equal(s.c->reasons[j].code, flaws[i].code);
			sample_sets_finish(&s);
		}
	}
}

/* A side may have a family's row without a trigger of it. */
static void test_family_told_once(void **state)
{
	(void)state;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		struct sample_sets s;

		sample_sets_init(&s, 1, 1);
		(side ? s.b[0] : s.a[0])->triggers.rows[0].count = 0;
		sample_compare(&s);
		assert_int_equal(s.c->nr_reasons, 1);
		assert_int_equal(s.c->reasons[0].code, COMPARE_TRIGGERS_DIFFER);
		sample_sets_finish(&s);
	}
}

static void test_no_boots(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 0);
	sample_compare(&s);
	assert_int_equal(s.c->verdict, COMPARE_INCONCLUSIVE);
	assert_true(sample_has_reason(s.c, COMPARE_NO_BOOTS));
	sample_sets_finish(&s);
}

/* One boot a side: none against 30 decides, none against 29 or one against 300 does not. */
static void test_one_boot(void **state)
{
	static const struct {
		uint64_t a, b;
		enum compare_verdict verdict;
	} cases[] = {
		{ 30, 0, COMPARE_IMPROVED },
		{ 0, 30, COMPARE_REGRESSED },
		{ 29, 0, COMPARE_INCONCLUSIVE },
		{ 300, 1, COMPARE_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample_sets s;

		sample_sets_init(&s, 1, 1);
		sample_work(s.a[0], "flush_cpu_sheaves", 0);
		sample_work(s.a[0], "lru_add_drain_per_cpu", cases[i].a);
		sample_work(s.b[0], "lru_add_drain_per_cpu", cases[i].b);
		assert_int_equal(sample_compare(&s)->verdict, cases[i].verdict);
		if (cases[i].verdict == COMPARE_INCONCLUSIVE)
			assert_true(sample_has_reason(s.c, COMPARE_ONE_BOOT));
		sample_sets_finish(&s);
	}
}

/* Without triggers on record a single boot is never enough. */
static void test_one_boot_without_triggers(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 1, 1);
	s.a[0]->triggers.present = false;
	s.b[0]->triggers.present = false;
	s.a[0]->triggers.nr_rows = 0;
	s.b[0]->triggers.nr_rows = 0;
	sample_compare(&s);
	assert_int_equal(s.c->verdict, COMPARE_INCONCLUSIVE);
	assert_true(sample_has_reason(s.c, COMPARE_ONE_BOOT));
	sample_sets_finish(&s);
}

/* Half the triggers and half the works is no improvement: the ratio per trigger stays 1. */
static void test_fewer_triggers(void **state)
{
	struct sample_sets s;
	const struct compare_metric *m;

	(void)state;
	sample_sets_init(&s, 3, 0);
	for (int i = 0; i < 3; i++) {
		struct boot *b = sample_boot(HOST_MODE_QPW_OFF, i);

		b->triggers.rows[0].count = 160;
		b->triggers.rows[1].count = 60;
		sample_work(b, "lru_add_drain_per_cpu", 160);
		sample_work(b, "flush_cpu_sheaves", 60);
		b->snapshot->classes[SNAP_WORK].self_ns /= 2;
		s.b[s.nr_b++] = b;
	}
	sample_compare(&s);
	m = metric(s.c, "remote work", "QPW families");
	assert_true(m->ratio.high < 0.7);
	assert_true(fabs(m->per_trigger.ratio - 1) < 0.02);
	assert_int_equal(m->finding, COMPARE_UNCLEAR);
	assert_int_equal(s.c->verdict, COMPARE_INCONCLUSIVE);
	sample_sets_finish(&s);
}

static void test_contradicting(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 3);
	for (int i = 0; i < 3; i++) {
		SET_TEXT(s.a[i]->backend, "kvm");
		SET_TEXT(s.b[i]->backend, "kvm");
		s.b[i]->snapshot->classes[SNAP_WORK].self_ns = 900000000 + (uint64_t)i;
	}
	sample_compare(&s);
	assert_int_equal(s.c->verdict, COMPARE_INCONCLUSIVE);
	assert_true(sample_has_reason(s.c, COMPARE_CONTRADICTING));
	sample_sets_finish(&s);
}

/* With a backend that has real time, latency is asked for too. */
static void test_latency_judged(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 3);
	for (int i = 0; i < 3; i++) {
		SET_TEXT(s.a[i]->backend, "kvm");
		SET_TEXT(s.b[i]->backend, "kvm");
	}
	sample_compare(&s);
	assert_false(s.c->emulated);
	assert_true(metric(s.c, "latency", "p99")->primary);
	assert_false(isnan(metric(s.c, "latency", "p99")->holm_p));
	sample_sets_finish(&s);
}

/* A virtual machine that does not say what it is may be an emulated one. */
static void test_time_unknown(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	for (int i = 0; i < 2; i++) {
		s.a[i]->backend[0] = '\0';
		s.b[i]->backend[0] = '\0';
		boot_dir_describe(s.a[i]);
		boot_dir_describe(s.b[i]);
	}
	sample_compare(&s);
	assert_true(s.c->time_unknown);
	assert_false(metric(s.c, "latency", "p99")->primary);
	assert_false(metric(s.c, "stolen time", "work")->primary);
	sample_sets_finish(&s);
}

static struct compare_effect effect_of(const char *text)
{
	struct compare_effect e = COMPARE_MIN_EFFECT;

	assert_int_equal(compare_effect_parse(text, &e), 0);
	return e;
}

static void test_effect_words(void **state)
{
	static const struct {
		const char *text;
		int error;
	} wrong[] = {
		{ "", -EINVAL },  { "10%,", -EINVAL }, { ",10%", -EINVAL }, { "ten", -EINVAL },
		{ "2", -ERANGE }, { "100%", -ERANGE }, { "0", -ERANGE },    { "10%,5", -ERANGE },
	};
	struct compare_effect e = effect_of("25%,10us,2/s,50us/s");

	(void)state;
	assert_true(fabs(e.relative - 0.25) < 0.000000001);
	assert_true(fabs(compare_effect_absolute(&e, COMPARE_NS) - 10000) < 0.001);
	assert_true(fabs(compare_effect_absolute(&e, COMPARE_PER_SECOND) - 2) < 0.001);
	assert_true(fabs(compare_effect_absolute(&e, COMPARE_NS_PER_SECOND) - 50000) < 0.001);
	assert_true(compare_effect_absolute(&e, COMPARE_OPS) <= 0);
	/* what is not named stays */
	e = effect_of("0/s");
	assert_true(e.per_second <= 0);
	assert_true(fabs(e.relative - 0.10) < 0.000000001 && fabs(e.ns - 1000) < 0.001);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct compare_effect same = e;

		assert_int_equal(compare_effect_parse(wrong[i].text, &same), wrong[i].error);
		assert_memory_equal(&same, &e, sizeof(e));
	}
}

/*
 * 2 works against 3 a second, 6000 seconds in all: surely more by half, and by 1/s. Whoever asks
 * for 2/s at least sees the same: the interval of the difference ends before.
 */
static void test_absolute_effect(void **state)
{
	static const struct {
		const char *effect;
		enum compare_verdict verdict;
	} cases[] = {
		{ "10%", COMPARE_REGRESSED },
		{ "10%,1/s", COMPARE_REGRESSED },
		{ "60%,0/s", COMPARE_NO_DIFFERENCE },
		{ "10%,2/s", COMPARE_NO_DIFFERENCE },
		/* neither reached nor excluded: the interval of the difference includes it */
		{ "10%,1.05/s", COMPARE_INCONCLUSIVE },
	};
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 3, 0);
	for (int i = 0; i < 3; i++)
		s.b[s.nr_b++] = sample_boot(HOST_MODE_QPW_OFF, i);
	for (int i = 0; i < 3; i++) {
		s.a[i]->snapshot->window_ns = 1000 * 1000000000ull;
		s.b[i]->snapshot->window_ns = 1000 * 1000000000ull;
		sample_work(s.a[i], "lru_add_drain_per_cpu", 2000);
		sample_work(s.b[i], "lru_add_drain_per_cpu", 3000);
		sample_work(s.a[i], "flush_cpu_sheaves", 0);
		sample_work(s.b[i], "flush_cpu_sheaves", 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct compare_effect e = effect_of(cases[i].effect);
		const struct compare_options options = { .min_effect = &e };

		sample_compare_with(&s, &options);
		if (s.c->verdict != cases[i].verdict)
			fail_msg("%s: %s", cases[i].effect, compare_verdict_name(s.c->verdict));
	}
	sample_sets_finish(&s);
}

/*
 * Nothing on either side: in 3 boots of 20 s at most 3.69 / 60 s = 0.06/s, less than 0.1/s. In
 * 3 boots of 10 s it could be 0.12/s; and three in 60 s could be 8.77 / 60 s = 0.15/s.
 */
static void test_nothing_on_either_side(void **state)
{
	static const struct {
		uint64_t seconds, works;
		enum compare_verdict verdict;
	} cases[] = {
		{ 20, 0, COMPARE_NO_DIFFERENCE },
		{ 10, 0, COMPARE_INCONCLUSIVE },
		{ 20, 1, COMPARE_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample_sets s;

		sample_sets_init(&s, 0, 3);
		for (int j = 0; j < 3; j++)
			s.a[s.nr_a++] = sample_boot(HOST_MODE_QPW_ON, j);
		for (int j = 0; j < 3; j++) {
			s.a[j]->snapshot->window_ns = cases[i].seconds * 1000000000;
			s.b[j]->snapshot->window_ns = cases[i].seconds * 1000000000;
			sample_work(s.a[j], "lru_add_drain_per_cpu", cases[i].works);
		}
		assert_int_equal(sample_compare(&s)->verdict, cases[i].verdict);
		sample_sets_finish(&s);
	}
}

static void test_stressors(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	for (int i = 0; i < 4; i++) {
		struct boot *b = i < 2 ? s.a[i] : s.b[i - 2];

		b->stressors = calloc(1, sizeof(*b->stressors));
		assert_non_null(b->stressors);
		b->nr_stressors = 1;
		SET_TEXT(b->stressors[0].name, "vm");
		b->stressors[0].ops = i < 2 ? 1000 : 2000;
		b->stressors[0].seconds = 10;
	}
	sample_compare(&s);
	assert_true(metric(s.c, "stress-ng", "vm")->median[COMPARE_A] == 100);
	assert_true(fabs(metric(s.c, "stress-ng", "vm")->ratio.ratio - 2) < 0.000000001);
	sample_sets_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_improved),
		cmocka_unit_test(test_regressed),
		cmocka_unit_test(test_no_difference),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_flaws),
		cmocka_unit_test(test_family_told_once),
		cmocka_unit_test(test_no_boots),
		cmocka_unit_test(test_one_boot),
		cmocka_unit_test(test_one_boot_without_triggers),
		cmocka_unit_test(test_fewer_triggers),
		cmocka_unit_test(test_contradicting),
		cmocka_unit_test(test_latency_judged),
		cmocka_unit_test(test_time_unknown),
		cmocka_unit_test(test_effect_words),
		cmocka_unit_test(test_absolute_effect),
		cmocka_unit_test(test_nothing_on_either_side),
		cmocka_unit_test(test_stressors),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
