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

json_t *report_json(const struct report *r)
{
	const struct host_facts *facts = r->facts;
	json_t *summary = summary_json(r->snapshot);
	json_t *json;

	if (!summary)
		return NULL;
	/* a trace alone holds neither a witness nor triggers: the members stand for their type */
	json = json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:o?, s:I, s:[], s:[]}", "schema",
			 "qpwlat.report", "version", 1, "file", text_json(r->path), "name",
			 host_mode_name(facts->mode), "kernel", text_json(facts->release),
			 "isolated_cpus",
			 text_json(facts->watched[0] ? facts->watched : facts->isolated), "host",
			 summary_host_json(facts), "problem",
			 r->problem[0] ? text_json(r->problem) : NULL, "malformed_records",
			 (json_int_t)r->nr_malformed, "witness", "triggers");
	if (json && json_object_update(json, summary)) {
		json_decref(json);
		json = NULL;
	}
	json_decref(summary);
	return json;
}
