// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the sections of the report's page share: cells, and what stands below a table.
 */
#include "view/report_html_parts.h"

#include "view/escape.h"
#include "view/words.h"

void report_html_more(FILE *f, size_t shown, size_t nr)
{
	if (nr > shown)
		fprintf(f, "<p class=\"note\">And %zu more; --top shows them.</p>\n", nr - shown);
}

void report_html_share(FILE *f, double part, double whole)
{
	char cell[WORDS_CELL] = "";

	if (whole > 0)
		words_add_number(cell, sizeof(cell), part * 100 / whole);
	fprintf(f, "<td>%s%s</td>", whole > 0 ? cell : "–", whole > 0 ? " %" : "");
}

void report_html_callsite(FILE *f, const char *callsite)
{
	if (!callsite[0])
		return;
	fputs(" from <code>", f);
	escape_html(f, callsite);
	fputs("</code>", f);
}

void report_html_bar(FILE *f, const char *css, double value, double scale)
{
	fputs("<td class=\"bars\">", f);
	if (value > 0 && scale > 0)
		fprintf(f, "<span class=\"bar %s\" style=\"width:%.2f%%\"></span>", css,
			value / scale * 100);
	fputs("</td>", f);
}

double report_html_seconds(const struct report *r)
{
	return (double)r->snapshot->window_ns / 1e9;
}
