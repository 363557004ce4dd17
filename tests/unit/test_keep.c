// SPDX-License-Identifier: GPL-2.0-only
/*
 * A live view that is written as a trace: read again it gives the figures that were shown, of the
 * last look and of the one before. What figures must be, the model says that was fed directly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../feeding.h"
#include "../records.h"
#include "../tables.h"
#include "store/keep.h"
#include "view/summary_json.h"

#define FN_DRAIN 0xffffffff81000000U
#define FN_IPI 0xffffffff81000110U
#define START_NS 1000000U
#define BEFORE_NS 5000000U
#define NOW_NS 9000000U
#define EVENT_NS 50000U

/* The same goes to a model and to what is kept. */
struct view {
	struct model *model;
	struct keep *keep;
	struct qpw_live_table *tables; /* of CPU 1, and the last */
	struct snapshot *before;
	struct snapshot *now;
};

static struct model *new_live_model(bool from_tables)
{
	const struct model_config config = { .per_cpu = true,
					     .event_ns = EVENT_NS,
					     .from_tables = from_tables };
	struct model *m = model_create(&config);

	assert_non_null(m);
	return m;
}

static void happen(struct view *v, union rec r)
{
	feed(v->model, r);
	assert_int_equal(keep_record(v->keep, &r.h), 0);
}

static void open_view(struct view *v)
{
	v->model = new_live_model(true);
	v->keep = keep_create();
	v->tables = calloc(2, sizeof(*v->tables));
	assert_non_null(v->keep);
	assert_non_null(v->tables);
	happen(v, rec_probe("softirq_entry", QPW_PROBE_TP_BTF, 0, "softirqs"));
	happen(v, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));
	happen(v, rec_symbol(FN_IPI, "flush_tlb_func"));
	happen(v, rec_cgroup(7, "/system.slice/churn"));
	happen(v, rec_window(START_NS, 0));
}

