// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `qpwlat record` prints: complaints, what is missing, and the summary at its end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/record_run.h"
#include "util/duration.h"
#include "util/text.h"

#define FULL_PERCENT 90 /* from here on a record may not have fitted */

void record_complain(struct recording *r, const char *what, const char *why)
{
	loop_clear_progress(&r->loop);
	fprintf(stderr, "qpwlat record: %s: %s\n", what, why);
	r->failed = true;
}

static const char *why_nameless(int error)
{
	switch (error) {
	case -EPERM:
		return "hides its addresses";
	case -ENODATA:
		return "is empty";
	default:
		return strerror(-error);
	}
}

/* The missing probe that a privilege would bring back. */
void record_warn_of_nameless(const struct recording *r)
{
	const struct qpw_probe *probes;
	size_t i, n = collect_probes(r->collect, &probes);

	for (i = 0; i < n; i++) {
		if (*probes[i].name == '/' && probes[i].state == QPW_PROBE_MISSING)
			fprintf(stderr, "qpwlat record: warning: %s: %s; lost: %s\n",
				probes[i].name, why_nameless(probes[i].error), probes[i].loses);
	}
}

/* "missing   Operation not permitted: __flush_work ...", a line for each reason. */
static void print_missing(const struct recording *r)
{
	const struct qpw_probe *probes;
	size_t i, j, n = collect_probes(r->collect, &probes);

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++) {
			if (probes[j].state == QPW_PROBE_MISSING &&
			    probes[j].error == probes[i].error)
				break;
		}
		if (probes[i].state != QPW_PROBE_MISSING || j < i)
			continue;
		printf("missing   %s:", collect_missing_reason(probes[i].error));
		for (; j < n; j++) {
			if (probes[j].state == QPW_PROBE_MISSING &&
			    probes[j].error == probes[i].error)
				printf(" %s", probes[j].name);
		}
		putchar('\n');
	}
}

static void print_lost(const struct recording *r)
{
	const struct loop *loop = &r->loop;

	printf("lost      %llu", (unsigned long long)loop->nr_lost);
	if (loop->nr_lost && loop->max_fill_percent >= FULL_PERCENT)
		printf(": the buffer was full, take a larger --buffer-size");
	else if (loop->nr_skipped)
		printf(": the kernel skipped programs that were already running");
	else if (loop->nr_lost)
		printf(": non-maskable interrupts came while the buffer was in use");
	putchar('\n');
}

void record_print_summary(const struct recording *r)
{
	struct stat st = { 0 };
	char length[32], worst[32];

	if (r->o.quiet)
		return;
	fstat(r->output_fd, &st);
	duration_format(r->measured_ns, length, sizeof(length));
	duration_format(r->loop.gauge.worst_ns, worst, sizeof(worst));
	printf("recorded  %s on CPU %s: %s, %.1f KiB\n", length, r->place.watched_text,
	       text_shown(r->o.output), st.st_size / 1024.0);
	printf("events    %llu\n", (unsigned long long)r->loop.nr_events);
	printf("%-9s %llu, worst %s\n", r->loop.unit, (unsigned long long)r->loop.gauge.count,
	       r->loop.gauge.count ? worst : "-");
	print_lost(r);
	print_missing(r);
}
