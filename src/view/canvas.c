// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells and how characters fall into them; how wide a character is libunistring knows. Knows no
 * terminal.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>
#include <uniwidth.h>

#include "view/canvas.h"

struct canvas *canvas_create(unsigned int columns, unsigned int rows, bool ascii)
{
	struct canvas *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->columns = columns < CANVAS_COLUMNS_MAX ? columns : CANVAS_COLUMNS_MAX;
	c->rows = rows < CANVAS_ROWS_MAX ? rows : CANVAS_ROWS_MAX;
	c->columns += !c->columns;
	c->rows += !c->rows;
	c->ascii = ascii;
	c->cells = calloc((size_t)c->columns * c->rows, sizeof(*c->cells));
	if (!c->cells) {
		free(c);
		return NULL;
	}
	canvas_clear(c);
	return c;
}

void canvas_destroy(struct canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c);
}

static struct canvas_cell *cell_at(const struct canvas *c, unsigned int row, unsigned int column)
{
	return &c->cells[(size_t)row * c->columns + column];
}

const struct canvas_cell *canvas_cell(const struct canvas *c, unsigned int row, unsigned int column)
{
	return cell_at(c, row, column);
}

void canvas_clear(struct canvas *c)
{
	for (unsigned int row = 0; row < c->rows; row++)
		canvas_clear_row(c, row);
}

void canvas_clear_row(struct canvas *c, unsigned int row)
{
	for (unsigned int column = 0; row < c->rows && column < c->columns; column++)
		*cell_at(c, row, column) =
			(struct canvas_cell){ .text = " ", .style = CANVAS_PLAIN };
}

/* The next character of text: its bytes, and its columns in *width; 0 at the end or at a cut. */
static int next_character(const char *text, int *width)
{
	ucs4_t c = 0;
	int len = u8_mbtoucr(&c, (const uint8_t *)text, strlen(text));

	if (!*text || len <= 0)
		return 0;
	*width = uc_width(c, "UTF-8");
	if (*width < 0)
		*width = 1; /* a control character, which whoever wrote text should have escaped */
	return len;
}

unsigned int canvas_width(const char *text)
{
	unsigned int columns = 0;
	int len, width = 0;

	while ((len = next_character(text, &width))) {
		columns += (unsigned int)width;
		text += len;
	}
	return columns;
}

/* A wide character of which a half is overwritten is gone. */
static void break_wide(struct canvas *c, unsigned int row, unsigned int column)
{
	if (!*cell_at(c, row, column)->text && column)
		memcpy(cell_at(c, row, column - 1)->text, " ", 2);
	if (column + 1 < c->columns && !*cell_at(c, row, column + 1)->text)
		memcpy(cell_at(c, row, column + 1)->text, " ", 2);
}

static void set_cell(struct canvas *c, unsigned int row, unsigned int column,
		     enum canvas_style style, const char *bytes, int len)
{
	struct canvas_cell *cell = cell_at(c, row, column);

	break_wide(c, row, column);
	cell->style = (uint8_t)style;
	memcpy(cell->text, bytes, (size_t)len);
	cell->text[len] = '\0';
}

/* A mark is added to the character before it, as far as there is room. */
static void combine(struct canvas *c, unsigned int row, unsigned int column, const char *bytes,
		    int len)
{
	struct canvas_cell *cell = cell_at(c, row, column);
	size_t used = strlen(cell->text);

	if (!used && column)
		return combine(c, row, column - 1, bytes, len);
	if (c->ascii || used + (size_t)len >= sizeof(cell->text))
		return;
	memcpy(cell->text + used, bytes, (size_t)len);
	cell->text[used + (size_t)len] = '\0';
}

unsigned int canvas_put(struct canvas *c, unsigned int row, unsigned int column, unsigned int width,
			enum canvas_style style, const char *text)
{
	unsigned int at = column, end;
	int len, wide = 0;

