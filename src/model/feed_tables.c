// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures from tables that were added up elsewhere: each row stands for many records. One table
 * says what happens with the rows of each kind. Knows no I/O.
 */
#include "model/model_state.h"

#include <errno.h>
#include <string.h>

#include "util/array.h"

/* A row as it was at one moment, with its name. */
struct row {
	const struct qpw_live_key *key;
	const uint32_t *lengths;
	struct figures_sum sum;
	uint32_t cpu; /* LIVE_EVERY_CPU */
	bool other;   /* stands for all of its kind that found no place */
	enum snap_class class;
	int name;
};

typedef int (*row_function)(struct model *m, struct row *row);
typedef int (*who_function)(struct model *m, const struct row *row, const struct qpw_origin *who,
			    const struct figures_sum *waits);

/* ------------------------------------------------------------------ interruptions */

/* What an interruption is called: as the record that differs from others in its times alone. */
static int interval_name(struct model *m, struct row *row)
{
	const struct qpw_live_key *key = row->key;
	struct qpw_timer timer = { .h.flags = key->flags, .function = key->function };
	struct qpw_irq irq = { .irq = key->number };

	if (row->other)
		return NAME_OTHER;
	switch (key->kind) {
	case QPW_KIND_IRQ:
		memcpy(irq.name, key->name, sizeof(irq.name));
		return model_irq_name(m, &irq);
	case QPW_KIND_SOFTIRQ:
		return model_softirq_name(m, key->number);
	case QPW_KIND_TIMER:
		return model_timer_name(m, &timer);
	case QPW_KIND_THREAD:
		return names_comm(&m->names, key->name);
	default:
		break;
	}
	if (key->function)
		return names_symbol(&m->names, key->function);
	return key->kind == QPW_KIND_NMI ? names_text(&m->names, "nmi", QPW_SYMBOL_LEN) :
					   model_vector_name(m, key->number);
}

static int feed_interval_row(struct model *m, struct row *row)
{
	static const enum snap_class classes[] = {
		[QPW_KIND_IRQ] = SNAP_IRQ,   [QPW_KIND_SOFTIRQ] = SNAP_SOFTIRQ,
		[QPW_KIND_IPI] = SNAP_IPI,   [QPW_KIND_TIMER] = SNAP_TIMER,
		[QPW_KIND_NMI] = SNAP_NMI,   [QPW_KIND_THREAD] = SNAP_THREAD,
		[QPW_KIND_WORK] = SNAP_WORK,
	};
	int ret;

	if (row->cpu == LIVE_EVERY_CPU)
		return -EINVAL;
	row->class = row->key->flags & QPW_F_TICK ? SNAP_TICK : classes[row->key->kind];
	row->name = interval_name(m, row);
	if (row->name < 0)
		return row->name;
	ret = figures_interval(&m->figures, row->class, row->name, &row->sum);
	if (ret || !m->watch)
		return ret;
	return watch_sum(m->watch, row->cpu, row->class, row->name, &row->sum, row->lengths);
}

/* Until a row of those whose queueing was seen says otherwise, it was not. */
static int feed_work_row(struct model *m, struct row *row)
{
	struct work_row *work;
	int ret = feed_interval_row(m, row);

	if (!ret)
		ret = figures_work(&m->figures, row->name, &work);
	if (ret)
		return ret;
	work->executed += row->sum.count;
	work->unknown += row->sum.count;
	work->run_ns += row->sum.self_ns;
	return 0;
}

static int feed_interval_who(struct model *m, const struct row *row, const struct qpw_origin *who,
			     const struct figures_sum *waits)
{
	struct figures_origin origin;
	int ret = model_origin(m, who, &origin);

	if (!ret && row->key->kind == QPW_KIND_IPI)
		ret = model_callsite(m, row->key->callsite, &origin);
	if (!ret)
		ret = figures_caused(&m->figures, watch_on_cpu(m->watch, row->cpu), row->class,
				     row->name, &origin, waits);
	if (ret || row->key->kind != QPW_KIND_WORK)
		return ret;
	return figures_origin(&m->figures, row->name, origin.comm, origin.pid, origin.cpu,
			      waits->count);
}

/* ------------------------------------------------------------------ work */

/* Names the row by its function and finds that one's works. */
static int find_work(struct model *m, struct row *row, struct work_row **work)
{
	row->name = row->other ? NAME_OTHER : names_symbol(&m->names, row->key->function);
	return row->name < 0 ? row->name : figures_work(&m->figures, row->name, work);
}

