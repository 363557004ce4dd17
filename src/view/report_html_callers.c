// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's drawing of who caused what by which way: stacks merged as trees, a bar for each branch
 * as long as its share.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>

#include "model/blame.h"
#include "model/callers.h"
#include "view/escape.h"
#include "view/report_chain.h"

#define BAR_REM 20 /* all of a cause, however deep the branch */

static void put_branch(FILE *f, const char *css, double share, const char *text)
{
	fprintf(f, "<li><span class=\"bar %s\" style=\"width:%.2frem\"></span>%.1f %% <code>", css,
		share * BAR_REM / 100, share);
	/* its names have passed text_escape() already */
	escape_html_safe(f, text);
	fputs("</code>", f);
}

/* The ways on from a node. */
static void put_branches(FILE *f, const struct callers *c, uint32_t parent,
			 const struct callers_node *cause)
{
	const char *css = html_class_css[cause->class];
	struct report_branch b = { .next = c->nodes[parent].first };

	if (!b.next)
		return;
	fputs("<ul class=\"tree\">\n", f);
	while (report_branch_next(c, &b)) {
		put_branch(f, css, report_percent(b.count, cause->count), b.text);
		if (b.end)
			put_branches(f, c, b.end, cause);
		fputs("</li>\n", f);
	}
	fputs("</ul>\n", f);
}

static void put_cause(FILE *f, const struct callers *c, const struct callers_node *cause)
{
	bool avoidable = blame_is_avoidable(cause->class, cause->name);

	fprintf(f, "<details open=\"open\"><summary>%" PRIu64 "× %s <code>", cause->count,
		snap_class_name(cause->class));
	escape_html(f, cause->name);
	fprintf(f, "</code>%s</summary>\n", avoidable ? ", avoidable by QPW" : "");
	put_branches(f, c, (uint32_t)(cause - c->nodes), cause);
	fputs("</details>\n", f);
}

static void put_causes(FILE *f, const struct report *r, const struct callers *c)
{
	size_t nr = 0, shown = 0;

	for (uint32_t at = c->nodes[0].first; at; at = c->nodes[at].next)
		nr++;
	fputs("<h3>By which way</h3>\n<p>Their stacks, merged: a &lt; b says that a was called by b. "
	      "Bars and percentages are shares of the cause.</p>\n",
	      f);
	fputs("<p class=\"note print\">On paper the stacks of the single rows above are left out.</p>\n",
	      f);
	for (uint32_t at = c->nodes[0].first; at && shown < report_limit(r, nr); shown++) {
		put_cause(f, c, &c->nodes[at]);
		at = c->nodes[at].next;
	}
	report_html_more(f, shown, nr);
	if (c->nr_without)
		fprintf(f,
			"<p class=\"note\">Interruptions whose way is not known: %" PRIu64
			".</p>\n",
			c->nr_without);
}

void report_html_callers(FILE *f, const struct report *r)
{
	struct callers c;

	if (callers_build(r->snapshot, &c))
		fputs("<p class=\"note\">Stacks are not shown: out of memory.</p>\n", f);
	else if (c.nodes[0].first)
		put_causes(f, r, &c);
	callers_finish(&c);
}
