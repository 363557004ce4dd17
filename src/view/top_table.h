/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of the live view: the rows that a filter lets pass, in the order of a column, drawn,
 * printed or as JSON. Knows columns and values, not what they mean.
 */
#ifndef QPW_VIEW_TOP_TABLE_H
#define QPW_VIEW_TOP_TABLE_H

#include <jansson.h>
#include <limits.h>
#include <stdio.h>

#include "view/top.h"

#define TOP_FILTER_WORDS 64

/* What rows must have to be shown; all zero lets everything pass. */
struct top_filter {
	bool by_cpu;
	struct cpulist cpus;
	bool by_class;
	enum snap_class class;
	char words[TOP_FILTER_WORDS]; /* each in any column of words, letters of either case */
};

/*
 * From "cpu=1-3 class=ipi words": parts in any order, all optional; each that is neither is looked
 * for by itself. 0, or -EINVAL for a wrong list or class; *out is then untouched.
 */
int top_filter_parse(const char *text, struct top_filter *out);

/* What of it rows of CPUs must have; f may be NULL. */
struct top_filter top_filter_cpus(const struct top_filter *f);

#define TOP_AS_THEY_ARE UINT_MAX /* no column: the order of the view's rows */

struct top_order {
	unsigned int column;
	bool reverse; /* of the usual: amounts the largest first, names from the first */
};

struct top_table {
	const struct top_view *view;
	const struct top_data *data;
	size_t *rows; /* of the view, in order */
	size_t nr;
};

/* filter and order may be NULL: everything, in the view's own order. 0 or -ENOMEM. */
int top_table_init(struct top_table *t, const struct top_view *view, const struct top_data *data,
		   const struct top_filter *filter, const struct top_order *order);
void top_table_finish(struct top_table *t);

/* Whether a screen of this width has the column. */
bool top_column_fits(const struct top_column *c, unsigned int columns);

/*
 * The names of columns in row at, below them the rows from first on, in all at most nr_rows lines;
 * sorted: the column whose name is marked, -1 for none; picked: the row with the cursor, -1 for
 * none. Returns the lines taken.
 */
unsigned int top_table_draw(const struct top_table *t, struct canvas *c, unsigned int at,
			    unsigned int nr_rows, size_t first, int sorted, long picked);

/* All columns of a row, a line for each or, where one is too long, for each part of it. */
void top_table_draw_whole(const struct top_view *view, const struct top_data *data, size_t row,
			  struct canvas *c);

/* As text, a line of names and a line for each of at most max rows. */
void top_table_print(const struct top_table *t, FILE *f, size_t max);

/* An array of objects; NULL when out of memory. */
json_t *top_table_json(const struct top_table *t);

#endif
