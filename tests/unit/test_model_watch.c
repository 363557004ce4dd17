// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the model keeps for a live view: rows for each CPU, the tick, who runs there, the
 * log of long interruptions. What the figures must be is worked out in the comments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../feeding.h"
#include "../records.h"
#include "model/model.h"
#include "model/watch.h"

#define FN_DRAIN 0xffffffff81000000U
#define FN_OTHER 0xffffffff81000100U
#define MS 1000000U

static struct model *live_model(uint64_t event_ns)
{
	const struct model_config config = { .per_cpu = true, .event_ns = event_ns };
	struct model *m = model_create(&config);

	assert_non_null(m);
	return m;
}

static const struct snap_cause *cause(const struct snapshot *s, uint32_t cpu, const char *name)
{
	for (size_t i = 0; i < s->nr_causes; i++)
		if (s->causes[i].cpu == cpu && !strcmp(s->causes[i].name, name))
			return &s->causes[i];
	return NULL;
}

static const struct snap_cpu *cpu_row(const struct snapshot *s, uint32_t cpu)
{
	for (size_t i = 0; i < s->nr_cpus; i++)
		if (s->cpus[i].cpu == cpu)
			return &s->cpus[i];
	fail_msg("CPU %u: not there", cpu);
	return NULL;
}

/*
 * CPU 1: IRQs of 100 and 300 ns and a drain of 1000 ns in which the second IRQ nests; CPU 7: one
 * IRQ of 50 ns. Self time of the drain: 700.
 */
static void cpus_are_told_apart(void **state)
{
	const struct qpw_origin by = rec_origin(900, 0, 42, "churn");
	struct model *m = live_model(0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));
	feed(m, rec_irq(1, 100, 200, "nic"));
	feed(m, rec_irq(7, 150, 200, "nic"));
	feed(m, rec_irq(1, 1200, 1500, "nic"));
	feed(m, rec_work(QPW_KIND_WORK, 1, 1000, 2000, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, &by));
	s = snap(m);
	assert_int_equal(s->nr_causes, 3);
	assert_int_equal(cause(s, 1, "nic")->count, 2);
	assert_int_equal(cause(s, 1, "nic")->self_ns, 400);
	assert_int_equal(cause(s, 1, "nic")->max_ns, 300);
	assert_int_equal(cause(s, 7, "nic")->count, 1);
	assert_int_equal(cause(s, 1, "lru_add_drain_per_cpu")->self_ns, 700);
	assert_null(cause(s, SNAP_CPU_ALL, "nic"));
	assert_int_equal(s->nr_cpus, 2);
	assert_int_equal(s->cpus[0].cpu, 1);
	assert_int_equal(cpu_row(s, 1)->classes[SNAP_IRQ].count, 2);
	assert_int_equal(cpu_row(s, 1)->classes[SNAP_WORK].self_ns, 700);
	assert_int_equal(cpu_row(s, 1)->classes[SNAP_WORK].max_ns, 1000);
	assert_int_equal(cpu_row(s, 7)->classes[SNAP_IRQ].self_ns, 50);
	assert_int_equal(cpu_row(s, 1)->avoidable, 1);
	assert_int_equal(cpu_row(s, 1)->avoidable_ns, 700);
	assert_int_equal(cpu_row(s, 7)->avoidable, 0);
	assert_int_equal(s->classes[SNAP_IRQ].count, 3);
	assert_int_equal(s->nr_caused, 1);
	assert_int_equal(s->caused[0].on_cpu, 1);
	snapshot_destroy(s);
	model_destroy(m);
}

/* A report pays for nothing of it. */
static void without_it_rows_are_over_all_cpus(void **state)
{
	const struct qpw_origin by = rec_origin(900, 0, 42, "churn");
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	model_begin_interval(m);
	feed(m, rec_irq(1, 100, 200, "nic"));
	feed(m, rec_irq(7, 150, 200, "nic"));
	feed(m, rec_ipi(1, 1000, 1100, QPW_IPI_RESCHEDULE, 0, &by));
	feed(m, rec_ipi(7, 1000, 1100, QPW_IPI_RESCHEDULE, 0, &by));
	s = snap(m);
	assert_int_equal(s->nr_cpus, 0);
	assert_int_equal(s->nr_event_rows, 0);
	assert_int_equal(s->nr_causes, 2);
	assert_int_equal(cause(s, SNAP_CPU_ALL, "nic")->count, 2);
	assert_int_equal(cause(s, SNAP_CPU_ALL, "nic")->p99_ns, 0);
	assert_int_equal(s->nr_caused, 1);
	assert_int_equal(s->caused[0].on_cpu, SNAP_CPU_ALL);
	assert_int_equal(s->caused[0].origin.count, 2);
	snapshot_destroy(s);
	model_destroy(m);
}

