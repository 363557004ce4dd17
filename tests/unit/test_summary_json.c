// SPDX-License-Identifier: GPL-2.0-only
/*
 * A snapshot filled by hand, as JSON and merged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/snapshot.h"
#include "view/summary_json.h"

static void set_text(char *dst, size_t size, const char *text)
{
	snprintf(dst, size, "%s", text);
}

static struct snapshot *make_snapshot(const char *function, uint64_t samples)
{
	struct snap_part part = { SNAP_STEP_RUN, SNAP_IPI, "ipi", 27, { "", 0, 0, 0 } };
	struct snapshot *s = snapshot_create();

	assert_non_null(s);
	s->nr_boots = 1;
	s->window_closed = true;
	s->window_ns = 1000;
	s->nr_lost = 3;
	s->classes[SNAP_WORK] = (struct snap_total){ 5, 500, 200 };
	s->works = calloc(1, sizeof(*s->works));
	s->causes = calloc(2, sizeof(*s->causes));
	s->probes = calloc(2, sizeof(*s->probes));
	s->flushes = calloc(1, sizeof(*s->flushes));
	s->outliers = calloc(1, sizeof(*s->outliers));
	assert_true(s->works && s->causes && s->probes && s->flushes && s->outliers);
	s->nr_works = 1;
	set_text(s->works[0].function, QPW_SYMBOL_LEN, function);
	s->works[0].queued = 6;
	s->works[0].executed = 5;
	s->works[0].remote = 4;
	s->works[0].unknown = 1;
	s->works[0].wait = hist_create();
	assert_non_null(s->works[0].wait);
	hist_add(s->works[0].wait, 100);
	s->works[0].nr_origins = 1;
	s->works[0].origins[0] = (struct snap_origin){ "churn", 10, 0, 5 };
	s->nr_causes = 2;
	s->causes[0] = (struct snap_cause){ SNAP_CPU_ALL, SNAP_WORK, "", 5, 500, 600, 200, 0 };
	set_text(s->causes[0].name, QPW_SYMBOL_LEN, function);
	s->causes[1] =
		(struct snap_cause){ SNAP_CPU_ALL, SNAP_THREAD, "\x1b[2Jevil", 1, 50, 60, 60, 0 };
	s->nr_probes = 2;
	s->probes[0] = (struct snap_probe){ "a", QPW_PROBE_TP_BTF, 0, "" };
	s->probes[1] = (struct snap_probe){ "b", QPW_PROBE_MISSING, -1, "flush waits" };
	s->nr_flushes = 1;
	set_text(s->flushes[0].function, QPW_SYMBOL_LEN, "__flush_work");
	s->flushes[0].skipped = 2;
	s->nr_outliers = 1;
	s->max_outliers = 1;
	s->outliers[0].latency_ns = 127;
	s->outliers[0].step_ns[SNAP_STEP_RUN] = 127;
	s->outliers[0].residual_ns[SNAP_STEP_RUN] = 100;
	s->outliers[0].nr_parts = 1;
	s->outliers[0].parts = &part;
	assert_int_equal(snap_outlier_keep(&s->outliers[0], &s->outliers[0]), 0);
	s->nr_samples = samples;
	for (uint64_t i = 0; i < samples; i++)
		hist_add(s->latency, 1 + i % 127);
	return s;
}

static json_t *at(json_t *array, size_t i)
{
	json_t *json = json_array_get(array, i);

	assert_non_null(json);
	return json;
}

static void expect_int(const json_t *json, const char *member, json_int_t want)
{
	const json_t *value = json_object_get(json, member);

	assert_true(json_is_integer(value));
	assert_true(json_integer_value(value) == want);
}

static void expect_text(const json_t *json, const char *member, const char *want)
{
	const char *text = json_string_value(json_object_get(json, member));

	assert_non_null(text);
	assert_string_equal(text, want);
}

static void test_members(void **state)
{
	struct snapshot *s = make_snapshot("lru_add_drain_per_cpu", 127);
	json_t *json = summary_json(s), *work, *latency, *step, *flush;

	(void)state;
	assert_non_null(json);
	expect_int(json, "boots", 1);
	expect_int(json, "lost_events", 3);
	expect_int(json, "samples", 127);
	assert_true(json_is_true(json_object_get(json, "window_closed")));
	latency = json_object_get(json, "latency_ns");
	expect_int(latency, "min", 1);
	expect_int(latency, "mean", 64);
	expect_int(latency, "p50", 64);
	expect_int(latency, "p99", 126);
	expect_int(latency, "p99_9", 127);
	expect_int(latency, "max", 127);
	assert_null(json_object_get(latency, "p99_99"));
	work = at(json_object_get(json, "remote_work"), 0);
	expect_text(work, "function", "lru_add_drain_per_cpu");
	expect_int(work, "queued", 6);
	expect_int(work, "executed", 5);
	expect_int(work, "inline", 0);
	expect_int(work, "remote", 4);
	expect_int(work, "unknown", 1);
	expect_int(json_object_get(work, "queue_to_execute_ns"), "max", 100);
	expect_int(at(json_object_get(work, "origins"), 0), "pid", 10);
	assert_int_equal(json_array_size(json_object_get(json, "interruptions")), SNAP_NR_CLASSES);
	expect_int(at(json_object_get(json, "interruptions"), SNAP_WORK), "ns", 500);
	expect_text(at(json_object_get(json, "causes"), 1), "name", "\\x1b[2Jevil");
	flush = at(json_object_get(json, "flush_waits"), 0);
	flush = json_object_get(flush, "wait_ns");
	expect_int(flush, "count", 0);
	assert_true(json_is_null(json_object_get(flush, "p50")));
	assert_true(json_is_null(json_object_get(flush, "max")));
	assert_int_equal(json_array_size(json_object_get(json, "missing_probes")), 1);
	step = at(json_object_get(at(json_object_get(json, "outliers"), 0), "steps"), 2);
	expect_text(step, "step", "run");
	expect_int(step, "residual_ns", 100);
	expect_int(at(json_object_get(step, "parts"), 0), "ns", 27);
	json_decref(json);
	snapshot_destroy(s);
}

static void test_empty(void **state)
{
	struct snapshot *s = snapshot_create();
	json_t *json;

	(void)state;
	assert_non_null(s);
	json = summary_json(s);
	assert_true(json_is_null(json_object_get(json, "latency_ns")));
	assert_int_equal(json_array_size(json_object_get(json, "remote_work")), 0);
	json_decref(json);
	snapshot_destroy(s);
	snapshot_destroy(NULL);
}

/* Percentiles beyond p99.9 appear with the number of values that carries them. */
static void test_enough(void **state)
{
	struct snapshot *s = make_snapshot("f", 10000);
	json_t *json = summary_json(s);

	(void)state;
	assert_non_null(json_object_get(json_object_get(json, "latency_ns"), "p99_99"));
	assert_null(json_object_get(json_object_get(json, "latency_ns"), "p99_999"));
	json_decref(json);
	snapshot_destroy(s);
}

