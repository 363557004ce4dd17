// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings of parts, one for each CPU. Knows numbers and event time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/top_minute.h"

void top_minute_finish(struct top_minute *m)
{
	free(m->cpus);
	m->cpus = NULL;
	m->nr_cpus = 0;
}

static struct top_minute_cpu *get_cpu(struct top_minute *m, uint32_t cpu)
{
	struct top_minute_cpu *grown;

	for (size_t i = 0; i < m->nr_cpus; i++)
		if (m->cpus[i].cpu == cpu)
			return &m->cpus[i];
	grown = reallocarray(m->cpus, m->nr_cpus + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	m->cpus = grown;
	memset(&grown[m->nr_cpus], 0, sizeof(*grown));
	grown[m->nr_cpus].cpu = cpu;
	return &grown[m->nr_cpus++];
}

/* Parts that come between the newest one and this are not known. */
static void advance(struct top_minute_cpu *c, uint64_t part)
{
	uint64_t steps = part > c->last ? part - c->last : 0;

	if (steps > TOP_MINUTE_PARTS)
		steps = TOP_MINUTE_PARTS;
	for (uint64_t i = 0; i < steps; i++) {
		c->stolen_ns[(part - i) % TOP_MINUTE_PARTS] = 0;
		c->known_ns[(part - i) % TOP_MINUTE_PARTS] = 0;
	}
	if (part > c->last)
		c->last = part;
}

int top_minute_add(struct top_minute *m, uint32_t cpu, uint64_t from_ns, uint64_t to_ns,
		   double stolen_ns)
{
	struct top_minute_cpu *c = get_cpu(m, cpu);
	double length = (double)(to_ns - from_ns);

	if (!c)
		return -ENOMEM;
	if (to_ns <= from_ns)
		return 0;
	if (to_ns - from_ns > TOP_MINUTE_PARTS * TOP_MINUTE_PART_NS)
		from_ns = to_ns - TOP_MINUTE_PARTS * TOP_MINUTE_PART_NS;
	while (from_ns < to_ns) {
		uint64_t part = from_ns / TOP_MINUTE_PART_NS;
		uint64_t end = (part + 1) * TOP_MINUTE_PART_NS;
		double share;

		if (end > to_ns)
			end = to_ns;
		share = (double)(end - from_ns);
		advance(c, part);
		c->stolen_ns[part % TOP_MINUTE_PARTS] += stolen_ns * share / length;
		c->known_ns[part % TOP_MINUTE_PARTS] += share;
		from_ns = end;
	}
	return 0;
}

void top_minute_get(const struct top_minute *m, uint32_t cpu, uint64_t now_ns,
		    double out[TOP_MINUTE_PARTS])
{
	uint64_t now = now_ns ? (now_ns - 1) / TOP_MINUTE_PART_NS : 0;
	const struct top_minute_cpu *c = NULL;

	for (size_t i = 0; i < m->nr_cpus; i++)
		if (m->cpus[i].cpu == cpu)
			c = &m->cpus[i];
	for (uint64_t i = 0; i < TOP_MINUTE_PARTS; i++) {
		uint64_t back = TOP_MINUTE_PARTS - 1 - i, part = now - back;

		out[i] = -1;
		if (!c || back > now || part > c->last || c->last - part >= TOP_MINUTE_PARTS ||
		    c->known_ns[part % TOP_MINUTE_PARTS] <= 0)
			continue;
		out[i] = c->stolen_ns[part % TOP_MINUTE_PARTS] /
			 c->known_ns[part % TOP_MINUTE_PARTS] * 1e6;
	}
}
