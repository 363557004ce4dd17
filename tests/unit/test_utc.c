// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dates there and back, and what is none.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/array.h"
#include "util/utc.h"

static const struct {
	int64_t seconds;
	const char *text;
} dates[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ 951782400, "2000-02-29T00:00:00Z" }, /* 11016 days of 86400 s */
	{ 1000000000, "2001-09-09T01:46:40Z" },
};

static void test_dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
		char text[UTC_SIZE];
		int64_t seconds;

		utc_format(dates[i].seconds, text, sizeof(text));
		assert_string_equal(text, dates[i].text);
		assert_int_equal(utc_parse(text, &seconds), 0);
		assert_int_equal(seconds, dates[i].seconds);
	}
}

static void test_no_dates(void **state)
{
	static const char *const texts[] = {
		"",
		"yesterday",
		"2001-09-09",
		"2001-09-09T01:46:40",
		"2001-09-09T01:46:40Z ",
		"2001-02-31T00:00:00Z",
		"2001-9-9T1:46:40Z",
		" 2001-09-09T01:46:40Z",
		"2001-09-09T01:46:40+01:00",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t seconds;

		if (utc_parse(texts[i], &seconds) != -EINVAL)
			fail_msg("'%s' is taken for a date", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_no_dates),
	};

	return cmocka_run_group_tests_name("utc", tests, NULL, NULL);
}
