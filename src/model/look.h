/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of include/qpw/live.h as it is at a moment, while programs go on to fill it. Knows
 * nothing of what is in its rows.
 */
#ifndef QPW_MODEL_LOOK_H
#define QPW_MODEL_LOOK_H

#include "qpw/live.h"

/*
 * Make of an earlier copy, or of one that is all zero, a copy of a table. What is not used is zero
 * there and is not read here: most of a table's 200 KB. Of whom a causer brought about, and of the
 * last thread, the row is there, too.
 */
void look_copy(struct qpw_live_table *copy, const struct qpw_live_table *table);

#endif
