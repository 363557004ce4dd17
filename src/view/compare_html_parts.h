/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sections of the comparison's page, for compare_html.c to put in order. Each writes a whole
 * <section>; all foreign text passes escape_html().
 */
#ifndef QPW_VIEW_COMPARE_HTML_PARTS_H
#define QPW_VIEW_COMPARE_HTML_PARTS_H

#include <stdio.h>

#include "model/compare.h"
#include "view/html.h"

/* Column headings: first, then one per mode under each group, then last. Lists end with NULL. */
struct part_columns {
	const char *first[4];
	const char *groups[8];
	const char *last[4];
};

void part_mode_head(FILE *f, const struct comparison *c, const struct part_columns *columns);

/* <td> with a probability; empty where there is none. */
void part_p(FILE *f, double p);

void part_latency(FILE *f, const struct comparison *c);
void part_figures(FILE *f, const struct comparison *c);
void part_causes(FILE *f, const struct comparison *c);
void part_works(FILE *f, const struct comparison *c);
void part_flushes(FILE *f, const struct comparison *c);
void part_triggers(FILE *f, const struct comparison *c);
void part_outliers(FILE *f, const struct comparison *c);
void part_boots(FILE *f, const struct comparison *c);
void part_setup(FILE *f, const struct comparison *c);
void part_limits(FILE *f, const struct comparison *c);

#endif