	if (row >= c->rows || column >= c->columns)
		return 0;
	end = width < c->columns - column ? column + width : c->columns;
	for (; (len = next_character(text, &wide)); text += len) {
		bool foreign = c->ascii && (unsigned char)*text >= 0x80;

		if (!wide) {
			if (at > column)
				combine(c, row, at - 1, text, len);
			continue;
		}
		if (at + (unsigned int)wide > end)
			break;
		set_cell(c, row, at, style, foreign ? "?" : text, foreign ? 1 : len);
		if (wide == 2)
			set_cell(c, row, at + 1, style, foreign ? "?" : "", foreign ? 1 : 0);
		at += (unsigned int)wide;
	}
	return at - column;
}

void canvas_put_right(struct canvas *c, unsigned int row, unsigned int column, unsigned int width,
		      enum canvas_style style, const char *text)
{
	unsigned int taken = canvas_width(text);
	unsigned int skip = taken < width ? width - taken : 0;

	canvas_put(c, row, column + skip, width - skip, style, text);
}

unsigned int canvas_printf(struct canvas *c, unsigned int row, unsigned int column,
			   enum canvas_style style, const char *format, ...)
{
	char text[CANVAS_COLUMNS_MAX * 4 + 4];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return canvas_put(c, row, column, CANVAS_COLUMNS_MAX, style, text);
}

/* Bytes of the line that text begins with, at least a character; its columns in *width. */
static size_t first_line(const char *text, unsigned int room, unsigned int *width)
{
	unsigned int columns = 0, before_blank = 0;
	size_t len = 0, at_blank = 0;
	int bytes, wide = 0;

	for (; (bytes = next_character(text + len, &wide)); len += (size_t)bytes) {
		if (text[len] == ' ') {
			at_blank = len;
			before_blank = columns;
		}
		if (len && columns + (unsigned int)wide > room) {
			*width = at_blank ? before_blank : columns;
			return at_blank ? at_blank : len;
		}
		columns += (unsigned int)wide;
	}
	*width = columns;
	return len;
}

unsigned int canvas_put_lines(struct canvas *c, unsigned int row, unsigned int column,
			      enum canvas_style style, const char *text)
{
	unsigned int at = row, width = 0;
	size_t len;

	if (column >= c->columns)
		return 1;
	do {
		len = first_line(text, c->columns - column, &width);
		canvas_put(c, at++, column, width, style, text);
		text += len;
		text += len ? strspn(text, " ") : 0;
	} while (len && *text && at < c->rows);
	return at - row;
}

unsigned int canvas_printf_lines(struct canvas *c, unsigned int row, enum canvas_style style,
				 const char *format, ...)
{
	char text[CANVAS_COLUMNS_MAX * 4 + 4];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return canvas_put_lines(c, row, 0, style, text);
}

void canvas_style_row(struct canvas *c, unsigned int row, unsigned int column,
		      enum canvas_style style)
{
	if (row >= c->rows)
		return;
	for (; column < c->columns; column++)
		cell_at(c, row, column)->style = (uint8_t)style;
}

static unsigned int last_column(const struct canvas *c, unsigned int row)
{
	unsigned int end = c->columns;

	while (end && !strcmp(cell_at(c, row, end - 1)->text, " "))
		end--;
	return end;
}

void canvas_copy_row(struct canvas *c, unsigned int row, const struct canvas *from,
		     unsigned int from_row)
{
	if (row < c->rows && from_row < from->rows && c->columns == from->columns)
		memcpy(cell_at(c, row, 0), cell_at(from, from_row, 0),
		       c->columns * sizeof(*c->cells));
}

unsigned int canvas_used_rows(const struct canvas *c)
{
	unsigned int rows = c->rows;

	while (rows && !last_column(c, rows - 1))
		rows--;
	return rows;
}

void canvas_print(const struct canvas *c, FILE *f)
{
	unsigned int rows = canvas_used_rows(c);

	for (unsigned int row = 0; row < rows; row++) {
		unsigned int end = last_column(c, row);

		for (unsigned int column = 0; column < end; column++)
			fputs(cell_at(c, row, column)->text, f);
		fputc('\n', f);
	}
}
