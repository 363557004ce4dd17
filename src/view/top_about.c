// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines above the tables. Knows no layout.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"
#include "view/top_about.h"

#define ESCAPED (HOST_TEXT * 4 + 1)

static void or_dash(const char *src, char dst[ESCAPED])
{
	text_escape(*src ? src : "-", dst, ESCAPED);
}

/* Append; what does not fit is left out. */
static void append(char line[TOP_ABOUT_TEXT], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(char line[TOP_ABOUT_TEXT], const char *format, ...)
{
	size_t len = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + len, TOP_ABOUT_TEXT - len, format, args);
	va_end(args);
}

void top_about_title(const struct top_data *d, char line[TOP_ABOUT_TEXT])
{
	char host[ESCAPED], release[ESCAPED], reason[ESCAPED];

	or_dash(d->facts->hostname, host);
	or_dash(d->facts->release, release);
	text_escape(d->facts->mode_reason, reason, sizeof(reason));
	line[0] = '\0';
	append(line, "qpwtop  %s  %s  %s", host, release, host_mode_name(d->facts->mode));
	if (*reason)
		append(line, " (%s)", reason);
	append(line, "  %s  %.1f s", d->state, (double)d->view_ns / 1e9);
}

void top_about_cpus(const struct top_data *d, char line[TOP_ABOUT_TEXT])
{
	char isolated[ESCAPED], nohz_full[ESCAPED], watched[ESCAPED];

	or_dash(d->facts->isolated, isolated);
	or_dash(d->facts->nohz_full, nohz_full);
	or_dash(d->facts->watched, watched);
	line[0] = '\0';
	append(line, "isolated %s  nohz_full %s  watched %s  events %.0f/s", isolated, nohz_full,
	       watched, d->rates.events_s);
	if (d->cost.cpu_percent >= 0)
		append(line, "  cost %.2f %% CPU", d->cost.cpu_percent);
	if (d->cost.event_ns >= 0)
		append(line, ", %.0f ns/event", d->cost.event_ns);
	else if (d->cost.cpu_percent >= 0)
		append(line, ", - ns/event");
}

/* Watched CPUs that are not there now, "" = none. */
static void offline_list(const struct top_data *d, char *buf, size_t size)
{
	struct cpulist gone = { 0 };

	for (size_t i = 0; i < d->rates.nr_cpus; i++)
		if (d->rates.cpus[i].offline)
			cpulist_set(&gone, d->rates.cpus[i].cpu);
	cpulist_format(&gone, buf, size);
}

void top_about_doubts(const struct top_data *d, char line[TOP_ABOUT_TEXT])
{
	const struct snapshot *s = d->now;
	char victim[ESCAPED], gone[HOST_TEXT];
	size_t missing = 0;

	line[0] = '\0';
	if (!s) {
		append(line, "the first figures come after the first interval");
		return;
	}
	for (size_t i = 0; i < s->nr_probes; i++)
		missing += s->probes[i].state == QPW_PROBE_MISSING;
	append(line, "lost %" PRIu64 " (+%" PRIu64 ")  probes %zu of %zu", s->nr_lost,
	       d->rates.lost, s->nr_probes - missing, s->nr_probes);
	if (missing)
		append(line, "; see qpwlat probes");
	offline_list(d, gone, sizeof(gone));
	if (*gone)
		append(line, "  offline: %s", gone);
	if (d->late)
		append(line, "  the last interval was %.1f s", (double)d->span_ns / 1e9);
	if (s->nr_without_row)
		append(line, "  tables full: %" PRIu64 " events without a row", s->nr_without_row);
	if (d->nr_malformed)
		append(line, "  %" PRIu64 " records make no sense", d->nr_malformed);
	if (s->truncated)
		append(line, "  the trace broke off");
	text_escape(d->facts->victim, victim, sizeof(victim));
	if (*victim)
		append(line, "  victim %s", victim);
}

bool top_about_doubtful(const struct top_data *d)
{
	for (size_t i = 0; d->now && i < d->rates.nr_cpus; i++)
		if (d->rates.cpus[i].offline)
			return true;
	return d->now &&
	       (d->now->nr_lost || d->now->truncated || d->nr_malformed || d->now->nr_without_row);
}
