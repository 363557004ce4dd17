// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sheet in both of its forms: what hostile names become in Markdown, and where text is broken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "view/sheet.h"

static const struct text_column columns[] = {
	{ "name", true },
	{ "count", false },
};

/* A table of one row, and a line below it. */
static char *print(bool markdown, const char *name, const char *note)
{
	struct text_table t;
	char *text = NULL;
	size_t size;
	struct sheet o = { .f = open_memstream(&text, &size), .markdown = markdown };

	assert_non_null(o.f);
	text_table_init(&t, columns, 2);
	text_table_name(&t, name);
	text_table_count(&t, 7);
	text_table_note(&t, note);
	sheet_table(&o, &t);
	sheet_line(&o, "%s", note);
	assert_int_equal(fclose(o.f), 0);
	return text;
}

static void expect(bool markdown, const char *name, const char *note, const char *want)
{
	char *text = print(markdown, name, note);

	assert_string_equal(text, want);
	free(text);
}

/* A name can't end its code span or its cell, nor a note become a tag, a link or a row. */
static void test_markdown(void **state)
{
	(void)state;
	expect(true, "a`b|c", "<b>[x](y)|z",
	       "| name | count | |\n"
	       "|---|---:|---|\n"
	       "| `a\\x60b\\x7cc` | 7 | \\<b\\>\\[x\\](y)\\|z |\n"
	       "\n"
	       "- \\<b\\>\\[x\\](y)\\|z\n");
}

static void test_text(void **state)
{
	(void)state;
	expect(false, "a`b|c", "note",
	       "  name   count\n"
	       "  a`b|c      7\n"
	       "      note\n"
	       "  note\n");
}

/* Words of 9 columns: eight of them and the blanks fill 79, a ninth does not fit into 80. */
static void test_wrap(void **state)
{
	char *text = NULL;
	size_t size;
	struct sheet o = { .f = open_memstream(&text, &size) };

	(void)state;
	assert_non_null(o.f);
	for (int i = 0; i < 2; i++)
		sheet_wrap(&o, "123456789 123456789 123456789 123456789 ", i ? 4 : 0, 4);
	fputc('\n', o.f);
	sheet_wrap(&o,
		   "123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
		   "123456789 123456789",
		   0, 4);
	fputc('\n', o.f);
	/* a terminal of 30 columns; one of 200 is read no better when lines are as long */
	o.columns = 30;
	sheet_wrap(&o, "123456789 123456789 123456789 123456789", 0, 2);
	fputc('\n', o.f);
	o.columns = 200;
	sheet_wrap(&o, "123456789 123456789", 70, 2);
	assert_int_equal(fclose(o.f), 0);
	assert_string_equal(text, "123456789 123456789 123456789 123456789123456789 "
				  "123456789 123456789 123456789\n"
				  "123456789 123456789 123456789 123456789 123456789 123456789 "
				  "123456789 123456789\n"
				  "    123456789\n"
				  "123456789 123456789 123456789\n"
				  "  123456789\n"
				  "123456789\n"
				  "  123456789");
	free(text);
}

static char *table(size_t room, const char *name, const char *task)
{
	static const struct text_column three[] = {
		{ "function", true },
		{ "count", false },
		{ "task", true },
	};
	struct text_table t;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	text_table_init(&t, three, 3);
	text_table_name(&t, name);
	text_table_count(&t, 123456);
	text_table_name(&t, task);
	text_table_print(&t, f, 2, room);
	text_table_finish(&t);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void expect_table(size_t room, const char *name, const char *task, const char *want)
{
	char *text = table(room, name, task);

	assert_string_equal(text, want);
	free(text);
}

/* The longest name gives way first, then both; figures, and 8 columns of a name, never. */
static void test_narrow(void **state)
{
	const char *name = "lru_add_drain_per_cpu", *task = "kworker/1:1H"; /* 21 and 12 */

	(void)state;
	/* 2 + 21 + 2 + 6 + 2 + 12 = 45 */
	expect_table(0, name, task,
		     "  function                count  task\n"
		     "  lru_add_drain_per_cpu  123456  kworker/1:1H\n");
	expect_table(45, name, task,
		     "  function                count  task\n"
		     "  lru_add_drain_per_cpu  123456  kworker/1:1H\n");
	expect_table(40, name, task,
		     "  function           count  task\n"
		     "  lru_add_drain_p~  123456  kworker/1:1H\n");
	expect_table(32, name, task,
		     "  function     count  task\n"
		     "  lru_add_d~  123456  kworker/1~\n");
	expect_table(10, name, task,
		     "  function   count  task\n"
		     "  lru_add~  123456  kworker~\n");
	/* characters, not bytes */
	expect_table(32, "µµµµµµµµµµµµ", "aaaaaaaaaaaa",
		     "  function     count  task\n"
		     "  µµµµµµµµµ~  123456  aaaaaaaaa~\n");
}

/* A name of which each byte is written as four is whole, where there is room. */
static void test_long_name(void **state)
{
	char name[64], want[512];
	size_t len = (size_t)snprintf(want, sizeof(want), "  ");
	char *text;

	(void)state;
	memset(name, '\033', 63);
	name[63] = '\0';
	for (int i = 0; i < 63; i++)
		len += (size_t)snprintf(want + len, sizeof(want) - len, "\\x1b");
	snprintf(want + len, sizeof(want) - len, "  123456  a\n");
	text = table(0, name, "a");
	assert_string_equal(strchr(text, '\n') + 1, want);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown),  cmocka_unit_test(test_text),
		cmocka_unit_test(test_wrap),	  cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_long_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
