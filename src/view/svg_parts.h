/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What drawings share, private to them.
 */
#ifndef QPW_VIEW_SVG_PARTS_H
#define QPW_VIEW_SVG_PARTS_H

#include <stdio.h>

/*
 * <svg> with its title and description, foreign text. id makes the references inside the drawing
 * unique in the page, css is the class that gives its size.
 */
void svg_open(FILE *f, const char *css, int width, int height, const char *id, const char *title,
	      const char *description);

/* A step of 1, 2 or 5 times a power of ten that divides range into at most so many parts. */
double svg_step(double range, int parts);

/* A time on an axis that goes as far as range_ns, in steps of step_ns: "20 µs", "−0.5 ms". */
void svg_time(FILE *f, double ns, double range_ns, double step_ns);

/* 10^exponent ns as words: "10 µs" for 4, "1 s" for 9. */
void svg_decade(FILE *f, int exponent);

#endif
