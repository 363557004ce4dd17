// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live view: tables, filters, text and JSON. Snapshots are made by hand, so every expected
 * figure is worked out from them.
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
#include "util/array.h"
#include "view/top_table.h"
#include "view/top_about.h"
#include "view/top_text.h"

static const struct cpulist cpu_1 = { { 1U << 1 } };

static struct host_facts facts = { .hostname = "host", .release = "7.2", .watched = "1" };

static void fill_data(struct top_data *d, const struct snapshot *s)
{
	*d = (struct top_data){ .facts = &facts, .state = "live", .now = s, .cost = { -1, -1 } };
	assert_int_equal(top_rates_init(&d->rates, NULL, s, SECOND, &cpu_1, NULL), 0);
}

static struct snapshot *three_causes(void)
{
	struct snapshot *s = sample_empty();

	sample_cause(s, 1, SNAP_IRQ, "eth0", 10, 5000);
	sample_cause(s, 2, SNAP_WORK, "lru_add_drain_per_cpu", 30, 1000);
	sample_cause(s, 1, SNAP_WORK, "Eth worker", 20, 9000);
	return s;
}

/* The names in the order in which a table has its rows, separated by commas. */
static void expect_rows(const struct top_data *d, const char *filter, const char *column,
			bool reverse, const char *wanted)
{
	const struct top_order order = {
		.column = (unsigned int)top_find_column(&top_view_causes, column),
		.reverse = reverse,
	};
	struct top_filter f;
	struct top_table t;
	char got[256] = "";

	assert_int_equal(top_filter_parse(filter, &f), 0);
	assert_int_equal(top_table_init(&t, &top_view_causes, d, &f, &order), 0);
	for (size_t i = 0; i < t.nr; i++) {
		size_t len = strlen(got);

		snprintf(got + len, sizeof(got) - len, "%s%s", len ? "," : "",
			 d->now->causes[t.rows[i]].name);
	}
	assert_string_equal(got, wanted);
	top_table_finish(&t);
}

