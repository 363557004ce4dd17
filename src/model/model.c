// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model: records in, figures kept. One table says what happens with each kind. Knows no I/O.
 */
#include "model/model_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/record.h"
#include "util/text.h"

struct model *model_create(const struct model_config *config)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->outlier_ns = config->outlier_ns;
	m->from_ns = config->from_ns;
	m->to_ns = config->to_ns;
	m->some_cpus = config->cpus;
	if (config->cpus)
		m->cpus_wanted = *config->cpus;
	m->from_tables = config->from_tables;
	m->first_ns = UINT64_MAX;
	m->window_end_ns = UINT64_MAX;
	places_init(&m->places);
	table_init(&m->probes, QPW_SYMBOL_LEN, sizeof(struct snap_probe), MODEL_PROBES);
	if (names_init(&m->names) || figures_init(&m->figures) ||
	    outliers_init(&m->outliers, config->outlier_ns,
			  config->max_outliers ? config->max_outliers : MODEL_OUTLIERS,
			  config->latest_outliers)) {
		model_destroy(m);
		return NULL;
	}
	if (config->per_cpu || config->event_ns) {
		m->watch = watch_create(config->per_cpu, config->event_ns);
		if (!m->watch) {
			model_destroy(m);
			return NULL;
		}
	}
	return m;
}

void model_destroy(struct model *m)
{
	if (!m)
		return;
	for (unsigned int i = 0; i < MODEL_CPUS; i++)
		model_free_cpu(m->cpus[i]);
	names_finish(&m->names);
	places_finish(&m->places);
	figures_finish(&m->figures);
	outliers_finish(&m->outliers);
	table_finish(&m->probes);
	watch_destroy(m->watch);
	free(m->lines);
	free(m);
}

void model_begin_interval(struct model *m)
{
	if (m->watch)
		watch_begin_interval(m->watch);
}

void model_set_truncated(struct model *m)
{
	m->truncated = true;
}

static int settle_late(struct model *m, struct model_cpu *cpu)
{
	int ret = model_keep_late(m, cpu, &m->outliers);

	cpu->has_late = false;
	return ret;
}

/* What an interval is called. */
struct subject {
	enum snap_class class;
	int name;
	bool counted; /* not for the later parts of one run */
	const struct qpw_origin *origin;
	uint64_t callsite; /* of an IPI with an origin: its address, 0 = not known */
};

/* The same interval, for a model that keeps CPUs apart or a log. */
static int watch_subject(struct model *m, const struct qpw_header *h, const struct subject *s,
			 const struct figures_origin *origin, uint64_t self_ns)
{
	const bool early = h->start_ns < m->window_start_ns;
	const struct watch_interval i = {
		.cpu = h->cpu,
		.class = s->class,
		.name = s->name,
		.counted = s->counted && !early,
		.early = early,
		.start_ns = early ? m->window_start_ns : h->start_ns,
		.end_ns = h->end_ns,
		.self_ns = self_ns,
		.origin = origin,
	};

	if (m->from_tables) {
		watch_log(m->watch, &i);
		return 0;
	}
	return watch_interval(m->watch, &i);
}

/* Who brought it about, and how long before. */
static int count_caused(struct model *m, const struct qpw_header *h, const struct subject *s,
			const struct figures_origin *origin)
{
	const uint64_t since_ns = s->origin->ns;
	const struct figures_sum wait =
		figures_one(since_ns && h->start_ns > since_ns ? h->start_ns - since_ns : 0);

	return figures_caused(&m->figures, watch_on_cpu(m->watch, h->cpu), s->class, s->name,
			      origin, &wait);
}

/*
 * Where figures come from tables, one that is recorded, too, is only logged. One that began before
 * the window has time in it, and does not count.
 */
static int count_interval(struct model *m, const struct qpw_header *h, const struct subject *s,
			  const struct figures_origin *origin, uint64_t self_ns)
{
	const bool early = h->start_ns < m->window_start_ns;
	const bool counted = s->counted && !early;
	const uint64_t ns = h->end_ns - (early ? m->window_start_ns : h->start_ns);
	const struct figures_sum sum = {
		.count = counted, .self_ns = self_ns, .total_ns = ns, .max_ns = ns
	};
	int ret = m->from_tables ? 0 : figures_interval(&m->figures, s->class, s->name, &sum);

	if (!ret && m->watch)
		ret = watch_subject(m, h, s, origin, self_ns);
	if (ret || m->from_tables || !origin || !counted)
		return ret;
	return count_caused(m, h, s, origin);
}

