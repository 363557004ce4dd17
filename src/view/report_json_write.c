// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a report's JSON down, member by member, and late samples one by one: as a whole they would
 * take many times the room of what they tell. Knows nothing of what the members mean.
 */
#include <errno.h>
#include <string.h>

#include "view/report.h"
#include "view/summary_json.h"

#define INDENT 2
#define FLAGS (JSON_INDENT(INDENT) | JSON_REAL_PRECISION(9) | JSON_ENCODE_ANY)

/* What is to be written so many levels deep. */
struct nested {
	FILE *f;
	int depth;
};

/* Line breaks are the writer's own: those in texts are escaped. */
static int put_nested(const char *text, size_t len, void *data)
{
	const struct nested *n = data;

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t part = end ? (size_t)(end - text) + 1 : len;

		fwrite(text, 1, part, n->f);
		if (end)
			fprintf(n->f, "%*s", n->depth * INDENT, "");
		text += part;
		len -= part;
	}
	return ferror(n->f) ? -1 : 0;
}

static int put_value(FILE *f, int depth, const json_t *value)
{
	struct nested n = { f, depth };

	if (!value)
		return -ENOMEM;
	errno = 0;
	return json_dump_callback(value, put_nested, &n, FLAGS) ? -(errno ? errno : EIO) : 0;
}

static int put_late(FILE *f, const struct snapshot *s)
{
	int ret = 0;

	fputc('[', f);
	for (size_t i = 0; !ret && i < s->nr_outliers; i++) {
		json_t *json = summary_outlier_json(&s->outliers[i]);

		fprintf(f, "%s\n%*s", i ? "," : "", 2 * INDENT, "");
		ret = put_value(f, 2, json);
		json_decref(json);
	}
	if (s->nr_outliers)
		fprintf(f, "\n%*s", INDENT, "");
	fputc(']', f);
	return ret;
}

int report_json(FILE *f, const struct report *r)
{
	json_t *json = report_json_lean(r), *value;
	const char *key, *before = "{";
	int ret = 0;

	if (!json)
		return -ENOMEM;
	json_object_foreach(json, key, value) {
		fprintf(f, "%s\n%*s\"%s\": ", before, INDENT, "", key);
		before = ",";
		ret = strcmp(key, REPORT_LATE) ? put_value(f, 1, value) : put_late(f, r->snapshot);
		if (ret)
			break;
	}
	fputs("\n}\n", f);
	json_decref(json);
	return ret;
}
