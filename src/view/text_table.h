/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of text whose columns are as wide as their widest cell. Knows no figures and no files.
 */
#ifndef QPW_VIEW_TEXT_TABLE_H
#define QPW_VIEW_TEXT_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_CELL 256 /* bytes: the longest name, each byte of it escaped, is not cut */
#define TEXT_NAME 8   /* columns that a name keeps where a table is made narrower */

struct text_column {
	const char *title;
	bool left; /* else figures, to the right */
};

/* Cells are added row by row, from the left; notes go on lines of their own below their row. */
struct text_table {
	const struct text_column *columns;
	size_t nr_columns;
	size_t nr_cells;
	size_t room;
	char (*cells)[TEXT_CELL];
	char **notes; /* per row, NULL = none */
	bool failed;  /* out of memory: the table prints as that */
};

void text_table_init(struct text_table *t, const struct text_column *columns, size_t nr_columns);
void text_table_finish(struct text_table *t);

/* A name from outside: escaped and cut. */
void text_table_name(struct text_table *t, const char *name);
void text_table_count(struct text_table *t, uint64_t count);

/* Nanoseconds as microseconds with one decimal, or as milliseconds with three. */
void text_table_us(struct text_table *t, uint64_t ns);
void text_table_ms(struct text_table *t, uint64_t ns);
void text_table_real(struct text_table *t, double value, int decimals);

/* Below the row of the last cell; copied. */
void text_table_note(struct text_table *t, const char *note);

/*
 * Titles and rows, indented. columns > 0: no wider than that, for which names lose their ends, the
 * longest first; "~" stands for what they lost, and figures stay. 0: as wide as it is.
 */
void text_table_print(const struct text_table *t, FILE *f, int indent, size_t columns);

#endif
