// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two small foreign formats: JSON by jansson, YAML by libyaml's events.
 */
#include "store/triggers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <yaml.h>

#define ROWS_MAX 1024 /* stress-ng has some 300 stressors, the driver a dozen families */

static void copy_text(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size - 1);

	memcpy(dst, src, len);
	dst[len] = '\0';
}

/* A non-negative integer member; one that is absent is 0 where it may be. */
static int get_count(const json_t *object, const char *key, bool required, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);

	*out = 0;
	if (!value)
		return required ? -EINVAL : 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -EINVAL;
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

static int read_families(const json_t *families, struct boot_triggers *out)
{
	size_t nr = json_array_size(families);

	if (!json_is_array(families) || nr > ROWS_MAX)
		return -EINVAL;
	out->rows = calloc(nr + 1, sizeof(*out->rows));
	if (!out->rows)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		const json_t *family = json_array_get(families, i);
		const char *name = json_string_value(json_object_get(family, "family"));
		struct boot_trigger *row = &out->rows[i];

		if (!name || get_count(family, "count", true, &row->count) ||
		    get_count(family, "failed", false, &row->failed) ||
		    get_count(family, "populated", false, &row->populated))
			return -EINVAL;
		copy_text(row->family, name, sizeof(row->family));
		out->nr_rows++;
	}
	return 0;
}

static int compare_families(const void *a, const void *b)
{
	return strcmp(((const struct boot_trigger *)a)->family,
		      ((const struct boot_trigger *)b)->family);
}

int triggers_parse(const char *text, size_t len, struct boot_triggers *out)
{
	json_t *root = json_loadb(text, len, 0, NULL);
	const char *schema = json_string_value(json_object_get(root, "schema"));
	int ret = -EINVAL;

	memset(out, 0, sizeof(*out));
	if (schema && !strcmp(schema, "qpwlat.triggers") &&
	    json_integer_value(json_object_get(root, "version")) == 1 &&
	    !get_count(root, "rounds", false, &out->rounds) &&
	    !get_count(root, "elapsed_ns", false, &out->elapsed_ns))
		ret = read_families(json_object_get(root, "triggers"), out);
	json_decref(root);
	if (ret) {
		free(out->rows);
		memset(out, 0, sizeof(*out));
		return ret;
	}
	qsort(out->rows, out->nr_rows, sizeof(*out->rows), compare_families);
	out->present = true;
	return 0;
}

/* ---------------------------------------------------------------- stress-ng */

/*
 * Where the parser stands: depth counts open mappings and sequences; the stressors are mappings
 * at depth 3 below the root's key "metrics".
 */
struct yaml_state {
	int depth;
	bool in_metrics;
	bool is_key; /* the next scalar names a member */
	char key[BOOT_TEXT];
	struct boot_stressor *rows;
	size_t nr;
};

static int begin_stressor(struct yaml_state *s)
{
	struct boot_stressor *rows;

	if (s->nr == ROWS_MAX)
		return -EINVAL;
	rows = realloc(s->rows, (s->nr + 1) * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	s->rows = rows;
	memset(&rows[s->nr++], 0, sizeof(*rows));
	return 0;
}

static void take_scalar(struct yaml_state *s, const char *value)
{
	struct boot_stressor *row = s->nr ? &s->rows[s->nr - 1] : NULL;

	if (s->is_key) {
		copy_text(s->key, value, sizeof(s->key));
		if (s->depth == 1)
			s->in_metrics = !strcmp(value, "metrics");
	} else if (s->in_metrics && s->depth == 3 && row) {
		if (!strcmp(s->key, "stressor"))
			copy_text(row->name, value, sizeof(row->name));
		else if (!strcmp(s->key, "bogo-ops"))
			row->ops = strtod(value, NULL);
		else if (!strcmp(s->key, "wall-clock-time"))
			row->seconds = strtod(value, NULL);
	}
	if (s->depth == 1 || s->depth == 3)
		s->is_key = !s->is_key;
}

/* 0, -EINVAL or -ENOMEM. */
static int take_event(struct yaml_state *s, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		s->depth++;
		s->is_key = event->type == YAML_MAPPING_START_EVENT;
		if (s->in_metrics && s->depth == 3 && s->is_key)
			return begin_stressor(s);
		return 0;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		s->depth--;
		s->is_key = true; /* what ended was the value of a member */
		return 0;
	case YAML_SCALAR_EVENT:
		take_scalar(s, (const char *)event->data.scalar.value);
		return 0;
	default:
		return 0;
	}
}

static int compare_stressors(const void *a, const void *b)
{
	return strcmp(((const struct boot_stressor *)a)->name,
		      ((const struct boot_stressor *)b)->name);
}

int stressors_parse(const char *text, size_t len, struct boot_stressor **rows, size_t *nr)
{
	struct yaml_state state = { 0 };
	yaml_parser_t parser;
	bool end = false;
	int ret = 0;

	*rows = NULL;
	*nr = 0;
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (!ret && !end) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			ret = -EINVAL;
			break;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		ret = take_event(&state, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	for (size_t i = 0; !ret && i < state.nr; i++)
		if (!state.rows[i].name[0])
			ret = -EINVAL;
	if (ret || !state.nr) {
		free(state.rows);
		return ret ? ret : -EINVAL;
	}
	qsort(state.rows, state.nr, sizeof(*state.rows), compare_stressors);
	*rows = state.rows;
	*nr = state.nr;
	return 0;
}
