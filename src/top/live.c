// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures of the running machine. Knows the collector, nothing of what is shown.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/cmd.h"
#include "collect/collect.h"
#include "collect/privilege.h"
#include "collect/threads.h"
#include "store/keep.h"
#include "top/top.h"
#include "util/clock.h"
#include "util/utc.h"

/* A stack of whoever sent or woke is taken at most so often on a CPU. */
#define STACK_GAP_NS 10000000
/* Keys must be seen in a flood of records too. */
#define RECORDS_AT_ONCE 100000

static int choose_cpus(struct top *t)
{
	struct cpulist online, rest;
	char why[HOST_TEXT + 64];
	int cpu;

	if (cpulist_parse(t->facts.online, &online) || !cpulist_count(&online))
		return top_fail("/sys/devices/system/cpu/online", "can't be read; mount /sys");
	if (t->o.has_cpus) {
		t->watched = t->o.cpus;
	} else {
		cpulist_parse(t->facts.isolated, &t->watched);
		if (!cpulist_parse(t->facts.nohz_full, &rest))
			cpulist_or(&t->watched, &rest);
		if (!cpulist_count(&t->watched))
			return top_fail("CPUs", "none is isolated or nohz_full; "
						"say which to watch with -c LIST");
	}
	rest = t->watched;
	cpulist_andnot(&rest, &online);
	cpu = cpulist_next(&rest, -1);
	if (cpu >= 0) {
		snprintf(why, sizeof(why), "CPU %d is not online; online are %s", cpu,
			 t->facts.online);
		return top_fail("-c", why);
	}
	cpulist_format(&t->watched, t->facts.watched, sizeof(t->facts.watched));
	return 0;
}

/* Off the watched CPUs, so that the view does not show itself; where there are others. */
static void keep_off(const struct cpulist *watched, const struct host_facts *facts)
{
	size_t size = CPU_ALLOC_SIZE(CPULIST_MAX);
	cpu_set_t *set = CPU_ALLOC(CPULIST_MAX);
	struct cpulist rest;
	int cpu;

	if (!set)
		return;
	cpulist_parse(facts->online, &rest);
	cpulist_andnot(&rest, watched);
	CPU_ZERO_S(size, set);
	cpulist_for_each(&rest, cpu)
		CPU_SET_S((size_t)cpu, size, set);
	if (cpulist_count(&rest))
		sched_setaffinity(0, size, set);
	CPU_FREE(set);
}

/* Whom we measure now; the facts tell it. */
static void look_for_victims(struct top *t)
{
	if (!t->sees_own_numbers && !t->o.no_victim) {
		snprintf(t->facts.victim, sizeof(t->facts.victim),
			 "none can be told apart in a PID namespace");
		return;
	}
	if (!t->o.victim && !t->o.no_victim)
		victims_look(&t->victims, t->collect, &t->watched, clock_now_ns());
	victims_format(&t->victims, t->facts.victim);
}

static int live_open(struct top *t)
{
	struct collect_config config = {
		.aggregates = true,
		.event_ns = t->o.event_ns,
		.stacks = COLLECT_STACKS_ELSEWHERE,
		.stack_gap_ns = STACK_GAP_NS,
	};
	struct collect_error e;
	char why[512];

	host_read("", &t->facts);
	snprintf(t->facts.tool_version, sizeof(t->facts.tool_version), "qpwtop " QPW_VERSION);
	utc_format(time(NULL), t->facts.started_utc, sizeof(t->facts.started_utc));
	if (choose_cpus(t))
		return CMD_ERROR;
	t->sees_own_numbers = threads_are_initial();
	if (t->o.victim && !t->sees_own_numbers)
		return top_fail("--victim", "can't be told apart in a PID namespace (a container), "
					    "as programs in the kernel see the task numbers "
					    "outside; run it out there (nsenter -t 1 -p, docker "
					    "run --pid=host)");
	if (t->o.victim && kill((pid_t)t->o.victim, 0) && errno == ESRCH)
		return top_fail("--victim", "there is no process of that number");
	config.watched = &t->watched;
	keep_off(&t->watched, &t->facts);
	if (top_open_screen(t))
		return CMD_ERROR;
	if (t->on_screen) {
		t->keep = keep_create();
		if (!t->keep)
			return top_fail("view", strerror(ENOMEM));
	}
	if (collect_create(&config, &t->collect, &e) || collect_attach(t->collect, &e)) {
		snprintf(why, sizeof(why), "%s; %s", e.why, e.remedy);
		return top_fail(e.object, why);
	}
	if (t->o.victim)
		victims_name(&t->victims, t->collect, t->o.victim);
	look_for_victims(t);
	/* what is left to do needs none: memory that is mapped, what everybody may ask /proc */
	privilege_keep(0);
	collect_open_window(t->collect);
	t->start_ns = clock_now_ns();
	t->begin_ns = t->start_ns;
	top_measure_cost(t);
	return 0;
}

