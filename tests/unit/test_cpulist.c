// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU lists in the kernel's format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "util/cpulist.h"
#include "util/array.h"

static void expect(const char *text, const char *canonical, unsigned int count)
{
	struct cpulist l;
	char buf[256];

	assert_int_equal(cpulist_parse(text, &l), 0);
	assert_int_equal(cpulist_count(&l), count);
	assert_int_equal(cpulist_format(&l, buf, sizeof(buf)), strlen(canonical));
	assert_string_equal(buf, canonical);
}

static void test_parse(void **state)
{
	(void)state;
	expect("", "", 0);
	expect(" \t", "", 0);
	expect("0", "0", 1);
	expect("1\n", "1", 1);
	expect("0-3,5", "0-3,5", 5);
	expect("5,0-3,2-4", "0-5", 6);
	expect("63-64", "63-64", 2);
	expect("0-15:2/8", "0-1,8-9", 4);
	expect("4095", "4095", 1);
	expect("7-7", "7", 1);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{ "a", -EINVAL },	{ "1,", -EINVAL },	{ ",1", -EINVAL },
		{ "1-", -EINVAL },	{ "-1", -EINVAL },	{ "3-1", -EINVAL },
		{ "1 2", -EINVAL },	{ "1;2", -EINVAL },	{ "0-3:1", -EINVAL },
		{ "0-3:0/0", -EINVAL }, { "0-3:3/2", -EINVAL }, { "(null)", -EINVAL },
		{ "4096", -ERANGE },	{ "0-4096", -ERANGE },	{ "99999999999999999999", -ERANGE },
	};
	struct cpulist l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(cpulist_parse(bad[i].text, &l), bad[i].error);
		assert_int_equal(cpulist_count(&l), 0);
	}
}

static void test_walk(void **state)
{
	static const int want[] = { 0, 2, 63, 64, 130, 4095 };
	struct cpulist l;
	size_t n = 0;
	int cpu;

	(void)state;
	assert_int_equal(cpulist_parse("0,2,63-64,130,4095", &l), 0);
	cpulist_for_each(&l, cpu) {
		assert_true(n < ARRAY_SIZE(want));
		assert_int_equal(cpu, want[n++]);
		assert_true(cpulist_has(&l, (unsigned int)cpu));
	}
	assert_int_equal(n, 6);
	assert_false(cpulist_has(&l, 1));
	assert_false(cpulist_has(&l, 4096));
	cpulist_set(&l, 4096);
	assert_int_equal(cpulist_count(&l), 6);
}

static void test_sets(void **state)
{
	struct cpulist a, b, c;
	char buf[64];

	(void)state;
	assert_int_equal(cpulist_parse("0-4", &a), 0);
	assert_int_equal(cpulist_parse("3-6", &b), 0);
	c = a;
	cpulist_or(&c, &b);
	cpulist_format(&c, buf, sizeof(buf));
	assert_string_equal(buf, "0-6");
	c = a;
	cpulist_and(&c, &b);
	cpulist_format(&c, buf, sizeof(buf));
	assert_string_equal(buf, "3-4");
	c = a;
	cpulist_andnot(&c, &b);
	cpulist_format(&c, buf, sizeof(buf));
	assert_string_equal(buf, "0-2");
}

static void test_small_buffer(void **state)
{
	struct cpulist l;
	char buf[5];

	(void)state;
	assert_int_equal(cpulist_parse("10-12", &l), 0);
	assert_int_equal(cpulist_format(&l, buf, sizeof(buf)), -ENOSPC);
	assert_string_equal(buf, "");
	assert_int_equal(cpulist_format(&l, buf, 0), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_walk),	     cmocka_unit_test(test_sets),
		cmocka_unit_test(test_small_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
