/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One late sample as a drawing. Knows what a sample is made of, nothing of the page around it.
 */
#ifndef QPW_VIEW_TIMELINE_H
#define QPW_VIEW_TIMELINE_H

#include <stdio.h>

#include "model/snapshot.h"

/*
 * Inline SVG: time goes to the right from a little before the expiry, or from where the first of
 * its causes was queued, sent or woken if that is not further away than the sample is long. A lane
 * for who caused it, one for each context of the CPU, one for what stays unexplained; the three
 * steps above. id makes the references inside unique in the page; names are escaped.
 */
void timeline_svg(FILE *f, const char *id, const struct snap_outlier *o);

/* "churn:77 on CPU 0" for a page, escaped; without the number where it was several tasks. */
void timeline_origin(FILE *f, const struct snap_origin *o);

#endif
