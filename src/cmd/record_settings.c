// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a recording is made, as facts of the recording: what must be alike for two to be compared.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/record_run.h"
#include "util/text.h"

static void set_number(char *buf, size_t size, uint64_t number)
{
	snprintf(buf, size, "%" PRIu64, number);
}

/* Words with blanks between, as ps shows them. */
static void join_words(char *const *words, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; words && words[i]; i++)
		text_add(buf, size, "%s%s", i ? " " : "", words[i]);
}

static void tell_victim(const struct record_options *o, struct host_settings *s)
{
	if (!tool_of(o->victim))
		return;
	snprintf(s->priority, sizeof(s->priority), "f:%d", o->priority);
	if (o->victim == RECORD_VICTIM_CYCLICTEST)
		set_number(s->period_us, sizeof(s->period_us), o->period_us);
}

static void tell_threshold(const struct record_options *o, struct host_settings *s)
{
	set_number(s->threshold_ns, sizeof(s->threshold_ns), o->threshold_ns);
	if (!o->threshold_ns)
		return;
	if (o->on_hit_shell)
		snprintf(s->on_threshold, sizeof(s->on_threshold), "%sshell:%s",
			 o->on_hit_stop ? "stop " : "", o->on_hit_shell);
	else
		snprintf(s->on_threshold, sizeof(s->on_threshold), "%s",
			 o->on_hit_stop ? "stop" : "continue");
}

void record_tell_settings(struct recording *r)
{
	const struct record_options *o = &r->o;
	struct host_settings *s = &r->facts.settings;

	memset(s, 0, sizeof(*s));
	snprintf(s->housekeeping, sizeof(s->housekeeping), "%s", r->place.housekeeping_text);
	join_words(o->command, s->command, sizeof(s->command));
	set_number(s->duration_ns, sizeof(s->duration_ns), o->duration_ns);
	set_number(s->warm_up_ns, sizeof(s->warm_up_ns), o->warm_up_ns);
	tell_victim(o, s);
	tell_threshold(o, s);
	snprintf(s->stacks, sizeof(s->stacks), "%s", record_stacks_name(o->stacks));
	snprintf(s->system_calls, sizeof(s->system_calls), "%s",
		 o->system_calls ? "counted" : "not counted");
	snprintf(s->without, sizeof(s->without), "%s", o->without_text ? o->without_text : "");
	set_number(s->buffer_bytes, sizeof(s->buffer_bytes),
		   o->buffer_bytes ? o->buffer_bytes : COLLECT_BUFFER_BYTES);
}
