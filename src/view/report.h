/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one or more traces say, in several formats. Knows neither files nor options.
 */
#ifndef QPW_VIEW_REPORT_H
#define QPW_VIEW_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "host/host.h"
#include "model/snapshot.h"

#define REPORT_PROBLEM 256
#define REPORT_LEVEL 0.95 /* of intervals of percentiles, two-sided */

/* One recording. */
struct report_trace {
	const char *path;
	struct host_facts facts;
	char problem[REPORT_PROBLEM]; /* what the reader of the file found wrong; "" = nothing */
	bool part;		      /* it breaks off, or what follows is corrupt */
	uint64_t nr_malformed;	      /* records that the model refused */
	uint64_t nr_events;
	uint64_t window_start_ns; /* of this recording alone */
	uint64_t window_ns;
	uint64_t watched_ns; /* time that the reported CPUs had in it, added up; 0 = not known */
};

struct report {
	const struct report_trace *traces;
	size_t nr_traces;		 /* at least 1 */
	const struct snapshot *snapshot; /* of all traces, merged */
	unsigned int top;		 /* rows of a table of any length; 0 = all */
	uint64_t from_ns;		 /* asked for: from here of each window … */
	uint64_t to_ns;			 /* … to here; 0 = its end */
	const char *cpus;		 /* asked for: these CPUs, a list; NULL = all */
	size_t columns;			 /* of text, where it goes to a terminal; 0 = any */
};

/* Rows of a table of nr that are shown. */
static inline size_t report_limit(const struct report *r, size_t nr)
{
	return r->top && nr > r->top ? r->top : nr;
}

/* What share of whole a part is; 0 of nothing. */
static inline double report_percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* Malformed records of all traces. */
uint64_t report_malformed(const struct report *r);

/* Time of the reported CPUs in all traces, ns; 0 where it is not known of one of them. */
double report_watched_ns(const struct report *r);

/* How many traces hold a recording that an earlier one holds: copies, whose figures count twice. */
size_t report_copies(const struct report *r);

/*
 * In how many traces the recorder found what a warning of a trace tells; 0 where an earlier trace
 * has it, too: each is to be told once.
 */
size_t report_spoiled(const struct report *r, size_t trace, unsigned int warning);

/* For a terminal: 80 columns where names allow it. Write errors stay with the stream. */
void report_text(FILE *f, const struct report *r);

/* The same to be pasted into a mail or an issue. */
void report_markdown(FILE *f, const struct report *r);

/* One object: schema "qpwlat.report", version 1, host facts, and a summary's members. 0, -errno. */
int report_json(FILE *f, const struct report *r);

/*
 * The same in memory, but for the member REPORT_LATE, an array: it is empty, as late samples may be
 * many. summary_outlier_json() makes each. The caller owns it; NULL when out of memory.
 */
#define REPORT_LATE "outliers"
json_t *report_json_lean(const struct report *r);

/*
 * A page that stands alone: no script, no request. Names are escaped. Write errors stay with the
 * stream.
 */
void report_html(FILE *f, const struct report *r);

/*
 * The same figures, one a row: section, row, class, name, figure, value. Columns stay. Returns 0 or
 * -ENOMEM; write errors stay with the stream.
 */
int report_csv(FILE *f, const struct report *r);

#endif
