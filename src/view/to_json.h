/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values that all of our JSON has, as JSON: numbers, foreign text, rows. Knows no members.
 */
#ifndef QPW_VIEW_TO_JSON_H
#define QPW_VIEW_TO_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* For "I" of json_pack(): integers of JSON are signed, what is larger is shown as the largest. */
static inline json_int_t to_json_int(uint64_t value)
{
	return value > INT64_MAX ? INT64_MAX : (json_int_t)value;
}

/* Foreign text of any length, escaped as text_escape() does it; NULL when out of memory. */
json_t *to_json_text(const char *text);

/* The same of at most max bytes, which need not be terminated. */
json_t *to_json_text_n(const char *text, size_t max);

/* The same, null for "". */
json_t *to_json_text_or_null(const char *text);

/*
 * An array of what to_json() makes of each of nr rows of size bytes; rows of which it makes null
 * are left out. NULL when out of memory.
 */
json_t *to_json_rows(const void *rows, size_t nr, size_t size, json_t *(*to_json)(const void *row));

#endif
