// SPDX-License-Identifier: GPL-2.0-only
/*
 * A comparison as Markdown, to be pasted into a mail or an issue. Foreign names stand in code
 * spans; words of ours that carry them are escaped.
 */
#include "view/compare_views.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "model/blame.h"
#include "view/compare_gates.h"
#include "view/compare_rows.h"
#include "view/compare_words.h"
#include "view/escape.h"

#define CAUSE_ROWS 15
#define FLUSH_ROWS 10

static void put_mode_columns(FILE *f, const struct comparison *c, const char *what)
{
	for (int side = 0; side < COMPARE_SIDES; side++) {
		fputs(" | ", f);
		escape_markdown(f, c->mode[side].name);
		fprintf(f, "%s%s", *what ? " " : "", what);
	}
}

static void put_p(FILE *f, double p)
{
	if (isnan(p))
		fputs(" | ", f);
	else if (p < 0.0001)
		fputs(" | < 0.0001", f);
	else
		fprintf(f, " | %.4f", p);
}

static void put_figures(FILE *f, const struct comparison *c)
{
	fputs("## Figures\n\n| |", f);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		fputc(' ', f);
		escape_markdown(f, c->mode[side].name);
		fputs(" |", f);
	}
	fputs(" ratio (95 % interval) | bootstrap | rank p | Holm p | finding |\n"
	      "|---|---:|---:|---:|---:|---:|---:|---|\n",
	      f);
	for (size_t i = 0; i < c->nr_metrics; i++) {
		const struct compare_metric *m = &c->metrics[i];
		char cell[WORDS_MAX];

		if (!words_worth(m))
			continue;
		words_metric(m, cell, sizeof(cell));
		fprintf(f, "| %s", m->primary ? "**" : "");
		escape_markdown(f, cell);
		fputs(m->primary ? "**" : "", f);
		for (int side = 0; side < COMPARE_SIDES; side++) {
			words_value(m->unit, m->median[side], cell, sizeof(cell));
			fprintf(f, " | %s", cell);
		}
		words_change(m, cell, sizeof(cell));
		fprintf(f, " | %s", cell);
		words_interval(&m->bootstrap, cell, sizeof(cell));
		fprintf(f, " | %s", cell);
		put_p(f, m->rank_p);
		put_p(f, m->holm_p);
		fprintf(f, " | %s |\n", words_finding(m->finding));
	}
	fputs("\nMedians over boots; the verdict rests on the figures in bold. Bootstrap: 95 % of the "
	      "ratio over boots drawn anew; too narrow with few boots, it decides nothing. What is zero "
	      "in both modes is left out.\n\n",
	      f);
}

static void put_works(FILE *f, const struct comparison *c)
{
	struct work_row *rows;
	size_t nr = compare_work_rows(c, &rows);

	fputs("## Work on the watched CPUs\n\n| function", f);
	put_mode_columns(f, c, "queued");
	put_mode_columns(f, c, "executed");
	put_mode_columns(f, c, "witness");
	put_mode_columns(f, c, "inline");
	fputs(" |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n", f);
	for (size_t i = 0; i < nr; i++) {
		const struct snap_work *a = rows[i].side[COMPARE_A], *b = rows[i].side[COMPARE_B];

		fputs("| ", f);
		escape_markdown_code(f, rows[i].function);
		fprintf(f, " | %" PRIu64 " | %" PRIu64, a ? a->queued : 0, b ? b->queued : 0);
		fprintf(f, " | %" PRIu64 " | %" PRIu64, a ? a->executed : 0, b ? b->executed : 0);
		fprintf(f, " | %" PRIu64 " | %" PRIu64, rows[i].witness[COMPARE_A],
			rows[i].witness[COMPARE_B]);
		fprintf(f, " | %" PRIu64 " | %" PRIu64 " |\n", a ? a->inlined : 0,
			b ? b->inlined : 0);
	}
	fputc('\n', f);
	free(rows);
}

static void put_ns(FILE *f, uint64_t ns)
{
	char cell[WORDS_CELL];

	words_ns((double)ns, cell, sizeof(cell));
	fprintf(f, " | %s", cell);
}

static void put_cause(FILE *f, const struct cause_row *r)
{
	const struct snap_cause *a = r->side[COMPARE_A], *b = r->side[COMPARE_B];

	fprintf(f, "| %s | ", snap_class_name(r->any->class));
	escape_markdown_code(f, r->any->name);
	fprintf(f, " | %s | %" PRIu64 " | %" PRIu64,
		blame_is_avoidable(r->any->class, r->any->name) ? "yes" : "-", a ? a->count : 0,
		b ? b->count : 0);
	put_ns(f, a ? a->self_ns : 0);
	put_ns(f, b ? b->self_ns : 0);
	fputs(" |\n", f);
}

/* Causes added up as of() does; those that are not shown are in it. */
static void put_sum(FILE *f, const struct comparison *c, const char *what,
		    struct snap_total (*of)(const struct snapshot *s))
{
	const struct snap_total a = of(c->mode[COMPARE_A].merged);
	const struct snap_total b = of(c->mode[COMPARE_B].merged);

	fprintf(f, "| **all** | %s | | %" PRIu64 " | %" PRIu64, what, a.count, b.count);
	put_ns(f, a.self_ns);
	put_ns(f, b.self_ns);
	fputs(" |\n", f);
}

