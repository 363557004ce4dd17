// SPDX-License-Identifier: GPL-2.0-only
/*
 * What /proc/PID/stat calls a task, against what the task is called: a worker of workqueues has
 * there, behind its name, what it is working at. Knows no more of /proc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "collect/threads.c"
#include "util/array.h"

static void test_names(void **state)
{
	static const struct {
		const char *stat, *name;
	} cases[] = {
		{ "7 (bash) S 1", "bash" },
		{ "7 (a) (b) R 1", "a) (b" },
		{ "7 (half-a-name+) R 1", "half-a-name+" },
		{ "7 (kworker/1:2) I 2", "kworker/1:2" },
		{ "7 (kworker/1:2-events) I 2", "kworker/1:2" },
		{ "7 (kworker/u8:0+flush-259:0) I 2", "kworker/u8:0" },
		/* a rescuer, since 6.8 */
		{ "7 (kworker/R-rcu_gp) I 2", "kworker/R-rcu_g" },
		{ "7 (kworker/R-mm_percpu_wq) I 2", "kworker/R-mm_pe" },
		{ "7 (kworker/R-nvme-wq) I 2", "kworker/R-nvme-" },
		{ "7 (kworker/R-md-md) I 2", "kworker/R-md" },
		{ "7 (kworker/R-md+md) I 2", "kworker/R-md" },
		{ "7 (kworker/R-a-b-a-b) I 2", "kworker/R-a-b" },
		{ "7 (kworker/R-) I 2", "kworker/R-" },
	};
	struct thread_state found;
	char stat[64], *rest = stat;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(stat, sizeof(stat), "%s", cases[i].stat);
		assert_true(take_name(stat, &found, &rest));
		assert_string_equal(found.name, cases[i].name);
		assert_int_equal(rest[0], ' ');
	}
	snprintf(stat, sizeof(stat), "7 bash S 1");
	assert_false(take_name(stat, &found, &rest));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
