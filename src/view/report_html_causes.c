// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's sections about what interrupted the watched CPUs and who caused that.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "model/blame.h"
#include "model/sight.h"
#include "util/array.h"
#include "view/escape.h"
#include "view/words.h"

#define SUMMARY 48 /* characters of a stack that is folded up */

static double max_double(double a, double b)
{
	return a > b ? a : b;
}

static void put_rate(FILE *f, uint64_t count, double seconds)
{
	char cell[WORDS_CELL] = "";

	words_add_number(cell, sizeof(cell), seconds > 0 ? (double)count / seconds : 0);
	fprintf(f, "<td>%s</td>", cell);
}

/* A row of a class, or of several; css is that of its bar. */
static void put_class(FILE *f, const struct report *r, const char *name, const char *css,
		      const struct snap_total *c, double scale)
{
	fprintf(f, "<tr%s><td class=\"t\">%s</td>", scale > 0 ? "" : " class=\"sum\"", name);
	html_count(f, c->count);
	put_rate(f, c->count, report_html_seconds(r));
	html_ns(f, (double)c->self_ns);
	report_html_share(f, (double)c->self_ns, report_watched_ns(r));
	html_ns(f, c->max_ns ? (double)c->max_ns : NAN);
	report_html_bar(f, css, (double)c->self_ns, scale);
	fputs("</tr>\n", f);
}

/* What nobody looked at is not nothing. */
static void put_unseen(FILE *f, const char *name, size_t figures)
{
	fprintf(f, "<tr><td class=\"t\">%s</td>", name);
	for (size_t i = 0; i < figures; i++)
		fputs("<td>–</td>", f);
	fputs("<td class=\"t\">nobody looked</td></tr>\n", f);
}

static void put_classes(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "class", true },	{ "count", false }, { "per second", false },
		{ "self time", false }, { "share", false }, { "longest", false },
		{ "self time", true },
	};
	const struct snapshot *s = r->snapshot;
	const struct snap_total all = blame_all(s), avoidable = blame_avoidable(s);
	double scale = 1;

	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		scale = max_double(scale, (double)s->classes[i].self_ns);
	html_table(f, "By class; share of the time of the watched CPUs");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		enum snap_class class = (enum snap_class)i;

		if (sight_blind(s, class))
			put_unseen(f, snap_class_name(class), ARRAY_SIZE(columns) - 2);
		else
			put_class(f, r, snap_class_name(class), html_class_css[i], &s->classes[i],
				  scale);
	}
	put_class(f, r, "all", "", &all, 0);
	put_class(f, r, "of these avoidable by QPW", "c-work avoidable", &avoidable, scale);
	fputs("</tbody>", f);
	html_table_end(f);
}

static void put_cause(FILE *f, const struct report *r, const struct snap_cause *c, double scale)
{
	char css[64];

	snprintf(css, sizeof(css), "%s%s", html_class_css[c->class],
		 blame_is_avoidable(c->class, c->name) ? " avoidable" : "");
	fprintf(f, "<tr><td class=\"t\">%s</td>", snap_class_name(c->class));
	html_name(f, c->name);
	html_count(f, c->count);
	put_rate(f, c->count, report_html_seconds(r));
	html_ns(f, (double)c->self_ns);
	html_ns(f, (double)c->total_ns);
	html_ns(f, (double)c->max_ns);
	report_html_share(f, (double)c->self_ns, report_watched_ns(r));
	fprintf(f, "<td class=\"t\">%s</td>", blame_is_avoidable(c->class, c->name) ? "yes" : "");
	report_html_bar(f, css, (double)c->self_ns, scale);
	fputs("</tr>\n", f);
}