/* What is queued counts once; what runs is there already, as runs whose queuer is unknown. */
static int feed_queue_row(struct model *m, struct row *row)
{
	struct work_row *work;
	int ret = find_work(m, row, &work);

	if (ret)
		return ret;
	if (row->cpu == LIVE_EVERY_CPU) {
		work->queued += row->sum.count;
		return 0;
	}
	m->nr_table_events -= row->sum.count < m->nr_table_events ? row->sum.count :
								    m->nr_table_events;
	/* one may have begun between the readings of the two rows */
	work->unknown -= row->sum.count < work->unknown ? row->sum.count : work->unknown;
	if (row->key->flags & QPW_F_REMOTE)
		work->remote += row->sum.count;
	return figures_add_waits(&work->wait, row->lengths, &row->sum);
}

static int feed_inline_row(struct model *m, struct row *row)
{
	struct work_row *work;
	int ret = find_work(m, row, &work);

	if (ret)
		return ret;
	work->inlined += row->sum.count;
	work->inline_ns += row->sum.total_ns;
	return 0;
}

static int who_name(struct model *m, const struct qpw_origin *who)
{
	return who->context == QPW_CONTEXT_UNKNOWN ? names_comm(&m->names, who->comm) :
						     names_text(&m->names, who->comm, QPW_COMM_LEN);
}

static int feed_inline_who(struct model *m, const struct row *row, const struct qpw_origin *who,
			   const struct figures_sum *waits)
{
	int comm = who_name(m, who);

	if (comm < 0)
		return comm;
	return figures_origin(&m->figures, row->name, comm, who->pid, who->cpu, waits->count);
}

/* ------------------------------------------------------------------ waits of other CPUs */

static int flush_of(struct model *m, const struct row *row)
{
	if (row->other)
		return NAME_OTHER;
	return model_flush_name(m, row->key->kind == QPW_KIND_QPW_FLUSH ? MODEL_FLUSH_PERCPU_WORK :
									  row->key->number);
}

static int flush_work_of(struct model *m, const struct row *row)
{
	return row->other ? NAME_OTHER : model_work_name(m, row->key->function);
}

static int feed_flush_row(struct model *m, struct row *row)
{
	int function = flush_of(m, row), work = flush_work_of(m, row), ret;
	struct flush_row *flush;

	if (function < 0 || work < 0)
		return -ENOMEM;
	ret = figures_flush(&m->figures, function, work, &flush);
	if (ret)
		return ret;
	if (row->key->flags & QPW_F_SKIPPED) {
		flush->skipped += row->sum.count;
		return 0;
	}
	flush->count += row->sum.count;
	flush->total_ns += row->sum.total_ns;
	return figures_add_waits(&flush->wait, row->lengths, &row->sum);
}

static int feed_flush_who(struct model *m, const struct row *row, const struct qpw_origin *who,
			  const struct figures_sum *waits)
{
	int function = flush_of(m, row), work = flush_work_of(m, row);
	int comm = who_name(m, who);

	if (function < 0 || work < 0 || comm < 0)
		return -ENOMEM;
	if (row->key->flags & QPW_F_SKIPPED)
		return 0;
	return figures_waiter(&m->figures, function, work, comm, who->cpu, waits);
}

static int feed_contended_row(struct model *m, struct row *row)
{
	struct snap_contended *c = &m->figures.contended[!!(row->key->flags & QPW_F_REMOTE)];

	c->count += row->sum.count;
	c->total_ns += row->sum.total_ns;
	if (row->sum.max_ns > c->max_ns)
		c->max_ns = row->sum.max_ns;
	return 0;
}

/* ------------------------------------------------------------------ the rest */

static int feed_tick_row(struct model *m, struct row *row)
{
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		if (row->key->number >> i & 1)
			m->figures.tick_kept[i] += row->sum.count;
	return 0;
}

/* At least so many are as long as that or longer: they are counted in buckets. */
static uint64_t count_from(const uint32_t *lengths, uint64_t ns)
{
	uint64_t nr = 0;

	for (uint32_t i = 0; i < QPW_COARSE_BUCKETS; i++)
		if (!ns || (i && qpw_coarse_high(i - 1) >= ns - 1))
			nr += lengths[i];
	return nr;
}

static int feed_sample_row(struct model *m, struct row *row)
{
	m->figures.nr_samples += row->sum.count;
	m->figures.nr_late += count_from(row->lengths, m->outlier_ns);
	if (row->key->flags & QPW_F_REMOTE)
		m->figures.nr_remote_timers += row->sum.count;
	return hist_add_coarse(m->figures.latency, row->lengths, row->sum.total_ns,
			       row->sum.max_ns);
}

