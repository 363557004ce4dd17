// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names and tables under load: however many there are and in whatever order they come, each key has
 * its row, and what is remembered never outlives what it was made from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../feeding.h"
#include "model/names.h"
#include "model/table.h"
#include "util/array.h"

#define FN_TIMER 0xffffffff81000100U

struct row {
	uint64_t key[2];
	uint64_t value;
};

/* Keys that differ in one word only, and by one bit: all have their own rows, up to the bound. */
static void test_table(void **state)
{
	struct table t;
	uint64_t key[2];

	(void)state;
	table_init(&t, sizeof(key), sizeof(struct row), 6000);
	key[0] = 0;
	key[1] = 0;
	assert_int_equal(table_find(&t, key), -ENOENT);
	for (uint64_t i = 0; i < 6000; i++) {
		key[0] = i % 2 ? i << 40 : 7;
		key[1] = i % 2 ? 7 : i;
		assert_int_equal(table_find(&t, key), -ENOENT);
		assert_int_equal(table_get(&t, key), i);
		((struct row *)table_row(&t, (int)i))->value = i * 3;
	}
	for (uint64_t i = 0; i < 6000; i++) {
		key[0] = i % 2 ? i << 40 : 7;
		key[1] = i % 2 ? 7 : i;
		assert_int_equal(table_get(&t, key), i);
		assert_int_equal(table_find(&t, key), i);
		assert_int_equal(((struct row *)table_row(&t, (int)i))->value, i * 3);
	}
	key[0] = 1;
	assert_int_equal(table_get(&t, key), -ENOSPC);
	table_clear(&t);
	assert_int_equal(table_find(&t, key), -ENOENT);
	assert_int_equal(table_get(&t, key), 0);
	table_finish(&t);
}

static const char *only_cause(const struct snapshot *s, const char *name, uint64_t count)
{
	for (size_t i = 0; i < s->nr_causes; i++)
		if (!strcmp(s->causes[i].name, name) && s->causes[i].count == count)
			return s->causes[i].name;
	return NULL;
}

/* Tables have words of their own in the place of names: a task can't pass for these. */
static void test_words_of_tables(void **state)
{
	static const char *const words[] = { "(other)", "(unknown)", "[softirq]", "[irq]",
					     "[nmi]" };
	struct model *m = new_model(0, 1);
	struct snapshot *s;
	char quoted[24];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		feed(m, rec_thread(1, 1000 + i * 10, 1004 + i * 10, 7, words[i]));
	feed(m, rec_thread(1, 2000, 2004, 7, "(others)"));
	feed(m, rec_thread(1, 2010, 2014, 7, "(sd-pam)"));
	s = snap(m);
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(quoted, sizeof(quoted), "'%s'", words[i]);
		assert_non_null(only_cause(s, quoted, 1));
		assert_null(only_cause(s, words[i], 1));
	}
	assert_non_null(only_cause(s, "(others)", 1));
	assert_non_null(only_cause(s, "(sd-pam)", 1));
	snapshot_destroy(s);
	model_destroy(m);
}

/* Far more names than are remembered, the frequent among the rare: every run has its own row. */
static void test_many_tasks(void **state)
{
	struct model *m = new_model(0, 1);
	struct snapshot *s;
	uint64_t ns = 1000;
	char name[24];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 5000; i++, ns += 10) {
			snprintf(name, sizeof(name), "task-%d", i);
			feed(m, rec_thread(1, ns, ns + 4, 7, name));
			feed(m, rec_thread(1, ns + 5, ns + 9, 7, "often"));
		}
	}
	s = snap(m);
	assert_int_equal(s->nr_causes, 5001);
	assert_non_null(only_cause(s, "often", 15000));
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "task-%d", i);
		assert_non_null(only_cause(s, name, 3));
	}
	snapshot_destroy(s);
	model_destroy(m);
}

/* What lies behind the end of a name in its field does not make it another one. */
static void test_behind_the_end(void **state)
{
	struct model *m = new_model(0, 1);
	union rec r = rec_thread(1, 10, 20, 7, "rcu");
	struct snapshot *s;

	(void)state;
	feed(m, r);
	r.h.start_ns = 30;
	r.h.end_ns = 40;
	memcpy(r.thread.comm, "rcu\0left", 8);
	feed(m, r);
	s = snap(m);
	assert_int_equal(s->nr_causes, 1);
	assert_int_equal(s->causes[0].count, 2);
	snapshot_destroy(s);
	model_destroy(m);
}

