// SPDX-License-Identifier: GPL-2.0-only
/*
 * SVG by hand: a plot on two logarithmic axes, strips of dots, stacked bars.
 */
#include "view/svg.h"

#include <math.h>

#include "view/escape.h"
#include "view/svg_parts.h"

/* The drawing's own units; the page scales it to its width. */
#define WIDTH 720
#define HEIGHT 400
#define LEFT 112
#define RIGHT 20
#define TOP 16
#define BOTTOM 52

/* Decades of both axes, as exponents of 10. */
struct axes {
	double x_low, x_high;
	double y_low; /* y_high is 0: all samples */
};

static double plot_x(const struct axes *axes, double ns)
{
	double at = (log10(fmax(ns, 1)) - axes->x_low) / (axes->x_high - axes->x_low);

	return LEFT + fmin(1, fmax(0, at)) * (WIDTH - LEFT - RIGHT);
}

static double plot_y(const struct axes *axes, double share)
{
	double at = share > 0 ? log10(share) / axes->y_low : 1;

	return TOP + fmin(1, fmax(0, at)) * (HEIGHT - TOP - BOTTOM);
}

/* Range over all series. False when none has a sample. */
static bool find_axes(const struct svg_series *series, size_t nr, struct axes *axes)
{
	double low = INFINITY, high = 0, most = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct hist *h = series[i].hist;

		if (!h || !hist_count(h))
			continue;
		low = fmin(low, fmax(1, (double)hist_min(h)));
		high = fmax(high, (double)hist_max(h));
		most = fmax(most, (double)hist_count(h));
	}
	if (most <= 0)
		return false;
	axes->x_low = floor(log10(low));
	axes->x_high = ceil(log10(fmax(high, 10)));
	if (axes->x_high <= axes->x_low)
		axes->x_high = axes->x_low + 1;
	axes->y_low = fmin(-1, -ceil(log10(most) - 0.000000001));
	return true;
}

/* "1", "1 in 10", "1 in 10⁶": the shares of a CCDF as people say them. */
static void put_share(FILE *f, int exponent)
{
	static const char *const powers[] = { "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };

	if (!exponent)
		fputs("all", f);
	else if (exponent < 4)
		fprintf(f, "1 in %.0f", pow(10, exponent));
	else if (exponent < 10)
		fprintf(f, "1 in 10%s", powers[exponent - 4]);
	else
		fprintf(f, "1e-%d", exponent);
}

static void put_grid(FILE *f, const struct axes *axes)
{
	for (int e = (int)axes->x_low; e <= (int)axes->x_high; e++) {
		double x = plot_x(axes, pow(10, e));

		fprintf(f, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x,
			x, TOP, HEIGHT - BOTTOM);
		fprintf(f, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">", x, HEIGHT - BOTTOM + 20,
			e == (int)axes->x_high ? "end" : "middle");
		svg_decade(f, e);
		fputs("</text>\n", f);
	}
	for (int e = 0; e <= (int)-axes->y_low; e++) {
		double y = plot_y(axes, pow(10, -e));

		fprintf(f, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
			LEFT, WIDTH - RIGHT, y, y);
		fprintf(f, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 8, y + 4);
		put_share(f, e);
		fputs("</text>\n", f);
	}
	fprintf(f, "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">latency</text>\n",
		(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
}

/* Steps down from all samples to none; steps too small to see are joined. */
static void put_line(FILE *f, const struct axes *axes, const struct svg_series *s)
{
	double count = (double)hist_count(s->hist), left = count, last_x, last_y;
	struct hist_bucket b;
	unsigned int i;

	last_x = plot_x(axes, (double)hist_min(s->hist));
	last_y = plot_y(axes, 1);
	fprintf(f, "<path class=\"%s\" d=\"M%.1f %.1f", s->css, last_x, last_y);
	hist_for_each(s->hist, i, b) {
		/* the last bucket ends at the exact maximum */
		double high = fmin((double)b.high, (double)hist_max(s->hist));
		double x = plot_x(axes, high), y;

		left -= (double)b.count;
		y = plot_y(axes, left / count);
		if (left > 0 && x - last_x < 0.6 && y - last_y < 0.6)
			continue;
		fprintf(f, "H%.1fV%.1f", x, y);
		last_x = x;
		last_y = y;
	}
	fputs("\"><title>", f);
	escape_html(f, s->name);
	fputs("</title></path>\n", f);
}

void svg_ccdf(FILE *f, const char *id, const char *title, const char *description,
	      const struct svg_series *series, size_t nr)
{
	struct axes axes;

	if (!find_axes(series, nr, &axes)) {
		fputs("<p>No samples.</p>\n", f);
		return;
	}
	svg_open(f, "plot", WIDTH, HEIGHT, id, title, description);
	put_grid(f, &axes);
	for (size_t i = 0; i < nr; i++)
		if (series[i].hist && hist_count(series[i].hist))
			put_line(f, &axes, &series[i]);
	fputs("</svg>\n", f);
}

static void put_dots(FILE *f, const double *values, size_t nr, double scale, const char *css, int y)
{
	for (size_t i = 0; i < nr; i++)
		if (!isnan(values[i]))
			fprintf(f, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>", css,
				6 + values[i] / scale * 148, y);
}

void svg_strip(FILE *f, const char *title, const double *a, size_t nr_a, const double *b,
	       size_t nr_b)
{
	double scale = 0;

	for (size_t i = 0; i < nr_a; i++)
		scale = fmax(scale, a[i]);
	for (size_t i = 0; i < nr_b; i++)
		scale = fmax(scale, b[i]);
	if (!(scale > 0) || isinf(scale))
		scale = 1;
	fputs("<svg class=\"strip\" viewBox=\"0 0 160 28\" role=\"img\"><title>", f);
	escape_html(f, title);
	fputs("</title><line class=\"grid\" x1=\"6\" x2=\"154\" y1=\"8\" y2=\"8\"/>"
	      "<line class=\"grid\" x1=\"6\" x2=\"154\" y1=\"20\" y2=\"20\"/>",
	      f);
	put_dots(f, a, nr_a, scale, "fill-a", 8);
	put_dots(f, b, nr_b, scale, "fill-b", 20);
	fputs("</svg>", f);
}

void svg_stack(FILE *f, const char *title, const struct svg_part *parts, size_t nr, double scale)
{
	double at = 0;

	fputs("<svg class=\"stack\" viewBox=\"0 0 1000 22\" preserveAspectRatio=\"none\" "
	      "role=\"img\"><title>",
	      f);
	escape_html(f, title);
	fputs("</title>", f);
	for (size_t i = 0; i < nr; i++) {
		double width = scale > 0 ? parts[i].value / scale * 1000 : 0;

		if (width > 0) {
			fprintf(f,
				"<rect class=\"%s\" x=\"%.2f\" y=\"1\" width=\"%.2f\" height=\"20\">"
				"<title>",
				parts[i].css, at, width);
			escape_html(f, parts[i].title);
			fputs("</title></rect>", f);
		}
		at += width;
	}
	fputs("</svg>\n", f);
}
