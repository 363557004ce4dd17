// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a comparison makes of warnings of the recorder and of probes that were missing: on one side
 * a different setup, on both something to be shown; and what nobody looked at is no zero.
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
#include "store/boot_dir.h"
#include "util/array.h"
#include "view/compare_gates.h"
#include "view/compare_rows.h"
#include "view/compare_words.h"

static void warn_of(struct boot *b, const char *code, const char *text)
{
	struct host_warning *w = &b->facts->warnings[b->facts->nr_warnings++];

	SET_TEXT(w->code, code);
	SET_TEXT(w->text, text);
	SET_TEXT(w->remedy, "end it");
	boot_dir_describe(b);
}

static void miss_probe(struct boot *b, const char *name, const char *loses)
{
	struct snapshot *s = b->snapshot;

	s->probes = realloc(s->probes, (s->nr_probes + 1) * sizeof(*s->probes));
	assert_non_null(s->probes);
	memset(&s->probes[s->nr_probes], 0, sizeof(*s->probes));
	SET_TEXT(s->probes[s->nr_probes].name, name);
	SET_TEXT(s->probes[s->nr_probes].loses, loses);
	s->nr_probes++;
}

static void in_all(struct sample_sets *s,
		   void (*make)(struct boot *b, const char *x, const char *y), const char *x,
		   const char *y)
{
	for (size_t i = 0; i < s->nr_a; i++)
		make(s->a[i], x, y);
	for (size_t i = 0; i < s->nr_b; i++)
		make(s->b[i], x, y);
}

static const struct compare_metric *by_key(const struct comparison *c, const char *key)
{
	for (size_t i = 0; i < c->nr_metrics; i++)
		if (!strcmp(c->metrics[i].key, key))
			return &c->metrics[i];
	fail_msg("%s is not asked", key);
	return NULL;
}

static void set_victim(struct boot *b)
{
	SET_TEXT(b->facts->victim, "oslat");
}

static void set_name(struct boot *b)
{
	SET_TEXT(b->facts->hostname, "another");
}

static void set_warning(struct boot *b)
{
	warn_of(b, "stalld", "stalld runs (pid 7)");
}

/* In one boot of either side, and in all boots of one. */
static void test_differs(void **state)
{
	static const struct {
		void (*make)(struct boot *b);
	} changes[] = { { set_victim }, { set_name }, { set_warning } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		for (int where = 0; where < 3; where++) {
			struct sample_sets s;

			sample_sets_init(&s, 3, 3);
			for (size_t j = 0; j < 3; j++) {
				struct boot *b = where == 1 ? s.a[j] : s.b[j];

				if (where < 2 && j != 1)
					continue;
				changes[i].make(b);
				boot_dir_describe(b);
			}
			assert_int_equal(sample_compare(&s)->verdict, COMPARE_INCONCLUSIVE);
			assert_int_equal(s.c->nr_reasons, where == 2 ? 3 : 1);
			assert_int_equal(s.c->reasons[0].code, COMPARE_SETUP_DIFFERS);
			sample_sets_finish(&s);
		}
	}
}

/* Facts, each with a value of which the first boot knows nothing. */
static const struct {
	size_t at;
	const char *text;
} settings[] = {
	{ offsetof(struct host_facts, victim), "oslat" },
	{ offsetof(struct host_facts, kernel_config), "HZ=1000" },
	{ offsetof(struct host_facts, preemption), "full" },
	{ offsetof(struct host_facts, settings.housekeeping), "2-3" },
	{ offsetof(struct host_facts, settings.command), "churn -x" },
	{ offsetof(struct host_facts, settings.warm_up_ns), "1000000000" },
	{ offsetof(struct host_facts, settings.priority), "f:50" },
	{ offsetof(struct host_facts, settings.period_us), "200" },
	{ offsetof(struct host_facts, settings.threshold_ns), "100000" },
	{ offsetof(struct host_facts, settings.on_threshold), "stop" },
	{ offsetof(struct host_facts, settings.stacks), "all" },
	{ offsetof(struct host_facts, settings.system_calls), "counted" },
	{ offsetof(struct host_facts, settings.without), "fentry" },
};

