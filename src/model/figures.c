// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting inside the window. Knows names as numbers, no records.
 */
#include "model/figures.h"

#include <errno.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "keys lie in rows as pair() makes them");

/*
 * Two numbers as a word of a key, the first of them first in memory. A word that was just written
 * by halves can't be read before both have reached the cache, which takes longer than the look-up.
 */
static uint64_t pair(uint32_t first, uint32_t second)
{
	return first | (uint64_t)second << 32;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void destroy_hists(struct figures *f)
{
	for (uint32_t i = 0; i < f->works.nr_rows; i++)
		hist_destroy(((struct work_row *)table_row(&f->works, (int)i))->wait);
	for (uint32_t i = 0; i < f->flushes.nr_rows; i++)
		hist_destroy(((struct flush_row *)table_row(&f->flushes, (int)i))->wait);
	hist_destroy(f->latency);
	f->latency = NULL;
	heatmap_destroy(f->heatmap);
	f->heatmap = NULL;
}

int figures_init(struct figures *f)
{
	memset(f, 0, sizeof(*f));
	table_init(&f->causes, 8, sizeof(struct cause_row), FIGURES_ROWS_MAX);
	table_init(&f->works, 8, sizeof(struct work_row), FIGURES_WORKS_MAX);
	table_init(&f->origins, 16, sizeof(struct origin_row), FIGURES_ROWS_MAX);
	table_init(&f->flushes, 8, sizeof(struct flush_row), FIGURES_FLUSHES_MAX);
	table_init(&f->caused, 32, sizeof(struct caused_row), FIGURES_CAUSED_MAX);
	table_init(&f->moves, 16, sizeof(struct move_row), FIGURES_ROWS_MAX);
	table_init(&f->locks, 16, sizeof(struct span_row), FIGURES_TASKS_MAX);
	table_init(&f->waiters, 16, sizeof(struct span_row), FIGURES_ROWS_MAX);
	table_init(&f->taken, 16, sizeof(struct span_row), FIGURES_TASKS_MAX);
	return figures_reset(f);
}

void figures_finish(struct figures *f)
{
	destroy_hists(f);
	table_finish(&f->causes);
	table_finish(&f->works);
	table_finish(&f->origins);
	table_finish(&f->flushes);
	table_finish(&f->caused);
	table_finish(&f->moves);
	table_finish(&f->locks);
	table_finish(&f->waiters);
	table_finish(&f->taken);
}

int figures_reset(struct figures *f)
{
	const struct figures_sum none = { 0 };
	struct flush_row *flush;
	struct work_row *work;

	destroy_hists(f);
	table_clear(&f->causes);
	table_clear(&f->works);
	table_clear(&f->origins);
	table_clear(&f->flushes);
	table_clear(&f->caused);
	table_clear(&f->moves);
	table_clear(&f->locks);
	table_clear(&f->waiters);
	table_clear(&f->taken);
	memset(f->classes, 0, sizeof(f->classes));
	memset(f->contended, 0, sizeof(f->contended));
	f->caused_left_out = 0;
	f->rows_left_out = 0;
	f->nr_wait_octaves = 0;
	memset(f->tick_kept, 0, sizeof(f->tick_kept));
	f->nr_samples = 0;
	f->nr_remote_timers = 0;
	f->nr_late = 0;
	f->latency = hist_create();
	f->heatmap = heatmap_create();
	/* the rows of "(other)" are there before the tables can be full */
	if (!f->latency || !f->heatmap || figures_work(f, NAME_OTHER, &work) ||
	    figures_flush(f, NAME_OTHER, NAME_OTHER, &flush))
		return -ENOMEM;
	for (int c = 0; c < SNAP_NR_CLASSES; c++)
		if (figures_interval(f, (enum snap_class)c, NAME_OTHER, &none))
			return -ENOMEM;
	return 0;
}

int figures_interval(struct figures *f, enum snap_class class, int name,
		     const struct figures_sum *sum)
{
	const uint64_t key = pair(class, (uint32_t)name), other = pair(class, NAME_OTHER);
	struct snap_total *t = &f->classes[class];
	int index = table_get_sized(&f->causes, &key, sizeof(key));
	struct cause_row *row;

	t->count += sum->count;
	t->self_ns += sum->self_ns;
	t->max_ns = max_u64(t->max_ns, sum->max_ns);
	if (index == -ENOSPC)
		index = table_find_sized(&f->causes, &other, sizeof(other));
	if (index < 0)
		return index;
	row = table_row(&f->causes, index);
	row->count += sum->count;
	row->self_ns += sum->self_ns;
	row->total_ns += sum->total_ns;
	row->max_ns = max_u64(row->max_ns, sum->max_ns);
	return 0;
}

int figures_work(struct figures *f, int function, struct work_row **out)
{
	uint64_t key = (uint64_t)function;
	int index = table_get_sized(&f->works, &key, sizeof(key));

	if (index == -ENOSPC)
		index = 0;
	if (index < 0)
		return index;
	*out = table_row(&f->works, index);
	return 0;
}

/* What has no row and none of others to go to: 0 or -ENOMEM. */
static int leave_out(struct figures *f, int index, uint64_t count)
{
	if (index != -ENOSPC)
		return index;
	f->rows_left_out += count;
	return 0;
}

int figures_origin(struct figures *f, int function, int comm, uint32_t pid, uint32_t cpu,
		   uint64_t count)
{
	const uint64_t key[2] = { pair((uint32_t)function, (uint32_t)comm), cpu };
	int index = table_get_sized(&f->origins, key, sizeof(key));
	struct origin_row *row;

	if (index < 0)
		return leave_out(f, index, count);
	row = table_row(&f->origins, index);
	if (row->count == 0)
		row->pid = pid;
	else if (row->pid != pid)
		row->pid = SNAP_PID_MANY;
	row->count += count;
	return 0;
}

int figures_flush(struct figures *f, int function, int work, struct flush_row **out)
{
	const uint64_t key = pair((uint32_t)function, (uint32_t)work);
	int index = table_get_sized(&f->flushes, &key, sizeof(key));

	if (index == -ENOSPC)
		index = 0;
	if (index < 0)
		return index;
	*out = table_row(&f->flushes, index);
	return 0;
}

/* other is that of "(other)", which has room for everything. */
static int add_wait(struct figures *f, struct hist **wait, struct hist **other, uint64_t ns)
{
	bool has_room = *wait && (*wait)->octaves[hist_octave(ns)];

	if (!has_room && wait != other) {
		if (f->nr_wait_octaves < FIGURES_WAIT_OCTAVES)
			f->nr_wait_octaves++;
		else
			wait = other;
	}
	if (!*wait)
		*wait = hist_create();
	return *wait ? hist_add(*wait, ns) : -ENOMEM;
}

int figures_work_wait(struct figures *f, struct work_row *row, uint64_t ns)
{
	struct work_row *other = table_row(&f->works, 0);

	return add_wait(f, &row->wait, &other->wait, ns);
}

int figures_flush_wait(struct figures *f, struct flush_row *row, uint64_t ns)
{
	struct flush_row *other = table_row(&f->flushes, 0);

	return add_wait(f, &row->wait, &other->wait, ns);
}

int figures_add_waits(struct hist **wait, const uint32_t *buckets, const struct figures_sum *sum)
{
	if (!*wait)
		*wait = hist_create();
	return *wait ? hist_add_coarse(*wait, buckets, sum->total_ns, sum->max_ns) : -ENOMEM;
}

/* The pid of a row that stands for several tasks is told to be many. */
static void note_pid(uint64_t *pid, bool first, uint32_t other)
{
	if (first)
		*pid = other;
	else if (*pid != other)
		*pid = SNAP_PID_MANY;
}

int figures_caused(struct figures *f, uint32_t on_cpu, enum snap_class class, int name,
		   const struct figures_origin *o, const struct figures_sum *waits)
{
	const uint64_t key[4] = {
		pair(class | on_cpu << 16, (uint32_t)name),
		pair((uint32_t)o->comm, o->cpu),
		o->place,
		o->callsite,
	};
	int index = table_get_sized(&f->caused, key, sizeof(key));
	struct caused_row *row;

	if (index == -ENOSPC) {
		f->caused_left_out += waits->count;
		return 0;
	}
	if (index < 0)
		return index;
	row = table_row(&f->caused, index);
	note_pid(&row->pid, !row->count, o->pid);
	row->count += waits->count;
	row->wait_ns += waits->total_ns;
	row->wait_max_ns = max_u64(row->wait_max_ns, waits->max_ns);
	return 0;
}

int figures_move(struct figures *f, int comm, uint32_t from_cpu, const struct figures_origin *o,
		 uint64_t count)
{
	const uint64_t key[2] = { pair((uint32_t)comm, (uint32_t)o->comm), pair(from_cpu, o->cpu) };
	int index = table_get_sized(&f->moves, key, sizeof(key));

	if (index < 0)
		return leave_out(f, index, count);
	((struct move_row *)table_row(&f->moves, index))->count += count;
	return 0;
}

static int add_span(struct figures *f, struct table *t, const uint64_t key[2],
		    const struct figures_sum *sum)
{
	int index = table_get_sized(t, key, 2 * sizeof(*key));
	struct span_row *row;

	if (index < 0)
		return leave_out(f, index, sum->count);
	row = table_row(t, index);
	row->count += sum->count;
	row->total_ns += sum->total_ns;
	row->max_ns = max_u64(row->max_ns, sum->max_ns);
	return 0;
}

int figures_waiter(struct figures *f, int function, int work, int comm, uint32_t cpu,
		   const struct figures_sum *waits)
{
	const uint64_t key[2] = { pair((uint32_t)function, (uint32_t)work),
				  pair((uint32_t)comm, cpu) };

	return add_span(f, &f->waiters, key, waits);
}

int figures_waiting(struct figures *f, int function, int work, int comm, uint32_t cpu,
		    uint64_t so_far_ns)
{
	const uint64_t key[2] = { pair((uint32_t)function, (uint32_t)work),
				  pair((uint32_t)comm, cpu) };
	int index = table_get_sized(&f->waiters, key, sizeof(key));
	struct span_row *row;

	if (index < 0)
		return leave_out(f, index, 1);
	row = table_row(&f->waiters, index);
	row->waiting_ns = max_u64(row->waiting_ns, so_far_ns);
	return 0;
}

int figures_lock(struct figures *f, uint32_t flags, bool by_victim, int comm,
		 const struct figures_sum *waits)
{
	const uint64_t key[2] = { pair(flags, by_victim), (uint32_t)comm };

	return add_span(f, &f->locks, key, waits);
}

int figures_taken(struct figures *f, int comm, const struct figures_sum *times)
{
	const uint64_t key[2] = { (uint32_t)comm, 0 };

	return add_span(f, &f->taken, key, times);
}
