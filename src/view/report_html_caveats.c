// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a reader of the page must know before its figures: what is not the whole truth, and what the
 * recorder found on the machine that spoils a measurement.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>

#include "util/record.h"
#include "view/escape.h"
#include "view/report_offline.h"

static void put_offlines(FILE *f, const struct report *r)
{
	uint64_t nr_more;
	size_t nr = report_offlines(r->snapshot, &nr_more);

	for (size_t i = 0; i < nr; i++) {
		const struct snap_offline *o = &r->snapshot->offlines[i];
		struct report_offline words = { 0 };

		report_offline(r, o, &words);
		fprintf(f, "<li>Watched CPU %" PRIu32 " was offline from %s to %s", o->cpu,
			words.from, words.to);
		if (r->nr_traces > 1) {
			fputs(" of ", f);
			escape_html(f, r->traces[o->boot < r->nr_traces ? o->boot : 0].path);
		}
		fputs(".</li>\n", f);
	}
	if (nr_more)
		fprintf(f, "<li>Watched CPUs were offline %" PRIu64 " times more.</li>\n", nr_more);
}

/* What the reader of a file found wrong. */
static unsigned int put_problems(FILE *f, const struct report *r)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < r->nr_traces; i++) {
		if (!r->traces[i].problem[0])
			continue;
		nr++;
		fprintf(f, "<li>%s", r->traces[i].part ? "This is a part of a recording: " : "");
		escape_html(f, r->traces[i].problem);
		if (r->nr_traces > 1) {
			fputs(", in ", f);
			escape_html(f, r->traces[i].path);
		}
		fputs(".</li>\n", f);
	}
	return nr;
}

/* How many on each CPU, of which kinds. */
static void put_lost(FILE *f, const struct snapshot *s)
{
	fprintf(f,
		"<li>%" PRIu64
		" records were lost. Counts and times are lower bounds, residuals upper "
		"ones.",
		s->nr_lost);
	for (size_t i = 0; i < s->nr_losses; i++) {
		const struct snap_loss *l = &s->lost[i];
		const char *kind = record_kind_name(l->kind);

		if (!i || s->lost[i - 1].cpu != l->cpu)
			fprintf(f, "%s CPU %" PRIu32 ": ", i ? "." : " On", l->cpu);
		else
			fputs(", ", f);
		fprintf(f, "%" PRIu64 " %s", l->count, kind ? kind : "of unknown kind");
	}
	fputs(s->nr_losses ? ".</li>\n" : "</li>\n", f);
}

/* What makes the figures less than the whole truth. */
static void put_warnings(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	bool problem = s->nr_lost || s->added_up || s->nr_offlines || s->truncated ||
		       !s->window_closed || report_malformed(r);
	unsigned int nr_problems = 0;

	for (size_t i = 0; i < r->nr_traces; i++)
		problem |= r->traces[i].problem[0] != '\0';
	if (!problem)
		return;
	fputs("<div class=\"warn\"><p><strong>These figures are not the whole truth</strong></p>"
	      "<ul>\n",
	      f);
	if (s->nr_lost)
		put_lost(f, s);
	if (s->added_up)
		fprintf(f,
			"<li>This is a view that qpwtop saved: what happened was added up, and "
			"recorded by itself only if it lasted %.1f us or longer; what is told of "
			"late wake-ups is of these.</li>\n",
			(double)s->told_ns / 1000);
	put_offlines(f, r);
	nr_problems = put_problems(f, r);
	if (!nr_problems && s->truncated)
		fputs("<li>This is a part of a recording.</li>\n", f);
	else if (!nr_problems && !s->window_closed)
		fputs("<li>The recording did not end in order: its window was not closed.</li>\n",
		      f);
	if (report_malformed(r))
		fprintf(f, "<li>%" PRIu64 " malformed records were left out.</li>\n",
			report_malformed(r));
	fputs("</ul></div>\n", f);
}

static void put_spoiler(FILE *f, const struct report *r, const struct host_warning *w, size_t nr)
{
	fputs("<li>", f);
	if (nr < r->nr_traces)
		fprintf(f, "In %zu of %zu traces: ", nr, r->nr_traces);
	escape_html(f, w->text);
	if (w->remedy[0]) {
		fputs("; ", f);
		escape_html(f, w->remedy);
	}
	fputs(".</li>\n", f);
}

static void put_spoilers(FILE *f, const struct report *r)
{
	bool any = false;

	for (size_t i = 0; i < r->nr_traces; i++) {
		for (unsigned int j = 0; j < r->traces[i].facts.nr_warnings; j++) {
			size_t nr = report_spoiled(r, i, j);

			if (!nr)
				continue;
			if (!any)
				fputs("<div class=\"spoil\"><p><strong>What may spoil this measurement"
				      "</strong>, found on the machine when it began</p><ul>\n",
				      f);
			any = true;
			put_spoiler(f, r, &r->traces[i].facts.warnings[j], nr);
		}
	}
	if (any)
		fputs("</ul></div>\n", f);
}

/* Which ones stands at the end of the page. */
static void put_missing(FILE *f, const struct snapshot *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_probes; i++)
		nr += s->probes[i].state == QPW_PROBE_MISSING;
	if (nr)
		fprintf(f,
			"<p class=\"note\">Probes that were missing: %zu; <a href=\"#limits\">what is "
			"not recorded for want of them</a>.</p>\n",
			nr);
}

void report_html_caveats(FILE *f, const struct report *r)
{
	put_warnings(f, r);
	put_spoilers(f, r);
	put_missing(f, r->snapshot);
}