static void test_settings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		struct sample_sets s;

		sample_sets_init(&s, 2, 2);
		memcpy((char *)s.b[1]->facts + settings[i].at, settings[i].text,
		       strlen(settings[i].text) + 1);
		boot_dir_describe(s.b[1]);
		sample_compare(&s);
		if (s.c->nr_reasons != 1 || s.c->reasons[0].code != COMPARE_SETUP_DIFFERS)
			fail_msg("%s in one boot: %zu reasons", settings[i].text, s.c->nr_reasons);
		sample_sets_finish(&s);
	}
}

/* Of commands that are too long to be kept the ends differ. */
static void test_long_command(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	for (int i = 0; i < 4; i++) {
		struct boot *b = i < 2 ? s.a[i] : s.b[i - 2];

		memset(b->facts->settings.command, 'x', HOST_CMDLINE - 1);
		boot_dir_describe(b);
	}
	assert_int_equal(sample_compare(&s)->nr_reasons, 0);
	s.b[0]->facts->settings.command[HOST_CMDLINE - 2] = 'y';
	boot_dir_describe(s.b[0]);
	assert_int_equal(sample_compare(&s)->nr_reasons, 1);
	sample_sets_finish(&s);
}

/* Of a boot.json that can't be read, or an older recording. */
static void test_words_of_unknown(void **state)
{
	struct sample_sets s;
	char words[WORDS_MAX];

	(void)state;
	sample_sets_init(&s, 2, 2);
	SET_TEXT(s.b[1]->facts->settings.stacks, "all");
	boot_dir_describe(s.b[1]);
	sample_compare(&s);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words, "different setups: recording of stacks is \"all\" in 02-qpw1, "
				   "not known in the first boot");
	s.b[1]->backend[0] = '\0';
	s.b[1]->facts->settings.stacks[0] = '\0';
	boot_dir_describe(s.b[1]);
	sample_compare(&s);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words, "different setups: backend is not known in 02-qpw1, \"tcg\" in "
				   "the first boot");
	sample_sets_finish(&s);
}

static void test_words_of_difference(void **state)
{
	struct sample_sets s;
	char words[WORDS_MAX];

	(void)state;
	sample_sets_init(&s, 3, 3);
	in_all(&s, warn_of, "virtual", "a virtual machine");
	warn_of(s.b[1], "stalld", "stalld runs (pid 7)");
	sample_compare(&s);
	assert_int_equal(s.c->nr_reasons, 1);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words, "different setups: what the recorder warned of is "
				   "\"virtual, stalld\" in 02-qpw1, \"virtual\" in the first boot");
	sample_sets_finish(&s);
}

/* All of one code is one setup, whatever process it was; it is told once, with its boots. */
static void test_everywhere(void **state)
{
	struct sample_sets s;
	struct warning_row *rows;
	char words[WORDS_MAX];

	(void)state;
	sample_sets_init(&s, 3, 2);
	in_all(&s, warn_of, "stalld", "stalld runs (pid 7)");
	SET_TEXT(s.b[0]->facts->warnings[0].text, "stalld runs (pid 8)");
	boot_dir_describe(s.b[0]);
	assert_int_equal(sample_compare(&s)->verdict, COMPARE_IMPROVED);
	assert_int_equal(s.c->nr_reasons, 0);
	warn_of(s.b[1], "tracer", "ftrace is on");
	sample_compare(&s);
	assert_int_equal(compare_warning_rows(s.c, &rows), 2);
	assert_int_equal(rows[0].boots[COMPARE_A], 3);
	assert_int_equal(rows[0].boots[COMPARE_B], 2);
	words_warning(s.c, &rows[0], words, sizeof(words));
	assert_string_equal(words, "stalld runs (pid 7)");
	words_warning(s.c, &rows[1], words, sizeof(words));
	assert_string_equal(words, "in 0 of 3 boots of qpw=0, 1 of 2 of qpw=1: ftrace is on");
	free(rows);
	sample_sets_finish(&s);
}

/* As many warnings as a trace holds, each with the longest code: a difference in the last one. */
static void test_many_warnings(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	for (unsigned int i = 0; i < HOST_WARNINGS; i++) {
		char code[16];

		snprintf(code, sizeof(code), "warning-code-%02u", i);
		in_all(&s, warn_of, code, "");
	}
	assert_int_equal(sample_compare(&s)->nr_reasons, 0);
	s.b[1]->facts->warnings[HOST_WARNINGS - 1].code[14] = 'x';
	boot_dir_describe(s.b[1]);
	assert_int_equal(sample_compare(&s)->nr_reasons, 1);
	sample_sets_finish(&s);
}

