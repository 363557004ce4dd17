// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of each gate, in the words and forms of all formats.
 */
#include "view/compare_gates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"
#include "view/compare_words.h"
#include "view/escape.h"
#include "view/html.h"

static const char *const whys[] = {
	[COMPARE_GATE_JUDGED] = "",
	[COMPARE_GATE_NO_FIGURE] = "the boots do not have this figure, or too little of it",
	[COMPARE_GATE_NO_REAL_TIME] =
		"it is one of time, and the CPUs were emulated or may have been",
	[COMPARE_GATE_ONE_BOOT] = "a single boot on a side does not show how boots vary",
	[COMPARE_GATE_NOT_INTERLEAVED] = "the boots did not take turns",
	[COMPARE_GATE_DRIFTING] = "the figure changed over the run, whichever side",
	[COMPARE_GATE_UNCLEAR] = "the boots are too few or vary too much",
};

/* "42.1/s to 0/s, ratio 0 (0 to 0.0029)", or the boot of B that is next to the limit. */
static void add_figure(const struct compare_gate_result *r, char *buf, size_t size)
{
	const struct compare_metric *m = r->metric;
	size_t used = strlen(buf);
	char a[WORDS_CELL], b[WORDS_CELL], ratio[WORDS_CELL];
	bool limit = r->gate->kind == COMPARE_GATE_ABOVE || r->gate->kind == COMPARE_GATE_BELOW;

	words_value(m->unit, m->median[COMPARE_A], a, sizeof(a));
	words_value(m->unit, limit ? r->worst : m->median[COMPARE_B], b, sizeof(b));
	words_change(m, ratio, sizeof(ratio));
	if (limit)
		snprintf(buf + used, size - used, "%s in the %s boot", b,
			 r->gate->kind == COMPARE_GATE_ABOVE ? "highest" : "lowest");
	else
		snprintf(buf + used, size - used, "%s to %s, ratio %s", a, b, ratio);
}

/* For want of which probe there is no figure; NULL where that is not why. A limit is B's alone. */
static const struct compare_unseen *unseen_by(const struct compare_gate_result *r)
{
	bool limit = r->gate->kind == COMPARE_GATE_ABOVE || r->gate->kind == COMPARE_GATE_BELOW;

	for (int side = limit ? COMPARE_B : COMPARE_A; r->metric && side < COMPARE_SIDES; side++)
		if (r->metric->unseen[side].probe)
			return &r->metric->unseen[side];
	return NULL;
}

void compare_gate_words(const struct comparison *c, const struct compare_gate_result *r, char *buf,
			size_t size)
{
	const struct compare_unseen *unseen = unseen_by(r);

	buf[0] = '\0';
	if (r->why == COMPARE_GATE_FLAWED)
		words_reason(c, r->reason, buf, size);
	else if (r->why == COMPARE_GATE_NO_FIGURE && unseen)
		snprintf(buf, size, "%s was recorded without the probe %s", unseen->boot,
			 unseen->probe);
	else
		snprintf(buf, size, "%s", whys[r->why]);
	if (!r->metric || strlen(buf) + 3 > size)
		return;
	if (buf[0])
		text_add(buf, size, "; ");
	add_figure(r, buf, size);
}

const char *compare_gate_shown(const struct compare_gate_result *r)
{
	return r->outcome == COMPARE_GATE_UNJUDGED ? "not judged" :
						     compare_gate_outcome_name(r->outcome);
}

void compare_gates_markdown(FILE *f, const struct comparison *c)
{
	char words[WORDS_MAX];

	if (c->nr_gates)
		fputs("## Gates\n\n| gate | outcome | seen |\n|---|---|---|\n", f);
	for (size_t i = 0; i < c->nr_gates; i++) {
		const struct compare_gate_result *r = &c->gates[i];

		compare_gate_words(c, r, words, sizeof(words));
		fputs("| ", f);
		escape_markdown_code(f, r->gate->text);
		fprintf(f, " | %s%s%s | ", r->outcome == COMPARE_GATE_FAILED ? "**" : "",
			compare_gate_shown(r), r->outcome == COMPARE_GATE_FAILED ? "**" : "");
		escape_markdown(f, words);
		fputs(" |\n", f);
	}
	if (c->nr_gates)
		fputc('\n', f);
}

void compare_gates_html(FILE *f, const struct comparison *c)
{
	char words[WORDS_MAX];

	if (!c->nr_gates)
		return;
	html_section(f, "gates", "Gates");
	html_table(f, "What must not happen, and whether it did");
	fputs("<thead><tr><th class=\"t\" scope=\"col\">gate</th><th class=\"t\" scope=\"col\">outcome"
	      "</th><th class=\"t\" scope=\"col\">seen</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < c->nr_gates; i++) {
		const struct compare_gate_result *r = &c->gates[i];

		compare_gate_words(c, r, words, sizeof(words));
		fputs("<tr><td class=\"t\"><code>", f);
		escape_html(f, r->gate->text);
		fprintf(f, "</code></td><td class=\"t\"><b>%s</b></td><td class=\"t w\">",
			compare_gate_shown(r));
		escape_html(f, words);
		fputs("</td></tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	html_section_end(f);
}
