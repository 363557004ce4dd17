// SPDX-License-Identifier: GPL-2.0-only
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

double svg_step(double range, int parts)
{
	static const double factors[] = { 1, 2, 5, 10 };
	double power = pow(10, floor(log10(range / parts)));
	int i = 0;

	while (i < 3 && range / (factors[i] * power) > parts)
		i++;
	return factors[i] * power;
}

void svg_time(FILE *f, double ns, double range_ns, double step_ns)
{
	static const struct {
		double ns;
		const char *unit;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
	int i = 0, decimals;

	while (i < 3 && range_ns < units[i].ns)
		i++;
	decimals = -(int)floor(log10(step_ns / units[i].ns) + 0.000000001);
	if (fabs(ns) < step_ns / 2)
		fputs("0", f);
	else
		fprintf(f, "%s%.*f %s", ns < 0 ? "−" : "", decimals > 0 ? decimals : 0,
			fabs(ns) / units[i].ns, units[i].unit);
}
