/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sections of a report as text or Markdown, private to it, in the order in which they come. Each
 * begins with a heading, and prints nothing where there is nothing to tell.
 */
#ifndef QPW_VIEW_REPORT_PARTS_H
#define QPW_VIEW_REPORT_PARTS_H

#include "view/report.h"
#include "view/sheet.h"

/* What was reported, the verdict and what it rests on, the machines. */
void report_setup(const struct sheet *o, const struct report *r);

/* What the recorder found on the machine that spoils a measurement. */
void report_spoilers(const struct sheet *o, const struct report *r);

/* What makes the figures less than the whole truth: warnings, missing probes. */
void report_warnings(const struct sheet *o, const struct report *r);
void report_missing_probes(const struct sheet *o, const struct report *r);

/* Percentiles and how well they are known. */
void report_latency(const struct sheet *o, const struct report *r);

/* What interrupted: by class, by cause. */
void report_classes(const struct sheet *o, const struct report *r);
void report_causes(const struct sheet *o, const struct report *r);

/* Who queued, sent or woke, and their stacks as trees. */
void report_origins(const struct sheet *o, const struct report *r);
void report_callers(const struct sheet *o, const struct report *r);

/* Work items by function: how many, who queued them, how long they waited. */
void report_works(const struct sheet *o, const struct report *r);

/* Waits in flushes and drains, and who waited. */
void report_flushes(const struct sheet *o, const struct report *r);
void report_waiters(const struct sheet *o, const struct report *r);

/* Waits for qpw locks. */
void report_contended(const struct sheet *o, const struct report *r);

/* Tasks that came, lock waits, the CPU taken away, what the victim did to itself, the tick. */
void report_points(const struct sheet *o, const struct report *r);

/* What late samples are made of: added up, then one by one. */
void report_late(const struct sheet *o, const struct report *r);
void report_outliers(const struct sheet *o, const struct report *r);

/* ns in percent of the time that the reported CPUs had, "-" where that is not known. */
void report_share(const struct report *r, uint64_t ns, char *buf, size_t size);

/* "causes by self time, 2 of 7" as a heading. */
void report_heading_of(const struct sheet *o, const char *title, const char *legend, size_t shown,
		       size_t nr);

/* " of lab.qpw" where there are several traces, else "". boot: its number. Escaped. */
void report_of_trace(const struct report *r, uint32_t boot, char *buf, size_t size);

#endif
