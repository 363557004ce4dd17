// SPDX-License-Identifier: GPL-2.0-only
/*
 * --threshold of `qpwlat record`: what is done at a hit, and what is said of it at the end. Which
 * delays are hits is the gauge's affair.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/record_run.h"
#include "util/clock.h"
#include "util/duration.h"

#define SHELL_PAUSE_NS 1000000000ULL /* between two starts: hits may come in thousands */

enum gauge_of record_gauge_of(const struct recording *r)
{
	if (r->tool)
		return r->tool->busy ? GAUGE_BUSY : GAUGE_SAMPLES;
	return r->o.victim == RECORD_VICTIM_NONE ? GAUGE_INTERRUPTIONS : GAUGE_VICTIM;
}

static void set_number(const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	setenv(name, text, 1);
}

/* By now this process has given up its privilege, so that the command has none of it. */
static void run_shell(struct recording *r)
{
	const struct gauge_delay *hit = &r->loop.hit;
	struct {
		char shell[4], option[4], command[4096];
	} text = { .shell = "sh", .option = "-c" };
	char *argv[4] = { NULL };
	struct child_setup setup = { .argv = argv, .cpus = &r->place.housekeeping };
	uint64_t now_ns = clock_now_ns();
	int err;

	if (r->shell.pid || now_ns < r->shell_next_ns)
		return;
	r->shell_next_ns = now_ns + SHELL_PAUSE_NS;
	snprintf(text.command, sizeof(text.command), "%s", r->o.on_hit_shell);
	set_number("QPW_CPU", hit->cpu);
	set_number("QPW_LATENCY_NS", hit->length_ns);
	set_number("QPW_START_NS", hit->start_ns);
	set_number("QPW_HITS", r->loop.gauge.nr_hits);
	setenv("QPW_TRACE", r->o.output, 1);
	argv[0] = text.shell;
	argv[1] = text.option;
	argv[2] = text.command;
	err = child_create(&r->shell, "the command of --on-threshold", &setup);
	if (err) {
		record_complain(r, "the command of --on-threshold can't be started",
				strerror(-err));
		return;
	}
	r->nr_shells++;
	child_release(&r->shell);
}

bool record_hit(struct recording *r)
{
	if (r->o.on_hit_shell)
		run_shell(r);
	return !r->o.on_hit_stop;
}

void record_check_shell(struct recording *r)
{
	char how[64];

	child_check(&r->shell);
	if (!r->shell.ended)
		return;
	if (r->shell.status) {
		child_describe(&r->shell, how, sizeof(how));
		loop_clear_progress(&r->loop);
		fprintf(stderr, "qpwlat record: warning: %s: %s\n", r->shell.name, how);
	}
	/* what it has left running is the user's */
	child_forget(&r->shell);
	r->shell = (struct child){ 0 };
}

/* A probe without which delays pass unseen. */
static bool is_blind(const struct recording *r)
{
	const struct qpw_probe *probes;
	size_t i, n = collect_probes(r->collect, &probes);

	for (i = 0; i < n; i++)
		if (!strcmp(probes[i].name, "sched_switch"))
			return probes[i].state == QPW_PROBE_MISSING;
	return true;
}

static int inconclusive(const char *why)
{
	fprintf(stderr, "qpwlat record: --threshold: not seen to be reached, but %s\n", why);
	return CMD_INCONCLUSIVE;
}

int record_judge_threshold(const struct recording *r)
{
	const struct gauge *g = &r->loop.gauge;
	char threshold[32], first[32];

	if (!r->o.threshold_ns)
		return CMD_OK;
	if (!g->nr_hits && r->loop.nr_lost)
		return inconclusive("records were lost");
	if (!g->nr_hits && is_blind(r))
		return inconclusive("the kernel does not tell when tasks are switched");
	if (!g->nr_hits && !g->count && record_gauge_of(r) == GAUGE_SAMPLES)
		return inconclusive("no wake-up of the victim was recorded");
	if (!r->o.quiet) {
		duration_format(r->o.threshold_ns, threshold, sizeof(threshold));
		duration_format(g->first.length_ns, first, sizeof(first));
		printf("threshold %s: hit %" PRIu64 " times", threshold, g->nr_hits);
		if (g->nr_hits)
			printf(", first after %.3f s on CPU %" PRIu32 ": %s",
			       (g->first.start_ns - g->begin_ns) / 1e9, g->first.cpu, first);
		if (r->nr_shells)
			printf("; command run %" PRIu64 " times", r->nr_shells);
		putchar('\n');
	}
	return g->nr_hits ? CMD_REGRESSION : CMD_OK;
}
