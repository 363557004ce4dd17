// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of what happens on a watched CPU and is no interruption by itself: the tick that could
 * not be stopped, tasks that come, contended locks, the CPU taken from the victim, plain counts.
 */
#include "model/model_state.h"

#include <errno.h>

int feed_tick_kept(struct model *m, const struct qpw_header *h)
{
	const struct qpw_tick_kept *e = (const struct qpw_tick_kept *)h;

	if (m->watch && watch_tick(m->watch, h->cpu, h->end_ns))
		return -ENOMEM;
	if (!model_in_window(m, h))
		return 0;
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		m->figures.tick_kept[i] += e->reasons >> i & 1;
	return 0;
}

int feed_migrate(struct model *m, const struct qpw_header *h)
{
	const struct qpw_migrate *e = (const struct qpw_migrate *)h;
	struct figures_origin by;
	int comm, ret;

	if (!model_in_window(m, h))
		return 0;
	comm = names_comm(&m->names, e->comm);
	ret = model_origin(m, &e->origin, &by);
	if (comm < 0 || ret)
		return -ENOMEM;
	return figures_move(&m->figures, comm, e->from_cpu, &by, 1);
}

int feed_lock_wait(struct model *m, const struct qpw_header *h)
{
	const struct qpw_lock_wait *e = (const struct qpw_lock_wait *)h;
	const struct figures_sum wait = figures_one(h->end_ns - h->start_ns);
	int comm;

	if (!model_in_window(m, h))
		return 0;
	comm = names_comm(&m->names, e->comm);
	if (comm < 0)
		return comm;
	return figures_lock(&m->figures, e->flags, h->flags & QPW_F_BY_VICTIM, comm, &wait);
}

int feed_taken(struct model *m, const struct qpw_header *h)
{
	const struct qpw_taken *e = (const struct qpw_taken *)h;
	const struct figures_sum time = figures_one(h->end_ns - h->start_ns);
	int comm;

	if (!model_in_window(m, h))
		return 0;
	comm = names_comm(&m->names, e->by_comm);
	return comm < 0 ? comm : figures_taken(&m->figures, comm, &time);
}

void feed_counts_restart(struct model_counts *c)
{
	c->first = c->last;
}

/* Those of before the window come before it opens, those of its end before it is closed. */
int feed_counts(struct model *m, const struct qpw_header *h)
{
	struct model_cpu *cpu = model_get_cpu(m, h->cpu);

	if (!cpu)
		return -ENOMEM;
	/* so of a part of the window they are known as closely as they were written */
	if (!m->window_closed && h->start_ns <= m->window_end_ns)
		cpu->counts.last = *(const struct qpw_counts *)h;
	if (m->has_window && m->from_ns && h->start_ns <= m->window_start_ns)
		cpu->counts.first = cpu->counts.last;
	return 0;
}
