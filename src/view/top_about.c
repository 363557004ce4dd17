// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines above the tables. Knows no layout.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/top_about.h"

#define ESCAPED (HOST_TEXT * 4 + 1)
#define HOST_SHORT 12 /* bytes of the host's name where there is no room for all of it */

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

static void put_title(const struct top_data *d, size_t host_room, char line[TOP_ABOUT_TEXT])
{
	char host[ESCAPED], release[ESCAPED], reason[ESCAPED];

	text_escape_n(*d->facts->hostname ? d->facts->hostname : "-", host_room, host,
		      sizeof(host));
	or_dash(d->facts->release, release);
	text_escape(d->facts->mode_reason, reason, sizeof(reason));
	line[0] = '\0';
	append(line, "qpwtop  %s  %.1f s  %s  %s  %s", d->state, (double)d->view_ns / 1e9, host,
	       release, host_mode_name(d->facts->mode));
	if (*reason)
		append(line, " (%s)", reason);
}

void top_about_title(const struct top_data *d, unsigned int columns, char line[TOP_ABOUT_TEXT])
{
	size_t name = strcspn(d->facts->hostname, ".");

	put_title(d, HOST_TEXT, line);
	/* most of a long name is that of a domain */
	if (*d->facts->hostname && canvas_width(line) > columns)
		put_title(d, name && name < HOST_SHORT ? name : HOST_SHORT, line);
}

/* Lists that are the same are told once. */
static void append_lists(char line[TOP_ABOUT_TEXT], const struct host_facts *facts)
{
	const struct {
		const char *name;
		const char *list;
	} all[] = { { "isolated", facts->isolated },
		    { "nohz_full", facts->nohz_full },
		    { "watched", facts->watched } };
	char escaped[ESCAPED];
	bool told[ARRAY_SIZE(all)] = { false };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (told[i])
			continue;
		append(line, "  %s", all[i].name);
		for (size_t j = i + 1; j < ARRAY_SIZE(all); j++) {
			if (strcmp(all[i].list, all[j].list) != 0)
				continue;
			append(line, ", %s", all[j].name);
			told[j] = true;
		}
		or_dash(all[i].list, escaped);
		append(line, " %s", escaped);
	}
}

void top_about_cpus(const struct top_data *d, char line[TOP_ABOUT_TEXT])
{
	line[0] = '\0';
	append(line, "events %.0f/s", d->rates.events_s);
	if (d->cost.cpu_percent >= 0)
		append(line, "  cost %.2f %% CPU", d->cost.cpu_percent);
	if (d->cost.event_ns >= 0)
		append(line, ", %.0f ns/run", d->cost.event_ns);
	else if (d->cost.cpu_percent >= 0)
		append(line, ", - ns/run");
	append_lists(line, d->facts);
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
	if (s->caused_left_out)
		append(line, "  origins of %" PRIu64 " events left out", s->caused_left_out);
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
	return d->now && (d->now->nr_lost || d->now->truncated || d->nr_malformed ||
			  d->now->nr_without_row || d->now->caused_left_out);
}