static int comm_of(struct model *m, const struct row *row)
{
	return row->other ? NAME_OTHER : names_comm(&m->names, row->key->name);
}

static int feed_lock_row(struct model *m, struct row *row)
{
	int comm = comm_of(m, row);

	return comm < 0 ? comm :
			  figures_lock(&m->figures, row->key->number,
				       row->key->flags & QPW_F_BY_VICTIM, comm, &row->sum);
}

static int feed_taken_row(struct model *m, struct row *row)
{
	int comm = comm_of(m, row);

	return comm < 0 ? comm : figures_taken(&m->figures, comm, &row->sum);
}

static int feed_move_who(struct model *m, const struct row *row, const struct qpw_origin *who,
			 const struct figures_sum *waits)
{
	struct figures_origin by;
	int comm = comm_of(m, row), ret = model_origin(m, who, &by);

	if (comm < 0 || ret)
		return -ENOMEM;
	return figures_move(&m->figures, comm, row->key->number, &by, waits->count);
}

static const struct {
	row_function row;
	who_function who;
} kinds[] = {
	[QPW_KIND_IRQ] = { feed_interval_row, NULL },
	[QPW_KIND_SOFTIRQ] = { feed_interval_row, NULL },
	[QPW_KIND_IPI] = { feed_interval_row, feed_interval_who },
	[QPW_KIND_TIMER] = { feed_interval_row, NULL },
	[QPW_KIND_NMI] = { feed_interval_row, NULL },
	[QPW_KIND_THREAD] = { feed_interval_row, feed_interval_who },
	[QPW_KIND_WORK] = { feed_work_row, feed_interval_who },
	[QPW_KIND_WORK_QUEUE] = { feed_queue_row, NULL },
	[QPW_KIND_FLUSH] = { feed_flush_row, feed_flush_who },
	[QPW_KIND_QPW_INLINE] = { feed_inline_row, feed_inline_who },
	[QPW_KIND_QPW_FLUSH] = { feed_flush_row, feed_flush_who },
	[QPW_KIND_QPW_CONTENDED] = { feed_contended_row, NULL },
	[QPW_KIND_SAMPLE] = { feed_sample_row, NULL },
	[QPW_KIND_TICK_KEPT] = { feed_tick_row, NULL },
	[QPW_KIND_MIGRATE] = { NULL, feed_move_who },
	[QPW_KIND_LOCK_WAIT] = { feed_lock_row, NULL },
	[QPW_KIND_TAKEN] = { feed_taken_row, NULL },
};

/* ------------------------------------------------------------------ tables */

/* Rows by their index, as far as they were taken in; kind 0: not. */
struct taken_rows {
	struct row rows[LIVE_ALL_ROWS];
};

static int feed_row(struct model *m, uint32_t cpu, const struct qpw_live_row *from, bool other,
		    struct row *row)
{
	if (from->key.kind >= ARRAY_SIZE(kinds))
		return 0;
	*row = (struct row){
		.key = &from->key,
		.lengths = from->lengths,
		.sum = { from->count, from->self_ns, from->total_ns, from->max_ns },
		.cpu = cpu,
		.other = other,
	};
	/* one that was put in just now */
	if (!row->sum.count && !row->sum.total_ns)
		return 0;
	m->nr_table_events += row->sum.count;
	return kinds[from->key.kind].row ? kinds[from->key.kind].row(m, row) : 0;
}

static bool is_queued(uint32_t kind)
{
	return kind == QPW_KIND_WORK_QUEUE;
}

/* Those of works that were queued, or all others, which come first: feed_queue_row(). */
static int feed_rows(struct model *m, uint32_t cpu, const struct qpw_live_table *t, bool queued,
		     struct taken_rows *taken)
{
	int at, ret;

	qpw_live_for_each(t->used_rows, at) {
		if (at >= LIVE_ALL_ROWS)
			break;
		if (is_queued(t->rows[at].key.kind) != queued)
			continue;
		ret = feed_row(m, cpu, &t->rows[at], at >= LIVE_ROWS, &taken->rows[at]);
		if (ret)
			return ret;
		if (at >= LIVE_ROWS)
			m->nr_without_row += t->rows[at].count;
	}
	return 0;
}

static int feed_gone(struct model *m, uint32_t cpu, const struct qpw_live_table *t, bool queued)
{
	struct row row;
	int ret = 0;

	for (uint32_t kind = 0; !ret && t->gone_kinds && kind < LIVE_OTHERS; kind++) {
		if (!(t->gone_kinds >> kind & 1) || is_queued(kind) != queued)
			continue;
		ret = feed_row(m, cpu, &t->gone[kind], true, &row);
		m->nr_row_gone += t->gone[kind].count;
	}
	return ret;
}

