// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lengths of time, read and written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "util/duration.h"
#include "util/array.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "20", 20000000000 },
		{ "0", 0 },
		{ "7ns", 7 },
		{ "250us", 250000 },
		{ "3ms", 3000000 },
		{ "60s", 60000000000 },
		{ "5m", 300000000000 },
		{ "2h", 7200000000000 },
		{ "1d", 86400000000000 },
		{ "0.5", 500000000 },
		{ "1.25us", 1250 },
		{ "0.123456789123456789", 123456789 },
		{ "213503d", 18446659200000000000U },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		uint64_t ns = 1;

		assert_int_equal(duration_parse(good[i].text, &ns), 0);
		assert_true(ns == good[i].ns);
	}
}

/* Only a number without a unit is another one. */
static void test_parse_us(void **state)
{
	uint64_t ns = 1;

	(void)state;
	assert_int_equal(duration_parse_us("20", &ns), 0);
	assert_true(ns == 20000);
	assert_int_equal(duration_parse_us("2.5", &ns), 0);
	assert_true(ns == 2500);
	assert_int_equal(duration_parse_us("7ns", &ns), 0);
	assert_true(ns == 7);
	assert_int_equal(duration_parse_us("3s", &ns), 0);
	assert_true(ns == 3000000000);
	assert_int_equal(duration_parse_us("", &ns), -EINVAL);
	assert_int_equal(duration_parse_us("2.5x", &ns), -EINVAL);
	assert_int_equal(duration_parse_us("18446744073709552", &ns), -ERANGE);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{ "", -EINVAL },    { "s", -EINVAL },	    { "-1", -EINVAL },
		{ "+1", -EINVAL },  { " 1", -EINVAL },	    { "1 s", -EINVAL },
		{ "1x", -EINVAL },  { "1.s", -EINVAL },	    { ".5", -EINVAL },
		{ "1e3", -EINVAL }, { "213504d", -ERANGE }, { "18446744073709551616ns", -ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint64_t ns = 1;

		assert_int_equal(duration_parse(bad[i].text, &ns), bad[i].error);
		assert_true(ns == 1);
	}
}

static void test_format(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" },
		{ 999, "999 ns" },
		{ 1000, "1.00 us" },
		{ 12340, "12.3 us" },
		{ 1500000, "1.50 ms" },
		{ 250000000, "250.0 ms" },
		{ 2000000000, "2.00 s" },
		{ 20000000000, "20.0 s" },
		{ 125000000000, "2 m 05 s" },
		{ 12000000000000, "3 h 20 m" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		duration_format(cases[i].ns, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_us),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
