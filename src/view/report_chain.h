/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A way through the merged stacks of those who caused interruptions, in words. Knows no format.
 */
#ifndef QPW_VIEW_REPORT_CHAIN_H
#define QPW_VIEW_REPORT_CHAIN_H

#include "model/callers.h"

#define REPORT_BRANCHES 5 /* of a node are shown, the frequent ones; the others are one figure */

/*
 * "a < b < by task": from a node on, each called by the next, to where ways part; *end is the last
 * node on it. Escaped, on the heap; NULL when out of memory.
 */
char *report_chain(const struct callers *c, uint32_t at, uint32_t *end);

#endif