/* A function that gets its name late, or another one: what follows has the name of that time. */
static void test_named_late(void **state)
{
	struct model *m = new_model(0, 1);
	struct snapshot *s;

	(void)state;
	feed(m, rec_timer(1, 10, 20, QPW_F_VICTIM, FN_TIMER));
	feed(m, rec_timer(1, 30, 40, QPW_F_TICK, FN_TIMER));
	feed(m, rec_symbol(FN_TIMER, "first_name"));
	feed(m, rec_timer(1, 50, 60, QPW_F_VICTIM, FN_TIMER));
	feed(m, rec_timer(1, 70, 80, QPW_F_VICTIM, FN_TIMER));
	feed(m, rec_symbol(FN_TIMER, "second_name"));
	feed(m, rec_timer(1, 90, 95, 0, FN_TIMER));
	feed(m, rec_timer(1, 96, 99, QPW_F_VICTIM, FN_TIMER));
	s = snap(m);
	assert_non_null(only_cause(s, "victim timer (0xffffffff81000100)", 1));
	assert_non_null(only_cause(s, "0xffffffff81000100", 1));
	assert_non_null(only_cause(s, "victim timer (first_name)", 2));
	assert_non_null(only_cause(s, "second_name", 1));
	assert_non_null(only_cause(s, "victim timer (second_name)", 1));
	assert_int_equal(s->nr_causes, 5);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Things of the same number are told apart: an interrupt, a softirq, a vector, a function. */
static void test_same_number(void **state)
{
	struct model *m = new_model(0, 1);
	struct snapshot *s;

	(void)state;
	for (uint64_t ns = 0; ns < 200; ns += 100) {
		feed(m, rec_irq(1, ns + 10, ns + 11, ""));
		feed(m, rec_softirq(1, ns + 12, ns + 13, 0));
		feed(m, rec_ipi(1, ns + 14, ns + 15, 0, 0, NULL));
		feed(m, rec_timer(1, ns + 16, ns + 17, 0, 0));
		feed(m, rec_timer(1, ns + 18, ns + 19, QPW_F_TICK, 0));
		feed(m, rec_work(QPW_KIND_WORK, 1, ns + 20, ns + 21, QPW_F_BEGIN, 0, NULL));
		feed(m, rec_flush(0, ns, ns + 30, 0, 0, "churn"));
	}
	s = snap(m);
	assert_non_null(only_cause(s, "irq 0", 2));
	assert_non_null(only_cause(s, "HI", 2));
	assert_non_null(only_cause(s, "unknown vector", 2));
	assert_non_null(only_cause(s, "nothing expired", 2));
	assert_non_null(only_cause(s, "tick", 2));
	assert_non_null(only_cause(s, "0x0", 2));
	assert_int_equal(s->nr_causes, 6);
	assert_int_equal(s->nr_flushes, 1);
	assert_string_equal(s->flushes[0].function, "unknown flush");
	assert_string_equal(s->flushes[0].work, "");
	snapshot_destroy(s);
	model_destroy(m);
}

/* An error that no kernel gives: it can be negated, as views do to name it. */
static void test_absurd_error(void **state)
{
	struct model *m = new_model(0, 1);
	struct snapshot *s;

	(void)state;
	feed(m, rec_probe("a", QPW_PROBE_MISSING, INT32_MIN, "a"));
	feed(m, rec_probe("b", QPW_PROBE_MISSING, -1, "b"));
	s = snap(m);
	assert_int_equal(s->nr_probes, 2);
	assert_int_equal(s->probes[0].error, -INT32_MAX);
	assert_int_equal(s->probes[1].error, -1);
	snapshot_destroy(s);
	model_destroy(m);
}

/* Interrupts of two vectors are two causes: no two vectors have one name. */
static void test_vectors(void **state)
{
	struct model *m = new_model(0, 1);
	struct snapshot *s;
	size_t nr = 0;

	(void)state;
	for (uint32_t vector = QPW_IPI_RESCHEDULE; vector <= QPW_IPI_DEFERRED_ERROR; vector++)
		feed(m, rec_ipi(1, 10 * vector, 10 * vector + 1, vector, 0, NULL));
	s = snap(m);
	for (size_t i = 0; i < s->nr_causes; i++) {
		assert_null(strstr(s->causes[i].name, "unknown"));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(s->causes[i].name, s->causes[j].name);
		nr += s->causes[i].count == 1;
	}
	assert_int_equal(nr, 11);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_words_of_tables),
		cmocka_unit_test(test_many_tasks),   cmocka_unit_test(test_behind_the_end),
		cmocka_unit_test(test_named_late),   cmocka_unit_test(test_same_number),
		cmocka_unit_test(test_absurd_error), cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
