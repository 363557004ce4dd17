// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies of live tables: all that is used is there, and nothing of what was in the copy before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tables.h"
#include "model/look.h"

static struct qpw_live_table *new_table(void)
{
	struct qpw_live_table *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	return t;
}

/* So many tasks, each with one who woke it, and one that is gone. */
static struct qpw_live_table *table_of(unsigned int nr, const char *name)
{
	struct qpw_live_table *t = new_table();
	struct qpw_origin who = { .ns = 1, .pid = 7 };
	char task[QPW_COMM_LEN];
	uint32_t row = 0;

	for (unsigned int i = 0; i < nr; i++) {
		struct qpw_live_key key;

		snprintf(task, sizeof(task), "%s-%u", name, i);
		key = table_key(QPW_KIND_THREAD, 0, 0, 0, task);
		row = table_add(t, &key, i + 1, true, 900, 800);
		snprintf(who.comm, sizeof(who.comm), "by-%u", i);
		table_add_who(t, row, &who, i + 1, 50);
	}
	t->last_thread = row + 1;
	t->last_tick_ns = nr;
	t->recent_max_ns = 900;
	t->gone_kinds = 1U << (nr % LIVE_OTHERS);
	t->gone[nr % LIVE_OTHERS].count = nr;
	return t;
}

/* As no place that is free has anything in it, a copy is the same in every byte. */
static void test_same(void **state)
{
	struct qpw_live_table *t = table_of(40, "task"), *copy = new_table();

	(void)state;
	look_copy(copy, t);
	assert_memory_equal(copy, t, sizeof(*t));
	free(t);
	free(copy);
}

static void test_nothing_left(void **state)
{
	struct qpw_live_table *t = table_of(90, "task"), *other = table_of(5, "other");
	struct qpw_live_table *empty = new_table(), *copy = new_table();

	(void)state;
	look_copy(copy, t);
	look_copy(copy, other);
	assert_memory_equal(copy, other, sizeof(*other));
	look_copy(copy, empty);
	assert_memory_equal(copy, empty, sizeof(*empty));
	free(t);
	free(other);
	free(empty);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_nothing_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
