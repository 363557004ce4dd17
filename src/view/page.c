// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of a page, cut at whole characters; knows nothing of what they say.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/page.h"

struct page *page_create(unsigned int columns, unsigned int rows)
{
	struct page *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->columns = columns < PAGE_COLUMNS_MAX ? columns : PAGE_COLUMNS_MAX;
	p->rows = rows;
	p->lines = calloc(rows ? rows : 1, sizeof(*p->lines));
	if (!p->lines) {
		free(p);
		return NULL;
	}
	return p;
}

void page_destroy(struct page *p)
{
	if (!p)
		return;
	free(p->lines);
	free(p);
}

void page_clear(struct page *p)
{
	p->nr_lines = 0;
}

/* End text after columns characters (bytes that don't continue one), blanks at its end removed. */
static void cut(char *text, unsigned int columns)
{
	unsigned int nr = 0;
	size_t end = 0;

	for (; text[end]; end++) {
		if (((unsigned char)text[end] & 0xc0) != 0x80 && nr++ == columns)
			break;
	}
	while (end && text[end - 1] == ' ')
		end--;
	text[end] = '\0';
}

void page_add(struct page *p, enum page_style style, const char *format, ...)
{
	/* Room for one character more than is kept, so that none is cut in two. */
	char text[PAGE_BYTES + 4];
	struct page_line *line;
	va_list args;

	if (p->nr_lines >= p->rows)
		return;
	line = &p->lines[p->nr_lines++];
	line->style = style;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cut(text, p->columns);
	memcpy(line->text, text, strlen(text) + 1);
}
