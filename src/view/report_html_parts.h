/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sections of the report's page, for report_html.c to put in order. Each writes a whole
 * <section>; all foreign text passes escape_html().
 */
#ifndef QPW_VIEW_REPORT_HTML_PARTS_H
#define QPW_VIEW_REPORT_HTML_PARTS_H

#include "view/html.h"
#include "view/report.h"

/* What the page has beside html_style. */
extern const char report_html_style[];

/* "and 7 more" below a table of which shown rows are there; nothing when that is all. */
void report_html_more(FILE *f, size_t shown, size_t nr);

/* " from" and where an IPI was sent from; nothing for "". */
void report_html_callsite(FILE *f, const char *callsite);

/* <td> with a share of whole in percent, "–" where the whole is not known. */
void report_html_share(FILE *f, double part, double whole);

/* <td> with a bar as long as value is of scale, in the colour of a CSS class. */
void report_html_bar(FILE *f, const char *css, double value, double scale);

/* Seconds measured, of all traces; 0 where nothing was. */
double report_html_seconds(const struct report *r);

/* Not a section: what must be known before the figures. Nothing where there is none. */
void report_html_caveats(FILE *f, const struct report *r);

void report_html_latency(FILE *f, const struct report *r);
void report_html_time(FILE *f, const struct report *r);
void report_html_causes(FILE *f, const struct report *r);
void report_html_origins(FILE *f, const struct report *r);
/* Not a section: the end of that about origins, their stacks as trees. */
void report_html_callers(FILE *f, const struct report *r);
void report_html_works(FILE *f, const struct report *r);
void report_html_points(FILE *f, const struct report *r);
void report_html_outliers(FILE *f, const struct report *r);
void report_html_setup(FILE *f, const struct report *r);
void report_html_limits(FILE *f, const struct report *r);

#endif
