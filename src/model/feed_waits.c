// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of what other CPUs do for or because of a watched one: waits in flushes, work run in the
 * caller, waits for its qpw locks. They interrupt nobody.
 */
#include "model/model_state.h"

#include <errno.h>

/* A wait of either kind: the task comm waited in function, for work of cpu. */
static int add_flush(struct model *m, const struct qpw_header *h, int function, int work, int comm,
		     uint32_t cpu)
{
	const struct figures_sum wait = figures_one(h->end_ns - h->start_ns);
	struct flush_row *row;
	int ret;

	if (function < 0 || work < 0 || comm < 0)
		return -ENOMEM;
	if (!model_in_window(m, h))
		return 0;
	ret = figures_flush(&m->figures, function, work, &row);
	if (ret)
		return ret;
	if (h->flags & QPW_F_SKIPPED) {
		row->skipped++;
		return 0;
	}
	row->count++;
	row->total_ns += wait.total_ns;
	ret = figures_flush_wait(&m->figures, row, wait.total_ns);
	return ret ? ret : figures_waiter(&m->figures, function, work, comm, cpu, &wait);
}

int feed_flush(struct model *m, const struct qpw_header *h)
{
	const struct qpw_flush *e = (const struct qpw_flush *)h;
	int function = model_flush_name(m, e->where);

	return add_flush(m, h, function, model_work_name(m, e->function),
			 names_comm(&m->names, e->comm), e->target_cpu);
}

int feed_qpw_flush(struct model *m, const struct qpw_header *h)
{
	const struct qpw_op *e = (const struct qpw_op *)h;
	int function = model_flush_name(m, MODEL_FLUSH_PERCPU_WORK);

	return add_flush(m, h, function, model_work_name(m, e->function),
			 names_comm(&m->names, e->comm), h->cpu);
}

int model_feed_waiting(struct model *m, const struct qpw_live_wait *wait)
{
	uint32_t what = wait->key.what;
	int function, work, comm;

	if (!qpw_pending_is_wait(what))
		return 0;
	function = model_flush_name(
		m, what == QPW_PENDING(QPW_KIND_QPW_FLUSH) ? MODEL_FLUSH_PERCPU_WORK : what);
	work = model_work_name(m, wait->what.function);
	comm = names_comm(&m->names, wait->what.comm);
	if (function < 0 || work < 0 || comm < 0)
		return -ENOMEM;
	return figures_waiting(&m->figures, function, work, comm, wait->what.target_cpu,
			       wait->waited_ns);
}

int feed_qpw_inline(struct model *m, const struct qpw_header *h)
{
	const struct qpw_op *e = (const struct qpw_op *)h;
	int function = names_symbol(&m->names, e->function);
	int comm = names_comm(&m->names, e->comm);
	struct work_row *row;
	int ret;

	if (function < 0 || comm < 0)
		return -ENOMEM;
	if (!model_in_window(m, h))
		return 0;
	ret = figures_work(&m->figures, function, &row);
	if (ret)
		return ret;
	row->inlined++;
	row->inline_ns += h->end_ns - h->start_ns;
	return figures_origin(&m->figures, function, comm, e->pid, e->from_cpu, 1);
}

int feed_contended(struct model *m, const struct qpw_header *h)
{
	struct snap_contended *c = &m->figures.contended[!!(h->flags & QPW_F_REMOTE)];
	uint64_t ns = h->end_ns - h->start_ns;

	if (!model_in_window(m, h))
		return 0;
	c->count++;
	c->total_ns += ns;
	if (ns > c->max_ns)
		c->max_ns = ns;
	return 0;
}
