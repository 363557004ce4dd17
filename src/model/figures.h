/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is counted inside the window: rows by numbered name. Knows names as numbers, no records.
 */
#ifndef QPW_MODEL_FIGURES_H
#define QPW_MODEL_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/names.h"
#include "model/snapshot.h"
#include "model/table.h"

#define FIGURES_WORKS_MAX 1024
#define FIGURES_FLUSHES_MAX 1024
#define FIGURES_ROWS_MAX 65536

struct cause_row {
	uint32_t class;
	uint32_t name;
	uint64_t count;
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t max_ns;
};

struct work_row {
	uint64_t function; /* name */
	uint64_t queued;
	uint64_t executed;
	uint64_t remote;
	uint64_t unknown;
	uint64_t inlined;
	uint64_t run_ns;
	uint64_t inline_ns;
	struct hist *wait;
};

struct origin_row {
	uint32_t work; /* function's name */
	uint32_t comm;
	uint32_t cpu;
	uint32_t pad;
	uint64_t pid; /* SNAP_PID_MANY */
	uint64_t count;
};

struct flush_row {
	uint32_t function;
	uint32_t work;
	uint64_t count;
	uint64_t skipped;
	uint64_t total_ns;
	struct hist *wait;
};

struct figures {
	struct snap_total classes[SNAP_NR_CLASSES];
	struct snap_contended contended[2];
	struct table causes;
	struct table works;
	struct table origins;
	struct table flushes;
	struct hist *latency;
	uint64_t nr_samples;
	uint64_t nr_remote_timers;
};

/* All return 0 or -ENOMEM. */
int figures_init(struct figures *f);
void figures_finish(struct figures *f);

/* Everything back to zero. */
int figures_reset(struct figures *f);

/* One interval; counted: it adds to the counts, not only to the times. */
int figures_interval(struct figures *f, enum snap_class class, int name, bool counted,
		     uint64_t self_ns, uint64_t total_ns);

/* *out is the row of a function, or of "(other)" beyond FIGURES_WORKS_MAX. */
int figures_work(struct figures *f, int function, struct work_row **out);

/* Work of function was caused by the task (comm, pid) on cpu; beyond the bound not told. */
int figures_origin(struct figures *f, int function, int comm, uint32_t pid, uint32_t cpu);

/* *out is the row of a wait in function, for work or for no work in particular. */
int figures_flush(struct figures *f, int function, int work, struct flush_row **out);

/* Add to a row's histogram, which is created with its first value. */
int figures_add_wait(struct hist **wait, uint64_t ns);

/* Copy to s what is not zero, in the order that snapshot.h promises. */
int figures_fill(const struct figures *f, const struct names *names, struct snapshot *s);

#endif
