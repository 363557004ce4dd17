// SPDX-License-Identifier: GPL-2.0-only
/*
 * A report as text and as Markdown: the same sections, in the order in which a reader asks. Knows
 * neither files nor options.
 */
#include "view/report.h"

#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/report_parts.h"

static void (*const sections[])(const struct sheet *o, const struct report *r) = {
	report_setup,	  report_spoilers, report_warnings, report_missing_probes,
	report_latency,	  report_classes,  report_causes,   report_origins,
	report_callers,	  report_works,	   report_flushes,  report_waiters,
	report_contended, report_points,   report_late,	    report_outliers,
};

static void put_sections(const struct sheet *o, const struct report *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		sections[i](o, r);
}

void report_text(FILE *f, const struct report *r)
{
	const struct sheet o = { .f = f, .columns = r->columns };

	put_sections(&o, r);
}

void report_markdown(FILE *f, const struct report *r)
{
	const struct sheet o = { .f = f, .markdown = true };

	put_sections(&o, r);
}

void report_share(const struct report *r, uint64_t ns, char *buf, size_t size)
{
	double all_ns = report_watched_ns(r);

	if (all_ns > 0)
		snprintf(buf, size, "%.4f", (double)ns * 100.0 / all_ns);
	else
		snprintf(buf, size, "-");
}

void report_heading_of(const struct sheet *o, const char *title, const char *legend, size_t shown,
		       size_t nr)
{
	char text[128];

	snprintf(text, sizeof(text), "%s, %zu of %zu", title, shown, nr);
	sheet_heading(o, text, legend);
}

void report_of_trace(const struct report *r, uint32_t boot, char *buf, size_t size)
{
	char path[512];

	buf[0] = '\0';
	if (r->nr_traces < 2 || boot >= r->nr_traces)
		return;
	text_escape(r->traces[boot].path, path, sizeof(path));
	snprintf(buf, size, " of %s", path);
}