/* Works that were queued from CPU 0 and waited for, IPIs, the tick. */
static void add_up(struct view *v, uint32_t count)
{
	struct qpw_live_table *own = &v->tables[0], *last = &v->tables[1];
	struct qpw_origin churn = { .ns = 1, .cpu = 0, .pid = 33, .comm = "churn", .cgroup = 7 };
	const struct qpw_live_key work = table_key(QPW_KIND_WORK, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key run =
		table_key(QPW_KIND_WORK_QUEUE, QPW_F_REMOTE, 0, FN_DRAIN, "");
	const struct qpw_live_key ipi = table_key(QPW_KIND_IPI, 0, 0, FN_IPI, "");
	const struct qpw_live_key thread = table_key(QPW_KIND_THREAD, 0, 0, 0, "kworker/1:1");
	const struct qpw_live_key queued = table_key(QPW_KIND_WORK_QUEUE, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key wait = table_key(QPW_KIND_FLUSH, 0, QPW_FLUSH_WORK, FN_DRAIN, "");

	table_add_who(own, table_add(own, &work, count, true, 4000, 4000), &churn, count, 900);
	table_add(own, &run, count, true, 900, 0);
	table_add(own, &ipi, 3 * count, true, 700, 700);
	table_add(own, &thread, count, true, 60000, 56000);
	own->last_thread = 4;
	own->last_tick_ns = NOW_NS - 1000;
	own->recent_max_ns = 60000 + count;
	own->nr_causers_left_out = 2;
	/* a thread whose row was taken away */
	own->gone_kinds = 1U << QPW_KIND_THREAD;
	own->gone[QPW_KIND_THREAD].key.kind = QPW_KIND_THREAD;
	own->gone[QPW_KIND_THREAD].count += count;
	own->gone[QPW_KIND_THREAD].total_ns += 5ULL * count;
	own->gone[QPW_KIND_THREAD].self_ns += 5ULL * count;
	table_add(last, &queued, count, true, 0, 0);
	churn.cpu = 1;
	table_add_who(last, table_add(last, &wait, count, true, 8000, 0), &churn, count, 8000);
}

static struct qpw_live_wait waiting(void)
{
	struct qpw_live_wait w = {
		.key = { .pid = 34, .what = QPW_FLUSH_WORK },
		.what = { .function = FN_DRAIN, .target_cpu = 1, .comm = "waiter" },
		.waited_ns = 123456
	};
	return w;
}

static void look(struct view *v, uint64_t now_ns)
{
	const struct qpw_live_wait wait = waiting();
	const struct qpw_live_run run = { .key = table_key(QPW_KIND_THREAD, 0, 0, 0, "hog"),
					  .total_ns = 50000,
					  .self_ns = 40000 };

	keep_begin_look(v->keep);
	assert_int_equal(model_begin_tables(v->model, now_ns), 0);
	assert_int_equal(model_feed_waiting(v->model, &wait), 0);
	assert_int_equal(keep_wait(v->keep, &wait), 0);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t cpu = i ? LIVE_EVERY_CPU : 1;

		assert_int_equal(model_feed_table(v->model, cpu, &v->tables[i]), 0);
		assert_int_equal(keep_table(v->keep, cpu, &v->tables[i]), 0);
		v->tables[i].recent_max_ns = 0;
	}
	assert_int_equal(model_feed_running(v->model, 1, &run), 0);
	assert_int_equal(keep_run(v->keep, 1, &run), 0);
	snapshot_destroy(v->before);
	v->before = v->now;
	v->now = snap(v->model);
	model_begin_interval(v->model);
}

static void close_view(struct view *v)
{
	snapshot_destroy(v->before);
	snapshot_destroy(v->now);
	model_destroy(v->model);
	keep_destroy(v->keep);
	free(v->tables);
}

/* Write it, and have it read. The caller closes the reader. */
static struct trace_reader *written(const struct view *v)
{
	const struct host_facts facts = { .hostname = "box", .watched = "1" };
	const struct keep_view view = { .now = v->now,
					.cpu = 1,
					.start_ns = START_NS,
					.before_ns = BEFORE_NS,
					.now_ns = NOW_NS };
	char path[] = "/tmp/qpw-keep-XXXXXX";
	struct trace_reader *r;
	struct trace_writer *w;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(trace_writer_open(path, &facts, &w), 0);
	assert_int_equal(keep_write(v->keep, &view, w), 0);
	assert_int_equal(trace_writer_close(w), 0);
	assert_int_equal(trace_reader_open(path, &r), 0);
	unlink(path);
	return r;
}

static void expect_same(const struct snapshot *a, const struct snapshot *b)
{
	json_t *x = summary_json(a), *y = summary_json(b);
	char *s = json_dumps(x, JSON_SORT_KEYS | JSON_INDENT(1));
	char *t = json_dumps(y, JSON_SORT_KEYS | JSON_INDENT(1));

	assert_string_equal(s, t);
	free(s);
	free(t);
	json_decref(x);
	json_decref(y);
}

static void expect_same_cpu(const struct snapshot *a, const struct snapshot *b)
{
	assert_int_equal(a->nr_cpus, 1);
	assert_int_equal(b->nr_cpus, 1);
	assert_memory_equal(&a->cpus[0], &b->cpus[0], sizeof(a->cpus[0]));
	assert_int_equal(a->nr_long, b->nr_long);
	assert_int_equal(a->nr_event_rows, b->nr_event_rows);
	assert_memory_equal(a->events, b->events, a->nr_event_rows * sizeof(a->events[0]));
	assert_int_equal(a->nr_waiters, b->nr_waiters);
	assert_memory_equal(a->waiters, b->waiters, a->nr_waiters * sizeof(a->waiters[0]));
}

/* Feed the trace up to the second look, then the rest. Each snapshot is the caller's. */
static void read_again(struct view *v, struct snapshot **before, struct snapshot **now)
{
	struct trace_reader *r = written(v);
	struct model *m = new_live_model(false);
	const struct qpw_header *h;
	int nr_looks = 0;

	*before = NULL;
	while (event_source_next(trace_reader_source(r), &h, 0) == 1) {
		if (h->kind == QPW_META_LOOK && ++nr_looks == 2) {
			*before = snap(m);
			model_begin_interval(m);
		}
		assert_int_equal(model_feed(m, h), 0);
	}
	assert_string_equal(trace_reader_problem(r), "");
	assert_int_equal(nr_looks, 2);
	*now = snap(m);
	model_destroy(m);
	trace_reader_close(r);
}

static void test_shown_again(void **state)
{
	const struct qpw_header closed = { .start_ns = START_NS,
					   .end_ns = NOW_NS,
					   .kind = QPW_META_WINDOW,
					   .size = sizeof(closed) };
	struct snapshot *before, *now;
	union rec counts = rec_counts(1, 3, 0, 0, 4);
	struct view v = { 0 };

	(void)state;
	counts.counts.nr_untimed_wakeups = 2;
	open_view(&v);
	add_up(&v, 10);
	look(&v, BEFORE_NS);
	add_up(&v, 7);
	happen(&v, rec_ipi(1, 6000000, 6030000, QPW_IPI_RESCHEDULE, 0, NULL));
	happen(&v, rec_thread(1, 6000000, 6070000, 35, "kworker/1:1"));
	happen(&v, rec_sample(1, 5990000, 5991000, 5992000, 5993000, 6070000));
	feed(v.model, rec_lost_kind(1, QPW_KIND_SOFTIRQ, 5));
	feed(v.model, counts);
	look(&v, NOW_NS);
	read_again(&v, &before, &now);
	/* the window of what was written is closed */
	assert_int_equal(model_feed(v.model, &closed), 0);
	snapshot_destroy(v.now);
	v.now = snap(v.model);
	v.now->cpus[0].recent_max_ns = 60007;
	expect_same(v.now, now);
	expect_same_cpu(v.now, now);
	assert_int_equal(now->nr_lost, 5);
	assert_int_equal(now->counts.page_faults, 3);
	assert_int_equal(now->counts.tick_stops, 4);
	assert_int_equal(now->counts.untimed_wakeups, 2);
	assert_int_equal(now->nr_outliers, 1);
	assert_true(now->added_up);
	assert_int_equal(now->told_ns, EVENT_NS);
	assert_int_equal(before->causes[0].count, 10);
	assert_int_equal(now->causes[0].count, 17);
	snapshot_destroy(before);
	snapshot_destroy(now);
	close_view(&v);
}

/*
 * Lines of a table that has one row with one length and who brought it about: those in which the
 * bits of rows (byte 32) and of causers (32 + 8 * 8) begin, the row's first, that of its length,
 * the causer.
 */
static void test_few_lines(void **state)
{
	const struct qpw_live_key ipi = table_key(QPW_KIND_IPI, 0, 0, FN_IPI, "");
	const struct qpw_origin churn = { .ns = 1, .pid = 33, .comm = "churn" };
	unsigned int nr[QPW_META_RUNNING + 1] = { 0 };
	const struct qpw_header *h;
	struct trace_reader *r;
	struct view v = { 0 };

	(void)state;
	open_view(&v);
	table_add_who(&v.tables[0], table_add(&v.tables[0], &ipi, 1, true, 700, 700), &churn, 1, 9);
	look(&v, NOW_NS);
	r = written(&v);
	while (event_source_next(trace_reader_source(r), &h, 0) == 1)
		nr[h->kind]++;
	assert_int_equal(nr[QPW_META_LINE], 5);
	/* one look was before, with nothing in it */
	assert_int_equal(nr[QPW_META_LOOK], 2);
	assert_int_equal(nr[QPW_META_TABLE], 2);
	assert_int_equal(nr[QPW_META_WAITING], 1);
	assert_int_equal(nr[QPW_META_RUNNING], 1);
	trace_reader_close(r);
	close_view(&v);
}

/* What came after the look, or before counting began anew, is not in the view. */
static void test_others_left_out(void **state)
{
	struct snapshot *before, *now;
	struct view v = { 0 };

	(void)state;
	open_view(&v);
	happen(&v, rec_thread(1, 2000000, 2070000, 35, "of-before"));
	keep_restart(v.keep);
	assert_int_equal(model_restart(v.model, START_NS), 0);
	add_up(&v, 1);
	happen(&v, rec_thread(1, 6000000, 6070000, 35, "in-time"));
	look(&v, NOW_NS);
	happen(&v, rec_thread(1, 9000000, 9070000, 35, "too-late"));
	read_again(&v, &before, &now);
	assert_int_equal(now->nr_event_rows, 1);
	assert_string_equal(now->events[0].name, "in-time");
	assert_int_equal(now->nr_long, 1);
	snapshot_destroy(before);
	snapshot_destroy(now);
	close_view(&v);
}

/*
 * More than there is room for, with a late sample before all: it is not told, as what delayed it is
 * gone; how many there were is.
 */
static void test_more_than_is_kept(void **state)
{
	const unsigned int nr = 100000; /* of 104 bytes: more than 4 MiB */
	struct snapshot *before, *now;
	struct view v = { 0 };

	(void)state;
	open_view(&v);
	add_up(&v, 1);
	happen(&v, rec_thread(1, 1000000, 1070000, 35, "a"));
	happen(&v, rec_sample(1, 1000000, 1000000, 1000000, 1000000, 1070000));
	for (unsigned int i = 0; i < nr; i++)
		happen(&v, rec_thread(1, 2000000 + i, 2060000 + i, 35, "a"));
	/* one that is told late, of a time of which some is gone; one of which all is there */
	happen(&v, rec_sample(1, 2010000, 2010000, 2010000, 2010000, 2220000));
	happen(&v, rec_sample(1, 2160000, 2160000, 2160000, 2160000, 2230000));
	look(&v, NOW_NS);
	assert_int_equal(v.now->nr_outliers, 3);
	read_again(&v, &before, &now);
	assert_int_equal(now->nr_long, nr + 1);
	assert_int_equal(now->nr_outliers, 1);
	assert_int_equal(now->outliers[0].expiry_ns, 2160000);
	snapshot_destroy(before);
	snapshot_destroy(now);
	close_view(&v);
}

static void refuse(struct model *m, const struct qpw_header *h)
{
	assert_int_equal(model_feed(m, h), -EINVAL);
}

/* Lines that no table has, tables of another size, any of it without a look. */
static void test_refused(void **state)
{
	const struct qpw_look begin = { .h = { .kind = QPW_META_LOOK, .size = sizeof(begin) } };
	struct qpw_line line = { .h = { .kind = QPW_META_LINE, .size = sizeof(line) } };
	struct qpw_table table = { .h = { .kind = QPW_META_TABLE, .size = sizeof(table) },
				   .cpu = 1,
				   .size = sizeof(struct qpw_live_table) };
	struct qpw_waiting wait = { .h = { .kind = QPW_META_WAITING, .size = sizeof(wait) },
				    .wait = waiting() };
	struct model *m = new_live_model(false);

	(void)state;
	refuse(m, &line.h);
	refuse(m, &table.h);
	refuse(m, &wait.h);
	assert_int_equal(model_feed(m, &begin.h), 0);
	assert_int_equal(model_feed(m, &line.h), 0);
	assert_int_equal(model_feed(m, &table.h), 0);
	line.number = sizeof(struct qpw_live_table) / LIVE_LINE;
	refuse(m, &line.h);
	table.size -= LIVE_LINE;
	refuse(m, &table.h);
	model_destroy(m);
}

/* A table in which everything points anywhere. */
static void test_hostile_table(void **state)
{
	struct qpw_live_table *t = malloc(sizeof(*t));
	struct model *m = new_live_model(true);
	struct snapshot *s;

	(void)state;
	assert_non_null(t);
	memset(t, 0xff, sizeof(*t));
	assert_int_equal(model_begin_tables(m, NOW_NS), 0);
	assert_int_equal(model_feed_table(m, 1, t), 0);
	/* rows of a kind that there is, far too many, brought about by rows that are not there */
	for (unsigned int i = 0; i < LIVE_ALL_ROWS; i++)
		t->rows[i].key.kind = (uint16_t)(1 + i % QPW_KIND_TAKEN);
	assert_int_equal(model_feed_table(m, 1, t), 0);
	s = snap(m);
	assert_true(s->nr_causes > 0);
	snapshot_destroy(s);
	model_destroy(m);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown_again),	cmocka_unit_test(test_few_lines),
		cmocka_unit_test(test_others_left_out), cmocka_unit_test(test_more_than_is_kept),
		cmocka_unit_test(test_refused),		cmocka_unit_test(test_hostile_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
