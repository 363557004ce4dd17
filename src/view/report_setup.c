// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report's first section: verdict, what it rests on, the traces and their machines. Knows
 * neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>
#include <string.h>

#include "model/blame.h"
#include "util/array.h"
#include "util/cpulist.h"
#include "util/duration.h"
#include "util/text.h"
#include "view/report_verdict.h"
#include "view/setup_words.h"

#define FACT_SIZE SETUP_WORDS

static const char *or_none(const char *cpus)
{
	return cpus[0] ? cpus : "none";
}

static void format_kernel(const struct host_facts *h, char *buf, size_t size)
{
	snprintf(buf, size, "%s %s", h->release, h->machine);
}

static void format_mode(const struct host_facts *h, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s%s", host_mode_name(h->mode), h->mode_reason[0] ? " (" : "",
		 h->mode_reason, h->mode_reason[0] ? ")" : "");
}

static void format_machine(const struct host_facts *h, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s, clocksource %s", h->hostname,
		 h->hypervisor[0] ? ", virtual machine: " : "", h->hypervisor,
		 h->clocksource[0] ? h->clocksource : "unknown");
}

static void format_cpus(const struct host_facts *h, char *buf, size_t size)
{
	snprintf(buf, size, "watched %s; isolated %s, nohz_full %s, online %s", or_none(h->watched),
		 or_none(h->isolated), or_none(h->nohz_full), or_none(h->online));
}

static void format_cmdline(const struct host_facts *h, char *buf, size_t size)
{
	snprintf(buf, size, "%s", h->cmdline);
}

static const struct {
	const char *name;
	void (*format)(const struct host_facts *h, char *buf, size_t size);
} facts[] = {
	{ "kernel", format_kernel },
	{ "config", setup_config },
	{ "mode", format_mode },
	{ "machine", format_machine },
	{ "victim", setup_victim },
	{ "command", setup_command },
	{ "recorder", setup_recorder },
	{ "CPUs", format_cpus },
	{ "command line", format_cmdline },
};

/* Numbers, from 1, of the traces of which trace first is the first with this fact. */
static void format_same(const struct report *r, size_t fact, size_t first, const char *value,
			char *buf, size_t size)
{
	struct cpulist same = { 0 }; /* a set of numbers, and so is this */
	char other[FACT_SIZE];

	for (size_t i = first; i < r->nr_traces; i++) {
		facts[fact].format(&r->traces[i].facts, other, sizeof(other));
		if (!strcmp(value, other))
			cpulist_set(&same, (unsigned int)i + 1);
	}
	if (cpulist_format(&same, buf, size) < 0)
		snprintf(buf, size, "%zu and others", first + 1);
}

static bool seen_before(const struct report *r, size_t fact, size_t trace, const char *value)
{
	char other[FACT_SIZE];

	for (size_t i = 0; i < trace; i++) {
		facts[fact].format(&r->traces[i].facts, other, sizeof(other));
		if (!strcmp(value, other))
			return true;
	}
	return false;
}

/* Once where all traces agree, else for each value with the numbers of the traces. */
static void put_fact(const struct sheet *o, const struct report *r, size_t fact)
{
	char value[FACT_SIZE], escaped[4 * FACT_SIZE], line[5 * FACT_SIZE], numbers[128], all[128];

	for (size_t i = 0; i < r->nr_traces; i++) {
		facts[fact].format(&r->traces[i].facts, value, sizeof(value));
		if (seen_before(r, fact, i, value))
			continue;
		text_escape(value, escaped, sizeof(escaped));
		format_same(r, fact, i, value, numbers, sizeof(numbers));
		snprintf(all, sizeof(all), "1-%zu", r->nr_traces);
		if (r->nr_traces == 1 || (i == 0 && !strcmp(numbers, all)))
			snprintf(line, sizeof(line), "%s", escaped);
		else
			snprintf(line, sizeof(line), "of %s: %s", numbers,
				 escaped[0] ? escaped : "unknown");
		sheet_fact(o, i ? "" : facts[fact].name, line);
	}
}

static void format_window(uint64_t window_ns, uint64_t nr_events, char *buf, size_t size)
{
	char window[32];

	duration_format(window_ns, window, sizeof(window));
	snprintf(buf, size, "%s, %" PRIu64 " records", window, nr_events);
}

