// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells of comma-separated values. Knows no columns.
 */
#include "view/csv.h"

#include <string.h>

#include "util/array.h"

/* Bytes of the character that makes a formula of a cell, full-width ones included; 0: none. */
static size_t formula_start(const char *text)
{
	static const char *const starts[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (!strncmp(text, starts[i], strlen(starts[i])))
			return strlen(starts[i]);
	}
	return 0;
}

void csv_text(const char *safe, char *out, size_t size)
{
	size_t len = 0, start = strspn(safe, " "), behind = start + formula_start(safe + start);

	for (size_t i = 0; safe[i] && len + 5 < size; i++) {
		if (safe[i] == ';' || (i >= start && i < behind))
			len += (size_t)snprintf(out + len, size - len, "\\x%02x",
						(unsigned char)safe[i]);
		else
			out[len++] = safe[i];
	}
	out[len] = '\0';
}

/* What holds a comma or a quote stands in quotes, and quotes in it are doubled. */
void csv_cell(FILE *f, const char *text)
{
	if (!strpbrk(text, ",\"")) {
		fputs(text, f);
		return;
	}
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text, f);
	}
	fputc('"', f);
}
