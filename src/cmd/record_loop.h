/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The recorder at work: takes records from the collector into the trace file, watches for signals
 * and the end of children, shows how far it is. Knows no BPF and no option but what it is told.
 */
#ifndef QPW_CMD_RECORD_LOOP_H
#define QPW_CMD_RECORD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/collect.h"
#include "model/gauge.h"
#include "store/trace.h"

#define LOOP_FOREVER (UINT64_MAX / 2) /* a moment that does not come */

enum loop_end {
	LOOP_TIME,	  /* the time has come */
	LOOP_CHILD,	  /* a child has ended */
	LOOP_HIT,	  /* a delay has reached the threshold; only while tell_hits */
	LOOP_INTERRUPTED, /* first SIGINT or SIGTERM */
	LOOP_GIVE_UP,	  /* a further one */
	LOOP_WRITE_ERROR, /* write_error says which */
};

struct loop {
	struct collect *collect;
	struct trace_writer *writer;
	int signal_fd;
	int poll_ms;
	unsigned int nr_interrupts;
	int write_error;    /* -errno, 0 = none */
	uint64_t nr_events; /* written */
	uint64_t nr_lost;
	uint64_t nr_skipped;	       /* of these, once all is drained: see collect_nr_skipped() */
	unsigned int max_fill_percent; /* of the ring buffer, as seen when it was emptied */

	bool progress;	    /* is shown: someone sits at a terminal that can */
	const char *phase;  /* shown with the progress */
	uint64_t begin_ns;  /* of the measured window, 0 before it */
	struct gauge gauge; /* what it has measured so far */
	const char *unit;   /* what the gauge counts */
	bool tell_hits;
	bool hit_untold;
	struct gauge_delay hit; /* the first one that loop_run() has not told yet */
	uint64_t duration_ns;	/* its planned length; 0: until something ends it */
	uint64_t next_shown_ns; /* when progress is due */
	uint64_t flushed_ns;	/* when the file was last brought up to date */
};

/* Take SIGINT, SIGTERM and SIGCHLD by a file descriptor from here on. 0 or -errno. */
int loop_init(struct loop *l, struct collect *collect, struct trace_writer *writer, bool quiet);
void loop_finish(struct loop *l);

/* Work until that moment or the first of the other ends. */
enum loop_end loop_run(struct loop *l, uint64_t until_ns);

/* After the window was closed: all that is left. LOOP_TIME, LOOP_GIVE_UP, LOOP_WRITE_ERROR. */
enum loop_end loop_drain(struct loop *l);

/* Before anything else is printed: the progress line is taken away. */
void loop_clear_progress(const struct loop *l);

#endif
