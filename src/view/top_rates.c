// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences of two snapshots, per second. Rows are matched by what they are of, not by place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/top.h"
#include "view/top_lookup.h"
#include "view/top_rates.h"

double top_per_second(uint64_t before, uint64_t now, uint64_t span_ns)
{
	return !span_ns || now < before ? 0 : (double)(now - before) * 1e9 / (double)span_ns;
}

static struct top_rate rate(uint64_t count_before, uint64_t count, uint64_t ns_before, uint64_t ns,
			    uint64_t span_ns)
{
	return (struct top_rate){ .count_s = top_per_second(count_before, count, span_ns),
				  .stolen_us_s = top_per_second(ns_before, ns, span_ns) / 1000 };
}

static uint64_t cause_hash(const void *row)
{
	const struct snap_cause *c = row;

	return top_hash_text(top_hash_number(0, (uint64_t)c->cpu << 8 | c->class), c->name);
}

static bool cause_same(const void *a, const void *b)
{
	const struct snap_cause *x = a, *y = b;

	return x->cpu == y->cpu && x->class == y->class && !strcmp(x->name, y->name);
}

static const struct top_rows cause_rows = { cause_hash, cause_same };

/* Causes whose rows went count as "(other)" from then on: these had them before, too. */
static void add_gone(struct snap_cause *other, const struct snapshot *before,
		     const struct top_lookup *present)
{
	for (size_t i = 0; i < before->nr_causes; i++) {
		const struct snap_cause *c = &before->causes[i];

		if (c->cpu == other->cpu && c->class == other->class &&
		    !top_lookup_find(present, c)) {
			other->count += c->count;
			other->self_ns += c->self_ns;
		}
	}
}

static int add_causes(struct top_rates *out, const struct snapshot *before,
		      const struct snapshot *now, uint64_t span_ns)
{
	/* what is there now is asked for only where rows went */
	size_t nr_present = now->nr_row_gone ? now->nr_causes : 0;
	struct top_lookup old, present;

	out->causes = calloc(now->nr_causes + 1, sizeof(*out->causes));
	if (!out->causes || top_lookup_all(&old, &cause_rows, before->causes, before->nr_causes,
					   sizeof(*before->causes)))
		return -ENOMEM;
	if (top_lookup_all(&present, &cause_rows, now->causes, nr_present, sizeof(*now->causes))) {
		top_lookup_finish(&old);
		return -ENOMEM;
	}
	for (size_t i = 0; i < now->nr_causes; i++) {
		const struct snap_cause *c = &now->causes[i];
		const struct snap_cause *found = top_lookup_find(&old, c);
		struct snap_cause was =
			found ? *found : (struct snap_cause){ .cpu = c->cpu, .class = c->class };

		if (now->nr_row_gone && !strcmp(c->name, "(other)"))
			add_gone(&was, before, &present);
		out->causes[i].cause = c;
		out->causes[i].rate = rate(was.count, c->count, was.self_ns, c->self_ns, span_ns);
	}
	top_lookup_finish(&present);
	top_lookup_finish(&old);
	return 0;
}

static uint64_t work_hash(const void *row)
{
	return top_hash_text(0, ((const struct snap_work *)row)->function);
}

static bool work_same(const void *a, const void *b)
{
	return !strcmp(((const struct snap_work *)a)->function,
		       ((const struct snap_work *)b)->function);
}

static const struct top_rows work_rows = { work_hash, work_same };

static int add_works(struct top_rates *out, const struct snapshot *before,
		     const struct snapshot *now, uint64_t span_ns)
{
	struct top_lookup old;

	out->works = calloc(now->nr_works + 1, sizeof(*out->works));
	if (!out->works || top_lookup_all(&old, &work_rows, before->works, before->nr_works,
					  sizeof(*before->works)))
		return -ENOMEM;
	for (size_t i = 0; i < now->nr_works; i++) {
		const struct snap_work *w = &now->works[i];
		const struct snap_work *was = top_lookup_find(&old, w);

		if (!w->executed && !w->inlined)
			continue;
		out->works[out->nr_works++] = (struct top_work){
			.work = w,
			.executed_s = top_per_second(was ? was->executed : 0, w->executed, span_ns),
			.inlined_s = top_per_second(was ? was->inlined : 0, w->inlined, span_ns),
		};
	}
	top_lookup_finish(&old);
	return 0;
}

static uint64_t waiter_hash(const void *row)
{
	const struct snap_waiter *w = row;
	uint64_t hash = top_hash_number(0, w->target_cpu);

	return top_hash_text(top_hash_text(top_hash_text(hash, w->function), w->work), w->comm);
}

static bool waiter_same(const void *a, const void *b)
{
	const struct snap_waiter *x = a, *y = b;

	return x->target_cpu == y->target_cpu && !strcmp(x->function, y->function) &&
	       !strcmp(x->work, y->work) && !strcmp(x->comm, y->comm);
}

static const struct top_rows waiter_rows = { waiter_hash, waiter_same };

static int add_waiters(struct top_rates *out, const struct snapshot *before,
		       const struct snapshot *now, uint64_t span_ns)
{
	struct top_lookup old;

	out->waiters = calloc(now->nr_waiters + 1, sizeof(*out->waiters));
	if (!out->waiters || top_lookup_all(&old, &waiter_rows, before->waiters, before->nr_waiters,
					    sizeof(*before->waiters)))
		return -ENOMEM;
	for (size_t i = 0; i < now->nr_waiters; i++) {
		const struct snap_waiter *w = &now->waiters[i];
		const struct snap_waiter *was = top_lookup_find(&old, w);

		out->waiters[i].waiter = w;
		out->waiters[i].count_s = top_per_second(was ? was->count : 0, w->count, span_ns);
		out->waiters[i].waited_us_s =
			top_per_second(was ? was->total_ns : 0, w->total_ns, span_ns) / 1000;
	}
	top_lookup_finish(&old);
	return 0;
}

