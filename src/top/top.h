/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of qpwtop share: where records come from, what is known, how it is shown.
 */
#ifndef QPW_TOP_TOP_H
#define QPW_TOP_TOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/host.h"
#include "model/model.h"
#include "top/options.h"
#include "top/victims.h"
#include "view/canvas.h"
#include "view/top.h"
#include "view/top_minute.h"
#include "view/top_screen.h"

struct collect;
struct keep;
struct metrics;
struct trace_reader;
struct top;

/* Where the figures come from. All print what went wrong and return an exit code then, else 0. */
struct top_source {
	int (*open)(struct top *t);
	/* Take in what there is by now; live it is called all the time, so nothing may be lost. */
	int (*feed)(struct top *t);
	/* Have the model know all that there is by now; NULL: it does, once that is taken in. */
	int (*settle)(struct top *t);
	/* Count anew from here. */
	int (*reset)(struct top *t);
	void (*close)(struct top *t);
};

extern const struct top_source top_live;
extern const struct top_source top_replay;

struct top {
	struct top_options o;
	const struct top_source *source;
	struct collect *collect;	  /* live */
	struct keep *keep;		  /* live, on a screen: what a view is written from */
	struct trace_reader *reader;	  /* replay */
	const struct qpw_header *pending; /* replay: read, but of a later interval */
	bool ended;			  /* the source */
	uint64_t look_ns;	/* replay of a view that was saved: the look that is told */
	char problem[256];	/* replay: why it ended where it did, "" = in order */
	struct victims victims; /* live */
	bool sees_own_numbers;	/* live: programs know tasks by the numbers we do */
	struct host_facts facts;
	struct cpulist watched;
	struct model *model;

	uint64_t start_ns; /* of the view; event time, as the next */
	uint64_t begin_ns; /* of the interval that runs now */
	struct snapshot *before;
	struct snapshot *now;
	struct top_minute minute;
	struct top_data data; /* what is shown: of before and now */
	struct top_cost cost;
	uint64_t cost_clock_ns; /* when it was worked out, by the clock and by time used */
	uint64_t cost_used_ns;
	uint64_t cost_nr_runs; /* of the programs until then */
	uint64_t cost_run_ns;
	uint64_t nr_shown;

	struct metrics *metrics;
	struct top_screen screen;
	struct canvas *canvas;
	bool on_screen;
	bool step;	/* one more interval of a replay, though it is paused */
	bool exceeded;	/* the threshold */
	double speed;	/* of a replay */
	char state[64]; /* as shown */
};

extern volatile sig_atomic_t top_stopping;

/* stdout can't be written: says so and why, by errno; a reader that went away ends us silently. */
int top_fail_stdout(void);

/* "qpwtop: OBJECT: WHY", on a terminal that was given back. Returns CMD_ERROR. */
int top_fail(const char *object, const char *why);

/* One record into the model; one that makes no sense is counted. An exit code. */
int top_take(struct top *t, const struct qpw_header *h);

/*
 * Take the terminal, if a screen is wanted and it can be one, and say what is known before there is
 * a model: a source does so as soon as only its own start is left, which may take a while. An exit
 * code.
 */
int top_open_screen(struct top *t);

/* What is known now; NULL, with the reason printed, when that can't be told. */
struct snapshot *top_snapshot(struct top *t);

/* What the view itself cost since this was last asked: into t->cost. */
void top_measure_cost(struct top *t);

/* The running interval is over: it becomes what is known and is shown. An exit code. */
int top_end_interval(struct top *t, uint64_t end_ns);

/* Show what is known in the way that was asked for. An exit code. */
int top_show(struct top *t);

/* One key on the screen, and what it asks for. An exit code. */
int top_press(struct top *t, int key);

/* The screen at the end, after the keys of --keys. An exit code. */
int top_print_screen(struct top *t);

/*
 * save.c: what is shown, as JSON or as a trace that shows it again, into a new file in the present
 * directory; the screen says so.
 */
void top_save(struct top *t, bool as_trace);

/* The loops. An exit code. */
int top_run_live(struct top *t);
int top_run_replay(struct top *t);

#endif
