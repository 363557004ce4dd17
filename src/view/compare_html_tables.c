// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's tables that set both modes side by side: figures, causes, works, flushes, triggers.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "model/blame.h"
#include "view/compare_html_parts.h"
#include "view/compare_rows.h"
#include "view/compare_words.h"
#include "view/escape.h"
#include "view/svg.h"

#define CAUSE_ROWS 30
#define FLUSH_ROWS 20
#define ORIGINS 3

void part_figures(FILE *f, const struct comparison *c)
{
	html_section(f, "figures", "All figures");
	fputs("<p>Medians over boots, and B over A with its 95 % interval. Each dot is one boot, "
	      "the scale begins at 0. The verdict rests on the figures in bold. Bootstrap: 95 % of the "
	      "ratio over boots drawn anew; too narrow with few boots, it decides nothing. What is zero in "
	      "both modes is left out.</p>\n",
	      f);
	html_table(f, "Figures of both modes");
	fputs("<thead><tr><th class=\"t\" scope=\"col\">figure</th>", f);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		fputs("<th scope=\"col\">", f);
		escape_html(f, c->mode[side].name);
		fputs("</th>", f);
	}
	fputs("<th scope=\"col\">ratio</th><th scope=\"col\">bootstrap</th><th class=\"t\" scope=\"col\">boots</th>"
	      "<th scope=\"col\">rank p</th><th scope=\"col\">Holm p</th>"
	      "<th class=\"t\" scope=\"col\">finding</th></tr></thead>\n<tbody>\n",
	      f);
	for (size_t i = 0; i < c->nr_metrics; i++) {
		const struct compare_metric *m = &c->metrics[i];
		char cell[WORDS_MAX];

		if (!words_worth(m))
			continue;
		words_metric(m, cell, sizeof(cell));
		fprintf(f, "<tr><td class=\"t\">%s", m->primary ? "<b>" : "");
		escape_html(f, cell);
		fprintf(f, "%s</td>", m->primary ? "</b>" : "");
		for (int side = 0; side < COMPARE_SIDES; side++) {
			char value[WORDS_CELL];

			words_value(m->unit, m->median[side], value, sizeof(value));
			fprintf(f, "<td>%s</td>", value);
		}
		words_change(m, cell, sizeof(cell));
		fprintf(f, "<td>%s</td>", cell);
		words_interval(&m->bootstrap, cell, sizeof(cell));
		fprintf(f, "<td>%s</td><td class=\"t\">", cell);
		svg_strip(f, "per boot", m->values[COMPARE_A], c->mode[COMPARE_A].nr_boots,
			  m->values[COMPARE_B], c->mode[COMPARE_B].nr_boots);
		fputs("</td>", f);
		part_p(f, m->rank_p);
		part_p(f, m->holm_p);
		fprintf(f, "<td class=\"t\">%s</td></tr>\n", words_finding(m->finding));
	}
	fputs("</tbody>", f);
	html_table_end(f);
	html_section_end(f);
}

/* Seconds measured in all boots of a mode; 1 where nothing was, so that rates stay 0. */
static double seconds_of(const struct compare_mode *m)
{
	return m->merged->window_ns ? (double)m->merged->window_ns / 1e9 : 1;
}

static void put_rate(FILE *f, const struct compare_mode *m, uint64_t count)
{
	char cell[WORDS_CELL];

	words_value(COMPARE_PER_SECOND, (double)count / seconds_of(m), cell, sizeof(cell));
	fprintf(f, "<td>%s</td>", cell);
}

static double self_rate(const struct comparison *c, const struct cause_row *r, int side)
{
	return r->side[side] ? (double)r->side[side]->self_ns / seconds_of(&c->mode[side]) : 0;
}

static void put_bar(FILE *f, int side, double value, double scale)
{
	if (value > 0 && scale > 0)
		fprintf(f, "<span class=\"bar bar-%c\" style=\"width:%.1f%%\"></span>",
			side == COMPARE_A ? 'a' : 'b', value / scale * 100);
}

/* What follows the name in a row of causes; no bars where there is no scale. */
static void put_stolen(FILE *f, const struct comparison *c, const struct cause_row *r, double scale)
{
	double rate[COMPARE_SIDES];
	char cell[WORDS_CELL];

	for (int side = 0; side < COMPARE_SIDES; side++)
		html_count(f, r->side[side] ? r->side[side]->count : 0);
	for (int side = 0; side < COMPARE_SIDES; side++)
		put_rate(f, &c->mode[side], r->side[side] ? r->side[side]->count : 0);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		rate[side] = self_rate(c, r, side);
		words_value(COMPARE_NS_PER_SECOND, rate[side], cell, sizeof(cell));
		fprintf(f, "<td>%s</td>", cell);
	}
	for (int side = 0; side < COMPARE_SIDES; side++)
		html_ns(f, r->side[side] ? (double)r->side[side]->max_ns : NAN);
	words_ratio(&(struct stats_ratio){ .ratio = rate[COMPARE_A] > 0 ?
							    rate[COMPARE_B] / rate[COMPARE_A] :
							    NAN,
					   .low = NAN,
					   .high = NAN },
		    cell, sizeof(cell));
	fprintf(f, "<td>%s</td><td class=\"bars\">", cell);
	for (int side = 0; side < COMPARE_SIDES; side++)
		put_bar(f, side, rate[side], scale);
	fputs("</td></tr>\n", f);
}

