// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters: from records, merged, told in records again; each is told in every format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/counter.h"
#include "view/export.h"
#include "view/openmetrics.h"
#include "view/report.h"

/* Each CPU's own are added up; what all have missed together counts once. None counts backwards. */
static void test_feed(void **state)
{
	const struct qpw_counts first = { .nr_page_faults = 10, .nr_tick_stops = 4 };
	const struct qpw_counts last = { .nr_page_faults = 12,
					 .nr_system_calls = 30,
					 .nr_system_calls_missed = 7,
					 .nr_tick_stops = 3 };
	struct snap_counts counts = { 0 };

	(void)state;
	counters_feed(&counts, &first, &last);
	counters_feed(&counts, &first, &last);
	assert_int_equal(counts.page_faults, 2 * 2);
	assert_int_equal(counts.system_calls, 2 * 30);
	assert_int_equal(counts.system_calls_missed, 7);
	assert_int_equal(counts.tick_stops, 0);
}

/* A record for each number that has a place in one, by its own name. */
static void test_tell(void **state)
{
	const struct snap_counts counts = { .page_faults = 1,
					    .system_calls = 2,
					    .system_calls_missed = 3,
					    .lock_waits_missed = 4,
					    .origins_missed = 5,
					    .rows_left_out = 6,
					    .calls_unnamed = 7,
					    .untimed_wakeups = 8,
					    .tick_stops = 9 };
	const struct qpw_counts want = { .h = { .cpu = 3 },
					 .nr_page_faults = 1,
					 .nr_system_calls = 2,
					 .nr_system_calls_missed = 3,
					 .nr_tick_stops = 9,
					 .nr_lock_waits_missed = 4,
					 .nr_origins_missed = 5,
					 .nr_untimed_wakeups = 8 };
	struct qpw_counts record = { .h = { .cpu = 3 } };

	(void)state;
	counters_tell(&counts, &record);
	assert_memory_equal(&record, &want, sizeof(want));
}

static void test_merge(void **state)
{
	struct snap_counts sum, one = { 0 };
	uint64_t *numbers = (uint64_t *)&one;

	(void)state;
	for (uint64_t i = 0; i < sizeof(one) / sizeof(*numbers); i++)
		numbers[i] = i + 1;
	sum = one;
	counters_merge(&sum, &one);
	for (uint64_t i = 0; i < sizeof(one) / sizeof(*numbers); i++)
		assert_int_equal(((const uint64_t *)&sum)[i], 2 * (i + 1));
}

static char *print(void (*view)(FILE *f, const struct report *r), const struct report *r)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	view(f, r);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void expect(const char *text, const char *const *sentences)
{
	for (; *sentences; sentences++)
		if (!strstr(text, *sentences))
			fail_msg("no \"%s\" in %s", *sentences, text);
}

static void test_lacks(void **state)
{
	static const char *const in_text[] = {
		"at most 14 waits for locks were not seen.",
		"at most 15 origins or moves were not seen.",
		"16 origins of works, moves, waits or takings had no room.",
		"17 more functions were called in IPIs that go by a longer one.",
		"40 system calls (at most 13 more)",
		NULL,
	};
	static const char *const in_page[] = {
		"<li>At most 13 system calls of the victim were not counted.</li>",
		"<li>At most 14 waits for locks were not seen.</li>",
		"<li>At most 15 origins or moves were not seen.</li>",
		"<li>16 origins of works, moves, waits or takings had no room.</li>",
		"<li>17 more functions were called in IPIs that go by a longer one.</li>",
		NULL,
	};
	struct report_trace trace = { .path = "trace" };
	struct snapshot *s = snapshot_create();
	struct report r = { .traces = &trace, .nr_traces = 1, .snapshot = s };
	char *text, *page;

	(void)state;
	assert_non_null(s);
	s->counts = (struct snap_counts){ .system_calls = 40,
					  .system_calls_missed = 13,
					  .lock_waits_missed = 14,
					  .origins_missed = 15,
					  .rows_left_out = 16,
					  .calls_unnamed = 17 };
	text = print(report_text, &r);
	page = print(report_html, &r);
	expect(text, in_text);
	expect(page, in_page);
	free(text);
	free(page);
	snapshot_destroy(s);
}

/* What a view that may fail has written, closed and found to be good. */
static char *written(int (*view)(FILE *f, const void *of), const void *of)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(view(f, of), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static int write_json(FILE *f, const void *of)
{
	return report_json(f, of);
}

static int write_csv(FILE *f, const void *of)
{
	return report_csv(f, of);
}

static int write_metrics(FILE *f, const void *of)
{
	return openmetrics_write(f, of);
}

static int write_records(FILE *f, const void *of)
{
	const struct export_end end = { .problem = "" };
	void *export = export_csv.create(f, NULL);
	int ret = export ? export_csv.put(export, of) : -1;

	return ret ? ret : export_csv.finish(export, &end);
}

/* Counters have numbers that nothing else has. */
static uint64_t number_of(int counter)
{
	return 7000001 + 1000 * (uint64_t)counter;
}

/* The number, as the value of that name where a format has names. */
static void expect_number(const char *text, const char *format, const char *name, int counter,
			  const char *between)
{
	char want[128];

	snprintf(want, sizeof(want), "%s%s%" PRIu64, name, between, number_of(counter));
	if (!strstr(text, want))
		fail_msg("no \"%s\" in %s", want, format);
}

static struct snapshot *numbered_snapshot(void)
{
	struct snapshot *s = snapshot_create();

	assert_non_null(s);
	s->probes = calloc(1, sizeof(*s->probes));
	assert_non_null(s->probes);
	s->nr_probes = 1; /* without it, system calls were not counted */
	s->probes[0] = (struct snap_probe){ .name = "sys_enter", .state = QPW_PROBE_TP_BTF };
	assert_true(snapshot_counts_calls(s));
	for (int i = 0; i < NR_COUNTERS; i++)
		*(uint64_t *)((char *)&s->counts + counters[i].offset) = number_of(i);
	return s;
}

/* A counter of the table is in every format. */
static void test_formats(void **state)
{
	static const struct host_facts facts = { .watched = "1" };
	struct report_trace trace = { .path = "trace" };
	struct snapshot *s = numbered_snapshot();
	const struct report r = { .traces = &trace, .nr_traces = 1, .snapshot = s };
	const struct openmetrics m = { .facts = &facts, .snapshot = s };
	struct qpw_counts record = {
		.h = { .kind = QPW_META_COUNTS, .size = sizeof(record) },
	};
	char *text = print(report_text, &r), *markdown = print(report_markdown, &r);
	char *page = print(report_html, &r), *json = written(write_json, &r);
	char *csv = written(write_csv, &r), *metrics = written(write_metrics, &m), *records;

	(void)state;
	counters_tell(&s->counts, &record);
	records = written(write_records, &record);
	for (int i = 0; i < NR_COUNTERS; i++) {
		expect_number(text, "the text", "", i, "");
		expect_number(markdown, "the Markdown", "", i, "");
		expect_number(page, "the page", "", i, "");
		expect_number(json, "the JSON", counters[i].key, i, "\": ");
		expect_number(csv, "the CSV", counters[i].key, i, ",");
		expect_number(metrics, "the metrics", counters[i].name, i, "_total ");
		if (counters[i].record)
			expect_number(records, "the CSV of records", counters[i].name, i, " ");
	}
	free(text);
	free(markdown);
	free(page);
	free(json);
	free(csv);
	free(metrics);
	free(records);
	snapshot_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_feed),	cmocka_unit_test(test_tell),
		cmocka_unit_test(test_merge),	cmocka_unit_test(test_lacks),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
