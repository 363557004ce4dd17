/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A comparison in the formats that people and programs read. Each writes to a stream and leaves
 * looking for write errors (ferror) to the caller; the same comparison gives the same bytes.
 */
#ifndef QPW_VIEW_COMPARE_VIEWS_H
#define QPW_VIEW_COMPARE_VIEWS_H

#include <stdio.h>

#include <jansson.h>

#include "model/compare.h"

/* One screen for a terminal: verdict, why, the main figures, remote work by function. */
void compare_text(FILE *f, const struct comparison *c);

/* The same with every figure, and with bootstrap, rank test, correction and drift of each. */
void compare_text_all(FILE *f, const struct comparison *c);

/* For a mail or an issue; tables as GitHub and others read them. */
void compare_markdown(FILE *f, const struct comparison *c);

/* A page of its own: no script, no request, light and dark, printable. */
void compare_html(FILE *f, const struct comparison *c);

/* "qpwlat.compare" version 1, as docs/compare.md describes it. NULL when out of memory. */
json_t *compare_json(const struct comparison *c);

#endif
