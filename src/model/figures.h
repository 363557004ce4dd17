/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is counted inside the window: rows by numbered name. Knows names as numbers, no records.
 */
#ifndef QPW_MODEL_FIGURES_H
#define QPW_MODEL_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/heatmap.h"
#include "model/names.h"
#include "model/places.h"
#include "model/snapshot.h"
#include "model/table.h"

#define FIGURES_WORKS_MAX 1024
#define FIGURES_FLUSHES_MAX 1024
#define FIGURES_ROWS_MAX 8192
#define FIGURES_TASKS_MAX 4096 /* of rows that are told apart by little more than a task's name */
#define FIGURES_CAUSED_MAX 16384
#define FIGURES_WAIT_OCTAVES 3072 /* of the histograms of waits together, 1 KiB each */
#define FIGURES_CPU_ALL UINT16_MAX

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

struct caused_row {
	uint16_t class;
	uint16_t on_cpu; /* FIGURES_CPU_ALL */
	uint32_t name;
	uint32_t comm;
	uint32_t cpu;
	uint32_t cgroup;   /* number in places */
	uint32_t stack;	   /* id */
	uint64_t callsite; /* as in struct figures_origin */
	uint64_t pid;	   /* SNAP_PID_MANY */
	uint64_t count;
	uint64_t wait_ns;
	uint64_t wait_max_ns;
};

struct move_row {
	uint32_t comm;
	uint32_t by_comm;
	uint32_t from_cpu;
	uint32_t by_cpu;
	uint64_t count;
};

/* A wait: the key says whose and for what. */
struct span_row {
	uint32_t key[4];
	uint64_t count;
	uint64_t total_ns;
	uint64_t max_ns;
	uint64_t waiting_ns; /* one that goes on */
};

struct figures {
	struct snap_total classes[SNAP_NR_CLASSES];
	struct snap_contended contended[2];
	struct table causes;
	struct table works;
	struct table origins;
	struct table flushes;
	struct table caused;
	struct table moves;
	struct table locks;	  /* struct span_row: flags, by the victim, comm */
	struct table taken;	  /* struct span_row: comm */
	struct table waiters;	  /* struct span_row: function, work, comm, CPU */
	uint64_t caused_left_out; /* beyond the bound */
	uint64_t rows_left_out;	  /* so are origins of works, moves, waits, takings */
	uint32_t nr_wait_octaves;
	uint64_t tick_kept[QPW_NR_TICK_REASONS];
	struct hist *latency;
	struct heatmap *heatmap; /* of the latency, by time since the window opened */
	uint64_t nr_samples;
	uint64_t nr_late; /* of these, at or above the threshold */
	uint64_t nr_remote_timers;
};

/* So many together: of one, max_ns is total_ns. */
struct figures_sum {
	uint64_t count;
	uint64_t self_ns; /* of intervals only */
	uint64_t total_ns;
	uint64_t max_ns;
};

static inline struct figures_sum figures_one(uint64_t ns)
{
	return (struct figures_sum){ .count = 1, .total_ns = ns, .max_ns = ns };
}

/* All return 0 or -ENOMEM. */
int figures_init(struct figures *f);
void figures_finish(struct figures *f);

/* Everything back to zero. */
int figures_reset(struct figures *f);

/* Intervals; a count of 0 adds to the times only. */
int figures_interval(struct figures *f, enum snap_class class, int name,
		     const struct figures_sum *sum);

/* *out is the row of a function, or of "(other)" beyond FIGURES_WORKS_MAX. */
int figures_work(struct figures *f, int function, struct work_row **out);

/* So much work of function was caused by the task (comm, pid) on cpu; beyond the bound not told. */
int figures_origin(struct figures *f, int function, int comm, uint32_t pid, uint32_t cpu,
		   uint64_t count);

/* Who a cause is owed to. */
struct figures_origin {
	int comm; /* name */
	uint32_t pid;
	uint32_t cpu;
	uint64_t place;	   /* figures_place() */
	uint32_t callsite; /* of an IPI: its name + 1, 0 = not known */
};

/* Number of a control group in places and id of a stack, both as a row has them. */
static inline uint64_t figures_place(uint32_t cgroup, uint32_t stack)
{
	return cgroup | (uint64_t)stack << 32;
}

/* Interruptions on on_cpu, or FIGURES_CPU_ALL, were brought about by *o, so long before them. */
int figures_caused(struct figures *f, uint32_t on_cpu, enum snap_class class, int name,
		   const struct figures_origin *o, const struct figures_sum *waits);

/* The task comm was moved here from from_cpu by *o, so often. */
int figures_move(struct figures *f, int comm, uint32_t from_cpu, const struct figures_origin *o,
		 uint64_t count);

/* comm waited for locks. */
int figures_lock(struct figures *f, uint32_t flags, bool by_victim, int comm,
		 const struct figures_sum *waits);

/* comm had the CPU while the victim wanted it. */
int figures_taken(struct figures *f, int comm, const struct figures_sum *times);

/* *out is the row of a wait in function, for work or for no work in particular. */
int figures_flush(struct figures *f, int function, int work, struct flush_row **out);

/* comm waited in function, for work (a name, too) of cpu or SNAP_CPU_UNKNOWN. */
int figures_waiter(struct figures *f, int function, int work, int comm, uint32_t cpu,
		   const struct figures_sum *waits);

/* comm waits there now, and has for so_far_ns; of several the longest is kept. */
int figures_waiting(struct figures *f, int function, int work, int comm, uint32_t cpu,
		    uint64_t so_far_ns);

/*
 * Add a wait to the histogram of a row. Beyond FIGURES_WAIT_OCTAVES one of a length that the row
 * has not had yet is counted in the histogram of "(other)".
 */
int figures_work_wait(struct figures *f, struct work_row *row, uint64_t ns);
int figures_flush_wait(struct figures *f, struct flush_row *row, uint64_t ns);

/* Many to a histogram, which is created with its first value; from the tables of the live view. */
int figures_add_waits(struct hist **wait, const uint32_t *buckets, const struct figures_sum *sum);

/* Copy to s what is not zero, in the order that snapshot.h promises: causes, works, waits. */
int figures_fill(const struct figures *f, const struct names *names, struct snapshot *s);

/* The same for who caused it, moves, locks, the CPU taken away and who waited in flushes. */
int figures_fill_causers(const struct figures *f, const struct names *names,
			 const struct places *places, struct snapshot *s);

#endif
