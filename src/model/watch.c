// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting for a live view, CPU by CPU. Tables are bounded, as what feeds them is foreign. Knows
 * names as numbers, no records.
 */
#include "model/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/table.h"

struct watch_cause {
	uint16_t class;
	uint16_t cpu;
	uint32_t name;
	uint64_t count;
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t max_ns;
	uint32_t lengths[QPW_COARSE_BUCKETS];
};

struct watch_cpu {
	struct snap_total classes[SNAP_NR_CLASSES];
	uint64_t recent_max_ns;
	uint64_t last_tick_ns; /* 0 = none was seen */
	char running[QPW_COMM_LEN + 1];
};

struct watch_event {
	struct watch_interval i;
	struct figures_origin origin; /* where i.origin is not NULL, which points elsewhere */
};

struct watch {
	bool per_cpu;
	uint64_t event_ns;
	struct table causes;
	struct watch_cpu *cpus[WATCH_CPUS]; /* those that were seen */
	uint64_t nr_untold;
	uint64_t nr_long;
	struct watch_event events[SNAP_EVENTS]; /* a ring: the next one goes to nr_long's place */
};

struct watch *watch_create(bool per_cpu, uint64_t event_ns)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->per_cpu = per_cpu;
	w->event_ns = event_ns;
	/* beyond the bound there is still room for one "(other)" of each class and CPU */
	table_init(&w->causes, 8, sizeof(struct watch_cause),
		   WATCH_CAUSES_MAX + SNAP_NR_CLASSES * WATCH_CPUS);
	return w;
}

void watch_destroy(struct watch *w)
{
	if (!w)
		return;
	for (int i = 0; i < WATCH_CPUS; i++)
		free(w->cpus[i]);
	table_finish(&w->causes);
	free(w);
}

void watch_clear(struct watch *w)
{
	table_clear(&w->causes);
	for (int i = 0; i < WATCH_CPUS; i++)
		if (w->cpus[i])
			memset(w->cpus[i]->classes, 0, sizeof(w->cpus[i]->classes));
}

void watch_reset(struct watch *w)
{
	watch_clear(w);
	w->nr_long = 0;
	w->nr_untold = 0;
	watch_begin_interval(w);
}

void watch_begin_interval(struct watch *w)
{
	for (int i = 0; i < WATCH_CPUS; i++)
		if (w->cpus[i])
			w->cpus[i]->recent_max_ns = 0;
}

uint32_t watch_on_cpu(const struct watch *w, uint32_t cpu)
{
	return w && w->per_cpu ? cpu : FIGURES_CPU_ALL;
}

static struct watch_cpu *get_cpu(struct watch *w, uint32_t cpu)
{
	if (!w->cpus[cpu])
		w->cpus[cpu] = calloc(1, sizeof(*w->cpus[cpu]));
	return w->cpus[cpu];
}

static void keep_larger(uint64_t *kept, uint64_t value)
{
	if (value > *kept)
		*kept = value;
}

static struct watch_cause *get_cause(struct watch *w, uint32_t cpu, enum snap_class class, int name)
{
	struct watch_cause key = {
		.class = (uint16_t)(class),
		.cpu = (uint16_t)cpu,
		.name = (uint32_t)name,
	};
	int index = w->causes.nr_rows < WATCH_CAUSES_MAX ? table_get(&w->causes, &key) :
							   table_find(&w->causes, &key);

	if (index == -ENOENT) {
		key.name = NAME_OTHER;
		index = table_get(&w->causes, &key);
	}
	return index < 0 ? NULL : table_row(&w->causes, index);
}

