// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen of the live view: cells, keys, layouts of many sizes, and what foreign names may not
 * do to it.
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
#include "view/keys.h"
#include "view/top_screen.h"

static void text_is_cut_at_whole_characters(void **state)
{
	struct canvas *c = canvas_create(6, 2, false);

	(void)state;
	assert_non_null(c);
	/* two letters of one cell, one of two cells, which fits; the next one does not */
	assert_int_equal(canvas_put(c, 0, 1, 100, CANVAS_PLAIN, "äb\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_string_equal(row_text(c, 0), " äb\xe6\xbc\xa2");
	assert_string_equal(canvas_cell(c, 0, 4)->text, "");
	/* half of a wide character is none */
	canvas_put(c, 0, 4, 1, CANVAS_PLAIN, "x");
	assert_string_equal(row_text(c, 0), " äb x");
	canvas_put_right(c, 1, 0, 6, CANVAS_PLAIN, "42");
	assert_string_equal(row_text(c, 1), "    42");
	canvas_put_right(c, 1, 0, 3, CANVAS_PLAIN, "12345");
	assert_string_equal(row_text(c, 1), "123 42");
	assert_int_equal(canvas_put(c, 2, 0, 1, CANVAS_PLAIN, "x"), 0);
	assert_int_equal(canvas_put(c, 0, 6, 1, CANVAS_PLAIN, "x"), 0);
	canvas_destroy(c);
}

static void marks_join_the_character_before(void **state)
{
	struct canvas *c = canvas_create(4, 1, false);

	(void)state;
	assert_non_null(c);
	assert_int_equal(canvas_width("e\xcc\x81x"), 2);
	canvas_put(c, 0, 0, 4, CANVAS_PLAIN, "e\xcc\x81x");
	assert_string_equal(canvas_cell(c, 0, 0)->text, "e\xcc\x81");
	assert_string_equal(canvas_cell(c, 0, 1)->text, "x");
	/* a hundred marks on one letter leave the neighbours alone */
	for (int i = 0; i < 100; i++)
		canvas_put(c, 0, 0, 4, CANVAS_PLAIN,
			   "o\xcc\x88\xcc\x88\xcc\x88\xcc\x88\xcc\x88\xcc"
			   "\x88\xcc\x88y");
	assert_string_equal(canvas_cell(c, 0, 1)->text, "y");
	canvas_destroy(c);
}

static void ascii_shows_nothing_else(void **state)
{
	struct canvas *c = canvas_create(8, 1, true);

	(void)state;
	assert_non_null(c);
	canvas_put(c, 0, 0, 8, CANVAS_PLAIN, "aä\xe6\xbc\xa2o\xcc\x88z");
	assert_string_equal(row_text(c, 0), "a???oz");
	canvas_destroy(c);
}

static void keys_are_read_by_name(void **state)
{
	const char *text = "2<Down><Esc><lt>x<nonsense>>";

	(void)state;
	assert_int_equal(keys_next(&text), '2');
	assert_int_equal(keys_next(&text), KEY_CODE_DOWN);
	assert_int_equal(keys_next(&text), KEY_CODE_ESCAPE);
	assert_int_equal(keys_next(&text), '<');
	assert_int_equal(keys_next(&text), 'x');
	assert_int_equal(keys_next(&text), KEY_CODE_OTHER);
	assert_int_equal(keys_next(&text), '>');
	assert_int_equal(keys_next(&text), KEY_CODE_NONE);
}

/* ------------------------------------------------------------------ screens */

/* Everything there is, with names that want to take the terminal over. */
static struct snapshot *hostile(void)
{
	static struct snap_part parts[SNAP_PARTS];
	struct snapshot *s = sample_empty();
	struct snap_outlier *o;
	struct snap_waiter *w;
	struct snap_event *e;

	for (int i = 0; i < 50; i++) {
		char name[32];

		snprintf(name, sizeof(name), "\033[2J\r\n%d\xff", i);
		sample_cause(s, 1, SNAP_THREAD, name, 10, 1000);
	}
	memcpy(sample_cpu(s, 1)->running, "\033]0;owned\a", 10);
	sample_work(s, "drain\033]0;owned\a", 7, 2)->nr_origins = 1;
	s->works[0].origins[0] =
		(struct snap_origin){ .comm = "ev\033il\n", .pid = 42, .cpu = 3, .count = 7 };
	sample_origin(s, 1, "\xe6\xbc\xa2\xe5\xad\x97\xe2\x80\xae", "\r\033c", 7);
	snprintf(s->caused[0].cgroup, sizeof(s->caused[0].cgroup), "/\n\t");
	snprintf(s->caused[0].stack, sizeof(s->caused[0].stack), "a\n;b\033;\x9b;c");
	snprintf(s->caused[0].callsite, sizeof(s->caused[0].callsite), "f\033c\n\x9b+0x1");
	w = SAMPLE_ROW(&s->waiters, &s->nr_waiters);
	memcpy(w->comm, "w\033c", 3);
	e = SAMPLE_ROW(&s->events, &s->nr_event_rows);
	memcpy(e->name, "e\033c", 3);
	memcpy(e->callsite, "f\033c\n", 4);
	o = SAMPLE_ROW(&s->outliers, &s->nr_outliers);
	o->nr_parts = SNAP_PARTS;
	o->parts = parts;
	for (int i = 0; i < SNAP_PARTS; i++)
		memcpy(parts[i].name, "p\033c\n", 4);
	s->nr_lost = 4;
	s->nr_samples = 200;
	for (int i = 0; i < 200; i++)
		assert_int_equal(hist_add(s->latency, 5000ULL << (i % 9)), 0);
	return s;
}

static void check_clean(const struct canvas *c)
{
	for (size_t i = 0; i < (size_t)c->rows * c->columns; i++) {
		const unsigned char *text = (const unsigned char *)c->cells[i].text;

		for (; *text; text++) {
			assert_true(*text >= 0x20 && *text != 0x7f);
			assert_false(c->ascii && *text >= 0x80);
		}
	}
}

static void screens_of_every_size_are_clean(void **state)
{
	static const unsigned int sizes[][2] = { { 1, 1 },   { 10, 3 },	 { 20, 5 },   { 80, 24 },
						 { 80, 10 }, { 99, 25 }, { 132, 43 }, { 300, 80 } };
	struct snapshot *s = hostile();
	struct top_data d;

	(void)state;
	fill_data(&d, s);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		struct canvas *c = canvas_create(sizes[i / 2][0], sizes[i / 2][1], i % 2);
		struct top_screen screen;

		assert_non_null(c);
		top_screen_init(&screen, SECOND);
		assert_int_equal(top_screen_draw(&screen, &d, c), 0);
		for (int view = 0; view < TOP_VIEWS; view++) {
			check_clean(c);
			press(&screen, &d, c, "<End><Enter>");
			check_clean(c);
			press(&screen, &d, c, "<Esc><Tab>");
		}
		press(&screen, &d, c, "?");
		check_clean(c);
		canvas_destroy(c);
	}
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
}

/* A screen that has no row for anything still has one for the keys. */
static void nothing_known_yet_is_said(void **state)
{
	const struct top_data d = { .facts = &facts, .state = "live", .cost = { 0.5, -1 } };
	struct canvas *c = canvas_create(80, 24, false);
	struct top_screen screen;

	(void)state;
	assert_non_null(c);
	top_screen_init(&screen, SECOND);
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	assert_true(shows(c, "the first figures come after the first interval"));
	assert_non_null(strstr(row_text(c, 23), "q quit"));
	/* as long as the kernel does not count what an event costs */
	assert_true(shows(c, "cost 0.50 % CPU, - ns/run"));
	canvas_destroy(c);
}

/* An empty table says why it is. */
static void what_cannot_be_seen_is_said(void **state)
{
	struct host_facts with_victim = facts;
	struct canvas *narrow = canvas_create(80, 24, false);
	struct canvas *c = canvas_create(100, 24, false);
	struct snapshot *s = sample_empty();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(narrow);
	assert_non_null(c);
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	press(&screen, &d, c, "4");
	assert_false(shows(c, "can't be seen"));
	for (int i = 0; i < 2; i++) {
		struct snap_probe *p = SAMPLE_ROW(&s->probes, &s->nr_probes);

		p->error = -EPERM;
		snprintf(p->name, sizeof(p->name), i ? "lru_add_drain_all" : "__flush_work");
	}
	press(&screen, &d, c, "<Tab>4");
	assert_string_equal(row_text(c, 6), "waits can't be seen: Operation not permitted; see "
					    "qpwlat probes (__flush_work and others)");
	/* what matters is there on a narrow screen, too */
	assert_int_equal(top_screen_draw(&screen, &d, narrow), 0);
	assert_true(
		shows(narrow, "waits can't be seen: Operation not permitted; see qpwlat probes "));
	s->probes[0].state = QPW_PROBE_FENTRY;
	press(&screen, &d, c, "<Tab>4");
	assert_true(shows(c, "some waits can't be seen: Operation not permitted; see qpwlat probes "
			     "(lru_add_drain_all)"));
	s->probes[1].state = QPW_PROBE_KPROBE;
	press(&screen, &d, c, "<Tab>4");
	assert_false(shows(c, "can't be seen"));
	snprintf(with_victim.victim, sizeof(with_victim.victim), "none");
	d.facts = &with_victim;
	press(&screen, &d, c, "5");
	assert_true(shows(c, "--victim V measures"));
	snprintf(with_victim.victim, sizeof(with_victim.victim), "timer/12");
	press(&screen, &d, c, "4<Tab>");
	assert_true(shows(c, "wake-ups on watched CPUs yet of timer/12"));
	assert_false(shows(c, "--victim V measures"));
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(narrow);
	canvas_destroy(c);
}

static void screen_says_what_matters(void **state)
{
	struct canvas *c = canvas_create(100, 24, false);
	struct snapshot *s = hostile();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	s->truncated = true;
	fill_data(&d, s);
	d.nr_malformed = 3;
	top_screen_init(&screen, SECOND);
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	assert_string_equal(row_text(c, 0), "qpwtop  live  3.0 s  ho\\x1b[31mst  7.2  "
					    "qpw=1 (qpw=1\\x1bc)");
	assert_string_equal(row_text(c, 1), "events 0/s  cost 0.50 % CPU, 210 ns/run  "
					    "isolated, nohz_full -  watched 1");
	assert_string_equal(row_text(c, 2), "lost 4 (+4)  probes 0 of 0  3 records make no sense  "
					    "the trace broke off  victim evil\\x1b/42");
	assert_int_equal(canvas_cell(c, 2, 0)->style, CANVAS_WARN);
	/* 50 causes of 10 interruptions and 1 us each, all of them threads */
	/* and nothing of the last minute is known */
	assert_string_equal(row_text(c, 4), "1     500.0 HHHHHHHH        50.0      0.0      0.0 "
					    "-        0.0                      \\x1b]0;owned\\x0");
	assert_true(shows(c, "\\x1b[2J\\x0d\\x0a"));
	press(&screen, &d, c, "3");
	assert_true(shows(c, "ev\\x1bil\\x0a/42@3"));
	press(&screen, &d, c, "2<Enter>");
	assert_true(shows(c, "control group /\\x0a\\x09"));
	assert_true(shows(c, "b\\x1b"));
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

static void keys_choose_and_move(void **state)
{
	struct canvas *c = canvas_create(80, 24, false);
	struct snapshot *s = hostile();
	struct top_screen screen;
	struct top_data d;

	(void)state;
	assert_non_null(c);
	fill_data(&d, s);
	top_screen_init(&screen, SECOND);
	assert_int_equal(top_screen_draw(&screen, &d, c), 0);
	assert_int_equal(screen.table.nr_rows, 50);
	press(&screen, &d, c, "<Down><Down><Up>");
	assert_int_equal(screen.table.picked, 1);
	press(&screen, &d, c, "<End>");
	assert_int_equal(screen.table.picked, 49);
	assert_int_equal(screen.table.first, 50 - screen.table.page);
	press(&screen, &d, c, "<PageUp>");
	assert_int_equal(screen.table.picked, 49 - screen.table.page);
	press(&screen, &d, c, "<Home><Up>");
	assert_int_equal(screen.table.picked, 0);
	press(&screen, &d, c, "<BackTab>");
	assert_int_equal(screen.view, TOP_VIEWS - 1);
	press(&screen, &d, c, "<Tab>");
	assert_int_equal(screen.view, 0);
	press(&screen, &d, c, "/klass=x<Enter>");
	assert_string_equal(screen.filter_text, "klass=x");
	assert_int_equal(screen.table.nr_rows, 0);
	press(&screen, &d, c,
	      "/<Backspace><Backspace><Backspace><Backspace><Backspace><Backspace>"
	      "<Backspace>class=q<Enter>");
	assert_true(shows(c, "no filter: "));
	assert_string_equal(screen.filter_text, "klass=x");
	press(&screen, &d, c, "/<Esc>d0.05<Enter>");
	assert_int_equal(screen.delay_ns, SECOND);
	press(&screen, &d, c, "d0.5<Enter>");
	assert_int_equal(screen.delay_ns, SECOND / 2);
	top_rates_finish(&d.rates);
	snapshot_destroy(s);
	canvas_destroy(c);
}

static void keys_ask_for_what_others_do(void **state)
{
	struct top_screen s;

	(void)state;
	top_screen_init(&s, SECOND);
	assert_int_equal(top_screen_key(&s, 'q'), TOP_ACT_QUIT);
	assert_int_equal(top_screen_key(&s, 'R'), TOP_ACT_RESET);
	assert_int_equal(top_screen_key(&s, 'w'), TOP_ACT_SAVE);
	assert_int_equal(top_screen_key(&s, 'n'), TOP_ACT_STEP);
	assert_false(top_screen_frozen(&s));
	assert_int_equal(top_screen_key(&s, ' '), TOP_ACT_NONE);
	assert_true(top_screen_frozen(&s));
	/* what is typed is no command */
	top_screen_key(&s, '/');
	assert_int_equal(top_screen_key(&s, 'q'), TOP_ACT_NONE);
	assert_string_equal(s.input, "q");
	/* the order: numbers from the largest, then the other way, then the next column */
	top_screen_key(&s, KEY_CODE_ESCAPE);
	top_screen_key(&s, 'r');
	assert_true(s.orders[0].reverse);
	top_screen_key(&s, '>');
	assert_int_equal(s.orders[0].column, top_views[0]->sort + 1);
	assert_false(s.orders[0].reverse);
	top_screen_key(&s, '<');
	assert_int_equal(s.orders[0].column, top_views[0]->sort);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_at_whole_characters),
		cmocka_unit_test(marks_join_the_character_before),
		cmocka_unit_test(ascii_shows_nothing_else),
		cmocka_unit_test(keys_are_read_by_name),
		cmocka_unit_test(screens_of_every_size_are_clean),
		cmocka_unit_test(nothing_known_yet_is_said),
		cmocka_unit_test(what_cannot_be_seen_is_said),
		cmocka_unit_test(screen_says_what_matters),
		cmocka_unit_test(keys_choose_and_move),
		cmocka_unit_test(keys_ask_for_what_others_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
