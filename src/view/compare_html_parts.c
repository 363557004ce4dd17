// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the sections of the comparison's page share: the heads of tables, cells.
 */
#include "view/compare_html_parts.h"

#include <math.h>

#include "view/escape.h"

void part_p(FILE *f, double p)
{
	if (isnan(p))
		fputs("<td></td>", f);
	else if (p < 0.0001)
		fputs("<td>&lt; 0.0001</td>", f);
	else
		fprintf(f, "<td>%.4f</td>", p);
}

void part_mode_head(FILE *f, const struct comparison *c, const struct part_columns *columns)
{
	fputs("<thead><tr>", f);
	for (size_t i = 0; columns->first[i]; i++)
		fprintf(f, "<th class=\"t\" scope=\"col\" rowspan=\"2\">%s</th>",
			columns->first[i]);
	for (size_t i = 0; columns->groups[i]; i++)
		fprintf(f, "<th class=\"g\" scope=\"colgroup\" colspan=\"2\">%s</th>",
			columns->groups[i]);
	for (size_t i = 0; columns->last[i]; i++)
		fprintf(f, "<th class=\"t\" scope=\"col\" rowspan=\"2\">%s</th>", columns->last[i]);
	fputs("</tr><tr>", f);
	for (size_t i = 0; columns->groups[i]; i++) {
		for (int side = 0; side < COMPARE_SIDES; side++) {
			fputs("<th scope=\"col\">", f);
			escape_html(f, c->mode[side].name);
			fputs("</th>", f);
		}
	}
	fputs("</tr></thead>\n<tbody>\n", f);
}