/* The row is where their lengths are still to be counted; NULL when out of memory. */
static struct watch_cause *count_sum(struct watch *w, uint32_t cpu, enum snap_class class, int name,
				     const struct figures_sum *sum)
{
	struct watch_cpu *on = get_cpu(w, cpu);
	struct watch_cause *row = get_cause(w, cpu, class, name);
	struct snap_total *t;

	if (!on || !row)
		return NULL;
	t = &on->classes[class];
	t->count += sum->count;
	t->self_ns += sum->self_ns;
	keep_larger(&t->max_ns, sum->max_ns);
	row->count += sum->count;
	row->self_ns += sum->self_ns;
	row->total_ns += sum->total_ns;
	keep_larger(&row->max_ns, sum->max_ns);
	return row;
}

int watch_sum(struct watch *w, uint32_t cpu, enum snap_class class, int name,
	      const struct figures_sum *sum, const uint32_t *buckets)
{
	struct watch_cause *row;

	if (!w->per_cpu)
		return 0;
	row = count_sum(w, cpu, class, name, sum);
	if (!row)
		return -ENOMEM;
	for (int i = 0; i < QPW_COARSE_BUCKETS; i++)
		row->lengths[i] += buckets[i];
	return 0;
}

int watch_recent_max(struct watch *w, uint32_t cpu, uint64_t ns)
{
	struct watch_cpu *on = get_cpu(w, cpu);

	if (!on)
		return -ENOMEM;
	keep_larger(&on->recent_max_ns, ns);
	return 0;
}

void watch_log(struct watch *w, const struct watch_interval *i)
{
	struct watch_event *e;

	if (!w->event_ns || i->end_ns - i->start_ns < w->event_ns)
		return;
	e = &w->events[w->nr_long++ % SNAP_EVENTS];
	e->i = *i;
	if (i->origin)
		e->origin = *i->origin;
}

void watch_untold(struct watch *w, uint64_t event_ns, uint64_t nr_long)
{
	if (w->event_ns && w->event_ns < event_ns)
		w->event_ns = event_ns;
	w->nr_untold = w->event_ns == event_ns ? nr_long : 0;
}

int watch_interval(struct watch *w, const struct watch_interval *i)
{
	const uint64_t ns = i->end_ns - i->start_ns;
	const struct figures_sum sum = {
		.count = i->counted, .self_ns = i->self_ns, .total_ns = ns, .max_ns = ns
	};
	struct watch_cause *row;

	if (!i->early)
		watch_log(w, i);
	if (!w->per_cpu)
		return 0;
	row = count_sum(w, i->cpu, i->class, i->name, &sum);
	if (!row)
		return -ENOMEM;
	if (!i->early)
		row->lengths[qpw_coarse_bucket(ns)]++;
	return watch_recent_max(w, i->cpu, ns);
}

int watch_tick(struct watch *w, uint32_t cpu, uint64_t ns)
{
	struct watch_cpu *c = get_cpu(w, cpu);

	if (!c)
		return -ENOMEM;
	keep_larger(&c->last_tick_ns, ns);
	return 0;
}

int watch_running(struct watch *w, uint32_t cpu, const char comm[QPW_COMM_LEN])
{
	struct watch_cpu *c = get_cpu(w, cpu);

	if (!c)
		return -ENOMEM;
	memcpy(c->running, comm, QPW_COMM_LEN);
	return 0;
}

/* ------------------------------------------------------------------ filling */

static int fill_causes(const struct watch *w, const struct names *names, struct snapshot *s)
{
	free(s->causes);
	s->nr_causes = 0;
	s->causes = calloc(w->causes.nr_rows + 1, sizeof(*s->causes));
	if (!s->causes)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->causes.nr_rows; i++) {
		const struct watch_cause *row = table_row(&w->causes, (int)i);
		struct snap_cause *c = &s->causes[s->nr_causes++];

		c->cpu = row->cpu;
		c->class = (enum snap_class)row->class;
		memcpy(c->name, names_get(names, (int)row->name), QPW_SYMBOL_LEN);
		c->count = row->count;
		c->self_ns = row->self_ns;
		c->total_ns = row->total_ns;
		c->max_ns = row->max_ns;
		c->p99_ns = qpw_coarse_percentile(row->lengths, 99, row->max_ns);
	}
	qsort(s->causes, s->nr_causes, sizeof(*s->causes), snap_cause_order);
	return 0;
}