static void put_cause(FILE *f, const struct comparison *c, const struct cause_row *r, double scale)
{
	bool avoidable = blame_is_avoidable(r->any->class, r->any->name);

	fprintf(f, "<tr><td class=\"t\">%s</td>", snap_class_name(r->any->class));
	html_name(f, r->any->name);
	fprintf(f, "<td class=\"t\">%s</td>", avoidable ? "yes" : "");
	put_stolen(f, c, r, scale);
}

/* Causes added up as of() does; those that are not shown are in it. */
static void put_sum(FILE *f, const struct comparison *c, const char *what,
		    struct snap_total (*of)(const struct snapshot *s))
{
	struct snap_cause sums[COMPARE_SIDES] = { 0 };
	struct cause_row row = { .any = &sums[COMPARE_A] };

	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct snap_total t = of(c->mode[side].merged);

		sums[side].count = t.count;
		sums[side].self_ns = t.self_ns;
		sums[side].max_ns = t.max_ns;
		row.side[side] = t.count ? &sums[side] : NULL;
	}
	fprintf(f, "<tr class=\"sum\"><td class=\"t\">all</td><td class=\"t\">%s</td><td></td>",
		what);
	put_stolen(f, c, &row, 0);
}

void part_causes(FILE *f, const struct comparison *c)
{
	static const struct part_columns columns = {
		.first = { "class", "cause", "avoidable" },
		.groups = { "count", "rate", "time stolen", "longest" },
		.last = { "ratio of time", "time stolen" },
	};
	struct cause_row *rows;
	size_t nr = compare_cause_rows(c, &rows);
	size_t shown = nr < CAUSE_ROWS ? nr : CAUSE_ROWS;
	double scale = 0;

	for (size_t i = 0; i < shown; i++)
		for (int side = 0; side < COMPARE_SIDES; side++)
			scale = fmax(scale, self_rate(c, &rows[i], side));
	html_section(f, "causes", "What interrupted the watched CPUs");
	fputs("<p>Time is self time per second of measurement: what nested inside counts for its own "
	      "row. Avoidable is what QPW lets the caller do. The bars show the time, <span class=\"key\"><i class=\"ka\"></i>",
	      f);
	escape_html(f, c->mode[COMPARE_A].name);
	fputs("</span><span class=\"key\"><i class=\"kb\"></i>", f);
	escape_html(f, c->mode[COMPARE_B].name);
	fputs("</span></p>\n", f);
	html_table(f, "Causes of both modes, by time stolen");
	part_mode_head(f, c, &columns);
	for (size_t i = 0; i < shown; i++)
		put_cause(f, c, &rows[i], scale);
	put_sum(f, c, "", blame_all);
	put_sum(f, c, "of these avoidable by QPW", blame_avoidable);
	fputs("</tbody>", f);
	html_table_end(f);
	if (nr > shown)
		fprintf(f, "<p class=\"note\">And %zu more causes of less time each.</p>\n",
			nr - shown);
	html_section_end(f);
	free(rows);
}

#define WORK_COLUMNS 14

static bool has_origins(const struct work_row *r)
{
	return (r->side[COMPARE_A] && r->side[COMPARE_A]->nr_origins) ||
	       (r->side[COMPARE_B] && r->side[COMPARE_B]->nr_origins);
}

/* A row of their own, below that of the work: a column more would make the table too wide. */
static void put_origins(FILE *f, const struct comparison *c, const struct work_row *r)
{
	bool any = false;

	fprintf(f, "<tr class=\"by\"><td class=\"t\" colspan=\"%d\">queued by ", WORK_COLUMNS);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		const struct snap_work *w = r->side[side];

		for (uint32_t i = 0; w && i < w->nr_origins && i < ORIGINS; i++) {
			fputs(any ? ", " : "", f);
			if (!i) {
				escape_html(f, c->mode[side].name);
				fputs(": ", f);
			}
			fprintf(f, "%" PRIu64 "× <code>", w->origins[i].count);
			escape_html(f, w->origins[i].comm);
			fprintf(f, "</code> on CPU %" PRIu32, w->origins[i].cpu);
			any = true;
		}
	}
	fputs("</td></tr>\n", f);
}

static void put_wait(FILE *f, const struct hist *wait)
{
	char half[WORDS_CELL], max[WORDS_CELL];

	if (!wait || !hist_count(wait)) {
		fputs("<td>–</td>", f);
		return;
	}
	words_ns((double)hist_percentile(wait, 50), half, sizeof(half));
	words_ns((double)hist_max(wait), max, sizeof(max));
	fprintf(f, "<td>%s, %s</td>", half, max);
}

