// SPDX-License-Identifier: GPL-2.0-only
/*
 * Foreign text made harmless.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "util/text.h"
#include "util/array.h"

static void test_escape(void **state)
{
	static const struct {
		const char *from;
		const char *to;
	} cases[] = {
		{ "", "" },
		{ "kworker/1:1", "kworker/1:1" },
		{ "<b>&\"'", "<b>&\"'" }, /* harmless here; HTML has an escape of its own */
		{ "\x1b[31mred", "\\x1b[31mred" },
		{ "a\nb\tc\r", "a\\x0ab\\x09c\\x0d" },
		{ "\x7f", "\\x7f" },
		{ "back\\slash", "back\\x5cslash" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc3", "\\xc3" },	      /* cut sequence */
		{ "\xc3(", "\\xc3(" },	      /* bad continuation */
		{ "\xc0\xaf", "\\xc0\\xaf" }, /* overlong slash */
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xc2\x9bm", "\\xc2\\x9bm" },		 /* C1 CSI */
		{ "\xe2\x80\xaex", "\\xe2\\x80\\xaex" }, /* right-to-left override */
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_escape(cases[i].from, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].to);
	}
}

static void test_cut(void **state)
{
	const char field[4] = { 'a', 'b', 'c', 'd' };
	char buf[8];

	(void)state;
	text_escape("abc\x1b", buf, 8);
	assert_string_equal(buf, "abc\\x1b");
	text_escape("abc\x1b", buf, 7);
	assert_string_equal(buf, "abc");
	text_escape("ab\xc3\xbc", buf, 4);
	assert_string_equal(buf, "ab");
	text_escape("ab", buf, 1);
	assert_string_equal(buf, "");
	text_escape_n(field, sizeof(field), buf, sizeof(buf));
	assert_string_equal(buf, "abcd");
	assert_int_equal(text_width("gr\xc3\xbc\xc3\x9f"), 4);
}

/* Whatever the bytes: what comes out is text that JSON takes, without a control character. */
static void test_any_bytes(void **state)
{
	uint64_t seed = 4711;

	(void)state;
	for (int n = 0; n < 20000; n++) {
		char in[17] = "", out[65];
		json_t *json;

		for (int i = 0; i < 16; i++) {
			seed = seed * 6364136223846793005U + 1442695040888963407U;
			in[i] = (char)(seed >> 56);
		}
		text_escape(in, out, sizeof(out));
		json = json_string(out);
		assert_non_null(json);
		json_decref(json);
		for (const char *p = out; *p; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	}
}

/* What does not fit is cut, and more leaves it so. */
static void test_add(void **state)
{
	char buf[8] = "";

	(void)state;
	text_add(buf, sizeof(buf), "%s:%d", "ab", 7);
	assert_string_equal(buf, "ab:7");
	text_add(buf, sizeof(buf), "%s", "12345");
	assert_string_equal(buf, "ab:7123");
	text_add(buf, sizeof(buf), "more");
	assert_string_equal(buf, "ab:7123");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
