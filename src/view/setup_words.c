// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for a recording's settings.
 */
#include "view/setup_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/duration.h"

/* One more part of the line, where there is one. */
__attribute__((format(printf, 3, 4))) static void add(char *buf, size_t size, const char *format,
						      ...)
{
	size_t len = strlen(buf);
	va_list args;

	if (len)
		len += (size_t)snprintf(buf + len, size - len, ", ");
	if (len >= size)
		return;
	va_start(args, format);
	vsnprintf(buf + len, size - len, format, args);
	va_end(args);
}

/* A length of time that is kept as a number of nanoseconds; 0 where there is none. */
static uint64_t length(const char *text, char *buf, size_t size)
{
	uint64_t ns = strtoull(text, NULL, 10);

	duration_format(ns, buf, size);
	return ns;
}

void setup_victim(const struct host_facts *h, char *buf, size_t size)
{
	const struct host_settings *s = &h->settings;

	snprintf(buf, size, "%s", h->victim);
	if (s->priority[0])
		add(buf, size, "%s", s->priority);
	if (s->period_us[0])
		add(buf, size, "every %s us", s->period_us);
}

void setup_command(const struct host_facts *h, char *buf, size_t size)
{
	const struct host_settings *s = &h->settings;

	snprintf(buf, size, "%s", !s->command[0] && s->stacks[0] ? "none" : s->command);
}

void setup_recorder(const struct host_facts *h, char *buf, size_t size)
{
	const struct host_settings *s = &h->settings;
	char time[32];

	buf[0] = '\0';
	if (s->duration_ns[0] && length(s->duration_ns, time, sizeof(time)))
		add(buf, size, "for %s", time);
	if (length(s->warm_up_ns, time, sizeof(time)))
		add(buf, size, "after a warm-up of %s", time);
	if (s->housekeeping[0])
		add(buf, size, "housekeeping CPUs %s", s->housekeeping);
	if (s->stacks[0])
		add(buf, size, "stacks %s", s->stacks);
	if (s->system_calls[0])
		add(buf, size, "system calls %s", s->system_calls);
	if (length(s->threshold_ns, time, sizeof(time)))
		add(buf, size, "threshold %s (%s)", time, s->on_threshold);
	if (s->without[0])
		add(buf, size, "without %s", s->without);
	if (s->buffer_bytes[0])
		add(buf, size, "buffer %" PRIu64 " KiB",
		    (uint64_t)strtoull(s->buffer_bytes, NULL, 10) >> 10);
}

void setup_config(const struct host_facts *h, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s%s", h->preemption[0] ? "preemption " : "", h->preemption,
		 h->preemption[0] && h->kernel_config[0] ? "; " : "", h->kernel_config);
}
