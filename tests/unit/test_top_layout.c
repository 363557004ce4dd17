// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the live view: columns by the room there is, and what does not fit is reached.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "sample_screen.h"
#include "util/array.h"
#include "util/text.h"

/*
 * The last minute of a CPU: 20 parts of three seconds, here a quarter, a half, three quarters and
 * all of the highest one, five of each: marks 1, 3, 5 and 7 of "_.:-=+*#". Cells of two parts have
 * the same or, where these differ, their mean: 3/8 is mark 2, 7/8 is 6.
 */
static void minute_fits_every_width(void **state)
{
	static const struct {
		unsigned int columns;
		const char *minute;
		const char *runs;
	} screens[] = {
		{ 80, "..:--++*## ", "cyclicte-m" },
		{ 85, "..:--++*## ", "cyclicte-main-t" },
		{ 102, ".....-----+++++##### ", "cyclicte-main-t" },
		{ 300, ".....-----+++++##### ", "cyclicte-main-t" },
	};
	struct top_minute minute = { 0 };
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	memcpy(sample_cpu(s, 1)->running, "cyclicte-main-t", 15);
	s->window_end_ns = 60 * SECOND;
	for (unsigned int part = 0; part < TOP_MINUTE_PARTS; part++) {
		const unsigned int quarter = part / 5 + 1;

		assert_int_equal(top_minute_add(&minute, 1, part * TOP_MINUTE_PART_NS,
						(part + 1) * TOP_MINUTE_PART_NS,
						quarter * 1000000.0),
				 0);
	}
	fill_data(&d, s);
	top_rates_finish(&d.rates);
	assert_int_equal(top_rates_init(&d.rates, NULL, s, SECOND, &cpu_1, &minute), 0);
	for (size_t i = 0; i < ARRAY_SIZE(screens); i++) {
		struct canvas *c = canvas_create(screens[i].columns, 24, true);
		const char *names, *at;
		ptrdiff_t column;

		assert_non_null(c);
		top_screen_init(&screen, SECOND);
		assert_int_equal(top_screen_draw(&screen, &d, c), 0);
		names = row_text(c, 3);
		at = strstr(names, "MINUTE");
		assert_non_null(at);
		column = at - names;
		at = row_text(c, 4);
		assert_memory_equal(at + column, screens[i].minute, strlen(screens[i].minute));
		assert_non_null(strstr(at, screens[i].runs));
		canvas_destroy(c);
	}
	top_minute_finish(&minute);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* What changes comes first; a long name, lists and a reason leave it where it is. */
static void header_keeps_what_matters(void **state)
{
	struct host_facts big = { .hostname = "node-17.rack-4.realtime.datacentre.example.com",
				  .release = "6.12.0-rt-amd64",
				  .isolated = "2-31,34-63",
				  .nohz_full = "2-31,34-63",
				  .watched = "2-31,34-63",
				  .mode = HOST_MODE_QPW_ON,
				  .mode_reason = "isolation" };
	struct canvas *c = canvas_create(80, 24, false);
	struct canvas *wide = canvas_create(132, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	assert_non_null(wide);
	fill_data(&d, s);
	d.facts = &big;
	top_screen_init(&screen, SECOND);
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	assert_string_equal(row_text(c, 0),
			    "qpwtop  live  3.0 s  node-17  6.12.0-rt-amd64  qpw=1 (isolation)");
	assert_string_equal(row_text(c, 1), "events 0/s  cost 0.50 % CPU, 210 ns/run  "
					    "isolated, nohz_full, watched 2-31,34-63");
	assert_int_equal(top_screen_draw(&screen, &d, wide), 0);
	assert_string_equal(row_text(wide, 0),
			    "qpwtop  live  3.0 s  node-17.rack-4.realtime.datacentre.example.com  "
			    "6.12.0-rt-amd64  qpw=1 (isolation)");
	/* no dot to cut it at; lists that differ; whatever the kernel gives as its reason */
	memset(big.hostname, 'h', 60);
	big.hostname[60] = '\0';
	memset(big.mode_reason, 'r', 60);
	snprintf(big.watched, sizeof(big.watched), "3");
	snprintf(big.nohz_full, sizeof(big.nohz_full), "3");
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	assert_string_equal(row_text(c, 0), "qpwtop  live  3.0 s  hhhhhhhhhhhh  6.12.0-rt-amd64");
	assert_memory_equal(row_text(c, 1), " qpw=1 (rrr", 11);
	assert_string_equal(row_text(c, 2), "events 0/s  cost 0.50 % CPU, 210 ns/run  "
					    "isolated 2-31,34-63");
	assert_string_equal(row_text(c, 3), " nohz_full, watched 3");
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(wide);
	canvas_destroy(c);
}

/* Where there is room, names of 60 letters and paths of 100 are there as a whole. */
static void wide_screens_show_whole_names(void **state)
{
	char name[61] = "", group[101] = "";
	struct canvas *c = canvas_create(300, 24, false);
	struct canvas *middle = canvas_create(160, 24, false);
	struct canvas *narrow = canvas_create(130, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	assert_non_null(middle);
	assert_non_null(narrow);
	memset(name, 'n', sizeof(name) - 1);
	memset(group, 'g', sizeof(group) - 1);
	sample_origin(s, 1, name, "task", 7);
	memcpy(s->caused[0].cgroup, group, sizeof(group));
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "2");
	assert_true(shows(c, name));
	assert_true(shows(c, group));
	assert_true(shows(c, " task/42@0"));
	/* what is spare is shared: 160 less 56 for the rest are 34, 34 and 36 */
	memcpy(s->caused[0].origin.comm, "\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b", 9);
	top_rates_finish(&d.rates);
	fill_data(&d, s);
	assert_int_equal(top_screen_draw(&screen, &d, middle), 0);
	assert_true(shows(middle, " \\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b/42"));
	memcpy(s->caused[0].origin.comm, "task", 5);
	top_rates_finish(&d.rates);
	fill_data(&d, s);
	/* the task is there at any rate */
	assert_int_equal(top_screen_draw(&screen, &d, narrow), 0);
	assert_true(shows(narrow, "nnnnnnnnnnnnnnnnnnnnnnnn gggggggggggggggggggggggg task/42@0"));
	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		assert_true(top_views[i]->nr_columns <= TOP_COLUMNS_MAX);
	assert_true(top_view_cpus.nr_columns <= TOP_COLUMNS_MAX);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(narrow);
	canvas_destroy(middle);
	canvas_destroy(c);
}

/* A number never loses its end: decimals go first, then thousands. */
static void long_numbers_stay_right(void **state)
{
	static const struct {
		uint64_t max_ns;
		const char *shown;
	} rows[] = {
		{ 9999900, " 9999.9 " },	   { 99999900, " 100000 " },
		{ 1234567000, " 1235k " },	   { 60000000000ULL, " 60000k " },
		{ 36000000000000ULL, " 36000M " },
	};
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sample_cpu(s, 1)->recent_max_ns = rows[i].max_ns;
		fill_data(&d, s);
		top_screen_init(&screen, SECOND);
		assert_int_equal(top_screen_draw(&screen, &d, c), 0);
		assert_non_null(strstr(row_text(c, 4), rows[i].shown));
		top_rates_finish(&d.rates);
	}
	snapshot_destroy(s);
	canvas_destroy(c);
}

/* Whatever there is of CPUs, the table below keeps rows. */
static void cpus_leave_room(void **state)
{
	(void)state;
	for (unsigned int rows = 1; rows < CANVAS_ROWS_MAX; rows++) {
		for (size_t cpus = 1; cpus < 600; cpus += 7) {
			unsigned int used = top_cpu_rows(rows, cpus);

			assert_true(used >= 1 && used <= cpus);
			if (rows >= 12)
				assert_true(rows - 7 - used >= used);
			if (rows >= 12 && cpus <= (rows - 7) / 2)
				assert_int_equal(used, cpus);
		}
	}
}

/* What is told above the tables is there as a whole, on a second row where one is too short. */
static void long_lines_are_broken(void **state)
{
	struct host_facts many = facts;
	struct canvas *c = canvas_create(80, 24, false);
	struct canvas *low = canvas_create(80, 23, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	assert_non_null(low);
	sample_cpu(s, 1);
	fill_data(&d, s);
	snprintf(many.isolated, sizeof(many.isolated), "2-15,18-31");
	snprintf(many.nohz_full, sizeof(many.nohz_full), "2-15,18-31");
	d.facts = &many;
	top_screen_init(&screen, SECOND);
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	assert_string_equal(row_text(c, 1), "events 0/s  cost 0.50 % CPU, 210 ns/run  "
					    "isolated, nohz_full 2-15,18-31");
	assert_string_equal(row_text(c, 2), " watched 1");
	assert_memory_equal(row_text(c, 3), "lost 0", 6);
	assert_memory_equal(row_text(c, 4), "CPU ", 4);
	/* where rows are few they are for the tables */
	assert_int_equal(top_screen_draw(&screen, &d, low), 0);
	assert_memory_equal(row_text(low, 2), "lost 0", 6);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(low);
	canvas_destroy(c);
}

/* Thirty of them, of which the one of the highest number is the busiest. */
static void cpus_that_do_not_fit_are_reached(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct canvas *tall = canvas_create(80, 80, false);
	struct cpulist thirty = { 0 };
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	assert_non_null(tall);
	for (uint32_t cpu = 1; cpu <= 30; cpu++) {
		cpulist_set(&thirty, (int)cpu);
		sample_cause(s, cpu, SNAP_IRQ, "nic", 1, cpu * 1000);
	}
	fill_data(&d, s);
	top_rates_finish(&d.rates);
	assert_int_equal(top_rates_init(&d.rates, NULL, s, SECOND, &thirty, NULL), 0);
	top_screen_init(&screen, SECOND);
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	/* (24 - 7) / 2 rows, the sum of all is one of 31 */
	/* on a line that has room for it, not over the names of columns */
	assert_non_null(strstr(row_text(c, 2), "  CPUs 1-8 of 31"));
	assert_non_null(strstr(row_text(c, 3), " MINUTE     RUNS"));
	assert_memory_equal(row_text(c, 4), "all ", 4);
	assert_memory_equal(row_text(c, 5), "30  ", 4);
	assert_memory_equal(row_text(c, 11), "24  ", 4);
	press(&screen, &d, c, "c<End>");
	assert_true(shows(c, " 24-31 of 31"));
	assert_memory_equal(row_text(c, 11), "1   ", 4);
	assert_int_equal(canvas_cell(c, 11, 0)->style, CANVAS_PICKED);
	assert_int_equal(screen.table.picked, 0);
	/* the keys of the order are for them: back from as they are to the last column there is */
	press(&screen, &d, c, "<lt>");
	assert_int_equal(screen.cpu_order.column,
			 (size_t)top_find_column(&top_view_cpus, "running"));
	press(&screen, &d, c, ">");
	assert_int_equal(screen.cpu_order.column, TOP_AS_THEY_ARE);
	press(&screen, &d, c, ">r<Home>");
	assert_int_equal(screen.cpu_order.column, (size_t)top_find_column(&top_view_cpus, "cpu"));
	assert_int_equal(screen.orders[0].column, top_views[0]->sort);
	assert_memory_equal(row_text(c, 4), "all ", 4);
	assert_memory_equal(row_text(c, 5), "30  ", 4);
	/* from the lowest; the sum comes last */
	press(&screen, &d, c, "r");
	assert_memory_equal(row_text(c, 4), "1   ", 4);
	press(&screen, &d, c, "<PageDown>");
	assert_memory_equal(row_text(c, 4), "2   ", 4);
	assert_memory_equal(row_text(c, 11), "9   ", 4);
	/* and again for the table */
	press(&screen, &d, c, "c<Down>");
	assert_int_equal(screen.table.picked, 1);
	assert_int_equal(screen.cpus.picked, 8);
	assert_int_equal(canvas_cell(c, 11, 0)->style, CANVAS_PLAIN);
	assert_true(shows(c, "rows 1-9 of 30"));
	/* a screen on which all fit shows all */
	press(&screen, &d, c, "c<End><lt>r");
	assert_memory_equal(row_text(c, 11), "1   ", 4);
	assert_int_equal(top_screen_draw(&screen, &d, tall), 0);
	assert_memory_equal(row_text(tall, 4), "1   ", 4);
	assert_memory_equal(row_text(tall, 34), "all ", 4);
	assert_int_equal(canvas_cell(tall, 34, 0)->style, CANVAS_PICKED);
	press(&screen, &d, c, "/cpu=5-6<Enter>");
	assert_false(shows(c, " of 31"));
	assert_memory_equal(row_text(c, 4), "5   ", 4);
	assert_memory_equal(row_text(c, 6), "all ", 4);
	canvas_destroy(tall);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

/* Two stacks, of 30 and of 3 functions, on a screen that has lines for some of them. */
static void more_of_a_row_is_scrolled(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct snap_caused *o;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	sample_cpu(s, 1);
	o = sample_origin(s, 1, "drain", "churn", 5);
	for (int i = 1; i <= 30; i++)
		text_add(o->stack, sizeof(o->stack), "deep_%d;", i);
	o = sample_origin(s, 1, "drain", "churn", 1);
	snprintf(o->stack, sizeof(o->stack), "x;y;z");
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "2<Enter>");
	assert_true(shows(c, "6 times, until it began"));
	assert_true(shows(c, "5 times: kernel stack"));
	assert_true(shows(c, "  deep_1"));
	assert_false(shows(c, "once: kernel stack"));
	/* 3 lines on top, 31 and 4; of them 24 - 7 */
	assert_true(shows(c, "lines 1-17 of 38"));
	press(&screen, &d, c, "<Down>j<PageDown>");
	assert_true(shows(c, "lines 20-36 of 38"));
	press(&screen, &d, c, "<End>");
	assert_true(shows(c, "lines 22-38 of 38"));
	assert_true(shows(c, "once: kernel stack"));
	assert_string_equal(row_text(c, 22), "  z");
	assert_true(top_screen_frozen(&screen));
	press(&screen, &d, c, "<Home>");
	assert_true(shows(c, "  deep_1"));
	s->caused[1].stack[0] = '\0';
	press(&screen, &d, c, "<End>");
	assert_true(shows(c, "once: no kernel stack was taken"));
	/* a line of its own for where it was sent from */
	snprintf(s->caused[1].callsite, sizeof(s->caused[1].callsite), "caller+0x10");
	press(&screen, &d, c, "<End><End>");
	assert_true(shows(c, "lines 20-36 of 36"));
	assert_string_equal(row_text(c, 21), "once: sent from caller+0x10");
	assert_string_equal(row_text(c, 22), "no kernel stack was taken");
	s->caused[1].callsite[0] = '\0';
	press(&screen, &d, c, "<Esc><Enter>");
	assert_true(shows(c, "lines 1-17 of 35"));
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

/* A row that has no more than its columns is told as a whole, what is too long in parts. */
static void rows_are_shown_as_a_whole(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct snap_waiter *w;
	char expected[512];
	struct top_data d;

	(void)state;
	assert_non_null(c);
	sample_cpu(s, 1);
	/* written in four characters each */
	memset(sample_work(s, "", 7, 0)->function, '\x1b', 30);
	w = SAMPLE_ROW(&s->waiters, &s->nr_waiters);
	snprintf(w->comm, sizeof(w->comm), "churn");
	for (int i = 0; i < 30; i++)
		snprintf(w->function + 2 * i, 3, "ä");
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "3<Enter>");
	assert_true(top_screen_frozen(&screen));
	/* below three lines on top, the CPUs and the tabs */
	assert_string_equal(row_text(c, 6), "WORK/S       7.0");
	assert_string_equal(row_text(c, 10), "COUNT        7");
	/* 80 less 13 columns have room for 16 of them and three characters */
	snprintf(expected, sizeof(expected), "FUNCTION     ");
	for (int i = 0; i < 16; i++)
		text_add(expected, sizeof(expected), "\\x1b");
	text_add(expected, sizeof(expected), "\\x1");
	assert_string_equal(row_text(c, 12), expected);
	snprintf(expected, sizeof(expected), "             b");
	for (int i = 0; i < 13; i++)
		text_add(expected, sizeof(expected), "\\x1b");
	assert_string_equal(row_text(c, 13), expected);
	assert_string_equal(row_text(c, 14), "FROM         -");
	assert_string_equal(row_text(c, 15), "");
	press(&screen, &d, c, "<Esc>4<Enter>");
	snprintf(expected, sizeof(expected), "WAITS-IN     %s", w->function);
	assert_string_equal(row_text(c, 13), expected);
	assert_string_equal(row_text(c, 14), "WORK         -");
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minute_fits_every_width),
		cmocka_unit_test(header_keeps_what_matters),
		cmocka_unit_test(wide_screens_show_whole_names),
		cmocka_unit_test(long_numbers_stay_right),
		cmocka_unit_test(long_lines_are_broken),
		cmocka_unit_test(cpus_leave_room),
		cmocka_unit_test(cpus_that_do_not_fit_are_reached),
		cmocka_unit_test(more_of_a_row_is_scrolled),
		cmocka_unit_test(rows_are_shown_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
