/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one trace says, as JSON. Knows neither files nor options.
 */
#include "view/report.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"
#include "view/summary_json.h"

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

static json_t *time_json(uint64_t ns)
{
	return ns ? json_integer((json_int_t)ns) : json_null();
}

static json_t *offlines_json(const struct snapshot *s)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < s->nr_offlines; i++) {
		const struct snap_offline *o = &s->offlines[i];

		if (json_array_append_new(array,
					  json_pack("{s:I, s:o, s:o}", "cpu", (json_int_t)o->cpu,
						    "start_ns", time_json(o->start_ns), "end_ns",
						    time_json(o->end_ns)))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *report_json(const struct report *r)
{
	const struct report_trace *t = &r->traces[0];
	const struct host_facts *facts = &t->facts;
	json_t *summary = summary_json(r->snapshot);
	json_t *json;

	if (!summary)
		return NULL;
	/* a trace alone holds neither a witness nor triggers: the members stand for their type */
	json = json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:o?, s:I, s:[], s:[], s:o}",
			 "schema", "qpwlat.report", "version", 1, "file", text_json(t->path),
			 "name", host_mode_name(facts->mode), "kernel", text_json(facts->release),
			 "isolated_cpus",
			 text_json(facts->watched[0] ? facts->watched : facts->isolated), "host",
			 summary_host_json(facts), "problem",
			 t->problem[0] ? text_json(t->problem) : NULL, "malformed_records",
			 (json_int_t)report_malformed(r), "witness", "triggers", "offline",
			 offlines_json(r->snapshot));
	if (json && json_object_update(json, summary)) {
		json_decref(json);
		json = NULL;
	}
	json_decref(summary);
	return json;
}
