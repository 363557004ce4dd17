// SPDX-License-Identifier: GPL-2.0-only
/*
 * A comparison on one terminal screen, or with all of its figures. Every line that can hold a
 * foreign name passes text_escape().
 */
#include "view/compare_views.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/compare_gates.h"
#include "view/compare_rows.h"
#include "view/compare_words.h"

#define COLUMNS 80
#define KEY_WIDTH 24
#define DIFFERENCE_WIDTH 13
#define BOOTSTRAP_WIDTH 19
#define P_WIDTH 8
#define WORK_ROWS 7
#define REASONS 8 /* beyond the first, which stands in the heading */

/* text_escape(); our own signs that not every terminal has are spelled, in no more bytes. */
static void make_safe(const char *text, char *safe, size_t size)
{
	static const char *const signs[][2] = {
		{ "→", "->" },
		{ "∞", "inf" },
		{ "–", "-" },
		{ "µ", "u" },
	};

	text_escape(text, safe, size);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		size_t sign_len = strlen(signs[i][0]), len = strlen(signs[i][1]);
		char *at = safe;

		while ((at = strstr(at, signs[i][0]))) {
			memcpy(at, signs[i][1], len);
			memmove(at + len, at + sign_len, strlen(at + sign_len) + 1);
		}
	}
}

/* One cell, padded to width; to the right when it is a figure. */
static void put_cell(FILE *f, const char *text, size_t width, bool figure)
{
	char safe[4 * WORDS_MAX + 1];
	size_t len, pad;

	make_safe(text, safe, sizeof(safe));
	len = text_width(safe);
	pad = len < width ? width - len : 0;
	fprintf(f, "%*s%s%*s", figure ? (int)pad : 0, "", safe, figure ? 0 : (int)pad, "");
}

static void put_count(FILE *f, uint64_t count, size_t width)
{
	char cell[WORDS_CELL];

	snprintf(cell, sizeof(cell), "%" PRIu64, count);
	put_cell(f, cell, width, true);
}

/* A paragraph broken at blanks. */
static void put_wrapped(FILE *f, const char *text)
{
	char safe[8 * WORDS_MAX + 1];
	size_t column = 0;
	char *at = safe;

	make_safe(text, safe, sizeof(safe));
	while (*at) {
		char *end = strchr(at, ' ');
		size_t width;

		if (end)
			*end = '\0';
		width = text_width(at);
		if (column && column + 1 + width > COLUMNS) {
			fputc('\n', f);
			column = 0;
		}
		fprintf(f, "%s%s", column ? " " : "", at);
		column += width + (column > 0);
		if (!end)
			break;
		at = end + 1;
	}
	fputc('\n', f);
}

static void put_gates(FILE *f, const struct comparison *c)
{
	char line[2 * WORDS_MAX], words[WORDS_MAX];

	if (c->nr_gates)
		fputc('\n', f);
	for (size_t i = 0; i < c->nr_gates; i++) {
		const struct compare_gate_result *r = &c->gates[i];

		compare_gate_words(c, r, words, sizeof(words));
		snprintf(line, sizeof(line), "gate %s %s: %s", r->gate->text, compare_gate_shown(r),
			 words);
		put_wrapped(f, line);
	}
}

static void put_heading(FILE *f, const struct comparison *c)
{
	char line[2 * WORDS_MAX], setup[WORDS_MAX], witness[WORDS_CELL];

	snprintf(line, sizeof(line), "%s → %s: %s", c->mode[COMPARE_A].name,
		 c->mode[COMPARE_B].name, compare_verdict_name(c->verdict));
	put_wrapped(f, line);
	words_why(c, line, sizeof(line));
	put_wrapped(f, line);
	put_gates(f, c);
	fputc('\n', f);
	words_setup(c, setup, sizeof(setup));
	words_witness(c, witness, sizeof(witness));
	snprintf(line, sizeof(line), "%s%s%s.", setup, setup[0] ? "; " : "", witness);
	put_wrapped(f, line);
}