static void test_probes_differ(void **state)
{
	struct sample_sets s;
	char words[WORDS_MAX];

	(void)state;
	sample_sets_init(&s, 2, 2);
	miss_probe(s.b[1], "__flush_work", "");
	assert_int_equal(sample_compare(&s)->verdict, COMPARE_INCONCLUSIVE);
	assert_int_equal(s.c->nr_reasons, 1);
	assert_int_equal(s.c->reasons[0].code, COMPARE_PROBES_DIFFER);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words, "02-qpw1 was recorded without the probe __flush_work, 01-qpw0 "
				   "with it");
	miss_probe(s.b[1], "tick_stop", "");
	sample_compare(&s);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words,
			    "02-qpw1 was recorded without the probes __flush_work, tick_stop, "
			    "01-qpw0 with them");
	for (int i = 0; i < 12; i++)
		miss_probe(s.b[1], (char[]){ 'a', (char)('a' + i), '\0' }, "");
	sample_compare(&s);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words,
			    "02-qpw1 was recorded without the probes __flush_work, tick_stop, aa, "
			    "ab, ac, ad, ae, af, ag, ah, ai, aj and 2 more, 01-qpw0 with them");
	s.b[1]->snapshot->nr_probes = 2;
	/* the same ones missing everywhere make no difference */
	for (int i = 0; i < 3; i++) {
		miss_probe(i < 2 ? s.a[i] : s.b[0], "tick_stop", "");
		miss_probe(i < 2 ? s.a[i] : s.b[0], "__flush_work", "");
	}
	assert_int_equal(sample_compare(&s)->nr_reasons, 0);
	assert_int_equal(s.c->verdict, COMPARE_IMPROVED);
	/* missing in the first boot alone: told once, not by each of the others */
	miss_probe(s.a[0], "page_fault_user", "");
	assert_int_equal(sample_compare(&s)->nr_reasons, 1);
	assert_int_equal(s.c->reasons[0].code, COMPARE_PROBES_DIFFER);
	words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
	assert_string_equal(words,
			    "01-qpw0 was recorded without the probe page_fault_user, 02-qpw0 "
			    "with it");
	sample_sets_finish(&s);
}

/* A copy of a boot is no other boot, on whichever side; of an unknown begin nothing is said. */
static void test_copies(void **state)
{
	(void)state;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		struct sample_sets s;
		char words[WORDS_MAX];

		sample_sets_init(&s, 3, 3);
		for (size_t i = 0; i < 3; i++) {
			snprintf(s.a[i]->facts->started_utc, HOST_TEXT, "2001-09-09T01:4%zu:40Z",
				 i);
			boot_dir_describe(s.a[i]);
		}
		assert_int_equal(sample_compare(&s)->nr_reasons, 0);
		SET_TEXT((side ? s.b[1] : s.a[2])->facts->started_utc, "2001-09-09T01:40:40Z");
		boot_dir_describe(side ? s.b[1] : s.a[2]);
		assert_int_equal(sample_compare(&s)->nr_reasons, 1);
		assert_int_equal(s.c->reasons[0].code, COMPARE_SAME_RECORDING);
		assert_int_equal(s.c->verdict, COMPARE_INCONCLUSIVE);
		words_reason(s.c, &s.c->reasons[0], words, sizeof(words));
		assert_string_equal(words, side ? "02-qpw1 holds the same recording as 01-qpw0" :
						  "03-qpw0 holds the same recording as 01-qpw0");
		(side ? s.b[1] : s.a[2])->snapshot->window_start_ns++;
		assert_int_equal(sample_compare(&s)->nr_reasons, 0);
		sample_sets_finish(&s);
	}
}

/* A probe that is listed as attached is not missing. */
static void test_attached(void **state)
{
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	miss_probe(s.b[1], "__flush_work", "");
	s.b[1]->snapshot->probes[0].state = QPW_PROBE_FENTRY;
	assert_int_equal(sample_compare(&s)->nr_reasons, 0);
	sample_sets_finish(&s);
}

