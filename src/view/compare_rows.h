/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of both modes matched by name, for the tables that set them side by side. Knows no format.
 */
#ifndef QPW_VIEW_COMPARE_ROWS_H
#define QPW_VIEW_COMPARE_ROWS_H

#include "model/compare.h"

/* The same row of both modes; a mode that has none has NULL. Array of nr on the heap. */
struct work_row {
	const char *function;
	bool qpw; /* of the families that QPW converts */
	const struct snap_work *side[COMPARE_SIDES];
	uint64_t witness[COMPARE_SIDES];
};

struct cause_row {
	const struct snap_cause *any; /* for class and name */
	const struct snap_cause *side[COMPARE_SIDES];
};

struct flush_row {
	const struct snap_flush *any; /* for function and work */
	const struct snap_flush *side[COMPARE_SIDES];
};

/* A name counted in both modes. */
struct count_row {
	const char *name;
	uint64_t side[COMPARE_SIDES];
};

/* What the recorder found on the machine that spoils a measurement: in how many boots. */
struct warning_row {
	const struct host_warning *any; /* of the first boot that has it */
	size_t boots[COMPARE_SIDES];
};

/*
 * Each gives the number of rows and the rows in *out, which the caller frees; NULL and 0 when out
 * of memory or empty. Order: works by QPW family, then by how often they ran; causes and flushes
 * by time; triggers by name; warnings as the boots have them, each code once.
 */
size_t compare_work_rows(const struct comparison *c, struct work_row **out);
size_t compare_cause_rows(const struct comparison *c, struct cause_row **out);
size_t compare_flush_rows(const struct comparison *c, struct flush_row **out);
size_t compare_trigger_rows(const struct comparison *c, struct count_row **out);
size_t compare_warning_rows(const struct comparison *c, struct warning_row **out);

#endif
