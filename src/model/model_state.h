/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the model, shared by its files only.
 */
#ifndef QPW_MODEL_MODEL_STATE_H
#define QPW_MODEL_MODEL_STATE_H

#include "model/figures.h"
#include "model/history.h"
#include "model/model.h"
#include "model/names.h"
#include "model/nest.h"
#include "model/offline.h"
#include "model/outliers.h"
#include "model/places.h"
#include "model/watch.h"

#define MODEL_CPUS 4096
#define MODEL_PROBES 256
#define MODEL_OUTLIERS 32

/*
 * So many CPUs have all the room there is for what they tell, others that tell something after them
 * little: whatever a trace holds, the model stays small.
 */
#define MODEL_ROOMY_CPUS 256
#define MODEL_LITTLE_ROOM 32

/* What META_COUNTS told of a CPU. */
struct model_counts {
	struct qpw_counts first; /* when the window opened; 0 without a window */
	struct qpw_counts last;
};

struct model_cpu {
	uint64_t nr_lost;
	uint64_t lost_by_kind[QPW_LOST_KINDS];
	struct model_counts counts;
	struct nest nest; /* this and history from the first interval on */
	struct history history;
	/*
	 * The last late sample. It is explained once a later record of this CPU shows that all its
	 * intervals are in: the run that delayed it ends in the same instant and may come after it.
	 */
	bool has_late;
	struct history_sample late;
};

/* An origin by what is told of it, and who that is. */
struct model_origin {
	uint64_t words[4]; /* comm, control group, stack and context */
	uint64_t place;	   /* figures_place() */
	int comm;	   /* name */
	bool known;
	bool no_task;
};

/* As records tell of the same few all the time. */
#define MODEL_ORIGINS_RECENT 256 /* a power of two */

struct model {
	uint64_t outlier_ns;
	uint64_t nr_events;
	bool from_tables;	  /* figures come from tables, records tell of single ones only */
	uint64_t nr_table_events; /* in the tables that were taken in last */
	uint64_t nr_calls_unnamed;
	uint64_t nr_without_row;      /* of these: what found no place */
	uint64_t nr_row_gone;	      /* and that whose row was taken away */
	bool added_up;		      /* so it is in a trace */
	uint64_t told_ns;	      /* then: how long what is recorded lasted at least */
	struct qpw_live_table *lines; /* of a table that is being told; NULL: none was */
	uint64_t first_ns;	      /* of all records; UINT64_MAX before the first */
	uint64_t last_ns;
	bool has_window;
	bool window_closed;
	bool truncated;
	uint64_t opened_ns;
	uint64_t from_ns; /* what is asked for of the window, relative to its opening */
	uint64_t to_ns;	  /* 0 = all */
	bool some_cpus;
	struct cpulist cpus_wanted; /* if so, these */
	uint64_t window_start_ns;   /* of what counts; 0 without a window */
	uint64_t window_end_ns;	    /* UINT64_MAX while open */
	struct names names;
	struct places places;
	struct model_origin origins[MODEL_ORIGINS_RECENT];
	struct figures figures;
	struct outliers outliers;
	struct table probes; /* struct snap_probe by name */
	struct offline offline;
	struct watch *watch;		    /* NULL when not asked for */
	struct model_cpu *cpus[MODEL_CPUS]; /* those that were seen */
	uint32_t nr_telling;		    /* of these: that had intervals */
};

/* Explain the late sample of a CPU and keep it among the worst ones, if it has one and it is. */
int model_keep_late(const struct model *m, const struct model_cpu *cpu, struct outliers *worst);

/* Records before and after the measured window are not counted. */
static inline bool model_in_window(const struct model *m, const struct qpw_header *h)
{
	return h->start_ns >= m->window_start_ns && h->start_ns <= m->window_end_ns;
}

/* It began in the window, or before it and went on in it. */
static inline bool model_touches_window(const struct model *m, const struct qpw_header *h)
{
	return model_in_window(m, h) ||
	       (h->start_ns < m->window_start_ns && h->end_ns > m->window_start_ns);
}

struct model_cpu *model_add_cpu(struct model *m, uint32_t cpu);

/* The state of a CPU, made at its first use; NULL when out of memory. */
static inline struct model_cpu *model_get_cpu(struct model *m, uint32_t cpu)
{
	return m->cpus[cpu] ? m->cpus[cpu] : model_add_cpu(m, cpu);
}

void model_free_cpu(struct model_cpu *cpu);

/* It tells its first interval: room for its nest and its history. 0 or -ENOMEM. */
int model_give_room(struct model *m, struct model_cpu *cpu);

/*
 * Who an origin is, as it is told: the task, or the context where that was no task. Fills *out.
 * 0 or -ENOMEM.
 */
int model_origin(struct model *m, const struct qpw_origin *o, struct figures_origin *out);

/* The address that an IPI was sent from, of the same origin: its name. 0 or -ENOMEM. */
int model_callsite(struct model *m, uint64_t address, struct figures_origin *out);

/* What a stack or a control group is changes with the next record. */
void model_forget_origins(struct model *m);

/* Names of interruptions: ids >= 0, -ENOMEM. Of a record only its own fields count. */
int model_irq_name(struct model *m, const struct qpw_irq *e);
int model_softirq_name(struct model *m, uint32_t vec);
int model_vector_name(struct model *m, uint32_t vector); /* of an IPI that called no function */
int model_timer_name(struct model *m, const struct qpw_timer *e);

/* A place to wait in, enum qpw_flush_where or this; work waited for, 0 = none in particular. */
#define MODEL_FLUSH_PERCPU_WORK (UINT64_MAX - 1)
int model_flush_name(struct model *m, uint64_t where);
int model_work_name(struct model *m, uint64_t function);

/*
 * Kinds that are no interruptions; each takes in one record. feed_waits.c: who waits for other CPUs
 * or works for them. feed_points.c: what happens to the watched CPU and its victim beside that.
 */
int feed_flush(struct model *m, const struct qpw_header *h);
int feed_qpw_flush(struct model *m, const struct qpw_header *h);
int feed_qpw_inline(struct model *m, const struct qpw_header *h);
int feed_contended(struct model *m, const struct qpw_header *h);
int feed_tick_kept(struct model *m, const struct qpw_header *h);
int feed_migrate(struct model *m, const struct qpw_header *h);
int feed_lock_wait(struct model *m, const struct qpw_header *h);
int feed_taken(struct model *m, const struct qpw_header *h);
int feed_counts(struct model *m, const struct qpw_header *h);

/* feed_looks.c */
int feed_look(struct model *m, const struct qpw_header *h);
int feed_line(struct model *m, const struct qpw_header *h);
int feed_table(struct model *m, const struct qpw_header *h);
int feed_waiting(struct model *m, const struct qpw_header *h);
int feed_running(struct model *m, const struct qpw_header *h);

/* A window opens: counts begin there. */
void feed_counts_restart(struct model_counts *c);

#endif
