// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report's section about what the recorder found on the machine that spoils a measurement.
 * Knows neither files nor options.
 */
#include "view/report_parts.h"

#include <string.h>

#include "util/text.h"

static bool is_same(const struct host_warning *a, const struct host_warning *b)
{
	return !strcmp(a->code, b->code) && !strcmp(a->text, b->text);
}

static bool has_warning(const struct report_trace *t, const struct host_warning *w)
{
	for (unsigned int i = 0; i < t->facts.nr_warnings; i++)
		if (is_same(&t->facts.warnings[i], w))
			return true;
	return false;
}

size_t report_spoiled(const struct report *r, size_t trace, unsigned int warning)
{
	const struct host_warning *w = &r->traces[trace].facts.warnings[warning];
	size_t nr = 0;

	for (size_t i = 0; i < r->nr_traces; i++) {
		if (!has_warning(&r->traces[i], w))
			continue;
		if (i < trace)
			return 0;
		nr++;
	}
	return nr;
}

static void put_spoiler(const struct sheet *o, const struct report *r, const struct host_warning *w,
			size_t nr)
{
	char text[4 * HOST_TEXT], remedy[4 * HOST_TEXT], in[64] = "";

	text_escape(w->text, text, sizeof(text));
	text_escape(w->remedy, remedy, sizeof(remedy));
	if (nr < r->nr_traces)
		snprintf(in, sizeof(in), "in %zu of %zu traces: ", nr, r->nr_traces);
	sheet_line(o, "%s%s%s%s", in, text, remedy[0] ? "; " : "", remedy);
}

void report_spoilers(const struct sheet *o, const struct report *r)
{
	bool first = true;

	for (size_t i = 0; i < r->nr_traces; i++) {
		for (unsigned int j = 0; j < r->traces[i].facts.nr_warnings; j++) {
			size_t nr = report_spoiled(r, i, j);

			if (!nr)
				continue;
			if (first)
				sheet_heading(o, "what may spoil this measurement",
					      "found on the machine when it began");
			first = false;
			put_spoiler(o, r, &r->traces[i].facts.warnings[j], nr);
		}
	}
}
