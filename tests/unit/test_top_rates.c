// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live view: rates between two snapshots, the last minute. Snapshots are made by hand, so every
 * expected figure is worked out from them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sample_top.h"

static const struct cpulist cpu_1 = { { 1U << 1 } };

static void rates_are_differences_per_second(void **state)
{
	struct snapshot *before = sample_empty(), *now = sample_empty();
	struct top_rates r;

	(void)state;
	sample_cause(before, 1, SNAP_IRQ, "eth0", 100, 1000000);
	sample_cause(now, 1, SNAP_IRQ, "eth0", 150, 3000000);
	sample_cpu(before, 1)->avoidable_ns = 100;
	sample_cpu(now, 1)->avoidable_ns = 1000100;
	sample_cpu(now, 1)->recent_max_ns = 77;
	before->nr_events = 1000;
	now->nr_events = 1500;
	before->nr_samples = 10;
	now->nr_samples = 2010;
	before->nr_lost = 3;
	now->nr_lost = 8;
	assert_int_equal(top_rates_init(&r, before, now, 2 * SECOND, &cpu_1, NULL), 0);
	assert_int_equal(r.nr_cpus, 1);
	assert_float_equal(r.cpus[0].classes[SNAP_IRQ].count_s, 25, EPSILON);
	assert_float_equal(r.cpus[0].classes[SNAP_IRQ].stolen_us_s, 1000, EPSILON);
	assert_float_equal(r.cpus[0].all.count_s, 25, EPSILON);
	assert_float_equal(r.cpus[0].all.stolen_us_s, 1000, EPSILON);
	assert_float_equal(r.cpus[0].classes[SNAP_NMI].count_s, 0, 0);
	assert_float_equal(r.cpus[0].avoidable_us_s, 500, EPSILON);
	assert_int_equal(r.cpus[0].count, 150);
	assert_int_equal(r.cpus[0].recent_max_ns, 77);
	assert_float_equal(r.events_s, 250, EPSILON);
	assert_float_equal(r.samples_s, 1000, EPSILON);
	assert_int_equal(r.lost, 5);
	assert_float_equal(r.causes[0].rate.count_s, 25, EPSILON);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

static void first_interval_counts_from_nothing(void **state)
{
	struct snapshot *now = sample_empty();
	struct top_rates r;

	(void)state;
	sample_cause(now, 1, SNAP_TICK, "tick", 500, 500000);
	now->nr_lost = 2;
	assert_int_equal(top_rates_init(&r, NULL, now, SECOND / 2, &cpu_1, NULL), 0);
	assert_float_equal(r.cpus[0].classes[SNAP_TICK].count_s, 1000, EPSILON);
	assert_float_equal(r.cpus[0].classes[SNAP_TICK].stolen_us_s, 1000, EPSILON);
	assert_int_equal(r.lost, 2);
	top_rates_finish(&r);
	snapshot_destroy(now);
}

static void no_time_and_no_progress_are_rate_zero(void **state)
{
	struct snapshot *before = sample_empty(), *now = sample_empty();
	struct top_rates r;

	(void)state;
	sample_cause(before, 1, SNAP_IPI, "f", 9, 900);
	sample_cause(now, 1, SNAP_IPI, "f", 5, 500);
	before->nr_lost = 9;
	assert_int_equal(top_rates_init(&r, before, now, SECOND, &cpu_1, NULL), 0);
	assert_float_equal(r.cpus[0].all.count_s, 0, 0);
	assert_float_equal(r.causes[0].rate.stolen_us_s, 0, 0);
	assert_int_equal(r.lost, 0);
	top_rates_finish(&r);
	assert_int_equal(top_rates_init(&r, NULL, now, 0, &cpu_1, NULL), 0);
	assert_float_equal(r.cpus[0].all.count_s, 0, 0);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

/* Of another class, or on another CPU, it is another cause; places move between snapshots. */
static void rows_match_by_what_they_are_of(void **state)
{
	struct snapshot *before = sample_empty(), *now = sample_empty();
	struct top_rates r;

	(void)state;
	sample_cause(before, 1, SNAP_THREAD, "x", 10, 10000);
	sample_cause(before, 1, SNAP_WORK, "x", 20, 90000);
	sample_cause(before, 2, SNAP_WORK, "x", 7, 70000);
	sample_cause(now, 2, SNAP_WORK, "x", 8, 71000);
	sample_cause(now, 1, SNAP_THREAD, "x", 13, 1000000);
	sample_cause(now, 1, SNAP_WORK, "new", 4, 50000);
	sample_origin(before, 1, "drain", "churn", 5);
	sample_origin(now, 2, "drain", "churn", 2);
	sample_origin(now, 1, "drain", "churn", 9);
	assert_int_equal(top_rates_init(&r, before, now, SECOND, &cpu_1, NULL), 0);
	assert_float_equal(r.causes[0].rate.count_s, 1, EPSILON);
	assert_float_equal(r.causes[0].rate.stolen_us_s, 1, EPSILON);
	assert_float_equal(r.causes[1].rate.count_s, 3, EPSILON);
	assert_float_equal(r.causes[1].rate.stolen_us_s, 990, EPSILON);
	assert_float_equal(r.causes[2].rate.count_s, 4, EPSILON);
	assert_float_equal(r.origins[0].count_s, 2, EPSILON);
	assert_float_equal(r.origins[1].count_s, 4, EPSILON);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

/* Row i has grown by i: a thousand of each kind, which differ in one of their fields each. */
static struct snapshot *thousand(uint64_t factor)
{
	struct snapshot *s = sample_empty();
	char name[16];

	for (uint64_t i = 0; i < 1000; i++) {
		struct snap_waiter *w = SAMPLE_ROW(&s->waiters, &s->nr_waiters);
		struct snap_caused *c;

		snprintf(name, sizeof(name), "name-%u", (unsigned int)i);
		sample_cause(s, (uint32_t)(i % 3), SNAP_THREAD, i % 2 ? name : "same", i * factor,
			     0);
		s->causes[i].cpu = i % 2 ? 1 : (uint32_t)i;
		sample_work(s, name, i * factor + 1, 0);
		w->count = i * factor;
		w->target_cpu = i % 2 ? 1 : (uint32_t)i;
		snprintf(i % 2 ? w->comm : w->work, sizeof(w->comm), "%s", name);
		c = sample_origin(s, i % 3 ? 1 : (uint32_t)i + 2, "drain", "churn", i * factor);
		if (i % 3 == 1)
			snprintf(c->cgroup, sizeof(c->cgroup), "/%s", name);
		else if (i % 3 == 2)
			snprintf(c->origin.comm, sizeof(c->origin.comm), "%s", name);
	}
	return s;
}

static void many_rows_are_told_apart(void **state)
{
	struct snapshot *before = thousand(1), *now = thousand(2);
	struct cpulist none = { 0 };
	struct top_rates r;

	(void)state;
	assert_int_equal(top_rates_init(&r, before, now, SECOND, &none, NULL), 0);
	assert_int_equal(r.nr_origins, 1000);
	for (size_t i = 0; i < 1000; i++) {
		assert_float_equal(r.causes[i].rate.count_s, (double)i, EPSILON);
		assert_float_equal(r.origins[i].count_s, (double)i, EPSILON);
		assert_float_equal(r.works[i].executed_s, (double)i, EPSILON);
		assert_float_equal(r.waiters[i].count_s, (double)i, EPSILON);
	}
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

static void idle_work_stays_away(void **state)
{
	struct snapshot *before = sample_empty(), *now = sample_empty();
	struct top_rates r;

	(void)state;
	sample_work(before, "b", 100, 0);
	sample_work(now, "a", 0, 0); /* queued, never run */
	sample_work(now, "b", 104, 0);
	sample_work(now, "c", 3, 6);
	assert_int_equal(top_rates_init(&r, before, now, 2 * SECOND, &cpu_1, NULL), 0);
	assert_int_equal(r.nr_works, 2);
	assert_float_equal(r.works[0].executed_s, 2, EPSILON);
	assert_string_equal(r.works[1].work->function, "c");
	assert_float_equal(r.works[1].executed_s, 1.5, EPSILON);
	assert_float_equal(r.works[1].inlined_s, 3, EPSILON);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

/* CPUs 1 and 3 are watched, 3 was never interrupted, 2 was seen though nobody watches it. */
static void every_cpu_has_a_row_and_several_a_sum(void **state)
{
	const struct cpulist watched = { { 1U << 1 | 1U << 3 } };
	struct snapshot *now = sample_empty();
	struct top_minute minute = { 0 };
	struct top_rates r;

	(void)state;
	sample_cause(now, 1, SNAP_IRQ, "a", 10, 5000);
	sample_cause(now, 2, SNAP_IRQ, "a", 30, 1000);
	sample_cpu(now, 1)->classes[SNAP_IRQ].max_ns = 900;
	sample_cpu(now, 2)->recent_max_ns = 400;
	assert_int_equal(top_minute_add(&minute, 1, 97 * SECOND, 100 * SECOND, 3000000), 0);
	assert_int_equal(top_minute_add(&minute, 2, 97 * SECOND, 100 * SECOND, 6000000), 0);
	assert_int_equal(top_rates_init(&r, NULL, now, SECOND, &watched, &minute), 0);
	assert_int_equal(r.nr_cpus, 4);
	assert_int_equal(r.cpus[2].cpu, 3);
	assert_null(r.cpus[2].state);
	assert_true(r.cpus[2].minute[TOP_MINUTE_PARTS - 1] < 0);
	assert_int_equal(r.cpus[3].cpu, SNAP_CPU_ALL);
	assert_float_equal(r.cpus[3].all.count_s, 40, EPSILON);
	assert_float_equal(r.cpus[3].all.stolen_us_s, 6, EPSILON);
	assert_int_equal(r.cpus[3].max_ns, 900);
	assert_int_equal(r.cpus[3].recent_max_ns, 400);
	/* the part from 99 to 102 s holds a third of what was added */
	assert_float_equal(r.cpus[0].minute[TOP_MINUTE_PARTS - 1], 1000, EPSILON);
	assert_float_equal(r.cpus[3].minute[TOP_MINUTE_PARTS - 1], 3000, EPSILON);
	top_rates_finish(&r);
	top_minute_finish(&minute);
	snapshot_destroy(now);
}

/* Parts are 3 s. 12 ms over the six seconds from 4 to 10: 2 ms/s wherever it was looked. */
static void minute_spreads_and_forgets(void **state)
{
	double parts[TOP_MINUTE_PARTS];
	struct top_minute m = { 0 };

	(void)state;
	assert_int_equal(top_minute_add(&m, 5, 4 * SECOND, 10 * SECOND, 12000000), 0);
	top_minute_get(&m, 5, 10 * SECOND, parts);
	for (int i = 0; i < 3; i++)
		assert_float_equal(parts[TOP_MINUTE_PARTS - 1 - i], 2000, EPSILON);
	assert_true(parts[TOP_MINUTE_PARTS - 4] < 0);
	top_minute_get(&m, 6, 10 * SECOND, parts);
	assert_true(parts[TOP_MINUTE_PARTS - 1] < 0);
	/* nothing was known between 10 s and 30 s */
	assert_int_equal(top_minute_add(&m, 5, 30 * SECOND, 31 * SECOND, 0), 0);
	top_minute_get(&m, 5, 31 * SECOND, parts);
	assert_float_equal(parts[TOP_MINUTE_PARTS - 1], 0, 0);
	assert_true(parts[TOP_MINUTE_PARTS - 2] < 0);
	assert_float_equal(parts[TOP_MINUTE_PARTS - 8], 2000, EPSILON);
	/* a minute later none of it is left, nor after a pause of hours */
	top_minute_get(&m, 5, 95 * SECOND, parts);
	for (int i = 0; i < TOP_MINUTE_PARTS; i++)
		assert_true(parts[i] < 0);
	assert_int_equal(top_minute_add(&m, 5, 31 * SECOND, 7231 * SECOND, 7200000000), 0);
	top_minute_get(&m, 5, 7231 * SECOND, parts);
	for (int i = 0; i < TOP_MINUTE_PARTS; i++)
		assert_float_equal(parts[i], 1000, 0.01);
	top_minute_finish(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_differences_per_second),
		cmocka_unit_test(first_interval_counts_from_nothing),
		cmocka_unit_test(no_time_and_no_progress_are_rate_zero),
		cmocka_unit_test(rows_match_by_what_they_are_of),
		cmocka_unit_test(many_rows_are_told_apart),
		cmocka_unit_test(idle_work_stays_away),
		cmocka_unit_test(every_cpu_has_a_row_and_several_a_sum),
		cmocka_unit_test(minute_spreads_and_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
