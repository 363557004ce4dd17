/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions on one line, from the one that queued, sent or woke to where callers differ. Knows no
 * format.
 */
#include "view/report_chain.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/text.h"

/* The only way on from a node: no stack ends here or goes another way. 0 where there is none. */
static uint32_t only_child(const struct callers *c, uint32_t at)
{
	uint32_t child = c->nodes[at].first;

	return child && c->nodes[child].count == c->nodes[at].count ? child : 0;
}

char *report_chain(const struct callers *c, uint32_t at, uint32_t *end)
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
