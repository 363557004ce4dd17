// SPDX-License-Identifier: GPL-2.0-only
/*
 * The comparison as a page that stands alone: no script, no request whatever (the policy in its
 * head forbids them), readable light, dark, narrow, wide and printed.
 */
#include <inttypes.h>
#include <math.h>

#include "util/array.h"
#include "view/compare_gates.h"
#include "view/compare_html_parts.h"
#include "view/compare_views.h"
#include "view/compare_words.h"
#include "view/escape.h"

static void put_head(FILE *f, const struct comparison *c)
{
	char title[3 * BOOT_TEXT];

	snprintf(title, sizeof(title), "%s → %s: %s", c->mode[COMPARE_A].name,
		 c->mode[COMPARE_B].name, compare_verdict_name(c->verdict));
	html_begin(f, title, "");
}

/* One figure of both modes, large. */
static void put_tile(FILE *f, const struct comparison *c, const char *group, const char *subject,
		     const char *words)
{
	const struct compare_metric *m = words_find(c, group, subject);
	char cell[WORDS_CELL];

	fprintf(f, "<div class=\"tile\"><span>%s</span><b>", words);
	words_value(m->unit, m->median[COMPARE_A], cell, sizeof(cell));
	fprintf(f, "%s → ", cell);
	words_value(m->unit, m->median[COMPARE_B], cell, sizeof(cell));
	fprintf(f, "%s</b><span>", cell);
	if (m->counted && !isnan(m->total[COMPARE_A] + m->total[COMPARE_B]))
		fprintf(f, "%.0f → %.0f in all; ", m->total[COMPARE_A], m->total[COMPARE_B]);
	words_change(m, cell, sizeof(cell));
	fprintf(f, "ratio %s</span></div>\n", cell);
}

static void put_header(FILE *f, const struct comparison *c)
{
	static const char *const links[][2] = {
		{ "latency", "Latency" },      { "causes", "Causes" }, { "work", "Remote work" },
		{ "outliers", "Outliers" },    { "boots", "Boots" },   { "setup", "Setup" },
		{ "limits", "What it omits" },
	};
	char words[WORDS_MAX];

	fputs("<header>\n<p class=\"kicker\">QPW latency toolkit: comparison of boot modes</p>\n"
	      "<h1>",
	      f);
	escape_html(f, c->mode[COMPARE_A].name);
	fputs(" → ", f);
	escape_html(f, c->mode[COMPARE_B].name);
	fprintf(f, "</h1>\n<div class=\"verdict %s\"><p><strong>Verdict: %s</strong></p><p>",
		compare_verdict_name(c->verdict), compare_verdict_name(c->verdict));
	words_why(c, words, sizeof(words));
	escape_html(f, words);
	fputs("</p></div>\n<p class=\"soft\">", f);
	words_setup(c, words, sizeof(words));
	escape_html(f, words);
	fputs("; ", f);
	words_witness(c, words, sizeof(words));
	escape_html(f, words);
	fputs(".</p>\n<nav aria-label=\"Sections\">", f);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		fprintf(f, "<a href=\"#%s\">%s</a> ", links[i][0], links[i][1]);
	fputs("</nav>\n</header>\n", f);
}

void compare_html(FILE *f, const struct comparison *c)
{
	put_head(f, c);
	put_header(f, c);
	fputs("<main id=\"main\">\n<div class=\"tiles\">\n", f);
	put_tile(f, c, "remote work", "QPW families", "Drain works executed on the watched CPUs");
	put_tile(f, c, "remote work", "run in the caller", "Drains run in the caller instead");
	put_tile(f, c, "stolen time", "work", "Time stolen by works");
	put_tile(f, c, "latency", "p99",
		 c->emulated || c->time_unknown ? "Latency p99 (shown, not judged)" :
						  "Latency p99");
	fputs("</div>\n", f);
	compare_gates_html(f, c);
	part_latency(f, c);
	part_causes(f, c);
	part_works(f, c);
	part_flushes(f, c);
	part_outliers(f, c);
	part_figures(f, c);
	part_boots(f, c);
	part_triggers(f, c);
	part_setup(f, c);
	part_limits(f, c);
	fputs("</main>\n<footer><p>Written by qpwlat compare. Intervals are 95 %; boots are the unit of "
	      "repetition.</p></footer>\n",
	      f);
	html_end(f);
}
