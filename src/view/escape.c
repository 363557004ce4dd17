// SPDX-License-Identifier: GPL-2.0-only
/*
 * Escaping on top of text_escape(), which has already taken control characters, broken UTF-8 and
 * the backslash away.
 */
#include "view/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/text.h"

/* text_escape() of any length, on the heap; NULL when out of memory. */
static char *harmless(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *out = malloc(size);

	if (out)
		text_escape(text, out, size);
	return out;
}

static const char *html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* At most columns characters of what text_escape() has been through. */
static void put_html(FILE *f, const char *safe, size_t columns)
{
	bool cut = text_width(safe) > columns;

	for (const char *at = safe; *at; at++) {
		const char *entity = html_entity(*at);

		/* before the next character, not inside one */
		if (cut && ((unsigned char)*at & 0xc0) != 0x80 && --columns == 0) {
			fputs("…", f);
			break;
		}
		if (entity)
			fputs(entity, f);
		else
			fputc(*at, f);
	}
}

void escape_html(FILE *f, const char *text)
{
	escape_html_cut(f, text, SIZE_MAX);
}

void escape_html_cut(FILE *f, const char *text, size_t columns)
{
	char *safe = harmless(text);

	if (safe)
		put_html(f, safe, columns);
	free(safe);
}

void escape_html_safe(FILE *f, const char *safe)
{
	put_html(f, safe, SIZE_MAX);
}

void escape_markdown_code(FILE *f, const char *text)
{
	char *safe = harmless(text);

	if (safe && *safe) {
		fputc('`', f);
		for (const char *at = safe; *at; at++) {
			/* inside a code span nothing escapes these two */
			if (*at == '`' || *at == '|')
				fprintf(f, "\\x%02x", (unsigned char)*at);
			else
				fputc(*at, f);
		}
		fputc('`', f);
	}
	free(safe);
}

void escape_markdown_safe(FILE *f, const char *safe)
{
	for (; *safe; safe++) {
		if (strchr("\\`*_{}[]<>#|!~&@", *safe))
			fputc('\\', f);
		fputc(*safe, f);
	}
}

void escape_markdown(FILE *f, const char *text)
{
	char *safe = harmless(text);

	if (safe)
		escape_markdown_safe(f, safe);
	free(safe);
}

void escape_quoted(FILE *f, const char *text, size_t max)
{
	size_t size = 4 * strnlen(text, max) + 1;
	char *safe = malloc(size);

	if (safe)
		text_escape_n(text, max, safe, size);
	fputc('"', f);
	for (const char *at = safe; at && *at; at++) {
		if (*at == '"' || *at == '\\')
			fputc('\\', f);
		fputc(*at, f);
	}
	fputc('"', f);
	free(safe);
}
