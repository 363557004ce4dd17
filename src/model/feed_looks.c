// SPDX-License-Identifier: GPL-2.0-only
/*
 * A live view that was saved: tables come in lines, as records. Knows their size, not what is in
 * them.
 */
#include "model/model_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NR_LINES (sizeof(struct qpw_live_table) / LIVE_LINE)

int feed_look(struct model *m, const struct qpw_header *h)
{
	const struct qpw_look *e = (const struct qpw_look *)h;

	m->from_tables = true;
	m->added_up = true;
	m->told_ns = e->event_ns;
	if (m->watch)
		watch_untold(m->watch, e->event_ns, e->nr_long);
	return model_begin_tables(m, h->start_ns);
}

int feed_line(struct model *m, const struct qpw_header *h)
{
	const struct qpw_line *e = (const struct qpw_line *)h;

	if (!m->from_tables || e->number >= NR_LINES)
		return -EINVAL;
	if (!m->lines)
		m->lines = calloc(1, sizeof(*m->lines));
	if (!m->lines)
		return -ENOMEM;
	memcpy((char *)m->lines + (size_t)LIVE_LINE * e->number, e->bytes, LIVE_LINE);
	return 0;
}

/* A table without any line is one in which nothing has been counted. */
int feed_table(struct model *m, const struct qpw_header *h)
{
	const struct qpw_table *e = (const struct qpw_table *)h;
	int ret = 0;

	if (!m->from_tables || e->size != sizeof(*m->lines))
		return -EINVAL;
	if (!m->lines)
		return 0;
	if (!m->some_cpus || e->cpu == LIVE_EVERY_CPU || cpulist_has(&m->cpus_wanted, e->cpu))
		ret = model_feed_table(m, e->cpu, m->lines);
	memset(m->lines, 0, sizeof(*m->lines));
	return ret;
}

int feed_waiting(struct model *m, const struct qpw_header *h)
{
	return m->from_tables ? model_feed_waiting(m, &((const struct qpw_waiting *)h)->wait) :
				-EINVAL;
}

int feed_running(struct model *m, const struct qpw_header *h)
{
	if (!m->from_tables)
		return -EINVAL;
	if (m->some_cpus && !cpulist_has(&m->cpus_wanted, (int)h->cpu))
		return 0;
	return model_feed_running(m, h->cpu, &((const struct qpw_running *)h)->run);
}
