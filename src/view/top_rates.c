// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences of two snapshots, per second. Rows are matched by name, not by place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/top.h"

static double per_second(uint64_t before, uint64_t now, uint64_t span_ns)
{
	return !span_ns || now < before ? 0 : (double)(now - before) * 1e9 / (double)span_ns;
}

static struct top_rate rate(uint64_t count_before, uint64_t count, uint64_t ns_before, uint64_t ns,
			    uint64_t span_ns)
{
	return (struct top_rate){ .count_s = per_second(count_before, count, span_ns),
				  .stolen_us_s = per_second(ns_before, ns, span_ns) / 1000 };
}

static int cause_by_name(const void *a, const void *b)
{
	const struct snap_cause *x = a, *y = b;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int busiest_cause(const void *a, const void *b)
{
	const struct top_cause *x = a, *y = b;

	if (x->rate.stolen_us_s != y->rate.stolen_us_s)
		return x->rate.stolen_us_s > y->rate.stolen_us_s ? -1 : 1;
	return snap_cause_order(x->cause, y->cause);
}

static int add_causes(struct top_rates *out, const struct snapshot *before,
		      const struct snapshot *now, uint64_t span_ns)
{
	size_t nr = before ? before->nr_causes : 0;
	struct snap_cause *old = calloc(nr + 1, sizeof(*old));

	out->causes = calloc(now->nr_causes + 1, sizeof(*out->causes));
	if (!old || !out->causes) {
		free(old);
		return -ENOMEM;
	}
	if (nr)
		memcpy(old, before->causes, nr * sizeof(*old));
	qsort(old, nr, sizeof(*old), cause_by_name);
	for (size_t i = 0; i < now->nr_causes; i++) {
		const struct snap_cause *c = &now->causes[i];
		const struct snap_cause *found = bsearch(c, old, nr, sizeof(*old), cause_by_name);

		out->causes[i] = (struct top_cause){
			.cause = c,
			.rate = rate(found ? found->count : 0, c->count, found ? found->self_ns : 0,
				     c->self_ns, span_ns),
		};
	}
	out->nr_causes = now->nr_causes;
	qsort(out->causes, out->nr_causes, sizeof(*out->causes), busiest_cause);
	free(old);
	return 0;
}

static int work_by_name(const void *a, const void *b)
{
	return strcmp(((const struct snap_work *)a)->function,
		      ((const struct snap_work *)b)->function);
}

static int busiest_work(const void *a, const void *b)
{
	const struct top_work *x = a, *y = b;
	double more = y->executed_s + y->inlined_s - x->executed_s - x->inlined_s;

	if (more != 0)
		return more > 0 ? 1 : -1;
	return work_by_name(x->work, y->work);
}

static int add_works(struct top_rates *out, const struct snapshot *before,
		     const struct snapshot *now, uint64_t span_ns)
{
	out->works = calloc(now->nr_works + 1, sizeof(*out->works));
	if (!out->works)
		return -ENOMEM;
	for (size_t i = 0; i < now->nr_works; i++) {
		const struct snap_work *w = &now->works[i];
		/* A snapshot keeps them by function name. */
		const struct snap_work *old = before ? bsearch(w, before->works, before->nr_works,
							       sizeof(*before->works),
							       work_by_name) :
						       NULL;

		if (!w->executed && !w->inlined)
			continue;
		out->works[out->nr_works++] = (struct top_work){
			.work = w,
			.executed_s = per_second(old ? old->executed : 0, w->executed, span_ns),
			.inlined_s = per_second(old ? old->inlined : 0, w->inlined, span_ns),
		};
	}
	qsort(out->works, out->nr_works, sizeof(*out->works), busiest_work);
	return 0;
}

int top_rates_init(struct top_rates *out, const struct snapshot *before, const struct snapshot *now,
		   uint64_t span_ns)
{
	static const struct snap_total none;
	int ret;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		const struct snap_total *old = before ? &before->classes[i] : &none;
		const struct snap_total *new = &now->classes[i];

		out->classes[i] = rate(old->count, new->count, old->self_ns, new->self_ns, span_ns);
		out->all.count_s += out->classes[i].count_s;
		out->all.stolen_us_s += out->classes[i].stolen_us_s;
	}
	out->events_s = per_second(before ? before->nr_events : 0, now->nr_events, span_ns);
	out->samples_s = per_second(before ? before->nr_samples : 0, now->nr_samples, span_ns);
	if (!before || now->nr_lost > before->nr_lost)
		out->lost = now->nr_lost - (before ? before->nr_lost : 0);
	ret = add_causes(out, before, now, span_ns);
	if (!ret)
		ret = add_works(out, before, now, span_ns);
	if (ret)
		top_rates_finish(out);
	return ret;
}

void top_rates_finish(struct top_rates *r)
{
	free(r->causes);
	free(r->works);
	memset(r, 0, sizeof(*r));
}