static void put_causes(FILE *f, const struct comparison *c)
{
	struct cause_row *rows;
	size_t nr = compare_cause_rows(c, &rows);
	size_t shown = nr < CAUSE_ROWS ? nr : CAUSE_ROWS;

	fputs("## What interrupted the watched CPUs\n\n"
	      "Avoidable is what QPW lets the caller do.\n\n| class | cause | avoidable",
	      f);
	put_mode_columns(f, c, "count");
	put_mode_columns(f, c, "time");
	fputs(" |\n|---|---|---|---:|---:|---:|---:|\n", f);
	for (size_t i = 0; i < shown; i++)
		put_cause(f, &rows[i]);
	put_sum(f, c, "", blame_all);
	put_sum(f, c, "of these avoidable by QPW", blame_avoidable);
	if (nr > shown)
		fprintf(f, "\nand %zu more causes of less time each.\n", nr - shown);
	fputc('\n', f);
	free(rows);
}

static void put_flushes(FILE *f, const struct comparison *c)
{
	struct flush_row *rows;
	size_t nr = compare_flush_rows(c, &rows);
	size_t shown = nr < FLUSH_ROWS ? nr : FLUSH_ROWS;

	if (nr) {
		fputs("## Flush waits\n\n| where | work", f);
		put_mode_columns(f, c, "waits");
		put_mode_columns(f, c, "time");
		fputs(" |\n|---|---|---:|---:|---:|---:|\n", f);
	}
	for (size_t i = 0; i < shown; i++) {
		const struct snap_flush *a = rows[i].side[COMPARE_A], *b = rows[i].side[COMPARE_B];

		fputs("| ", f);
		escape_markdown_code(f, rows[i].any->function);
		fputs(" | ", f);
		escape_markdown_code(f, rows[i].any->work);
		fprintf(f, " | %" PRIu64 " | %" PRIu64, a ? a->count : 0, b ? b->count : 0);
		put_ns(f, a ? a->total_ns : 0);
		put_ns(f, b ? b->total_ns : 0);
		fputs(" |\n", f);
	}
	if (nr > shown)
		fprintf(f, "\nand %zu more.\n", nr - shown);
	if (nr)
		fputc('\n', f);
	free(rows);
}

static void put_triggers(FILE *f, const struct comparison *c)
{
	struct count_row *rows;
	size_t nr = compare_trigger_rows(c, &rows);

	if (nr) {
		fputs("## What the workload triggered\n\n| family", f);
		put_mode_columns(f, c, "");
		fputs(" |\n|---|---:|---:|\n", f);
	}
	for (size_t i = 0; i < nr; i++) {
		fputs("| ", f);
		escape_markdown_code(f, rows[i].name);
		fprintf(f, " | %" PRIu64 " | %" PRIu64 " |\n", rows[i].side[COMPARE_A],
			rows[i].side[COMPARE_B]);
	}
	if (nr)
		fputc('\n', f);
	free(rows);
}

static void put_warnings(FILE *f, const struct comparison *c)
{
	struct warning_row *rows;
	size_t nr = compare_warning_rows(c, &rows);
	char words[WORDS_MAX];

	if (nr)
		fputs("## What may spoil the measurement\n\n"
		      "Found on the machine when the boots began.\n\n",
		      f);
	for (size_t i = 0; i < nr; i++) {
		words_warning(c, &rows[i], words, sizeof(words));
		fputs("- ", f);
		escape_markdown(f, words);
		fputs(".\n", f);
	}
	if (nr)
		fputc('\n', f);
	free(rows);
}

/* Reasons beyond the first, missing probes and files: what a reader has to know besides. */
static void put_limits(FILE *f, const struct comparison *c)
{
	char words[WORDS_MAX];

	fputs("## Limits of this measurement\n\n- ", f);
	words_witness(c, words, sizeof(words));
	escape_markdown(f, words);
	fputs(".\n", f);
	words_effect(c, words, sizeof(words));
	fprintf(f, "- Only a difference of at least %s counts.\n", words);
	words_caveat(c, words, sizeof(words));
	if (words[0]) {
		fputs("- ", f);
		escape_markdown(f, words);
		fputc('\n', f);
	}
	for (size_t i = 0; i < c->nr_reasons; i++) {
		words_reason(c, &c->reasons[i], words, sizeof(words));
		fputs("- ", f);
		escape_markdown(f, words);
		fputs(".\n", f);
	}
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct compare_mode *m = &c->mode[side];

		for (size_t i = 0; i < m->merged->nr_probes; i++) {
			const struct snap_probe *p = &m->merged->probes[i];

			if (p->state != QPW_PROBE_MISSING)
				continue;
			fputs("- probe missing in ", f);
			escape_markdown(f, m->name);
			fputs(": ", f);
			escape_markdown_code(f, p->name);
			fputs(", so without ", f);
			escape_markdown(f, p->loses);
			fputs(".\n", f);
		}
		for (size_t i = 0; i < m->nr_boots; i++) {
			for (size_t j = 0; j < m->boots[i]->nr_notes; j++) {
				fputs("- ", f);
				escape_markdown(f, m->boots[i]->label);
				fputs(": ", f);
				escape_markdown_code(f, m->boots[i]->notes[j].file);
				fputs(": ", f);
				escape_markdown(f, m->boots[i]->notes[j].why);
				fputs(".\n", f);
			}
		}
	}
}

void compare_markdown(FILE *f, const struct comparison *c)
{
	char words[WORDS_MAX];

	fputs("# ", f);
	escape_markdown(f, c->mode[COMPARE_A].name);
	fputs(" → ", f);
	escape_markdown(f, c->mode[COMPARE_B].name);
	fprintf(f, ": %s\n\n", compare_verdict_name(c->verdict));
	words_why(c, words, sizeof(words));
	escape_markdown(f, words);
	fputs("\n\n", f);
	words_setup(c, words, sizeof(words));
	escape_markdown(f, words);
	fputs(".\n\n", f);
	compare_gates_markdown(f, c);
	put_figures(f, c);
	put_works(f, c);
	put_causes(f, c);
	put_flushes(f, c);
	put_triggers(f, c);
	put_warnings(f, c);
	put_limits(f, c);
}
