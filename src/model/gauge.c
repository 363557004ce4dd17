// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting and judging delays as they come.
 */
#include "model/gauge.h"

#include <string.h>

#include "util/array.h"

#define KIND(kind) (1U << (kind))
#define INTERRUPTS                                                                                 \
	(KIND(QPW_KIND_IRQ) | KIND(QPW_KIND_SOFTIRQ) | KIND(QPW_KIND_IPI) | KIND(QPW_KIND_TIMER) | \
	 KIND(QPW_KIND_NMI))

static const struct {
	uint32_t kinds;
	const char *unit;
} gauges[] = {
	[GAUGE_SAMPLES] = { KIND(QPW_KIND_SAMPLE), "samples" },
	[GAUGE_VICTIM] = { KIND(QPW_KIND_SAMPLE) | KIND(QPW_KIND_TAKEN), "delays" },
	/* the threads and works that took its CPU are in the time that it was taken for */
	[GAUGE_BUSY] = { INTERRUPTS | KIND(QPW_KIND_TAKEN), "interruptions" },
	[GAUGE_INTERRUPTIONS] = { INTERRUPTS | KIND(QPW_KIND_THREAD) | KIND(QPW_KIND_WORK),
				  "interruptions" },
};

void gauge_init(struct gauge *g, enum gauge_of of, uint64_t threshold_ns)
{
	memset(g, 0, sizeof(*g));
	g->kinds = gauges[of].kinds;
	g->threshold_ns = threshold_ns;
	g->begin_ns = UINT64_MAX;
	g->end_ns = UINT64_MAX;
}

/* Its end is told before what is still on the way. */
static void set_window(struct gauge *g, const struct qpw_header *h)
{
	g->begin_ns = h->start_ns;
	if (h->end_ns)
		g->end_ns = h->end_ns;
}

/* Inner ones come before those that enclose them: these overlap the hit that is already known. */
static bool is_new_hit(struct gauge *g, const struct qpw_header *h)
{
	uint64_t *until_ns = &g->hit_until_ns[h->cpu % CPULIST_MAX];
	bool is_new = h->start_ns >= *until_ns;

	if (h->end_ns > *until_ns)
		*until_ns = h->end_ns;
	return is_new;
}

bool gauge_feed(struct gauge *g, const struct qpw_header *h)
{
	uint64_t length_ns = h->end_ns - h->start_ns;

	if (h->kind == QPW_META_WINDOW)
		set_window(g, h);
	if (h->kind >= 32 || !(g->kinds & KIND(h->kind)))
		return false;
	if (h->start_ns < g->begin_ns || h->start_ns > g->end_ns || h->end_ns < h->start_ns)
		return false;
	g->count++;
	if (length_ns > g->worst_ns)
		g->worst_ns = length_ns;
	if (!g->threshold_ns || length_ns < g->threshold_ns || !is_new_hit(g, h))
		return false;
	g->last = (struct gauge_delay){ h->cpu, h->start_ns, length_ns };
	if (!g->nr_hits++)
		g->first = g->last;
	return true;
}

const char *gauge_unit(enum gauge_of of)
{
	return (size_t)of < ARRAY_SIZE(gauges) ? gauges[of].unit : "";
}
