/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When watched CPUs were not there, in words for every format of a report.
 */
#ifndef QPW_VIEW_REPORT_OFFLINE_H
#define QPW_VIEW_REPORT_OFFLINE_H

#include "view/report.h"

/* Edges on the clock of its recording's window. */
struct report_offline {
	char from[32]; /* "1.500 s", "the beginning" */
	char to[32];   /* "2.500 s", "the end" */
};

/* So many of the snapshot's first ones are told one by one; *nr_more that follow only as a sum. */
size_t report_offlines(const struct snapshot *s, uint64_t *nr_more);

void report_offline(const struct report *r, const struct snap_offline *offline,
		    struct report_offline *words);

#endif
