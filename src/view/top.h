/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view: what happened between two snapshots, and the tables that show it. Pure: knows
 * neither clock nor terminal, and the same snapshots give the same picture.
 */
#ifndef QPW_VIEW_TOP_H
#define QPW_VIEW_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "host/host.h"
#include "model/snapshot.h"
#include "util/cpulist.h"
#include "util/utc.h"
#include "view/canvas.h"
#include "view/top_minute.h"

/* What happened between two snapshots, per second. */
struct top_rate {
	double count_s;
	double stolen_us_s; /* microseconds taken from the watched CPUs, per second */
};

struct top_cpu {
	uint32_t cpu;		      /* SNAP_CPU_ALL: the sum of several */
	const struct snap_cpu *state; /* NULL when nothing was seen there yet, and for the sum */
	bool offline;		      /* now */
	bool was_offline;	      /* for a part of the interval */
	struct top_rate classes[SNAP_NR_CLASSES];
	struct top_rate all;
	uint64_t count; /* since the start */
	uint64_t recent_max_ns;
	uint64_t max_ns;
	double avoidable_us_s;
	double minute[TOP_MINUTE_PARTS]; /* stolen us/s, the oldest first; negative = not known */
};

struct top_cause {
	const struct snap_cause *cause; /* in the later snapshot, as the next ones */
	struct top_rate rate;
};

#define TOP_NO_ROW UINT32_MAX

/* Who brought about what, from wherever: rows that differ by stack or call site only. */
struct top_origin {
	const struct snap_caused *caused; /* the most frequent of them */
	struct snap_origin who;		  /* of all of them */
	uint64_t wait_ns;
	uint64_t wait_max_ns;
	double count_s;
	uint32_t first; /* their places in the snapshot, see next_caused */
	uint32_t last;
};

struct top_work {
	const struct snap_work *work;
	double executed_s;
	double inlined_s;
};

struct top_waiter {
	const struct snap_waiter *waiter;
	double count_s;
	double waited_us_s;
};

struct top_rates {
	struct top_cpu *cpus; /* by number, behind them their sum when there are several */
	size_t nr_cpus;
	double minute_highest; /* part of any single CPU's */
	double events_s;
	double samples_s;
	uint64_t lost;	  /* records lost in between */
	uint64_t nr_long; /* long interruptions in between */
	struct top_cause *causes;
	struct top_origin *origins;
	size_t nr_origins;
	uint32_t *next_caused; /* after each place: that of the next one of an origin; TOP_NO_ROW */
	struct top_work *works; /* those that had any activity ever */
	size_t nr_works;
	struct top_waiter *waiters;
};

/*
 * Rates between before (NULL: nothing was) and now, span_ns of event time apart; span 0 gives rates
 * of 0. A figure that went back counts as not moved. There is a row for each CPU that is watched or
 * was seen. minute may be NULL. out points into now, which must live on; its causes and waiters are
 * as many as those of now, in the same order. Returns 0 or -ENOMEM.
 */
int top_rates_init(struct top_rates *out, const struct snapshot *before, const struct snapshot *now,
		   uint64_t span_ns, const struct cpulist *watched,
		   const struct top_minute *minute);
void top_rates_finish(struct top_rates *r);

/* What the view costs, as far as it is known. */
struct top_cost {
	double cpu_percent; /* of one CPU, by this process; negative = not known */
	double event_ns;    /* time of BPF programs per run of one; negative = not known */
};

/* All that is shown. */
struct top_data {
	const struct host_facts *facts; /* with watched set */
	const char *state;		/* "live", "paused", "replay", …, escaped */
	uint64_t view_ns;		/* how long the view has been collecting */
	uint64_t start_ns;		/* when it began */
	uint64_t span_ns;		/* what the rates are of */
	bool late;			/* that is more than was asked for */
	char utc[UTC_SIZE];		/* when it ended, "" = not known */
	struct top_cost cost;
	uint64_t nr_malformed; /* records that make no sense */
	bool only_new;	       /* single events: those of the interval alone */
	const struct snapshot *now;
	struct top_rates rates;
};

/* ------------------------------------------------------------------ tables */

