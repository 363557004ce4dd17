// SPDX-License-Identifier: GPL-2.0-only
/*
 * What makes the figures of a report less than the whole truth: losses, CPUs that were not there,
 * traces that break off, probes that are missing. Knows neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>
#include <string.h>

#include "util/record.h"
#include "util/text.h"
#include "view/report_offline.h"

static void put_offlines(const struct sheet *o, const struct report *r)
{
	uint64_t nr_more;
	size_t nr = report_offlines(r->snapshot, &nr_more);

	for (size_t i = 0; i < nr; i++) {
		const struct snap_offline *p = &r->snapshot->offlines[i];
		struct report_offline words = { 0 };
		char of[600];

		report_offline(r, p, &words);
		report_of_trace(r, p->boot, of, sizeof(of));
		sheet_warning(o, "watched CPU %" PRIu32 " was offline from %s to %s%s.", p->cpu,
			      words.from, words.to, of);
	}
	if (nr_more)
		sheet_warning(o, "watched CPUs were offline %" PRIu64 " times more.", nr_more);
}

/* What the reader of one file found wrong. Whether it did. */
static bool put_problem(const struct sheet *o, const struct report *r, size_t trace)
{
	char text[4 * REPORT_PROBLEM], of[600];

	if (!r->traces[trace].problem[0])
		return false;
	report_of_trace(r, (uint32_t)trace, of, sizeof(of));
	text_escape(r->traces[trace].problem, text, sizeof(text));
	if (r->traces[trace].part)
		sheet_warning(o, "this is a part of a recording%s: %s.", of, text);
	else
		sheet_warning(o, "%s%s.", text, of);
	return true;
}

/* "CPU 1: 5 softirq, 2 of unknown kind", a line for each CPU. */
static void put_lost(const struct sheet *o, const struct snapshot *s)
{
	char kinds[1024] = "";

	if (!s->nr_lost)
		return;
	sheet_warning(o,
		      "%" PRIu64 " records were lost. Counts and times are lower bounds, residuals "
		      "upper ones.",
		      s->nr_lost);
	for (size_t i = 0; i < s->nr_losses; i++) {
		const struct snap_loss *l = &s->lost[i];
		const char *kind = record_kind_name(l->kind);

		text_add(kinds, sizeof(kinds), "%s%" PRIu64 " %s", kinds[0] ? ", " : "", l->count,
			 kind ? kind : "of unknown kind");
		if (i + 1 < s->nr_losses && s->lost[i + 1].cpu == l->cpu)
			continue;
		sheet_line(o, "CPU %" PRIu32 ": %s", l->cpu, kinds);
		kinds[0] = '\0';
	}
}

void report_warnings(const struct sheet *o, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	uint64_t nr_malformed = report_malformed(r);
	bool said = false;

	put_lost(o, s);
	if (s->added_up)
		sheet_warning(
			o,
			"this is a view that qpwtop saved: what happened was added up, and recorded "
			"by itself only if it lasted %.1f us or longer; what is told of late wake-ups "
			"is of these.",
			(double)s->told_ns / 1000);
	put_offlines(o, r);
	for (size_t i = 0; i < r->nr_traces; i++)
		said |= put_problem(o, r, i);
	if (!said && s->truncated)
		sheet_warning(o, "this is a part of a recording.");
	else if (!said && !s->window_closed)
		sheet_warning(o, "the recording did not end in order: its window was not closed.");
	if (nr_malformed)
		sheet_warning(o, "%" PRIu64 " malformed records were left out.", nr_malformed);
}

static bool same_loss(const struct snap_probe *a, const struct snap_probe *b)
{
	return a->state == b->state && a->error == b->error && !strcmp(a->loses, b->loses);
}

static const char *probe_reason(const struct snap_probe *p)
{
	const char *name = p->error ? strerrorname_np(-p->error) : "not in this kernel";

	return name ? name : "error";
}

/* One line per loss, with the probes that would be needed. */
static void put_loss(const struct sheet *o, const struct snapshot *s, size_t first)
{
	const struct snap_probe *p = &s->probes[first];
	char loses[4 * QPW_TEXT_LEN], name[4 * QPW_SYMBOL_LEN], names[4096] = "";

	text_escape_n(p->loses, sizeof(p->loses), loses, sizeof(loses));
	for (size_t i = first; i < s->nr_probes; i++) {
		if (!same_loss(p, &s->probes[i]))
			continue;
		text_escape(s->probes[i].name, name, sizeof(name));
		text_add(names, sizeof(names), " %s", name);
	}
	sheet_line(o, "%s (%s:%s)", loses, probe_reason(p), names);
}

void report_missing_probes(const struct sheet *o, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	bool first = true;

	for (size_t i = 0; i < s->nr_probes; i++) {
		size_t twin = 0;

		while (!same_loss(&s->probes[i], &s->probes[twin]))
			twin++;
		if (s->probes[i].state != QPW_PROBE_MISSING || twin < i)
			continue;
		if (first)
			sheet_heading(o, "not recorded, for want of a probe", NULL);
		first = false;
		put_loss(o, s, i);
	}
}
