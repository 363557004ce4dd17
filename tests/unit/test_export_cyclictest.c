// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples written by hand, exported in cyclictest's shape, and read back by the reader of what
 * cyclictest itself writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../records.h"
#include "model/boot.h"
#include "store/cyclictest_json.h"
#include "util/array.h"
#include "view/export.h"

#define MS UINT64_C(1000000)

static const struct host_facts facts = {
	.hostname = "lab\n\"",
	.version = "#1 SMP PREEMPT_RT",
	.started_utc = "2026-11-26T07:43:24Z",
};

/* A wake-up of thread pid on a CPU, ns late. */
static union rec wakeup(uint32_t cpu, uint32_t pid, uint64_t start, uint64_t ns)
{
	union rec r = rec_sample(cpu, start, start, start, start, start + ns);

	r.sample.pid = pid;
	return r;
}

/* The output, which the caller frees; *ret is what finish() said. */
static char *exported(const union rec *records, size_t nr, bool truncated, int *ret)
{
	const struct export_end end = { .problem = truncated ? "broke off" : "",
					.truncated = truncated };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	void *export;

	assert_non_null(f);
	export = export_cyclictest.create(f, &facts);
	assert_non_null(export);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(export_cyclictest.put(export, &records[i].h), 0);
	*ret = export_cyclictest.finish(export, &end);
	assert_int_equal(fclose(f), 0);
	return text;
}

static json_t *thread_of(const json_t *root, const char *number)
{
	return json_object_get(json_object_get(root, "thread"), number);
}

