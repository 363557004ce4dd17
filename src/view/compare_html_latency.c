// SPDX-License-Identifier: GPL-2.0-only
/*
 * The latency sections of the page: distribution of both modes, percentiles, and the worst samples
 * taken apart.
 */
#include <inttypes.h>
#include <math.h>

#include "util/array.h"
#include "view/compare_html_parts.h"
#include "view/compare_words.h"
#include "view/escape.h"
#include "view/percentiles.h"
#include "view/svg.h"

#define WORST 5 /* outliers a mode */

static void put_key(FILE *f, const char *css, const char *name, const char *what)
{
	fprintf(f, "<span class=\"key\"><i class=\"%s\"></i>", css);
	escape_html(f, name);
	fprintf(f, "%s</span>\n", what);
}

/* The percentile as far as the samples carry it. */
static void put_percentile(FILE *f, const struct hist *h, const struct percentile *p)
{
	html_ns(f, hist_count(h) >= p->needs ? (double)hist_percentile(h, p->percent) : NAN);
}

static void put_percentiles(FILE *f, const struct hist *const *hists, size_t nr)
{
	for (size_t i = 0; i < PERCENTILES; i++) {
		fprintf(f, "<tr><td class=\"t\">%s</td>", percentiles[i].label);
		for (size_t j = 0; j < nr; j++)
			put_percentile(f, hists[j], &percentiles[i]);
		fputs("</tr>\n", f);
	}
	fputs("<tr><td class=\"t\">max</td>", f);
	for (size_t j = 0; j < nr; j++)
		html_ns(f, hist_count(hists[j]) ? (double)hist_max(hists[j]) : NAN);
	fputs("</tr>\n<tr><td class=\"t\">samples</td>", f);
	for (size_t j = 0; j < nr; j++)
		html_count(f, hist_count(hists[j]));
	fputs("</tr>\n", f);
}

void part_latency(FILE *f, const struct comparison *c)
{
	static const struct part_columns columns = {
		.first = { "figure" },
		.groups = { "seen by the collector", "by cyclictest itself" },
	};
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];
	const struct svg_series series[] = {
		{ a->name, "dash-a", a->cyclictest },
		{ b->name, "dash-b", b->cyclictest },
		{ a->name, "line-a", a->merged->latency },
		{ b->name, "line-b", b->merged->latency },
	};
	const struct hist *const hists[] = { a->merged->latency, b->merged->latency, a->cyclictest,
					     b->cyclictest };
	char caveat[WORDS_MAX];

	html_section(f, "latency", "Latency");
	fputs("<p>How many samples were at least this late, all boots of a mode together.</p>\n<p>",
	      f);
	put_key(f, "ka", a->name, ", from timer expiry to running");
	put_key(f, "kb", b->name, ", the same");
	if (hist_count(a->cyclictest))
		put_key(f, "dash ka", a->name, ", cyclictest’s own");
	if (hist_count(b->cyclictest))
		put_key(f, "dash kb", b->name, ", cyclictest’s own");
	fputs("</p>\n", f);
	svg_ccdf(f, "ccdf", "Latency of both modes, complementary distribution",
		 "Share of samples at or above each latency, on logarithmic axes. The table below "
		 "holds the same as figures.",
		 series, ARRAY_SIZE(series));
	words_time_caveat(c, caveat, sizeof(caveat));
	if (caveat[0])
		fprintf(f, "<p class=\"note\">%s</p>\n", caveat);
	html_table(f, "Percentiles over all boots; – where the samples do not carry one");
	part_mode_head(f, c, &columns);
	put_percentiles(f, hists, ARRAY_SIZE(hists));
	fputs("</tbody>", f);
	html_table_end(f);
	html_section_end(f);
}

/* ---------------------------------------------------------------- outliers */

static const char *const step_words[SNAP_NR_STEPS] = {
	[SNAP_STEP_IRQ] = "until the timer interrupt",
	[SNAP_STEP_WAKEUP] = "until the wake-up",
	[SNAP_STEP_RUN] = "until it ran",
};

static void put_origin(FILE *f, const struct snap_origin *o)
{
	if (!o->count)
		return;
	fputs(" (by <code>", f);
	escape_html(f, o->comm);
	fprintf(f, "</code> on CPU %" PRIu32 ")", o->cpu);
}

/* One step as words: its time, its named parts, what stays unexplained. */
static void put_step(FILE *f, const struct snap_outlier *o, int step)
{
	char cell[WORDS_CELL];

	words_ns((double)o->step_ns[step], cell, sizeof(cell));
	fprintf(f, "<b>%s</b> %s", cell, step_words[step]);
	fputs(": ", f);
	for (uint32_t i = 0; i < o->nr_parts; i++) {
		const struct snap_part *p = &o->parts[i];

		if ((int)p->step != step)
			continue;
		words_ns((double)p->ns, cell, sizeof(cell));
		fprintf(f, "%s %s <code>", cell, snap_class_name(p->class));
		escape_html(f, p->name);
		fputs("</code>", f);
		put_origin(f, &p->origin);
		fputs(", ", f);
	}
	words_ns((double)o->residual_ns[step], cell, sizeof(cell));
	fprintf(f, "%s residual", cell);
	fputs(step + 1 < SNAP_NR_STEPS ? "; " : ".", f);
}

static void put_outlier(FILE *f, const struct snap_outlier *o, double scale)
{
	struct svg_part parts[SNAP_PARTS + SNAP_NR_STEPS];
	char latency[WORDS_CELL];
	size_t nr = 0;

	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		for (uint32_t i = 0; i < o->nr_parts && i < SNAP_PARTS; i++) {
			const struct snap_part *p = &o->parts[i];

			if ((int)p->step == step && p->class < SNAP_NR_CLASSES)
				parts[nr++] = (struct svg_part){ (double)p->ns,
								 html_class_css[p->class],
								 p->name };
		}
		parts[nr++] =
			(struct svg_part){ (double)o->residual_ns[step], "c-rest", "residual" };
	}
	words_ns((double)o->latency_ns, latency, sizeof(latency));
	fprintf(f, "<div class=\"outlier\"><p><b>%s</b> <span class=\"soft\"><code>", latency);
	escape_html(f, o->comm);
	fprintf(f, "</code> on CPU %" PRIu32 "</span></p>\n", o->cpu);
	svg_stack(f, latency, parts, nr, scale);
	fputs("<p class=\"note\">", f);
	for (int step = 0; step < SNAP_NR_STEPS; step++)
		put_step(f, o, step);
	fputs("</p></div>\n", f);
}

static double largest(const struct compare_mode *m)
{
	return m->merged->nr_outliers ? (double)m->merged->outliers[0].latency_ns : 0;
}

void part_outliers(FILE *f, const struct comparison *c)
{
	double scale = fmax(largest(&c->mode[COMPARE_A]), largest(&c->mode[COMPARE_B]));

	html_section(f, "outliers", "The worst samples, taken apart");
	fputs("<p>One bar is one sample, all on one scale; its parts add up to its latency. Residual is "
	      "what no recorded interval explains.</p>\n",
	      f);
	html_class_key(f);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct snapshot *s = c->mode[side].merged;

		fputs("<h3>", f);
		escape_html(f, c->mode[side].name);
		fputs("</h3>\n", f);
		if (!s->nr_outliers)
			fputs("<p>No samples.</p>\n", f);
		for (size_t i = 0; i < s->nr_outliers && i < WORST; i++)
			put_outlier(f, &s->outliers[i], scale);
	}
	html_section_end(f);
}
