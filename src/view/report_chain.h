/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A way through the merged stacks of those who caused interruptions, in words. Knows no format.
 */
#ifndef QPW_VIEW_REPORT_CHAIN_H
#define QPW_VIEW_REPORT_CHAIN_H

#include "model/callers.h"

/*
 * The ways on from a node, the frequent ones by themselves, the others as a last one. Begin with
 * .next = the node's first.
 */
struct report_branch {
	uint32_t next;
	uint32_t end;	/* the last node on it, from where ways go on; 0 = of the others */
	uint64_t count; /* interruptions */
	/* "a < b < by task": each called by the next, to where ways part; escaped */
	const char *text;
	char *chain; /* what text is kept in */
	unsigned int nr;
};

/* Whether there is one more; to be asked until there is none, which frees what is held. */
bool report_branch_next(const struct callers *c, struct report_branch *branch);

#endif
