/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of the Trace Event Format, one at a time: lanes, names, arguments, arrows. Knows how an
 * event is written, not which record becomes which.
 */
#ifndef QPW_VIEW_CHROME_EVENT_H
#define QPW_VIEW_CHROME_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "model/table.h"
#include "qpw/event.h"
#include "view/export_names.h"

/* Of one CPU, from top to bottom. */
enum chrome_lane {
	LANE_SAMPLE,
	LANE_NMI,
	LANE_IRQ,
	LANE_SOFTIRQ,
	LANE_WORK,
	LANE_THREAD,
	LANE_ORIGIN, /* what this CPU queued, sent or woke */
	LANE_WAIT,
	NR_LANES,
};

struct chrome_cpu {
	uint64_t cpu;
	uint64_t lanes; /* mask: those that have a name already */
	uint64_t nr_lost;
};

struct chrome {
	FILE *f;
	struct export_names names;
	struct table cpus; /* struct chrome_cpu */
	uint64_t nr_ids;   /* of arrows and of spans */
	bool begun;	   /* an event has been written */
	int error;	   /* 0 or -ENOMEM */
};

void chrome_init(struct chrome *c, FILE *f);
void chrome_finish(struct chrome *c);

/* NULL: of too many CPUs, or out of memory, which is kept as the error. */
struct chrome_cpu *chrome_cpu(struct chrome *c, uint32_t cpu);

/* "before function after"; the function by its name or address, left out when 0. */
#define CHROME_NAME (2 * QPW_SYMBOL_LEN + 64)
void chrome_name(const struct chrome *c, char name[CHROME_NAME], const char *before,
		 uint64_t function, const char *after);

/*
 * An event is begun by one of these, which open its arguments with the exact times of the record: a
 * viewer's floating point may not hold them. Arguments follow, then chrome_end().
 */
void chrome_interval(struct chrome *c, const struct qpw_header *h, enum chrome_lane lane,
		     const char *category, const char *name);
void chrome_instant(struct chrome *c, const struct qpw_header *h, uint32_t cpu,
		    enum chrome_lane lane, const char *category, const char *name);
void chrome_number(struct chrome *c, const char *key, uint64_t value);
void chrome_text(struct chrome *c, const char *key, const char *text, size_t max);
void chrome_address(struct chrome *c, const char *key, uint64_t address);
void chrome_task(struct chrome *c, const char *key, const char *comm, uint32_t pid);
/* Who, from which CPU, how long before, from which stack; nothing unless the record tells it. */
void chrome_origin(struct chrome *c, const struct qpw_header *h, const struct qpw_origin *o);
void chrome_code(struct chrome *c, const char *key, uint64_t address);
void chrome_end(struct chrome *c);

/* What may overlap others in its lane, or holds steps: begun like the above, ended as well. */
void chrome_span(struct chrome *c, const struct qpw_header *h, uint32_t cpu, enum chrome_lane lane,
		 const char *category, const char *name);
void chrome_span_end(struct chrome *c, uint32_t cpu, enum chrome_lane lane, const char *category,
		     const char *name, uint64_t ns);
/* A part of the last span, whole. */
void chrome_step(struct chrome *c, uint32_t cpu, enum chrome_lane lane, const char *category,
		 const char *name, uint64_t start_ns, uint64_t end_ns);

/* An arrow to the interval written last, from where and when it was caused. */
void chrome_cause(struct chrome *c, const struct qpw_header *h, enum chrome_lane lane,
		  const struct qpw_origin *o, const char *what);

/* An edge of the measured window, across all CPUs. */
void chrome_edge(struct chrome *c, const char *name, uint64_t ns);

#endif
