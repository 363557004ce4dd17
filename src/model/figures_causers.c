// SPDX-License-Identifier: GPL-2.0-only
/*
 * From rows to the rows of a snapshot: who caused interruptions, who was moved, who waited for
 * locks or in flushes, who took the CPU from the victim. Knows no records.
 */
#include "model/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void copy_comm(char dst[QPW_COMM_LEN + 1], const struct names *names, uint32_t id)
{
	memcpy(dst, names_get(names, (int)id), QPW_COMM_LEN);
}

/* Rows by count: only the most frequent get their texts, which are long. */
static int order_caused_row(const void *a, const void *b)
{
	const struct caused_row *x = *(const struct caused_row *const *)a;
	const struct caused_row *y = *(const struct caused_row *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return memcmp(x, y, offsetof(struct caused_row, pid));
}

static void fill_caused_row(const struct caused_row *row, const struct names *names,
			    const struct places *places, struct snap_caused *out)
{
	out->class = (enum snap_class)row->class;
	out->on_cpu = row->on_cpu == FIGURES_CPU_ALL ? SNAP_CPU_ALL : row->on_cpu;
	memcpy(out->name, names_get(names, (int)row->name), QPW_SYMBOL_LEN);
	copy_comm(out->origin.comm, names, row->comm);
	out->origin.pid = (uint32_t)row->pid;
	out->origin.cpu = row->cpu;
	out->origin.count = row->count;
	memcpy(out->cgroup, places_cgroup_text(places, row->cgroup),
	       strlen(places_cgroup_text(places, row->cgroup)));
	if (row->callsite)
		memcpy(out->callsite, names_get(names, (int)row->callsite - 1), QPW_SYMBOL_LEN);
	places_stack_text(places, names, row->stack, out->stack, sizeof(out->stack));
	out->wait_ns = row->wait_ns;
	out->wait_max_ns = row->wait_max_ns;
}

static int fill_caused(const struct figures *f, const struct names *names,
		       const struct places *places, struct snapshot *s)
{
	size_t nr = f->caused.nr_rows;
	const struct caused_row **rows = calloc(nr + 1, sizeof(const struct caused_row *));

	s->nr_caused = nr < SNAP_CAUSED ? nr : SNAP_CAUSED;
	s->caused = calloc(s->nr_caused + 1, sizeof(*s->caused));
	if (!rows || !s->caused) {
		free(rows);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i++)
		rows[i] = table_row(&f->caused, (int)i);
	qsort(rows, nr, sizeof(const struct caused_row *), order_caused_row);
	for (size_t i = 0; i < s->nr_caused; i++)
		fill_caused_row(rows[i], names, places, &s->caused[i]);
	for (size_t i = s->nr_caused; i < nr; i++)
		s->caused_left_out += rows[i]->count;
	s->caused_left_out += f->caused_left_out;
	qsort(s->caused, s->nr_caused, sizeof(*s->caused), snap_caused_order);
	free(rows);
	return 0;
}

static int fill_moves(const struct figures *f, const struct names *names, struct snapshot *s)
{
	s->nr_moves = f->moves.nr_rows;
	s->moves = calloc(s->nr_moves + 1, sizeof(*s->moves));
	if (!s->moves)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_moves; i++) {
		const struct move_row *row = table_row(&f->moves, (int)i);
		struct snap_move *out = &s->moves[i];

		copy_comm(out->comm, names, row->comm);
		copy_comm(out->by_comm, names, row->by_comm);
		out->from_cpu = row->from_cpu;
		out->by_cpu = row->by_cpu;
		out->count = row->count;
	}
	qsort(s->moves, s->nr_moves, sizeof(*s->moves), snap_move_order);
	return 0;
}

static int fill_locks(const struct figures *f, const struct names *names, struct snapshot *s)
{
	s->nr_locks = f->locks.nr_rows;
	s->locks = calloc(s->nr_locks + 1, sizeof(*s->locks));
	if (!s->locks)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_locks; i++) {
		const struct span_row *row = table_row(&f->locks, (int)i);
		struct snap_lock *out = &s->locks[i];

		out->flags = row->key[0];
		out->by_victim = row->key[1];
		copy_comm(out->comm, names, row->key[2]);
		out->count = row->count;
		out->total_ns = row->total_ns;
		out->max_ns = row->max_ns;
	}
	qsort(s->locks, s->nr_locks, sizeof(*s->locks), snap_lock_order);
	return 0;
}

static int fill_taken(const struct figures *f, const struct names *names, struct snapshot *s)
{
	s->nr_taken = f->taken.nr_rows;
	s->taken = calloc(s->nr_taken + 1, sizeof(*s->taken));
	if (!s->taken)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_taken; i++) {
		const struct span_row *row = table_row(&f->taken, (int)i);
		struct snap_taken *out = &s->taken[i];

		copy_comm(out->by_comm, names, row->key[0]);
		out->count = row->count;
		out->total_ns = row->total_ns;
		out->max_ns = row->max_ns;
	}
	qsort(s->taken, s->nr_taken, sizeof(*s->taken), snap_taken_order);
	return 0;
}

static int fill_waiters(const struct figures *f, const struct names *names, struct snapshot *s)
{
	s->nr_waiters = f->waiters.nr_rows;
	s->waiters = calloc(s->nr_waiters + 1, sizeof(*s->waiters));
	if (!s->waiters)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_waiters; i++) {
		const struct span_row *row = table_row(&f->waiters, (int)i);
		struct snap_waiter *out = &s->waiters[i];

		memcpy(out->function, names_get(names, (int)row->key[0]), QPW_SYMBOL_LEN);
		memcpy(out->work, names_get(names, (int)row->key[1]), QPW_SYMBOL_LEN);
		copy_comm(out->comm, names, row->key[2]);
		out->target_cpu = row->key[3];
		out->count = row->count;
		out->total_ns = row->total_ns;
		out->max_ns = row->max_ns;
		out->waiting_ns = row->waiting_ns;
	}
	qsort(s->waiters, s->nr_waiters, sizeof(*s->waiters), snap_waiter_order);
	return 0;
}

int figures_fill_causers(const struct figures *f, const struct names *names,
			 const struct places *places, struct snapshot *s)
{
	s->counts.rows_left_out = f->rows_left_out;
	memcpy(s->counts.tick_kept, f->tick_kept, sizeof(f->tick_kept));
	if (fill_caused(f, names, places, s) || fill_moves(f, names, s) ||
	    fill_locks(f, names, s) || fill_taken(f, names, s) || fill_waiters(f, names, s))
		return -ENOMEM;
	return 0;
}
