/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drawings inside a page, as inline SVG whose colours the page's style sheet gives. Knows
 * histograms and numbers, nothing of what they mean; every text it is given gets escaped.
 */
#ifndef QPW_VIEW_SVG_H
#define QPW_VIEW_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/heatmap.h"
#include "qpw/hist.h"

struct svg_series {
	const char *name;
	const char *css;	 /* class of its line */
	const struct hist *hist; /* nanoseconds; an empty one is left out */
};

/*
 * Share of samples at or above each latency, both axes logarithmic, down to one sample of the
 * largest series. id makes the references inside the drawing unique in the page.
 */
void svg_ccdf(FILE *f, const char *id, const char *title, const char *description,
	      const struct svg_series *series, size_t nr);

/* Two rows of dots on one scale from 0 to the largest value; NAN values are left out. */
void svg_strip(FILE *f, const char *title, const double *a, size_t nr_a, const double *b,
	       size_t nr_b);

struct svg_part {
	double value;
	const char *css;
	const char *title;
};

/* One bar of parts side by side, whole of which is scale (>= their sum). */
void svg_stack(FILE *f, const char *title, const struct svg_part *parts, size_t nr, double scale);

/*
 * How many samples of which latency when: time since the window began goes to the right as far as
 * end_ns, latency up on a logarithmic axis. The fuller a cell is the more it is coloured, in
 * HEAT_LEVELS classes "heat-1", …; dots are the largest of each column.
 */
#define HEAT_LEVELS 5
void svg_heatmap(FILE *f, const char *id, const char *title, const char *description,
		 const struct heatmap *h, uint64_t end_ns);

#endif
