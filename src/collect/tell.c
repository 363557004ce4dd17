// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts and losses as records.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "collect/collect_state.h"
#include "collect/skeletons.h"
#include "collect/tell.h"
#include "util/clock.h"

/*
 * Events that neither a program nor its spare has seen: what programs missed without what spares
 * say they stood in for. A spare comes a little after the miss, so misses are judged only when they
 * are looked at the next time. A spare keeps no book of CPUs that are not watched, so the number of
 * events that both can have missed is a bound too.
 */
void tell_skipped_judge(struct collect *c)
{
	uint64_t judged = c->nr_missed, nr_seen, nr_skipped;
	struct probe_misses misses;

	probes_count_missed(c->probes, c->bpf->obj, &misses);
	nr_seen = __atomic_load_n(&c->bpf->bss->nr_stepped_in, __ATOMIC_RELAXED);
	c->nr_missed = misses.nr_missed;
	c->misses = misses;
	nr_skipped = judged > nr_seen ? judged - nr_seen : 0;
	if (nr_skipped > misses.nr_missed_twice)
		nr_skipped = misses.nr_missed_twice;
	if (nr_skipped > c->nr_skipped)
		c->nr_skipped = nr_skipped;
}

/* The kernel counts skipped events by program, not by CPU: they go to the first watched one. */
static void lost_on(const struct collect *c, uint32_t cpu, struct qpw_lost *r)
{
	if ((int)cpu == cpulist_next(&c->watched, -1))
		r->nr_lost = c->nr_skipped;
	if (bpf_map_lookup_elem(bpf_map__fd(c->bpf->maps.lost), &cpu, r->by_kind))
		return;
	for (size_t i = 0; i < QPW_LOST_KINDS; i++)
		r->nr_lost += r->by_kind[i];
}

void tell_losses(struct collect *c, bool at_end)
{
	uint64_t now = clock_now_ns();
	uint32_t cpu;

	for (cpu = 0; cpu < c->nr_cpus; cpu++) {
		struct qpw_lost r = { .h = { .start_ns = now,
					     .end_ns = now,
					     .cpu = cpu,
					     .kind = QPW_META_LOST,
					     .size = sizeof(r) } };

		lost_on(c, cpu, &r);
		if (r.nr_lost == c->nr_lost[cpu] && !(at_end && cpulist_has(&c->watched, cpu)))
			continue;
		c->nr_lost[cpu] = r.nr_lost;
		if (at_end)
			stream_put_last(c->stream, &r.h);
		else
			stream_put(c->stream, &r.h);
	}
}

void tell_counts(struct collect *c, bool always)
{
	uint64_t now = clock_now_ns();
	struct qpw_counts r;
	int cpu;

	for (cpu = cpulist_next(&c->watched, -1); cpu >= 0; cpu = cpulist_next(&c->watched, cpu)) {
		memset(&r, 0, sizeof(r));
		if (bpf_map_lookup_elem(bpf_map__fd(c->bpf->maps.counts), &cpu, &r))
			continue;
		r.h.start_ns = now;
		r.h.end_ns = now;
		r.h.cpu = (uint32_t)cpu;
		r.h.kind = QPW_META_COUNTS;
		r.h.size = sizeof(r);
		r.nr_system_calls_missed = c->misses.nr_system_calls;
		r.nr_lock_waits_missed = c->misses.nr_lock_events;
		r.nr_origins_missed = c->misses.nr_origins;
		if (!always && !memcmp(&r.h + 1, &c->told[cpu].h + 1, sizeof(r) - sizeof(r.h)))
			continue;
		c->told[cpu] = r;
		stream_put(c->stream, &r.h);
	}
}
