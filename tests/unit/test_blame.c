// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums over late samples, what QPW would avoid, and the trees of callers, on snapshots written by
 * hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/blame.h"
#include "model/callers.h"

static void add_part(struct snap_outlier *o, enum snap_step step, enum snap_class class,
		     const char *name, uint64_t ns)
{
	struct snap_part *p = &o->parts[o->nr_parts++];

	p->step = step;
	p->class = class;
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->ns = ns;
	o->step_ns[step] += ns;
	o->latency_ns += ns;
}

static void add_residual(struct snap_outlier *o, enum snap_step step, uint64_t ns)
{
	o->residual_ns[step] += ns;
	o->step_ns[step] += ns;
	o->latency_ns += ns;
}

/*
 * Three samples: 100 = drain 60 + tick 10 + 10 (in two steps) + residual 20; 50 = drain 30 +
 * a thread of the same name 5 + residual 15; 7 = residual 7.
 */
static struct snapshot *late_snapshot(void)
{
	static struct snap_part parts[3][3];
	struct snapshot *s = snapshot_create();

	assert_non_null(s);
	s->outliers = calloc(3, sizeof(*s->outliers));
	assert_non_null(s->outliers);
	s->nr_outliers = 3;
	for (int i = 0; i < 3; i++)
		s->outliers[i].parts = parts[i];
	add_part(&s->outliers[0], SNAP_STEP_IRQ, SNAP_TICK, "tick", 10);
	add_part(&s->outliers[0], SNAP_STEP_RUN, SNAP_TICK, "tick", 10);
	add_part(&s->outliers[0], SNAP_STEP_RUN, SNAP_WORK, "lru_add_drain_per_cpu", 60);
	add_residual(&s->outliers[0], SNAP_STEP_WAKEUP, 20);
	add_part(&s->outliers[1], SNAP_STEP_RUN, SNAP_WORK, "lru_add_drain_per_cpu", 30);
	add_part(&s->outliers[1], SNAP_STEP_RUN, SNAP_THREAD, "lru_add_drain_per_cpu", 5);
	add_residual(&s->outliers[1], SNAP_STEP_RUN, 15);
	add_residual(&s->outliers[2], SNAP_STEP_RUN, 7);
	return s;
}

static void expect_row(const struct blame_row *row, enum snap_class class, const char *name,
		       uint64_t ns, uint64_t nr_samples)
{
	assert_int_equal(row->class, class);
	assert_string_equal(row->name, name);
	assert_int_equal(row->ns, ns);
	assert_int_equal(row->nr_samples, nr_samples);
}

static void test_late(void **state)
{
	struct snapshot *s = late_snapshot();
	struct blame b;

	(void)state;
	assert_int_equal(blame_late(s, 0, &b), 0);
	assert_int_equal(b.nr_samples, 3);
	assert_int_equal(b.latency_ns, 157);
	assert_int_equal(b.residual_ns, 42);
	assert_int_equal(b.avoidable_ns, 90);
	assert_int_equal(blame_avoidable_of(&s->outliers[2]), 0);
	assert_int_equal(b.nr_rows, 3);
	expect_row(&b.rows[0], SNAP_WORK, "lru_add_drain_per_cpu", 90, 2);
	expect_row(&b.rows[1], SNAP_TICK, "tick", 20, 1);
	expect_row(&b.rows[2], SNAP_THREAD, "lru_add_drain_per_cpu", 5, 1);
	blame_finish(&b);
	/* of the worst one alone */
	assert_int_equal(blame_late(s, 1, &b), 0);
	assert_int_equal(b.nr_samples, 1);
	assert_int_equal(b.latency_ns, 100);
	assert_int_equal(b.residual_ns, 20);
	assert_int_equal(b.avoidable_ns, 60);
	assert_int_equal(b.nr_rows, 2);
	blame_finish(&b);
	snapshot_destroy(s);
}

static void test_nothing_late(void **state)
{
	struct snapshot *s = snapshot_create();
	struct blame b;

	(void)state;
	assert_non_null(s);
	assert_int_equal(blame_late(s, 10, &b), 0);
	assert_int_equal(b.nr_rows, 0);
	assert_int_equal(b.latency_ns, 0);
	blame_finish(&b);
	snapshot_destroy(s);
}

