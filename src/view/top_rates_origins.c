// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who brought about what: rows of a snapshot that differ by their stacks and call sites only are
 * one. Knows no columns.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/top_lookup.h"
#include "view/top_rates.h"

static uint64_t origin_hash(const void *row)
{
	const struct snap_caused *c = ((const struct top_origin *)row)->caused;
	uint64_t hash = top_hash_number(c->class, (uint64_t)c->on_cpu << 32 | c->origin.cpu);

	hash = top_hash_text(top_hash_text(hash, c->name), c->origin.comm);
	return top_hash_text(hash, c->cgroup);
}

static bool origin_same(const void *a, const void *b)
{
	const struct snap_caused *x = ((const struct top_origin *)a)->caused;
	const struct snap_caused *y = ((const struct top_origin *)b)->caused;

	return x->class == y->class && x->on_cpu == y->on_cpu && x->origin.cpu == y->origin.cpu &&
	       !strcmp(x->name, y->name) && !strcmp(x->origin.comm, y->origin.comm) &&
	       !strcmp(x->cgroup, y->cgroup);
}

static const struct top_rows origin_rows = { origin_hash, origin_same };

struct merged {
	struct top_origin *origins;
	size_t nr;
	uint32_t *next; /* for each row of the snapshot the next one of the same */
	struct top_lookup lookup;
};

static void merged_finish(struct merged *m)
{
	top_lookup_finish(&m->lookup);
	free(m->origins);
	free(m->next);
}

static void merge(struct merged *m, const struct snapshot *s, uint32_t at)
{
	const struct snap_caused *c = &s->caused[at];
	struct top_origin one = { .caused = c, .first = at, .last = at, .who = c->origin };
	const struct top_origin *found = top_lookup_find(&m->lookup, &one);
	struct top_origin *o = &m->origins[found ? found - m->origins : (ptrdiff_t)m->nr];

	m->next[at] = TOP_NO_ROW;
	if (!found) {
		*o = one;
		m->nr++;
		top_lookup_add(&m->lookup, o);
	} else {
		m->next[o->last] = at;
		o->last = at;
		o->who.count += c->origin.count;
		if (o->who.pid != c->origin.pid)
			o->who.pid = SNAP_PID_MANY;
	}
	o->wait_ns += c->wait_ns;
	if (c->wait_max_ns > o->wait_max_ns)
		o->wait_max_ns = c->wait_max_ns;
}

static int merged_init(struct merged *m, const struct snapshot *s)
{
	*m = (struct merged){ .origins = calloc(s->nr_caused + 1, sizeof(*m->origins)),
			      .next = calloc(s->nr_caused + 1, sizeof(*m->next)) };
	if (!m->origins || !m->next || top_lookup_init(&m->lookup, &origin_rows, s->nr_caused)) {
		merged_finish(m);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->nr_caused; i++)
		merge(m, s, (uint32_t)i);
	return 0;
}

int top_rates_origins(struct top_rates *out, const struct snapshot *before,
		      const struct snapshot *now, uint64_t span_ns)
{
	struct merged old, present;

	if (merged_init(&old, before))
		return -ENOMEM;
	if (merged_init(&present, now)) {
		merged_finish(&old);
		return -ENOMEM;
	}
	for (size_t i = 0; i < present.nr; i++) {
		struct top_origin *o = &present.origins[i];
		const struct top_origin *was = top_lookup_find(&old.lookup, o);

		o->count_s = top_per_second(was ? was->who.count : 0, o->who.count, span_ns);
	}
	out->origins = present.origins;
	out->nr_origins = present.nr;
	out->next_caused = present.next;
	top_lookup_finish(&present.lookup);
	merged_finish(&old);
	return 0;
}
