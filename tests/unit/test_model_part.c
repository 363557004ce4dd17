// SPDX-License-Identifier: GPL-2.0-only
/*
 * A model that is asked for a part: of the window, of the CPUs. Parts add up to the whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "../feeding.h"
#include "../records.h"
#include "util/array.h"

static struct model *part(uint64_t from_ns, uint64_t to_ns, const struct cpulist *cpus)
{
	const struct model_config config = {
		.max_outliers = 4, .from_ns = from_ns, .to_ns = to_ns, .cpus = cpus
	};
	struct model *m = model_create(&config);

	assert_non_null(m);
	return m;
}

static uint64_t irqs_of(struct model *m, uint64_t *start_ns, uint64_t *window_ns)
{
	struct snapshot *s = snap(m);
	uint64_t count = s->classes[SNAP_IRQ].count;

	*start_ns = s->window_start_ns;
	*window_ns = s->window_ns;
	snapshot_destroy(s);
	model_destroy(m);
	return count;
}

/*
 * Window 1000 to 9000, of which 2000 to 5000 after its opening counts: starts from 3000 to 6000,
 * and time in it, of which the early one has 500 ns and the one on the edge none.
 */
static void test_time(void **state)
{
	struct model *m = part(2000, 5000, NULL);
	struct snapshot *s;

	(void)state;
	feed(m, rec_irq(1, 500, 510, "before"));
	feed(m, rec_window(1000, 0));
	feed(m, rec_irq(1, 2999, 3500, "early"));
	feed(m, rec_irq(1, 3600, 3610, "in"));
	feed(m, rec_irq(1, 6000, 6700, "on the edge"));
	feed(m, rec_irq(1, 6701, 6710, "late"));
	feed(m, rec_sample(1, 2990, 0, 0, 0, 3600)); /* expired too early */
	feed(m, rec_sample(1, 5000, 0, 0, 0, 5100));
	feed(m, rec_window(1000, 9000));
	feed(m, rec_irq(1, 9001, 9010, "after"));
	s = snap(m);
	assert_int_equal(s->window_start_ns, 3000);
	assert_int_equal(s->window_end_ns, 6000);
	assert_int_equal(s->window_ns, 3000);
	assert_true(s->window_closed);
	assert_int_equal(s->classes[SNAP_IRQ].count, 2);
	assert_int_equal(s->classes[SNAP_IRQ].self_ns, 500 + 10 + 0);
	assert_int_equal(s->nr_samples, 1);
	assert_int_equal(s->nr_outliers, 1);
	assert_int_equal(s->outliers[0].latency_ns, 100);
	snapshot_destroy(s);
	model_destroy(m);
}

