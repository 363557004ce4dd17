/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen of the live view: what a user has chosen, what keys do to it, and how it is laid out.
 * Pure: the same data, choices and size give the same cells. Knows no terminal.
 */
#ifndef QPW_VIEW_TOP_SCREEN_H
#define QPW_VIEW_TOP_SCREEN_H

#include "view/mouse.h"
#include "view/top_table.h"

#define TOP_INPUT 64

enum top_mode {
	TOP_TABLES,
	TOP_HELP,
	TOP_DETAIL, /* more of the picked row; the data stand still meanwhile */
	TOP_ASK_FILTER,
	TOP_ASK_DELAY,
};

/* What a key wants of whoever feeds the screen; the rest has been done by then. */
enum top_act {
	TOP_ACT_NONE,
	TOP_ACT_QUIT,
	TOP_ACT_RESET, /* count anew */
	TOP_ACT_SAVE,  /* write what is shown to a file, as JSON */
	TOP_ACT_SAVE_TRACE,
	TOP_ACT_STEP, /* one interval of a recording */
	TOP_ACT_FASTER,
	TOP_ACT_SLOWER,
};

/* Where one is in a list that may be longer than what is drawn of it. */
struct top_cursor {
	size_t picked;	   /* row */
	size_t first;	   /* that is drawn */
	size_t nr_rows;	   /* when it was drawn last */
	unsigned int page; /* rows that were drawn */
};

/* Where things are, when they were drawn last; row 0 = they are not. */
struct top_places {
	unsigned int cpus; /* the first row of them that is drawn */
	unsigned int tabs;
	unsigned int tab_ends[TOP_VIEWS]; /* the column behind each */
	unsigned int table;		  /* the first row of it that is drawn */
};

struct top_screen {
	unsigned int view; /* index into top_views */
	struct top_order orders[TOP_VIEWS];
	struct top_order cpu_order;  /* TOP_AS_THEY_ARE: the busiest first where not all fit */
	bool on_cpus;		     /* keys are for the CPUs, not for the table */
	char filter_text[TOP_INPUT]; /* as typed; ASCII */
	struct top_filter filter;
	enum top_mode mode;
	char input[TOP_INPUT]; /* being typed */
	struct top_cursor table;
	struct top_cursor cpus;
	struct top_cursor detail; /* its rows are the lines that can be the first one there */
	struct top_places places;
	bool no_mouse;	      /* it is left to the terminal */
	unsigned int columns; /* of the canvas when it was drawn last */
	bool paused;
	uint64_t delay_ns;
	char message[128]; /* shown in place of the keys until the next one is pressed; escaped */
};

#define TOP_DELAY_MIN_NS 100000000ULL

/* Every view in its own order, the first one chosen, nothing filtered. */
void top_screen_init(struct top_screen *s, uint64_t delay_ns);

/* One key (enum key). */
enum top_act top_screen_key(struct top_screen *s, int key);

/* What the mouse did: tabs and rows are picked, the wheel moves a cursor. */
void top_screen_mouse(struct top_screen *s, const struct mouse *m);

/* The data stand still: what was shown is shown again. */
bool top_screen_frozen(const struct top_screen *s);

/* Lay out everything. d->now may be NULL: there is nothing yet. 0 or -ENOMEM. */
int top_screen_draw(struct top_screen *s, const struct top_data *d, struct canvas *c);

/* Rows of CPUs on a screen: all if they leave the table below enough, else as many as fit. */
unsigned int top_cpu_rows(unsigned int rows, size_t nr_cpus);

/* top_help.c: keys and columns from row at on. */
void top_help_draw(struct canvas *c, unsigned int at);

#endif