void report_html_causes(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "class", true },	 { "cause", true },	 { "count", false },
		{ "per second", false }, { "self time", false }, { "total", false },
		{ "longest", false },	 { "share", false },	 { "avoidable", true },
		{ "self time", true },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_causes);

	html_section(f, "causes", "What interrupted the watched CPUs");
	fputs("<p>Self time is without what nested inside, which counts for its own row.", f);
	fputs(" <span class=\"key\"><i class=\"box avoidable c-work\"></i>avoidable: QPW lets "
	      "the CPU that wants this work do it</span></p>\n",
	      f);
	put_classes(f, r);
	if (nr) {
		html_table(f, "Causes, the largest self time first");
		html_columns(f, columns, ARRAY_SIZE(columns));
		for (size_t i = 0; i < nr; i++)
			put_cause(f, r, &s->causes[i], max_double(1, (double)s->causes[0].self_ns));
		fputs("</tbody>", f);
		html_table_end(f);
		report_html_more(f, nr, s->nr_causes);
	}
	html_section_end(f);
}

/* Functions of a stack on one line, without their offsets: "a < b < c". */
static void join_frames(const char *stack, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	while (*stack && used < size) {
		size_t len = strcspn(stack, ";"), name = strcspn(stack, "+;");

		used += (size_t)snprintf(buf + used, size - used, "%s%.*s", used ? " < " : "",
					 (int)name, stack);
		stack += len + (stack[len] == ';');
	}
}

static void put_stack(FILE *f, const char *stack)
{
	char line[2 * SUMMARY];

	if (!stack[0]) {
		fputs("<td class=\"t\">–</td>", f);
		return;
	}
	join_frames(stack, line, sizeof(line));
	fputs("<td class=\"t w\"><details><summary><code>", f);
	escape_html_cut(f, line, SUMMARY);
	fputs("</code></summary><ol class=\"frames\">", f);
	while (*stack) {
		size_t len = strcspn(stack, ";");
		char frame[QPW_SYMBOL_LEN];

		snprintf(frame, sizeof(frame), "%.*s", (int)len, stack);
		fputs("<li><code>", f);
		escape_html(f, frame);
		fputs("</code></li>", f);
		stack += len + (stack[len] == ';');
	}
	fputs("</ol></details></td>", f);
}

static void put_caused(FILE *f, const struct snap_caused *c)
{
	char who[WORDS_TASK];

	words_task(c->origin.comm, c->origin.pid, who);
	fprintf(f, "<tr><td class=\"t\">%s</td>", snap_class_name(c->class));
	html_name(f, c->name);
	fprintf(f, "<td class=\"t\">%s</td>", blame_is_avoidable(c->class, c->name) ? "yes" : "");
	html_count(f, c->origin.count);
	fputs("<td class=\"t\"><code>", f);
	escape_html(f, who);
	fputs("</code>", f);
	report_html_callsite(f, c->callsite);
	fputs("</td>", f);
	html_count(f, c->origin.cpu);
	html_ns(f, (double)c->wait_ns / (double)c->origin.count);
	html_ns(f, (double)c->wait_max_ns);
	html_name(f, c->cgroup[0] ? c->cgroup : "–");
	put_stack(f, c->stack);
	fputs("</tr>\n", f);
}

void report_html_origins(FILE *f, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "class", true },
		{ "cause", true },
		{ "avoidable", true },
		{ "count", false },
		{ "by", true },
		{ "on CPU", false },
		{ "mean wait", false },
		{ "longest wait", false },
		{ "control group", true },
		{ "stack", true },
	};
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_caused);

	html_section(f, "origins", "Who caused it");
	if (nr) {
		fputs("<p>The wait is from queueing, sending or waking to the start on the watched "
		      "CPU. Stacks unfold, the innermost function first.</p>\n",
		      f);
		html_table(f, "Interruptions by who brought them about, most frequent first");
		html_columns(f, columns, ARRAY_SIZE(columns));
		for (size_t i = 0; i < nr; i++)
			put_caused(f, &s->caused[i]);
		fputs("</tbody>", f);
		html_table_end(f);
		report_html_more(f, nr, s->nr_caused);
	} else {
		fputs("<p>Nobody was seen; what was not recorded is told below.</p>\n", f);
	}
	if (s->caused_left_out)
		fprintf(f,
			"<p class=\"note\">%" PRIu64
			" interruptions by rarer origins are not listed.</p>\n",
			s->caused_left_out);
	report_html_callers(f, r);
	html_section_end(f);
}
