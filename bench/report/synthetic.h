/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Made-up records, as a busy isolated machine would give them: the same for the same seed. Knows
 * the wire format only, neither files nor the kernel.
 */
#ifndef QPW_BENCH_SYNTHETIC_H
#define QPW_BENCH_SYNTHETIC_H

#include <stdint.h>

#include "qpw/event.h"

#define SYNTHETIC_CPUS 4 /* watched: 1 to 4; 0 is the housekeeping CPU */
#define SYNTHETIC_ROOM 16

union synthetic_record {
	struct qpw_header h;
	struct qpw_irq irq;
	struct qpw_softirq softirq;
	struct qpw_ipi ipi;
	struct qpw_timer timer;
	struct qpw_thread thread;
	struct qpw_work work;
	struct qpw_flush flush;
	struct qpw_sample sample;
	struct qpw_symbol symbol;
	struct qpw_cgroup cgroup;
	struct qpw_stack stack;
};

struct synthetic {
	uint64_t seed;
	uint64_t now_ns[SYNTHETIC_CPUS];
	unsigned int told; /* of the names that come first */
	unsigned int nr;   /* of records made and not yet given out */
	unsigned int at;
	union synthetic_record records[SYNTHETIC_ROOM];
};

void synthetic_init(struct synthetic *s, uint64_t seed);

/* The next record, valid until the next call: first all names, stacks and groups, then events. */
const struct qpw_header *synthetic_next(struct synthetic *s);

#endif