static void add_cause(struct snapshot *s, enum snap_class class, const char *name, uint64_t count,
		      uint64_t self_ns, uint64_t max_ns)
{
	struct snap_cause *c = &s->causes[s->nr_causes++];

	c->class = class;
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->count = count;
	c->self_ns = self_ns;
	c->max_ns = max_ns;
}

/* A thread that is called like a work of QPW is not one. */
static void test_avoidable(void **state)
{
	struct snapshot *s = snapshot_create();
	struct snap_total t;

	(void)state;
	assert_non_null(s);
	s->causes = calloc(4, sizeof(*s->causes));
	assert_non_null(s->causes);
	add_cause(s, SNAP_WORK, "lru_add_drain_per_cpu", 3, 300, 200);
	add_cause(s, SNAP_THREAD, "lru_add_drain_per_cpu", 5, 500, 500);
	add_cause(s, SNAP_WORK, "flush_cpu_sheaves", 2, 20, 15);
	add_cause(s, SNAP_WORK, "vmstat_update", 7, 70, 70);
	t = blame_avoidable(s);
	assert_int_equal(t.count, 5);
	assert_int_equal(t.self_ns, 320);
	assert_int_equal(t.max_ns, 200);
	s->classes[SNAP_WORK] = (struct snap_total){ 12, 390, 200 };
	s->classes[SNAP_THREAD] = (struct snap_total){ 5, 500, 500 };
	t = blame_all(s);
	assert_int_equal(t.count, 17);
	assert_int_equal(t.self_ns, 890);
	assert_int_equal(t.max_ns, 500);
	snapshot_destroy(s);
}

static void add_caused(struct snapshot *s, const char *comm, uint32_t pid, uint64_t count,
		       const char *stack)
{
	struct snap_caused *c = &s->caused[s->nr_caused++];

	c->class = SNAP_WORK;
	snprintf(c->name, sizeof(c->name), "drain");
	snprintf(c->origin.comm, sizeof(c->origin.comm), "%s", comm);
	c->origin.pid = pid;
	c->origin.count = count;
	c->wait_ns = 10 * count;
	c->wait_max_ns = 10 + pid;
	snprintf(c->stack, sizeof(c->stack), "%s", stack);
}

/* Two ways into one function, offsets apart; one ends earlier; one is not known. */
static struct snapshot *caused_snapshot(void)
{
	struct snapshot *s = snapshot_create();

	assert_non_null(s);
	s->caused = calloc(8, sizeof(*s->caused));
	assert_non_null(s->caused);
	add_caused(s, "a", 1, 3, "queue+0x1;drain_all+0x10;sysctl+0x5");
	add_caused(s, "b", 2, 5, "queue+0x1;drain_all+0x20;compact+0x5 [mod]");
	add_caused(s, "a", 3, 1, "queue+0x9");
	add_caused(s, "c", 4, 4, "");
	s->caused[s->nr_caused] = s->caused[0];
	s->caused[s->nr_caused].class = SNAP_IPI;
	s->caused[s->nr_caused++].origin.count = 2;
	return s;
}

static void expect_node(const struct callers *c, uint32_t at, enum callers_kind kind,
			const char *name, uint64_t count)
{
	assert_in_range(at, 1, c->nr - 1);
	assert_int_equal(c->nodes[at].kind, kind);
	assert_string_equal(c->nodes[at].name, name);
	assert_int_equal(c->nodes[at].count, count);
}

