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
}

bool top_screen_frozen(const struct top_screen *s)
{
	return s->paused || s->mode == TOP_DETAIL;
}

static void to_view(struct top_screen *s, unsigned int view)
{
	s->view = view;
	s->picked = 0;
	s->first = 0;
}

/* The next column that is there to be sorted by, in either direction. */
static void next_order(struct top_screen *s, unsigned int step)
{
	const struct top_view *v = top_views[s->view];
	struct top_order *o = &s->orders[s->view];

	do
		o->column = (o->column + step) % v->nr_columns;
	while (!v->columns[o->column].name ||
	       (s->columns && !top_column_fits(&v->columns[o->column], s->columns)));
	o->reverse = false;
}

static void move_cursor(struct top_screen *s, long by)
{
	size_t last = s->nr_rows ? s->nr_rows - 1 : 0;

	if (by < 0 && s->picked < (size_t)-by)
		s->picked = 0;
	else
		s->picked += (size_t)by;
	if (s->picked > last)
		s->picked = last;
}

static enum top_act cursor_key(struct top_screen *s, int key)
{
	const long page = s->page > 1 ? (long)s->page : 1;

	if (key == KEY_CODE_UP || key == 'k')
		move_cursor(s, -1);
	else if (key == KEY_CODE_DOWN || key == 'j')
		move_cursor(s, 1);
	else if (key == KEY_CODE_PAGE_UP)
		move_cursor(s, -page);
	else if (key == KEY_CODE_PAGE_DOWN)
		move_cursor(s, page);
	else if (key == KEY_CODE_HOME || key == 'g')
		s->picked = 0;
	else if (key == KEY_CODE_END || key == 'G')
		s->picked = s->nr_rows ? s->nr_rows - 1 : 0;
	return TOP_ACT_NONE;
}

static void ask(struct top_screen *s, enum top_mode mode, const char *present)
{
	s->mode = mode;
	snprintf(s->input, sizeof(s->input), "%s", present);
}

static void enter_detail(struct top_screen *s)
{
	if (!top_views[s->view]->detail)
		snprintf(s->message, sizeof(s->message), "there is no more of these rows");
	else if (s->picked < s->nr_rows)
		s->mode = TOP_DETAIL;
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
		next_order(s, 1);
	else if (key == '<')
		next_order(s, top_views[s->view]->nr_columns - 1);
	else if (key == 'r')
		s->orders[s->view].reverse = !s->orders[s->view].reverse;
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
		return cursor_key(s, key);
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
	s->picked = 0;
	s->first = 0;
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
	s->mode = TOP_TABLES; /* any other key leaves a page */
	return TOP_ACT_NONE;
}
