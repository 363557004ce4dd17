// SPDX-License-Identifier: GPL-2.0-only
/*
 * What keys and the mouse do to the choices of a screen. Knows no terminal and no rows.
 */
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/duration.h"
#include "view/keys.h"
#include "view/top_screen.h"

void top_screen_init(struct top_screen *s, uint64_t delay_ns)
{
	memset(s, 0, sizeof(*s));
	s->delay_ns = delay_ns;
	for (int i = 0; i < TOP_VIEWS; i++)
		s->orders[i].column = top_views[i]->sort;
	s->cpu_order.column = TOP_AS_THEY_ARE;
}

bool top_screen_frozen(const struct top_screen *s)
{
	return s->paused || s->mode == TOP_DETAIL;
}

static void to_view(struct top_screen *s, unsigned int view)
{
	s->view = view;
	s->on_cpus = false;
	s->table = (struct top_cursor){ 0 };
}

static struct top_order *present_order(struct top_screen *s)
{
	return s->on_cpus ? &s->cpu_order : &s->orders[s->view];
}

/* The next column that is there to be sorted by, to the right or to the left of the present one. */
static void next_order(struct top_screen *s, bool left)
{
	const struct top_view *v = s->on_cpus ? &top_view_cpus : top_views[s->view];
	struct top_order *o = present_order(s);
	/* CPUs have one more: as they are */
	unsigned int nr = v->nr_columns + s->on_cpus;
	unsigned int at = o->column == TOP_AS_THEY_ARE ? v->nr_columns : o->column;

	do
		at = (at + (left ? nr - 1 : 1)) % nr;
	while (at < v->nr_columns &&
	       (!v->columns[at].name ||
		(s->columns && !top_column_fits(&v->columns[at], s->columns))));
	o->column = at < v->nr_columns ? at : TOP_AS_THEY_ARE;
	o->reverse = false;
}

static void move_cursor(struct top_cursor *l, long by)
{
	size_t last = l->nr_rows ? l->nr_rows - 1 : 0;

	if (by < 0 && l->picked < (size_t)-by)
		l->picked = 0;
	else
		l->picked += (size_t)by;
	if (l->picked > last)
		l->picked = last;
}

/* False: it is none of those that move. */
static bool cursor_key(struct top_cursor *l, int key)
{
	const long page = l->page > 1 ? (long)l->page : 1;

	if (key == KEY_CODE_UP || key == 'k')
		move_cursor(l, -1);
	else if (key == KEY_CODE_DOWN || key == 'j')
		move_cursor(l, 1);
	else if (key == KEY_CODE_PAGE_UP)
		move_cursor(l, -page);
	else if (key == KEY_CODE_PAGE_DOWN)
		move_cursor(l, page);
	else if (key == KEY_CODE_HOME || key == 'g')
		l->picked = 0;
	else if (key == KEY_CODE_END || key == 'G')
		l->picked = l->nr_rows ? l->nr_rows - 1 : 0;
	else
		return false;
	return true;
}

static void ask(struct top_screen *s, enum top_mode mode, const char *present)
{
	s->mode = mode;
	snprintf(s->input, sizeof(s->input), "%s", present);
}

static void enter_detail(struct top_screen *s)
{
	if (s->on_cpus)
		snprintf(s->message, sizeof(s->message), "there is no more of these rows");
	else if (s->table.picked < s->table.nr_rows)
		s->mode = TOP_DETAIL;
	s->detail = (struct top_cursor){ 0 };
}

static void toggle_mouse(struct top_screen *s)
{
	s->no_mouse = !s->no_mouse;
	snprintf(s->message, sizeof(s->message), "%s",
		 s->no_mouse ? "the mouse is the terminal's again; m takes it" :
			       "the mouse picks tabs and rows; m leaves it to the terminal");
}