/* For want of any of these, refused by the kernel (first row each) or not in it. */
static const struct {
	const char *key;
	const char *probes[10];
	bool even_unknown; /* there is something to see on kernels that lack it */
} needed[] = {
	{ "remote_work", { "workqueue_execute_start", "workqueue_execute_end" }, true },
	{ "remote_queued", { "workqueue_queue_work", "workqueue_execute_start" }, true },
	{ "inline_work", { "qpw_inline_begin", "qpw_inline_end" }, true },
	{ "flush_waits",
	  { "__flush_work", "flush_work", "lru_add_drain_all", "lru_cache_disable",
	    "drain_all_stock", "flush_rcu_sheaves_on_cache", "__kmem_cache_shrink",
	    "qpw_flush_begin", "qpw_flush_end" },
	  false },
	{ "flush_time", { "__flush_work", "drain_all_stock" }, false },
	{ "p50", { "sched_switch", "hrtimer_expire_entry" }, true },
	{ "p99", { "hrtimer_start_expired" }, false },
	{ "rate_nmi", { "nmi_handler" }, true },
	{ "rate_irq", { "irq_handler_entry", "irq_handler_exit" }, true },
	{ "rate_softirq", { "softirq_entry", "softirq_exit" }, true },
	{ "rate_thread", { "sched_switch" }, true },
	{ "stolen_thread", { "sched_switch" }, true },
	{ "stolen_work",
	  { "workqueue_execute_start", "workqueue_execute_end", "sched_switch" },
	  true },
	{ "rate_tick", { "local_timer_entry", "local_timer_exit", "hrtimer_expire_entry" }, true },
	{ "rate_timer", { "local_timer_entry", "local_timer_exit", "hrtimer_expire_entry" }, true },
	{ "stolen_ipi",
	  { "reschedule_entry", "call_function_exit", "call_function_single_entry",
	    "irq_work_entry" },
	  true },
	{ "rate_ipi", { "thermal_apic_entry", "threshold_apic_exit" }, false },
	{ "stolen",
	  { "sched_switch", "irq_handler_entry", "softirq_exit", "reschedule_entry",
	    "workqueue_execute_end", "nmi_handler", "local_timer_entry" },
	  true },
	{ "stolen", { "thermal_apic_entry", "deferred_error_apic_exit" }, false },
};

static bool is_unknown(const struct compare_metric *m)
{
	return isnan(m->median[COMPARE_A]) && isnan(m->ratio.ratio) && isnan(m->rank_p) &&
	       isnan(m->bootstrap.low);
}

/* One boot of A did not see it: then A has no such figure. */
static void check_needed(const char *key, const char *probe, bool refused, bool missed)
{
	const struct compare_metric *m;
	struct sample_sets s;

	sample_sets_init(&s, 2, 2);
	assert_false(is_unknown(by_key(sample_compare(&s), key)));
	miss_probe(s.a[1], probe, "");
	s.a[1]->snapshot->probes[0].error = refused ? -EPERM : 0;
	m = by_key(sample_compare(&s), key);
	if (is_unknown(m) != missed || isnan(m->median[COMPARE_B]))
		fail_msg("%s without %s, %s: %s", key, probe, refused ? "refused" : "not there",
			 missed ? "a figure" : "no figure");
	assert_null(m->unseen[COMPARE_B].probe);
	if (missed)
		assert_string_equal(m->unseen[COMPARE_A].probe, probe);
	else
		assert_null(m->unseen[COMPARE_A].probe);
	sample_sets_finish(&s);
}

static void test_unseen(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		for (size_t j = 0; needed[i].probes[j]; j++) {
			check_needed(needed[i].key, needed[i].probes[j], true, true);
			check_needed(needed[i].key, needed[i].probes[j], false,
				     needed[i].even_unknown);
		}
	}
	check_needed("rate_work", "sched_switch", true, false);
	check_needed("cyclictest_p50", "sched_switch", true, false);
	check_needed("rate_irq", "sched_switch", true, false);
	check_needed("stolen", "hrtimer_expire_entry", true, false);
}

