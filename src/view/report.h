/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one trace says, as text for a terminal and as JSON. Knows neither files nor options.
 */
#ifndef QPW_VIEW_REPORT_H
#define QPW_VIEW_REPORT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "host/host.h"
#include "model/snapshot.h"

struct report {
	const char *path;
	const struct host_facts *facts;
	const struct snapshot *snapshot;
	const char *problem;   /* what the reader of the file found wrong; "" = nothing */
	uint64_t nr_malformed; /* records that the model refused */
	unsigned int top;      /* rows of causes and of outliers in text; 0 = all */
};

/* At most 120 columns but for long names. Write errors stay with the stream. */
void report_text(FILE *f, const struct report *r);

/*
 * One object: schema "qpwlat.report", version 1, host facts, and the members of summary_json().
 * The caller owns it; NULL when out of memory.
 */
json_t *report_json(const struct report *r);

#endif
