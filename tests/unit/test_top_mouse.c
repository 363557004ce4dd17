// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the mouse does to the choices of a screen, by the cells that it points at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sample_screen.h"
#include "util/array.h"

/* On 80 columns and 24 rows, of one CPU: three lines, names, the CPU, tabs, names, then rows. */
#define CPU_ROW 4
#define TABS_ROW 5
#define FIRST_ROW 7

/* 40 causes on CPU 1, of which 16 have room. */
static struct snapshot *many_causes(void)
{
	struct snapshot *s = sample_empty();
	char name[16];

	for (unsigned int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "cause-%u", i);
		sample_cause(s, 1, SNAP_IRQ, name, 100 - i, 1000 * (100 - i));
	}
	return s;
}

struct view {
	struct snapshot *s;
	struct top_data d;
	struct top_screen screen;
	struct canvas *c;
};

static int set_up(void **state)
{
	static struct view v;

	v.s = many_causes();
	fill_data(&v.d, v.s);
	top_screen_init(&v.screen, SECOND);
	v.c = canvas_create(80, 24, true);
	assert_non_null(v.c);
	assert_int_equal(top_screen_draw(&v.screen, &v.d, v.c), 0);
	*state = &v;
	return 0;
}

static int tear_down(void **state)
{
	struct view *v = *state;

	top_rates_finish(&v->d.rates);
	snapshot_destroy(v->s);
	canvas_destroy(v->c);
	return 0;
}

static void point(struct view *v, enum mouse_act act, unsigned int row, unsigned int column)
{
	const struct mouse m = { act, row, column };

	top_screen_mouse(&v->screen, &m);
	assert_int_equal(top_screen_draw(&v->screen, &v->d, v->c), 0);
}

/* From the first to the last letter of a name, and on the blanks behind it, up to the next one. */
static void tabs_are_picked(void **state)
{
	struct view *v = *state;

	for (unsigned int i = TOP_VIEWS; i--;) {
		const char *tabs = row_text(v->c, TABS_ROW);
		unsigned int at = (unsigned int)(strstr(tabs, top_views[i]->name) - tabs);
		unsigned int len = (unsigned int)strlen(top_views[i]->name);

		press(&v->screen, &v->d, v->c, i ? "1" : "2");
		point(v, MOUSE_PRESS, TABS_ROW, at);
		assert_int_equal(v->screen.view, i);
		press(&v->screen, &v->d, v->c, i ? "1" : "2");
		point(v, MOUSE_PRESS, TABS_ROW, at + len - 1);
		assert_int_equal(v->screen.view, i);
	}
	/* there are no tabs behind the last one */
	point(v, MOUSE_PRESS, TABS_ROW, 79);
	assert_int_equal(v->screen.view, 0);
	/* from more of a row to another table */
	press(&v->screen, &v->d, v->c, "<Enter>");
	assert_int_equal(v->screen.mode, TOP_DETAIL);
	point(v, MOUSE_PRESS, TABS_ROW, 12);
	assert_int_equal(v->screen.mode, TOP_TABLES);
	assert_int_equal(v->screen.view, 1);
}

static void rows_are_picked_and_opened(void **state)
{
	struct view *v = *state;

	point(v, MOUSE_PRESS, FIRST_ROW + 4, 20);
	assert_int_equal(v->screen.table.picked, 4);
	assert_int_equal(v->screen.mode, TOP_TABLES);
	point(v, MOUSE_PRESS, FIRST_ROW + 5, 0);
	assert_int_equal(v->screen.table.picked, 5);
	point(v, MOUSE_PRESS, FIRST_ROW + 5, 79);
	assert_int_equal(v->screen.mode, TOP_DETAIL);
	assert_non_null(strstr(row_text(v->c, TABS_ROW + 1), "irq cause-5: who"));
	point(v, MOUSE_PRESS, 15, 3);
	assert_int_equal(v->screen.mode, TOP_TABLES);
	/* what is drawn is not the begin of the list */
	press(&v->screen, &v->d, v->c, "<End>");
	point(v, MOUSE_PRESS, FIRST_ROW, 0);
	assert_int_equal(v->screen.table.picked, 40 - 16);
	/* names of columns, the line of keys, beside the canvas: no rows */
	point(v, MOUSE_PRESS, FIRST_ROW - 1, 0);
	point(v, MOUSE_PRESS, 23, 0);
	point(v, MOUSE_PRESS, 24, 0);
	point(v, MOUSE_PRESS, 4000, 4000);
	assert_int_equal(v->screen.table.picked, 40 - 16);
	assert_int_equal(v->screen.mode, TOP_TABLES);
	/* nor are rows that a filter has left none of */
	press(&v->screen, &v->d, v->c, "/cause-3<Enter><Home>");
	assert_int_equal(v->screen.table.nr_rows, 11);
	point(v, MOUSE_PRESS, FIRST_ROW + 11, 0);
	assert_int_equal(v->screen.table.picked, 0);
	assert_int_equal(v->screen.mode, TOP_TABLES);
}