/* CPUs are in order of their numbers, and each that has a cause is among them. */
static int compare_cpu(const void *a, const void *b)
{
	uint32_t x = ((const struct snap_cpu *)a)->cpu, y = ((const struct snap_cpu *)b)->cpu;

	return (x > y) - (x < y);
}

static void fill_avoidable(struct snapshot *s)
{
	for (size_t i = 0; i < s->nr_causes; i++) {
		const struct snap_cause *c = &s->causes[i];
		const struct snap_cpu key = { .cpu = c->cpu };
		struct snap_cpu *cpu;

		if (c->class != SNAP_WORK || !snap_qpw_family(c->name))
			continue;
		cpu = bsearch(&key, s->cpus, s->nr_cpus, sizeof(key), compare_cpu);
		if (!cpu)
			continue;
		cpu->avoidable += c->count;
		cpu->avoidable_ns += c->self_ns;
	}
}

static int fill_cpus(const struct watch *w, bool tick_seen, struct snapshot *s)
{
	size_t nr = 0;

	for (int i = 0; i < WATCH_CPUS; i++)
		nr += !!w->cpus[i];
	s->cpus = calloc(nr + 1, sizeof(*s->cpus));
	if (!s->cpus)
		return -ENOMEM;
	for (uint32_t i = 0; i < WATCH_CPUS; i++) {
		const struct watch_cpu *from = w->cpus[i];
		struct snap_cpu *c = &s->cpus[s->nr_cpus];

		if (!from)
			continue;
		s->nr_cpus++;
		c->cpu = i;
		memcpy(c->classes, from->classes, sizeof(c->classes));
		c->recent_max_ns = from->recent_max_ns;
		memcpy(c->running, from->running, sizeof(c->running));
		c->tick_known = tick_seen && s->window_ns >= SNAP_TICK_GONE_NS;
		c->tick_stopped = c->tick_known &&
				  from->last_tick_ns + SNAP_TICK_GONE_NS <= s->window_end_ns;
	}
	fill_avoidable(s);
	return 0;
}

static int fill_events(const struct watch *w, const struct names *names, struct snapshot *s)
{
	size_t nr = w->nr_long < SNAP_EVENTS ? w->nr_long : SNAP_EVENTS;

	s->event_ns = w->event_ns;
	s->nr_long = w->nr_long + w->nr_untold;
	s->events = calloc(nr + 1, sizeof(*s->events));
	if (!s->events)
		return -ENOMEM;
	s->nr_event_rows = nr;
	for (size_t i = 0; i < nr; i++) {
		const struct watch_event *e = &w->events[(w->nr_long - nr + i) % SNAP_EVENTS];
		struct snap_event *out = &s->events[i];

		out->start_ns = e->i.start_ns;
		out->ns = e->i.end_ns - e->i.start_ns;
		out->cpu = e->i.cpu;
		out->class = e->i.class;
		memcpy(out->name, names_get(names, e->i.name), QPW_SYMBOL_LEN);
		if (!e->i.origin)
			continue;
		memcpy(out->origin.comm, names_get(names, e->origin.comm), QPW_COMM_LEN);
		out->origin.pid = e->origin.pid;
		out->origin.cpu = e->origin.cpu;
		out->origin.count = 1;
		if (e->origin.callsite)
			memcpy(out->callsite, names_get(names, (int)e->origin.callsite - 1),
			       sizeof(out->callsite));
	}
	return 0;
}

int watch_fill(const struct watch *w, const struct names *names, bool tick_seen, struct snapshot *s)
{
	if (w->per_cpu && (fill_causes(w, names, s) || fill_cpus(w, tick_seen, s)))
		return -ENOMEM;
	return fill_events(w, names, s);
}
