// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watch a CPU while a command runs, and tell what was seen twice: as the programs have added it up,
 * and as the model does from a record of each interruption, which the same programs made at the
 * same moment. Both hold what ended after the window was opened, anew, and before the programs were
 * detached, to the last one: also the run of a task of ours that had the CPU before all that.
 * Instead of that a shell may begin, before the window, what the command ends, and victims may be
 * named. Knows nothing of what the commands do.
 */
#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect/collect.h"
#include "model/model.h"
#include "util/cpulist.h"
#include "view/summary_json.h"

#define SETTLE_NS 50000000
#define POLL_MS 10
#define EARLY_NAME "live-early"
#define EARLY_S 5 /* it ends by itself if we do not end it */

struct both {
	char *before; /* for the shell, or none */
	uint32_t victims[COLLECT_MAX_VICTIMS];
	size_t nr_victims;
	struct collect *collect;
	struct model *records;
	struct model *tables;
	pid_t early; /* 0: there is none, or no longer */
	uint64_t open_ns;
	struct qpw_header window;
};

static int fail(const char *what, int err)
{
	fprintf(stderr, "live: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return 1;
}

/* The window, as of when it opened last. */
static const struct qpw_header *reopened(struct both *b, const struct qpw_header *window)
{
	b->window = *window;
	b->window.start_ns = b->open_ns;
	return &b->window;
}

static int take_records(struct both *b)
{
	const struct qpw_header *h;
	int ret;

	while ((ret = event_source_next(collect_source(b->collect), &h, 0)) > 0) {
		if (h->kind == QPW_META_WINDOW)
			h = reopened(b, h);
		if (model_feed(b->tables, h) || model_feed(b->records, h))
			return -EINVAL;
	}
	return ret == -EAGAIN ? 0 : ret;
}

static int take_tables(struct both *b)
{
	struct qpw_live_run runs[LIVE_RUNS];
	const struct qpw_live_table *table;
	unsigned int nr_runs;
	uint32_t cpu, i;
	int ret = 0;

	if (collect_explain_tables(b->collect) || take_records(b) ||
	    model_begin_tables(b->tables, b->window.end_ns))
		return -EINVAL;
	for (i = 0; !ret; i++) {
		table = collect_look(b->collect, i, &cpu, runs, &nr_runs);
		if (!table)
			break;
		ret = model_feed_table(b->tables, cpu, table);
	}
	return ret;
}

static _Noreturn void have_cpu(int cpu, int ready)
{
	const struct sched_param param = { .sched_priority = 97 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	alarm(EARLY_S);
	prctl(PR_SET_NAME, EARLY_NAME);
	if (sched_setaffinity(0, sizeof(set), &set) || sched_setscheduler(0, SCHED_FIFO, &param) ||
	    write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		;
}

/* A task that has the CPU from now on. 0 or -errno. */
static int begin_early(struct both *b, int cpu)
{
	int ready[2], ret;
	char byte;

	if (pipe(ready))
		return -errno;
	b->early = fork();
	if (!b->early)
		have_cpu(cpu, ready[1]);
	close(ready[1]);
	ret = read(ready[0], &byte, 1) == 1 ? 0 : -ECHILD;
	close(ready[0]);
	return ret;
}

static void end_early(struct both *b)
{
	if (b->early > 0) {
		kill(b->early, SIGKILL);
		waitpid(b->early, NULL, 0);
	}
	b->early = 0;
}

/* Exit status of the command, or -errno. Records are taken all the while: none is to be lost. */
static int run(struct both *b, char **argv)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	pid_t child = fork();
	int status = 0, ret = 0;

	if (child < 0)
		return -errno;
	if (!child) {
		execvp(argv[0], argv);
		_exit(127);
	}
	while (!ret && !waitpid(child, &status, WNOHANG)) {
		nanosleep(&pause, NULL);
		ret = take_records(b);
	}
	return ret ? ret : !WIFEXITED(status) || WEXITSTATUS(status) ? -ECHILD : 0;
}

static int write_json(const struct model *m, const char *path)
{
	struct snapshot *s = model_snapshot(m);
	json_t *json = s ? summary_json(s) : NULL;
	int ret = !json || json_dump_file(json, path, JSON_INDENT(1)) ? -EIO : 0;

	json_decref(json);
	snapshot_destroy(s);
	return ret;
}

static int watch(struct both *b, char **argv)
{
	const struct timespec settle = { .tv_nsec = SETTLE_NS };
	char shell[] = "sh", option[] = "-c", *before[] = { shell, option, b->before, NULL };
	int ret = b->before ? run(b, before) : 0;

	if (ret)
		return fail(b->before, ret);
	collect_open_window(b->collect);
	nanosleep(&settle, NULL);
	b->open_ns = collect_restart_tables(b->collect);
	nanosleep(&settle, NULL);
	end_early(b);
	ret = run(b, argv + 3);
	if (ret)
		return fail(argv[3], ret);
	nanosleep(&settle, NULL);
	collect_close(b->collect);
	ret = take_records(b);
	if (!ret)
		ret = take_tables(b);
	if (!ret)
		ret = write_json(b->records, argv[1]);
	if (!ret)
		ret = write_json(b->tables, argv[2]);
	if (ret)
		return fail("records and tables", ret);
	return 0;
}

/* Index of the first argument that is no option; 0 when one is wrong. */
static int parse_options(struct both *b, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+b:v:")) != -1) {
		if (c == 'b')
			b->before = optarg;
		else if (c == 'v' && b->nr_victims < COLLECT_MAX_VICTIMS)
			b->victims[b->nr_victims++] = (uint32_t)strtoul(optarg, NULL, 10);
		else
			return 0;
	}
	return optind;
}

static int attach(struct both *b, int cpu, struct collect_error *e)
{
	int ret = b->before ? 0 : begin_early(b, cpu);

	for (size_t i = 0; !ret && i < b->nr_victims; i++)
		ret = collect_add_victim(b->collect, b->victims[i]);
	return ret ?: collect_attach(b->collect, e);
}

int main(int argc, char **argv)
{
	const struct model_config from_records = { .per_cpu = true };
	const struct model_config from_tables = { .per_cpu = true, .from_tables = true };
	struct both b = { 0 };
	struct collect_config config = { .aggregates = true };
	struct collect_error e = { 0 };
	struct cpulist watched;
	int first = parse_options(&b, argc, argv), ret;

	if (!first || argc - first < 4 || cpulist_parse(argv[first], &watched) ||
	    !cpulist_count(&watched)) {
		fprintf(stderr,
			"usage: %s [-b BEFORE] [-v PID]… CPUS RECORDS.json TABLES.json COMMAND…\n",
			argv[0]);
		return 129;
	}
	config.watched = &watched;
	b.records = model_create(&from_records);
	b.tables = model_create(&from_tables);
	if (!b.records || !b.tables)
		return fail("model", ENOMEM);
	ret = collect_create(&config, &b.collect, &e);
	if (!ret)
		ret = attach(&b, cpulist_next(&watched, -1), &e);
	if (ret)
		fprintf(stderr, "live: %s: %s; %s\n", e.object, e.why, e.remedy);
	else
		ret = watch(&b, argv + first);
	end_early(&b);
	collect_destroy(b.collect);
	model_destroy(b.records);
	model_destroy(b.tables);
	return ret < 0 ? 1 : ret;
}