/* What lies beyond the window is not made more by asking for it. */
static void test_time_edges(void **state)
{
	const struct {
		uint64_t from, to, count, start, length;
	} rows[] = {
		{ 0, 0, 2, 1000, 8000 },
		{ 0, 20000, 2, 1000, 8000 },
		{ 4000, 20000, 1, 5000, 4000 },
		{ 8000, 0, 0, 9000, 0 },
		{ 20000, 30000, 0, 21000, 0 },
		{ UINT64_MAX, 0, 0, UINT64_MAX, 0 },
		{ 4000, UINT64_MAX, 1, 5000, 4000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct model *m = part(rows[i].from, rows[i].to, NULL);
		uint64_t start, length;

		feed(m, rec_window(1000, 0));
		feed(m, rec_irq(1, 2000, 2010, "first"));
		feed(m, rec_irq(1, 7000, 7010, "second"));
		feed(m, rec_window(1000, 9000));
		assert_int_equal(irqs_of(m, &start, &length), rows[i].count);
		assert_true(start == rows[i].start);
		assert_true(length == rows[i].length);
	}
}

/* Without a window time begins with the first record: here 600…700 is asked for. */
static void test_time_without_window(void **state)
{
	struct model *m = part(100, 200, NULL);
	uint64_t start, length;

	(void)state;
	feed(m, rec_irq(1, 500, 510, "a"));
	feed(m, rec_irq(1, 600, 610, "b"));
	feed(m, rec_irq(1, 700, 710, "c"));
	feed(m, rec_irq(1, 800, 810, "d"));
	assert_int_equal(irqs_of(m, &start, &length), 2);
	assert_int_equal(start, 600);
	assert_int_equal(length, 100);
}

static union rec counts_at(uint64_t ns, uint64_t page_faults)
{
	union rec r = rec_counts(1, page_faults, 0, 0, 0);

	r.h.start_ns = ns;
	r.h.end_ns = ns;
	return r;
}

/* Page faults until 1000: 5, 2900: 9, 3100: 10, 5900: 17, 6100: 19: between 3000 and 6000 8. */
static void test_time_of_counts(void **state)
{
	struct model *m = part(2000, 5000, NULL);
	struct snapshot *s;

	(void)state;
	feed(m, counts_at(1000, 5));
	feed(m, rec_window(1000, 0));
	feed(m, counts_at(2900, 9));
	feed(m, counts_at(3100, 10));
	feed(m, counts_at(5900, 17));
	feed(m, counts_at(6100, 19));
	feed(m, rec_window(1000, 9000));
	s = snap(m);
	assert_int_equal(s->counts.page_faults, 8);
	snapshot_destroy(s);
	model_destroy(m);
}

static union rec flush_for(uint32_t target, uint64_t ns)
{
	union rec r = rec_flush(0, ns, ns + 10, QPW_FLUSH_WORK, 0, "waiter");

	r.flush.target_cpu = target;
	return r;
}

/* Of CPUs 1 and 2 only the latter; losses of any CPU are told. */
static void test_cpus(void **state)
{
	struct cpulist two = { 0 };
	struct model *m;
	struct snapshot *s;

	(void)state;
	cpulist_set(&two, 2);
	m = part(0, 0, &two);
	feed(m, rec_window(1000, 0));
	feed(m, rec_hotplug(1, 1500, 0));
	feed(m, rec_irq(1, 2000, 2010, "one"));
	feed(m, rec_irq(2, 2000, 2030, "two"));
	feed(m, rec_sample(1, 3000, 0, 0, 0, 3900));
	feed(m, rec_sample(2, 3000, 0, 0, 0, 3100));
	feed(m, rec_tick_kept(1, 3500, 1));
	feed(m, flush_for(1, 4000));
	feed(m, flush_for(2, 4000));
	feed(m, flush_for(SNAP_CPU_UNKNOWN, 4000));
	feed(m, rec_counts(1, 7, 0, 0, 0));
	feed(m, rec_lost(1, 3));
	feed(m, rec_window(1000, 9000));
	s = snap(m);
	assert_int_equal(s->classes[SNAP_IRQ].count, 1);
	assert_int_equal(s->classes[SNAP_IRQ].self_ns, 30);
	assert_int_equal(s->nr_samples, 1);
	assert_int_equal(hist_max(s->latency), 100);
	assert_int_equal(s->nr_flushes, 1);
	assert_int_equal(s->flushes[0].count, 2);
	assert_int_equal(s->counts.tick_kept[0], 0);
	assert_int_equal(s->counts.page_faults, 0);
	assert_int_equal(s->nr_offlines, 0);
	assert_int_equal(s->nr_lost, 3);
	assert_int_equal(s->nr_events, 8); /* read, whether asked for or not */
	snapshot_destroy(s);
	model_destroy(m);
}

#define RECORDS 3000
#define LENGTH 1000000

/* Interrupts and samples of CPUs 0 to 2 in a window of LENGTH from 1000, the same at each call. */
static void feed_random(struct model *m)
{
	uint64_t rng = 20261126;

	feed(m, rec_window(1000, 0));
	for (uint64_t i = 0; i < RECORDS; i++) {
		uint64_t at = 1000 + i * (LENGTH / RECORDS);
		uint32_t cpu;

		rng = rng * 6364136223846793005U + 1442695040888963407U;
		cpu = (uint32_t)(rng >> 33) % 3;
		if (rng >> 60 < 4)
			feed(m, rec_sample(cpu, at, 0, 0, 0, at + (rng >> 56)));
		else
			feed(m, rec_irq(cpu, at, at + (rng >> 57), "irq"));
	}
	feed(m, rec_window(1000, 1000 + LENGTH));
}

static void expect_same(const struct snapshot *whole, const struct snapshot *sum)
{
	assert_int_equal(sum->classes[SNAP_IRQ].count, whole->classes[SNAP_IRQ].count);
	assert_int_equal(sum->classes[SNAP_IRQ].self_ns, whole->classes[SNAP_IRQ].self_ns);
	assert_int_equal(sum->classes[SNAP_IRQ].max_ns, whole->classes[SNAP_IRQ].max_ns);
	assert_int_equal(sum->nr_samples, whole->nr_samples);
	assert_int_equal(sum->nr_late, whole->nr_late);
	assert_int_equal(hist_max(sum->latency), hist_max(whole->latency));
	assert_true(sum->latency->sum == whole->latency->sum);
	assert_int_equal(sum->nr_outliers, whole->nr_outliers);
	for (size_t i = 0; i < whole->nr_outliers; i++) {
		assert_int_equal(sum->outliers[i].expiry_ns, whole->outliers[i].expiry_ns);
		assert_int_equal(sum->outliers[i].cpu, whole->outliers[i].cpu);
	}
}

static void add_part(struct snapshot *sum, struct model *m)
{
	struct snapshot *s;

	feed_random(m);
	s = snap(m);
	assert_int_equal(snapshot_merge(sum, s), 0);
	snapshot_destroy(s);
	model_destroy(m);
}

static void test_parts_add_up(void **state)
{
	struct model *m = part(0, 0, NULL);
	struct snapshot *whole, *times = snapshot_create(), *cpus = snapshot_create();
	const uint64_t cuts[] = { 0, 1, 77777, 500000, 999999, LENGTH };

	(void)state;
	assert_non_null(times);
	assert_non_null(cpus);
	feed_random(m);
	whole = snap(m);
	model_destroy(m);
	assert_in_range(whole->nr_samples, RECORDS / 10, RECORDS);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(cuts); i++)
		add_part(times, part(i ? cuts[i] + 1 : 0, cuts[i + 1], NULL));
	for (unsigned int cpu = 0; cpu < 3; cpu++) {
		struct cpulist one = { 0 };

		cpulist_set(&one, cpu);
		add_part(cpus, part(0, 0, &one));
	}
	expect_same(whole, times);
	expect_same(whole, cpus);
	snapshot_destroy(whole);
	snapshot_destroy(times);
	snapshot_destroy(cpus);
}

