// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of text: cells are collected first, as widths are known at the end. Knows no figures.
 */
#include "view/text_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

void text_table_init(struct text_table *t, const struct text_column *columns, size_t nr_columns)
{
	memset(t, 0, sizeof(*t));
	t->columns = columns;
	t->nr_columns = nr_columns;
}

void text_table_finish(struct text_table *t)
{
	for (size_t i = 0; t->notes && i < t->room / t->nr_columns; i++)
		free(t->notes[i]);
	free(t->notes);
	free(t->cells);
	t->notes = NULL;
	t->cells = NULL;
}

/* Room for one more row. */
static bool grow(struct text_table *t)
{
	size_t rows = t->room / t->nr_columns, more = rows ? rows * 2 : 16;
	char(*cells)[TEXT_CELL] = reallocarray(t->cells, more * t->nr_columns, TEXT_CELL);
	char **notes;

	if (!cells)
		return false;
	t->cells = cells;
	notes = reallocarray(t->notes, more, sizeof(*notes));
	if (!notes)
		return false;
	memset(notes + rows, 0, (more - rows) * sizeof(*notes));
	t->notes = notes;
	t->room = more * t->nr_columns;
	return true;
}

/* The next cell, NULL when there is no memory for it. */
static char *next_cell(struct text_table *t)
{
	if (t->failed || (t->nr_cells == t->room && !grow(t))) {
		t->failed = true;
		return NULL;
	}
	return t->cells[t->nr_cells++];
}

void text_table_name(struct text_table *t, const char *name)
{
	char *cell = next_cell(t);

	if (cell)
		text_escape(name, cell, TEXT_CELL);
}

void text_table_count(struct text_table *t, uint64_t count)
{
	char *cell = next_cell(t);

	if (cell)
		snprintf(cell, TEXT_CELL, "%" PRIu64, count);
}

void text_table_real(struct text_table *t, double value, int decimals)
{
	char *cell = next_cell(t);

	if (cell)
		snprintf(cell, TEXT_CELL, "%.*f", decimals, value);
}

void text_table_us(struct text_table *t, uint64_t ns)
{
	text_table_real(t, (double)ns / 1e3, 1);
}

void text_table_ms(struct text_table *t, uint64_t ns)
{
	text_table_real(t, (double)ns / 1e6, 3);
}

void text_table_note(struct text_table *t, const char *note)
{
	size_t row = t->nr_cells ? (t->nr_cells - 1) / t->nr_columns : 0;
	char *lines = NULL;

	if (t->failed || !t->nr_cells)
		return;
	if (asprintf(&lines, "%s%s%s", t->notes[row] ? t->notes[row] : "",
		     t->notes[row] ? "\n" : "", note) < 0) {
		t->failed = true;
		return;
	}
	free(t->notes[row]);
	t->notes[row] = lines;
}

static size_t column_width(const struct text_table *t, size_t column)
{
	size_t width = text_width(t->columns[column].title);

	for (size_t i = column; i < t->nr_cells; i += t->nr_columns) {
		size_t cell = text_width(t->cells[i]);

		if (cell > width)
			width = cell;
	}
	return width;
}

/* The column of names that has most to give; nr_columns when none has. */
static size_t widest_name(const struct text_table *t, const size_t *widths)
{
	size_t widest = t->nr_columns;

	for (size_t c = 0; c < t->nr_columns; c++) {
		if (!t->columns[c].left || widths[c] <= TEXT_NAME ||
		    widths[c] <= text_width(t->columns[c].title))
			continue;
		if (widest == t->nr_columns || widths[c] > widths[widest])
			widest = c;
	}
	return widest;
}

static void fit_widths(const struct text_table *t, size_t *widths, size_t indent, size_t columns)
{
	size_t all = indent + 2 * (t->nr_columns - 1), widest;

	for (size_t c = 0; c < t->nr_columns; c++)
		all += widths[c];
	for (; columns && all > columns; all--) {
		widest = widest_name(t, widths);
		if (widest == t->nr_columns)
			break;
		widths[widest]--;
	}
}

/* Bytes of the text that fill so many columns, whole characters. */
static int cut_length(const char *text, size_t columns)
{
	const char *at = text;

	for (; *at && columns; columns--)
		for (at++; ((unsigned char)*at & 0xc0) == 0x80;)
			at++;
	return (int)(at - text);
}

/* The last column, when left-aligned, is not padded: no line ends in blanks. */
static void print_cell(const struct text_table *t, FILE *f, size_t column, const char *text,
		       size_t width)
{
	bool cut = text_width(text) > width;
	int len = cut ? cut_length(text, width - 1) : (int)strlen(text);
	int pad = cut ? 0 : (int)(width - text_width(text));

	if (column)
		fputs("  ", f);
	if (!t->columns[column].left)
		fprintf(f, "%*s%s", pad, "", text);
	else
		fprintf(f, "%.*s%s%*s", len, text, cut ? "~" : "",
			column + 1 < t->nr_columns ? pad : 0, "");
	if (column + 1 == t->nr_columns)
		fputc('\n', f);
}

static void print_notes(FILE *f, const char *notes, int indent)
{
	while (notes && *notes) {
		int len = (int)strcspn(notes, "\n");

		fprintf(f, "%*s%.*s\n", indent, "", len, notes);
		notes += len + (notes[len] == '\n');
	}
}

void text_table_print(const struct text_table *t, FILE *f, int indent, size_t columns)
{
	size_t *widths = calloc(t->nr_columns, sizeof(*widths));

	if (!widths || t->failed) {
		free(widths);
		fprintf(f, "%*s(out of memory)\n", indent, "");
		return;
	}
	fprintf(f, "%*s", indent, "");
	for (size_t c = 0; c < t->nr_columns; c++)
		widths[c] = column_width(t, c);
	fit_widths(t, widths, (size_t)indent, columns);
	for (size_t c = 0; c < t->nr_columns; c++)
		print_cell(t, f, c, t->columns[c].title, widths[c]);
	for (size_t i = 0; i < t->nr_cells; i++) {
		size_t c = i % t->nr_columns;

		if (!c)
			fprintf(f, "%*s", indent, "");
		print_cell(t, f, c, t->cells[i], widths[c]);
		if (c + 1 == t->nr_columns)
			print_notes(f, t->notes[i / t->nr_columns], indent + 4);
	}
	free(widths);
}
