/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formats in which single records leave a trace, one after another. Knows neither files nor
 * options.
 */
#ifndef QPW_VIEW_EXPORT_H
#define QPW_VIEW_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "host/host.h"
#include "qpw/event.h"

/* How the records ended. */
struct export_end {
	const char *problem; /* what the reader of the file found wrong; "" = nothing */
	bool truncated;	     /* these are not all records */
};

/* Write errors stay with the stream that create() was given. */
struct export_format {
	const char *name;
	/*
	 * Begin on f: what comes before all records is written. The facts stay until finish(). NULL
	 * when out of memory.
	 */
	void *(*create)(FILE *f, const struct host_facts *facts);
	/* One record, as long as its kind says, in the order of the trace. 0 or -ENOMEM. */
	int (*put)(void *export, const struct qpw_header *record);
	/*
	 * What comes behind all records is written, so that the output is whole wherever the trace
	 * ended, and the rest freed. NULL is taken. 0, -ENOMEM, or -ENODATA: there
	 * is nothing that this format tells.
	 */
	int (*finish)(void *export, const struct export_end *end);
};

/* A header row, then one row a record. docs/trace-format.md says what the columns hold. */
extern const struct export_format export_csv;

/*
 * The shape of cyclictest's own JSON, from the wake-ups of the victim in the measured window;
 * finish() returns -ENODATA where there are none.
 */
extern const struct export_format export_cyclictest;

/* Trace Event Format: JSON for Perfetto's UI and chrome://tracing. */
extern const struct export_format export_chrome;

#endif
