// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums over a snapshot that answer "what was it, mostly?". Pure.
 */
#include "model/blame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/table.h"

#define ROWS_MAX 65536

static int by_ns(const void *a, const void *b)
{
	const struct blame_row *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* One sample of several parts of one cause counts once. */
static int add_part(struct table *rows, const struct snap_part *p, uint64_t number)
{
	struct blame_row key = { .class = p->class }, *row;
	int index;

	memcpy(key.name, p->name, strnlen(p->name, sizeof(key.name) - 1));
	index = table_get(rows, &key);
	if (index < 0)
		return index;
	row = table_row(rows, index);
	row->ns += p->ns;
	row->nr_samples += row->last != number + 1;
	row->last = number + 1;
	return 0;
}

uint64_t blame_avoidable_of(const struct snap_outlier *o)
{
	uint64_t ns = 0;

	for (uint32_t i = 0; i < o->nr_parts; i++)
		if (blame_is_avoidable(o->parts[i].class, o->parts[i].name))
			ns += o->parts[i].ns;
	return ns;
}

static int add_late(struct table *rows, const struct snap_outlier *o, uint64_t number,
		    struct blame *out)
{
	int ret = 0;

	out->latency_ns += o->latency_ns;
	for (int step = 0; step < SNAP_NR_STEPS; step++)
		out->residual_ns += o->residual_ns[step];
	out->avoidable_ns += blame_avoidable_of(o);
	for (uint32_t i = 0; !ret && i < o->nr_parts; i++)
		ret = add_part(rows, &o->parts[i], number);
	return ret;
}

int blame_late(const struct snapshot *s, size_t max, struct blame *out)
{
	struct table rows;
	int ret = 0;

	memset(out, 0, sizeof(*out));
	out->nr_samples = max && s->nr_outliers > max ? max : s->nr_outliers;
	table_init(&rows, offsetof(struct blame_row, ns), sizeof(struct blame_row), ROWS_MAX);
	for (size_t i = 0; !ret && i < out->nr_samples; i++)
		ret = add_late(&rows, &s->outliers[i], i, out);
	if (!ret && rows.nr_rows) {
		out->rows = calloc(rows.nr_rows, sizeof(*out->rows));
		ret = out->rows ? 0 : -ENOMEM;
	}
	if (!ret && rows.nr_rows) {
		out->nr_rows = rows.nr_rows;
		memcpy(out->rows, rows.rows, out->nr_rows * sizeof(*out->rows));
		qsort(out->rows, out->nr_rows, sizeof(*out->rows), by_ns);
	}
	table_finish(&rows);
	return ret;
}

void blame_finish(struct blame *b)
{
	free(b->rows);
	memset(b, 0, sizeof(*b));
}

bool blame_is_avoidable(enum snap_class class, const char *name)
{
	return class == SNAP_WORK && snap_qpw_family(name);
}

static void add_total(struct snap_total *sum, uint64_t count, uint64_t self_ns, uint64_t max_ns)
{
	sum->count += count;
	sum->self_ns += self_ns;
	if (max_ns > sum->max_ns)
		sum->max_ns = max_ns;
}

struct snap_total blame_avoidable(const struct snapshot *s)
{
	struct snap_total sum = { 0 };

	for (size_t i = 0; i < s->nr_causes; i++) {
		const struct snap_cause *c = &s->causes[i];

		if (blame_is_avoidable(c->class, c->name))
			add_total(&sum, c->count, c->self_ns, c->max_ns);
	}
	return sum;
}

struct snap_total blame_all(const struct snapshot *s)
{
	struct snap_total sum = { 0 };

	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		add_total(&sum, s->classes[i].count, s->classes[i].self_ns, s->classes[i].max_ns);
	return sum;
}
