// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a late sample is made of. Each step is painted with the intervals that overlap it, inner
 * ones first; what an interval paints anew is its share, what stays blank is the residual.
 */
#include "model/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/nest.h"
#include "model/origins.h"

#define GROUPS 256
#define FIRST_ROOM 16

/* so that a ring doubles from the one to the other, and the places in it are bits of a number */
_Static_assert((HISTORY_ROOM & (HISTORY_ROOM - 1)) == 0 && HISTORY_ROOM >= FIRST_ROOM, "room");

/* Shares of one step that have class, name and origin in common. */
struct group {
	enum snap_step step;
	uint64_t ns;
	uint64_t count;
	struct history_interval who;
};

/* An interval, cut to the time of the sample; index counts from the first one looked at. */
struct piece {
	uint64_t start_ns;
	uint64_t end_ns;
	uint32_t index;
};

struct explanation {
	uint64_t first;			/* of the history's intervals that may overlap the sample */
	uint64_t self_ns[HISTORY_ROOM]; /* what each of them painted */
	uint32_t nr_groups;
	struct group groups[GROUPS];
	/* what no group was left for */
	uint64_t other_ns[SNAP_NR_STEPS];
	uint16_t other_class[SNAP_NR_STEPS];
};

int history_init(struct history *h, uint32_t max_room)
{
	h->nr_added = 0;
	h->max_room = max_room;
	h->room = max_room < FIRST_ROOM ? max_room : FIRST_ROOM;
	h->ring = calloc(h->room, sizeof(*h->ring));
	return h->ring ? 0 : -ENOMEM;
}

void history_finish(struct history *h)
{
	free(h->ring);
	h->ring = NULL;
}

/* A ring that has not wrapped yet: all keep their places. */
int history_grow(struct history *h)
{
	struct history_interval *ring = reallocarray(h->ring, 2 * (size_t)h->room, sizeof(*ring));

	if (!ring)
		return -ENOMEM;
	h->ring = ring;
	h->room *= 2;
	return 0;
}

/* One of the last ones, by its number from the beginning. */
static const struct history_interval *interval_at(const struct history *h, uint64_t i)
{
	return &h->ring[i & (h->room - 1)];
}

static bool same_group(const struct group *g, enum snap_step step, const struct history_interval *i)
{
	return g->step == step && g->who.class == i->class && g->who.name == i->name &&
	       g->who.has_origin == i->has_origin && g->who.origin_comm == i->origin_comm &&
	       g->who.origin_cpu == i->origin_cpu;
}

static void add_other(struct explanation *e, enum snap_step step, uint16_t class, uint64_t ns)
{
	if (!e->other_ns[step])
		e->other_class[step] = class;
	e->other_ns[step] += ns;
}

static void add_share(struct explanation *e, enum snap_step step, const struct history_interval *i,
		      uint64_t ns)
{
	for (uint32_t g = 0; g < e->nr_groups; g++) {
		if (!same_group(&e->groups[g], step, i))
			continue;
		e->groups[g].ns += ns;
		e->groups[g].count++;
		if (e->groups[g].who.origin_pid != i->origin_pid)
			e->groups[g].who.origin_pid = SNAP_PID_MANY;
		return;
	}
	if (e->nr_groups < GROUPS)
		e->groups[e->nr_groups++] = (struct group){ step, ns, 1, *i };
	else
		add_other(e, step, i->class, ns);
}

/* Paint [from, to) with the intervals from index first on; returns what stays blank. */
static uint64_t paint_step(const struct history *h, uint64_t first, enum snap_step step,
			   uint64_t from, uint64_t to, struct explanation *e)
{
	uint64_t blank = to - from;
	struct nest_span spans[HISTORY_ROOM];
	struct nest painted = { .room = HISTORY_ROOM, .max_room = HISTORY_ROOM, .spans = spans };

	for (uint64_t i = first; i < h->nr_added; i++) {
		const struct history_interval *x = interval_at(h, i);
		uint64_t start = x->start_ns > from ? x->start_ns : from;
		uint64_t end = x->end_ns < to ? x->end_ns : to;
		uint64_t share;

		if (start >= end)
			continue;
		share = nest_add(&painted, start, end);
		if (!share)
			continue;
		add_share(e, step, x, share);
		e->self_ns[i - e->first] += share;
		blank -= share;
	}
	return blank;
}

/* Largest first; the rest of the order only makes equal ones come out the same each time. */
static int order_part(const void *a, const void *b)
{
	const struct snap_part *x = a, *y = b;
	int ret;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	ret = strcmp(x->name, y->name);
	return ret ? ret : origins_order(&x->origin, &y->origin);
}

static void fill_origin(struct snap_origin *o, const struct history_interval *i, uint64_t count,
			const struct names *names)
{
	o->count = count;
	o->pid = i->origin_pid;
	o->cpu = i->origin_cpu;
	memcpy(o->comm, names_get(names, (int)i->origin_comm), QPW_COMM_LEN);
}

static void fill_part(struct snap_part *part, const struct group *g, const struct names *names)
{
	memset(part, 0, sizeof(*part));
	part->step = g->step;
	part->class = (enum snap_class)g->who.class;
	part->ns = g->ns;
	memcpy(part->name, names_get(names, (int)g->who.name), sizeof(part->name));
	if (g->who.has_origin)
		fill_origin(&part->origin, &g->who, g->count, names);
}

