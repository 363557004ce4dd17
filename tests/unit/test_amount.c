// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures with a unit, and what is none.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/amount.h"
#include "util/array.h"

static void test_amounts(void **state)
{
	static const struct {
		const char *text;
		double value;
		enum amount_kind kind;
	} cases[] = {
		{ "0", 0, AMOUNT_BARE },
		{ "0.25", 0.25, AMOUNT_BARE },
		{ ".5", 0.5, AMOUNT_BARE },
		{ "10%", 0.1, AMOUNT_PERCENT },
		{ "250%", 2.5, AMOUNT_PERCENT },
		{ "7ns", 7, AMOUNT_NS },
		{ "1.5us", 1500, AMOUNT_NS },
		{ "2ms", 2000000, AMOUNT_NS },
		{ "1s", 1000000000, AMOUNT_NS },
		{ "3/s", 3, AMOUNT_PER_SECOND },
		{ "4ns/s", 4, AMOUNT_NS_PER_SECOND },
		{ "5us/s", 5000, AMOUNT_NS_PER_SECOND },
		{ "6ms/s", 6000000, AMOUNT_NS_PER_SECOND },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum amount_kind kind;
		double value;

		assert_int_equal(amount_parse(cases[i].text, strlen(cases[i].text), &value, &kind),
				 0);
		assert_true(fabs(value - cases[i].value) <= cases[i].value * 0.000000001);
		assert_int_equal(kind, cases[i].kind);
	}
}

static void test_length(void **state)
{
	enum amount_kind kind;
	double value;

	(void)state;
	assert_int_equal(amount_parse("12ms,rest", 4, &value, &kind), 0);
	assert_true(value > 11999999 && value < 12000001);
	assert_int_equal(amount_parse("12ms,rest", 2, &value, &kind), 0);
	assert_int_equal(kind, AMOUNT_BARE);
}

static void test_no_amounts(void **state)
{
	static const char *const texts[] = {
		"",   "%",   "us",  ".",   "1.2.3", "-1",    "+1",
		" 1", "1 ",  "0x1", "1e3", "inf",   "nan",   "1m",
		"1h", "s/s", "1%s", "1US", "1/ms",  "10%/s", "00000000000000000000000000000000001",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		enum amount_kind kind;
		double value;

		if (amount_parse(texts[i], strlen(texts[i]), &value, &kind) != -EINVAL)
			fail_msg("'%s' is taken for an amount", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_no_amounts),
	};

	return cmocka_run_group_tests_name("amount", tests, NULL, NULL);
}