static void put_figure(FILE *f, const struct compare_metric *m, size_t name_width,
		       size_t value_width)
{
	char cell[WORDS_MAX];

	snprintf(cell, sizeof(cell), "%c %s: %s", m->primary ? '*' : ' ', m->group, m->subject);
	put_cell(f, cell, name_width, false);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		words_value(m->unit, m->median[side], cell, sizeof(cell));
		put_cell(f, cell, value_width, true);
	}
	words_change(m, cell, sizeof(cell));
	fputs("  ", f);
	put_cell(f, cell, 0, false);
	fputc('\n', f);
}

static void put_sides(FILE *f, const struct comparison *c, size_t name_width, size_t value_width)
{
	put_cell(f, "", name_width, false);
	for (int side = 0; side < COMPARE_SIDES; side++)
		put_cell(f, c->mode[side].name, value_width, true);
	fputs("  ratio (95 % interval)\n", f);
}

static const struct {
	const char *group;
	const char *subject;
} main_figures[] = {
	{ "remote work", "QPW families" },
	{ "remote work", "run in the caller" },
	{ "stolen time", "work" },
	{ "stolen time", "all classes" },
	{ "latency", "p50" },
	{ "latency", "p99" },
	{ "latency", "p99.9" },
	{ "latency", "max" },
	{ "flush waits", "time" },
};

static void put_main_figures(FILE *f, const struct comparison *c)
{
	put_sides(f, c, 32, 12);
	for (size_t i = 0; i < ARRAY_SIZE(main_figures); i++)
		put_figure(f, words_find(c, main_figures[i].group, main_figures[i].subject), 32,
			   12);
	fputs("* the verdict rests on these. Values are medians over boots. More: --all\n", f);
}

static void put_all_figures(FILE *f, const struct comparison *c)
{
	put_sides(f, c, 36, 11);
	for (size_t i = 0; i < c->nr_metrics; i++)
		if (words_worth(&c->metrics[i]))
			put_figure(f, &c->metrics[i], 36, 11);
	put_wrapped(f,
		    "* the verdict rests on these. Values are medians over boots; what is zero in "
		    "both modes is left out.");
}

static void put_p(FILE *f, double p)
{
	char cell[WORDS_CELL] = "-";

	if (p < 0.0001)
		snprintf(cell, sizeof(cell), "<.0001");
	else if (!isnan(p))
		snprintf(cell, sizeof(cell), "%.4f", p);
	put_cell(f, cell, P_WIDTH, true);
}

/* "+12 %" from the first boot to the last. */
static void put_drift(FILE *f, const struct stats_drift *drift)
{
	char cell[WORDS_CELL] = "-";

	if (!isnan(drift->change))
		snprintf(cell, sizeof(cell), "%+.0f %%", (drift->change - 1) * 100);
	put_cell(f, cell, P_WIDTH, true);
	fputc('\n', f);
}

static void put_difference(FILE *f, const struct compare_metric *m)
{
	double difference = m->median[COMPARE_B] - m->median[COMPARE_A];
	char size[WORDS_CELL - 2], cell[WORDS_CELL];

	words_value(m->unit, fabs(difference), size, sizeof(size));
	snprintf(cell, sizeof(cell), "%s%s",
		 difference > 0 ? "+" :
		 difference < 0 ? "-" :
				  "",
		 size);
	put_cell(f, cell, DIFFERENCE_WIDTH, true);
}

/* The same figures in the same order, by the names that gates know. */
static void put_tests(FILE *f, const struct comparison *c)
{
	static const struct {
		const char *title;
		size_t width;
	} columns[] = {
		{ "B - A", DIFFERENCE_WIDTH }, { "bootstrap", BOOTSTRAP_WIDTH },
		{ "rank p", P_WIDTH },	       { "Holm p", P_WIDTH },
		{ "drift", P_WIDTH },
	};

	put_cell(f, "the same, as --fail-on", KEY_WIDTH, false);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		put_cell(f, columns[i].title, columns[i].width, true);
	fputc('\n', f);
	for (size_t i = 0; i < c->nr_metrics; i++) {
		const struct compare_metric *m = &c->metrics[i];
		char cell[WORDS_MAX];

		if (!words_worth(m))
			continue;
		snprintf(cell, sizeof(cell), "%c %s", m->primary ? '*' : ' ', m->key);
		put_cell(f, cell, KEY_WIDTH, false);
		put_difference(f, m);
		words_interval(&m->bootstrap, cell, sizeof(cell));
		put_cell(f, cell, BOOTSTRAP_WIDTH, true);
		put_p(f, m->rank_p);
		put_p(f, m->holm_p);
		put_drift(f, &m->drift);
	}
	put_wrapped(
		f, "Bootstrap: 95 % of the ratio over boots drawn anew; it decides nothing. Drift: "
		   "from the first boot to the last, whichever side.");
}

