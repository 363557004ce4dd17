// SPDX-License-Identifier: GPL-2.0-only
/*
 * A boot directory as the lab leaves it, written here and loaded back: complete, without its
 * optional files, and without what it cannot do without.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"
#include "sample_boots.h"
#include "store/boot_dir.h"
#include "store/trace.h"
#include "util/array.h"

#define SECOND 1000000000ull

static char dir[64];

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(struct trace_writer *w, uint16_t kind, uint64_t start_ns, uint64_t end_ns)
{
	struct {
		struct qpw_header h;
		char rest[QPW_EVENT_MAX];
	} record = { .h = { .start_ns = start_ns, .end_ns = end_ns, .cpu = 1, .kind = kind } };

	switch (kind) {
	case QPW_META_SYMBOL: {
		struct qpw_symbol *s = (struct qpw_symbol *)&record;

		s->address = 0x1000;
		SET_TEXT(s->name, "lru_add_drain_per_cpu");
		record.h.size = sizeof(*s);
		break;
	}
	case QPW_KIND_WORK: {
		struct qpw_work *work = (struct qpw_work *)&record;

		work->function = 0x1000;
		record.h.flags = QPW_F_BEGIN | QPW_F_END;
		record.h.size = sizeof(*work);
		break;
	}
	case QPW_KIND_SAMPLE:
		record.h.size = sizeof(struct qpw_sample);
		break;
	default:
		record.h.size = sizeof(struct qpw_header);
		break;
	}
	assert_int_equal(trace_writer_put(w, &record.h), 0);
}

/* Ten seconds with one work execution at 12 s and a sample at 13 s. */
static void write_trace(const char *path)
{
	struct host_facts *facts = calloc(1, sizeof(*facts));
	struct trace_writer *w;

	assert_non_null(facts);
	facts->mode = HOST_MODE_QPW_ON;
	SET_TEXT(facts->release, "7.2.13");
	SET_TEXT(facts->watched, "1");
	SET_TEXT(facts->started_utc, "1970-01-01T00:01:40Z");
	assert_int_equal(trace_writer_open(path, facts, &w), 0);
	put(w, QPW_META_SYMBOL, 0, 0);
	put(w, QPW_META_WINDOW, 10 * SECOND, 0);
	put(w, QPW_KIND_WORK, 12 * SECOND, 12 * SECOND + 5000);
	put(w, QPW_KIND_SAMPLE, 13 * SECOND, 13 * SECOND + 70000);
	put(w, QPW_META_WINDOW, 10 * SECOND, 20 * SECOND);
	assert_int_equal(trace_writer_close(w), 0);
	free(facts);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int make_dir(void **state)
{
	(void)state;
	SET_TEXT(dir, "/tmp/test_boot_dir.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "trace.qpw",     "boot.json",	"witness.txt",
					     "triggers.json", "stress-ng.yaml", "cyclictest.json" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(in_dir(names[i]));
	return rmdir(dir);
}

static void test_complete(void **state)
{
	char why[256], path[80];
	struct boot *b;

	(void)state;
	write_trace(in_dir("trace.qpw"));
	write_file("boot.json",
		   "{\"schema\": \"qpwlat.boot\", \"version\": 1, \"mode\": \"qpw=1\","
		   "\"backend\": \"tcg\", \"vcpus\": 2, \"splats\": 1,"
		   "\"started_utc\": \"1970-01-01T00:03:20Z\","
		   "\"host\": {\"cpu\": \"some\", \"kernel\": \"6\", \"qemu\": \"7.2\"}}");
	write_file("witness.txt", "# witness 1\n# cpu 1 entries 1 overrun 0 dropped 0\n"
				  " kworker/1:1-35 [001] d..1. 12.000000: workqueue_execute_start: "
				  "work struct 0000000000000001: function lru_add_drain_per_cpu\n");
	write_file("triggers.json", "{\"schema\": \"qpwlat.triggers\", \"version\": 1,"
				    "\"triggers\": [{\"family\": \"lru_add\", \"count\": 4}]}");
	write_file("stress-ng.yaml", "metrics:\n    - stressor: vm\n      bogo-ops: 8\n"
				     "      wall-clock-time: 4\n");
	write_file("cyclictest.json", "{\"thread\": {\"0\": {\"histogram\": {\"70\": 1},"
				      "\"cycles\": 1, \"max\": 70}}}");
	snprintf(path, sizeof(path), "%s/", dir);
	assert_int_equal(boot_dir_load(path, &b, why, sizeof(why)), 0);
	assert_string_equal(b->label, strrchr(dir, '/') + 1);
	assert_string_equal(b->path, dir);
	assert_int_equal(b->facts->mode, HOST_MODE_QPW_ON);
	assert_int_equal(b->nr_notes, 0);
	assert_true(b->described);
	assert_string_equal(b->backend, "tcg");
	assert_string_equal(b->qemu, "7.2");
	assert_int_equal(b->vcpus, 2);
	assert_int_equal(b->splats, 1);
	assert_int_equal(b->started_s, 200);
	assert_int_equal(b->snapshot->window_ns, 10 * SECOND);
	assert_true(b->snapshot->window_closed);
	assert_int_equal(b->snapshot->nr_samples, 1);
	assert_int_equal(b->snapshot->nr_works, 1);
	assert_int_equal(b->snapshot->works[0].executed, 1);
	assert_int_equal(b->witness.state, BOOT_WITNESS_OK);
	assert_int_equal(boot_count_of(b->witness.functions, b->witness.nr_functions,
				       "lru_add_drain_per_cpu"),
			 1);
	assert_true(b->triggers.present && b->cyclictest.present);
	assert_int_equal(b->nr_stressors, 1);
	boot_destroy(b);
}

/* Each optional file that is missing or broken is named, and the boot is still there. */
static void test_incomplete(void **state)
{
	char why[256];
	struct boot *b;

	(void)state;
	write_trace(in_dir("trace.qpw"));
	write_file("boot.json", "{}");
	write_file("triggers.json", "nonsense");
	assert_int_equal(boot_dir_load(dir, &b, why, sizeof(why)), 0);
	assert_false(b->described || b->triggers.present || b->cyclictest.present);
	assert_int_equal(b->witness.state, BOOT_WITNESS_ABSENT);
	assert_int_equal(b->nr_notes, 5);
	assert_string_equal(b->notes[0].file, "boot.json");
	assert_string_equal(b->notes[1].file, "witness.txt");
	assert_string_equal(b->notes[1].why, "missing");
	boot_destroy(b);
}

static void test_bare_trace(void **state)
{
	char why[256];
	struct boot *b;

	(void)state;
	write_trace(in_dir("trace.qpw"));
	assert_int_equal(boot_dir_load(in_dir("trace.qpw"), &b, why, sizeof(why)), 0);
	assert_string_equal(b->label, "trace.qpw");
	assert_int_equal(b->nr_notes, 0);
	assert_int_equal(b->snapshot->nr_works, 1);
	/* without a boot.json the trace says when it was */
	assert_int_equal(b->started_s, 100);
	boot_destroy(b);
}

/* Cut in half: loaded as far as it goes, and said to be truncated. */
static void test_truncated(void **state)
{
	char why[256];
	struct boot *b;
	struct stat st;

	(void)state;
	write_trace(in_dir("trace.qpw"));
	assert_int_equal(stat(in_dir("trace.qpw"), &st), 0);
	assert_int_equal(truncate(in_dir("trace.qpw"), st.st_size - 3), 0);
	assert_int_equal(boot_dir_load(dir, &b, why, sizeof(why)), 0);
	assert_true(b->snapshot->truncated);
	boot_destroy(b);
}

static void test_errors(void **state)
{
	char why[256];
	struct boot *b;

	(void)state;
	assert_int_equal(boot_dir_load(dir, &b, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "trace.qpw"));
	assert_null(b);
	write_file("trace.qpw", "this is no trace, whatever its name says it is");
	assert_int_equal(boot_dir_load(dir, &b, why, sizeof(why)), -EPROTO);
	assert_non_null(strstr(why, "not a .qpw trace"));
	assert_int_equal(boot_dir_load("/nonexistent", &b, why, sizeof(why)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_complete, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_incomplete, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_bare_trace, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_truncated, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_errors, make_dir, remove_dir),
	};

	return cmocka_run_group_tests_name("boot_dir", tests, NULL, NULL);
}
