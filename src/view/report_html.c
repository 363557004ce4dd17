// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one or more traces say, as a page that stands alone: no script, no request whatever (the
 * policy in its head forbids them), readable light, dark, narrow, wide and printed.
 */
#include <inttypes.h>
#include <string.h>

#include "model/blame.h"
#include "model/sight.h"
#include "util/array.h"
#include "view/escape.h"
#include "view/report_html_parts.h"
#include "view/report_verdict.h"
#include "view/words.h"

static void put_verdict(FILE *f, const struct report *r)
{
	char text[REPORT_VERDICT];

	bool conclusive = report_verdict(r, text, sizeof(text));

	fputs(conclusive ? "<div class=\"verdict told\"><p>" : "<div class=\"verdict\"><p>", f);
	/* its names have passed text_escape() already */
	escape_html_safe(f, text);
	fputs(".</p></div>\n", f);
}

static void put_head(FILE *f, const struct report *r)
{
	char title[512];

	if (r->nr_traces > 1)
		snprintf(title, sizeof(title), "%s and %zu more: latency", r->traces[0].path,
			 r->nr_traces - 1);
	else
		snprintf(title, sizeof(title), "%s: latency", r->traces[0].path);
	html_begin(f, title, report_html_style);
}

static void put_tile(FILE *f, const char *what, const char *figure, const char *more)
{
	fprintf(f, "<div class=\"tile\"><span>%s</span><b>%s</b><span>%s</span></div>\n", what,
		figure, more);
}

static void put_latency_tile(FILE *f, const struct snapshot *s)
{
	char half[WORDS_CELL], max[WORDS_CELL], figure[3 * WORDS_CELL], more[WORDS_CELL];

	if (!s->nr_samples) {
		put_tile(f, "Latency", "not measured", "no victim was woken");
		return;
	}
	words_ns((double)hist_percentile(s->latency, 50), half, sizeof(half));
	words_ns((double)hist_max(s->latency), max, sizeof(max));
	snprintf(figure, sizeof(figure), "%s, %s", half, max);
	snprintf(more, sizeof(more), "over %" PRIu64 " wake-ups", s->nr_samples);
	put_tile(f, "Latency: p50, max", figure, more);
}

static void put_tiles(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	const struct snap_total all = blame_all(s), avoidable = blame_avoidable(s);
	uint64_t remote = 0, inlined = 0;
	char time[WORDS_CELL], figure[2 * WORDS_CELL], more[2 * WORDS_CELL];

	for (size_t i = 0; i < s->nr_works; i++) {
		remote += s->works[i].remote;
		inlined += s->works[i].inlined;
	}
	fputs("<div class=\"tiles\">\n", f);
	put_latency_tile(f, s);
	words_ns((double)all.self_ns, time, sizeof(time));
	snprintf(figure, sizeof(figure), "%s%s", sight_lacks(s, SIGHT_STOLEN) ? "at least " : "",
		 time);
	snprintf(more, sizeof(more), "by %" PRIu64 " interruptions", all.count);
	put_tile(f, "Time stolen from the watched CPUs", figure, more);
	snprintf(figure, sizeof(figure), "%" PRIu64, remote);
	snprintf(more, sizeof(more), "and %" PRIu64 " run in the caller instead", inlined);
	put_tile(f, "Works queued by other CPUs, run here", figure, more);
	words_ns((double)avoidable.self_ns, figure, sizeof(figure));
	snprintf(more, sizeof(more), "by %" PRIu64 " works that QPW lets the caller do",
		 avoidable.count);
	put_tile(f, "Of the time stolen, avoidable", figure, more);
	fputs("</div>\n", f);
}

/* Machine, kernel, mode, CPUs and length on one line; the others are in the setup's tables. */
static void put_setup_line(FILE *f, const struct report *r)
{
	const struct host_facts *h = &r->traces[0].facts;
	char window[WORDS_CELL];

	words_ns((double)r->snapshot->window_ns, window, sizeof(window));
	fputs("<p class=\"soft\">Linux ", f);
	escape_html(f, h->release);
	fprintf(f, ", %s, watched CPUs ", host_mode_name(h->mode));
	escape_html(f, h->watched[0] ? h->watched : "unknown");
	if (h->victim[0]) {
		fputs(", victim ", f);
		escape_html(f, h->victim);
	}
	fprintf(f, ", %s measured, %" PRIu64 " records, %" PRIu64 " lost%s.</p>\n", window,
		r->snapshot->nr_events, r->snapshot->nr_lost,
		h->hypervisor[0] ? "; a virtual machine" : "");
}

/* What was asked for, where that is not all. */
static void put_asked(FILE *f, const struct report *r)
{
	char from[WORDS_CELL], to[WORDS_CELL] = "the end";

	if (!r->from_ns && !r->to_ns && !r->cpus)
		return;
	fputs("<p class=\"note\">Only a part was asked for:", f);
	if (r->from_ns || r->to_ns) {
		words_ns((double)r->from_ns, from, sizeof(from));
		if (r->to_ns)
			words_ns((double)r->to_ns, to, sizeof(to));
		fprintf(f, " from %s to %s of the window", from, to);
	}
	if (r->cpus) {
		fputs(r->from_ns || r->to_ns ? ", CPUs " : " CPUs ", f);
		escape_html(f, r->cpus);
	}
	fputs(".</p>\n", f);
}

static void put_header(FILE *f, const struct report *r)
{
	static const char *const links[][2] = {
		{ "latency", "Latency" },  { "time", "Over time" },
		{ "causes", "Causes" },	   { "origins", "Who" },
		{ "work", "Remote work" }, { "outliers", "Worst samples" },
		{ "setup", "Setup" },	   { "limits", "What it omits" },
	};
	bool samples = r->snapshot->nr_samples;

	fputs("<header>\n"
	      "<p class=\"kicker\">QPW latency toolkit: what disturbed isolated CPUs</p>\n<h1>",
	      f);
	escape_html(f, r->traces[0].path);
	if (r->nr_traces > 1)
		fprintf(f, " and %zu more", r->nr_traces - 1);
	fputs("</h1>\n", f);
	put_verdict(f, r);
	put_setup_line(f, r);
	put_asked(f, r);
	report_html_caveats(f, r);
	put_tiles(f, r);
	fputs("<nav aria-label=\"Sections\">", f);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (samples ||
		    (strcmp(links[i][0], "time") != 0 && strcmp(links[i][0], "outliers") != 0))
			fprintf(f, "<a href=\"#%s\">%s</a> ", links[i][0], links[i][1]);
	fputs("</nav>\n</header>\n", f);
}

void report_html(FILE *f, const struct report *r)
{
	put_head(f, r);
	put_header(f, r);
	fputs("<main id=\"main\">\n", f);
	report_html_latency(f, r);
	report_html_time(f, r);
	report_html_causes(f, r);
	report_html_origins(f, r);
	report_html_works(f, r);
	report_html_points(f, r);
	report_html_outliers(f, r);
	report_html_setup(f, r);
	report_html_limits(f, r);
	fputs("</main>\n<footer><p>Written by qpwlat report. All times are of the kernel's monotonic "
	      "clock.</p></footer>\n",
	      f);
	html_end(f);
}
