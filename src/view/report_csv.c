// SPDX-License-Identifier: GPL-2.0-only
/*
 * A report as comma-separated values, a figure a row: the JSON laid flat, so that both have the
 * same figures under the same names. Knows neither files nor options.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "view/csv.h"
#include "view/report.h"
#include "view/summary_json.h"

/* Where a figure stands: columns that rows below it share. */
struct place {
	const char *section; /* names of the members that lead to it, joined by dots */
	const char *row;     /* numbers from 1 in those that are arrays, joined by dots */
	const char *class;
	const char *name;
};

static int put_object(FILE *f, const struct place *at, json_t *object);

/* "a.b"; on the heap, NULL when out of memory. */
static char *join(const char *a, const char *b)
{
	char *text;

	return asprintf(&text, "%s%s%s", a, a[0] ? "." : "", b) < 0 ? NULL : text;
}

/* Text from outside, which has passed text_escape() on its way into the JSON. */
static int put_text(FILE *f, const char *text)
{
	size_t size = 4 * strlen(text) + 8;
	char *cell = malloc(size);

	if (!cell)
		return -ENOMEM;
	csv_text(text, cell, size);
	csv_cell(f, cell);
	free(cell);
	return 0;
}

/* An array of texts in one cell: a stack, innermost function first. */
static int put_texts(FILE *f, const json_t *array)
{
	char *all = NULL, *longer;
	const json_t *text;
	size_t i;
	int ret;

	json_array_foreach(array, i, text) {
		ret = asprintf(&longer, "%s%s%s", all ? all : "", all ? " < " : "",
			       json_string_value(text));
		free(all);
		if (ret < 0)
			return -ENOMEM;
		all = longer;
	}
	ret = put_text(f, all ? all : "");
	free(all);
	return ret;
}

static int put_value(FILE *f, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return put_text(f, json_string_value(value));
	case JSON_ARRAY:
		return put_texts(f, value);
	case JSON_INTEGER:
		fprintf(f, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return 0;
	case JSON_REAL:
		fprintf(f, "%.9g", json_real_value(value));
		return 0;
	case JSON_TRUE:
	case JSON_FALSE:
		fputs(json_is_true(value) ? "true" : "false", f);
		return 0;
	case JSON_NULL:
	case JSON_OBJECT:
		break;
	}
	return 0;
}

static int put_figure(FILE *f, const struct place *at, const char *figure, const json_t *value)
{
	int ret;

	fprintf(f, "%s,%s,%s,", at->section[0] ? at->section : "report", at->row, at->class);
	ret = put_text(f, at->name);
	fprintf(f, ",%s,", figure);
	if (!ret)
		ret = put_value(f, value);
	fputc('\n', f);
	return ret;
}

/* An object of an array, the one of that index, is a row of the section that the array is. */
static int put_row(FILE *f, const struct place *at, const char *section, size_t i, json_t *object)
{
	struct place below = *at;
	char number[24], *row;
	int ret;

	snprintf(number, sizeof(number), "%zu", i + 1);
	row = join(at->row, number);
	if (!row)
		return -ENOMEM;
	below.section = section;
	below.row = row;
	ret = put_object(f, &below, object);
	free(row);
	return ret;
}

static int put_rows(FILE *f, const struct place *at, const char *section, const json_t *array)
{
	json_t *object;
	int ret = 0;
	size_t i;

	json_array_foreach(array, i, object) {
		ret = put_row(f, at, section, i, object);
		if (ret)
			break;
	}
	return ret;
}

/* The first of these members that is a text, else what holds further out. */
static const char *find_text(const json_t *object, const char *const *members, size_t nr,
			     const char *otherwise)
{
	for (size_t i = 0; i < nr; i++) {
		const char *text = json_string_value(json_object_get(object, members[i]));

		if (text)
			return text;
	}
	return otherwise;
}

static int put_member(FILE *f, const struct place *at, const char *key, json_t *value)
{
	bool rows = json_is_array(value) && !json_is_string(json_array_get(value, 0));
	struct place below = *at;
	char *section;
	int ret;

	if (!rows && !json_is_object(value))
		return put_figure(f, at, key, value);
	section = join(at->section, key);
	if (!section)
		return -ENOMEM;
	below.section = section;
	ret = rows ? put_rows(f, at, section, value) : put_object(f, &below, value);
	free(section);
	return ret;
}

static int put_object(FILE *f, const struct place *at, json_t *object)
{
	static const char *const classes[] = { "class" };
	static const char *const names[] = { "name", "function", "cause", "step",
					     "comm", "by",	 "kind" };
	struct place here = *at;
	const char *key;
	json_t *value;
	int ret = 0;

	if (at->row[0]) {
		here.class = find_text(object, classes, ARRAY_SIZE(classes), at->class);
		here.name = find_text(object, names, ARRAY_SIZE(names), at->name);
	}
	json_object_foreach(object, key, value) {
		ret = put_member(f, &here, key, value);
		if (ret)
			break;
	}
	return ret;
}

/* Late samples, of which only one is there at a time. */
static int put_late(FILE *f, const struct place *at, const struct snapshot *s)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < s->nr_outliers; i++) {
		json_t *object = summary_outlier_json(&s->outliers[i]);

		ret = object ? put_row(f, at, REPORT_LATE, i, object) : -ENOMEM;
		json_decref(object);
	}
	return ret;
}

int report_csv(FILE *f, const struct report *r)
{
	const struct place top = { "", "", "", "" };
	json_t *json = report_json_lean(r), *value;
	const char *key;
	int ret = 0;

	if (!json)
		return -ENOMEM;
	fputs("section,row,class,name,figure,value\n", f);
	json_object_foreach(json, key, value) {
		ret = strcmp(key, REPORT_LATE) ? put_member(f, &top, key, value) :
						 put_late(f, &top, r->snapshot);
		if (ret)
			break;
	}
	json_decref(json);
	return ret;
}