/* A limit is not kept by what nobody looked at. */
static void test_gates_unseen(void **state)
{
	static const char *const texts[] = { "rate_nmi:>0", "rate_nmi:+10%", "rate_irq:>0" };
	static const enum compare_gate_outcome wanted[] = { COMPARE_GATE_UNJUDGED,
							    COMPARE_GATE_UNJUDGED,
							    COMPARE_GATE_PASSED };
	struct compare_gate gates[ARRAY_SIZE(texts)];
	const struct compare_options options = { .gates = gates, .nr_gates = ARRAY_SIZE(gates) };
	struct sample_sets s;
	char words[WORDS_MAX];

	(void)state;
	sample_sets_init(&s, 3, 3);
	in_all(&s, miss_probe, "nmi_handler", "non-maskable interrupts");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(compare_gate_parse(texts[i], strlen(texts[i]), &gates[i]), 0);
	sample_compare_with(&s, &options);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(s.c->gates[i].outcome, wanted[i]);
	compare_gate_words(s.c, &s.c->gates[0], words, sizeof(words));
	assert_string_equal(words, "01-qpw1 was recorded without the probe nmi_handler; – in the "
				   "highest boot");
	/* the nearest reason is told, whatever else speaks against the data */
	s.b[0]->snapshot->nr_lost = 2;
	sample_compare_with(&s, &options);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(s.c->gates[i].outcome, COMPARE_GATE_UNJUDGED);
		assert_int_equal(s.c->gates[i].why, COMPARE_GATE_NO_FIGURE);
	}
	/* a boot that did see, and saw too much, is enough */
	s.b[0]->snapshot->nr_lost = 0;
	s.b[2]->snapshot->nr_probes = 0;
	s.b[2]->snapshot->classes[SNAP_NMI].count = 1;
	assert_int_equal(sample_compare_with(&s, &options)->gates[0].outcome, COMPARE_GATE_FAILED);
	s.b[2]->snapshot->classes[SNAP_NMI].count = 0;
	assert_int_equal(sample_compare_with(&s, &options)->gates[0].outcome,
			 COMPARE_GATE_UNJUDGED);
	words_change(s.c->gates[0].metric, words, sizeof(words));
	assert_string_equal(words, "– (without nmi_handler)");
	sample_sets_finish(&s);
}

/* B saw less than A did: there may have been more, a limit that is broken is broken. */
static void test_limits_partly_unseen(void **state)
{
	static const char *const texts[] = { "flush_waits:>20", "flush_waits:>5" };
	struct compare_gate gates[ARRAY_SIZE(texts)];
	const struct compare_options options = { .gates = gates, .nr_gates = ARRAY_SIZE(gates) };
	struct sample_sets s;

	(void)state;
	sample_sets_init(&s, 2, 2);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(compare_gate_parse(texts[i], strlen(texts[i]), &gates[i]), 0);
	sample_compare_with(&s, &options);
	assert_int_equal(s.c->gates[0].outcome, COMPARE_GATE_PASSED);
	miss_probe(s.b[0], "__flush_work", "");
	sample_compare_with(&s, &options);
	assert_int_equal(s.c->gates[0].outcome, COMPARE_GATE_UNJUDGED);
	assert_int_equal(s.c->gates[1].outcome, COMPARE_GATE_FAILED);
	sample_sets_finish(&s);
}

static void test_words_unseen(void **state)
{
	struct sample_sets s;
	char words[WORDS_MAX];

	(void)state;
	sample_sets_init(&s, 2, 2);
	words_unseen(sample_compare(&s), words, sizeof(words));
	assert_string_equal(words, "");
	miss_probe(s.a[0], "softirq_entry", "softirqs");
	miss_probe(s.a[1], "softirq_exit", "softirqs");
	miss_probe(s.b[0], "softirq_exit", "softirqs");
	miss_probe(s.b[0], "nmi_handler", "non-maskable interrupts");
	words_unseen(sample_compare(&s), words, sizeof(words));
	assert_string_equal(words, "softirqs; non-maskable interrupts");
	sample_sets_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_words_of_difference),
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_many_warnings),
		cmocka_unit_test(test_probes_differ),
		cmocka_unit_test(test_attached),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_gates_unseen),
		cmocka_unit_test(test_limits_partly_unseen),
		cmocka_unit_test(test_words_unseen),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_words_of_unknown),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_long_command),
	};

	return cmocka_run_group_tests_name("compare_setup", tests, NULL, NULL);
}
