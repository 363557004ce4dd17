/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view without a screen: text of stable columns, and JSON.
 */
#ifndef QPW_VIEW_TOP_TEXT_H
#define QPW_VIEW_TOP_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "view/top.h"
#include "view/top_table.h"

/* What a user chose. */
struct top_text {
	bool views[TOP_VIEWS]; /* those to print */
	struct top_order orders[TOP_VIEWS];
	struct top_order cpus; /* of the CPUs */
	const struct top_filter *filter;
	size_t max_rows; /* of each view */
};

/* A block: the lines above, the CPUs, the chosen tables. 0 or -ENOMEM. */
int top_text_print(const struct top_text *t, const struct top_data *d, FILE *f);

/*
 * An object with everything: who and where, each view by its name, whichever are chosen; filter and
 * orders as chosen. NULL when out of memory. docs/trace-format.md lists its members.
 */
json_t *top_json(const struct top_text *t, const struct top_data *d);

#endif