static void cpus_are_picked(void **state)
{
	struct view *v = *state;

	point(v, MOUSE_PRESS, CPU_ROW, 0);
	assert_true(v->screen.on_cpus);
	/* to the row that has the cursor of the table, which is not shown now */
	point(v, MOUSE_PRESS, FIRST_ROW, 0);
	assert_false(v->screen.on_cpus);
	assert_int_equal(v->screen.mode, TOP_TABLES);
	point(v, MOUSE_WHEEL_DOWN, CPU_ROW, 0);
	assert_true(v->screen.on_cpus);
	assert_int_equal(v->screen.cpus.picked, 0);
}

static void the_wheel_moves(void **state)
{
	struct view *v = *state;

	point(v, MOUSE_WHEEL_DOWN, FIRST_ROW + 9, 20);
	assert_int_equal(v->screen.table.picked, 3);
	for (int i = 0; i < 20; i++)
		point(v, MOUSE_WHEEL_DOWN, FIRST_ROW, 20);
	assert_int_equal(v->screen.table.picked, 39);
	point(v, MOUSE_WHEEL_UP, FIRST_ROW, 20);
	assert_int_equal(v->screen.table.picked, 36);
	press(&v->screen, &v->d, v->c, "<Home>");
	point(v, MOUSE_WHEEL_UP, FIRST_ROW, 20);
	assert_int_equal(v->screen.table.picked, 0);
	/* a page that has no rows stays */
	press(&v->screen, &v->d, v->c, "?");
	point(v, MOUSE_WHEEL_DOWN, FIRST_ROW, 20);
	assert_int_equal(v->screen.mode, TOP_HELP);
	assert_int_equal(v->screen.table.picked, 0);
	point(v, MOUSE_PRESS, FIRST_ROW, 20);
	assert_int_equal(v->screen.mode, TOP_TABLES);
}

static void what_is_typed_is_left_alone(void **state)
{
	static const enum mouse_act acts[] = { MOUSE_PRESS, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
	struct view *v = *state;

	press(&v->screen, &v->d, v->c, "/eth");
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		for (unsigned int row = 0; row < 24; row++)
			point(v, acts[i], row, 12);
	assert_int_equal(v->screen.mode, TOP_ASK_FILTER);
	assert_string_equal(v->screen.input, "eth");
	assert_int_equal(v->screen.view, 0);
	assert_int_equal(v->screen.table.picked, 0);
}

/* Whatever is pressed on screens of whatever size: cursors stay in their lists. */
static void no_place_leads_out(void **state)
{
	static const char *const before[] = { "", "?", "<Enter>", "c", "4", "/x<Enter>" };
	struct view *v = *state;

	for (unsigned int i = 0; i < 400; i++) {
		unsigned int columns = 1 + i * 37 % 120, rows = 1 + i * 13 % 40;

		canvas_destroy(v->c);
		v->c = canvas_create(columns, rows, true);
		assert_non_null(v->c);
		press(&v->screen, &v->d, v->c, before[i % ARRAY_SIZE(before)]);
		point(v, (enum mouse_act)(i % 3), i * 7 % (rows + 2), i * 11 % (columns + 2));
		assert_true(v->screen.table.picked <= v->screen.table.nr_rows);
		assert_true(v->screen.cpus.picked <= v->screen.cpus.nr_rows);
		assert_true(v->screen.view < TOP_VIEWS);
	}
}

static void it_is_left_to_the_terminal(void **state)
{
	struct view *v = *state;

	assert_false(v->screen.no_mouse);
	press(&v->screen, &v->d, v->c, "m");
	assert_true(v->screen.no_mouse);
	assert_string_equal(row_text(v->c, 23), "the mouse is the terminal's again; m takes it");
	press(&v->screen, &v->d, v->c, "m");
	assert_false(v->screen.no_mouse);
	assert_memory_equal(row_text(v->c, 23), "the mouse picks", 15);
	/* what was said is gone with what comes next */
	point(v, MOUSE_WHEEL_DOWN, FIRST_ROW, 0);
	assert_memory_equal(row_text(v->c, 23), "q quit", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tabs_are_picked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_are_picked_and_opened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cpus_are_picked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_wheel_moves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_typed_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_place_leads_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_is_left_to_the_terminal, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
