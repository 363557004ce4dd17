/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A grid of character cells with styles: what the live view is drawn on before a terminal or a file
 * shows it. Pure; knows no terminal and nothing of what is drawn.
 */
#ifndef QPW_VIEW_CANVAS_H
#define QPW_VIEW_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CANVAS_COLUMNS_MAX 400
#define CANVAS_ROWS_MAX 200

enum canvas_style {
	CANVAS_PLAIN,
	CANVAS_TITLE,  /* what the view is of */
	CANVAS_HEADER, /* names of columns */
	CANVAS_DIM,    /* what is there every time */
	CANVAS_WARN,   /* what makes the figures doubtful */
	CANVAS_PICKED, /* where the cursor is */
	CANVAS_GRAPH,
	CANVAS_CLASS, /* of the first class of interruptions; the others follow */
	CANVAS_NR_STYLES = CANVAS_CLASS + 8,
};

struct canvas_cell {
	char text[12]; /* one character and the marks that combine with it; "" behind a wide one */
	uint8_t style; /* enum canvas_style */
};

struct canvas {
	unsigned int columns;
	unsigned int rows;
	bool ascii;		   /* other characters are shown as '?' */
	struct canvas_cell *cells; /* row by row */
};

/* Blank, at most CANVAS_COLUMNS_MAX by CANVAS_ROWS_MAX, at least 1 by 1. NULL: out of memory. */
struct canvas *canvas_create(unsigned int columns, unsigned int rows, bool ascii);
void canvas_destroy(struct canvas *c);
void canvas_clear(struct canvas *c);
void canvas_clear_row(struct canvas *c, unsigned int row);

/* Columns that valid UTF-8 takes, wide characters counted as two, combining ones as none. */
unsigned int canvas_width(const char *text);

/*
 * Put text, which is valid UTF-8 without control characters, at a place, cut at width columns and
 * at the edge; a wide character that does not fit is left out. Outside nothing is put. Returns the
 * columns taken.
 */
unsigned int canvas_put(struct canvas *c, unsigned int row, unsigned int column, unsigned int width,
			enum canvas_style style, const char *text);

/* The same against the right end of the width; what is too long loses its end. */
void canvas_put_right(struct canvas *c, unsigned int row, unsigned int column, unsigned int width,
		      enum canvas_style style, const char *text);

unsigned int canvas_printf(struct canvas *c, unsigned int row, unsigned int column,
			   enum canvas_style style, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/*
 * All of a text from a column on, on as many rows as it takes up to the last one of the canvas:
 * lines end at blanks, where a word is longer than a line within it. Returns the rows taken.
 */
unsigned int canvas_put_lines(struct canvas *c, unsigned int row, unsigned int column,
			      enum canvas_style style, const char *text);

/* The same from the first column on. */
unsigned int canvas_printf_lines(struct canvas *c, unsigned int row, enum canvas_style style,
				 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* All cells of a row from a column on get a style. */
void canvas_style_row(struct canvas *c, unsigned int row, unsigned int column,
		      enum canvas_style style);

/* A row of another canvas as wide as this one. */
void canvas_copy_row(struct canvas *c, unsigned int row, const struct canvas *from,
		     unsigned int from_row);

/* Rows up to the last one that is not blank. */
unsigned int canvas_used_rows(const struct canvas *c);

const struct canvas_cell *canvas_cell(const struct canvas *c, unsigned int row,
				      unsigned int column);

/* As text: a line for each row, without blanks at the ends of lines, empty last lines left out. */
void canvas_print(const struct canvas *c, FILE *f);

#endif