/* Programs write what is no task in the place of a task's name, which has a control group. */
static uint32_t context_of(const struct qpw_live_who *from)
{
	if (from->cgroup || from->pid != LIVE_PID_MANY)
		return QPW_CONTEXT_UNKNOWN;
	if (!strncmp(from->comm, "[softirq]", sizeof(from->comm)))
		return QPW_CONTEXT_SOFTIRQ;
	if (!strncmp(from->comm, "[irq]", sizeof(from->comm)))
		return QPW_CONTEXT_HARDIRQ;
	return QPW_CONTEXT_UNKNOWN;
}

static int feed_causers(struct model *m, const struct qpw_live_table *t,
			const struct taken_rows *taken)
{
	int at, ret;

	qpw_live_for_each(t->used_causers, at) {
		const struct qpw_live_who *from = &t->causers[at & (LIVE_CAUSERS - 1)];
		struct figures_sum waits = { .count = from->count,
					     .total_ns = from->wait_ns,
					     .max_ns = from->wait_max_ns };
		struct qpw_origin who = { .cpu = from->cpu,
					  .pid = from->pid,
					  .cgroup = from->cgroup,
					  .stack = from->stack,
					  .context = context_of(from) };
		const struct row *row;

		if (from->row - 1 >= LIVE_ALL_ROWS)
			continue;
		row = &taken->rows[from->row - 1];
		/* one that was added since the rows were read, or has had nothing since */
		if (!row->key || !from->count || !kinds[row->key->kind].who)
			continue;
		memcpy(who.comm, from->comm, sizeof(who.comm));
		ret = kinds[row->key->kind].who(m, row, &who, &waits);
		if (ret)
			return ret;
	}
	m->figures.caused_left_out += t->nr_causers_left_out;
	return 0;
}

static int feed_watch(struct model *m, uint32_t cpu, const struct qpw_live_table *t)
{
	uint32_t last = t->last_thread - 1;

	if (watch_recent_max(m->watch, cpu, t->recent_max_ns) ||
	    (t->last_tick_ns && watch_tick(m->watch, cpu, t->last_tick_ns)))
		return -ENOMEM;
	return last < LIVE_ROWS ? watch_running(m->watch, cpu, t->rows[last].key.name) : 0;
}

int model_begin_tables(struct model *m, uint64_t now_ns)
{
	m->nr_table_events = 0;
	m->nr_without_row = 0;
	m->nr_row_gone = 0;
	if (now_ns > m->last_ns)
		m->last_ns = now_ns;
	if (m->first_ns > now_ns)
		m->first_ns = now_ns;
	if (m->watch)
		watch_clear(m->watch);
	return figures_reset(&m->figures);
}

int model_feed_table(struct model *m, uint32_t cpu, const struct qpw_live_table *table)
{
	struct taken_rows taken = { 0 };
	int ret;

	if (cpu >= MODEL_CPUS && cpu != LIVE_EVERY_CPU)
		return -EINVAL;
	ret = feed_rows(m, cpu, table, false, &taken);
	if (!ret)
		ret = feed_gone(m, cpu, table, false);
	if (!ret)
		ret = feed_rows(m, cpu, table, true, &taken);
	if (!ret)
		ret = feed_gone(m, cpu, table, true);
	if (!ret)
		ret = feed_causers(m, table, &taken);
	if (!ret && m->watch && cpu != LIVE_EVERY_CPU)
		ret = feed_watch(m, cpu, table);
	return ret;
}

int model_feed_running(struct model *m, uint32_t cpu, const struct qpw_live_run *run)
{
	static const uint32_t none[QPW_COARSE_BUCKETS];
	struct row row = { .key = &run->key,
			   .lengths = none,
			   .sum = { 0, run->self_ns, run->total_ns, run->total_ns },
			   .cpu = cpu };
	int ret;

	if (cpu >= MODEL_CPUS)
		return -EINVAL;
	if (run->key.kind != QPW_KIND_THREAD && run->key.kind != QPW_KIND_WORK)
		return 0;
	ret = kinds[run->key.kind].row(m, &row);
	if (!ret && m->watch)
		ret = watch_recent_max(m->watch, cpu, run->total_ns);
	if (!ret && m->watch && run->key.kind == QPW_KIND_THREAD)
		ret = watch_running(m->watch, cpu, run->key.name);
	return ret;
}
