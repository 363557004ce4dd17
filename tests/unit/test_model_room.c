// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room in live tables: who goes and who stays, that nothing is counted twice or lost on the way,
 * that what is taken away can be taken again.
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
#include "model/room.h"

#define NS 700

static struct qpw_live_table *new_table(void)
{
	struct qpw_live_table *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	return t;
}

static struct qpw_live_key task(unsigned int i)
{
	char name[QPW_COMM_LEN];

	snprintf(name, sizeof(name), "task-%u", i);
	return table_key(QPW_KIND_THREAD, 0, 0, 0, name);
}

static uint32_t run_task(struct qpw_live_table *t, unsigned int i, uint32_t count)
{
	const struct qpw_live_key key = task(i);

	return table_add(t, &key, count, true, NS, NS);
}

static unsigned int nr_used(const __u64 *used)
{
	unsigned int n = 0;

	for (int i = 0; i < LIVE_WORDS; i++)
		n += (unsigned int)__builtin_popcountll(used[i]);
	return n;
}

/* Index of a task's row, -1: it has none. */
static int row_of(const struct qpw_live_table *t, unsigned int i)
{
	const struct qpw_live_key key = task(i);
	int at;

	qpw_live_for_each(t->used_rows, at)
		if (!memcmp(&t->rows[at].key, &key, sizeof(key)))
			return at;
	return -1;
}

/* All there is, wherever it is: of rows that are closed what they had is elsewhere already. */
static uint64_t sum(const struct qpw_live_table *t)
{
	uint64_t n = t->gone[QPW_KIND_THREAD].count;
	int at;

	qpw_live_for_each(t->used_rows, at)
		if (*(const uint64_t *)&t->rows[at].key != LIVE_BUSY)
			n += t->rows[at].count;
	return n;
}

static void test_idle_rows_go(void **state)
{
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;

	(void)state;
	/* task 0 did much once, task 1 goes on, the last one is the one that runs now */
	run_task(t, 0, 50);
	for (unsigned int i = 1; i < 200; i++)
		run_task(t, i, 1);
	t->last_thread = run_task(t, 200, 1) + 1;
	assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_rows), 201);
	run_task(t, 1, 1);
	assert_int_equal(room_make(&room, t), 0);
	/* nobody finds them, nobody takes them yet; what one had found still counts */
	assert_int_equal(nr_used(t->used_rows), 201);
	assert_int_equal(sum(t), 251);
	assert_int_equal(row_of(t, 2), -1);
	t->rows[2].count++;
	t->rows[2].total_ns += NS;
	t->rows[2].lengths[qpw_coarse_bucket(NS)]++;
	assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_rows), LIVE_ROWS / 2);
	assert_int_equal(sum(t), 252);
	assert_int_equal(t->gone[QPW_KIND_THREAD].count, 201 - LIVE_ROWS / 2 + 1);
	assert_int_equal(t->gone[QPW_KIND_THREAD].total_ns, (201 - LIVE_ROWS / 2 + 1) * NS);
	assert_int_equal(t->gone[QPW_KIND_THREAD].lengths[qpw_coarse_bucket(NS)],
			 201 - LIVE_ROWS / 2 + 1);
	assert_int_equal(t->gone[QPW_KIND_THREAD].max_ns, NS);
	assert_int_equal(t->gone_kinds, 1 << QPW_KIND_THREAD);
	assert_true(row_of(t, 0) >= 0 && row_of(t, 1) >= 0 && row_of(t, 200) >= 0);
	assert_int_equal(t->rows[row_of(t, 0)].count, 50);
	/* a new one finds an empty place */
	assert_int_equal(t->rows[run_task(t, 1000, 1)].count, 1);
	free(room);
	free(t);
}

static void test_flags_stay(void **state)
{
	const struct qpw_live_key tick = table_key(QPW_KIND_TIMER, QPW_F_TICK, 0, 5, "");
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;
	uint32_t at;

	(void)state;
	at = table_add(t, &tick, 1, true, NS, NS);
	for (unsigned int i = 0; i < 254; i++)
		run_task(t, i, 2);
	for (int look = 0; look < 4; look++)
		assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_rows), LIVE_ROWS / 2);
	assert_int_equal(t->rows[at].count, 1);
	assert_int_equal(t->rows[at].key.kind, QPW_KIND_TIMER);
	free(room);
	free(t);
}

