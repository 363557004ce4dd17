/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sections of the text report, private to it. Each begins with an empty line, and prints nothing
 * where there is nothing to tell.
 */
#ifndef QPW_VIEW_REPORT_PARTS_H
#define QPW_VIEW_REPORT_PARTS_H

#include "view/report.h"

/* Work items by function: how many, who queued them, how long they waited. */
void report_works(FILE *f, const struct report *r);

/* Waits in flushes and drains. */
void report_flushes(FILE *f, const struct report *r);
void report_waiters(FILE *f, const struct report *r);

/* Waits for qpw locks. */
void report_contended(FILE *f, const struct report *r);

/* Who queued, sent or woke, with stacks. */
void report_origins(FILE *f, const struct report *r);

/* Tasks that came, lock waits, the CPU taken away, what the victim did to itself, the tick. */
void report_points(FILE *f, const struct report *r);

/* Late samples and what they are made of. */
void report_outliers(FILE *f, const struct report *r);

#endif