static void put_works(FILE *f, const struct comparison *c)
{
	struct work_row *rows;
	size_t nr = compare_work_rows(c, &rows);
	size_t shown = nr < WORK_ROWS ? nr : WORK_ROWS;

	put_cell(f, "work on the watched CPUs", 32, false);
	put_cell(f, c->mode[COMPARE_A].name, 24, true);
	put_cell(f, c->mode[COMPARE_B].name, 24, true);
	fputc('\n', f);
	put_cell(f, "  function", 32, false);
	for (int side = 0; side < COMPARE_SIDES; side++)
		fputs("  queued    run  inline", f);
	fputc('\n', f);
	for (size_t i = 0; i < shown; i++) {
		char name[WORDS_CELL + 2];

		snprintf(name, sizeof(name), "  %.29s", rows[i].function);
		put_cell(f, name, 32, false);
		for (int side = 0; side < COMPARE_SIDES; side++) {
			const struct snap_work *w = rows[i].side[side];

			put_count(f, w ? w->queued : 0, 8);
			put_count(f, w ? w->executed : 0, 7);
			put_count(f, w ? w->inlined : 0, 8);
		}
		fputc('\n', f);
	}
	if (nr > shown)
		fprintf(f, "  and %zu more functions\n", nr - shown);
	free(rows);
}

/* What the recorder warned of, and what it could not see. */
static void put_spoilers(FILE *f, const struct comparison *c)
{
	struct warning_row *rows;
	size_t nr = compare_warning_rows(c, &rows);
	char line[2 * WORDS_MAX], words[WORDS_MAX];

	if (nr)
		fputs("\nWhat may spoil this measurement:\n", f);
	for (size_t i = 0; i < nr; i++) {
		words_warning(c, &rows[i], words, sizeof(words));
		snprintf(line, sizeof(line), "- %s", words);
		put_wrapped(f, line);
	}
	free(rows);
	words_unseen(c, words, sizeof(words));
	if (!words[0])
		return;
	fputs("\nNot recorded, for want of a probe:\n", f);
	put_wrapped(f, words);
}

static void put_reasons(FILE *f, const struct comparison *c)
{
	char line[WORDS_MAX], reason[WORDS_MAX - 2];

	for (size_t i = 1; i < c->nr_reasons && i <= REASONS; i++) {
		words_reason(c, &c->reasons[i], reason, sizeof(reason));
		snprintf(line, sizeof(line), "- %s", reason);
		if (i == 1)
			fputs("\nAlso against a verdict:\n", f);
		put_wrapped(f, line);
	}
	if (c->nr_reasons > REASONS + 1)
		fprintf(f, "- and %zu more\n", c->nr_reasons - REASONS - 1);
}

static void put_text(FILE *f, const struct comparison *c, bool all)
{
	char line[WORDS_MAX];

	put_heading(f, c);
	fputc('\n', f);
	if (all) {
		put_all_figures(f, c);
		fputc('\n', f);
		put_tests(f, c);
	} else {
		put_main_figures(f, c);
	}
	fputc('\n', f);
	put_works(f, c);
	words_caveat(c, line, sizeof(line));
	if (line[0]) {
		fputc('\n', f);
		put_wrapped(f, line);
	}
	put_spoilers(f, c);
	put_reasons(f, c);
}

void compare_text(FILE *f, const struct comparison *c)
{
	put_text(f, c, false);
}

void compare_text_all(FILE *f, const struct comparison *c)
{
	put_text(f, c, true);
}
