// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live view: rates between two snapshots, the layout, and what may stand on a page. Snapshots
 * are made by hand, so every expected rate is worked out from them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/array.h"
#include "util/text.h"
#include "view/page.h"
#include "view/top.h"

#define SECOND 1000000000ULL
#define EPSILON 0.000001

static void add_cause(struct snapshot *s, enum snap_class class, const char *name, uint64_t count,
		      uint64_t self_ns)
{
	struct snap_cause *c;

	s->causes = realloc(s->causes, (s->nr_causes + 1) * sizeof(*s->causes));
	assert_non_null(s->causes);
	c = &s->causes[s->nr_causes++];
	*c = (struct snap_cause){ .class = class, .count = count, .self_ns = self_ns };
	snprintf(c->name, sizeof(c->name), "%s", name);
	s->classes[class].count += count;
	s->classes[class].self_ns += self_ns;
	qsort(s->causes, s->nr_causes, sizeof(*s->causes), snap_cause_order);
}

/* In the order of names, as snapshots have them. */
static struct snap_work *add_work(struct snapshot *s, const char *function, uint64_t executed,
				  uint64_t inlined)
{
	struct snap_work *w;

	s->works = realloc(s->works, (s->nr_works + 1) * sizeof(*s->works));
	assert_non_null(s->works);
	w = &s->works[s->nr_works++];
	*w = (struct snap_work){ .executed = executed, .inlined = inlined };
	snprintf(w->function, sizeof(w->function), "%s", function);
	return w;
}

static struct snapshot *empty(void)
{
	struct snapshot *s = snapshot_create();

	assert_non_null(s);
	return s;
}

