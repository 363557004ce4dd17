/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sheet of headings, facts, tables and lines that is written as text for a terminal or as
 * Markdown. Knows no figures and no files. Whatever text comes from outside passes text_escape()
 * before it gets here; the sheet takes Markdown's own characters away.
 */
#ifndef QPW_VIEW_SHEET_H
#define QPW_VIEW_SHEET_H

#include <stdbool.h>
#include <stdio.h>

#include "view/text_table.h"

#define SHEET_COLUMNS 80 /* words are wrapped to it, or to less where there is less room */

struct sheet {
	FILE *f;
	bool markdown;
	size_t columns; /* that there is room for; 0 = any: tables are as wide as they are */
};

/* Name of the whole. */
void sheet_title(const struct sheet *o, const char *title);

/* Begins a section; legend explains its words, NULL = none. */
void sheet_heading(const struct sheet *o, const char *title, const char *legend);

/* "name  value", wrapped; nothing for an empty value. Facts come in a row. */
void sheet_fact(const struct sheet *o, const char *name, const char *value);

/* Something that a reader must not miss, in a paragraph of its own. */
void sheet_warning(const struct sheet *o, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A line of a list below a heading or a table. */
void sheet_line(const struct sheet *o, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Print and finish. */
void sheet_table(const struct sheet *o, struct text_table *t);

/* Between these, lines keep their blanks; what the caller prints to f is no Markdown. */
void sheet_begin_fixed(const struct sheet *o);
void sheet_end_fixed(const struct sheet *o);

/*
 * Text, broken at blanks where it would be too wide; column is where the line stands, further lines
 * begin after indent blanks. No newline at the end.
 */
void sheet_wrap(const struct sheet *o, const char *text, size_t column, int indent);

#endif
