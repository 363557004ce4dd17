// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copying the places of a table that are taken. A program takes that of a row before the one of who
 * brought it about, so what is taken is read in the other order.
 */
#include "model/look.h"

#include <stddef.h>
#include <string.h>

/* All zero again but for what is before the places, which is written anew each time. */
static void forget(struct qpw_live_table *copy)
{
	int at;

	qpw_live_for_each(copy->used_rows, at)
		memset(&copy->rows[at], 0, sizeof(copy->rows[at]));
	qpw_live_for_each(copy->used_causers, at)
		memset(&copy->causers[at], 0, sizeof(copy->causers[at]));
	for (int kind = 0; kind < LIVE_OTHERS; kind++)
		if (copy->gone_kinds >> kind & 1)
			memset(&copy->gone[kind], 0, sizeof(copy->gone[kind]));
}

void look_copy(struct qpw_live_table *copy, const struct qpw_live_table *table)
{
	int at;

	forget(copy);
	memcpy(copy, table, offsetof(struct qpw_live_table, used_rows));
	memcpy(copy->used_causers, table->used_causers, sizeof(copy->used_causers));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	memcpy(copy->used_rows, table->used_rows, sizeof(copy->used_rows));
	qpw_live_for_each(copy->used_causers, at)
		copy->causers[at] = table->causers[at];
	qpw_live_for_each(copy->used_rows, at)
		copy->rows[at] = table->rows[at];
	for (int kind = 0; kind < LIVE_OTHERS; kind++)
		if (copy->gone_kinds >> kind & 1)
			copy->gone[kind] = table->gone[kind];
}
