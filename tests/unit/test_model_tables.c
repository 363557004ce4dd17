// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures from tables: the same happenings told once as records and once as rows give the same
 * snapshot; what found no place, what is added while it is read, what is only in tables.
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
#define FN_IPI 0xffffffff81000110U
#define FN_TICK 0xffffffff81000220U
#define FN_SITE 0xffffffff81000330U
#define FN_ELSEWHERE 0xffffffff81000440U
#define NOW_NS 9000000U

static struct model *new_live_model(uint64_t event_ns)
{
	const struct model_config config = { .per_cpu = true,
					     .event_ns = event_ns,
					     .from_tables = true };
	struct model *m = model_create(&config);

	assert_non_null(m);
	return m;
}

static struct model *new_watching_model(void)
{
	const struct model_config config = { .per_cpu = true };
	struct model *m = model_create(&config);

	assert_non_null(m);
	return m;
}

static void tell_names(struct model *m)
{
	feed(m, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));
	feed(m, rec_symbol(FN_IPI, "flush_tlb_func"));
	feed(m, rec_symbol(FN_TICK, "tick_nohz_handler"));
	feed(m, rec_symbol(FN_SITE, "caller+0x10"));
	feed(m, rec_symbol(FN_ELSEWHERE, "elsewhere+0x20"));
	feed(m, rec_cgroup(7, "/system.slice/churn"));
}

/* Two tables: of CPU 1, and the last. */
static struct qpw_live_table *new_tables(void)
{
	struct qpw_live_table *t = calloc(2, sizeof(*t));

	assert_non_null(t);
	return t;
}

static struct snapshot *take(struct model *m, const struct qpw_live_table *tables)
{
	assert_int_equal(model_begin_tables(m, NOW_NS), 0);
	assert_int_equal(model_feed_table(m, 1, &tables[0]), 0);
	assert_int_equal(model_feed_table(m, LIVE_EVERY_CPU, &tables[1]), 0);
	return snap(m);
}

/* ------------------------------------------------------------------ records and rows */

/*
 * On CPU 1: a thread that churn woke, with a tick and three IPIs inside, which churn sent: two of
 * one function from two places, and one from the first of these that calls none; a work in two
 * parts with a softirq in the first; a run of the same function queued here.
 */
static void record_intervals(struct model *m, const struct qpw_origin *by,
			     const struct qpw_origin *here)
{
	struct qpw_origin late = *by;

	late.ns = 2900;
	feed(m, rec_timer(1, 2000, 2700, QPW_F_TICK, FN_TICK));
	feed(m, rec_ipi_from(1, 3000, 3400, QPW_IPI_CALL_FUNCTION_SINGLE, FN_IPI, by, FN_SITE));
	feed(m,
	     rec_ipi_from(1, 3500, 3700, QPW_IPI_CALL_FUNCTION_SINGLE, FN_IPI, by, FN_ELSEWHERE));
	feed(m, rec_ipi_from(1, 3800, 3900, QPW_IPI_RESCHEDULE, 0, &late, FN_SITE));
	feed(m, rec_woken(1, 1000, 5000, 70, "filler", by));
	feed(m, rec_softirq(1, 6100, 6300, 9));
	feed(m, rec_work(QPW_KIND_WORK, 1, 6000, 7000, QPW_F_BEGIN, FN_DRAIN, by));
	feed(m, rec_work(QPW_KIND_WORK, 1, 7500, 7600, QPW_F_END, FN_DRAIN, by));
	feed(m, rec_work(QPW_KIND_WORK, 1, 8000, 8100, QPW_F_BEGIN | QPW_F_END, FN_DRAIN, here));
	feed(m, rec_irq(1, 8500, 8540, "eth0-rx"));
}

static void add_ipi(struct qpw_live_table *t, uint32_t vector, uint64_t function, uint64_t callsite,
		    uint64_t ns, const struct qpw_origin *by, uint64_t wait_ns)
{
	struct qpw_live_key key = table_key(QPW_KIND_IPI, 0, vector, function, "");

	key.callsite = callsite;
	table_add_who(t, table_add(t, &key, 1, true, ns, ns), by, 1, wait_ns);
}

