/* SPDX-License-Identifier: GPL-2.0-only */
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
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 2; i++)
		sheet_wrap(f, "123456789 123456789 123456789 123456789 ", i ? 4 : 0, 4);
	fputc('\n', f);
	sheet_wrap(f,
		   "123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
		   "123456789 123456789",
		   0, 4);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "123456789 123456789 123456789 123456789123456789 "
				  "123456789 123456789 123456789\n"
				  "123456789 123456789 123456789 123456789 123456789 123456789 "
				  "123456789 123456789\n"
				  "    123456789");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