static void put_titles(const struct sheet *o, const struct report *r)
{
	char path[1024], title[64], window[96], line[1200];

	if (r->nr_traces == 1) {
		text_escape(r->traces[0].path, path, sizeof(path));
		sheet_title(o, path);
		return;
	}
	snprintf(title, sizeof(title), "%zu traces, added up", r->nr_traces);
	sheet_title(o, title);
	for (size_t i = 0; i < r->nr_traces; i++) {
		snprintf(title, sizeof(title), "%zu", i + 1);
		text_escape(r->traces[i].path, path, sizeof(path));
		format_window(r->traces[i].window_ns, r->traces[i].nr_events, window,
			      sizeof(window));
		snprintf(line, sizeof(line), "%s: %s", path, window);
		sheet_fact(o, title, line);
	}
}

/* What was asked for, where that is not all. */
static void put_choice(const struct sheet *o, const struct report *r)
{
	char line[512] = "", from[32], to[32] = "the end";

	if (r->from_ns || r->to_ns) {
		duration_format(r->from_ns, from, sizeof(from));
		if (r->to_ns)
			duration_format(r->to_ns, to, sizeof(to));
		snprintf(line, sizeof(line), "from %s to %s of the window", from, to);
	}
	if (r->cpus)
		text_add(line, sizeof(line), "%sCPUs %s", line[0] ? ", " : "", r->cpus);
	sheet_fact(o, "only", line);
}

/* A victim that never sleeps has no wake-ups: this is what it suffers. */
static void put_taken(const struct sheet *o, const struct snapshot *s)
{
	uint64_t count = 0, total_ns = 0, max_ns = 0;
	char line[160];

	for (size_t i = 0; i < s->nr_taken; i++) {
		count += s->taken[i].count;
		total_ns += s->taken[i].total_ns;
		if (s->taken[i].max_ns > max_ns)
			max_ns = s->taken[i].max_ns;
	}
	if (!count || s->nr_samples)
		return;
	snprintf(line, sizeof(line),
		 "the CPU from the victim %" PRIu64 " times, %.1f us in all, longest %.1f us",
		 count, (double)total_ns / 1e3, (double)max_ns / 1e3);
	sheet_fact(o, "taken", line);
}

/* The answer first: how late, how often disturbed and by how much, by whom. */
static void put_result(const struct sheet *o, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	struct snap_total avoidable = blame_avoidable(s);
	struct snap_total all = blame_all(s);
	uint64_t remote = 0, inlined = 0;
	char line[REPORT_VERDICT], unseen[REPORT_UNSEEN], share[32];
	bool seen = !report_unseen(s, unseen, sizeof(unseen));

	report_verdict(r, line, sizeof(line));
	sheet_fact(o, "verdict", line);
	for (size_t i = 0; i < s->nr_works; i++) {
		remote += s->works[i].remote;
		inlined += s->works[i].inlined;
	}
	if (s->nr_samples) {
		snprintf(line, sizeof(line), "p50 %.1f us, max %.1f us over %" PRIu64 " wake-ups",
			 (double)hist_percentile(s->latency, 50) / 1e3,
			 (double)hist_max(s->latency) / 1e3, s->nr_samples);
		sheet_fact(o, "latency", line);
	}
	put_taken(o, s);
	report_share(r, all.self_ns, share, sizeof(share));
	snprintf(line, sizeof(line),
		 "%" PRIu64 " interruptions took %s%s %% of the watched CPUs' time%s%s%s",
		 all.count, seen ? "" : "at least ", share, seen ? "" : " (nobody looked at ",
		 unseen, seen ? "" : ")");
	sheet_fact(o, "stolen", line);
	snprintf(line, sizeof(line),
		 "from other CPUs: %" PRIu64 " executed here, %" PRIu64 " run inline by the caller",
		 remote, inlined);
	sheet_fact(o, "work", line);
	report_share(r, avoidable.self_ns, share, sizeof(share));
	snprintf(line, sizeof(line),
		 "%" PRIu64 " works run here, %.1f us, %s %% of the time: QPW lets the caller do "
		 "them",
		 avoidable.count, (double)avoidable.self_ns / 1e3, share);
	if (avoidable.count)
		sheet_fact(o, "avoidable", line);
}

void report_setup(const struct sheet *o, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	char line[160];

	put_titles(o, r);
	put_choice(o, r);
	put_result(o, r);
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		put_fact(o, r, i);
	format_window(s->window_ns, s->nr_events, line, sizeof(line));
	text_add(line, sizeof(line), ", %" PRIu64 " lost", s->nr_lost);
	sheet_fact(o, "window", line);
}
