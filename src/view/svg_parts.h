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

/* 10^exponent ns as words: "10 µs" for 4, "1 s" for 9. */
void svg_decade(FILE *f, int exponent);

#endif