static void rates_are_differences_per_second(void **state)
{
	struct snapshot *before = empty(), *now = empty();
	struct top_rates r;

	(void)state;
	add_cause(before, SNAP_IRQ, "eth0", 100, 1000000);
	add_cause(now, SNAP_IRQ, "eth0", 150, 3000000);
	before->nr_events = 1000;
	now->nr_events = 1500;
	before->nr_samples = 10;
	now->nr_samples = 2010;
	before->nr_lost = 3;
	now->nr_lost = 8;
	assert_int_equal(top_rates_init(&r, before, now, 2 * SECOND), 0);
	assert_float_equal(r.classes[SNAP_IRQ].count_s, 25, EPSILON);
	assert_float_equal(r.classes[SNAP_IRQ].stolen_us_s, 1000, EPSILON);
	assert_float_equal(r.all.count_s, 25, EPSILON);
	assert_float_equal(r.all.stolen_us_s, 1000, EPSILON);
	assert_float_equal(r.classes[SNAP_NMI].count_s, 0, 0);
	assert_float_equal(r.events_s, 250, EPSILON);
	assert_float_equal(r.samples_s, 1000, EPSILON);
	assert_int_equal(r.lost, 5);
	assert_int_equal(r.nr_causes, 1);
	assert_float_equal(r.causes[0].rate.count_s, 25, EPSILON);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

static void first_interval_counts_from_nothing(void **state)
{
	struct snapshot *now = empty();
	struct top_rates r;

	(void)state;
	add_cause(now, SNAP_TICK, "tick", 500, 500000);
	now->nr_lost = 2;
	assert_int_equal(top_rates_init(&r, NULL, now, SECOND / 2), 0);
	assert_float_equal(r.classes[SNAP_TICK].count_s, 1000, EPSILON);
	assert_float_equal(r.classes[SNAP_TICK].stolen_us_s, 1000, EPSILON);
	assert_int_equal(r.lost, 2);
	top_rates_finish(&r);
	snapshot_destroy(now);
}

static void no_time_and_no_progress_are_rate_zero(void **state)
{
	struct snapshot *before = empty(), *now = empty();
	struct top_rates r;

	(void)state;
	add_cause(before, SNAP_IPI, "f", 9, 900);
	add_cause(now, SNAP_IPI, "f", 5, 500);
	before->nr_lost = 9;
	assert_int_equal(top_rates_init(&r, before, now, SECOND), 0);
	assert_float_equal(r.classes[SNAP_IPI].count_s, 0, 0);
	assert_float_equal(r.causes[0].rate.stolen_us_s, 0, 0);
	assert_int_equal(r.lost, 0);
	top_rates_finish(&r);
	assert_int_equal(top_rates_init(&r, NULL, now, 0), 0);
	assert_float_equal(r.classes[SNAP_IPI].count_s, 0, 0);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

/* A cause of the same name in another class is another cause, and places move between snapshots. */
static void causes_match_by_class_and_name(void **state)
{
	struct snapshot *before = empty(), *now = empty();
	struct top_rates r;

	(void)state;
	add_cause(before, SNAP_THREAD, "x", 10, 10000);
	add_cause(before, SNAP_WORK, "x", 20, 90000);
	add_cause(before, SNAP_WORK, "old", 1, 100);
	add_cause(now, SNAP_THREAD, "x", 13, 1000000);
	add_cause(now, SNAP_WORK, "x", 20, 90000);
	add_cause(now, SNAP_WORK, "old", 1, 100);
	add_cause(now, SNAP_WORK, "new", 4, 50000);
	assert_int_equal(top_rates_init(&r, before, now, SECOND), 0);
	assert_int_equal(r.nr_causes, 4);
	assert_string_equal(r.causes[0].cause->name, "x");
	assert_int_equal(r.causes[0].cause->class, SNAP_THREAD);
	assert_float_equal(r.causes[0].rate.count_s, 3, EPSILON);
	assert_float_equal(r.causes[0].rate.stolen_us_s, 990, EPSILON);
	assert_string_equal(r.causes[1].cause->name, "new");
	assert_float_equal(r.causes[1].rate.stolen_us_s, 50, EPSILON);
	/* Idle now: by what they took since the start. */
	assert_string_equal(r.causes[2].cause->name, "x");
	assert_float_equal(r.causes[2].rate.stolen_us_s, 0, 0);
	assert_string_equal(r.causes[3].cause->name, "old");
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

static void busiest_work_comes_first_and_idle_work_stays_away(void **state)
{
	struct snapshot *before = empty(), *now = empty();
	struct top_rates r;

	(void)state;
	add_work(before, "b", 100, 0);
	add_work(now, "a", 0, 0); /* queued, never run */
	add_work(now, "b", 104, 0);
	add_work(now, "c", 3, 6);
	assert_int_equal(top_rates_init(&r, before, now, 2 * SECOND), 0);
	assert_int_equal(r.nr_works, 2);
	assert_string_equal(r.works[0].work->function, "c");
	assert_float_equal(r.works[0].executed_s, 1.5, EPSILON);
	assert_float_equal(r.works[0].inlined_s, 3, EPSILON);
	assert_string_equal(r.works[1].work->function, "b");
	assert_float_equal(r.works[1].executed_s, 2, EPSILON);
	top_rates_finish(&r);
	snapshot_destroy(before);
	snapshot_destroy(now);
}

static void layout_fits_and_starves_nobody(void **state)
{
	(void)state;
	for (unsigned int rows = 0; rows < 80; rows++) {
		for (size_t causes = 0; causes < 40; causes += 3) {
			for (size_t works = 0; works < 40; works += 3) {
				struct top_layout l = top_layout(rows, causes, works);
				unsigned int used = l.causes + !!l.causes + l.works + !!l.works;
				bool all = l.causes == causes && l.works == works;

				assert_true(used <= rows);
				assert_true(l.causes <= causes && l.works <= works);
				if (rows >= 4 && causes)
					assert_true(l.causes > 0);
				if (rows >= 4 && works)
					assert_true(l.works > 0);
				/* No row stays empty while there is something to show. */
				if (rows >= 4 && causes && works && !all)
					assert_int_equal(used, rows);
			}
		}
	}
}

/* Everything there is, with names that want to take the terminal over. */
static struct snapshot *hostile(void)
{
	struct snapshot *s = empty();
	struct snap_work *w;

	for (int i = 0; i < 50; i++) {
		char name[32];

		snprintf(name, sizeof(name), "\033[2J\r\n%d\xff", i);
		add_cause(s, SNAP_THREAD, name, 10, 1000);
	}
	w = add_work(s, "drain\033]0;owned\a", 7, 2);
	w->nr_origins = 1;
	w->origins[0] =
		(struct snap_origin){ .comm = "ev\033il\n", .pid = 42, .cpu = 3, .count = 7 };
	w = add_work(s, "other", 9, 0);
	w->nr_origins = 1;
	w->origins[0] = (struct snap_origin){ .comm = "many", .pid = SNAP_PID_MANY, .count = 9 };
	s->nr_lost = 4;
	s->nr_samples = 200;
	for (int i = 0; i < 200; i++)
		assert_int_equal(hist_add(s->latency, 5000), 0);
	return s;
}

static const struct host_facts facts = { .hostname = "ho\033[31mst",
					 .release = "7.2",
					 .watched = "1",
					 .mode = HOST_MODE_QPW_ON,
					 .mode_reason = "qpw=1\033c" };

static void check_page(const struct page *p)
{
	assert_true(p->nr_lines <= p->rows);
	for (unsigned int i = 0; i < p->nr_lines; i++) {
		const char *text = p->lines[i].text;

		assert_true(text_width(text) <= p->columns);
		for (const char *c = text; *c; c++)
			assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
	}
}

static const char *line_with(const struct page *p, const char *text)
{
	for (unsigned int i = 0; i < p->nr_lines; i++) {
		if (strstr(p->lines[i].text, text))
			return p->lines[i].text;
	}
	return NULL;
}

static void pages_of_every_size_are_clean(void **state)
{
	static const unsigned int sizes[][2] = { { 1, 1 },   { 10, 3 },	  { 20, 5 },   { 80, 24 },
						 { 80, 10 }, { 132, 43 }, { 300, 80 }, { 0, 0 } };
	const struct top_about about = { .facts = &facts, .view_ns = SECOND, .state = "live" };
	struct snapshot *s = hostile();
	struct top_rates r;

	(void)state;
	assert_int_equal(top_rates_init(&r, NULL, s, SECOND), 0);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct page *p = page_create(sizes[i][0], sizes[i][1]);

		assert_non_null(p);
		top_page(p, &about, &r, s);
		check_page(p);
		top_help(p);
		check_page(p);
		page_destroy(p);
	}
	top_rates_finish(&r);
	snapshot_destroy(s);
}

static void page_says_what_matters(void **state)
{
	const struct top_about about = { .facts = &facts,
					 .view_ns = 3 * SECOND,
					 .state = "paused" };
	struct page *p = page_create(TOP_COLUMNS, 24);
	struct snapshot *s = hostile();
	struct top_rates r;

	(void)state;
	assert_non_null(p);
	s->truncated = true;
	assert_int_equal(top_rates_init(&r, NULL, s, SECOND), 0);
	top_page(p, &about, &r, s);
	assert_non_null(line_with(p, "qpw=1 (qpw=1\\x1bc)  paused  3.0 s"));
	assert_non_null(line_with(p, "watched 1"));
	assert_non_null(line_with(p, "lost 4 (+4)  probes 0 of 0  the trace broke off"));
	assert_int_equal(p->lines[2].style, PAGE_WARN);
	assert_non_null(line_with(p, "latency us  samples 200 (200/s)  p50 5.0"));
	assert_non_null(line_with(p, "max 5.0"));
	/* 50 causes of 10 interruptions and 1 us each */
	assert_string_equal(line_with(p, "thread  "),
			    "thread        500.0        50.0         0.0        500");
	assert_non_null(line_with(p, "\\x1b[2J"));
	assert_non_null(line_with(p, "many@0"));
	assert_non_null(line_with(p, "ev\\x1bil\\x0a/42@3"));
	assert_int_equal(p->nr_lines, 24);
	top_rates_finish(&r);
	snapshot_destroy(s);
	page_destroy(p);
}

static void lines_are_cut_at_whole_characters(void **state)
{
	struct page *p = page_create(5, 3);

	(void)state;
	assert_non_null(p);
	page_add(p, PAGE_PLAIN, "%s", "\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x86\x92\xf0\x9f\x98\x80zz");
	page_add(p, PAGE_PLAIN, "ab   ");
	page_add(p, PAGE_PLAIN, "%s", "");
	page_add(p, PAGE_PLAIN, "one too many");
	assert_int_equal(p->nr_lines, 3);
	assert_string_equal(p->lines[0].text,
			    "\xc3\xa4\xc3\xb6\xc3\xbc\xe2\x86\x92\xf0\x9f\x98\x80");
	assert_string_equal(p->lines[1].text, "ab");
	assert_string_equal(p->lines[2].text, "");
	page_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_differences_per_second),
		cmocka_unit_test(first_interval_counts_from_nothing),
		cmocka_unit_test(no_time_and_no_progress_are_rate_zero),
		cmocka_unit_test(causes_match_by_class_and_name),
		cmocka_unit_test(busiest_work_comes_first_and_idle_work_stays_away),
		cmocka_unit_test(layout_fits_and_starves_nobody),
		cmocka_unit_test(pages_of_every_size_are_clean),
		cmocka_unit_test(page_says_what_matters),
		cmocka_unit_test(lines_are_cut_at_whole_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
