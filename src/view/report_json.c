/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report as JSON: what it adds to the members of a summary. Knows neither files nor options.
 */
#include "view/report.h"

#include <stdlib.h>
#include <string.h>

#include "model/blame.h"
#include "model/quantile.h"
#include "util/text.h"
#include "view/percentiles.h"
#include "view/report_verdict.h"
#include "view/summary_json.h"

/* JSON integers are signed: what a corrupt trace makes larger is shown as the largest. */
static json_int_t integer(uint64_t value)
{
	return value > INT64_MAX ? INT64_MAX : (json_int_t)value;
}

/* Text of any length from outside. */
static json_t *text_json(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *escaped = malloc(size);
	json_t *json = NULL;

	if (escaped) {
		text_escape(text, escaped, size);
		json = json_string(escaped);
	}
	free(escaped);
	return json;
}

/* Null where 0 stands for "not known" or "not asked for". */
static json_t *known_json(uint64_t value)
{
	return value ? json_integer(integer(value)) : json_null();
}

/* An array of nr rows that to_json() makes. */
static json_t *rows_json(size_t nr, json_t *(*to_json)(const void *of, size_t i), const void *of)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < nr; i++) {
		if (json_array_append_new(array, to_json(of, i))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *offline_json(const void *of, size_t i)
{
	const struct snap_offline *o = &((const struct snapshot *)of)->offlines[i];

	return json_pack("{s:I, s:I, s:o, s:o}", "boot", (json_int_t)o->boot, "cpu",
			 (json_int_t)o->cpu, "start_ns", known_json(o->start_ns), "end_ns",
			 known_json(o->end_ns));
}

static json_t *trace_json(const void *of, size_t i)
{
	const struct report_trace *t = &((const struct report *)of)->traces[i];

	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I}", "file",
			 text_json(t->path), "kernel", text_json(t->facts.release), "mode",
			 host_mode_name(t->facts.mode), "watched", text_json(t->facts.watched),
			 "problem", t->problem[0] ? text_json(t->problem) : json_null(),
			 "malformed_records", integer(t->nr_malformed), "events",
			 integer(t->nr_events), "window_start_ns", integer(t->window_start_ns),
			 "window_ns", integer(t->window_ns));
}

static json_t *selection_json(const struct report *r)
{
	return json_pack("{s:I, s:o, s:o}", "from_ns", integer(r->from_ns), "to_ns",
			 known_json(r->to_ns), "cpus", r->cpus ? text_json(r->cpus) : json_null());
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
			 q->has_low ? json_integer(integer(q->low)) : json_null(), "high",
			 q->has_high ? json_integer(integer(q->high)) : json_null());
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
							   integer(heatmap_low(row)), "high_ns",
							   integer(heatmap_high(row)), "samples",
							   integer(count)))) {
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
	return json_pack("{s:I, s:I, s:I, s:o}", "offset_ns", integer(column << h->shift),
			 "samples", integer(nr_samples), "max_ns",
			 integer(h->max_ns[column % HEATMAP_COLUMNS]), "cells", cells);
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
	return json_pack("{s:I, s:o}", "column_ns", integer(UINT64_C(1) << h->shift), "columns",
			 columns);
}

static json_t *avoidable_json(const struct snapshot *s)
{
	struct snap_total t = blame_avoidable(s);

	return json_pack("{s:I, s:I, s:I}", "count", integer(t.count), "ns", integer(t.self_ns),
			 "max_ns", integer(t.max_ns));
}

static json_t *blame_row_json(const void *of, size_t i)
{
	const struct blame_row *row = &((const struct blame *)of)->rows[i];
	enum snap_class class = (enum snap_class)row->class;

	return json_pack("{s:s, s:o, s:b, s:I, s:I}", "class", snap_class_name(class), "name",
			 text_json(row->name), "avoidable", blame_is_avoidable(class, row->name),
			 "ns", integer(row->ns), "samples", integer(row->nr_samples));
}

static json_t *late_json(const struct snapshot *s)
{
	json_t *json = NULL;
	struct blame b;

	if (!blame_late(s, 0, &b))
		json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "samples", integer(s->nr_late),
				 "explained", integer(b.nr_samples), "latency_ns",
				 integer(b.latency_ns), "residual_ns", integer(b.residual_ns),
				 "avoidable_ns", integer(b.avoidable_ns), "parts",
				 rows_json(b.nr_rows, blame_row_json, &b));
	blame_finish(&b);
	return json;
}

/* What says what was reported, and how. A trace alone holds neither a witness nor triggers. */
static json_t *head_json(const struct report *r)
{
	const struct report_trace *t = &r->traces[0];
	const struct host_facts *facts = &t->facts;

	return json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:[], s:[]}", "schema",
			 "qpwlat.report", "version", 1, "file", text_json(t->path), "name",
			 host_mode_name(facts->mode), "kernel", text_json(facts->release),
			 "isolated_cpus",
			 text_json(facts->watched[0] ? facts->watched : facts->isolated), "host",
			 summary_host_json(facts), "problem",
			 t->problem[0] ? text_json(t->problem) : json_null(), "malformed_records",
			 integer(report_malformed(r)), "witness", "triggers");
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
								   text_json(w->code), "text",
								   text_json(w->text), "remedy",
								   text_json(w->remedy), "traces",
								   integer(nr)))) {
				json_decref(array);
				return NULL;
			}
		}
	}
	return array;
}

json_t *report_json(const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	double watched_ns = report_watched_ns(r);
	json_t *summary = summary_json(s), *json = summary ? head_json(r) : NULL;

	if (json &&
	    (json_object_set_new(json, "traces", rows_json(r->nr_traces, trace_json, r)) ||
	     json_object_set_new(json, "selection", selection_json(r)) ||
	     json_object_set_new(json, "watched_ns",
				 known_json(watched_ns < 9e18 ? (uint64_t)watched_ns : 0)) ||
	     json_object_set_new(json, "verdict", verdict_json(r)) ||
	     json_object_set_new(json, "warnings", warnings_json(r)) ||
	     json_object_set_new(json, "offline", rows_json(s->nr_offlines, offline_json, s)) ||
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
