// SPDX-License-Identifier: GPL-2.0-only
/*
 * A heatmap as a drawing. Cells of one colour are one path, so that a full map stays small; what a
 * column holds is told over it. Knows numbers, nothing of what they mean.
 */
#include <inttypes.h>
#include <math.h>

#include "view/svg.h"
#include "view/svg_parts.h"
#include "view/words.h"

#define WIDTH 960
#define HEIGHT 330
#define LEFT 76
#define RIGHT 20
#define TOP 12
#define BOTTOM 52
#define TICKS 8

struct frame {
	const struct heatmap *h;
	double end_ns;
	double low, high; /* decades of the latency, as exponents of 10 */
	uint64_t most;	  /* in any cell */
};

/* How much a column holds and which row its middle sample is in. */
struct column {
	uint64_t nr;
	uint32_t median_row;
};

static double frame_x(const struct frame *r, double ns)
{
	return LEFT + fmin(1, ns / r->end_ns) * (WIDTH - LEFT - RIGHT);
}

static double frame_y(const struct frame *r, double ns)
{
	double at = (log10(fmax(ns, 1)) - r->low) / (r->high - r->low);

	return TOP + (1 - fmin(1, fmax(0, at))) * (HEIGHT - TOP - BOTTOM);
}

/* Edges of a column. */
static double column_x(const struct frame *r, uint64_t column)
{
	return frame_x(r, ldexp((double)column, (int)r->h->shift));
}

static struct column sum_column(const struct heatmap *h, uint64_t column)
{
	struct column c = { 0, 0 };
	uint64_t below = 0;

	for (uint32_t row = 0; row < HEATMAP_ROWS; row++)
		c.nr += heatmap_count(h, row, column);
	for (uint32_t row = 0; row < HEATMAP_ROWS; row++) {
		below += heatmap_count(h, row, column);
		if (below >= (c.nr + 1) / 2) {
			c.median_row = row;
			break;
		}
	}
	return c;
}

/* Range of the axes. False when there is no sample. */
static bool find_frame(struct frame *r, const struct heatmap *h, uint64_t end_ns)
{
	double low = INFINITY, high = 10;

	*r = (struct frame){ .h = h };
	for (uint64_t c = h->first; c <= h->last; c++) {
		for (uint32_t row = 0; row < HEATMAP_ROWS; row++) {
			uint64_t count = heatmap_count(h, row, c);

			if (!count)
				continue;
			low = fmin(low, (double)heatmap_low(row));
			if (count > r->most)
				r->most = count;
		}
		high = fmax(high, (double)h->max_ns[c % HEATMAP_COLUMNS]);
	}
	r->low = floor(log10(fmax(low, 1)));
	r->high = fmax(r->low + 1, ceil(log10(high)));
	r->end_ns = fmax((double)end_ns, ldexp((double)h->last, (int)h->shift) + 1);
	return r->most > 0;
}

static void put_grid(FILE *f, const struct frame *r)
{
	double step = svg_step(r->end_ns, TICKS);

	for (int e = (int)r->low; e <= (int)r->high; e++) {
		double y = frame_y(r, pow(10, e));

		fprintf(f,
			"<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
			LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4);
		svg_decade(f, e);
		fputs("</text>\n", f);
	}
	for (int i = 0; i * step <= r->end_ns; i++) {
		double x = frame_x(r, i * step);

		fprintf(f,
			"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
			"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
			x, x, TOP, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 18);
		svg_time(f, i * step, r->end_ns, step);
		fputs("</text>\n", f);
	}
	fprintf(f,
		"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">time since the window began"
		"</text>\n",
		(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
}

/* 1 for a single sample, HEAT_LEVELS for the fullest cell, logarithmic between. */
static int level_of(const struct frame *r, uint64_t count)
{
	if (count >= r->most)
		return HEAT_LEVELS;
	return 1 + (int)(log((double)count) / log((double)r->most) * (HEAT_LEVELS - 1));
}

static void put_level(FILE *f, const struct frame *r, int level)
{
	bool any = false;

	for (uint64_t c = r->h->first; c <= r->h->last; c++) {
		double x = column_x(r, c), width = column_x(r, c + 1) - x;

		for (uint32_t row = 0; row < HEATMAP_ROWS; row++) {
			uint64_t count = heatmap_count(r->h, row, c);
			double top, bottom;

			if (!count || level_of(r, count) != level)
				continue;
			top = frame_y(r, (double)heatmap_high(row) + 1);
			bottom = frame_y(r, (double)heatmap_low(row));
			if (!any)
				fprintf(f, "<path class=\"heat heat-%d\" d=\"", level);
			fprintf(f, "M%.1f %.1fh%.1fv%.1fh-%.1fz", x, top, width, bottom - top,
				width);
			any = true;
		}
	}
	fputs(any ? "\"/>\n" : "", f);
}

static void put_column(FILE *f, const struct frame *r, uint64_t column)
{
	struct column c = sum_column(r->h, column);
	double x = column_x(r, column), width = column_x(r, column + 1) - x;
	double max = (double)r->h->max_ns[column % HEATMAP_COLUMNS];
	char low[WORDS_CELL], high[WORDS_CELL], most[WORDS_CELL];

	if (!c.nr)
		return;
	words_ns((double)heatmap_low(c.median_row), low, sizeof(low));
	words_ns((double)heatmap_high(c.median_row), high, sizeof(high));
	words_ns(max, most, sizeof(most));
	fprintf(f,
		"<circle class=\"top\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"/>"
		"<rect class=\"hit\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>"
		"from %.3f s: %" PRIu64 " sample%s, the middle one %s to %s, the largest %s"
		"</title></rect>\n",
		x + width / 2, frame_y(r, max), x, TOP, width, HEIGHT - TOP - BOTTOM,
		ldexp((double)column, (int)r->h->shift) / 1e9, c.nr, c.nr == 1 ? "" : "s", low,
		high, most);
}

void svg_heatmap(FILE *f, const char *id, const char *title, const char *description,
		 const struct heatmap *h, uint64_t end_ns)
{
	struct frame r;

	if (!find_frame(&r, h, end_ns)) {
		fputs("<p>No samples.</p>\n", f);
		return;
	}
	svg_open(f, "plot wide", WIDTH, HEIGHT, id, title, description);
	put_grid(f, &r);
	for (int level = 1; level <= HEAT_LEVELS; level++)
		put_level(f, &r, level);
	for (uint64_t c = h->first; c <= h->last; c++)
		put_column(f, &r, c);
	fputs("</svg>\n", f);
}