static struct snapshot *samples_at(uint64_t threshold_ns, uint32_t room, const uint64_t *latency,
				   size_t nr)
{
	struct model *m = new_model(threshold_ns, room);
	struct snapshot *s;

	for (size_t i = 0; i < nr; i++)
		feed(m, rec_sample(1, 1000 * (i + 1), 0, 0, 0, 1000 * (i + 1) + latency[i]));
	s = snap(m);
	model_destroy(m);
	return s;
}

/* Room for 3, threshold 50: of 60, 20, 55 and 70, 50 the worst three, and whose they are. */
static void test_merged_outliers(void **state)
{
	const uint64_t first[] = { 60, 20, 55 }, second[] = { 70, 50 };
	struct snapshot *a = samples_at(50, 3, first, 3), *b = samples_at(50, 3, second, 2);
	struct snapshot *sum = snapshot_create();

	(void)state;
	assert_non_null(sum);
	assert_int_equal(snapshot_merge(sum, a), 0);
	assert_int_equal(snapshot_merge(sum, b), 0);
	assert_int_equal(sum->nr_late, 4);
	assert_int_equal(sum->nr_outliers, 3);
	assert_int_equal(sum->outliers[0].latency_ns, 70);
	assert_int_equal(sum->outliers[0].boot, 1);
	assert_int_equal(sum->outliers[1].latency_ns, 60);
	assert_int_equal(sum->outliers[1].boot, 0);
	assert_int_equal(sum->outliers[2].latency_ns, 55);
	snapshot_destroy(a);
	snapshot_destroy(b);
	snapshot_destroy(sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_time_edges),
		cmocka_unit_test(test_time_without_window),
		cmocka_unit_test(test_time_of_counts),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_parts_add_up),
		cmocka_unit_test(test_merged_outliers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