static void tables_are_ordered_by_any_column(void **state)
{
	struct snapshot *s = three_causes();
	struct top_data d;

	(void)state;
	fill_data(&d, s);
	expect_rows(&d, "", "stolen_us_s", false, "Eth worker,eth0,lru_add_drain_per_cpu");
	expect_rows(&d, "", "stolen_us_s", true, "lru_add_drain_per_cpu,eth0,Eth worker");
	expect_rows(&d, "", "count", false, "lru_add_drain_per_cpu,Eth worker,eth0");
	expect_rows(&d, "", "cause", false, "Eth worker,eth0,lru_add_drain_per_cpu");
	expect_rows(&d, "", "class", false, "eth0,lru_add_drain_per_cpu,Eth worker");
	/* the number of a CPU is no amount: from the lowest */
	expect_rows(&d, "", "cpu", false, "eth0,Eth worker,lru_add_drain_per_cpu");
	expect_rows(&d, "", "cpu", true, "lru_add_drain_per_cpu,eth0,Eth worker");
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

static void what_is_not_known_comes_last(void **state)
{
	struct snapshot *s = three_causes();
	struct top_data d;

	(void)state;
	s->causes[1].p99_ns = 100;
	s->causes[2].p99_ns = 200;
	fill_data(&d, s);
	expect_rows(&d, "", "p99_us", false, "Eth worker,lru_add_drain_per_cpu,eth0");
	expect_rows(&d, "", "p99_us", true, "lru_add_drain_per_cpu,Eth worker,eth0");
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

static void filters_hold_together(void **state)
{
	struct snapshot *s = three_causes();
	struct top_filter f = { .by_cpu = true };
	struct top_data d;

	(void)state;
	fill_data(&d, s);
	expect_rows(&d, "ETH", "count", false, "Eth worker,eth0");
	expect_rows(&d, "cpu=2-3", "count", false, "lru_add_drain_per_cpu");
	expect_rows(&d, "class=work", "count", false, "lru_add_drain_per_cpu,Eth worker");
	expect_rows(&d, " class=work  cpu=1 ", "count", false, "Eth worker");
	expect_rows(&d, "eth worker", "count", false, "Eth worker");
	/* each word for itself, in whatever column */
	expect_rows(&d, "worker ETH", "count", false, "Eth worker");
	expect_rows(&d, "lru work", "count", false, "lru_add_drain_per_cpu");
	expect_rows(&d, "lru eth", "count", false, "");
	expect_rows(&d, "class=WORK", "count", false, "lru_add_drain_per_cpu,Eth worker");
	expect_rows(&d, "Class=work CPU=1", "count", false, "Eth worker");
	expect_rows(&d, "nothing", "count", false, "");
	assert_int_equal(top_filter_parse("cpu=x", &f), -EINVAL);
	assert_int_equal(top_filter_parse("cpu=", &f), -EINVAL);
	assert_int_equal(top_filter_parse("class=wor", &f), -EINVAL);
	assert_true(f.by_cpu);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* Every view in its own order, as JSON has them where nothing was chosen. */
static struct top_text as_usual(void)
{
	struct top_text text = { .cpus.column = TOP_AS_THEY_ARE };

	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		text.orders[i].column = top_views[i]->sort;
	return text;
}

static void add_offline(struct snapshot *s, struct snap_offline times)
{
	struct snap_offline *row = SAMPLE_ROW(&s->offlines, &s->nr_offlines);

	*row = times;
}

/* A CPU that is gone is not a quiet one, nor is one that was for a while. */
static void offline_is_told(void **state)
{
	static const struct cpulist three = { { 7U << 1 } };
	static const char *const wanted[] = { "offline", "partly", "online" };
	struct snapshot *s = sample_empty();
	struct top_data d;
	struct top_value v;
	char line[TOP_ABOUT_TEXT];

	(void)state;
	add_offline(
		s, (struct snap_offline){ .cpu = 3, .start_ns = 1 * SECOND, .end_ns = 2 * SECOND });
	add_offline(s, (struct snap_offline){ .cpu = 1, .start_ns = 90 * SECOND });
	add_offline(s, (struct snap_offline){
			       .cpu = 2, .start_ns = 98 * SECOND, .end_ns = 99 * SECOND });
	fill_data(&d, s);
	top_rates_finish(&d.rates);
	assert_int_equal(top_rates_init(&d.rates, NULL, s, 2 * SECOND, &three, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		int column = top_find_column(&top_view_cpus, "state");

		top_view_cpus.value(&d, i, (unsigned int)column, &v);
		assert_string_equal(v.text, wanted[i]);
	}
	top_about_doubts(&d, line);
	assert_non_null(strstr(line, "  offline: 1"));
	assert_true(top_about_doubtful(&d));
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* What has no room in a table of origins is missing in what rows say of who brought it about. */
static void origins_left_out_are_told(void **state)
{
	struct snapshot *s = sample_empty();
	char line[TOP_ABOUT_TEXT];
	struct top_data d;

	(void)state;
	fill_data(&d, s);
	top_about_doubts(&d, line);
	assert_null(strstr(line, "origins"));
	assert_false(top_about_doubtful(&d));
	s->caused_left_out = 7;
	top_about_doubts(&d, line);
	assert_non_null(strstr(line, "  origins of 7 events left out"));
	assert_true(top_about_doubtful(&d));
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* Rows that made room for others had what "(other)" has of them now in the look before, too. */
static void rows_that_went_are_no_news(void **state)
{
	struct snapshot *before = sample_empty(), *now = sample_empty();
	struct top_rates r;

	(void)state;
	sample_cause(before, 1, SNAP_THREAD, "gone", 100, 1000);
	sample_cause(before, 1, SNAP_THREAD, "(other)", 10, 100);
	sample_cause(before, 1, SNAP_IRQ, "gone", 7, 70);
	sample_cause(now, 1, SNAP_THREAD, "(other)", 112, 1130);
	now->nr_row_gone = 100;
	assert_int_equal(top_rates_init(&r, before, now, 2 * SECOND, &cpu_1, NULL), 0);
	assert_float_equal(r.causes[0].rate.count_s, 1, EPSILON);
	assert_float_equal(r.causes[0].rate.stolen_us_s, 0.015, EPSILON);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

/* What repeats looks tells each event once. */
static void events_are_told_once(void **state)
{
	const struct top_text text = as_usual();
	struct snapshot *s = sample_empty();
	struct top_data d;
	json_t *o, *events;

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		struct snap_event *e = SAMPLE_ROW(&s->events, &s->nr_event_rows);

		e->start_ns = i * SECOND;
	}
	s->nr_long = 13;
	fill_data(&d, s);
	d.rates.nr_long = 1;
	assert_int_equal(top_views[top_find_view("events")]->nr_rows(&d), 3);
	d.only_new = true;
	o = top_json(&text, &d);
	events = json_object_get(o, "events");
	assert_int_equal(json_array_size(events), 1);
	assert_float_equal(json_real_value(json_object_get(json_array_get(events, 0), "time_s")),
			   2 - (double)d.start_ns / SECOND, EPSILON);
	json_decref(o);
	d.rates.nr_long = 9;
	assert_int_equal(top_views[top_find_view("events")]->nr_rows(&d), 3);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* From two places, 3 and 5 times; and from a third control group, which is another row. */
static struct snapshot *several_stacks(uint64_t first, uint64_t second, uint64_t other)
{
	static const char *const stacks[] = { "a;b", "c", "a;b" };
	const uint64_t counts[] = { first, second, other };
	struct snapshot *s = sample_empty();

	for (size_t i = 0; i < 3; i++) {
		struct snap_caused *c = sample_origin(s, 1, "drain", "churn", counts[i]);

		snprintf(c->stack, sizeof(c->stack), "%s", stacks[i]);
		c->wait_ns = counts[i] * 1000 * (i + 1);
		c->wait_max_ns = 5000 * (i + 1);
	}
	s->caused[1].origin.pid = 43;
	snprintf(s->caused[1].callsite, sizeof(s->caused[1].callsite), "caller\033+0x10");
	snprintf(s->caused[2].cgroup, sizeof(s->caused[2].cgroup), "/other");
	return s;
}

static void origins_from_several_places_are_one(void **state)
{
	struct snapshot *before = several_stacks(1, 2, 2), *now = several_stacks(5, 3, 2);
	struct top_data d;
	json_t *o, *row, *stacks;
	struct top_text text = { .cpus.column = TOP_AS_THEY_ARE };

	(void)state;
	fill_data(&d, now);
	top_rates_finish(&d.rates);
	assert_int_equal(top_rates_init(&d.rates, before, now, SECOND, &cpu_1, NULL), 0);
	assert_int_equal(d.rates.nr_origins, 2);
	assert_int_equal(d.rates.origins[0].who.count, 8);
	assert_int_equal(d.rates.origins[0].who.pid, SNAP_PID_MANY);
	assert_float_equal(d.rates.origins[0].count_s, 5, EPSILON);
	assert_int_equal(d.rates.origins[0].wait_ns, 5 * 1000 + 3 * 2000);
	assert_int_equal(d.rates.origins[0].wait_max_ns, 10000);
	assert_int_equal(d.rates.origins[1].who.count, 2);
	assert_int_equal(d.rates.origins[1].who.pid, 42);
	assert_float_equal(d.rates.origins[1].count_s, 0, EPSILON);
	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		text.orders[i].column = TOP_AS_THEY_ARE;
	o = top_json(&text, &d);
	assert_non_null(o);
	assert_int_equal(json_array_size(json_object_get(o, "origins")), 2);
	row = json_array_get(json_object_get(o, "origins"), 0);
	stacks = json_object_get(row, "stacks");
	assert_int_equal(json_array_size(stacks), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(stacks, 0), "count")),
			 5);
	assert_true(json_equal(json_object_get(json_array_get(stacks, 0), "stack"),
			       json_object_get(row, "stack")));
	assert_int_equal(json_array_size(json_object_get(row, "stack")), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(stacks, 1), "count")),
			 3);
	/* where IPIs were sent from, as far as it is known */
	assert_true(json_is_null(json_object_get(row, "call_site")));
	assert_true(json_is_null(json_object_get(json_array_get(stacks, 0), "call_site")));
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(stacks, 1), "call_site")),
		"caller\\x1b+0x10");
	json_decref(o);
	top_rates_finish(&d.rates);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

/* Filter and orders hold for JSON as for text, for the CPUs as for the tables. */
static void json_is_as_chosen(void **state)
{
	struct snapshot *s = three_causes();
	struct top_text text = as_usual();
	struct top_filter f;
	struct top_data d;
	json_t *o, *causes;

	(void)state;
	fill_data(&d, s);
	assert_int_equal(top_filter_parse("eth", &f), 0);
	text.filter = &f;
	text.orders[0].column = (unsigned int)top_find_column(top_views[0], "cause");
	text.orders[0].reverse = true;
	o = top_json(&text, &d);
	causes = json_object_get(o, "causes");
	assert_int_equal(json_array_size(causes), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(causes, 0), "cause")),
			    "eth0");
	json_decref(o);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* Names and kinds of values are the same for every view, in text and in JSON. */
