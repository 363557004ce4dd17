// SPDX-License-Identifier: GPL-2.0-only
/*
 * From rows with numbered names to the rows of a snapshot. Rows whose names are the same text for
 * different reasons can't exist: a number stands for a text. Knows no records.
 */
#include "model/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/origins.h"

static void copy_name(char dst[QPW_SYMBOL_LEN], const struct names *names, uint64_t id)
{
	memcpy(dst, names_get(names, (int)id), QPW_SYMBOL_LEN);
}

static int clone_hist(struct hist **dst, const struct hist *src)
{
	*dst = src ? hist_clone(src) : NULL;
	return src && !*dst ? -ENOMEM : 0;
}

static int fill_causes(const struct figures *f, const struct names *names, struct snapshot *s)
{
	s->causes = calloc(f->causes.nr_rows + 1, sizeof(*s->causes));
	if (!s->causes)
		return -ENOMEM;
	for (uint32_t i = 0; i < f->causes.nr_rows; i++) {
		const struct cause_row *row = table_row(&f->causes, (int)i);
		struct snap_cause *c = &s->causes[s->nr_causes];

		if (!row->count && !row->total_ns)
			continue;
		s->nr_causes++;
		c->cpu = SNAP_CPU_ALL;
		c->class = (enum snap_class)row->class;
		copy_name(c->name, names, row->name);
		c->count = row->count;
		c->self_ns = row->self_ns;
		c->total_ns = row->total_ns;
		c->max_ns = row->max_ns;
	}
	qsort(s->causes, s->nr_causes, sizeof(*s->causes), snap_cause_order);
	return 0;
}

/* All origins of all functions, those of one function side by side. */
static int order_origin_row(const void *a, const void *b)
{
	const struct origin_row *x = a, *y = b;

	return x->work < y->work ? -1 : x->work > y->work;
}

/* Origins of the function; rows are sorted by function. */
static int fill_origins(struct snap_work *w, uint32_t function, const struct origin_row *rows,
			uint32_t nr, const struct names *names)
{
	struct snap_origin *list;
	uint32_t first = 0, last;

	while (first < nr && rows[first].work != function)
		first++;
	for (last = first; last < nr && rows[last].work == function;)
		last++;
	list = calloc(last - first + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (uint32_t i = first; i < last; i++) {
		struct snap_origin *o = &list[i - first];

		memcpy(o->comm, names_get(names, (int)rows[i].comm), QPW_COMM_LEN);
		o->pid = (uint32_t)rows[i].pid;
		o->cpu = rows[i].cpu;
		o->count = rows[i].count;
	}
	origins_fill(w, list, last - first);
	free(list);
	return 0;
}

static bool work_is_empty(const struct work_row *r)
{
	return !r->queued && !r->executed && !r->inlined && !r->run_ns && !r->inline_ns && !r->wait;
}

static int compare_work(const void *a, const void *b)
{
	return strcmp(((const struct snap_work *)a)->function,
		      ((const struct snap_work *)b)->function);
}

static int fill_work(const struct work_row *row, const struct names *names, struct snap_work *w)
{
	copy_name(w->function, names, row->function);
	w->queued = row->queued;
	w->executed = row->executed;
	w->remote = row->remote;
	w->unknown = row->unknown;
	w->inlined = row->inlined;
	w->run_ns = row->run_ns;
	w->inline_ns = row->inline_ns;
	return clone_hist(&w->wait, row->wait);
}

static int fill_works(const struct figures *f, const struct names *names, struct snapshot *s)
{
	uint32_t nr_origins = f->origins.nr_rows;
	struct origin_row *origins = calloc(nr_origins + 1, sizeof(*origins));
	int ret = 0;

	s->works = calloc(f->works.nr_rows, sizeof(*s->works));
	if (!s->works || !origins) {
		free(origins);
		return -ENOMEM;
	}
	if (nr_origins)
		memcpy(origins, f->origins.rows, nr_origins * sizeof(*origins));
	qsort(origins, nr_origins, sizeof(*origins), order_origin_row);
	for (uint32_t i = 0; !ret && i < f->works.nr_rows; i++) {
		const struct work_row *row = table_row(&f->works, (int)i);
		struct snap_work *w = &s->works[s->nr_works];

		if (work_is_empty(row))
			continue;
		s->nr_works++;
		ret = fill_work(row, names, w);
		if (!ret)
			ret = fill_origins(w, (uint32_t)row->function, origins, nr_origins, names);
	}
	free(origins);
	qsort(s->works, s->nr_works, sizeof(*s->works), compare_work);
	return ret;
}

static int compare_flush(const void *a, const void *b)
{
	const struct snap_flush *x = a, *y = b;
	int ret = strcmp(x->function, y->function);

	return ret ? ret : strcmp(x->work, y->work);
}

static int fill_flushes(const struct figures *f, const struct names *names, struct snapshot *s)
{
	int ret = 0;

	s->flushes = calloc(f->flushes.nr_rows, sizeof(*s->flushes));
	if (!s->flushes)
		return -ENOMEM;
	for (uint32_t i = 0; !ret && i < f->flushes.nr_rows; i++) {
		const struct flush_row *row = table_row(&f->flushes, (int)i);
		struct snap_flush *out = &s->flushes[s->nr_flushes];

		if (!row->count && !row->skipped && !row->wait)
			continue;
		s->nr_flushes++;
		copy_name(out->function, names, row->function);
		copy_name(out->work, names, row->work);
		out->count = row->count;
		out->skipped = row->skipped;
		out->total_ns = row->total_ns;
		ret = clone_hist(&out->wait, row->wait);
	}
	qsort(s->flushes, s->nr_flushes, sizeof(*s->flushes), compare_flush);
	return ret;
}

int figures_fill(const struct figures *f, const struct names *names, struct snapshot *s)
{
	memcpy(s->classes, f->classes, sizeof(s->classes));
	memcpy(s->contended, f->contended, sizeof(s->contended));
	s->contended[1].remote = true;
	s->nr_samples = f->nr_samples;
	s->nr_remote_timers = f->nr_remote_timers;
	s->nr_late = f->nr_late;
	if (hist_merge(s->latency, f->latency) || fill_causes(f, names, s) ||
	    fill_works(f, names, s) || fill_flushes(f, names, s))
		return -ENOMEM;
	return 0;
}
