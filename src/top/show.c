// SPDX-License-Identifier: GPL-2.0-only
/*
 * From snapshots to what a user sees: screen, text, JSON, metrics. Knows no source.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cmd/cmd.h"
#include "collect/collect.h"
#include "top/metrics.h"
#include "top/top.h"
#include "util/clock.h"
#include "view/keys.h"
#include "view/top_text.h"
#include "view/tui/screen.h"

/* What a look takes and where the scheduler may let us wait needs no telling. */
#define LATE_NS 50000000

int top_take(struct top *t, const struct qpw_header *h)
{
	int ret = model_feed(t->model, h);

	if (ret == -EINVAL)
		t->data.nr_malformed++;
	else if (ret)
		return top_fail("model", strerror(-ret));
	return 0;
}

/* ------------------------------------------------------------------ what is known */

/* How long a run of our programs took since the last look, where the kernel counts that. */
static void measure_programs(struct top *t)
{
	uint64_t nr_runs, run_ns;

	collect_count_runs(t->collect, &nr_runs, &run_ns);
	if (nr_runs > t->cost_nr_runs)
		t->cost.event_ns =
			(double)(run_ns - t->cost_run_ns) / (double)(nr_runs - t->cost_nr_runs);
	t->cost_nr_runs = nr_runs;
	t->cost_run_ns = run_ns;
}

/* How much of a CPU this process took since the last look. Of a replay it says nothing. */
void top_measure_cost(struct top *t)
{
	uint64_t now = clock_now_ns(), used;
	struct rusage u;

	t->cost = (struct top_cost){ -1, -1 };
	if (!t->collect)
		return;
	measure_programs(t);
	if (getrusage(RUSAGE_SELF, &u))
		return;
	used = (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000 +
	       (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
	if (t->cost_clock_ns && now > t->cost_clock_ns)
		t->cost.cpu_percent =
			(double)(used - t->cost_used_ns) / (double)(now - t->cost_clock_ns) * 100;
	t->cost_clock_ns = now;
	t->cost_used_ns = used;
}

static const struct snap_cpu *same_cpu(const struct snapshot *s, uint32_t cpu)
{
	for (size_t i = 0; s && i < s->nr_cpus; i++)
		if (s->cpus[i].cpu == cpu)
			return &s->cpus[i];
	return NULL;
}

static uint64_t stolen_ns(const struct snap_cpu *c)
{
	uint64_t ns = 0;

	for (int i = 0; c && i < SNAP_NR_CLASSES; i++)
		ns += c->classes[i].self_ns;
	return ns;
}

static int note_minute(struct top *t, uint64_t end_ns)
{
	int cpu;

	cpulist_for_each(&t->watched, cpu) {
		uint64_t was = stolen_ns(same_cpu(t->before, (uint32_t)cpu));
		uint64_t is = stolen_ns(same_cpu(t->now, (uint32_t)cpu));

		if (top_minute_add(&t->minute, (uint32_t)cpu, t->begin_ns, end_ns,
				   is > was ? (double)(is - was) : 0))
			return -ENOMEM;
	}
	return 0;
}

/* What is shown is of before and now; a new interval has begun. */
static int set_data(struct top *t, uint64_t span_ns)
{
	struct top_data *d = &t->data;

	top_rates_finish(&d->rates);
	d->facts = &t->facts;
	d->state = t->state;
	d->start_ns = t->start_ns;
	d->view_ns = t->begin_ns - t->start_ns;
	d->span_ns = span_ns;
	d->late = t->collect && span_ns > t->screen.delay_ns + t->screen.delay_ns / 10 + LATE_NS;
	if (t->collect)
		utc_format(time(NULL), d->utc, sizeof(d->utc));
	d->cost = t->cost;
	d->now = t->now;
	d->only_new = !t->on_screen && !t->o.print_columns;
	return top_rates_init(&d->rates, t->before, t->now, span_ns, &t->watched, &t->minute);
}

/* A CPU was interrupted for longer than is allowed. */
static void check_threshold(struct top *t)
{
	for (size_t i = 0; t->o.threshold_ns && i < t->now->nr_cpus; i++)
		if (t->now->cpus[i].recent_max_ns > t->o.threshold_ns)
			t->exceeded = true;
}

struct snapshot *top_snapshot(struct top *t)
{
	struct snapshot *s;

	if (t->source->settle && t->source->settle(t))
		return NULL;
	s = model_snapshot(t->model);
	if (!s)
		top_fail("model", strerror(ENOMEM));
	return s;
}

int top_end_interval(struct top *t, uint64_t end_ns)
{
	uint64_t span_ns = end_ns - t->begin_ns;
	struct snapshot *s = top_snapshot(t);

	if (!s)
		return CMD_ERROR;
	model_begin_interval(t->model);
	snapshot_destroy(t->before);
	t->before = t->now;
	t->now = s;
	top_measure_cost(t);
	/* a view that was saved has its own */
	if (!t->look_ns && note_minute(t, end_ns))
		return top_fail("view", strerror(ENOMEM));
	t->begin_ns = end_ns;
	t->nr_shown++;
	if (set_data(t, span_ns))
		return top_fail("view", strerror(ENOMEM));
	check_threshold(t);
	if (t->metrics && metrics_update(t->metrics, &t->facts, t->now, t->data.nr_malformed))
		return top_fail(t->o.openmetrics, strerror(errno));
	return top_show(t);
}

/* ------------------------------------------------------------------ showing */

static void set_state(struct top *t)
{
	const char *what = t->reader ? "replay" : "live";

	if (t->reader && t->ended && !t->pending)
		what = "replay, ended";
	if (top_screen_frozen(&t->screen))
		what = "paused";
	if (!t->model)
		what = "starting";
	if (t->reader && t->speed != 1)
		snprintf(t->state, sizeof(t->state), "%s at %gx", what, t->speed);
	else
		snprintf(t->state, sizeof(t->state), "%s", what);
}

static int print_text(struct top *t)
{
	struct top_text text = { .filter = &t->o.filter, .max_rows = SIZE_MAX };

	top_options_text(&t->o, &text);
	if (t->nr_shown > 1)
		putchar('\n');
	return top_text_print(&text, &t->data, stdout);
}

static int print_json(struct top *t)
{
	struct top_text text = { .filter = &t->o.filter };
	json_t *o;
	int ret;

	top_options_text(&t->o, &text);
	o = top_json(&text, &t->data);
	ret = o ? json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15)) : -1;
	json_decref(o);
	putchar('\n');
	return ret && !ferror(stdout) ? -ENOMEM : 0; /* of stdout it is said later */
}

