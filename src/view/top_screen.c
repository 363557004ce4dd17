// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the screen: who and where, the CPUs, the chosen table, the keys. Knows no terminal.
 */
#include <errno.h>
#include <stdio.h>
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

/* From there on two lines of this screen are better than the end of one. */
#define ROWS_TO_BREAK 24

/* Where a line is broken that is too long for a screen: between two of its parts; NULL: it fits. */
static char *find_break(char *line, unsigned int columns)
{
	char *at = line, *found = NULL;

	if (canvas_width(line) <= columns)
		return NULL;
	while ((at = strstr(at, "  "))) {
		*at = '\0';
		if (canvas_width(line) <= columns)
			found = at;
		*at = ' ';
		at += 2;
	}
	return found;
}

/* Returns the rows it took. */
static unsigned int draw_line(struct canvas *c, unsigned int at, enum canvas_style style,
			      char line[TOP_ABOUT_TEXT])
{
	char *rest = c->rows < ROWS_TO_BREAK ? NULL : find_break(line, c->columns);

	if (rest)
		*rest = '\0';
	canvas_put(c, at, 0, c->columns, style, line);
	if (rest)
		canvas_put(c, at + 1, 0, c->columns, style, rest + 1);
	return rest ? 2 : 1;
}

/* Returns the rows it took. */
static unsigned int draw_about(struct canvas *c, const struct top_data *d)
{
	char line[TOP_ABOUT_TEXT];
	unsigned int used;

	top_about_title(d, c->columns, line);
	used = draw_line(c, 0, CANVAS_TITLE, line);
	top_about_cpus(d, line);
	used += draw_line(c, used, CANVAS_PLAIN, line);
	top_about_doubts(d, line);
	return used + draw_line(c, used, top_about_doubtful(d) ? CANVAS_WARN : CANVAS_PLAIN, line);
}

/* The cursor stays in its list, and what is drawn around the cursor. */
static void scroll(struct top_cursor *l)
{
	if (l->picked >= l->nr_rows)
		l->picked = l->nr_rows ? l->nr_rows - 1 : 0;
	if (l->first + l->page > l->nr_rows)
		l->first = l->nr_rows > l->page ? l->nr_rows - l->page : 0;
	if (l->picked < l->first)
		l->first = l->picked;
	if (l->page && l->picked >= l->first + l->page)
		l->first = l->picked - l->page + 1;
}

#define OF_TEXT 72

/* "3-8 of 20" of a list of which not all is drawn, else "". */
static void which_rows(const struct top_cursor *l, char text[OF_TEXT])
{
	text[0] = '\0';
	if (l->page && l->nr_rows > l->page)
		snprintf(text, OF_TEXT, "%zu-%zu of %zu", l->first + 1, l->first + l->page,
			 l->nr_rows);
}

/* At the right end of the lowest line from there up that has room for it; else nowhere. */
static void put_aside(struct canvas *c, unsigned int at, const char *which)
{
	char text[OF_TEXT + 8];
	unsigned int len = (unsigned int)snprintf(text, sizeof(text), "  CPUs %s", which);
	unsigned int from = c->columns - len, column;

	for (unsigned int row = at + 1; len <= c->columns && row--;) {
		for (column = from; column < c->columns; column++)
			if (strcmp(canvas_cell(c, row, column)->text, " ") != 0)
				break;
		if (column < c->columns)
			continue;
		canvas_put(c, row, from, len, row == at ? CANVAS_HEADER : CANVAS_DIM, text);
		return;
	}
}

/* Those that the filter leaves: by number when all fit, else the busiest ones first. */
static int draw_cpus(struct top_screen *s, struct canvas *c, const struct top_data *d,
		     unsigned int at, unsigned int *used)
{
	const struct top_filter filter = top_filter_cpus(&s->filter);
	const struct top_order *order = &s->cpu_order;
	struct top_cursor *l = &s->cpus;
	char which[OF_TEXT];
	struct top_table t;

	if (top_table_init(&t, &top_view_cpus, d, &filter, order))
		return -ENOMEM;
	l->nr_rows = t.nr;
	l->page = top_cpu_rows(c->rows, t.nr);
	if (t.nr > l->page && order->column == TOP_AS_THEY_ARE) {
		top_table_finish(&t);
		if (top_table_init(&t, &top_view_cpus, d, &filter, NULL))
			return -ENOMEM;
	}
	scroll(l);
	*used = top_table_draw(&t, c, at, l->page + 1, l->first,
			       s->on_cpus ? (int)order->column : -1,
			       s->on_cpus && t.nr ? (long)l->picked : -1);
	s->places.cpus = at + 1;
	top_table_finish(&t);
	which_rows(l, which);
	if (*which)
		put_aside(c, at, which);
	return 0;
}

