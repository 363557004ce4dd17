// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the model's state to a snapshot. Asking changes nothing: a sample that is not settled yet
 * is explained for this snapshot only.
 */
#include "model/model_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/counter.h"

static void fill_window(const struct model *m, struct snapshot *s)
{
	bool seen = m->nr_events || m->from_tables;
	uint64_t seen_ns = seen ? m->last_ns : m->window_start_ns;

	if (seen_ns > m->window_end_ns)
		seen_ns = m->window_end_ns;

	s->window_closed = m->window_closed;
	s->truncated = m->truncated;
	s->added_up = m->added_up;
	s->told_ns = m->told_ns;
	s->nr_events = m->from_tables ? m->nr_table_events : m->nr_events;
	s->nr_without_row = m->nr_without_row;
	s->nr_row_gone = m->nr_row_gone;
	s->outlier_ns = m->outlier_ns;
	s->window_start_ns = m->window_start_ns;
	if (!m->has_window && seen && s->window_start_ns < m->first_ns)
		s->window_start_ns = m->first_ns;
	s->window_end_ns = m->window_closed ? m->window_end_ns : seen_ns;
	if (s->window_end_ns < s->window_start_ns)
		s->window_end_ns = s->window_start_ns;
	s->window_ns = s->window_end_ns - s->window_start_ns;
}

/* Of a CPU: records by kind, and the rest of its number, which no kind is known of. */
static void fill_lost_cpu(const struct model_cpu *cpu, uint32_t number, struct snapshot *s)
{
	uint64_t rest = cpu->nr_lost;

	s->nr_lost += cpu->nr_lost;
	for (uint32_t kind = 0; kind < QPW_LOST_KINDS; kind++) {
		uint64_t count = cpu->lost_by_kind[kind];

		if (!count)
			continue;
		rest = count < rest ? rest - count : 0;
		s->lost[s->nr_losses++] = (struct snap_loss){ number, kind, count };
	}
	if (rest)
		s->lost[s->nr_losses++] = (struct snap_loss){ number, SNAP_KIND_UNKNOWN, rest };
}

static int fill_lost(const struct model *m, struct snapshot *s)
{
	size_t nr_cpus = 0;

	for (unsigned int i = 0; i < MODEL_CPUS; i++)
		nr_cpus += m->cpus[i] && m->cpus[i]->nr_lost;
	s->lost = calloc(nr_cpus + 1, (QPW_LOST_KINDS + 1) * sizeof(*s->lost));
	if (!s->lost)
		return -ENOMEM;
	for (unsigned int i = 0; i < MODEL_CPUS; i++)
		if (m->cpus[i] && m->cpus[i]->nr_lost)
			fill_lost_cpu(m->cpus[i], i, s);
	return 0;
}

/* Of the kept ones and of those that wait to be settled. */
static int fill_outliers(const struct model *m, struct snapshot *s)
{
	struct outliers kept;
	int ret = outliers_clone(&kept, &m->outliers);

	if (ret)
		return ret;
	for (unsigned int i = 0; i < MODEL_CPUS && !ret; i++)
		if (m->cpus[i])
			ret = model_keep_late(m, m->cpus[i], &kept);
	outliers_sort(&kept);
	s->outliers = kept.list;
	s->nr_outliers = kept.nr;
	s->max_outliers = kept.room;
	return ret;
}

static void fill_counts(const struct model *m, struct snapshot *s)
{
	s->counts.calls_unnamed = m->nr_calls_unnamed;
	for (unsigned int i = 0; i < MODEL_CPUS; i++)
		if (m->cpus[i])
			counters_feed(&s->counts, &m->cpus[i]->counts.first,
				      &m->cpus[i]->counts.last);
}

static int compare_probe(const void *a, const void *b)
{
	return strcmp(((const struct snap_probe *)a)->name, ((const struct snap_probe *)b)->name);
}

static int fill_probes(const struct model *m, struct snapshot *s)
{
	s->probes = calloc(m->probes.nr_rows + 1, sizeof(*s->probes));
	if (!s->probes)
		return -ENOMEM;
	s->nr_probes = m->probes.nr_rows;
	if (s->nr_probes)
		memcpy(s->probes, m->probes.rows, s->nr_probes * sizeof(*s->probes));
	qsort(s->probes, s->nr_probes, sizeof(*s->probes), compare_probe);
	return 0;
}

/* The tick is seen by its hrtimer. */
static bool tick_is_seen(const struct model *m)
{
	static const char probe[QPW_SYMBOL_LEN] = "hrtimer_expire_entry";
	int index = table_find(&m->probes, probe);

	return index < 0 || ((const struct snap_probe *)table_row(&m->probes, index))->state !=
				    QPW_PROBE_MISSING;
}

/* Without a window, times of samples are only now known to be since the first record. */
static int fill_heatmap(const struct model *m, struct snapshot *s)
{
	const struct heatmap *h = m->figures.heatmap;

	return heatmap_merge(s->heatmap, h, (s->window_start_ns - m->window_start_ns) >> h->shift);
}

struct snapshot *model_snapshot(const struct model *m)
{
	struct snapshot *s = snapshot_create();

	if (!s)
		return NULL;
	s->nr_boots = 1;
	fill_window(m, s);
	fill_counts(m, s);
	if (fill_lost(m, s) || offline_fill(&m->offline, s->window_start_ns, m->window_end_ns, s) ||
	    figures_fill(&m->figures, &m->names, s) ||
	    figures_fill_causers(&m->figures, &m->names, &m->places, s) || fill_outliers(m, s) ||
	    fill_heatmap(m, s) || fill_probes(m, s) ||
	    (m->watch && watch_fill(m->watch, &m->names, tick_is_seen(m), s))) {
		snapshot_destroy(s);
		return NULL;
	}
	return s;
}
