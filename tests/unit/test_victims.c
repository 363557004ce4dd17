// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of victims as programs read it: what stays keeps its place, and a list of nobody ends at
 * once. Knows the list alone.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <linux/types.h>

#include "qpw/victim.h"

/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "collect/victims.c"

#define NR 3

static void test_process_and_thread(void **state)
{
	struct qpw_victim list[NR] = { 0 };

	(void)state;
	assert_int_equal(victims_add(list, NR, 10, 0, true), 0);
	assert_int_equal(victims_add(list, NR, 20, 21, false), 0);
	assert_int_equal(victims_add(list, NR, 20, 22, false), 0);
	assert_int_equal(list[0].tgid, 10);
	assert_int_equal(list[0].tid, 0);
	assert_int_equal(list[0].has_realtime, 1);
	assert_int_equal(list[2].tgid, 20);
	assert_int_equal(list[2].tid, 22);
	assert_int_equal(list[2].has_realtime, 0);
	/* once, and no more than there is room for */
	assert_int_equal(victims_add(list, NR, 20, 22, false), 0);
	assert_int_equal(victims_add(list, NR, 30, 0, false), -ENOSPC);
}

static void test_removed_threads_leave_no_end(void **state)
{
	struct qpw_victim list[NR] = { 0 };

	(void)state;
	victims_add(list, NR, 20, 21, false);
	victims_add(list, NR, 20, 22, false);
	victims_add(list, NR, 30, 0, true);
	assert_true(victims_have(list, NR, 20));
	victims_remove(list, NR, 20);
	assert_false(victims_have(list, NR, 20));
	assert_true(victims_have(list, NR, 30));
	/* programs stop at 0: what comes later must still be found */
	assert_int_not_equal(list[0].tgid, 0);
	assert_int_not_equal(list[1].tgid, 0);
	assert_int_equal(list[2].tgid, 30);
	/* a place that is used again has nothing of who had it */
	victims_add(list, NR, 40, 0, false);
	assert_int_equal(list[0].tgid, 40);
	assert_int_equal(list[0].tid, 0);
	assert_int_equal(list[0].has_realtime, 0);
	victims_remove(list, NR, 40);
	victims_remove(list, NR, 30);
	assert_int_equal(list[0].tgid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process_and_thread),
		cmocka_unit_test(test_removed_threads_leave_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
