// SPDX-License-Identifier: GPL-2.0-only
/*
 * One layout, two ways to write it. Knows no figures.
 */
#include "view/sheet.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"
#include "view/escape.h"

#define FACT_COLUMN 15 /* where the values of facts begin */

void sheet_wrap(const struct sheet *o, const char *text, size_t column, int indent)
{
	size_t columns = o->columns && o->columns < SHEET_COLUMNS ? o->columns : SHEET_COLUMNS;
	FILE *f = o->f;
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");
		char word[1024];
		size_t width;

		/* a longer word is cut for measuring only */
		snprintf(word, sizeof(word), "%.*s", (int)(len < 1000 ? len : 1000), text);
		width = text_width(word);
		if (!first && column + 1 + width > columns) {
			fprintf(f, "\n%*s", indent, "");
			column = (size_t)indent;
			first = true;
		}
		fprintf(f, "%s%.*s", first ? "" : " ", (int)len, text);
		column += width + !first;
		first = false;
		text += len;
		text += *text == ' ';
	}
}

void sheet_title(const struct sheet *o, const char *title)
{
	if (o->markdown) {
		fputs("# ", o->f);
		escape_markdown_safe(o->f, title);
		fputs("\n\n", o->f);
	} else {
		fprintf(o->f, "%s\n", title);
	}
}

void sheet_heading(const struct sheet *o, const char *title, const char *legend)
{
	char *line = NULL;

	if (o->markdown) {
		fputs("\n## ", o->f);
		fputc(toupper((unsigned char)title[0]), o->f);
		escape_markdown_safe(o->f, title + 1);
		fputs("\n\n", o->f);
		if (legend) {
			escape_markdown_safe(o->f, legend);
			fputs("\n\n", o->f);
		}
		return;
	}
	if (asprintf(&line, "%s%s%s%s", title, legend ? " (" : "", legend ? legend : "",
		     legend ? ")" : "") < 0)
		return;
	fputc('\n', o->f);
	sheet_wrap(o, line, 0, 0);
	fputc('\n', o->f);
	free(line);
}

void sheet_fact(const struct sheet *o, const char *name, const char *value)
{
	if (!value[0])
		return;
	if (o->markdown) {
		fprintf(o->f, "- **%s**: ", name);
		escape_markdown_safe(o->f, value);
	} else {
		fprintf(o->f, "  %-12s ", name);
		sheet_wrap(o, value, FACT_COLUMN, FACT_COLUMN);
	}
	fputc('\n', o->f);
}

__attribute__((format(printf, 4, 0))) static void
print_line(const struct sheet *o, const char *before, int indent, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		return;
	fputs(before, o->f);
	if (o->markdown)
		escape_markdown_safe(o->f, text);
	else
		sheet_wrap(o, text, text_width(before), indent);
	fputc('\n', o->f);
	free(text);
}

void sheet_warning(const struct sheet *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputc('\n', o->f);
	print_line(o, o->markdown ? "> **WARNING**: " : "WARNING: ", 2, format, args);
	va_end(args);
}

void sheet_line(const struct sheet *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(o, o->markdown ? "- " : "  ", 4, format, args);
	va_end(args);
}

/* Names stand in code spans: so Markdown leaves their characters alone. */
static void put_cell(FILE *f, const char *text, bool name)
{
	if (!name || !text[0] || !strcmp(text, "-")) {
		escape_markdown_safe(f, text);
		return;
	}
	fputc('`', f);
	for (; *text; text++) {
		if (*text == '`' || *text == '|')
			fprintf(f, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, f);
	}
	fputc('`', f);
}

/* Notes of a row become one more cell, their lines one after the other. */
static void put_notes(FILE *f, const char *notes)
{
	fputs(" | ", f);
	for (const char *at = notes ? notes : ""; *at;) {
		char line[1024];
		size_t len = strcspn(at, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		escape_markdown_safe(f, line);
		at += len + (at[len] == '\n');
		if (*at)
			fputs("; ", f);
	}
}

static bool has_notes(const struct text_table *t)
{
	for (size_t row = 0; t->notes && row * t->nr_columns < t->nr_cells; row++)
		if (t->notes[row])
			return true;
	return false;
}

static void print_markdown(FILE *f, const struct text_table *t)
{
	bool notes = has_notes(t);

	if (t->failed) {
		fputs("(out of memory)\n", f);
		return;
	}
	for (size_t c = 0; c < t->nr_columns; c++)
		fprintf(f, "| %s ", t->columns[c].title);
	fputs(notes ? "| |\n" : "|\n", f);
	for (size_t c = 0; c < t->nr_columns; c++)
		fputs(t->columns[c].left ? "|---" : "|---:", f);
	fputs(notes ? "|---|\n" : "|\n", f);
	for (size_t row = 0; row * t->nr_columns < t->nr_cells; row++) {
		for (size_t c = 0; c < t->nr_columns; c++) {
			fputs(c ? " | " : "| ", f);
			put_cell(f, t->cells[row * t->nr_columns + c], t->columns[c].left);
		}
		if (notes)
			put_notes(f, t->notes[row]);
		fputs(" |\n", f);
	}
	fputc('\n', f);
}

void sheet_table(const struct sheet *o, struct text_table *t)
{
	if (o->markdown)
		print_markdown(o->f, t);
	else
		text_table_print(t, o->f, 2, o->columns);
	text_table_finish(t);
}

void sheet_begin_fixed(const struct sheet *o)
{
	if (o->markdown)
		fputs("```text\n", o->f);
}

void sheet_end_fixed(const struct sheet *o)
{
	if (o->markdown)
		fputs("```\n", o->f);
}
