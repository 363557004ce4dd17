/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Snapshots for tests of the live view, made by hand row by row. After cmocka's includes.
 */
#ifndef QPW_TESTS_SAMPLE_TOP_H
#define QPW_TESTS_SAMPLE_TOP_H

#include <stdio.h>
#include <stdlib.h>

#include "model/snapshot.h"
#include "view/top.h"

#define SECOND 1000000000ULL
#define EPSILON 0.000001

static inline struct snapshot *sample_empty(void)
{
	struct snapshot *s = snapshot_create();

	assert_non_null(s);
	s->window_end_ns = 100 * SECOND;
	return s;
}

/* Room for one row more; rows are zero but for what the caller writes. */
static inline void *sample_row(void **rows, size_t *nr, size_t size)
{
	char *row;

	*rows = reallocarray(*rows, *nr + 1, size);
	assert_non_null(*rows);
	row = (char *)*rows + (*nr)++ * size;
	memset(row, 0, size);
	return row;
}

#define SAMPLE_ROW(rows, nr) \
	((__typeof__(*(rows)))sample_row((void **)(rows), (nr), sizeof(**(rows))))

static inline struct snap_cpu *sample_cpu(struct snapshot *s, uint32_t cpu)
{
	struct snap_cpu *c;

	for (size_t i = 0; i < s->nr_cpus; i++)
		if (s->cpus[i].cpu == cpu)
			return &s->cpus[i];
	c = SAMPLE_ROW(&s->cpus, &s->nr_cpus);
	c->cpu = cpu;
	return c;
}

static inline void sample_cause(struct snapshot *s, uint32_t cpu, enum snap_class class,
				const char *name, uint64_t count, uint64_t self_ns)
{
	struct snap_cause *c = SAMPLE_ROW(&s->causes, &s->nr_causes);
	struct snap_cpu *row = sample_cpu(s, cpu);

	*c = (struct snap_cause){
		.cpu = cpu, .class = class, .count = count, .self_ns = self_ns, .total_ns = self_ns
	};
	snprintf(c->name, sizeof(c->name), "%s", name);
	row->classes[class].count += count;
	row->classes[class].self_ns += self_ns;
}

static inline struct snap_work *sample_work(struct snapshot *s, const char *function,
					    uint64_t executed, uint64_t inlined)
{
	struct snap_work *w = SAMPLE_ROW(&s->works, &s->nr_works);

	w->executed = executed;
	w->inlined = inlined;
	snprintf(w->function, sizeof(w->function), "%s", function);
	return w;
}

static inline struct snap_caused *sample_origin(struct snapshot *s, uint32_t cpu, const char *name,
						const char *comm, uint64_t count)
{
	struct snap_caused *c = SAMPLE_ROW(&s->caused, &s->nr_caused);

	c->class = SNAP_WORK;
	c->on_cpu = cpu;
	c->origin.count = count;
	c->origin.pid = 42;
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->origin.comm, sizeof(c->origin.comm), "%s", comm);
	return c;
}

#endif