static void draw_tabs(struct canvas *c, struct top_screen *s, unsigned int at)
{
	unsigned int column = 0;
	char which[OF_TEXT];

	for (unsigned int i = 0; i < TOP_VIEWS; i++) {
		column += canvas_printf(c, at, column, CANVAS_PLAIN, "%u ", i + 1);
		column += canvas_printf(c, at, column, i == s->view ? CANVAS_PICKED : CANVAS_PLAIN,
					"%s", top_views[i]->name);
		s->places.tab_ends[i] = column;
		column += 2;
	}
	s->places.tabs = at;
	which_rows(&s->table, which);
	if (s->mode == TOP_DETAIL && s->table.nr_rows)
		canvas_printf(c, at, column, CANVAS_DIM, "row %zu of %zu", s->table.picked + 1,
			      s->table.nr_rows);
	else if (*which && column + strlen("rows ") + strlen(which) <= c->columns)
		canvas_printf(c, at, column, CANVAS_DIM, "rows %s", which);
	else
		canvas_printf(c, at, column, CANVAS_DIM, "rows: %zu", s->table.nr_rows);
}

/* More of a row, from the line that is scrolled to. */
static int draw_detail(struct top_cursor *l, const struct top_data *d, const struct top_view *view,
		       size_t row, struct canvas *c, unsigned int at)
{
	struct canvas *all = canvas_create(c->columns, CANVAS_ROWS_MAX, c->ascii);
	unsigned int lines;

	if (!all)
		return -ENOMEM;
	if (view->detail)
		view->detail(d, row, all, 0);
	else
		top_table_draw_whole(view, d, row, all);
	lines = canvas_used_rows(all);
	l->page = c->rows > at + 1 ? c->rows - at - 1 : 0;
	l->nr_rows = lines > l->page ? lines - l->page + 1 : 1;
	if (l->picked >= l->nr_rows)
		l->picked = l->nr_rows - 1;
	for (unsigned int i = 0; i < l->page; i++)
		canvas_copy_row(c, at + i, all, (unsigned int)l->picked + i);
	canvas_destroy(all);
	return 0;
}

static int draw_table(struct top_screen *s, const struct top_data *d, struct canvas *c,
		      unsigned int at, unsigned int end)
{
	const struct top_view *view = top_views[s->view];
	const struct top_order *order = &s->orders[s->view];
	struct top_cursor *l = &s->table;
	unsigned int tabs = at++;
	struct top_table t;
	int ret = 0;

	if (top_table_init(&t, view, d, &s->filter, order))
		return -ENOMEM;
	l->nr_rows = t.nr;
	if (view->head && at < end)
		at += view->head(d, c, at, end - at);
	l->page = end > at + 1 ? end - at - 1 : 0;
	scroll(l);
	draw_tabs(c, s, tabs);
	if (s->mode == TOP_DETAIL && t.nr) {
		ret = draw_detail(&s->detail, d, view, t.rows[l->picked], c, tabs + 1);
	} else if (end > at) {
		s->places.table = at + 1;
		top_table_draw(&t, c, at, end - at, l->first, (int)order->column,
			       t.nr && !s->on_cpus ? (long)l->picked : -1);
	}
	top_table_finish(&t);
	return ret;
}

static void draw_keys(const struct top_screen *s, struct canvas *c)
{
	static const char *const keys[] = {
		[TOP_TABLES] = ("q quit  space pause  Tab table  < > order  / filter  Enter more  "
				"? help"),
		[TOP_HELP] = "any key leaves this page",
		[TOP_DETAIL] = "q quit  w W write  arrows move  any other key goes back",
		/* the question stands there */
		[TOP_ASK_FILTER] = "",
		[TOP_ASK_DELAY] = "",
	};
	static const char on_cpus[] = "q quit  space pause  c table  < > order  / filter  ? help";
	unsigned int row = c->rows - 1, column = 0;

	if (s->mode == TOP_ASK_FILTER)
		canvas_printf(c, row, 0, CANVAS_TITLE, "filter: %s_", s->input);
	else if (s->mode == TOP_ASK_DELAY)
		canvas_printf(c, row, 0, CANVAS_TITLE, "seconds between two looks: %s_", s->input);
	else if (*s->message)
		canvas_put(c, row, 0, c->columns, CANVAS_WARN, s->message);
	else if (*s->filter_text && s->mode == TOP_TABLES)
		column = canvas_printf(c, row, 0, CANVAS_WARN, "filter: %s", s->filter_text) + 2;
	else if (s->mode == TOP_DETAIL && s->detail.nr_rows > 1)
		column = canvas_printf(c, row, 0, CANVAS_TITLE, "lines %zu-%zu of %zu",
				       s->detail.picked + 1, s->detail.picked + s->detail.page,
				       s->detail.nr_rows - 1 + s->detail.page) +
			 2;
	if (s->mode != TOP_ASK_FILTER && s->mode != TOP_ASK_DELAY && !*s->message)
		canvas_put(c, row, column, c->columns, CANVAS_DIM,
			   s->mode == TOP_TABLES && s->on_cpus ? on_cpus : keys[s->mode]);
}

int top_screen_draw(struct top_screen *s, const struct top_data *d, struct canvas *c)
{
	unsigned int at, used = 0;

	canvas_clear(c);
	s->columns = c->columns;
	s->places = (struct top_places){ 0 };
	if (s->mode == TOP_HELP) {
		top_help_draw(c, 0);
	} else {
		at = draw_about(c, d);
		if (d->now &&
		    (draw_cpus(s, c, d, at, &used) || draw_table(s, d, c, at + used, c->rows - 1)))
			return -ENOMEM;
	}
	/* whatever was drawn there: the last row is that of the keys */
	canvas_clear_row(c, c->rows - 1);
	draw_keys(s, c);
	return 0;
}
