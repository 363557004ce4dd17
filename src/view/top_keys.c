// SPDX-License-Identifier: GPL-2.0-only
/*
 * What keys do to the choices of a screen. Knows no terminal and no rows.
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