static void put_work(FILE *f, const struct comparison *c, const struct work_row *r)
{
	fputs(has_origins(r) ? "<tr class=\"first\">" : "<tr>", f);
	html_name(f, r->function);
	fprintf(f, "<td class=\"t\">%s</td>", r->qpw ? "yes" : "");
	for (int side = 0; side < COMPARE_SIDES; side++)
		html_count(f, r->side[side] ? r->side[side]->queued : 0);
	for (int side = 0; side < COMPARE_SIDES; side++)
		html_count(f, r->side[side] ? r->side[side]->executed : 0);
	for (int side = 0; side < COMPARE_SIDES; side++)
		html_count(f, r->witness[side]);
	for (int side = 0; side < COMPARE_SIDES; side++)
		html_count(f, r->side[side] ? r->side[side]->inlined : 0);
	for (int side = 0; side < COMPARE_SIDES; side++)
		html_ns(f, r->side[side] ? (double)r->side[side]->run_ns : 0);
	for (int side = 0; side < COMPARE_SIDES; side++)
		put_wait(f, r->side[side] ? r->side[side]->wait : NULL);
	fputs("</tr>\n", f);
	if (has_origins(r))
		put_origins(f, c, r);
}

void part_works(FILE *f, const struct comparison *c)
{
	static const struct part_columns columns = {
		.first = { "function", "avoidable" },
		.groups = { "queued", "executed", "by the witness", "in the caller", "time stolen",
			    "queue to run: p50, max" },
	};
	struct work_row *rows;
	size_t nr = compare_work_rows(c, &rows);

	html_section(f, "work", "Work for the watched CPUs");
	fputs("<p>Queued to a watched CPU, executed there, as ftrace counted it without our code, or run "
	      "in the caller instead. Functions that QPW converts come first.</p>\n",
	      f);
	html_table(f, "Work by function");
	part_mode_head(f, c, &columns);
	for (size_t i = 0; i < nr; i++)
		put_work(f, c, &rows[i]);
	fputs("</tbody>", f);
	html_table_end(f);
	html_section_end(f);
	free(rows);
}

void part_flushes(FILE *f, const struct comparison *c)
{
	static const struct part_columns columns = {
		.first = { "where", "for the work" },
		.groups = { "waits", "skipped", "time", "p50", "longest" },
	};
	struct flush_row *rows;
	size_t nr = compare_flush_rows(c, &rows);
	size_t shown = nr < FLUSH_ROWS ? nr : FLUSH_ROWS;

	html_section(f, "flushes", "Who waited in a flush or drain");
	if (!nr)
		fputs("<p>None was seen; see below for probes that were missing.</p>\n", f);
	if (nr) {
		html_table(f, "Flush waits");
		part_mode_head(f, c, &columns);
	}
	for (size_t i = 0; i < shown; i++) {
		const struct snap_flush *const *side = rows[i].side;

		fputs("<tr>", f);
		html_name(f, rows[i].any->function);
		html_name(f, rows[i].any->work);
		for (int s = 0; s < COMPARE_SIDES; s++)
			html_count(f, side[s] ? side[s]->count : 0);
		for (int s = 0; s < COMPARE_SIDES; s++)
			html_count(f, side[s] ? side[s]->skipped : 0);
		for (int s = 0; s < COMPARE_SIDES; s++)
			html_ns(f, side[s] ? (double)side[s]->total_ns : 0);
		for (int s = 0; s < COMPARE_SIDES; s++)
			html_ns(f, side[s] && side[s]->wait ?
					   (double)hist_percentile(side[s]->wait, 50) :
					   NAN);
		for (int s = 0; s < COMPARE_SIDES; s++)
			html_ns(f,
				side[s] && side[s]->wait ? (double)hist_max(side[s]->wait) : NAN);
		fputs("</tr>\n", f);
	}
	if (nr) {
		fputs("</tbody>", f);
		html_table_end(f);
	}
	if (nr > shown)
		fprintf(f, "<p class=\"note\">And %zu more.</p>\n", nr - shown);
	html_section_end(f);
	free(rows);
}

void part_triggers(FILE *f, const struct comparison *c)
{
	static const struct part_columns columns = {
		.first = { "family" },
		.groups = { "triggered" },
	};
	struct count_row *rows;
	size_t nr = compare_trigger_rows(c, &rows);

	html_section(f, "triggers", "What the workload triggered");
	if (!nr)
		fputs("<p>The workload did not say.</p>\n", f);
	if (nr) {
		html_table(f, "Triggers by family");
		part_mode_head(f, c, &columns);
	}
	for (size_t i = 0; i < nr; i++) {
		fputs("<tr>", f);
		html_name(f, rows[i].name);
		html_count(f, rows[i].side[COMPARE_A]);
		html_count(f, rows[i].side[COMPARE_B]);
		fputs("</tr>\n", f);
	}
	if (nr) {
		fputs("</tbody>", f);
		html_table_end(f);
	}
	html_section_end(f);
	free(rows);
}