static uint64_t clamp_u64(uint64_t value, uint64_t low, uint64_t high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

/* What of it lies in the window, without what nested there. */
static uint64_t self_in_window(const struct model *m, struct nest *nest, const struct qpw_header *h,
			       bool outermost)
{
	const uint64_t from = clamp_u64(h->start_ns, m->window_start_ns, m->window_end_ns);
	const uint64_t to = clamp_u64(h->end_ns, m->window_start_ns, m->window_end_ns);

	return outermost ? nest_add_outermost(nest, from, to) : nest_add(nest, from, to);
}

/* An interval in which the victim could not run. *self_ns may be NULL. */
static int add_interval(struct model *m, const struct qpw_header *h, const struct subject *s,
			uint64_t *self_ns)
{
	struct model_cpu *cpu = model_get_cpu(m, h->cpu);
	struct history_interval *i;
	struct figures_origin origin;
	uint64_t self;
	int ret;

	if (!cpu)
		return -ENOMEM;
	if (s->name < 0)
		return s->name;
	ret = s->origin ? model_origin(m, s->origin, &origin) : 0;
	if (!ret && s->callsite)
		ret = model_callsite(m, s->callsite, &origin);
	if (ret)
		return ret;
	if (!cpu->history.ring && model_give_room(m, cpu))
		return -ENOMEM;
	if (cpu->has_late && h->end_ns > cpu->late.step_end_ns[SNAP_STEP_RUN] &&
	    settle_late(m, cpu))
		return -ENOMEM;
	i = history_next(&cpu->history);
	if (!i)
		return -ENOMEM;
	*i = (struct history_interval){
		.start_ns = h->start_ns,
		.end_ns = h->end_ns,
		.name = (uint32_t)s->name,
		.class = (uint16_t)s->class,
	};
	if (s->origin) {
		i->has_origin = 1;
		i->origin_comm = (uint32_t)origin.comm;
		i->origin_pid = origin.pid;
		i->origin_cpu = origin.cpu;
		i->origin_callsite = origin.callsite;
		i->origin_ns = s->origin->ns;
	}
	if (!model_touches_window(m, h))
		return 0;
	self = self_in_window(m, &cpu->nest, h, s->class == SNAP_THREAD);
	if (self_ns)
		*self_ns = self;
	if (m->from_tables && !model_in_window(m, h))
		return 0;
	return count_interval(m, h, s, s->origin ? &origin : NULL, self);
}

static int feed_irq(struct model *m, const struct qpw_header *h)
{
	struct subject s = { .class = SNAP_IRQ, .counted = true };

	s.name = model_irq_name(m, (const struct qpw_irq *)h);
	return add_interval(m, h, &s, NULL);
}

static int feed_softirq(struct model *m, const struct qpw_header *h)
{
	const struct qpw_softirq *e = (const struct qpw_softirq *)h;
	struct subject s = { .class = SNAP_SOFTIRQ, .counted = true };

	s.name = model_softirq_name(m, e->vec);
	return add_interval(m, h, &s, NULL);
}

static int feed_ipi(struct model *m, const struct qpw_header *h)
{
	const struct qpw_ipi *e = (const struct qpw_ipi *)h;
	struct subject s = { .class = SNAP_IPI, .counted = true };

	s.name = e->function ? names_symbol(&m->names, e->function) :
			       model_vector_name(m, e->vector);
	if (h->flags & QPW_F_ORIGIN) {
		s.origin = &e->origin;
		s.callsite = e->callsite;
	}
	if (e->nr_functions > 1 && model_in_window(m, h))
		m->nr_calls_unnamed += e->nr_functions - 1;
	return add_interval(m, h, &s, NULL);
}

static int feed_timer(struct model *m, const struct qpw_header *h)
{
	const struct qpw_timer *e = (const struct qpw_timer *)h;
	struct subject s = { .counted = true };

	s.class = h->flags & QPW_F_TICK ? SNAP_TICK : SNAP_TIMER;
	s.name = model_timer_name(m, e);
	if (m->watch && s.class == SNAP_TICK && watch_tick(m->watch, h->cpu, h->end_ns))
		return -ENOMEM;
	return add_interval(m, h, &s, NULL);
}

static int feed_nmi(struct model *m, const struct qpw_header *h)
{
	const struct qpw_nmi *e = (const struct qpw_nmi *)h;
	struct subject s = { .class = SNAP_NMI, .counted = true };

	s.name = e->function ? names_symbol(&m->names, e->function) :
			       names_text(&m->names, "nmi", QPW_SYMBOL_LEN);
	return add_interval(m, h, &s, NULL);
}

static int feed_thread(struct model *m, const struct qpw_header *h)
{
	const struct qpw_thread *e = (const struct qpw_thread *)h;
	struct subject s = { .class = SNAP_THREAD, .counted = true };

	s.name = names_comm(&m->names, e->comm);
	if (h->flags & QPW_F_ORIGIN)
		s.origin = &e->origin;
	if (m->watch && watch_running(m->watch, h->cpu, e->comm))
		return -ENOMEM;
	return add_interval(m, h, &s, NULL);
}

/* Count one execution; its origin tells who queued it and how long it waited. */
static int count_execution(struct model *m, const struct qpw_work *e, int function,
			   struct work_row *row)
{
	const struct qpw_origin *o = &e->origin;
	struct figures_origin origin;
	int ret;

	row->executed++;
	if (!(e->h.flags & QPW_F_ORIGIN)) {
		row->unknown++;
		return 0;
	}
	row->remote += o->cpu != e->h.cpu;
	if (o->ns && o->ns <= e->h.start_ns &&
	    figures_work_wait(&m->figures, row, e->h.start_ns - o->ns))
		return -ENOMEM;
	ret = model_origin(m, o, &origin);
	return ret ? ret :
		     figures_origin(&m->figures, function, origin.comm, origin.pid, origin.cpu, 1);
}

static int feed_work(struct model *m, const struct qpw_header *h)
{
	const struct qpw_work *e = (const struct qpw_work *)h;
	struct subject s = { .class = SNAP_WORK, .counted = h->flags & QPW_F_BEGIN };
	struct work_row *row;
	uint64_t self_ns;
	int ret;

	s.name = names_symbol(&m->names, e->function);
	if (h->flags & QPW_F_ORIGIN)
		s.origin = &e->origin;
	ret = add_interval(m, h, &s, &self_ns);
	if (ret || m->from_tables || !model_touches_window(m, h))
		return ret;
	ret = figures_work(&m->figures, s.name, &row);
	if (ret)
		return ret;
	row->run_ns += self_ns;
	return s.counted && model_in_window(m, h) ? count_execution(m, e, s.name, row) : 0;
}

static int feed_work_queue(struct model *m, const struct qpw_header *h)
{
	const struct qpw_work *e = (const struct qpw_work *)h;
	int function = names_symbol(&m->names, e->function), ret;
	struct work_row *row;

	if (function < 0 || !model_in_window(m, h))
		return function < 0 ? function : 0;
	ret = figures_work(&m->figures, function, &row);
	if (!ret)
		row->queued++;
	return ret;
}

static int count_sample(struct model *m, const struct qpw_header *h)
{
	const uint64_t ns = h->end_ns - h->start_ns;

	m->figures.nr_samples++;
	m->figures.nr_late += ns >= m->outlier_ns;
	m->figures.nr_remote_timers += !!(h->flags & QPW_F_REMOTE);
	return hist_add(m->figures.latency, ns) ||
			       heatmap_add(m->figures.heatmap, h->start_ns - m->window_start_ns,
					   ns) ?
		       -ENOMEM :
		       0;
}

static int feed_sample(struct model *m, const struct qpw_header *h)
{
	const struct qpw_sample *e = (const struct qpw_sample *)h;
	struct model_cpu *cpu = model_get_cpu(m, h->cpu);
	struct history_sample s = { .start_ns = h->start_ns, .cpu = h->cpu, .pid = e->pid };

	if (!cpu)
		return -ENOMEM;
	if (m->watch && watch_running(m->watch, h->cpu, e->comm))
		return -ENOMEM;
	s.remote_timer = h->flags & QPW_F_REMOTE;
	if (cpu->has_late && settle_late(m, cpu))
		return -ENOMEM;
	if (!model_in_window(m, h))
		return 0;
	if (!m->from_tables && count_sample(m, h))
		return -ENOMEM;
	if (!outliers_want(&m->outliers, h->end_ns - h->start_ns, h->start_ns, h->cpu))
		return 0;
	/* a time that was not seen is 0: its step gets no length */
	s.step_end_ns[SNAP_STEP_IRQ] = clamp_u64(e->expire_ns, h->start_ns, h->end_ns);
	s.step_end_ns[SNAP_STEP_WAKEUP] =
		clamp_u64(e->wakeup_ns, s.step_end_ns[SNAP_STEP_IRQ], h->end_ns);
	s.step_end_ns[SNAP_STEP_RUN] = h->end_ns;
	memcpy(s.comm, e->comm, strnlen(e->comm, QPW_COMM_LEN));
	cpu->late = s;
	cpu->has_late = true;
	return 0;
}

static int feed_symbol(struct model *m, const struct qpw_header *h)
{
	const struct qpw_symbol *e = (const struct qpw_symbol *)h;

	return names_set_symbol(&m->names, e->address, e->name, sizeof(e->name));
}

static int feed_stack(struct model *m, const struct qpw_header *h)
{
	model_forget_origins(m);
	return places_set_stack(&m->places, &m->names, (const struct qpw_stack *)h);
}

static int feed_cgroup(struct model *m, const struct qpw_header *h)
{
	model_forget_origins(m);
	return places_set_cgroup(&m->places, (const struct qpw_cgroup *)h);
}

static int feed_lost(struct model *m, const struct qpw_header *h)
{
	const struct qpw_lost *e = (const struct qpw_lost *)h;
	struct model_cpu *cpu = model_get_cpu(m, h->cpu);

	if (!cpu)
		return -ENOMEM;
	if (e->nr_lost <= cpu->nr_lost)
		return 0;
	cpu->nr_lost = e->nr_lost;
	memcpy(cpu->lost_by_kind, e->by_kind, sizeof(cpu->lost_by_kind));
	return 0;
}

static uint64_t add_u64(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* What counts of a window that opens at start_ns; an end that was told stays. */
static void set_bounds(struct model *m, uint64_t start_ns)
{
	m->opened_ns = start_ns;
	m->window_start_ns = add_u64(start_ns, m->from_ns);
	if (!m->window_closed)
		m->window_end_ns = m->to_ns ? add_u64(start_ns, m->to_ns) : UINT64_MAX;
}

/* Start counting anew; what the records told about names, nesting and losses stays. */
static int open_window(struct model *m, uint64_t start_ns)
{
	m->has_window = true;
	set_bounds(m, start_ns);
	outliers_clear(&m->outliers);
	for (unsigned int i = 0; i < MODEL_CPUS; i++) {
		if (!m->cpus[i])
			continue;
		m->cpus[i]->has_late = false;
		feed_counts_restart(&m->cpus[i]->counts);
	}
	if (m->watch)
		watch_reset(m->watch);
	m->nr_calls_unnamed = 0;
	return figures_reset(&m->figures);
}

int model_restart(struct model *m, uint64_t now_ns)
{
	return open_window(m, now_ns);
}

/*
 * The window is told twice: when it opens, with end_ns 0, and when its end is decided, with both.
 * Records come after the latter that ended before it was read, none that began after it came
 * before: so what was counted up to here is in the window, and what follows is told by its start.
 */
static int feed_window(struct model *m, const struct qpw_header *h)
{
	int ret = 0;

	if (m->window_closed)
		return 0;
	if (h->end_ns && (!m->has_window || h->end_ns < m->opened_ns))
		return -EINVAL;
	if (!m->has_window)
		ret = open_window(m, h->start_ns);
	if (h->end_ns) {
		m->window_closed = true;
		if (h->end_ns < m->window_end_ns)
			m->window_end_ns = h->end_ns;
	}
	return ret;
}

static int feed_probe(struct model *m, const struct qpw_header *h)
{
	const struct qpw_probe *e = (const struct qpw_probe *)h;
	struct snap_probe *row;
	char name[QPW_SYMBOL_LEN] = "";
	int index;

	memcpy(name, e->name, strnlen(e->name, sizeof(name) - 1));
	index = table_get(&m->probes, name);
	if (index < 0)
		return index == -ENOSPC ? 0 : index;
	row = table_row(&m->probes, index);
	row->state = (enum qpw_probe_state)e->state;
	/* a corrupt one, that has no positive counterpart for views to name it by */
	row->error = e->error == INT32_MIN ? -INT32_MAX : e->error;
	memset(row->loses, 0, sizeof(row->loses));
	memcpy(row->loses, e->loses, strnlen(e->loses, sizeof(row->loses) - 1));
	return 0;
}

static int feed_hotplug(struct model *m, const struct qpw_header *h)
{
	const struct qpw_hotplug *e = (const struct qpw_hotplug *)h;

	offline_note(&m->offline, h->cpu, e->online, h->start_ns);
	return 0;
}

typedef int (*feed_function)(struct model *m, const struct qpw_header *h);

static const feed_function feeds[] = {
	[QPW_KIND_IRQ] = feed_irq,
	[QPW_KIND_SOFTIRQ] = feed_softirq,
	[QPW_KIND_IPI] = feed_ipi,
	[QPW_KIND_TIMER] = feed_timer,
	[QPW_KIND_NMI] = feed_nmi,
	[QPW_KIND_THREAD] = feed_thread,
	[QPW_KIND_WORK] = feed_work,
	[QPW_KIND_WORK_QUEUE] = feed_work_queue,
	[QPW_KIND_FLUSH] = feed_flush,
	[QPW_KIND_QPW_INLINE] = feed_qpw_inline,
	[QPW_KIND_QPW_FLUSH] = feed_qpw_flush,
	[QPW_KIND_QPW_CONTENDED] = feed_contended,
	[QPW_KIND_SAMPLE] = feed_sample,
	[QPW_KIND_TICK_KEPT] = feed_tick_kept,
	[QPW_KIND_MIGRATE] = feed_migrate,
	[QPW_KIND_LOCK_WAIT] = feed_lock_wait,
	[QPW_KIND_TAKEN] = feed_taken,
};

static const feed_function meta_feeds[] = {
	[QPW_META_SYMBOL - QPW_META_FIRST] = feed_symbol,
	[QPW_META_LOST - QPW_META_FIRST] = feed_lost,
	[QPW_META_WINDOW - QPW_META_FIRST] = feed_window,
	[QPW_META_PROBE - QPW_META_FIRST] = feed_probe,
	[QPW_META_HOTPLUG - QPW_META_FIRST] = feed_hotplug,
	[QPW_META_CGROUP - QPW_META_FIRST] = feed_cgroup,
	[QPW_META_STACK - QPW_META_FIRST] = feed_stack,
	[QPW_META_COUNTS - QPW_META_FIRST] = feed_counts,
	[QPW_META_LOOK - QPW_META_FIRST] = feed_look,
	[QPW_META_LINE - QPW_META_FIRST] = feed_line,
	[QPW_META_TABLE - QPW_META_FIRST] = feed_table,
	[QPW_META_WAITING - QPW_META_FIRST] = feed_waiting,
	[QPW_META_RUNNING - QPW_META_FIRST] = feed_running,
};

/* Of a CPU that is not asked for. Names and losses are everybody's. */
static bool is_left_out(const struct model *m, const struct qpw_header *h)
{
	uint32_t cpu = h->cpu;

	if (h->kind == QPW_KIND_FLUSH) {
		cpu = ((const struct qpw_flush *)h)->target_cpu;
		return cpu != SNAP_CPU_UNKNOWN && !cpulist_has(&m->cpus_wanted, cpu);
	}
	if (h->kind >= QPW_META_FIRST && h->kind != QPW_META_HOTPLUG && h->kind != QPW_META_COUNTS)
		return false;
	return !cpulist_has(&m->cpus_wanted, cpu);
}

static int feed_meta(struct model *m, const struct qpw_header *h)
{
	size_t number = h->kind - QPW_META_FIRST;

	if (number >= ARRAY_SIZE(meta_feeds) || !meta_feeds[number] ||
	    (m->some_cpus && is_left_out(m, h)))
		return 0;
	return meta_feeds[number](m, h);
}

int model_feed(struct model *m, const struct qpw_header *h)
{
	unsigned int size = record_size(h->kind);
	feed_function feed = NULL;

	if (h->size < sizeof(*h) || h->cpu >= MODEL_CPUS || (size && h->size != size))
		return -EINVAL;
	if (h->kind >= QPW_META_FIRST)
		return feed_meta(m, h);
	if (h->end_ns < h->start_ns)
		return -EINVAL;
	if (!m->nr_events++ && !m->has_window && (m->from_ns || m->to_ns))
		set_bounds(m, h->start_ns);
	if (h->start_ns < m->first_ns)
		m->first_ns = h->start_ns;
	if (h->end_ns > m->last_ns)
		m->last_ns = h->end_ns;
	if (m->some_cpus && is_left_out(m, h))
		return 0;
	if (h->kind < ARRAY_SIZE(feeds))
		feed = feeds[h->kind];
	return feed ? feed(m, h) : 0;
}