/* All groups as parts, largest first; what does not fit is one part per step. */
static void fill_parts(struct explanation *e, const struct names *names, struct snap_outlier *out)
{
	struct snap_part parts[GROUPS];
	uint32_t keep = e->nr_groups;
	bool other = false;

	memset(parts, 0, sizeof(parts));
	for (uint32_t i = 0; i < e->nr_groups; i++)
		fill_part(&parts[i], &e->groups[i], names);
	qsort(parts, e->nr_groups, sizeof(parts[0]), order_part);
	for (int step = 0; step < SNAP_NR_STEPS; step++)
		other |= e->other_ns[step] != 0;
	if (other || keep > SNAP_PARTS)
		keep = keep < SNAP_PARTS - SNAP_NR_STEPS ? keep : SNAP_PARTS - SNAP_NR_STEPS;
	memcpy(out->parts, parts, keep * sizeof(parts[0]));
	for (uint32_t i = keep; i < e->nr_groups; i++)
		add_other(e, parts[i].step, (uint16_t)parts[i].class, parts[i].ns);
	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		struct group g = { (enum snap_step)step, e->other_ns[step], 0, { 0 } };

		if (!g.ns)
			continue;
		g.who.name = NAME_OTHER;
		g.who.class = e->other_class[step];
		memset(&out->parts[keep], 0, sizeof(out->parts[keep]));
		fill_part(&out->parts[keep++], &g, names);
	}
	out->nr_parts = keep;
	qsort(out->parts, keep, sizeof(parts[0]), order_part);
}

/* Longest first; of equal ones what encloses the others, which is told last. */
static int order_length(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	uint64_t x_ns = x->end_ns - x->start_ns, y_ns = y->end_ns - y->start_ns;

	if (x_ns != y_ns)
		return x_ns > y_ns ? -1 : 1;
	return x->index > y->index ? -1 : 1;
}

/* By start, outer ones first. */
static int order_start(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return order_length(a, b);
}

static void fill_span(struct snap_span *span, const struct piece *p,
		      const struct history_interval *i, const struct names *names)
{
	memset(span, 0, sizeof(*span));
	span->class = (enum snap_class)i->class;
	memcpy(span->name, names_get(names, (int)i->name), sizeof(span->name));
	span->start_ns = p->start_ns;
	span->end_ns = p->end_ns;
	span->before_ns = p->start_ns - i->start_ns;
	if (!i->has_origin)
		return;
	fill_origin(&span->origin, i, 1, names);
	span->origin_ns = i->origin_ns;
	if (i->origin_callsite)
		memcpy(span->callsite, names_get(names, (int)i->origin_callsite - 1),
		       sizeof(span->callsite));
}

/* The longest ones that overlap [from, to), in order of time; the others are counted. */
static void fill_spans(const struct history *h, const struct explanation *e, uint64_t from,
		       uint64_t to, const struct names *names, struct snap_outlier *out)
{
	struct piece pieces[HISTORY_ROOM];
	uint32_t nr = 0;

	for (uint64_t i = e->first; i < h->nr_added; i++) {
		const struct history_interval *x = interval_at(h, i);
		struct piece p = { x->start_ns > from ? x->start_ns : from,
				   x->end_ns < to ? x->end_ns : to, (uint32_t)(i - e->first) };

		if (p.start_ns < p.end_ns)
			pieces[nr++] = p;
	}
	if (!nr)
		return;
	qsort(pieces, nr, sizeof(pieces[0]), order_length);
	out->nr_spans = nr < SNAP_SPANS ? nr : SNAP_SPANS;
	for (uint32_t i = out->nr_spans; i < nr; i++) {
		out->nr_spans_left_out++;
		out->spans_left_out_ns += e->self_ns[pieces[i].index];
	}
	qsort(pieces, out->nr_spans, sizeof(pieces[0]), order_start);
	for (uint32_t i = 0; i < out->nr_spans; i++) {
		fill_span(&out->spans[i], &pieces[i], interval_at(h, e->first + pieces[i].index),
			  names);
		out->spans[i].self_ns = e->self_ns[pieces[i].index];
	}
}

void history_explain(const struct history *h, const struct history_sample *sample,
		     const struct names *names, struct snap_outlier *out)
{
	uint64_t oldest = h->nr_added > h->room ? h->nr_added - h->room : 0;
	uint64_t first = h->nr_added, from = sample->start_ns;
	struct explanation e;

	e.nr_groups = 0;
	memset(e.other_ns, 0, sizeof(e.other_ns));
	memset(e.other_class, 0, sizeof(e.other_class));
	memset(e.self_ns, 0, sizeof(e.self_ns));
	*out = (struct snap_outlier){ .parts = out->parts, .spans = out->spans };
	out->remote_timer = sample->remote_timer;
	out->cpu = sample->cpu;
	out->pid = sample->pid;
	memcpy(out->comm, sample->comm, sizeof(out->comm));
	out->expiry_ns = sample->start_ns;
	out->latency_ns = history_latency(sample);
	while (first > oldest && interval_at(h, first - 1)->end_ns > sample->start_ns)
		first--;
	e.first = first;
	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		uint64_t to = sample->step_end_ns[step];
		/* up to the wake-up it was another CPU's doing, of which nothing is known here */
		bool elsewhere = sample->remote_timer && step != SNAP_STEP_RUN;

		out->step_ns[step] = to - from;
		out->residual_ns[step] = paint_step(h, elsewhere ? h->nr_added : first,
						    (enum snap_step)step, from, to, &e);
		from = to;
	}
	fill_parts(&e, names, out);
	fill_spans(h, &e,
		   sample->remote_timer ? sample->step_end_ns[SNAP_STEP_WAKEUP] : sample->start_ns,
		   from, names, out);
}
