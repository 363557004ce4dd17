// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interruptions that go on beside tables: their time is told while it passes, they count when they
 * end, and nothing is told twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../feeding.h"
#include "../records.h"
#include "../tables.h"
#include "model/model.h"

#define FN_DRAIN 0xffffffff81000000U

static struct model *new_live_model(const struct cpulist *cpus)
{
	const struct model_config config = { .per_cpu = true, .from_tables = true, .cpus = cpus };
	struct model *m = model_create(&config);

	assert_non_null(m);
	feed(m, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));
	feed(m, rec_window(100, 0));
	return m;
}

static struct qpw_live_run run_of(struct qpw_live_key key, uint64_t total_ns, uint64_t self_ns)
{
	return (struct qpw_live_run){ .key = key, .total_ns = total_ns, .self_ns = self_ns };
}

/* A look at the table of CPU 1 and at what goes on there. */
static struct snapshot *look(struct model *m, const struct qpw_live_table *table, uint64_t now_ns,
			     const struct qpw_live_run *runs, size_t nr)
{
	assert_int_equal(model_begin_tables(m, now_ns), 0);
	assert_int_equal(model_feed_table(m, 1, table), 0);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(model_feed_running(m, 1, &runs[i]), 0);
	return snap(m);
}

static const struct snap_cause *cause_in(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->nr_causes; i++)
		if (!strcmp(s->causes[i].name, name))
			return &s->causes[i];
	fail_msg("no cause %s", name);
	return NULL;
}

static void expect_cause(const struct snapshot *s, const char *name, uint64_t count,
			 uint64_t self_ns, uint64_t total_ns, uint64_t max_ns)
{
	const struct snap_cause *c = cause_in(s, name);

	assert_int_equal(c->count, count);
	assert_int_equal(c->self_ns, self_ns);
	assert_int_equal(c->total_ns, total_ns);
	assert_int_equal(c->max_ns, max_ns);
}

/* A thread that hogs the CPU for three looks, the first run of its name, and ends in the third. */
static void test_hog(void **state)
{
	const struct qpw_live_key key = table_key(QPW_KIND_THREAD, 0, 0, 0, "hog");
	struct qpw_live_table *table = calloc(1, sizeof(*table));
	struct model *m = new_live_model(NULL);
	struct qpw_live_run run = run_of(key, 900, 850);
	struct snapshot *s;

	(void)state;
	assert_non_null(table);
	s = look(m, table, 1000, &run, 1);
	expect_cause(s, "hog", 0, 850, 900, 900);
	assert_int_equal(s->classes[SNAP_THREAD].count, 0);
	assert_int_equal(s->classes[SNAP_THREAD].self_ns, 850);
	assert_int_equal(s->cpus[0].classes[SNAP_THREAD].self_ns, 850);
	assert_int_equal(s->cpus[0].recent_max_ns, 900);
	assert_string_equal(s->cpus[0].running, "hog");
	assert_int_equal(s->nr_events, 0);
	snapshot_destroy(s);
	model_begin_interval(m);
	run = run_of(key, 1900, 1750);
	s = look(m, table, 2000, &run, 1);
	expect_cause(s, "hog", 0, 1750, 1900, 1900);
	snapshot_destroy(s);
	model_begin_interval(m);
	table_add(table, &key, 1, true, 2400, 2200);
	table->recent_max_ns = 2400;
	s = look(m, table, 3000, NULL, 0);
	expect_cause(s, "hog", 1, 2200, 2400, 2400);
	assert_int_equal(s->cpus[0].recent_max_ns, 2400);
	assert_int_equal(s->nr_events, 1);
	snapshot_destroy(s);
	free(table);
	model_destroy(m);
}