static void json_has_every_column_of_every_view(void **state)
{
	const struct top_text everything = as_usual();
	struct snapshot *s = three_causes();
	struct top_data d;
	json_t *o, *row;

	(void)state;
	sample_origin(s, 1, "drain", "churn\n", 3);
	snprintf(s->caused[0].stack, sizeof(s->caused[0].stack), "queue_work_on+0x1;main;");
	fill_data(&d, s);
	o = top_json(&everything, &d);
	assert_non_null(o);
	assert_int_equal(json_integer_value(json_object_get(o, "version")), 1);
	assert_int_equal(json_array_size(json_object_get(o, "causes")), 3);
	row = json_array_get(json_object_get(o, "causes"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "cause")), "Eth worker");
	assert_true(json_is_null(json_object_get(row, "p99_us")));
	assert_int_equal(json_integer_value(json_object_get(row, "count")), 20);
	assert_float_equal(json_real_value(json_object_get(row, "stolen_us_s")), 9, EPSILON);
	row = json_array_get(json_object_get(o, "origins"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "by")), "churn\\x0a/42@0");
	assert_int_equal(json_array_size(json_object_get(row, "stack")), 2);
	for (int v = 0; v < TOP_VIEWS; v++) {
		row = json_array_get(json_object_get(o, top_views[v]->name), 0);
		assert_true(json_is_array(json_object_get(o, top_views[v]->name)));
		for (unsigned int c = 0; row && c < top_views[v]->nr_columns; c++)
			assert_non_null(json_object_get(row, top_views[v]->columns[c].name));
	}
	json_decref(o);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* A script takes columns by their number: a blank within one must not make two of it. */
