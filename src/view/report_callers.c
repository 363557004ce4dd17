// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report's section with the stacks of whoever caused interruptions, merged as trees. Knows
 * neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>

#include "model/blame.h"
#include "model/callers.h"
#include "util/text.h"
#include "view/report_chain.h"

static void put_branch(const struct sheet *o, int indent, double share, const char *text)
{
	fprintf(o->f, "%*s%5.1f %%  ", indent, "", share);
	sheet_wrap(o, text, (size_t)indent + 9, indent + 9);
	fputc('\n', o->f);
}

/* The ways on from a node. whole: count of the cause. */
static void put_branches(const struct sheet *o, const struct callers *c, uint32_t parent,
			 uint64_t whole, int indent)
{
	struct report_branch b = { .next = c->nodes[parent].first };

	while (report_branch_next(c, &b)) {
		put_branch(o, indent, report_percent(b.count, whole), b.text);
		if (b.end)
			put_branches(o, c, b.end, whole, indent + 2);
	}
}

static void put_causes(const struct sheet *o, const struct report *r, const struct callers *c)
{
	uint32_t at = c->nodes[0].first;

	for (size_t nr = 0; at && (!r->top || nr < r->top); nr++) {
		const struct callers_node *node = &c->nodes[at];
		char name[4 * CALLERS_NAME];

		text_escape(node->name, name, sizeof(name));
		fprintf(o->f, "  %" PRIu64 "  %s %s%s\n", node->count, snap_class_name(node->class),
			name,
			blame_is_avoidable(node->class, node->name) ? ", avoidable by QPW" : "");
		put_branches(o, c, at, node->count, 4);
		at = node->next;
	}
}

void report_callers(const struct sheet *o, const struct report *r)
{
	struct callers c;
	size_t nr = 0;

	if (callers_build(r->snapshot, &c)) {
		sheet_warning(o, "stacks are not shown: out of memory.");
	} else if (c.nodes[0].first) {
		for (uint32_t at = c.nodes[0].first; at; at = c.nodes[at].next)
			nr++;
		report_heading_of(o, "call paths of who caused it",
				  "merged; a < b: a was called by b; % of the cause",
				  report_limit(r, nr), nr);
		sheet_begin_fixed(o);
		put_causes(o, r, &c);
		sheet_end_fixed(o);
		if (c.nr_without)
			sheet_line(o, "without a known path: %" PRIu64 " interruptions",
				   c.nr_without);
	}
	callers_finish(&c);
}