#define TOP_TEXT (QPW_SYMBOL_LEN * 4 + 128)

enum top_type {
	TOP_NOTHING, /* not known, or nothing to tell */
	TOP_WORDS,
	TOP_NUMBER,
};

struct top_value {
	enum top_type type;
	bool names; /* TOP_NUMBER: no amount but a name, in order from the lowest */
	double number;
	char text[TOP_TEXT]; /* TOP_WORDS: escaped */
};

void top_words(struct top_value *v, const char *foreign);
void top_words_n(struct top_value *v, const char *foreign, size_t max);
void top_number(struct top_value *v, double number);
void top_cpu_number(struct top_value *v, uint32_t cpu);

/* "task/pid@cpu", "task@cpu" for several tasks of that name; nothing where it is not known. */
void top_task(struct top_value *v, const struct snap_origin *o);

#define TOP_IN_TEXT UINT16_MAX /* not on screens */
#define TOP_COLUMNS_MAX 24
#define TOP_COLUMNS(table) .columns = (table), .nr_columns = ARRAY_SIZE(table)
#define TOP_STRETCH(list) .stretch = (list), .nr_stretch = ARRAY_SIZE(list)

/* One table drives screen, text, JSON and the choice of an order. */
struct top_column {
	const char *title;
	const char *name; /* in JSON and for --sort; a unit at its end; NULL: on screens only */
	uint8_t width;	  /* 0 = what is left of the line: the last column */
	uint8_t decimals;
	uint16_t from; /* on screens of at least so many columns; TOP_IN_TEXT */
	bool left;     /* words: aligned to the left, in order from a to z */
};

/*
 * A column whose width depends on the room: on a screen that is too narrow for all columns it has
 * least cells, the first ones of a view's list give way first; on a wider one up to most.
 */
struct top_stretch {
	unsigned int column;
	unsigned int least;
	unsigned int most;
};

/* The last column, before others grow: a task as it is written out, or the name of a function. */
#define TOP_REST_WIDTH 27

/* What a row is of, for filters. */
struct top_ids {
	uint32_t cpu; /* SNAP_CPU_ALL = of no single one */
	int class;    /* enum snap_class, or -1 */
};

struct top_view {
	const char *name;
	const struct top_column *columns;
	unsigned int nr_columns;	   /* at most TOP_COLUMNS_MAX */
	const struct top_stretch *stretch; /* NULL: none */
	unsigned int nr_stretch;
	unsigned int sort; /* the column that orders it at first */
	size_t (*nr_rows)(const struct top_data *d);
	void (*value)(const struct top_data *d, size_t row, unsigned int column,
		      struct top_value *v);
	void (*ids)(const struct top_data *d, size_t row, struct top_ids *ids);
	/* What is drawn above the table, at most rows; returns how many it took. NULL: nothing */
	unsigned int (*head)(const struct top_data *d, struct canvas *c, unsigned int row,
			     unsigned int rows);
	/* A column without a name, in width cells. NULL: there is none */
	void (*graph)(const struct top_data *d, size_t row, unsigned int column, struct canvas *c,
		      unsigned int at_row, unsigned int at_column, unsigned int width);
	/* What JSON has of a row beside its columns, into object. NULL: nothing. 0 or -ENOMEM */
	int (*extra)(const struct top_data *d, size_t row, json_t *object);
	/* More of a row, from at_row to the end of the canvas. NULL: all of its columns */
	void (*detail)(const struct top_data *d, size_t row, struct canvas *c, unsigned int at_row);
};

extern const struct top_view top_view_cpus; /* always shown, the others by choice */
extern const struct top_view top_view_causes;
extern const struct top_view top_view_origins;
extern const struct top_view top_view_works;
extern const struct top_view top_view_waits;
extern const struct top_view top_view_latency;
extern const struct top_view top_view_events;

#define TOP_VIEWS 6
extern const struct top_view *const top_views[TOP_VIEWS];

/* Index of a view by its name, of a column by its own; -1: there is none. */
int top_find_view(const char *name);
int top_find_column(const struct top_view *v, const char *name);

#endif
