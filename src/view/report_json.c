// SPDX-License-Identifier: GPL-2.0-only
/*
 * A report as JSON: what it adds to the members of a summary. Knows neither files nor options.
 */
#include "view/report.h"

#include <stdlib.h>
#include <string.h>

#include "model/blame.h"
#include "model/quantile.h"
#include "view/percentiles.h"
#include "view/report_verdict.h"
#include "view/summary_json.h"
#include "view/to_json.h"

/* Null where 0 stands for "not known" or "not asked for". */
static json_t *known_json(uint64_t value)
{
	return value ? json_integer(to_json_int(value)) : json_null();
}

static json_t *offline_json(const void *row)
{
	const struct snap_offline *o = row;

	return json_pack("{s:I, s:I, s:o, s:o}", "boot", (json_int_t)o->boot, "cpu",
			 (json_int_t)o->cpu, "start_ns", known_json(o->start_ns), "end_ns",
			 known_json(o->end_ns));
}

static json_t *trace_json(const void *row)
{
	const struct report_trace *t = row;

	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I}", "file",
			 to_json_text(t->path), "kernel", to_json_text(t->facts.release), "mode",
			 host_mode_name(t->facts.mode), "watched", to_json_text(t->facts.watched),
			 "problem", to_json_text_or_null(t->problem), "malformed_records",
			 to_json_int(t->nr_malformed), "events", to_json_int(t->nr_events),
			 "window_start_ns", to_json_int(t->window_start_ns), "window_ns",
			 to_json_int(t->window_ns));
}

static json_t *selection_json(const struct report *r)
{
	return json_pack("{s:I, s:o, s:o}", "from_ns", to_json_int(r->from_ns), "to_ns",
			 known_json(r->to_ns), "cpus",
			 r->cpus ? to_json_text(r->cpus) : json_null());
}

static json_t *verdict_json(const struct report *r)
{
	char text[REPORT_VERDICT];
	bool conclusive = report_verdict(r, text, sizeof(text));

	return json_pack("{s:b, s:s}", "conclusive", conclusive, "text", text);
}

static json_t *interval_json(const struct quantile_interval *q)
{
	return json_pack("{s:o, s:o}", "low",
			 q->has_low ? json_integer(to_json_int(q->low)) : json_null(), "high",
			 q->has_high ? json_integer(to_json_int(q->high)) : json_null());
}

