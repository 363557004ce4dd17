/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of what other CPUs do for or because of a watched one: waits in flushes, work run in the
 * caller, waits for its qpw locks. They interrupt nobody.
 */
#include "model/model_state.h"

#include <errno.h>

#include "util/record.h"

/* A wait of either kind: the task comm waited in function, for work of cpu. */
static int add_flush(struct model *m, const struct qpw_header *h, int function, int work, int comm,
		     uint32_t cpu)
{
	struct flush_row *row;
	int ret;

	uint64_t ns = h->end_ns - h->start_ns;

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
	row->total_ns += ns;
	ret = figures_add_wait(&row->wait, ns);
	return ret ? ret : figures_waiter(&m->figures, function, work, comm, cpu, ns);
}

/* Names of a place to wait in, and of no work in particular. */
static int wait_name(struct model *m, uint64_t number, const char *text)
{
	const struct names_key key = { NAMES_FLUSH, { number, 0 } };
	int id = names_recall(&m->names, &key);

	if (id >= 0)
		return id;
	return names_remember(&m->names, &key, names_text(&m->names, text, QPW_SYMBOL_LEN));
}

/* Numbers of the names beside those of enum qpw_flush_where. */
#define NO_WORK UINT64_MAX
#define FLUSH_PERCPU_WORK (UINT64_MAX - 1)

static int work_name(struct model *m, uint64_t function)
{
	return function ? names_symbol(&m->names, function) : wait_name(m, NO_WORK, "");
}

int feed_flush(struct model *m, const struct qpw_header *h)
{
	const struct qpw_flush *e = (const struct qpw_flush *)h;
	const char *place = record_flush_name(e->where);
	int function = wait_name(m, e->where, place ? place : "unknown flush");

	return add_flush(m, h, function, work_name(m, e->function), names_comm(&m->names, e->comm),
			 e->target_cpu);
}

int feed_qpw_flush(struct model *m, const struct qpw_header *h)
{
	const struct qpw_op *e = (const struct qpw_op *)h;
	int function = wait_name(m, FLUSH_PERCPU_WORK, "flush_percpu_work");

	return add_flush(m, h, function, work_name(m, e->function), names_comm(&m->names, e->comm),
			 h->cpu);
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
	return figures_origin(&m->figures, function, comm, e->pid, e->from_cpu);
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
