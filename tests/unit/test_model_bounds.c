// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the model keeps of a CPU grows as it is needed and has a bound, on many CPUs a low one. What
 * it has kept explains samples as if there were no bound, and sums always hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../feeding.h"
#include "../records.h"
#include "model/figures.h"
#include "model/nest.h"
#include "util/array.h"

#define BEGIN 1000000
#define STEP 100  /* an interrupt begins each so many ns */
#define BUSY 50	  /* and takes so long */
#define ROOMY 256 /* so many CPUs have all the room */
#define KEPT 1024
#define KEPT_LITTLE 32

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void feed_irqs(struct model *m, uint32_t cpu, uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++) {
		const uint64_t t = BEGIN + i * STEP;

		feed(m, rec_irq(cpu, t, t + BUSY, "nic"));
	}
}

/* A late sample of the time of the last nr interrupts: kept of them are known, the rest is not. */
static void check_sample(const struct snap_outlier *o, uint64_t nr, uint64_t kept)
{
	uint64_t known = 0, unknown = 0;

	assert_int_equal(o->latency_ns, nr * STEP);
	for (uint32_t i = 0; i < o->nr_parts; i++)
		known += o->parts[i].ns;
	for (int i = 0; i < SNAP_NR_STEPS; i++)
		unknown += o->residual_ns[i];
	assert_int_equal(known, kept * BUSY);
	assert_int_equal(known + unknown, nr * STEP);
}

/* About where the room doubles and where it ends. */
static void test_history_grows(void **state)
{
	static const uint64_t numbers[] = { 0,	15,  16,  17,	31,   32,   33,	  64,
					    65, 511, 512, 1023, 1024, 1025, 2047, 5000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const uint64_t nr = numbers[i] ? numbers[i] : 1;
		struct model *m = new_model(0, 0);
		struct snapshot *s;

		feed_irqs(m, 1, numbers[i]);
		feed(m, rec_sample(1, BEGIN, 0, 0, 0, BEGIN + nr * STEP));
		s = model_snapshot(m);
		assert_non_null(s);
		assert_int_equal(s->nr_outliers, 1);
		check_sample(&s->outliers[0], nr, min_u64(numbers[i], KEPT));
		snapshot_destroy(s);
		model_destroy(m);
	}
}

/* Self time of what encloses all of nr interrupts but the first; folded, two would hide it. */
static void check_enclosing(uint32_t others, uint32_t cpu, uint64_t nr)
{
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	for (uint32_t i = 0; i < others; i++)
		feed_irqs(m, 1000 + i, 1);
	feed_irqs(m, cpu, nr);
	feed(m, rec_thread(cpu, BEGIN + STEP - 10, BEGIN + nr * STEP, 7, "hog"));
	s = model_snapshot(m);
	assert_non_null(s);
	assert_int_equal(s->classes[SNAP_THREAD].self_ns, 10 + (nr - 1) * (STEP - BUSY));
	assert_int_equal(s->classes[SNAP_IRQ].self_ns, (nr + others) * BUSY);
	snapshot_destroy(s);
	model_destroy(m);
}