/* 98 of 1000 ns, one of 5000, one of 9000: rank 99 is 5000, whose bucket is 4096…5119. */
static void p99_is_rounded_up_by_less_than_a_quarter(void **state)
{
	struct model *m = live_model(0);
	struct snapshot *s;
	uint64_t t = 1000;

	(void)state;
	for (int i = 0; i < 98; i++, t += 20000)
		feed(m, rec_irq(1, t, t + 1000, "nic"));
	feed(m, rec_irq(1, t, t + 5000, "nic"));
	feed(m, rec_irq(1, t + 10000, t + 19000, "nic"));
	s = snap(m);
	assert_int_equal(cause(s, 1, "nic")->p99_ns, 5119);
	assert_int_equal(cause(s, 1, "nic")->max_ns, 9000);
	snapshot_destroy(s);
	model_destroy(m);
}

static void coarse_buckets_hold_what_they_say(void **state)
{
	uint32_t buckets[QPW_COARSE_BUCKETS] = { 0 };

	(void)state;
	for (uint64_t v = 0; v < 70000; v++) {
		uint32_t b = qpw_coarse_bucket(v);

		assert_true(v <= qpw_coarse_high(b));
		assert_true(b == 0 || v > qpw_coarse_high(b - 1));
		assert_true((qpw_coarse_high(b) - v) * 4 <= v);
	}
	assert_int_equal(qpw_coarse_bucket(7ULL << 30), QPW_COARSE_BUCKETS - 1);
	assert_int_equal(qpw_coarse_bucket((7ULL << 30) - 1), QPW_COARSE_BUCKETS - 2);
	assert_int_equal(qpw_coarse_high(QPW_COARSE_BUCKETS - 2), (7ULL << 30) - 1);
	assert_int_equal(qpw_coarse_bucket(UINT64_MAX), QPW_COARSE_BUCKETS - 1);
	assert_int_equal(qpw_coarse_percentile(buckets, 99, 0), 0);
	buckets[QPW_COARSE_BUCKETS - 1] = 1;
	assert_int_equal(qpw_coarse_percentile(buckets, 50, 8ULL << 30), 8ULL << 30);
}

static void longest_of_the_interval_is_forgotten_with_it(void **state)
{
	struct model *m = live_model(0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(1, 1000, 9000, "nic"));
	model_begin_interval(m);
	s = snap(m);
	assert_int_equal(cpu_row(s, 1)->recent_max_ns, 0);
	snapshot_destroy(s);
	feed(m, rec_irq(1, 10000, 10200, "nic"));
	feed(m, rec_irq(1, 11000, 11100, "nic"));
	s = snap(m);
	assert_int_equal(cpu_row(s, 1)->recent_max_ns, 200);
	assert_int_equal(cpu_row(s, 1)->classes[SNAP_IRQ].max_ns, 8000);
	snapshot_destroy(s);
	model_destroy(m);
}

/* CPU 1 ticks at 10 ms and 150 ms, CPU 2 at 20 ms only; records end at 200 ms. */
static void tick_is_on_off_or_not_known(void **state)
{
	struct model *m = live_model(0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_timer(1, 10 * MS, 10 * MS + 500, QPW_F_TICK, 0));
	feed(m, rec_timer(2, 20 * MS, 20 * MS + 500, QPW_F_TICK, 0));
	s = snap(m);
	assert_false(cpu_row(s, 1)->tick_known);
	snapshot_destroy(s);
	feed(m, rec_tick_kept(1, 150 * MS, 1));
	feed(m, rec_irq(2, 200 * MS - 100, 200 * MS, "nic"));
	s = snap(m);
	assert_true(cpu_row(s, 1)->tick_known);
	assert_false(cpu_row(s, 1)->tick_stopped);
	assert_true(cpu_row(s, 2)->tick_known);
	assert_true(cpu_row(s, 2)->tick_stopped);
	snapshot_destroy(s);
	feed(m, rec_probe("hrtimer_expire_entry", QPW_PROBE_MISSING, -EPERM, "timers"));
	s = snap(m);
	assert_false(cpu_row(s, 2)->tick_known);
	snapshot_destroy(s);
	model_destroy(m);
}

