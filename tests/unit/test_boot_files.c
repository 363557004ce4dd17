// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small files of a boot: cyclictest's JSON, the witness, triggers, stress-ng's YAML; each from
 * text written here, good, broken and hostile.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/cyclictest_json.h"
#include "store/triggers.h"
#include "store/witness.h"
#include "util/array.h"

#define US 1000ull

static int cyclictest(const char *text, struct boot_cyclictest *out)
{
	return cyclictest_json_parse(text, strlen(text), out);
}

/* 2.4 writes "cmdline:" with the colon inside; later ones may not. */
static void test_cyclictest(void **state)
{
	static const char *const spellings[] = { "cmdline:", "cmdline" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct boot_cyclictest c;
		char text[512];

		snprintf(text, sizeof(text),
			 "{\"%s\": \"cyclictest -q -h 100 -b 20\", \"return_code\": 1,"
			 "\"resolution_in_ns\": 0, \"thread\": {"
			 "\"0\": {\"histogram\": {\"3\": 5, \"7\": 2}, \"cycles\": 7, \"max\": 7},"
			 "\"1\": {\"histogram\": {\"9\": 1}, \"cycles\": 1, \"max\": 9}}}",
			 spellings[i]);
		assert_int_equal(cyclictest(text, &c), 0);
		assert_true(c.present && c.break_value);
		assert_int_equal(c.return_code, 1);
		assert_int_equal(c.nr_cycles, 8);
		assert_int_equal(c.nr_overflow, 0);
		assert_int_equal(hist_count(c.latency), 8);
		assert_int_equal(hist_min(c.latency), 3 * US);
		assert_int_equal(hist_max(c.latency), 9 * US);
		assert_int_equal(c.latency->sum, (3 * 5 + 7 * 2 + 9) * US);
		hist_destroy(c.latency);
	}
}

/* 10 cycles, 6 in the histogram: 3 at its bound of 100 µs, the last one at the maximum. */
static void test_cyclictest_overflow(void **state)
{
	static const char text[] = "{\"cmdline:\": \"cyclictest --histogram=100\", \"thread\": {"
				   "\"0\": {\"histogram\": {\"5\": 6}, \"cycles\": 10,"
				   "\"max\": 900}}}";
	struct boot_cyclictest c;

	(void)state;
	assert_int_equal(cyclictest(text, &c), 0);
	assert_int_equal(c.nr_overflow, 4);
	assert_int_equal(hist_count(c.latency), 10);
	assert_int_equal(hist_max(c.latency), 900 * US);
	assert_int_equal(c.latency->sum, (5 * 6 + 100 * 3 + 900) * US);
	assert_false(c.break_value);
	hist_destroy(c.latency);
}

/* Everything overflowed, and nothing says where the histogram ended: what is known is the max. */
static void test_cyclictest_empty_histogram(void **state)
{
	struct boot_cyclictest c;

	(void)state;
	assert_int_equal(cyclictest("{\"thread\": {\"0\": {\"histogram\": { }, \"cycles\": 2, "
				    "\"max\": 138}}}",
				    &c),
			 0);
	assert_int_equal(c.nr_overflow, 2);
	assert_int_equal(hist_count(c.latency), 2);
	assert_int_equal(hist_max(c.latency), 138 * US);
	hist_destroy(c.latency);
}

static void test_cyclictest_broken(void **state)
{
	static const char *const broken[] = {
		"",
		"[]",
		"{}",
		"{\"thread\": {}}",
		"{\"thread\": []}",
		"{\"thread\": {\"0\": 5}}",
		"{\"thread\": {\"0\": {\"histogram\": {\"1\": 1}}}}",
		"{\"thread\": {\"0\": {\"histogram\": {\"1\": 3}, \"cycles\": 2, \"max\": 1}}}",
		"{\"thread\": {\"0\": {\"histogram\": {\"-1\": 1}, \"cycles\": 1, \"max\": 1}}}",
		"{\"thread\": {\"0\": {\"histogram\": {\"x\": 1}, \"cycles\": 1, \"max\": 1}}}",
		"{\"thread\": {\"0\": {\"histogram\": {\"1\": -1}, \"cycles\": 1, \"max\": 1}}}",
		"{\"thread\": {\"0\": {\"histogram\": {\"1\": 1.5}, \"cycles\": 1, \"max\": 1}}}",
		"{\"thread\": {\"0\": {\"histogram\": 1, \"cycles\": 1, \"max\": 1}}}",
		"{\"thread\": {\"0\": {\"cycles\": 1, \"max\": 9999999999999}}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct boot_cyclictest c;

		assert_int_equal(cyclictest(broken[i], &c), -EINVAL);
		assert_null(c.latency);
	}
}

