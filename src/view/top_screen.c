// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the screen: who and where, the CPUs, the chosen table, the keys. Knows no terminal.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "util/duration.h"
#include "util/text.h"
#include "view/top_about.h"
#include "view/top_screen.h"

#define ABOUT_ROWS 3

unsigned int top_cpu_rows(unsigned int rows, size_t nr_cpus)
{
	/* about, names of columns, tabs, names of columns, keys; half of the rest is for CPUs */
	unsigned int fixed = ABOUT_ROWS + 4;
	unsigned int room = rows > fixed + 1 ? (rows - fixed) / 2 : 1;

	return nr_cpus < room ? (unsigned int)nr_cpus : room;
}

static void draw_about(struct canvas *c, const struct top_data *d)
{
	char line[TOP_ABOUT_TEXT];

	top_about_title(d, line);
	canvas_put(c, 0, 0, c->columns, CANVAS_TITLE, line);
	top_about_cpus(d, line);
	canvas_put(c, 1, 0, c->columns, CANVAS_PLAIN, line);
	top_about_doubts(d, line);
	canvas_put(c, 2, 0, c->columns, top_about_doubtful(d) ? CANVAS_WARN : CANVAS_PLAIN, line);
}

/*
 * Those that the filter leaves: by number when all fit, else the busiest ones and how many there
 * are besides.
 */
static int draw_cpus(const struct top_screen *s, struct canvas *c, const struct top_data *d,
		     unsigned int at, unsigned int *used)
{
	const struct top_filter filter = top_filter_cpus(&s->filter);
	const struct top_order by_number = { .column = TOP_AS_THEY_ARE };
	unsigned int rows;
	struct top_table t;
	size_t nr;

	if (top_table_init(&t, &top_view_cpus, d, &filter, &by_number))
		return -ENOMEM;
	nr = t.nr;
	rows = top_cpu_rows(c->rows, nr);
	if (nr > rows) {
		top_table_finish(&t);
		if (top_table_init(&t, &top_view_cpus, d, &filter, NULL))
			return -ENOMEM;
	}
	*used = top_table_draw(&t, c, at, rows + 1, 0, -1, -1);
	top_table_finish(&t);
	if (nr > rows && c->columns > 20)
		canvas_printf(c, at, c->columns - 12, CANVAS_HEADER, "+%zu CPUs", nr - rows);
	return 0;
}

static void draw_tabs(struct canvas *c, const struct top_screen *s, unsigned int at, size_t nr)
{
	unsigned int column = 0;

	for (unsigned int i = 0; i < TOP_VIEWS; i++) {
		column += canvas_printf(c, at, column, CANVAS_PLAIN, "%u ", i + 1);
		column += canvas_printf(c, at, column, i == s->view ? CANVAS_PICKED : CANVAS_PLAIN,
					"%s", top_views[i]->name);
		column += 2;
	}
	canvas_printf(c, at, column, CANVAS_DIM, "rows: %zu", nr);
}

/* The cursor stays on the screen, and the screen on the table. */
static void scroll(struct top_screen *s)
{
	if (s->picked >= s->nr_rows)
		s->picked = s->nr_rows ? s->nr_rows - 1 : 0;
	if (s->picked < s->first)
		s->first = s->picked;
	if (s->page && s->picked >= s->first + s->page)
		s->first = s->picked - s->page + 1;
}

static int draw_table(struct top_screen *s, const struct top_data *d, struct canvas *c,
		      unsigned int at, unsigned int end)
{
	const struct top_view *view = top_views[s->view];
	const struct top_order *order = &s->orders[s->view];
	struct top_table t;
	unsigned int tabs = at++;

	if (top_table_init(&t, view, d, &s->filter, order))
		return -ENOMEM;
	s->nr_rows = t.nr;
	draw_tabs(c, s, tabs, t.nr);
	if (view->head && at < end)
		at += view->head(d, c, at, end - at);
	s->page = end > at + 1 ? end - at - 1 : 0;
	scroll(s);
	if (s->mode == TOP_DETAIL && t.nr) {
		for (unsigned int row = tabs + 1; row < c->rows; row++)
			canvas_clear_row(c, row);
		view->detail(d, t.rows[s->picked], c, tabs + 1);
	} else if (end > at) {
		top_table_draw(&t, c, at, end - at, s->first, (int)order->column,
			       t.nr ? (long)s->picked : -1);
	}
	top_table_finish(&t);
	return 0;
}

static void draw_keys(const struct top_screen *s, struct canvas *c)
{
	static const char *const keys[] = {
		[TOP_TABLES] = ("q quit  space pause  Tab table  < > order  / filter  Enter more  "
				"? help"),
		[TOP_HELP] = "any key leaves this page",
		[TOP_DETAIL] = "q quit  w W write  any other key goes back",
	};
	unsigned int row = c->rows - 1, column = 0;

	if (s->mode == TOP_ASK_FILTER)
		canvas_printf(c, row, 0, CANVAS_TITLE, "filter: %s_", s->input);
	else if (s->mode == TOP_ASK_DELAY)
		canvas_printf(c, row, 0, CANVAS_TITLE, "seconds between two looks: %s_", s->input);
	else if (*s->message)
		canvas_put(c, row, 0, c->columns, CANVAS_WARN, s->message);
	else if (*s->filter_text && s->mode == TOP_TABLES)
		column = canvas_printf(c, row, 0, CANVAS_WARN, "filter: %s", s->filter_text) + 2;
	if (s->mode != TOP_ASK_FILTER && s->mode != TOP_ASK_DELAY && !*s->message)
		canvas_put(c, row, column, c->columns, CANVAS_DIM, keys[s->mode]);
}

int top_screen_draw(struct top_screen *s, const struct top_data *d, struct canvas *c)
{
	unsigned int at = ABOUT_ROWS, used = 0;

	canvas_clear(c);
	s->columns = c->columns;
	if (s->mode == TOP_HELP) {
		top_help_draw(c, 0);
	} else {
		draw_about(c, d);
		if (d->now &&
		    (draw_cpus(s, c, d, at, &used) || draw_table(s, d, c, at + used, c->rows - 1)))
			return -ENOMEM;
	}
	/* whatever was drawn there: the last row is that of the keys */
	canvas_clear_row(c, c->rows - 1);
	draw_keys(s, c);
	return 0;
}
