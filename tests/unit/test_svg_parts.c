// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drawings are put together from: steps and times of an axis, names cut to their room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/array.h"
#include "view/escape.h"
#include "view/svg_parts.h"

static void test_step(void **state)
{
	static const struct {
		double range;
		int parts;
		double step;
	} cases[] = {
		{ 60, 8, 10 }, { 4, 8, 0.5 }, { 100, 9, 20 }, { 9, 9, 1 }, { 41000, 9, 5000 }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_float_equal(svg_step(cases[i].range, cases[i].parts), cases[i].step,
				   cases[i].step / 1000);
}

static void test_time(void **state)
{
	static const struct {
		double ns, range_ns, step_ns;
		const char *text;
	} cases[] = {
		{ 20000, 60000, 10000, "20 µs" }, { -10000, 60000, 10000, "−10 µs" },
		{ 0, 60000, 10000, "0" },	  { 500, 3000, 500, "0.5 µs" },
		{ 1.5e9, 4e9, 0.5e9, "1.5 s" },	  { 250, 700, 50, "250 ns" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text;
		size_t len;
		FILE *f = open_memstream(&text, &len);

		assert_non_null(f);
		svg_time(f, cases[i].ns, cases[i].range_ns, cases[i].step_ns);
		assert_int_equal(fclose(f), 0);
		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

/* Characters are counted, not bytes and not entities. */
static void test_cut(void **state)
{
	static const struct {
		const char *name;
		size_t columns;
		const char *text;
	} cases[] = {
		{ "kworker", 7, "kworker" }, { "kworker", 6, "kwork…" }, { "<<<", 2, "&lt;…" },
		{ "µµµµ", 2, "µ…" },	     { "\033x", 5, "\\x1bx" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text;
		size_t len;
		FILE *f = open_memstream(&text, &len);

		assert_non_null(f);
		escape_html_cut(f, cases[i].name, cases[i].columns);
		assert_int_equal(fclose(f), 0);
		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