static json_int_t get(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

/*
 * Counted are wake-ups in the window, whose edges belong to it, whenever its closing was told. Two
 * threads, one of which moved: 501 on CPU 1 with 1.999, 2.0 and 70.5 us, on CPU 2 with 5 us; 500
 * with 3 s.
 */
static void test_threads(void **state)
{
	const union rec records[] = {
		wakeup(1, 501, 1 * MS, 9000),
		rec_window(10 * MS, 0),
		wakeup(1, 501, 9 * MS, 9000),
		wakeup(1, 501, 10 * MS, 1999),
		wakeup(1, 501, 11 * MS, 2000),
		wakeup(1, 501, 12 * MS, 70500),
		rec_lost(1, 3),
		rec_window(10 * MS, 20 * MS),
		wakeup(2, 501, 20 * MS, 5000),
		wakeup(1, 500, 15 * MS, 3000 * MS),
		wakeup(2, 501, 20 * MS + 1, 5000),
		rec_lost(1, 4),
		rec_lost(2, 5),
	};
	int ret;
	char *text = exported(records, ARRAY_SIZE(records), false, &ret);
	struct boot_cyclictest read;
	json_t *root = json_loads(text, 0, NULL), *thread;

	(void)state;
	assert_int_equal(ret, 0);
	assert_non_null(root);
	assert_int_equal(get(root, "num_threads"), 3);
	assert_int_equal(get(root, "return_code"), 0);
	assert_int_equal(get(json_object_get(root, "sysinfo"), "realtime"), 1);
	assert_string_equal(json_string_value(json_object_get(root, "start_time")),
			    "Thu, 26 Nov 2026 07:43:24 +0000");
	assert_int_equal(get(json_object_get(root, "qpwlat"), "lost_records"), 9);
	thread = thread_of(root, "0");
	assert_int_equal(get(thread, "max"), 3000000);
	thread = thread_of(root, "1");
	assert_int_equal(get(thread, "cpu"), 1);
	assert_int_equal(get(thread, "cycles"), 3);
	assert_int_equal(get(thread, "min"), 1);
	assert_int_equal(get(thread, "max"), 70);
	assert_int_equal(get(json_object_get(thread, "histogram"), "1"), 1);
	assert_int_equal(get(json_object_get(thread, "histogram"), "2"), 1);
	assert_int_equal(get(json_object_get(thread, "histogram"), "70"), 1);
	/* (1 + 2 + 70) / 3 = 24.333 */
	assert_true(json_real_value(json_object_get(thread, "avg")) == 24.33);
	thread = thread_of(root, "2");
	assert_int_equal(get(thread, "cpu"), 2);
	assert_int_equal(get(thread, "cycles"), 1);

	assert_int_equal(cyclictest_json_parse(text, strlen(text), &read), 0);
	assert_int_equal(read.nr_cycles, 5);
	assert_int_equal(read.nr_overflow, 0);
	assert_false(read.break_value);
	assert_int_equal(hist_count(read.latency), 5);
	assert_int_equal(hist_max(read.latency), 3000 * MS);
	assert_int_equal(hist_min(read.latency), 1000);
	hist_destroy(read.latency);
	json_decref(root);
	free(text);
}

/* Of a part of a recording nobody should take the figures for the whole. */
static void test_truncated(void **state)
{
	const union rec records[] = { wakeup(1, 501, 1 * MS, 9000) };
	int ret;
	char *text = exported(records, ARRAY_SIZE(records), true, &ret);
	json_t *root = json_loads(text, 0, NULL);

	(void)state;
	assert_int_equal(ret, 0);
	assert_int_equal(get(root, "return_code"), 1);
	assert_int_equal(get(thread_of(root, "0"), "cycles"), 1);
	assert_true(
		json_is_false(json_object_get(json_object_get(root, "qpwlat"), "window_closed")));
	json_decref(root);
	free(text);
}

/* Beyond what fits into a bucket's number it counts and is in no bucket, as with cyclictest. */
static void test_overflow(void **state)
{
	const uint64_t hours = UINT64_C(5000) * 1000 * 1000 * 1000;
	const union rec records[] = { wakeup(1, 501, 1 * MS, 9000), wakeup(1, 501, 2 * MS, hours) };
	int ret;
	char *text = exported(records, ARRAY_SIZE(records), false, &ret);
	json_t *root = json_loads(text, 0, NULL), *thread = thread_of(root, "0");

	(void)state;
	assert_int_equal(ret, 0);
	assert_int_equal(get(thread, "cycles"), 2);
	assert_int_equal(get(thread, "max"), 5000000000);
	assert_int_equal(json_object_size(json_object_get(thread, "histogram")), 1);
	json_decref(root);
	free(text);
}

/* A thread of which no sample fits a bucket, and one whose only sample ends before it began. */
static void test_no_bucket(void **state)
{
	const uint64_t hours = UINT64_C(5000) * 1000 * 1000 * 1000;
	union rec records[] = { wakeup(1, 501, 1 * MS, hours), wakeup(2, 502, 2 * MS, 9000) };
	int ret;
	json_t *root, *thread;
	char *text;

	(void)state;
	records[1].h.end_ns = 1 * MS;
	text = exported(records, ARRAY_SIZE(records), false, &ret);
	root = json_loads(text, 0, NULL);
	thread = thread_of(root, "0");
	assert_int_equal(ret, 0);
	assert_int_equal(get(root, "num_threads"), 1);
	assert_int_equal(get(thread, "cycles"), 1);
	assert_int_equal(json_object_size(json_object_get(thread, "histogram")), 0);
	assert_int_equal(get(json_object_get(root, "qpwlat"), "samples_left_out"), 1);
	json_decref(root);
	free(text);
}

static void test_none(void **state)
{
	const union rec records[] = { rec_window(10 * MS, 0), rec_window(10 * MS, 20 * MS) };
	int ret;
	char *text = exported(records, ARRAY_SIZE(records), false, &ret);
	json_t *root = json_loads(text, 0, NULL);

	(void)state;
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(get(root, "num_threads"), 0);
	assert_int_equal(export_cyclictest.finish(NULL, NULL), 0);
	json_decref(root);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),	 cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_overflow), cmocka_unit_test(test_no_bucket),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