/* Of the terminal's size now; it is kept as long as that stays. */
static int fit_canvas(struct top *t, unsigned int columns, unsigned int rows, bool ascii)
{
	if (t->canvas && t->canvas->rows == rows && t->canvas->columns == columns)
		return 0;
	canvas_destroy(t->canvas);
	t->canvas = canvas_create(columns, rows, ascii);
	return t->canvas ? 0 : -ENOMEM;
}

static int show_screen(struct top *t)
{
	unsigned int columns, rows;

	screen_size(&columns, &rows);
	if (fit_canvas(t, columns, rows, t->o.ascii || !screen_has_utf8()) ||
	    top_screen_draw(&t->screen, &t->data, t->canvas))
		return -ENOMEM;
	screen_use_mouse(!t->screen.no_mouse);
	screen_show(t->canvas);
	return 0;
}

int top_show(struct top *t)
{
	int ret = 0;

	set_state(t);
	t->data.facts = &t->facts;
	t->data.state = t->state;
	if (t->on_screen)
		ret = show_screen(t);
	else if (t->now && t->o.json)
		ret = print_json(t);
	else if (t->now && !t->o.print_columns)
		ret = print_text(t);
	if (ret)
		return top_fail("view", strerror(-ret));
	if (!t->on_screen && (fflush(stdout) || ferror(stdout)))
		return top_fail_stdout();
	return 0;
}

int top_open_screen(struct top *t)
{
	t->on_screen = !t->o.batch && !t->o.json && !t->o.print_columns && !screen_open();
	return t->on_screen ? top_show(t) : CMD_OK;
}

int top_print_screen(struct top *t)
{
	const char *keys = t->o.keys ? t->o.keys : "";
	int key;

	set_state(t);
	if (fit_canvas(t, t->o.print_columns, t->o.print_rows, t->o.ascii) ||
	    top_screen_draw(&t->screen, &t->data, t->canvas))
		return top_fail("view", strerror(ENOMEM));
	while ((key = keys_next(&keys)) != KEY_CODE_NONE) {
		if (top_press(t, key))
			return CMD_ERROR;
		set_state(t);
		if (top_screen_draw(&t->screen, &t->data, t->canvas))
			return top_fail("view", strerror(ENOMEM));
	}
	canvas_print(t->canvas, stdout);
	return fflush(stdout) || ferror(stdout) ? top_fail_stdout() : 0;
}

/* ------------------------------------------------------------------ keys */

/* Counting begins anew: what was shown until now is not compared with. */
static int reset(struct top *t)
{
	struct snapshot *s;

	if (t->source->reset(t))
		return CMD_ERROR;
	s = top_snapshot(t);
	if (!s)
		return CMD_ERROR;
	model_begin_interval(t->model);
	snapshot_destroy(t->before);
	snapshot_destroy(t->now);
	t->before = NULL;
	t->now = s;
	t->begin_ns = t->start_ns;
	return set_data(t, 0) ? top_fail("view", strerror(ENOMEM)) : 0;
}

static void set_speed(struct top *t, double factor)
{
	double speed = t->speed * factor;

	if (t->reader && speed >= 1.0 / 64 && speed <= 64)
		t->speed = speed;
}

int top_press(struct top *t, int key)
{
	switch (top_screen_key(&t->screen, key)) {
	case TOP_ACT_QUIT:
		top_stopping = 1;
		return 0;
	case TOP_ACT_RESET:
		return reset(t);
	case TOP_ACT_SAVE:
		top_save(t, false);
		return 0;
	case TOP_ACT_SAVE_TRACE:
		top_save(t, true);
		return 0;
	case TOP_ACT_STEP:
		t->step = t->reader && !t->ended; /* behind its end there is nothing */
		return 0;
	case TOP_ACT_FASTER:
		set_speed(t, 2);
		return 0;
	case TOP_ACT_SLOWER:
		set_speed(t, 0.5);
		return 0;
	case TOP_ACT_NONE:
		break;
	}
	return 0;
}
