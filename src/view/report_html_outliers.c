// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's section about late samples: each as a drawing, then the same as figures that add up to
 * its latency.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>

#include "model/blame.h"
#include "util/array.h"
#include "view/escape.h"
#include "view/timeline.h"
#include "view/words.h"

/* What a step is, where it may differ from the ordinary. */
static const char *step_words(const struct snap_outlier *o, int step)
{
	static const char *const words[SNAP_NR_STEPS] = {
		[SNAP_STEP_IRQ] = "irq: from the expiry until the timer interrupt expires it",
		[SNAP_STEP_WAKEUP] = "wakeup: until the victim is woken",
		[SNAP_STEP_RUN] = "run: until the victim runs",
	};

	if (step == SNAP_STEP_IRQ && o->remote_timer)
		return "irq: from the expiry until another CPU’s interrupt expires it";
	if (step == SNAP_STEP_RUN && o->step_ns[step] == o->latency_ns)
		return "run: no expiry seen, the victim did not sleep as it was late already";
	return words[step];
}

static void put_avoidable(FILE *f, bool avoidable)
{
	fprintf(f, "<td class=\"t\">%s</td>", avoidable ? "yes" : "");
}

/* callsite: "" where it is not known. */
static void put_by(FILE *f, const struct snap_origin *o, const char *callsite)
{
	fputs("<td class=\"t\">", f);
	if (o && o->count)
		timeline_origin(f, o);
	report_html_callsite(f, callsite);
	fputs("</td>", f);
}

static void put_part(FILE *f, const struct snap_outlier *o, const struct snap_part *p)
{
	fprintf(f, "<tr><td class=\"t in\"><i class=\"box %s\"></i>%s <code>",
		html_class_css[p->class], snap_class_name(p->class));
	escape_html(f, p->name);
	fputs("</code></td>", f);
	html_ns(f, (double)p->ns);
	report_html_share(f, (double)p->ns, (double)o->latency_ns);
	put_avoidable(f, blame_is_avoidable(p->class, p->name));
	put_by(f, &p->origin, "");
	fputs("</tr>\n", f);
}

static void put_step(FILE *f, const struct snap_outlier *o, int step)
{
	fprintf(f, "<tr class=\"sum\"><td class=\"t\">%s</td>", step_words(o, step));
	html_ns(f, (double)o->step_ns[step]);
	report_html_share(f, (double)o->step_ns[step], (double)o->latency_ns);
	put_avoidable(f, false);
	put_by(f, NULL, "");
	fputs("</tr>\n", f);
	for (uint32_t i = 0; i < o->nr_parts; i++)
		if ((int)o->parts[i].step == step)
			put_part(f, o, &o->parts[i]);
	if (!o->residual_ns[step])
		return;
	fputs("<tr><td class=\"t in\"><i class=\"box c-rest\"></i>residual</td>", f);
	html_ns(f, (double)o->residual_ns[step]);
	report_html_share(f, (double)o->residual_ns[step], (double)o->latency_ns);
	put_avoidable(f, false);
	put_by(f, NULL, "");
	fputs("</tr>\n", f);
}

