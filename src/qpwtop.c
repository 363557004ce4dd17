// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwtop: the live view, or the same view of a recording. Wiring; options, loops and sources are
 * src/top's, what is shown is src/view's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "top/metrics.h"
#include "top/top.h"
#include "util/array.h"
#include "util/standard_files.h"
#include "view/tui/screen.h"

volatile sig_atomic_t top_stopping;

static void on_signal(int signo)
{
	(void)signo;
	top_stopping = 1;
}

static void set_screen(struct top *t)
{
	top_screen_init(&t->screen, t->o.delay_ns);
	t->data.cost = (struct top_cost){ -1, -1 };
	t->screen.view = t->o.first_view;
	t->screen.no_mouse = t->o.no_mouse;
	t->screen.filter = t->o.filter;
	snprintf(t->screen.filter_text, sizeof(t->screen.filter_text), "%s", t->o.filter_text);
	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		t->screen.orders[i] = top_options_order(&t->o, i);
	t->screen.cpu_order = top_options_cpu_order(&t->o);
}

/* 0 or an exit code: what the option can't mean is wrong usage, as for every output. */
static int open_metrics(struct top *t)
{
	int ret = t->o.openmetrics ? metrics_open(t->o.openmetrics, &t->metrics) : 0;

	if (ret == -EEXIST)
		top_fail(t->o.openmetrics,
			 "is a recording, which is not written over; give another file");
	else if (ret == -ENOTUNIQ)
		top_fail(t->o.openmetrics,
			 "is no regular file, and would be replaced by one; give another file");
	else if (ret == -EINVAL)
		top_fail(t->o.openmetrics,
			 "no file and no ADDR:PORT; an address is one in figures, "
			 "a file of that name is ./NAME");
	else
		return ret ? top_fail(t->o.openmetrics, strerror(-ret)) : 0;
	return CMD_USAGE;
}

/*
 * From here on the running interval ends in order. While a source starts, which may take seconds,
 * these end the program at once; a screen gives the terminal back by itself.
 */
static void catch_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	const struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		sigaction(ends[i], &action, NULL);
}

static int run(struct top *t)
{
	struct model_config config = { .per_cpu = true,
				       .event_ns = t->o.event_ns,
				       .outlier_ns = t->o.event_ns,
				       .latest_outliers = true };
	int ret;

	t->source = t->o.replay ? &top_replay : &top_live;
	t->speed = 1;
	set_screen(t);
	ret = open_metrics(t);
	if (!ret)
		ret = t->source->open(t);
	if (ret)
		return ret;
	catch_signals();
	config.from_tables = t->source->settle;
	if (t->o.replay && t->o.has_cpus)
		config.cpus = &t->watched;
	t->model = model_create(&config);
	if (!t->model)
		return top_fail("model", strerror(ENOMEM));
	ret = t->reader ? top_run_replay(t) : top_run_live(t);
	if (!ret && t->o.print_columns)
		ret = top_print_screen(t);
	return ret;
}

/* Which one it was, the longest, on a terminal that was given back. */
static int say_exceeded(const struct top *t)
{
	const struct top_cpu *worst = &t->data.rates.cpus[0];

	for (size_t i = 1; i < t->data.rates.nr_cpus; i++)
		if (t->data.rates.cpus[i].cpu != SNAP_CPU_ALL &&
		    t->data.rates.cpus[i].recent_max_ns > worst->recent_max_ns)
			worst = &t->data.rates.cpus[i];
	fprintf(stderr, "qpwtop: threshold: CPU %u was interrupted for %.1f us, more than %.1f\n",
		worst->cpu, (double)worst->recent_max_ns / 1000, (double)t->o.threshold_ns / 1000);
	return CMD_REGRESSION;
}

static void finish(struct top *t)
{
	screen_close();
	canvas_destroy(t->canvas);
	top_rates_finish(&t->data.rates);
	top_minute_finish(&t->minute);
	snapshot_destroy(t->before);
	snapshot_destroy(t->now);
	model_destroy(t->model);
	metrics_close(t->metrics);
	t->source->close(t);
}

int main(int argc, char **argv)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct top t = { 0 };
	int ret = standard_files_hold();

	if (ret)
		return top_fail("/dev/null", strerror(-ret));
	ret = top_options_parse(argc, argv, &t.o);
	if (ret < 0 && (fflush(stdout) || ferror(stdout)))
		ret = top_fail("stdout", strerror(errno));
	if (ret)
		return ret < 0 ? CMD_OK : ret;
	/* a limit on the size of files is told by writing, too */
	sigaction(SIGXFSZ, &ignore, NULL);
	/* who asks for metrics, or reads our output, may go away: writing tells */
	sigaction(SIGPIPE, &ignore, NULL);
	ret = run(&t);
	screen_close();
	if (*t.problem)
		top_fail(t.o.replay, t.problem);
	if (!ret && t.exceeded)
		ret = say_exceeded(&t);
	finish(&t);
	return ret;
}
