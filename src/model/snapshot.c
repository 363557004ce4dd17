// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of a snapshot. Knows neither events nor how snapshots are merged.
 */
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const class_names[SNAP_NR_CLASSES] = {
	[SNAP_IRQ] = "irq",   [SNAP_SOFTIRQ] = "softirq", [SNAP_IPI] = "ipi",
	[SNAP_TICK] = "tick", [SNAP_TIMER] = "timer",	  [SNAP_THREAD] = "thread",
	[SNAP_WORK] = "work", [SNAP_NMI] = "nmi",
};

const char *snap_class_name(enum snap_class class)
{
	return (unsigned int)class < SNAP_NR_CLASSES ? class_names[class] : "unknown";
}

bool snapshot_lacks(const struct snapshot *s, const char *probe)
{
	for (size_t i = 0; i < s->nr_probes; i++)
		if (s->probes[i].state == QPW_PROBE_MISSING && !strcmp(s->probes[i].name, probe))
			return true;
	return false;
}

bool snapshot_counts_calls(const struct snapshot *s)
{
	if (s->counts.system_calls)
		return true;
	for (size_t i = 0; i < s->nr_probes; i++)
		if (!strcmp(s->probes[i].name, "sys_enter"))
			return s->probes[i].state != QPW_PROBE_MISSING;
	return false;
}

struct snapshot *snapshot_create(void)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->contended[1].remote = true;
	s->latency = hist_create();
	s->heatmap = heatmap_create();
	if (!s->latency || !s->heatmap) {
		snapshot_destroy(s);
		return NULL;
	}
	return s;
}

/* Parts and spans to memory of its own, which has no owner yet. */
static int move_details(struct snap_outlier *o)
{
	const size_t head = _Alignof(struct snap_span);
	size_t parts_size = o->nr_parts * sizeof(*o->parts);
	size_t spans_size = o->nr_spans * sizeof(*o->spans);
	char *room = calloc(1, head + parts_size + spans_size);

	if (!room)
		return -ENOMEM;
	if (parts_size)
		memcpy(room + head, o->parts, parts_size);
	if (spans_size)
		memcpy(room + head + parts_size, o->spans, spans_size);
	o->nr_owners = (uint32_t *)room;
	o->parts = (struct snap_part *)(room + head);
	o->spans = (struct snap_span *)(room + head + parts_size);
	return 0;
}

int snap_outlier_keep(struct snap_outlier *dst, const struct snap_outlier *src)
{
	*dst = *src;
	if (!dst->nr_owners && move_details(dst)) {
		dst->nr_parts = 0;
		dst->nr_spans = 0;
		return -ENOMEM;
	}
	(*dst->nr_owners)++;
	return 0;
}

void snap_outlier_finish(struct snap_outlier *o)
{
	if (o->nr_owners && !--*o->nr_owners)
		free(o->nr_owners);
	o->nr_owners = NULL;
}

void snapshot_destroy(struct snapshot *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->nr_works; i++)
		hist_destroy(s->works[i].wait);
	for (size_t i = 0; i < s->nr_flushes; i++)
		hist_destroy(s->flushes[i].wait);
	hist_destroy(s->latency);
	heatmap_destroy(s->heatmap);
	free(s->causes);
	free(s->cpus);
	free(s->events);
	free(s->works);
	free(s->flushes);
	free(s->caused);
	free(s->moves);
	free(s->locks);
	free(s->taken);
	free(s->waiters);
	free(s->lost);
	for (size_t i = 0; i < s->nr_outliers; i++)
		snap_outlier_finish(&s->outliers[i]);
	free(s->outliers);
	free(s->probes);
	free(s->offlines);
	free(s);
}