/* A hog that ran once: its row is not the first to go. Neither is what comes often. */
static void test_the_largest_stay(void **state)
{
	const struct qpw_live_key hog = table_key(QPW_KIND_THREAD, 0, 0, 0, "hog");
	const struct qpw_live_key move = table_key(QPW_KIND_MIGRATE, 0, 0, 0, "mover");
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;
	uint32_t hogs, moves;

	(void)state;
	hogs = table_add(t, &hog, 1, true, 5000000000, 5000000000);
	moves = table_add(t, &move, 1000, true, 0, 0);
	for (unsigned int i = 0; i < 250; i++)
		run_task(t, i, 2);
	for (int look = 0; look < 4; look++)
		assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_rows), LIVE_ROWS / 2);
	assert_memory_equal(&t->rows[hogs].key, &hog, sizeof(hog));
	assert_int_equal(t->rows[hogs].total_ns, 5000000000);
	assert_memory_equal(&t->rows[moves].key, &move, sizeof(move));
	assert_int_equal(t->rows[moves].count, 1000);
	free(room);
	free(t);
}

static void test_few_stay(void **state)
{
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;

	(void)state;
	for (unsigned int i = 0; i < LIVE_ROWS / 4 * 3; i++)
		run_task(t, i, 1);
	for (int look = 0; look < 4; look++)
		assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_rows), LIVE_ROWS / 4 * 3);
	assert_null(room);
	free(t);
}

static void wake(struct qpw_live_table *t, uint32_t row, unsigned int who, uint32_t count)
{
	struct qpw_origin by = { .ns = 1, .cpu = 0, .pid = who };

	snprintf(by.comm, sizeof(by.comm), "by-%u", who);
	table_add_who(t, row, &by, count, 10);
}

static void test_causers_go(void **state)
{
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;
	uint64_t kept = 0;
	uint32_t row;
	int at;

	(void)state;
	row = run_task(t, 0, 400);
	for (unsigned int i = 0; i < 400; i++)
		wake(t, row, i, 1);
	assert_int_equal(room_make(&room, t), 0);
	wake(t, row, 399, 1);
	for (int look = 0; look < 3; look++)
		assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_causers), LIVE_CAUSERS / 2);
	qpw_live_for_each(t->used_causers, at)
		kept += t->causers[at].count;
	assert_int_equal(kept + t->nr_causers_left_out, 401);
	assert_int_equal(t->nr_causers_left_out, 400 - LIVE_CAUSERS / 2);
	assert_string_equal(t->causers[399].comm, "by-399");
	assert_int_equal(t->causers[399].count, 2);
	free(room);
	free(t);
}

/* Who brought about what has no row any more is left out, whenever it was added. */
static void test_causers_of_rows(void **state)
{
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;

	(void)state;
	for (unsigned int i = 0; i < 255; i++)
		wake(t, run_task(t, i, 1), i, 1);
	assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(t->nr_causers_left_out, 255 - LIVE_ROWS / 2);
	wake(t, 0, 9999, 3);
	assert_int_equal(room_make(&room, t), 0);
	assert_int_equal(nr_used(t->used_causers), LIVE_ROWS / 2);
	assert_int_equal(t->nr_causers_left_out, 255 - LIVE_ROWS / 2 + 3);
	free(room);
	free(t);
}

static void test_clear(void **state)
{
	static const struct qpw_live_table nothing;
	struct qpw_live_table *t = new_table();
	struct room *room = NULL;

	(void)state;
	for (unsigned int i = 0; i < 255; i++)
		wake(t, run_task(t, i, 1), i, 1);
	for (int look = 0; look < 3; look++)
		assert_int_equal(room_make(&room, t), 0);
	room_clear(&room, t);
	assert_null(room);
	assert_memory_equal(t, &nothing, sizeof(nothing));
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_rows_go),
		cmocka_unit_test(test_flags_stay),
		cmocka_unit_test(test_the_largest_stay),
		cmocka_unit_test(test_few_stay),
		cmocka_unit_test(test_causers_go),
		cmocka_unit_test(test_causers_of_rows),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
