// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values as JSON: a task's name can't break the text or what shows it. Knows no members.
 */
#include "view/to_json.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"

json_t *to_json_text_n(const char *text, size_t max)
{
	size_t len = strnlen(text, max), size = 4 * len + 1;
	char *escaped = malloc(size);
	json_t *json = NULL;

	if (escaped) {
		text_escape_n(text, len, escaped, size);
		json = json_string(escaped);
	}
	free(escaped);
	return json;
}

json_t *to_json_text(const char *text)
{
	return to_json_text_n(text, strlen(text));
}

json_t *to_json_text_or_null(const char *text)
{
	return text[0] ? to_json_text(text) : json_null();
}

json_t *to_json_rows(const void *rows, size_t nr, size_t size, json_t *(*to_json)(const void *row))
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < nr; i++) {
		json_t *row = to_json((const char *)rows + i * size);

		if (json_is_null(row))
			continue;
		if (json_array_append_new(array, row)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}