static void text_keeps_its_columns(void **state)
{
	struct snapshot *s = sample_empty();
	struct snap_waiter *w = SAMPLE_ROW(&s->waiters, &s->nr_waiters);
	struct top_table t;
	struct top_data d;
	char *text = NULL, *line;
	size_t size;
	FILE *f;

	(void)state;
	snprintf(w->comm, sizeof(w->comm), "my task");
	snprintf(w->function, sizeof(w->function), "lru_add_drain_all");
	w->target_cpu = SNAP_CPU_UNKNOWN;
	w->count = 4;
	w->total_ns = 8000;
	w->max_ns = 3000;
	fill_data(&d, s);
	assert_int_equal(top_table_init(&t, &top_view_waits, &d, NULL, NULL), 0);
	f = open_memstream(&text, &size);
	assert_non_null(f);
	top_table_print(&t, f, SIZE_MAX);
	assert_int_equal(fclose(f), 0);
	line = strchr(text, '\n') + 1;
	assert_string_equal(line, "        -      4.0         8.0         4       3.0    - "
				  "my\\x20task      lru_add_drain_all   -\n");
	free(text);
	top_table_finish(&t);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(origins_from_several_places_are_one),
		cmocka_unit_test(tables_are_ordered_by_any_column),
		cmocka_unit_test(what_is_not_known_comes_last),
		cmocka_unit_test(filters_hold_together),
		cmocka_unit_test(offline_is_told),
		cmocka_unit_test(origins_left_out_are_told),
		cmocka_unit_test(rows_that_went_are_no_news),
		cmocka_unit_test(events_are_told_once),
		cmocka_unit_test(json_is_as_chosen),
		cmocka_unit_test(json_has_every_column_of_every_view),
		cmocka_unit_test(text_keeps_its_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