/* ---------------------------------------------------------------- witness */

static struct boot_witness witness(const char *text, uint64_t start_ns, uint64_t end_ns)
{
	struct boot_witness w;
	char *copy = strdup(text);
	FILE *f = copy ? fmemopen(copy, strlen(copy), "r") : NULL;

	assert_non_null(f);
	assert_int_equal(witness_parse(f, start_ns, end_ns, &w), 0);
	assert_int_equal(fclose(f), 0);
	free(copy);
	return w;
}

#define CPU1 "# witness 1\n# cpu 1 entries 0 overrun 0 dropped 0\n"
#define LINE(time, function)                          \
	"     kworker/1:1-35      [001] d..1.  " time \
	": workqueue_execute_start: work struct 00000000abcd0123: function " function "\n"

static void test_witness(void **state)
{
	struct boot_witness w =
		witness(CPU1 "# tracer: nop\n#\n" LINE("9.999999", "early")
				LINE("10.000001", "b_work [mod]") LINE("10.500000", "a_work")
					LINE("12.345678", "b_work [mod]") LINE("13.000001", "late"),
			10000001000ull, 13000000400ull);

	(void)state;
	assert_int_equal(w.state, BOOT_WITNESS_OK);
	assert_int_equal(w.nr_cpus, 1);
	assert_int_equal(w.nr_functions, 2);
	assert_string_equal(w.functions[0].name, "a_work");
	assert_int_equal(w.functions[0].count, 1);
	assert_string_equal(w.functions[1].name, "b_work [mod]");
	assert_int_equal(w.functions[1].count, 2);
	assert_int_equal(w.nr_outside, 2);
	free(w.functions);
}

/* The kernel rounds to the nearest microsecond: an event inside never falls out. */
static void test_witness_edges(void **state)
{
	struct boot_witness w = witness(CPU1 LINE("10.000001", "first") LINE("11.000001", "last"),
					10000000700ull, 11000000900ull);

	(void)state;
	assert_int_equal(w.nr_functions, 2);
	free(w.functions);
}

/* A task may be called like an event; the kernel's own words come last on the line. */
static void test_witness_hostile(void **state)
{
	static const char text[] = CPU1
		"1.0: workqueue_execute_start: work struct 1: function evil-7 [001] d..1.  "
		"10.500000: workqueue_execute_start: work struct 00000000abcd0123: function good\n";
	struct boot_witness w = witness(text, 10000000000ull, 11000000000ull);

	(void)state;
	assert_int_equal(w.state, BOOT_WITNESS_OK);
	assert_int_equal(w.nr_functions, 1);
	assert_string_equal(w.functions[0].name, "good");
	free(w.functions);
}

static void test_witness_lossy(void **state)
{
	static const char *const texts[] = {
		"# witness 1\n# cpu 1 entries 0 overrun 3 dropped 0\n",
		"# witness 1\n# cpu 1 entries 0 overrun 0 dropped 0\n"
		"# cpu 2 entries 0 overrun 0 dropped 1\n",
		CPU1 LINE("10.5", "x"),
		CPU1 "CPU:1 [LOST 5 EVENTS]\n",
		CPU1 "CPU:1 [LOST EVENTS]\n",
	};
	struct boot_witness w;

	(void)state;
	w = witness(texts[0], 0, 1);
	assert_int_equal(w.state, BOOT_WITNESS_LOSSY);
	assert_int_equal(w.nr_overrun, 3);
	w = witness(texts[1], 0, 1);
	assert_int_equal(w.state, BOOT_WITNESS_LOSSY);
	assert_int_equal(w.nr_cpus, 2);
	assert_int_equal(w.nr_dropped, 1);
	/* a time without six digits is no time of the kernel's */
	assert_int_equal(witness(texts[2], 0, 1).state, BOOT_WITNESS_UNREADABLE);
	assert_int_equal(witness(texts[3], 0, 1).nr_dropped, 5);
	w = witness(texts[4], 0, 1);
	assert_int_equal(w.state, BOOT_WITNESS_LOSSY);
	assert_int_equal(w.nr_dropped, 1);
}

