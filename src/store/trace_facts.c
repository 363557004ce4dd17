// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host facts as JSON: the header of a trace. One table names the members. Knows no files.
 */
#include "store/trace_format.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "util/text.h"
#include "util/array.h"

static const struct {
	const char *name;
	size_t offset;
	size_t size;
} members[] = {
#define MEMBER_OF(where, field)                                       \
	{                                                             \
#field, offsetof(struct host_facts, where field),     \
			sizeof(((struct host_facts *)0)->where field) \
	}
#define MEMBER(field) MEMBER_OF(, field)
#define SETTING(field) MEMBER_OF(settings., field)
	MEMBER(hostname),      MEMBER(release),	      MEMBER(version),	     MEMBER(machine),
	MEMBER(cmdline),       MEMBER(possible),      MEMBER(online),	     MEMBER(isolated),
	MEMBER(nohz_full),     MEMBER(watched),	      MEMBER(clocksource),   MEMBER(hypervisor),
	MEMBER(mode_reason),   MEMBER(tool_version),  MEMBER(started_utc),   MEMBER(victim),
	MEMBER(kernel_config), MEMBER(preemption),    SETTING(housekeeping), SETTING(command),
	SETTING(duration_ns),  SETTING(warm_up_ns),   SETTING(priority),     SETTING(period_us),
	SETTING(threshold_ns), SETTING(on_threshold), SETTING(stacks),	     SETTING(system_calls),
	SETTING(without),      SETTING(buffer_bytes),
#undef SETTING
#undef MEMBER
#undef MEMBER_OF
};

/* The text itself where it is UTF-8, else with its odd bytes escaped. */
static json_t *json_text(const char *text)
{
	char escaped[4 * HOST_CMDLINE + 1];
	json_t *json = json_string(text);

	if (json)
		return json;
	text_escape(text, escaped, sizeof(escaped));
	return json_string(escaped);
}

static json_t *warnings_to_json(const struct host_facts *facts)
{
	json_t *array = json_array();

	for (unsigned int i = 0; array && i < facts->nr_warnings; i++) {
		const struct host_warning *w = &facts->warnings[i];

		if (json_array_append_new(
			    array, json_pack("{s:o, s:o, s:o}", "code", json_text(w->code), "text",
					     json_text(w->text), "remedy", json_text(w->remedy)))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static void copy_member(const json_t *object, const char *name, char *buf, size_t size)
{
	const char *text = json_string_value(json_object_get(object, name));

	snprintf(buf, size, "%s", text ? text : "");
}

/* Whatever the file holds: what is no warning, or one too many, is left out. */
static void warnings_from_json(const json_t *array, struct host_facts *facts)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry) {
		struct host_warning *w = &facts->warnings[facts->nr_warnings];

		if (!json_is_string(json_object_get(entry, "text")) ||
		    facts->nr_warnings == HOST_WARNINGS)
			continue;
		copy_member(entry, "code", w->code, sizeof(w->code));
		copy_member(entry, "text", w->text, sizeof(w->text));
		copy_member(entry, "remedy", w->remedy, sizeof(w->remedy));
		facts->nr_warnings++;
	}
}

json_t *trace_facts_to_json(const struct host_facts *facts)
{
	json_t *json = json_object();

	if (!json)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const char *text = (const char *)facts + members[i].offset;

		if (json_object_set_new(json, members[i].name, json_text(text)))
			goto fail;
	}
	if (json_object_set_new(json, "mode", json_string(host_mode_name(facts->mode))) ||
	    json_object_set_new(json, "warnings", warnings_to_json(facts)))
		goto fail;
	return json;
fail:
	json_decref(json);
	return NULL;
}

void trace_facts_from_json(const json_t *json, struct host_facts *facts)
{
	const char *mode = json_string_value(json_object_get(json, "mode"));

	memset(facts, 0, sizeof(*facts));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const char *text = json_string_value(json_object_get(json, members[i].name));

		if (text)
			snprintf((char *)facts + members[i].offset, members[i].size, "%s", text);
	}
	for (int m = HOST_MODE_NONE; m < HOST_NR_MODES; m++)
		if (mode && !strcmp(mode, host_mode_name((enum host_mode)m)))
			facts->mode = (enum host_mode)m;
	warnings_from_json(json_object_get(json, "warnings"), facts);
}

uint32_t trace_block_crc(const struct trace_block *block, const void *payload)
{
	struct trace_block copy = *block;
	uLong crc;

	copy.crc = 0;
	crc = crc32(0, (const Bytef *)&copy, sizeof(copy));
	return (uint32_t)crc32(crc, payload, copy.comp_len);
}