static void add_intervals(struct qpw_live_table *t, const struct qpw_origin *by,
			  const struct qpw_origin *here)
{
	const struct qpw_live_key tick = table_key(QPW_KIND_TIMER, QPW_F_TICK, 0, FN_TICK, "");
	const struct qpw_live_key thread = table_key(QPW_KIND_THREAD, 0, 0, 0, "filler");
	const struct qpw_live_key softirq = table_key(QPW_KIND_SOFTIRQ, 0, 9, 0, "");
	const struct qpw_live_key work = table_key(QPW_KIND_WORK, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key remote =
		table_key(QPW_KIND_WORK_QUEUE, QPW_F_REMOTE, 0, FN_DRAIN, "");
	const struct qpw_live_key local = table_key(QPW_KIND_WORK_QUEUE, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key irq = table_key(QPW_KIND_IRQ, 0, 11, 0, "eth0-rx");

	table_add(t, &tick, 1, true, 700, 700);
	add_ipi(t, 0, FN_IPI, FN_SITE, 400, by, 2100);
	add_ipi(t, 0, FN_IPI, FN_ELSEWHERE, 200, by, 2600);
	add_ipi(t, QPW_IPI_RESCHEDULE, 0, FN_SITE, 100, by, 900);
	table_add_who(t, table_add(t, &thread, 1, true, 4000, 2600), by, 1, 100);
	table_add(t, &softirq, 1, true, 200, 200);
	table_add_who(t, table_add(t, &work, 1, true, 1000, 800), by, 1, 5100);
	table_add(t, &remote, 1, true, 5100, 0);
	table_add(t, &work, 1, false, 100, 100);
	table_add_who(t, table_add(t, &work, 1, true, 100, 100), here, 1, 50);
	table_add(t, &local, 1, true, 50, 0);
	table_add(t, &irq, 1, true, 40, 40);
	t->recent_max_ns = 4000;
	t->last_tick_ns = 2700;
	t->last_thread = table_place(t, &thread, 0) + 1;
}

static void same_causes(const struct snapshot *a, const struct snapshot *b)
{
	assert_memory_equal(a->classes, b->classes, sizeof(a->classes));
	assert_int_equal(a->nr_causes, b->nr_causes);
	for (size_t i = 0; i < a->nr_causes; i++)
		assert_memory_equal(&a->causes[i], &b->causes[i], sizeof(a->causes[i]));
	assert_int_equal(a->nr_cpus, b->nr_cpus);
	for (size_t i = 0; i < a->nr_cpus; i++) {
		assert_memory_equal(a->cpus[i].classes, b->cpus[i].classes,
				    sizeof(a->cpus[i].classes));
		assert_int_equal(a->cpus[i].cpu, b->cpus[i].cpu);
		assert_int_equal(a->cpus[i].recent_max_ns, b->cpus[i].recent_max_ns);
		assert_int_equal(a->cpus[i].avoidable, b->cpus[i].avoidable);
		assert_int_equal(a->cpus[i].avoidable_ns, b->cpus[i].avoidable_ns);
		assert_string_equal(a->cpus[i].running, b->cpus[i].running);
	}
}

static void same_works(const struct snapshot *a, const struct snapshot *b)
{
	assert_int_equal(a->nr_works, b->nr_works);
	for (size_t i = 0; i < a->nr_works; i++) {
		struct snap_work x = a->works[i], y = b->works[i];

		assert_int_equal(!!x.wait, !!y.wait);
		if (x.wait && y.wait) {
			assert_int_equal(hist_count(x.wait), hist_count(y.wait));
			assert_int_equal(hist_max(x.wait), hist_max(y.wait));
			assert_int_equal(x.wait->sum, y.wait->sum);
		}
		x.wait = NULL;
		y.wait = NULL;
		assert_memory_equal(&x, &y, sizeof(x));
	}
}

static void same_causers(const struct snapshot *a, const struct snapshot *b)
{
	assert_int_equal(a->nr_caused, b->nr_caused);
	for (size_t i = 0; i < a->nr_caused; i++)
		assert_memory_equal(&a->caused[i], &b->caused[i], sizeof(a->caused[i]));
	assert_int_equal(a->nr_moves, b->nr_moves);
	for (size_t i = 0; i < a->nr_moves; i++)
		assert_memory_equal(&a->moves[i], &b->moves[i], sizeof(a->moves[i]));
	assert_int_equal(a->nr_locks, b->nr_locks);
	for (size_t i = 0; i < a->nr_locks; i++)
		assert_memory_equal(&a->locks[i], &b->locks[i], sizeof(a->locks[i]));
	assert_int_equal(a->nr_taken, b->nr_taken);
	for (size_t i = 0; i < a->nr_taken; i++)
		assert_memory_equal(&a->taken[i], &b->taken[i], sizeof(a->taken[i]));
	assert_int_equal(a->nr_waiters, b->nr_waiters);
	for (size_t i = 0; i < a->nr_waiters; i++)
		assert_memory_equal(&a->waiters[i], &b->waiters[i], sizeof(a->waiters[i]));
	assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
	assert_memory_equal(a->contended, b->contended, sizeof(a->contended));
}

static void same_flushes(const struct snapshot *a, const struct snapshot *b)
{
	assert_int_equal(a->nr_flushes, b->nr_flushes);
	for (size_t i = 0; i < a->nr_flushes; i++) {
		assert_string_equal(a->flushes[i].function, b->flushes[i].function);
		assert_string_equal(a->flushes[i].work, b->flushes[i].work);
		assert_int_equal(a->flushes[i].count, b->flushes[i].count);
		assert_int_equal(a->flushes[i].skipped, b->flushes[i].skipped);
		assert_int_equal(a->flushes[i].total_ns, b->flushes[i].total_ns);
		assert_int_equal(!!a->flushes[i].wait, !!b->flushes[i].wait);
	}
}

static void test_intervals(void **state)
{
	struct qpw_origin by = rec_origin(900, 0, 101, "churn");
	struct qpw_origin here = rec_origin(7950, 1, 70, "filler");
	struct model *records = new_watching_model(), *rows = new_live_model(0);
	struct qpw_live_table *tables = new_tables();
	struct snapshot *a, *b;

	(void)state;
	by.cgroup = 7;
	tell_names(records);
	tell_names(rows);
	record_intervals(records, &by, &here);
	add_intervals(&tables[0], &by, &here);
	a = snap(records);
	b = take(rows, tables);
	same_causes(a, b);
	same_works(a, b);
	same_causers(a, b);
	/* by hand, so that both can't be wrong alike */
	assert_int_equal(b->classes[SNAP_WORK].count, 2);
	assert_int_equal(b->classes[SNAP_WORK].self_ns, 1000);
	assert_int_equal(b->classes[SNAP_THREAD].self_ns, 2600);
	assert_int_equal(b->classes[SNAP_IPI].count, 3);
	assert_int_equal(b->classes[SNAP_IPI].self_ns, 700);
	assert_int_equal(b->works[0].remote, 1);
	assert_int_equal(b->works[0].unknown, 0);
	assert_int_equal(b->works[0].wait->sum, 5150);
	assert_int_equal(b->nr_caused, 6);
	assert_string_equal(b->caused[0].callsite, "caller+0x10");
	assert_string_equal(b->caused[1].callsite, "elsewhere+0x20");
	assert_string_equal(b->caused[2].name, "reschedule");
	assert_string_equal(b->caused[2].callsite, "caller+0x10");
	assert_string_equal(b->cpus[0].running, "filler");
	assert_int_equal(b->window_end_ns, NOW_NS);
	/* 9 intervals: the executions whose queueing was seen are not counted again */
	assert_int_equal(b->nr_events, 9);
	snapshot_destroy(a);
	snapshot_destroy(b);
	free(tables);
	model_destroy(records);
	model_destroy(rows);
}

/* Everything that other CPUs do, and what is counted as points. */
static void record_rest(struct model *m, const struct qpw_origin *by)
{
	union rec op = rec_op(QPW_KIND_QPW_INLINE, 1, 2000, 2300, 0, FN_DRAIN, 0, "churn");
	union rec flush = rec_flush(0, 1000, 1700, QPW_FLUSH_WORK, FN_DRAIN, "churn");

	flush.flush.target_cpu = 1;
	feed(m, flush);
	feed(m, op);
	op.h.kind = QPW_KIND_QPW_FLUSH;
	feed(m, op);
	op.h.flags = QPW_F_SKIPPED;
	feed(m, op);
	op.h.kind = QPW_KIND_QPW_CONTENDED;
	op.h.flags = QPW_F_REMOTE;
	feed(m, op);
	feed(m, rec_lock_wait(1, 3000, 3100, QPW_F_BY_VICTIM, QPW_LOCK_SPIN, "churn"));
	feed(m, rec_migrate(1, 3500, "filler", 2, by));
	feed(m, rec_taken(1, 4000, 4900, "kworker/1:0"));
	feed(m, rec_tick_kept(1, 5000, 1 << QPW_TICK_SCHED | 1 << QPW_TICK_RCU));
	feed(m, rec_work(QPW_KIND_WORK_QUEUE, 1, 5500, 5500, QPW_F_ORIGIN, FN_DRAIN, by));
	feed(m, rec_make(QPW_KIND_SAMPLE, 1, 6000, 6800, QPW_F_REMOTE));
}

static void add_rest(struct qpw_live_table *own, struct qpw_live_table *last,
		     const struct qpw_origin *by)
{
	const struct qpw_live_key flush =
		table_key(QPW_KIND_FLUSH, 0, QPW_FLUSH_WORK, FN_DRAIN, "");
	const struct qpw_live_key inl = table_key(QPW_KIND_QPW_INLINE, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key percpu = table_key(QPW_KIND_QPW_FLUSH, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key skipped =
		table_key(QPW_KIND_QPW_FLUSH, QPW_F_SKIPPED, 0, FN_DRAIN, "");
	const struct qpw_live_key contended =
		table_key(QPW_KIND_QPW_CONTENDED, QPW_F_REMOTE, 0, 0, "");
	const struct qpw_live_key lock =
		table_key(QPW_KIND_LOCK_WAIT, QPW_F_BY_VICTIM, QPW_LOCK_SPIN, 0, by->comm);
	const struct qpw_live_key move = table_key(QPW_KIND_MIGRATE, 0, 2, 0, "filler");
	const struct qpw_live_key taken = table_key(QPW_KIND_TAKEN, 0, 0, 0, "kworker/1:0");
	const struct qpw_live_key kept =
		table_key(QPW_KIND_TICK_KEPT, 0, 1 << QPW_TICK_SCHED | 1 << QPW_TICK_RCU, 0, "");
	const struct qpw_live_key queued = table_key(QPW_KIND_WORK_QUEUE, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key sample = table_key(QPW_KIND_SAMPLE, QPW_F_REMOTE, 0, 0, "");
	struct qpw_origin for_cpu = *by;

	for_cpu.cpu = 1;
	table_add_who(last, table_add(last, &flush, 1, true, 700, 0), &for_cpu, 1, 700);
	table_add_who(last, table_add(last, &inl, 1, true, 300, 0), by, 1, 300);
	table_add_who(last, table_add(last, &percpu, 1, true, 300, 0), &for_cpu, 1, 300);
	table_add_who(last, table_add(last, &skipped, 1, true, 300, 0), &for_cpu, 1, 300);
	table_add_who(last, table_add(last, &contended, 1, true, 300, 0), by, 1, 300);
	table_add(last, &lock, 1, true, 100, 0);
	table_add_who(last, table_add(last, &move, 1, true, 0, 0), by, 1, 0);
	table_add(last, &taken, 1, true, 900, 0);
	table_add(own, &kept, 1, true, 0, 0);
	table_add(last, &queued, 1, true, 0, 0);
	table_add(own, &sample, 1, true, 800, 0);
}

static void test_rest(void **state)
{
	const struct qpw_origin by = rec_origin(3500, 0, 77, "churn");
	struct model *records = new_watching_model(), *rows = new_live_model(0);
	struct qpw_live_table *tables = new_tables();
	struct snapshot *a, *b;

	(void)state;
	tell_names(records);
	tell_names(rows);
	record_rest(records, &by);
	add_rest(&tables[0], &tables[1], &by);
	a = snap(records);
	b = take(rows, tables);
	same_works(a, b);
	same_causers(a, b);
	same_flushes(a, b);
	assert_int_equal(b->nr_events, a->nr_events);
	assert_int_equal(b->nr_samples, 1);
	assert_int_equal(b->nr_remote_timers, 1);
	assert_int_equal(hist_max(b->latency), 800);
	assert_int_equal(hist_count(b->latency), 1);
	assert_int_equal(b->counts.tick_kept[QPW_TICK_RCU], 1);
	assert_int_equal(b->nr_waiters, 2);
	assert_int_equal(b->waiters[0].target_cpu, 1);
	assert_int_equal(b->nr_moves, 1);
	snapshot_destroy(a);
	snapshot_destroy(b);
	free(tables);
	model_destroy(records);
	model_destroy(rows);
}

/* ------------------------------------------------------------------ only in tables */

/* Each look is a sum from the beginning: nothing of the one before is added again. */
static void test_looks(void **state)
{
	const struct qpw_live_key key = table_key(QPW_KIND_SOFTIRQ, 0, 9, 0, "");
	struct qpw_live_table *tables = new_tables();
	struct model *m = new_live_model(0);
	struct snapshot *s;

	(void)state;
	table_add(&tables[0], &key, 3, true, 200, 200);
	snapshot_destroy(take(m, tables));
	table_add(&tables[0], &key, 2, true, 1000, 900);
	s = take(m, tables);
	assert_int_equal(s->classes[SNAP_SOFTIRQ].count, 5);
	assert_int_equal(s->classes[SNAP_SOFTIRQ].self_ns, 2400);
	assert_int_equal(s->causes[0].max_ns, 1000);
	/* of 5 the 99th is the last: 1000 is in 896 to 1023, and the longest was 1000 */
	assert_int_equal(s->causes[0].p99_ns, 1000);
	assert_int_equal(s->nr_events, 5);
	snapshot_destroy(s);
	free(tables);
	model_destroy(m);
}

/* What found no place is told as such, by class; so are the origins that did not. */
static void test_no_place(void **state)
{
	const struct qpw_live_key other = { .kind = QPW_KIND_THREAD };
	const struct qpw_live_key named = table_key(QPW_KIND_THREAD, 0, 0, 0, "sh");
	const struct qpw_origin by = rec_origin(10, 0, 5, "make");
	struct qpw_live_table *tables = new_tables();
	struct model *m = new_live_model(0);
	struct qpw_live_row *row;
	struct snapshot *s;
	uint32_t at;

	(void)state;
	table_add(&tables[0], &named, 2, true, 100, 100);
	at = table_place(&tables[0], &other, LIVE_ROWS);
	row = &tables[0].rows[at];
	row->count = 7;
	row->self_ns = 7000;
	row->total_ns = 7000;
	row->max_ns = 2000;
	table_add_who(&tables[0], at, &by, 3, 10);
	tables[0].nr_causers_left_out = 4;
	s = take(m, tables);
	assert_int_equal(s->classes[SNAP_THREAD].count, 9);
	assert_int_equal(s->nr_causes, 2);
	assert_string_equal(s->causes[0].name, "(other)");
	assert_int_equal(s->causes[0].count, 7);
	assert_string_equal(s->causes[1].name, "sh");
	assert_int_equal(s->nr_caused, 1);
	assert_string_equal(s->caused[0].name, "(other)");
	assert_int_equal(s->caused_left_out, 4);
	assert_int_equal(s->nr_without_row, 7);
	snapshot_destroy(s);
	free(tables);
	model_destroy(m);
}

/* What was queued is known as such wherever the rows are, and of those that are gone. */
static void test_queued_before(void **state)
{
	const struct qpw_live_key work = table_key(QPW_KIND_WORK, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key local = table_key(QPW_KIND_WORK_QUEUE, 0, 0, FN_DRAIN, "");
	struct qpw_live_table *tables = new_tables();
	struct model *m = new_live_model(0);
	struct snapshot *s;

	(void)state;
	tell_names(m);
	table_add(&tables[0], &local, 3, true, 100, 0);
	table_add(&tables[0], &work, 3, true, 100, 100);
	tables[0].gone_kinds = 1 << QPW_KIND_WORK | 1 << QPW_KIND_WORK_QUEUE;
	tables[0].gone[QPW_KIND_WORK] = tables[0].rows[1];
	tables[0].gone[QPW_KIND_WORK_QUEUE] = tables[0].rows[0];
	s = take(m, tables);
	assert_int_equal(s->nr_works, 2);
	assert_string_equal(s->works[0].function, "(other)");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(s->works[i].executed, 3);
		assert_int_equal(s->works[i].unknown, 0);
	}
	assert_int_equal(s->nr_row_gone, 6);
	assert_int_equal(s->nr_without_row, 0);
	snapshot_destroy(s);
	free(tables);
	model_destroy(m);
}

/* Read in the middle of being filled: a run counted but its queueing not yet, and the reverse. */
static void test_halves(void **state)
{
	const struct qpw_live_key work = table_key(QPW_KIND_WORK, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key local = table_key(QPW_KIND_WORK_QUEUE, 0, 0, FN_DRAIN, "");
	const struct qpw_origin by = rec_origin(10, 0, 5, "make");
	struct qpw_live_table *tables = new_tables();
	struct model *m = new_live_model(0);
	struct snapshot *s;

	(void)state;
	table_add(&tables[0], &work, 2, true, 100, 100);
	table_add(&tables[0], &local, 3, true, 100, 0);
	/* of a row that is not among the used ones yet */
	table_add_who(&tables[0], 200, &by, 1, 10);
	/* a row that is about to be free */
	memset(&tables[0].rows[9], 0xff, sizeof(uint64_t));
	tables[0].rows[9].count = 5;
	tables[0].used_rows[0] |= 1 << 9;
	s = take(m, tables);
	assert_int_equal(s->works[0].executed, 2);
	assert_int_equal(s->works[0].unknown, 0);
	assert_int_equal(s->nr_caused, 0);
	snapshot_destroy(s);
	assert_int_equal(model_feed_table(m, 5000, &tables[0]), -EINVAL);
	/* intervals have a CPU */
	assert_int_equal(model_feed_table(m, LIVE_EVERY_CPU, &tables[0]), -EINVAL);
	free(tables);
	model_destroy(m);
}

/* A record beside tables is one of the long ones: it is logged, and explains, but not counted. */
static void test_records_beside(void **state)
{
	struct qpw_live_table *tables = new_tables();
	struct model *m = new_live_model(1000);
	struct snapshot *s;

	(void)state;
	feed(m, rec_window(100, 0));
	feed(m, rec_thread(1, 4100, 6700, 70, "filler"));
	feed(m, rec_work(QPW_KIND_WORK, 1, 6800, 8000, QPW_F_BEGIN, FN_DRAIN, NULL));
	feed(m, rec_sample(1, 4000, 4000, 4000, 4050, 6800));
	s = take(m, tables);
	assert_int_equal(s->nr_long, 2);
	assert_string_equal(s->events[0].name, "filler");
	assert_int_equal(s->nr_causes, 0);
	assert_int_equal(s->nr_works, 0);
	assert_int_equal(s->classes[SNAP_THREAD].count, 0);
	assert_int_equal(s->nr_samples, 0);
	assert_int_equal(s->nr_events, 0);
	assert_int_equal(s->nr_outliers, 1);
	assert_int_equal(s->outliers[0].nr_parts, 1);
	assert_string_equal(s->outliers[0].parts[0].name, "filler");
	snapshot_destroy(s);
	free(tables);
	model_destroy(m);
}

/* ------------------------------------------------------------------ waits that go on */

static struct qpw_live_wait wait_of(const char *comm, uint32_t pid, uint32_t what,
				    uint64_t waited_ns, uint64_t function, uint32_t target)
{
	struct qpw_live_wait w = {
		.key = { .pid = pid, .what = what },
		.what = { .ns = 50, .function = function, .target_cpu = target },
		.waited_ns = waited_ns,
	};

	memcpy(w.what.comm, comm, strnlen(comm, sizeof(w.what.comm)));
	return w;
}

static void feed_wait(struct model *m, struct qpw_live_wait w)
{
	assert_int_equal(model_feed_waiting(m, &w), 0);
}

static const struct snap_waiter *waiter_in(const struct snapshot *s, const char *comm,
					   const char *function)
{
	for (size_t i = 0; i < s->nr_waiters; i++)
		if (!strcmp(s->waiters[i].comm, comm) && !strcmp(s->waiters[i].function, function))
			return &s->waiters[i];
	fail_msg("%s does not wait in %s", comm, function);
	return NULL;
}

/* Beside waits that have ended: who waits now comes first, in a row with or without such. */
static void test_waits_that_go_on(void **state)
{
	const struct qpw_live_key flush =
		table_key(QPW_KIND_FLUSH, 0, QPW_FLUSH_WORK, FN_DRAIN, "");
	const struct qpw_origin churn = { .cpu = 1, .pid = 40, .comm = "churn" };
	const struct qpw_origin other = { .cpu = 1, .pid = 41, .comm = "other" };
	struct qpw_live_table *tables = new_tables();
	struct model *m = new_live_model(0);
	const struct snap_waiter *w;
	struct snapshot *s;
	uint32_t row;

	(void)state;
	tell_names(m);
	feed(m, rec_window(100, 0));
	row = table_add(&tables[1], &flush, 5, true, 1000, 0);
	table_add_who(&tables[1], row, &churn, 2, 1000);
	table_add_who(&tables[1], row, &other, 3, 1000);
	assert_int_equal(model_begin_tables(m, NOW_NS), 0);
	assert_int_equal(model_feed_table(m, 1, &tables[0]), 0);
	/* several of one name: the longest one */
	feed_wait(m, wait_of("churn", 40, QPW_FLUSH_WORK, 300, FN_DRAIN, 1));
	feed_wait(m, wait_of("churn", 42, QPW_FLUSH_WORK, 8000, FN_DRAIN, 1));
	feed_wait(m, wait_of("churn", 43, QPW_FLUSH_WORK, 200, FN_DRAIN, 1));
	feed_wait(m, wait_of("drainer", 50, QPW_FLUSH_LRU_CACHE_DISABLE, 70, 0, ~0U));
	feed_wait(m, wait_of("qpw", 51, QPW_PENDING(QPW_KIND_QPW_FLUSH), 1, FN_DRAIN, 1));
	/* these are no waits in flushes */
	feed_wait(m, wait_of("lock", 52, QPW_PENDING(QPW_KIND_LOCK_WAIT), 50, 2, 1));
	feed_wait(m, wait_of("mark", 53, QPW_PENDING(QPW_KIND_QPW_QUEUE), 50, 0, 0));
	feed_wait(m, wait_of("none", 54, 0, 50, 0, 1));
	assert_int_equal(model_feed_table(m, LIVE_EVERY_CPU, &tables[1]), 0);
	s = snap(m);
	assert_int_equal(s->nr_waiters, 4);
	assert_string_equal(s->waiters[0].comm, "churn");
	assert_string_equal(s->waiters[1].comm, "drainer");
	assert_string_equal(s->waiters[2].comm, "qpw");
	assert_string_equal(s->waiters[3].comm, "other");
	w = waiter_in(s, "churn", "__flush_work");
	assert_int_equal(w->waiting_ns, 8000);
	assert_int_equal(w->count, 2);
	assert_int_equal(w->total_ns, 2000);
	assert_int_equal(w->max_ns, 1000);
	assert_string_equal(w->work, "lru_add_drain_per_cpu");
	w = waiter_in(s, "drainer", "lru_cache_disable");
	assert_int_equal(w->waiting_ns, 70);
	assert_int_equal(w->count, 0);
	assert_int_equal(w->target_cpu, SNAP_CPU_UNKNOWN);
	w = waiter_in(s, "qpw", "flush_percpu_work");
	assert_int_equal(w->waiting_ns, 1);
	assert_int_equal(s->nr_events, 5);
	snapshot_destroy(s);
	/* they have ended by the next look */
	s = take(m, tables);
	assert_int_equal(s->nr_waiters, 2);
	assert_int_equal(waiter_in(s, "churn", "__flush_work")->waiting_ns, 0);
	snapshot_destroy(s);
	free(tables);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intervals),      cmocka_unit_test(test_rest),
		cmocka_unit_test(test_looks),	       cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_queued_before),  cmocka_unit_test(test_halves),
		cmocka_unit_test(test_records_beside), cmocka_unit_test(test_waits_that_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