static int live_feed(struct top *t)
{
	struct event_source *source = collect_source(t->collect);
	const struct qpw_header *h;
	int ret = 0;

	for (int i = 0; i < RECORDS_AT_ONCE; i++) {
		ret = event_source_next(source, &h, 0);
		if (ret <= 0)
			break;
		if (t->keep && keep_record(t->keep, h))
			return top_fail("view", strerror(ENOMEM));
		if (top_take(t, h))
			return CMD_ERROR;
	}
	return ret < 0 && ret != -EAGAIN ? top_fail("collector", strerror(-ret)) : 0;
}

/* One table, and after it what goes on and is in none yet. */
static int take_table(struct top *t, uint32_t cpu, const struct qpw_live_table *table,
		      const struct qpw_live_run *runs, unsigned int nr)
{
	int ret = model_feed_table(t->model, cpu, table);

	if (!ret && t->keep)
		ret = keep_table(t->keep, cpu, table);
	for (unsigned int r = 0; !ret && r < nr; r++) {
		ret = model_feed_running(t->model, cpu, &runs[r]);
		if (!ret && t->keep)
			ret = keep_run(t->keep, cpu, &runs[r]);
	}
	return ret;
}

/* Figures come from tables: what these refer to is told in the stream, so that goes first. */
static int live_settle(struct top *t)
{
	struct qpw_live_run runs[LIVE_RUNS];
	const struct qpw_live_table *table;
	const struct qpw_live_wait *waits;
	unsigned int nr_runs;
	uint32_t cpu, i;
	size_t nr, w;
	int ret;

	look_for_victims(t);
	if (collect_explain_tables(t->collect))
		return top_fail("collector", strerror(ENOMEM));
	if (live_feed(t))
		return CMD_ERROR;
	if (t->keep)
		keep_begin_look(t->keep);
	ret = model_begin_tables(t->model, clock_now_ns());
	waits = collect_waits(t->collect, &nr);
	for (w = 0; !ret && w < nr; w++) {
		ret = model_feed_waiting(t->model, &waits[w]);
		if (!ret && t->keep)
			ret = keep_wait(t->keep, &waits[w]);
	}
	for (i = 0; !ret; i++) {
		table = collect_look(t->collect, i, &cpu, runs, &nr_runs);
		if (!table)
			break;
		ret = take_table(t, cpu, table, runs, nr_runs);
	}
	return ret ? top_fail("model", strerror(-ret)) : 0;
}

static int live_reset(struct top *t)
{
	collect_restart_tables(t->collect);
	t->start_ns = clock_now_ns();
	if (t->keep)
		keep_restart(t->keep);
	return model_restart(t->model, t->start_ns) ? top_fail("model", strerror(ENOMEM)) : 0;
}

static void live_close(struct top *t)
{
	collect_destroy(t->collect);
	keep_destroy(t->keep);
}

const struct top_source top_live = {
	.open = live_open,
	.feed = live_feed,
	.settle = live_settle,
	.reset = live_reset,
	.close = live_close,
};