/* The same percentiles as the latency has; null without samples. */
static json_t *intervals_json(const struct hist *h)
{
	json_t *json;

	if (!hist_count(h))
		return json_null();
	json = json_pack("{s:f}", "level", REPORT_LEVEL);
	for (int i = 0; json && percentiles_given(i, hist_count(h)); i++) {
		struct quantile_interval q =
			quantile_interval(h, percentiles[i].percent, REPORT_LEVEL);

		if (json_object_set_new(json, percentiles[i].member, interval_json(&q))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

/* What is in one column; cells without samples are left out. *nr_samples is all of it. */
static json_t *cells_json(const struct heatmap *h, uint64_t column, uint64_t *nr_samples)
{
	json_t *array = json_array();

	*nr_samples = 0;
	for (uint32_t row = 0; array && row < HEATMAP_ROWS; row++) {
		uint64_t count = heatmap_count(h, row, column);

		*nr_samples += count;
		if (count &&
		    json_array_append_new(array, json_pack("{s:I, s:I, s:I}", "low_ns",
							   to_json_int(heatmap_low(row)), "high_ns",
							   to_json_int(heatmap_high(row)),
							   "samples", to_json_int(count)))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *column_json(const struct heatmap *h, uint64_t column)
{
	uint64_t nr_samples;
	json_t *cells = cells_json(h, column, &nr_samples);

	if (cells && !nr_samples) {
		json_decref(cells);
		return json_null();
	}
	return json_pack("{s:I, s:I, s:I, s:o}", "offset_ns", to_json_int(column << h->shift),
			 "samples", to_json_int(nr_samples), "max_ns",
			 to_json_int(h->max_ns[column % HEATMAP_COLUMNS]), "cells", cells);
}

/* Columns without samples are left out; null without any. */
static json_t *heatmap_json(const struct heatmap *h)
{
	json_t *columns;

	if (h->first > h->last)
		return json_null();
	columns = json_array();
	for (uint64_t c = h->first; columns && c <= h->last; c++) {
		json_t *column = column_json(h, c);

		if (json_is_null(column))
			continue;
		if (json_array_append_new(columns, column)) {
			json_decref(columns);
			columns = NULL;
		}
	}
	return json_pack("{s:I, s:o}", "column_ns", to_json_int(UINT64_C(1) << h->shift), "columns",
			 columns);
}

static json_t *avoidable_json(const struct snapshot *s)
{
	struct snap_total t = blame_avoidable(s);

	return json_pack("{s:I, s:I, s:I}", "count", to_json_int(t.count), "ns",
			 to_json_int(t.self_ns), "max_ns", to_json_int(t.max_ns));
}

static json_t *blame_row_json(const void *row)
{
	const struct blame_row *b = row;
	enum snap_class class = (enum snap_class)b->class;

	return json_pack("{s:s, s:o, s:b, s:I, s:I}", "class", snap_class_name(class), "name",
			 to_json_text(b->name), "avoidable", blame_is_avoidable(class, b->name),
			 "ns", to_json_int(b->ns), "samples", to_json_int(b->nr_samples));
}

static json_t *late_json(const struct snapshot *s)
{
	json_t *json = NULL;
	struct blame b;

	if (!blame_late(s, 0, &b))
		json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "samples",
				 to_json_int(s->nr_late), "explained", to_json_int(b.nr_samples),
				 "latency_ns", to_json_int(b.latency_ns), "residual_ns",
				 to_json_int(b.residual_ns), "avoidable_ns",
				 to_json_int(b.avoidable_ns), "parts",
				 to_json_rows(b.rows, b.nr_rows, sizeof(*b.rows), blame_row_json));
	blame_finish(&b);
	return json;
}

/* What says what was reported, and how. A trace alone holds neither a witness nor triggers. */
static json_t *head_json(const struct report *r)
{
	const struct report_trace *t = &r->traces[0];
	const struct host_facts *facts = &t->facts;

	return json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:[], s:[]}", "schema",
			 "qpwlat.report", "version", 1, "file", to_json_text(t->path), "name",
			 host_mode_name(facts->mode), "kernel", to_json_text(facts->release),
			 "isolated_cpus",
			 to_json_text(facts->watched[0] ? facts->watched : facts->isolated), "host",
			 summary_host_json(facts), "problem", to_json_text_or_null(t->problem),
			 "malformed_records", to_json_int(report_malformed(r)), "witness",
			 "triggers");
}

/* Each once, with the number of traces that have it. */
static json_t *warnings_json(const struct report *r)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < r->nr_traces; i++) {
		const struct host_facts *facts = &r->traces[i].facts;

		for (unsigned int j = 0; j < facts->nr_warnings; j++) {
			const struct host_warning *w = &facts->warnings[j];
			size_t nr = report_spoiled(r, i, j);

			if (nr &&
			    json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:I}", "code",
								   to_json_text(w->code), "text",
								   to_json_text(w->text), "remedy",
								   to_json_text(w->remedy),
								   "traces", to_json_int(nr)))) {
				json_decref(array);
				return NULL;
			}
		}
	}
	return array;
}

json_t *report_json_lean(const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	double watched_ns = report_watched_ns(r);
	json_t *summary = summary_json_lean(s), *json = summary ? head_json(r) : NULL;

	if (json &&
	    (json_object_set_new(json, "traces",
				 to_json_rows(r->traces, r->nr_traces, sizeof(*r->traces),
					      trace_json)) ||
	     json_object_set_new(json, "selection", selection_json(r)) ||
	     json_object_set_new(json, "watched_ns",
				 known_json(watched_ns < 9e18 ? (uint64_t)watched_ns : 0)) ||
	     json_object_set_new(json, "verdict", verdict_json(r)) ||
	     json_object_set_new(json, "warnings", warnings_json(r)) ||
	     json_object_set_new(json, "offline",
				 to_json_rows(s->offlines, s->nr_offlines, sizeof(*s->offlines),
					      offline_json)) ||
	     json_object_update(json, summary) ||
	     json_object_set_new(json, "latency_interval_ns", intervals_json(s->latency)) ||
	     json_object_set_new(json, "latency_over_time", heatmap_json(s->heatmap)) ||
	     json_object_set_new(json, "avoidable", avoidable_json(s)) ||
	     json_object_set_new(json, "late", late_json(s)))) {
		json_decref(json);
		json = NULL;
	}
	json_decref(summary);
	return json;
}