/* Beside runs of the same name that have ended, and runs of another name that came last. */
static void test_beside_rows(void **state)
{
	const struct qpw_live_key key = table_key(QPW_KIND_THREAD, 0, 0, 0, "worker");
	const struct qpw_live_key other = table_key(QPW_KIND_THREAD, 0, 0, 0, "other");
	const struct qpw_live_run run = run_of(key, 70, 60);
	struct qpw_live_table *table = calloc(1, sizeof(*table));
	struct model *m = new_live_model(NULL);
	struct snapshot *s;

	(void)state;
	assert_non_null(table);
	table_add(table, &key, 3, true, 100, 90);
	table->last_thread = table_add(table, &other, 1, true, 10, 10) + 1;
	s = look(m, table, 1000, &run, 1);
	/* the longest one is still another one */
	expect_cause(s, "worker", 3, 3 * 90 + 60, 3 * 100 + 70, 100);
	expect_cause(s, "other", 1, 10, 10, 10);
	assert_string_equal(s->cpus[0].running, "worker");
	assert_int_equal(s->nr_events, 4);
	snapshot_destroy(s);
	s = look(m, table, 2000, NULL, 0);
	assert_string_equal(s->cpus[0].running, "other");
	expect_cause(s, "worker", 3, 270, 300, 100);
	snapshot_destroy(s);
	free(table);
	model_destroy(m);
}

/*
 * A work in a worker's run: it has its own time, avoidable where QPW avoids it, and is no
 * execution.
 */
static void test_work(void **state)
{
	const struct qpw_live_run runs[] = {
		run_of(table_key(QPW_KIND_WORK, 0, 0, FN_DRAIN, ""), 500, 400),
		run_of(table_key(QPW_KIND_THREAD, 0, 0, 0, "kworker/1:1"), 800, 250),
	};
	const struct qpw_live_key key = runs[0].key;
	struct qpw_live_table *table = calloc(1, sizeof(*table));
	struct model *m = new_live_model(NULL);
	struct snapshot *s;

	(void)state;
	assert_non_null(table);
	table_add(table, &key, 2, true, 100, 100);
	s = look(m, table, 1000, runs, 2);
	expect_cause(s, "lru_add_drain_per_cpu", 2, 600, 700, 500);
	expect_cause(s, "kworker/1:1", 0, 250, 800, 800);
	assert_int_equal(s->cpus[0].recent_max_ns, 800);
	assert_int_equal(s->cpus[0].avoidable, 2);
	assert_int_equal(s->cpus[0].avoidable_ns, 600);
	assert_int_equal(s->nr_works, 1);
	assert_int_equal(s->works[0].executed, 2);
	assert_int_equal(s->works[0].unknown, 2);
	assert_int_equal(s->works[0].run_ns, 600);
	snapshot_destroy(s);
	free(table);
	model_destroy(m);
}

/*
 * Told in a trace, of CPUs that are asked for; nothing but what can go on, on no CPU that can't
 * be.
 */
static void test_told(void **state)
{
	struct qpw_running r = { .h = { .cpu = 1, .kind = QPW_META_RUNNING, .size = sizeof(r) },
				 .run = run_of(table_key(QPW_KIND_THREAD, 0, 0, 0, "hog"), 9, 8) };
	struct model *m, *of_records = new_model(0, 0);
	struct cpulist one;
	struct snapshot *s;

	(void)state;
	assert_int_equal(cpulist_parse("1", &one), 0);
	m = new_live_model(&one);
	assert_int_equal(model_feed(of_records, &r.h), -EINVAL);
	assert_int_equal(model_begin_tables(m, 1000), 0);
	assert_int_equal(model_feed(m, &r.h), 0);
	r.h.cpu = 2;
	assert_int_equal(model_feed(m, &r.h), 0);
	r.h.cpu = 1;
	r.run.key.kind = QPW_KIND_IRQ;
	assert_int_equal(model_feed(m, &r.h), 0);
	r.run.key.kind = 60000;
	assert_int_equal(model_feed(m, &r.h), 0);
	r.run.key.kind = QPW_KIND_THREAD;
	assert_int_equal(model_feed_running(m, 4096, &r.run), -EINVAL);
	s = snap(m);
	assert_int_equal(s->nr_cpus, 1);
	assert_int_equal(s->nr_causes, 1);
	expect_cause(s, "hog", 0, 8, 9, 9);
	snapshot_destroy(s);
	model_destroy(of_records);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hog),
		cmocka_unit_test(test_beside_rows),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
