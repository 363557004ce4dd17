/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view: rates between two snapshots, laid out on a page. Pure: knows neither clock nor
 * terminal, and the same snapshots give the same page.
 */
#ifndef QPW_VIEW_TOP_H
#define QPW_VIEW_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/host.h"
#include "model/snapshot.h"
#include "view/page.h"

#define TOP_COLUMNS 100 /* of batch output */
#define TOP_ROWS 60

/* What happened between two snapshots, per second. */
struct top_rate {
	double count_s;
	double stolen_us_s; /* microseconds taken from the watched CPUs, per second */
};

struct top_cause {
	const struct snap_cause *cause; /* in the later snapshot */
	struct top_rate rate;
};

struct top_work {
	const struct snap_work *work; /* in the later snapshot */
	double executed_s;
	double inlined_s;
};

struct top_rates {
	struct top_rate classes[SNAP_NR_CLASSES];
	struct top_rate all;
	double events_s;
	double samples_s;
	uint64_t lost;		  /* records lost in between */
	struct top_cause *causes; /* by stolen time in between, then as in the snapshot */
	size_t nr_causes;
	struct top_work *works; /* those that had any activity ever, most active now first */
	size_t nr_works;
};

/*
 * Rates between before (NULL: nothing was) and now, span_ns of event time apart; span 0 gives rates
 * of 0. A figure that went back counts as not moved. out points into now, which must live on.
 * Returns 0 or -ENOMEM.
 */
int top_rates_init(struct top_rates *out, const struct snapshot *before, const struct snapshot *now,
		   uint64_t span_ns);
void top_rates_finish(struct top_rates *r);

/* What the page says besides the figures. */
struct top_about {
	const struct host_facts *facts; /* with watched set */
	uint64_t view_ns;		/* how long the view has been collecting */
	const char *state;		/* "live", "paused", "replay of …", escaped */
};

/* How many rows of causes and of work a page has room for, their headers not counted. */
struct top_layout {
	unsigned int causes;
	unsigned int works;
};

/* Pure arithmetic: at most the rows there are, causes first, at least one of each when it fits. */
struct top_layout top_layout(unsigned int free_rows, size_t nr_causes, size_t nr_works);

/* Lay out everything, as much as the page has rows for, the most important first. */
void top_page(struct page *p, const struct top_about *about, const struct top_rates *rates,
	      const struct snapshot *now);

/* The keys and what the columns mean. */
void top_help(struct page *p);

#endif
