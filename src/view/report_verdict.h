/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one line that a report begins with. Knows neither files nor formats.
 */
#ifndef QPW_VIEW_REPORT_VERDICT_H
#define QPW_VIEW_REPORT_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "view/report.h"

#define REPORT_VERDICT 2048 /* room for the longest names, escaped */
#define REPORT_UNSEEN 256   /* for all classes */

/* "runs of threads, softirqs": of what for want of a probe not all was seen. False: of nothing. */
bool report_unseen(const struct snapshot *snap, char *buf, size_t size);

/*
 * How late the worst sample was and what the worst ones are made of; without samples, how much of
 * the CPUs' time was taken and by what. What was lost or not looked at is said first. The text has
 * passed text_escape(). False: it begins with "inconclusive" and the reason, as the data can't bear
 * it.
 */
bool report_verdict(const struct report *r, char *text, size_t size);

#endif