static void test_callers(void **state)
{
	struct snapshot *s = caused_snapshot();
	const struct callers_node *n;
	struct callers c;
	uint32_t at;

	(void)state;
	assert_int_equal(callers_build(s, &c), 0);
	n = c.nodes;
	assert_int_equal(n[0].count, 11);
	assert_int_equal(c.nr_without, 4);
	at = n[0].first;
	expect_node(&c, at, CALLERS_CAUSE, "drain", 9);
	assert_int_equal(n[at].class, SNAP_WORK);
	expect_node(&c, n[at].next, CALLERS_CAUSE, "drain", 2);
	assert_int_equal(n[n[at].next].class, SNAP_IPI);
	at = n[at].first;
	expect_node(&c, at, CALLERS_FRAME, "queue", 9);
	assert_int_equal(n[at].next, 0);
	at = n[at].first;
	expect_node(&c, at, CALLERS_FRAME, "drain_all", 8);
	expect_node(&c, n[at].next, CALLERS_TASK, "a", 1);
	at = n[at].first;
	expect_node(&c, at, CALLERS_FRAME, "compact [mod]", 5);
	expect_node(&c, n[at].first, CALLERS_TASK, "b", 5);
	at = n[at].next;
	expect_node(&c, at, CALLERS_FRAME, "sysctl", 3);
	expect_node(&c, n[at].first, CALLERS_TASK, "a", 3);
	assert_int_equal(n[at].next, 0);
	callers_finish(&c);
	snapshot_destroy(s);
}

/* Every node holds at least what its children hold, whatever the names; deep and wide. */
static void test_many_callers(void **state)
{
	struct snapshot *s = snapshot_create();
	uint64_t sum = 0;
	struct callers c;

	(void)state;
	assert_non_null(s);
	s->caused = calloc(SNAP_CAUSED, sizeof(*s->caused));
	assert_non_null(s->caused);
	for (uint32_t i = 0; i < SNAP_CAUSED; i++) {
		char stack[QPW_STACK_FRAMES * 12] = "";

		for (uint32_t f = 0; f < QPW_STACK_FRAMES; f++)
			snprintf(stack + strlen(stack), sizeof(stack) - strlen(stack), "%sf%u+0x1",
				 f ? ";" : "", f < 4 ? i % (f + 1) : i * f % 1000);
		add_caused(s, "task", i, 1 + i % 7, stack);
		sum += 1 + i % 7;
	}
	assert_int_equal(callers_build(s, &c), 0);
	assert_int_equal(c.nodes[0].count, sum);
	for (uint32_t i = 0; i < c.nr; i++) {
		uint64_t children = 0, last = UINT64_MAX;

		for (uint32_t at = c.nodes[i].first; at; at = c.nodes[at].next) {
			children += c.nodes[at].count;
			assert_true(c.nodes[at].count <= last);
			last = c.nodes[at].count;
		}
		assert_true(c.nodes[i].kind == CALLERS_TASK || children == c.nodes[i].count);
	}
	callers_finish(&c);
	snapshot_destroy(s);
}

static void test_who(void **state)
{
	struct snapshot *s = caused_snapshot();
	struct callers_who *rows;
	size_t nr;

	(void)state;
	rows = callers_who(s, &nr);
	assert_non_null(rows);
	assert_int_equal(nr, 4);
	assert_string_equal(rows[0].of->origin.comm, "b");
	assert_int_equal(rows[0].count, 5);
	/* a: 3 and 1, of two threads; c has as many, and comes after it by name */
	assert_string_equal(rows[1].of->origin.comm, "a");
	assert_int_equal(rows[1].count, 4);
	assert_int_equal(rows[1].pid, SNAP_PID_MANY);
	assert_int_equal(rows[1].wait_ns, 40);
	assert_int_equal(rows[1].wait_max_ns, 13);
	assert_string_equal(rows[2].of->origin.comm, "c");
	assert_int_equal(rows[2].pid, 4);
	assert_int_equal(rows[3].count, 2);
	free(rows);
	/* sent from elsewhere it is another */
	snprintf(s->caused[2].callsite, sizeof(s->caused[2].callsite), "here+0x1");
	rows = callers_who(s, &nr);
	assert_non_null(rows);
	assert_int_equal(nr, 5);
	assert_string_equal(rows[2].of->callsite, "");
	assert_int_equal(rows[2].count, 3);
	assert_string_equal(rows[4].of->callsite, "here+0x1");
	assert_int_equal(rows[4].count, 1);
	assert_int_equal(rows[4].pid, 3);
	free(rows);
	s->nr_caused = 0;
	assert_null(callers_who(s, &nr));
	assert_int_equal(nr, 0);
	snapshot_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late),	     cmocka_unit_test(test_nothing_late),
		cmocka_unit_test(test_avoidable),    cmocka_unit_test(test_callers),
		cmocka_unit_test(test_many_callers), cmocka_unit_test(test_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
