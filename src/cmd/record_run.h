/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording under way: what the files of `qpwlat record` share. Knows no BPF.
 */
#ifndef QPW_CMD_RECORD_RUN_H
#define QPW_CMD_RECORD_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cmd/record_child.h"
#include "cmd/record_loop.h"
#include "cmd/record_options.h"
#include "cmd/record_place.h"
#include "cmd/record_tool.h"
#include "cmd/record_victim.h"
#include "collect/collect.h"
#include "host/host.h"
#include "store/trace.h"

struct recording {
	struct record_options o;
	struct host_facts facts;
	struct placement place;
	struct collect *collect;
	struct trace_writer *writer;
	int output_fd; /* for its size alone; -1 */
	struct loop loop;
	const struct tool *tool; /* the victim that is started; NULL = none is */
	struct tool_call call;
	struct victim_found running[COLLECT_MAX_VICTIMS]; /* victims that were there before */
	size_t nr_running;
	struct child victim;
	struct child command;
	struct child shell;	/* what --on-threshold runs */
	uint64_t shell_next_ns; /* not before this moment */
	uint64_t nr_shells;	/* hits for which it was run */
	uint64_t measured_ns;
	struct timespec json_before; /* when what has the name of --victim-json was written; 0 */
	bool failed;
	bool given_up;
};

/* Print "WHAT: WHY"; the recording has failed. */
void record_complain(struct recording *r, const char *what, const char *why);

/* Victim and command, as far as the options want them. CMD_OK, or CMD_ERROR after a message. */
int record_start_victim(struct recording *r);
int record_start_command(struct recording *r);

/* A child has ended: false when the recording ends with it. Complains if it should not have. */
bool record_check_children(struct recording *r);

/* Ask them to end, kill them if they won't; goes on recording meanwhile. */
void record_stop_children(struct recording *r);

/* What the gauge is to count for this victim. */
enum gauge_of record_gauge_of(const struct recording *r);

/* A delay has reached the threshold: do what the options want. False when recording is to stop. */
bool record_hit(struct recording *r);

/* See whether the command of --on-threshold has ended; say so if it failed. */
void record_check_shell(struct recording *r);

/* Say what came of the threshold; the exit code that this means. */
int record_judge_threshold(const struct recording *r);

/* Before anything is done: results that would be written over. CMD_OK, else after a message. */
int record_check_outputs(const struct record_options *o);

/* Once the victim has ended: complains if its own results can't be read. */
void record_check_victim_json(struct recording *r);

/* Begin the trace file; what is there is kept (trace_keep_old()) unless it is hollow. The same. */
int record_open_output(struct recording *r);

/* Put into the facts how this recording is made. */
void record_tell_settings(struct recording *r);

/* A probe that would be there with more privilege. */
void record_warn_of_nameless(const struct recording *r);

/* What was recorded, what was lost, what can't be seen on this kernel. */
void record_print_summary(const struct recording *r);

#endif