/* ------------------------------------------------------------------ CPUs */

static const struct snap_cpu *find_cpu(const struct snapshot *s, uint32_t cpu)
{
	for (size_t i = 0; i < s->nr_cpus; i++)
		if (s->cpus[i].cpu == cpu)
			return &s->cpus[i];
	return NULL;
}

static void fill_cpu(struct top_cpu *c, const struct snap_cpu *was, uint64_t span_ns)
{
	static const struct snap_total none;

	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		const struct snap_total *old = was ? &was->classes[i] : &none;
		const struct snap_total *now = c->state ? &c->state->classes[i] : &none;

		c->classes[i] = rate(old->count, now->count, old->self_ns, now->self_ns, span_ns);
		c->all.count_s += c->classes[i].count_s;
		c->all.stolen_us_s += c->classes[i].stolen_us_s;
		c->count += now->count;
		if (now->max_ns > c->max_ns)
			c->max_ns = now->max_ns;
	}
	if (!c->state)
		return;
	c->recent_max_ns = c->state->recent_max_ns;
	c->avoidable_us_s =
		top_per_second(was ? was->avoidable_ns : 0, c->state->avoidable_ns, span_ns) / 1000;
}

static void fill_offline(struct top_cpu *c, const struct snapshot *now, uint64_t span_ns)
{
	for (size_t i = 0; i < now->nr_offlines; i++) {
		const struct snap_offline *o = &now->offlines[i];

		if (o->cpu != c->cpu)
			continue;
		c->offline |= !o->end_ns;
		c->was_offline |= o->end_ns && o->end_ns + span_ns > now->window_end_ns;
	}
}

static void add_to_sum(struct top_cpu *sum, const struct top_cpu *c)
{
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		sum->classes[i].count_s += c->classes[i].count_s;
		sum->classes[i].stolen_us_s += c->classes[i].stolen_us_s;
	}
	sum->all.count_s += c->all.count_s;
	sum->all.stolen_us_s += c->all.stolen_us_s;
	sum->count += c->count;
	if (c->recent_max_ns > sum->recent_max_ns)
		sum->recent_max_ns = c->recent_max_ns;
	if (c->max_ns > sum->max_ns)
		sum->max_ns = c->max_ns;
	sum->avoidable_us_s += c->avoidable_us_s;
	for (int i = 0; i < TOP_MINUTE_PARTS; i++) {
		if (c->minute[i] < 0)
			continue;
		sum->minute[i] = (sum->minute[i] < 0 ? 0 : sum->minute[i]) + c->minute[i];
	}
}

static int add_cpus(struct top_rates *out, const struct snapshot *before,
		    const struct snapshot *now, uint64_t span_ns, const struct cpulist *watched,
		    const struct top_minute *minute)
{
	static const struct top_minute no_minute;
	struct cpulist all = *watched;
	struct top_cpu sum = { .cpu = SNAP_CPU_ALL };
	int cpu;

	for (size_t i = 0; i < now->nr_cpus; i++)
		cpulist_set(&all, now->cpus[i].cpu);
	top_minute_get(&no_minute, 0, 0, sum.minute);
	out->cpus = calloc(cpulist_count(&all) + 1, sizeof(*out->cpus));
	if (!out->cpus)
		return -ENOMEM;
	cpulist_for_each(&all, cpu) {
		struct top_cpu *c = &out->cpus[out->nr_cpus++];

		c->cpu = (uint32_t)cpu;
		c->state = find_cpu(now, c->cpu);
		fill_cpu(c, find_cpu(before, c->cpu), span_ns);
		fill_offline(c, now, span_ns);
		top_minute_get(minute ? minute : &no_minute, c->cpu, now->window_end_ns, c->minute);
		add_to_sum(&sum, c);
		for (int i = 0; i < TOP_MINUTE_PARTS; i++)
			if (c->minute[i] > out->minute_highest)
				out->minute_highest = c->minute[i];
	}
	if (out->nr_cpus > 1)
		out->cpus[out->nr_cpus++] = sum;
	return 0;
}

int top_rates_init(struct top_rates *out, const struct snapshot *before, const struct snapshot *now,
		   uint64_t span_ns, const struct cpulist *watched, const struct top_minute *minute)
{
	static const struct snapshot nothing;

	memset(out, 0, sizeof(*out));
	if (!before)
		before = &nothing;
	out->events_s = top_per_second(before->nr_events, now->nr_events, span_ns);
	out->samples_s = top_per_second(before->nr_samples, now->nr_samples, span_ns);
	if (now->nr_long > before->nr_long)
		out->nr_long = now->nr_long - before->nr_long;
	if (now->nr_lost > before->nr_lost)
		out->lost = now->nr_lost - before->nr_lost;
	if (add_cpus(out, before, now, span_ns, watched, minute) ||
	    add_causes(out, before, now, span_ns) || top_rates_origins(out, before, now, span_ns) ||
	    add_works(out, before, now, span_ns) || add_waiters(out, before, now, span_ns)) {
		top_rates_finish(out);
		return -ENOMEM;
	}
	return 0;
}

void top_rates_finish(struct top_rates *r)
{
	free(r->cpus);
	free(r->causes);
	free(r->origins);
	free(r->next_caused);
	free(r->works);
	free(r->waiters);
	memset(r, 0, sizeof(*r));
}
