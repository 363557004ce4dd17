/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What drawings share. Knows nothing of what they show.
 */
#include "view/svg_parts.h"

#include <math.h>

#include "view/escape.h"

void svg_open(FILE *f, const char *css, int width, int height, const char *id, const char *title,
	      const char *description)
{
	fprintf(f,
		"<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">",
		css, width, height, id, id, id);
	escape_html(f, title);
	fprintf(f, "</title><desc id=\"%s-desc\">", id);
	escape_html(f, description);
	fputs("</desc>\n", f);
}

void svg_decade(FILE *f, int exponent)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	int unit = exponent / 3 > 3 ? 3 : exponent / 3;

	fprintf(f, "%.0f %s", pow(10, exponent - 3 * unit), units[unit]);
}