static enum top_act table_key(struct top_screen *s, int key)
{
	static const struct {
		int key;
		enum top_act act;
	} acts[] = {
		{ 'q', TOP_ACT_QUIT },	 { 'Q', TOP_ACT_QUIT },	  { 'R', TOP_ACT_RESET },
		{ 'w', TOP_ACT_SAVE },	 { 'n', TOP_ACT_STEP },	  { 'W', TOP_ACT_SAVE_TRACE },
		{ '+', TOP_ACT_FASTER }, { '-', TOP_ACT_SLOWER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (acts[i].key == key)
			return acts[i].act;
	if (key == KEY_CODE_TAB)
		to_view(s, (s->view + 1) % TOP_VIEWS);
	else if (key == KEY_CODE_BACK_TAB)
		to_view(s, (s->view + TOP_VIEWS - 1) % TOP_VIEWS);
	else if (key >= '1' && key < '1' + TOP_VIEWS)
		to_view(s, (unsigned int)(key - '1'));
	else if (key == '>')
		next_order(s, false);
	else if (key == '<')
		next_order(s, true);
	else if (key == 'r')
		present_order(s)->reverse = !present_order(s)->reverse;
	else if (key == 'c')
		s->on_cpus = !s->on_cpus;
	else if (key == ' ')
		s->paused = !s->paused;
	else if (key == 'm')
		toggle_mouse(s);
	else if (key == '?' || key == 'h')
		s->mode = TOP_HELP;
	else if (key == '/')
		ask(s, TOP_ASK_FILTER, s->filter_text);
	else if (key == 'd')
		ask(s, TOP_ASK_DELAY, "");
	else if (key == KEY_CODE_ENTER)
		enter_detail(s);
	else
		cursor_key(s->on_cpus ? &s->cpus : &s->table, key);
	return TOP_ACT_NONE;
}

static void take_filter(struct top_screen *s)
{
	if (top_filter_parse(s->input, &s->filter)) {
		snprintf(s->message, sizeof(s->message),
			 "no filter: words, cpu=LIST, class=NAME are, as in: cpu=1-3 class=ipi");
		return;
	}
	memcpy(s->filter_text, s->input, sizeof(s->filter_text));
	s->table = (struct top_cursor){ 0 };
	s->cpus = (struct top_cursor){ 0 };
}

static void take_delay(struct top_screen *s)
{
	uint64_t ns;

	if (duration_parse(s->input, &ns) || ns < TOP_DELAY_MIN_NS)
		snprintf(s->message, sizeof(s->message), "no time of at least 0.1 seconds");
	else
		s->delay_ns = ns;
}

/* A line that is being typed takes every key. */
static void input_key(struct top_screen *s, int key)
{
	size_t len = strlen(s->input);

	if (key == KEY_CODE_ESCAPE) {
		s->mode = TOP_TABLES;
	} else if (key == KEY_CODE_ENTER) {
		if (s->mode == TOP_ASK_FILTER)
			take_filter(s);
		else
			take_delay(s);
		s->mode = TOP_TABLES;
	} else if (key == KEY_CODE_ERASE && len) {
		s->input[len - 1] = '\0';
	} else if (key >= ' ' && key < 0x7f && len + 1 < sizeof(s->input)) {
		s->input[len] = (char)key;
		s->input[len + 1] = '\0';
	}
}

enum top_act top_screen_key(struct top_screen *s, int key)
{
	if (key == KEY_CODE_RESIZE)
		return TOP_ACT_NONE;
	s->message[0] = '\0';
	if (s->mode == TOP_ASK_FILTER || s->mode == TOP_ASK_DELAY) {
		input_key(s, key);
		return TOP_ACT_NONE;
	}
	if (s->mode == TOP_TABLES)
		return table_key(s, key);
	if (key == 'q' || key == 'Q')
		return TOP_ACT_QUIT;
	if (key == 'w' || key == 'W')
		return key == 'w' ? TOP_ACT_SAVE : TOP_ACT_SAVE_TRACE;
	if (s->mode != TOP_DETAIL || !cursor_key(&s->detail, key))
		s->mode = TOP_TABLES; /* any other key leaves a page */
	return TOP_ACT_NONE;
}

/* ------------------------------------------------------------------ mouse */

#define WHEEL_ROWS 3

/* The row of a list that is drawn there; false: none is. */
static bool row_at(const struct top_cursor *l, unsigned int first_row, unsigned int row, size_t *at)
{
	if (!first_row || row < first_row || row - first_row >= l->page)
		return false;
	*at = l->first + (row - first_row);
	return *at < l->nr_rows;
}

static bool press_tab(struct top_screen *s, const struct mouse *m)
{
	if (!s->places.tabs || m->row != s->places.tabs)
		return false;
	for (unsigned int i = 0; i < TOP_VIEWS; i++) {
		if (m->column >= s->places.tab_ends[i])
			continue;
		s->mode = TOP_TABLES;
		to_view(s, i);
		break;
	}
	return true;
}

/* The row under the cursor, pressed again, is as Enter on it. */
static void press(struct top_screen *s, const struct mouse *m)
{
	size_t at;

	if (press_tab(s, m))
		return;
	if (s->mode != TOP_TABLES) {
		s->mode = TOP_TABLES; /* as by any other key */
	} else if (row_at(&s->cpus, s->places.cpus, m->row, &at)) {
		s->on_cpus = true;
		s->cpus.picked = at;
	} else if (row_at(&s->table, s->places.table, m->row, &at)) {
		bool again = !s->on_cpus && s->table.picked == at;

		s->on_cpus = false;
		s->table.picked = at;
		if (again)
			enter_detail(s);
	}
}

static void turn_wheel(struct top_screen *s, const struct mouse *m)
{
	const long by = m->act == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS;

	if (s->mode == TOP_DETAIL) {
		move_cursor(&s->detail, by);
	} else if (s->mode == TOP_TABLES && s->places.tabs) {
		s->on_cpus = m->row < s->places.tabs;
		move_cursor(s->on_cpus ? &s->cpus : &s->table, by);
	}
}

void top_screen_mouse(struct top_screen *s, const struct mouse *m)
{
	/* a line that is being typed takes keys alone */
	if (s->mode == TOP_ASK_FILTER || s->mode == TOP_ASK_DELAY)
		return;
	s->message[0] = '\0';
	if (m->act == MOUSE_PRESS)
		press(s, m);
	else
		turn_wheel(s, m);
}