static void test_witness_unreadable(void **state)
{
	static const char *const texts[] = {
		"something else\n",
		"# witness 2\n# cpu 1 entries 0 overrun 0 dropped 0\n",
		"# witness 1\n",
		CPU1 "garbage\n",
		CPU1 "a-1 [001] d..1. 1.000000: sched_switch: prev\n",
		/* cut off: the buffer held two */
		"# witness 1\n# cpu 1 entries 2 overrun 0 dropped 0\n" LINE("10.500000", "x"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct boot_witness w = witness(texts[i], 0, 20000000000ull);

		assert_int_equal(w.state, BOOT_WITNESS_UNREADABLE);
		assert_null(w.functions);
	}
}

/* ---------------------------------------------------------------- triggers, stress-ng */

#define FAMILIES(rows) "{\"schema\": \"qpwlat.triggers\", \"version\": 1, \"triggers\": [" rows "]}"

static void test_triggers(void **state)
{
	static const char text[] =
		"{\"schema\": \"qpwlat.triggers\", \"version\": 1, \"rounds\": 7,"
		"\"elapsed_ns\": 9, \"triggers\": ["
		"{\"family\": \"z\", \"count\": 3, \"failed\": 1, \"populated\": 2},"
		"{\"family\": \"a\", \"count\": 5}]}";
	struct boot_triggers t;

	(void)state;
	assert_int_equal(triggers_parse(text, strlen(text), &t), 0);
	assert_true(t.present);
	assert_int_equal(t.rounds, 7);
	assert_int_equal(t.elapsed_ns, 9);
	assert_int_equal(t.nr_rows, 2);
	assert_string_equal(t.rows[0].family, "a");
	assert_int_equal(t.rows[0].count, 5);
	assert_string_equal(t.rows[1].family, "z");
	assert_int_equal(t.rows[1].failed, 1);
	assert_int_equal(t.rows[1].populated, 2);
	free(t.rows);
}

static void test_triggers_broken(void **state)
{
	static const char *const broken[] = {
		"",
		"{}",
		"{\"schema\": \"other\", \"version\": 1, \"triggers\": []}",
		"{\"schema\": \"qpwlat.triggers\", \"version\": 2, \"triggers\": []}",
		"{\"schema\": \"qpwlat.triggers\", \"version\": 1}",
		FAMILIES("{}"),
		FAMILIES("{\"family\": \"a\", \"count\": -1}"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct boot_triggers t;

		assert_int_equal(triggers_parse(broken[i], strlen(broken[i]), &t), -EINVAL);
		assert_null(t.rows);
	}
}

static void test_stressors(void **state)
{
	static const char text[] = "---\nsystem-info:\n      hostname: metrics\n"
				   "      stressor: no\n\nmetrics:\n"
				   "    - stressor: vm\n      bogo-ops: 44248\n"
				   "      wall-clock-time: 2.5\n      max-rss: 20652\n\n"
				   "    - stressor: 'fork'\n      bogo-ops: 10\n"
				   "      wall-clock-time: 2\n\ntimes:\n      run-time: 3\n...\n";
	struct boot_stressor *rows;
	size_t nr;

	(void)state;
	assert_int_equal(stressors_parse(text, strlen(text), &rows, &nr), 0);
	assert_int_equal(nr, 2);
	assert_string_equal(rows[0].name, "fork");
	assert_true(rows[0].ops == 10 && rows[0].seconds == 2);
	assert_string_equal(rows[1].name, "vm");
	assert_true(rows[1].ops == 44248 && rows[1].seconds == 2.5);
	free(rows);
}

static void test_stressors_broken(void **state)
{
	static const char *const broken[] = {
		"",
		"metrics:\n",
		"a: [",
		"metrics:\n  - bogo-ops: 1\n",
		"other:\n  - stressor: vm\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct boot_stressor *rows;
		size_t nr;

		assert_int_equal(stressors_parse(broken[i], strlen(broken[i]), &rows, &nr),
				 -EINVAL);
		assert_null(rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cyclictest),
		cmocka_unit_test(test_cyclictest_overflow),
		cmocka_unit_test(test_cyclictest_empty_histogram),
		cmocka_unit_test(test_cyclictest_broken),
		cmocka_unit_test(test_witness),
		cmocka_unit_test(test_witness_edges),
		cmocka_unit_test(test_witness_hostile),
		cmocka_unit_test(test_witness_lossy),
		cmocka_unit_test(test_witness_unreadable),
		cmocka_unit_test(test_triggers),
		cmocka_unit_test(test_triggers_broken),
		cmocka_unit_test(test_stressors),
		cmocka_unit_test(test_stressors_broken),
	};

	return cmocka_run_group_tests_name("boot_files", tests, NULL, NULL);
}
