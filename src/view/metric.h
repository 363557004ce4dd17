/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Families of metrics in OpenMetrics text: headers, labels, values, histograms. Knows the format,
 * not what is told in it.
 */
#ifndef QPW_VIEW_METRIC_H
#define QPW_VIEW_METRIC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "qpw/hist.h"

enum metric_type {
	METRIC_COUNT,	   /* counter */
	METRIC_SECONDS,	   /* counter of nanoseconds, told in seconds */
	METRIC_GAUGE,	   /* a number that may shrink */
	METRIC_GAUGE_SECS, /* the same, of nanoseconds */
	METRIC_HISTOGRAM,  /* of nanoseconds, told in seconds: a struct hist *, which may be NULL */
};

/* One family; each row has one value of it. */
struct metric {
	const char *name; /* without "_total" */
	enum metric_type type;
	size_t offset; /* of the uint64_t or struct hist * in a row */
	const char *help;
};

/* Rows of one kind. */
struct metric_rows {
	const void *rows;
	size_t nr;
	size_t size; /* bytes from one row to the next */
	/* Labels of row i, by metric_label(); NULL: none. */
	void (*labels)(FILE *f, const void *rows, size_t i);
};

/* # TYPE, # UNIT and # HELP of a family. */
void metric_head(FILE *f, const struct metric *metric);

/* One family over all rows; nothing where there are none. */
void metric_put(FILE *f, const struct metric *metric, const struct metric_rows *rows);

/* name="text" and a comma when another follows it; text may hold anything. */
void metric_label(FILE *f, const char *name, const char *text, size_t max, const char *behind);

#endif