static void put_steps(FILE *f, const struct snap_outlier *o)
{
	static const struct html_column columns[] = {
		{ "step, and what had the CPU in it", true },
		{ "time", false },
		{ "share", false },
		{ "avoidable", true },
		{ "caused by", true },
	};
	const uint64_t avoidable_ns = blame_avoidable_of(o);

	html_table(f, "The three steps add up to the latency, their parts to them");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (int step = 0; step < SNAP_NR_STEPS; step++)
		if (o->step_ns[step])
			put_step(f, o, step);
	fputs("<tr class=\"sum\"><td class=\"t\">latency</td>", f);
	html_ns(f, (double)o->latency_ns);
	report_html_share(f, (double)o->latency_ns, (double)o->latency_ns);
	fputs("<td></td><td></td></tr>\n", f);
	if (avoidable_ns) {
		fputs("<tr><td class=\"t in\">of it avoidable by QPW</td>", f);
		html_ns(f, (double)avoidable_ns);
		report_html_share(f, (double)avoidable_ns, (double)o->latency_ns);
		fputs("<td></td><td></td></tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
}

/* Start, end and origin are relative to the expiry; before it they are negative. */
static void put_relative(FILE *f, const struct snap_outlier *o, uint64_t ns)
{
	bool before = ns < o->expiry_ns;
	char cell[WORDS_CELL];

	words_ns((double)(before ? o->expiry_ns - ns : ns - o->expiry_ns), cell, sizeof(cell));
	fprintf(f, "<td>%s%s</td>", before ? "−" : "", cell);
}

static void put_span(FILE *f, const struct snap_outlier *o, const struct snap_span *p)
{
	fprintf(f, "<tr><td class=\"t\"><i class=\"box %s\"></i>%s <code>",
		html_class_css[p->class], snap_class_name(p->class));
	escape_html(f, p->name);
	fputs("</code></td>", f);
	put_relative(f, o, p->start_ns - p->before_ns);
	put_relative(f, o, p->end_ns);
	html_ns(f, (double)(p->end_ns - p->start_ns));
	html_ns(f, (double)p->self_ns);
	put_by(f, &p->origin, p->callsite);
	if (p->origin_ns)
		put_relative(f, o, p->origin_ns);
	else
		fputs("<td>–</td>", f);
	fputs("</tr>\n", f);
}

static void put_spans(FILE *f, const struct snap_outlier *o)
{
	static const struct html_column columns[] = {
		{ "interval", true },	{ "start", false },  { "end", false },
		{ "length", false },	{ "itself", false }, { "caused by", true },
		{ "caused at", false },
	};
	char cell[WORDS_CELL];

	if (!o->nr_spans)
		return;
	fprintf(f, "<details><summary>The intervals one by one: %" PRIu32 "</summary>\n",
		o->nr_spans);
	html_table(f,
		   "Intervals in the time of the sample; 0 is the expiry, the length that in it");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (uint32_t i = 0; i < o->nr_spans; i++)
		put_span(f, o, &o->spans[i]);
	fputs("</tbody>", f);
	html_table_end(f);
	fputs("</details>\n", f);
	if (!o->nr_spans_left_out)
		return;
	words_ns((double)o->spans_left_out_ns, cell, sizeof(cell));
	fprintf(f,
		"<p class=\"note\">%" PRIu64
		" shorter intervals are neither drawn nor listed; they had the CPU for %s by "
		"themselves.</p>\n",
		o->nr_spans_left_out, cell);
}

static void put_outlier(FILE *f, const struct report *r, const struct snap_outlier *o,
			size_t number)
{
	const struct report_trace *t = o->boot < r->nr_traces ? &r->traces[o->boot] : r->traces;
	char id[32], latency[WORDS_CELL];

	words_ns((double)o->latency_ns, latency, sizeof(latency));
	snprintf(id, sizeof(id), "late-%zu", number);
	fprintf(f,
		"<article class=\"outlier\" id=\"%s\">\n<h3>%zu: %s</h3>\n<p class=\"soft\"><code>",
		id, number, latency);
	escape_html(f, o->comm);
	fprintf(f, ":%" PRIu32 "</code> on CPU %" PRIu32 ", expiry %.6f s after the window began",
		o->pid, o->cpu, (double)(o->expiry_ns - t->window_start_ns) / 1e9);
	if (r->nr_traces > 1) {
		fputs(" in <code>", f);
		escape_html(f, t->path);
		fputs("</code>", f);
	}
	fputs("</p>\n", f);
	if (o->remote_timer)
		fputs("<p class=\"note\">The timer expired on another CPU: what ran on this one until "
		      "the wake-up explains nothing and is not drawn.</p>\n",
		      f);
	fprintf(f,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline %zu\">\n",
		number);
	snprintf(id, sizeof(id), "timeline-%zu", number);
	timeline_svg(f, id, o);
	fputs("</div>\n", f);
	put_steps(f, o);
	put_spans(f, o);
	fputs("</article>\n", f);
}

static void put_sum(FILE *f, const struct blame *b, const char *what, const char *css, uint64_t ns)
{
	fprintf(f, "<tr><td class=\"t\"><i class=\"box %s\"></i>%s</td>", css, what);
	html_ns(f, (double)ns);
	report_html_share(f, (double)ns, (double)b->latency_ns);
	fputs("<td></td><td></td></tr>\n", f);
}

static void put_blamed(FILE *f, const struct blame *b, const struct blame_row *row)
{
	enum snap_class class = (enum snap_class)row->class;

	fprintf(f, "<tr><td class=\"t\"><i class=\"box %s\"></i>%s <code>", html_class_css[class],
		snap_class_name(class));
	escape_html(f, row->name);
	fputs("</code></td>", f);
	html_ns(f, (double)row->ns);
	report_html_share(f, (double)row->ns, (double)b->latency_ns);
	html_count(f, row->nr_samples);
	put_avoidable(f, blame_is_avoidable(class, row->name));
	fputs("</tr>\n", f);
}

/* All of them together: the rows and the residual sum to their latencies. */
static void put_blame(FILE *f, const struct report *r, const struct blame *b)
{
	static const struct html_column columns[] = {
		{ "what had the CPU", true }, { "time", false },     { "share", false },
		{ "samples", false },	      { "avoidable", true },
	};
	size_t nr = report_limit(r, b->nr_rows);
	uint64_t others = 0;

	html_table(f, "All of them added up");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < b->nr_rows; i++) {
		if (i < nr)
			put_blamed(f, b, &b->rows[i]);
		else
			others += b->rows[i].ns;
	}
	if (others)
		put_sum(f, b, "others", "c-other", others);
	put_sum(f, b, "residual", "c-rest", b->residual_ns);
	if (b->avoidable_ns)
		put_sum(f, b, "of all avoidable by QPW", "avoidable c-work", b->avoidable_ns);
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_late(FILE *f, const struct report *r)
{
	struct blame b;

	if (blame_late(r->snapshot, r->top, &b))
		fputs("<p class=\"note\">They are not added up: out of memory.</p>\n", f);
	else
		put_blame(f, r, &b);
	blame_finish(&b);
}

void report_html_outliers(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_outliers);
	char cell[WORDS_CELL];

	if (!s->nr_samples)
		return;
	words_ns((double)s->outlier_ns, cell, sizeof(cell));
	html_section(f, "outliers", "The worst samples, taken apart");
	if (!nr) {
		fprintf(f, "<p>None was as late as %s.</p>\n", cell);
		html_section_end(f);
		return;
	}
	fputs("<p>Each drawing begins before the timer expires, at 0, and ends when the victim runs. Bars "
	      "are what had the CPU; a mark above is who queued, sent or woke it, its arrow leads to "
	      "where that began. Residual is what no recorded interval explains.",
	      f);
	if (s->outlier_ns)
		fprintf(f, " Here are %zu of the %" PRIu64 " samples of %s or more.", nr,
			s->nr_late, cell);
	fputs("</p>\n", f);
	html_class_key(f);
	put_late(f, r);
	for (size_t i = 0; i < nr; i++)
		put_outlier(f, r, &s->outliers[i], i + 1);
	html_section_end(f);
}
