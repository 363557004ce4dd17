/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines above the tables, the same on a screen and in text: whose machine, which CPUs, what
 * makes the figures doubtful, whom they are measured for, what the view itself costs.
 */
#ifndef QPW_VIEW_TOP_ABOUT_H
#define QPW_VIEW_TOP_ABOUT_H

#include "view/top.h"

#define TOP_ABOUT_TEXT (HOST_TEXT * 4 * 3 + 256)

/*
 * Each writes one line, escaped, what must be seen first: on a screen its end may be cut. d->now
 * may be NULL but for the last. The first one shortens the host's name where it is longer than
 * columns.
 */
void top_about_title(const struct top_data *d, unsigned int columns, char line[TOP_ABOUT_TEXT]);
void top_about_cpus(const struct top_data *d, char line[TOP_ABOUT_TEXT]);
void top_about_doubts(const struct top_data *d, char line[TOP_ABOUT_TEXT]);

/* Records were lost, or the trace broke off. */
bool top_about_doubtful(const struct top_data *d);

#endif