static json_int_t mean_of(const uint64_t *values, size_t nr)
{
	struct hist *h = hist_create();
	json_int_t mean;
	json_t *json;

	assert_non_null(h);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(hist_add(h, values[i]), 0);
	json = summary_hist_json(h);
	mean = json_integer_value(json_object_get(json, "mean"));
	json_decref(json);
	hist_destroy(h);
	return mean;
}

/* To the nearest, halves up; what a corrupt trace makes larger than JSON's integers is cut. */
static void test_mean(void **state)
{
	static const uint64_t values[] = { 1, 2, 2, UINT64_MAX, UINT64_MAX };

	(void)state;
	assert_int_equal(mean_of(values, 1), 1);
	assert_int_equal(mean_of(values, 2), 2);
	assert_int_equal(mean_of(values, 3), 2);
	assert_int_equal(mean_of(values + 3, 1), INT64_MAX);
	assert_int_equal(mean_of(values + 3, 2), INT64_MAX);
	/* the sum can't be told: it is as large as can be, the mean of five a fifth of it */
	assert_int_equal(mean_of(values, 5), UINT64_MAX / 5);
}

static void test_merge(void **state)
{
	struct snapshot *sum = snapshot_create();
	struct snapshot *a = make_snapshot("f", 10), *b = make_snapshot("f", 20);
	struct snapshot *c = make_snapshot("e", 0);

	(void)state;
	b->works[0].origins[0].pid = 11;
	b->probes[0].state = QPW_PROBE_MISSING;
	c->truncated = true;
	c->window_closed = false;
	assert_int_equal(snapshot_merge(sum, a), 0);
	assert_true(sum->window_closed);
	assert_int_equal(snapshot_merge(sum, b), 0);
	assert_int_equal(snapshot_merge(sum, c), 0);
	assert_int_equal(sum->nr_boots, 3);
	assert_int_equal(sum->nr_lost, 9);
	assert_int_equal(sum->nr_samples, 30);
	assert_int_equal(hist_count(sum->latency), 30);
	assert_int_equal(sum->window_ns, 3000);
	assert_true(sum->truncated && !sum->window_closed);
	assert_int_equal(sum->classes[SNAP_WORK].count, 15);
	assert_int_equal(sum->classes[SNAP_WORK].max_ns, 200);
	assert_int_equal(sum->nr_works, 2);
	assert_string_equal(sum->works[0].function, "e");
	assert_string_equal(sum->works[1].function, "f");
	assert_int_equal(sum->works[1].executed, 10);
	assert_int_equal(hist_count(sum->works[1].wait), 2);
	assert_int_equal(sum->works[1].nr_origins, 1);
	assert_int_equal(sum->works[1].origins[0].count, 10);
	assert_int_equal(sum->works[1].origins[0].pid, SNAP_PID_MANY);
	/* by self time: f 1000, e 500, the task 150 */
	assert_int_equal(sum->nr_causes, 3);
	assert_string_equal(sum->causes[0].name, "f");
	assert_int_equal(sum->causes[0].self_ns, 1000);
	assert_int_equal(sum->causes[2].self_ns, 150);
	assert_int_equal(sum->nr_flushes, 1);
	assert_int_equal(sum->flushes[0].skipped, 6);
	assert_int_equal(sum->nr_outliers, 1);
	assert_int_equal(sum->nr_probes, 2);
	assert_int_equal(sum->probes[0].state, QPW_PROBE_MISSING);
	snapshot_destroy(sum);
	snapshot_destroy(a);
	snapshot_destroy(b);
	snapshot_destroy(c);
}

/* More origins than fit: the most frequent stay, the count of the others is kept. */
static void test_many_origins(void **state)
{
	struct snapshot *sum = snapshot_create();

	(void)state;
	for (uint32_t i = 0; i < SNAP_ORIGINS + 3; i++) {
		struct snapshot *s = make_snapshot("f", 1);

		s->works[0].origins[0].cpu = i;
		s->works[0].origins[0].count = i == SNAP_ORIGINS + 2 ? 100 : 1;
		assert_int_equal(snapshot_merge(sum, s), 0);
		snapshot_destroy(s);
	}
	assert_int_equal(sum->works[0].nr_origins, SNAP_ORIGINS);
	assert_int_equal(sum->works[0].origins[0].count, 100);
	assert_int_equal(sum->works[0].origins[0].cpu, SNAP_ORIGINS + 2);
	assert_int_equal(sum->works[0].other_origins, 3);
	snapshot_destroy(sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_enough),	cmocka_unit_test(test_merge),
		cmocka_unit_test(test_mean),	cmocka_unit_test(test_many_origins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
