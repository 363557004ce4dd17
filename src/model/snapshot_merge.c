// SPDX-License-Identifier: GPL-2.0-only
/*
 * Merging of snapshots: the rows of both are put side by side, sorted by name and equal names are
 * folded, so that the result does not depend on the order of rows. Knows no events.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/counter.h"
#include "model/snapshot.h"
#include "model/snapshot_rows.h"

/* Append nr_more rows; returns the array, the old one with *ret = -ENOMEM on failure. */
static void *append_rows(void *rows, size_t *nr, const void *more, size_t nr_more, size_t size,
			 int *ret)
{
	void *grown;

	if (!nr_more)
		return rows;
	grown = reallocarray(rows, *nr + nr_more, size);
	if (!grown) {
		*ret = -ENOMEM;
		return rows;
	}
	memcpy((char *)grown + *nr * size, more, nr_more * size);
	*nr += nr_more;
	return grown;
}

/* Sort the rows by name and fold equal ones. */
static int fold_rows(void *rows, size_t *nr, const struct snap_row_ops *ops)
{
	char *base = rows;
	size_t kept = 0;
	int ret = 0;

	if (!*nr)
		return 0;
	qsort(base, *nr, ops->size, ops->compare);
	for (size_t i = 1; i < *nr; i++) {
		char *row = base + i * ops->size;
		char *last = base + kept * ops->size;

		if (ops->compare(last, row)) {
			kept++;
			if (kept != i)
				memcpy(base + kept * ops->size, row, ops->size);
			continue;
		}
		if (ops->fold(last, row))
			ret = -ENOMEM;
	}
	*nr = kept + 1;
	if (ops->order)
		qsort(base, *nr, ops->size, ops->order);
	return ret;
}

/* Works own a histogram: the appended copies get one of their own. */
static int append_works(struct snapshot *dst, const struct snapshot *src)
{
	size_t old = dst->nr_works;
	int ret = 0;

	dst->works = append_rows(dst->works, &dst->nr_works, src->works, src->nr_works,
				 sizeof(*src->works), &ret);
	for (size_t i = old; i < dst->nr_works; i++)
		dst->works[i].wait = NULL;
	for (size_t i = 0; !ret && i < src->nr_works; i++) {
		if (!src->works[i].wait)
			continue;
		dst->works[old + i].wait = hist_clone(src->works[i].wait);
		if (!dst->works[old + i].wait)
			ret = -ENOMEM;
	}
	return ret;
}

static int append_flushes(struct snapshot *dst, const struct snapshot *src)
{
	size_t old = dst->nr_flushes;
	int ret = 0;

	dst->flushes = append_rows(dst->flushes, &dst->nr_flushes, src->flushes, src->nr_flushes,
				   sizeof(*src->flushes), &ret);
	for (size_t i = old; i < dst->nr_flushes; i++)
		dst->flushes[i].wait = NULL;
	for (size_t i = 0; !ret && i < src->nr_flushes; i++) {
		if (!src->flushes[i].wait)
			continue;
		dst->flushes[old + i].wait = hist_clone(src->flushes[i].wait);
		if (!dst->flushes[old + i].wait)
			ret = -ENOMEM;
	}
	return ret;
}

/* The worst of both stay, as many as there is room for in either. */
static int merge_outliers(struct snapshot *dst, const struct snapshot *src)
{
	size_t old = dst->nr_outliers;
	int ret = 0;

	dst->max_outliers = snap_max(dst->max_outliers, src->max_outliers);
	dst->outliers = append_rows(dst->outliers, &dst->nr_outliers, src->outliers,
				    src->nr_outliers, sizeof(*src->outliers), &ret);
	if (ret || !dst->nr_outliers)
		return ret;
	/* all of them, or what src owns would be freed with dst */
	for (size_t i = old; i < dst->nr_outliers; i++) {
		if (snap_outlier_keep(&dst->outliers[i], &src->outliers[i - old]))
			ret = -ENOMEM;
		dst->outliers[i].boot += dst->nr_boots;
	}
	qsort(dst->outliers, dst->nr_outliers, sizeof(*dst->outliers), snap_outlier_order);
	while (dst->nr_outliers > dst->max_outliers)
		snap_outlier_finish(&dst->outliers[--dst->nr_outliers]);
	return ret;
}