static void last_task_of_a_cpu_is_kept(void **state)
{
	struct model *m = live_model(0);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(2, 100, 200, "nic"));
	feed(m, rec_thread(1, 1000, 2000, 9, "kworker/1:0"));
	s = snap(m);
	assert_string_equal(cpu_row(s, 1)->running, "kworker/1:0");
	assert_string_equal(cpu_row(s, 2)->running, "");
	snapshot_destroy(s);
	feed(m, rec_sample(1, 2100, 2150, 2200, 2250, 2300));
	s = snap(m);
	assert_string_equal(cpu_row(s, 1)->running, "cyclictest");
	snapshot_destroy(s);
	model_destroy(m);
}

/* Of 300 that are long enough the last 256 are kept, in order; the shorter ones are none. */
static void log_keeps_the_last_long_ones(void **state)
{
	const struct qpw_origin by = rec_origin(1, 3, 42, "churn");
	struct model *m = live_model(1000);
	struct snapshot *s;

	(void)state;
	for (uint64_t i = 0; i < 300; i++) {
		feed(m, rec_irq(1, 10000 * i + 5000, 10000 * i + 5999, "short"));
		feed(m, rec_ipi_from(1, 10000 * i + 6000, 10000 * i + 7000 + i, QPW_IPI_RESCHEDULE,
				     0, i % 2 ? &by : NULL, i % 4 ? 0xabc : 0));
	}
	s = snap(m);
	assert_int_equal(s->event_ns, 1000);
	assert_int_equal(s->nr_long, 300);
	assert_int_equal(s->nr_event_rows, SNAP_EVENTS);
	for (uint64_t i = 0; i < SNAP_EVENTS; i++) {
		const struct snap_event *e = &s->events[i];

		assert_int_equal(e->ns, 1000 + 300 - SNAP_EVENTS + i);
		assert_string_equal(e->name, "reschedule");
		assert_int_equal(e->cpu, 1);
		assert_int_equal(e->class, SNAP_IPI);
		assert_int_equal(e->origin.count, i % 2);
		assert_string_equal(e->origin.comm, i % 2 ? "churn" : "");
		/* without an origin there is none */
		assert_string_equal(e->callsite, i % 2 ? "0xabc" : "");
	}
	snapshot_destroy(s);
	model_destroy(m);
}

/* Counting begins anew with the window, what runs there stays known. */
static void window_starts_everything_anew(void **state)
{
	struct model *m = live_model(100);
	struct snapshot *s;

	(void)state;
	feed(m, rec_thread(1, 1000, 2000, 9, "kworker/1:0"));
	feed(m, rec_window(5000, 0));
	feed(m, rec_irq(1, 6000, 6500, "nic"));
	feed(m, rec_window(5000, 7000));
	feed(m, rec_irq(1, 8000, 8500, "late"));
	s = snap(m);
	assert_int_equal(s->nr_causes, 1);
	assert_int_equal(s->nr_event_rows, 1);
	assert_string_equal(s->events[0].name, "nic");
	assert_int_equal(cpu_row(s, 1)->classes[SNAP_THREAD].count, 0);
	assert_int_equal(cpu_row(s, 1)->recent_max_ns, 500);
	assert_string_equal(cpu_row(s, 1)->running, "kworker/1:0");
	snapshot_destroy(s);
	model_destroy(m);
}

/* More names than there is room for: nothing is lost but the names. */
static void causes_are_bounded(void **state)
{
	struct model *m = live_model(0);
	struct snapshot *s;
	char name[QPW_COMM_LEN];

	(void)state;
	for (uint64_t i = 0; i < WATCH_CAUSES_MAX + 100; i++) {
		snprintf(name, sizeof(name), "t%u", (unsigned int)i);
		feed(m, rec_thread(1, 1000 * i, 1000 * i + 10, 9, name));
	}
	s = snap(m);
	assert_int_equal(s->nr_causes, WATCH_CAUSES_MAX + 1);
	assert_int_equal(cause(s, 1, "(other)")->count, 100);
	assert_int_equal(cpu_row(s, 1)->classes[SNAP_THREAD].count, WATCH_CAUSES_MAX + 100);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_are_told_apart),
		cmocka_unit_test(without_it_rows_are_over_all_cpus),
		cmocka_unit_test(p99_is_rounded_up_by_less_than_a_quarter),
		cmocka_unit_test(coarse_buckets_hold_what_they_say),
		cmocka_unit_test(longest_of_the_interval_is_forgotten_with_it),
		cmocka_unit_test(tick_is_on_off_or_not_known),
		cmocka_unit_test(last_task_of_a_cpu_is_kept),
		cmocka_unit_test(log_keeps_the_last_long_ones),
		cmocka_unit_test(window_starts_everything_anew),
		cmocka_unit_test(causes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
