// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all pages share. Foreign text passes escape_html().
 */
#include "view/html.h"

#include <inttypes.h>

#include "view/escape.h"
#include "view/words.h"

const char *const html_class_css[SNAP_NR_CLASSES] = {
	[SNAP_IRQ] = "c-irq",	[SNAP_SOFTIRQ] = "c-softirq", [SNAP_IPI] = "c-ipi",
	[SNAP_TICK] = "c-tick", [SNAP_TIMER] = "c-timer",     [SNAP_THREAD] = "c-thread",
	[SNAP_WORK] = "c-work", [SNAP_NMI] = "c-nmi",
};

void html_begin(FILE *f, const char *title, const char *style)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; img-src data:\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>",
	      f);
	escape_html(f, title);
	fprintf(f,
		"</title>\n<style>\n%s%s</style>\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#main\">Skip to the figures</a>\n",
		html_style, style);
}

void html_end(FILE *f)
{
	fputs("</body>\n</html>\n", f);
}

void html_section(FILE *f, const char *id, const char *heading)
{
	fprintf(f, "<section id=\"%s\">\n<h2>%s</h2>\n", id, heading);
}

void html_section_end(FILE *f)
{
	fputs("</section>\n", f);
}

void html_table(FILE *f, const char *caption)
{
	fprintf(f,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>"
		"<caption>%s</caption>\n",
		caption, caption);
}

void html_table_end(FILE *f)
{
	fputs("</table></div>\n", f);
}

void html_columns(FILE *f, const struct html_column *columns, size_t nr)
{
	fputs("<thead><tr>", f);
	for (size_t i = 0; i < nr; i++)
		fprintf(f, "<th%s scope=\"col\">%s</th>", columns[i].left ? " class=\"t\"" : "",
			columns[i].title);
	fputs("</tr></thead>\n<tbody>\n", f);
}

void html_class_key(FILE *f)
{
	fputs("<p>", f);
	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		fprintf(f, "<span class=\"key\"><i class=\"box %s\"></i>%s</span>\n",
			html_class_css[i], snap_class_name((enum snap_class)i));
	fputs("<span class=\"key\"><i class=\"box c-rest\"></i>residual</span></p>\n", f);
}

void html_ns(FILE *f, double ns)
{
	char cell[WORDS_CELL];

	words_ns(ns, cell, sizeof(cell));
	fprintf(f, "<td>%s</td>", cell);
}

void html_count(FILE *f, uint64_t count)
{
	fprintf(f, "<td>%" PRIu64 "</td>", count);
}

void html_name(FILE *f, const char *name)
{
	fputs("<td class=\"t\"><code>", f);
	escape_html(f, name);
	fputs("</code></td>", f);
}

void html_fact(FILE *f, const char *what, const char *text)
{
	if (!text[0])
		return;
	fprintf(f, "<tr><th class=\"t\" scope=\"row\">%s</th><td class=\"t w\"><code>", what);
	escape_html(f, text);
	fputs("</code></td></tr>\n", f);
}