static void merge_numbers(struct snapshot *dst, const struct snapshot *src)
{
	bool first = dst->nr_boots == 0;

	if (first || (src->nr_boots && src->window_start_ns < dst->window_start_ns))
		dst->window_start_ns = src->window_start_ns;
	dst->window_end_ns = snap_max(dst->window_end_ns, src->window_end_ns);
	dst->window_closed = first ? src->window_closed : dst->window_closed && src->window_closed;
	dst->window_ns += src->window_ns;
	dst->truncated |= src->truncated;
	dst->added_up |= src->added_up;
	dst->told_ns = snap_max(dst->told_ns, src->told_ns);
	dst->nr_boots += src->nr_boots;
	dst->nr_lost += src->nr_lost;
	dst->nr_events += src->nr_events;
	dst->nr_samples += src->nr_samples;
	dst->nr_remote_timers += src->nr_remote_timers;
	dst->nr_late += src->nr_late;
	dst->outlier_ns = snap_max(dst->outlier_ns, src->outlier_ns);
	dst->nr_offlines_left_out += src->nr_offlines_left_out;
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		dst->classes[i].count += src->classes[i].count;
		dst->classes[i].self_ns += src->classes[i].self_ns;
		dst->classes[i].max_ns = snap_max(dst->classes[i].max_ns, src->classes[i].max_ns);
	}
	counters_merge(&dst->counts, &src->counts);
	for (int i = 0; i < 2; i++) {
		dst->contended[i].count += src->contended[i].count;
		dst->contended[i].total_ns += src->contended[i].total_ns;
		dst->contended[i].max_ns =
			snap_max(dst->contended[i].max_ns, src->contended[i].max_ns);
	}
}

/* Rows about who caused it: they own nothing. */
static int merge_causers(struct snapshot *dst, const struct snapshot *src)
{
	int ret = 0;

	dst->caused = append_rows(dst->caused, &dst->nr_caused, src->caused, src->nr_caused,
				  sizeof(*src->caused), &ret);
	dst->moves = append_rows(dst->moves, &dst->nr_moves, src->moves, src->nr_moves,
				 sizeof(*src->moves), &ret);
	dst->locks = append_rows(dst->locks, &dst->nr_locks, src->locks, src->nr_locks,
				 sizeof(*src->locks), &ret);
	dst->taken = append_rows(dst->taken, &dst->nr_taken, src->taken, src->nr_taken,
				 sizeof(*src->taken), &ret);
	dst->waiters = append_rows(dst->waiters, &dst->nr_waiters, src->waiters, src->nr_waiters,
				   sizeof(*src->waiters), &ret);
	if (ret || fold_rows(dst->caused, &dst->nr_caused, &snap_caused_ops) ||
	    fold_rows(dst->moves, &dst->nr_moves, &snap_move_ops) ||
	    fold_rows(dst->locks, &dst->nr_locks, &snap_lock_ops) ||
	    fold_rows(dst->taken, &dst->nr_taken, &snap_taken_ops) ||
	    fold_rows(dst->waiters, &dst->nr_waiters, &snap_waiter_ops))
		return -ENOMEM;
	dst->caused_left_out += src->caused_left_out;
	while (dst->nr_caused > SNAP_CAUSED)
		dst->caused_left_out += dst->caused[--dst->nr_caused].origin.count;
	return 0;
}

int snapshot_merge(struct snapshot *dst, const struct snapshot *src)
{
	int ret = 0;

	dst->causes = append_rows(dst->causes, &dst->nr_causes, src->causes, src->nr_causes,
				  sizeof(*src->causes), &ret);
	dst->probes = append_rows(dst->probes, &dst->nr_probes, src->probes, src->nr_probes,
				  sizeof(*src->probes), &ret);
	dst->offlines = append_rows(dst->offlines, &dst->nr_offlines, src->offlines,
				    src->nr_offlines, sizeof(*src->offlines), &ret);
	for (size_t i = dst->nr_offlines - (ret ? 0 : src->nr_offlines); i < dst->nr_offlines; i++)
		dst->offlines[i].boot += dst->nr_boots;
	dst->lost = append_rows(dst->lost, &dst->nr_losses, src->lost, src->nr_losses,
				sizeof(*src->lost), &ret);
	if (ret || append_works(dst, src) || append_flushes(dst, src))
		return -ENOMEM;
	if (fold_rows(dst->causes, &dst->nr_causes, &snap_cause_ops) ||
	    fold_rows(dst->works, &dst->nr_works, &snap_work_ops) ||
	    fold_rows(dst->lost, &dst->nr_losses, &snap_loss_ops) ||
	    fold_rows(dst->flushes, &dst->nr_flushes, &snap_flush_ops) ||
	    fold_rows(dst->probes, &dst->nr_probes, &snap_probe_ops))
		return -ENOMEM;
	if (merge_causers(dst, src) || merge_outliers(dst, src) ||
	    hist_merge(dst->latency, src->latency) || heatmap_merge(dst->heatmap, src->heatmap, 0))
		return -ENOMEM;
	merge_numbers(dst, src);
	return 0;
}
