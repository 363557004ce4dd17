// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions on one line, from the one that queued, sent or woke to where callers differ. Knows no
 * format.
 */
#include "view/report_chain.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/text.h"

#define BRANCHES 5 /* of a node by themselves */

/* The only way on from a node: no stack ends here or goes another way. 0 where there is none. */
static uint32_t only_child(const struct callers *c, uint32_t at)
{
	uint32_t child = c->nodes[at].first;

	return child && c->nodes[child].count == c->nodes[at].count ? child : 0;
}

/* From a node on; *end is the last one. NULL when out of memory. */
static char *chain_from(const struct callers *c, uint32_t at, uint32_t *end)
{
	char name[4 * CALLERS_NAME], *text = NULL, *longer;

	for (; at; at = only_child(c, at)) {
		text_escape(c->nodes[at].name, name, sizeof(name));
		if (asprintf(&longer, "%s%s%s%s", text ? text : "", text ? " < " : "",
			     c->nodes[at].kind == CALLERS_TASK ? "by " : "", name) < 0)
			longer = NULL;
		free(text);
		text = longer;
		*end = at;
		if (!text)
			break;
	}
	return text;
}

bool report_branch_next(const struct callers *c, struct report_branch *branch)
{
	uint32_t at = branch->next;

	free(branch->chain);
	branch->chain = NULL;
	branch->end = 0;
	if (!at)
		return false;
	if (branch->nr++ < BRANCHES) {
		branch->next = c->nodes[at].next;
		branch->count = c->nodes[at].count;
		branch->chain = chain_from(c, at, &branch->end);
		branch->text = branch->chain ? branch->chain : "(out of memory)";
		return true;
	}
	branch->next = 0;
	branch->count = 0;
	branch->text = "others";
	for (; at; at = c->nodes[at].next)
		branch->count += c->nodes[at].count;
	return branch->count > 0;
}