static void test_nest_grows(void **state)
{
	static const uint64_t numbers[] = { 2, 15, 16, 17, 33, 512, 1023, 1024, 4096 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		check_enclosing(0, 1, numbers[i]);
	check_enclosing(ROOMY, 1, KEPT_LITTLE);
}

typedef uint64_t (*add_function)(struct nest *n, uint64_t start_ns, uint64_t end_ns);

/* Self time by counting, of an interval after all before it. */
static void check_added(add_function add, struct nest *n, bool *busy, uint64_t start, uint64_t end)
{
	uint64_t self = 0;

	for (uint64_t ns = start; ns < end; ns++) {
		self += !busy[ns];
		busy[ns] = true;
	}
	assert_int_equal(add(n, start, end), self);
}

/*
 * Sixteen spans with gaps: with the next one the older half is folded. The last of them are then
 * enclosed, and in their places come runs that touch: they become one, so that there is room for
 * more with nothing folded, and what begins between two spans is still told exactly.
 */
static void test_nest_joins(void **state)
{
	bool busy[1000] = { false };
	uint64_t t = 0;
	struct nest n;

	(void)state;
	assert_int_equal(nest_init(&n, 16), 0);
	for (; t < 17 * 10; t += 10)
		check_added(nest_add, &n, busy, t, t + 5);
	check_added(nest_add, &n, busy, t - 61, t);
	for (int i = 0; i < 40; i++, t += 5)
		check_added(nest_add, &n, busy, t, t + 5);
	for (int i = 0; i < 6; i++, t += 10)
		check_added(nest_add, &n, busy, t + 5, t + 10);
	/* the ninth span ends at 85, the tenth begins at 90 */
	check_added(nest_add, &n, busy, 87, t + 10);
	nest_finish(&n);
}

/*
 * Runs that begin where another one ended, or a while later, each interrupted more often than there
 * is room for, but for those behind what encloses all before, as on PREEMPT_RT a softirq may.
 */
static void test_nest_runs(void **state)
{
	bool busy[20000] = { false };
	uint64_t t = 0, start = 0;
	struct nest n;

	(void)state;
	assert_int_equal(nest_init(&n, 16), 0);
	for (uint64_t run = 0; run < 40; run++, t += run % 4 * 3, start = t) {
		for (uint64_t i = 0; i < run * 7 % 90; i++, t += 10)
			check_added(nest_add, &n, busy, t + 3, t + 3 + i % 7);
		check_added(nest_add_outermost, &n, busy, start, t);
		if (run % 13 == 12)
			check_added(nest_add, &n, busy, 0, t + 1);
	}
	nest_finish(&n);
}

#define RUNS 100
#define STORM (2 * NEST_ROOM)

/* Runs of tasks, one behind the other; in the last one there are more interrupts than room. */
static void test_hog_with_many_interrupts(void **state)
{
	struct model *m = new_model(0, 0);
	const uint64_t from = BEGIN + RUNS * STEP;
	struct snapshot *s;

	(void)state;
	for (uint64_t i = 0; i < RUNS; i++)
		feed(m, rec_thread(1, BEGIN + i * STEP, BEGIN + (i + 1) * STEP, 7, "sh"));
	for (uint64_t t = from + 1; t < from + STORM * STEP; t += STEP)
		feed(m, rec_irq(1, t, t + BUSY, "nic"));
	feed(m, rec_thread(1, from, from + STORM * STEP, 8, "hog"));
	s = model_snapshot(m);
	assert_non_null(s);
	assert_int_equal(s->classes[SNAP_IRQ].self_ns, STORM * BUSY);
	assert_int_equal(s->classes[SNAP_THREAD].self_ns, RUNS * STEP + STORM * (STEP - BUSY));
	snapshot_destroy(s);
	model_destroy(m);
}

/* Of many CPUs the first ones have all the room. */
static void test_many_cpus(void **state)
{
	struct model *m = new_model(0, ROOMY + 50);
	const uint64_t nr = 100;
	struct snapshot *s;

	(void)state;
	for (uint32_t cpu = 0; cpu < ROOMY + 50; cpu++) {
		feed_irqs(m, cpu, nr);
		feed(m, rec_sample(cpu, BEGIN, 0, 0, 0, BEGIN + nr * STEP));
	}
	s = model_snapshot(m);
	assert_non_null(s);
	assert_int_equal(s->nr_outliers, ROOMY + 50);
	assert_int_equal(s->classes[SNAP_IRQ].self_ns, (ROOMY + 50) * nr * BUSY);
	for (uint32_t i = 0; i < ROOMY + 50; i++) {
		assert_int_equal(s->outliers[i].cpu, i);
		check_sample(&s->outliers[i], nr, i < ROOMY ? nr : KEPT_LITTLE);
	}
	snapshot_destroy(s);
	model_destroy(m);
}

#define WORKS 100
#define LENGTHS 50 /* of waits, each in an octave of its own */
#define OCTAVES 3072

/* Works of many lengths of waits: those that there is no room for are told of "(other)". */
static void test_many_waits(void **state)
{
	const uint64_t late = UINT64_C(1) << 60;
	uint64_t told = 0, other = 0, executed = 0;
	struct model *m = new_model(0, 0);
	struct snapshot *s;

	(void)state;
	for (uint64_t i = 0; i < WORKS * LENGTHS; i++) {
		const struct qpw_origin o =
			rec_origin(late - (UINT64_C(128) << i % LENGTHS), 0, 7, "a");

		feed(m, rec_work(QPW_KIND_WORK, 1, late, late, QPW_F_BEGIN, 16 + i / LENGTHS, &o));
		feed(m, rec_work(QPW_KIND_WORK, 1, late, late, QPW_F_BEGIN, 16 + i / LENGTHS, &o));
	}
	s = model_snapshot(m);
	assert_non_null(s);
	for (size_t i = 0; i < s->nr_works; i++) {
		const struct snap_work *w = &s->works[i];

		executed += w->executed;
		if (!w->wait)
			continue;
		if (!strcmp(w->function, "(other)"))
			other += hist_count(w->wait);
		else
			told += hist_count(w->wait);
	}
	assert_int_equal(executed, 2 * WORKS * LENGTHS);
	assert_int_equal(told, 2 * OCTAVES);
	assert_int_equal(other, 2 * (WORKS * LENGTHS - OCTAVES));
	snapshot_destroy(s);
	model_destroy(m);
}

/* Of samples that wait on many CPUs to be settled, the worst are told, as many as are asked for. */
static void test_many_wait(void **state)
{
	struct model *m = new_model(0, 4);
	struct snapshot *s;

	(void)state;
	for (uint32_t cpu = 0; cpu < 100; cpu++)
		feed(m, rec_sample(cpu, BEGIN, 0, 0, 0, BEGIN + 1000 + cpu * 37 % 100));
	s = model_snapshot(m);
	assert_non_null(s);
	assert_int_equal(s->nr_outliers, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(s->outliers[i].latency_ns, 1099 - i);
	snapshot_destroy(s);
	model_destroy(m);
}

/* More tasks took the CPU than there are rows: each is in a row or told to be in none. */
static void test_many_takers(void **state)
{
	struct model *m = new_model(0, 0);
	uint64_t in_rows = 0, nr = FIGURES_TASKS_MAX + 700;
	struct snapshot *s;
	char by[16];

	(void)state;
	for (uint64_t i = 0; i < nr; i++) {
		snprintf(by, sizeof(by), "task-%u", (unsigned int)i);
		feed(m, rec_taken(1, BEGIN + i * STEP, BEGIN + i * STEP + BUSY, by));
	}
	s = model_snapshot(m);
	assert_non_null(s);
	for (size_t i = 0; i < s->nr_taken; i++)
		in_rows += s->taken[i].count;
	assert_int_equal(in_rows, FIGURES_TASKS_MAX);
	assert_int_equal(s->counts.rows_left_out, 700);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history_grows),
		cmocka_unit_test(test_nest_grows),
		cmocka_unit_test(test_nest_joins),
		cmocka_unit_test(test_nest_runs),
		cmocka_unit_test(test_many_cpus),
		cmocka_unit_test(test_hog_with_many_interrupts),
		cmocka_unit_test(test_many_takers),
		cmocka_unit_test(test_many_wait),
		cmocka_unit_test(test_many_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
