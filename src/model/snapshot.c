/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Life and merging of snapshots. Merging puts the rows of both side by side, sorts them by name
 * and folds equal names, so its result does not depend on the order of rows. Knows no events.
 */
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/origins.h"
#include "util/array.h"

static const char *const class_names[SNAP_NR_CLASSES] = {
	[SNAP_IRQ] = "irq",   [SNAP_SOFTIRQ] = "softirq", [SNAP_IPI] = "ipi",
	[SNAP_TICK] = "tick", [SNAP_TIMER] = "timer",	  [SNAP_THREAD] = "thread",
	[SNAP_WORK] = "work", [SNAP_NMI] = "nmi",
};

const char *snap_class_name(enum snap_class class)
{
	return (unsigned int)class < SNAP_NR_CLASSES ? class_names[class] : "unknown";
}

struct snapshot *snapshot_create(void)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->contended[1].remote = true;
	s->latency = hist_create();
	if (!s->latency) {
		free(s);
		return NULL;
	}
	return s;
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
	free(s->causes);
	free(s->works);
	free(s->flushes);
	free(s->caused);
	free(s->moves);
	free(s->locks);
	free(s->taken);
	free(s->outliers);
	free(s->probes);
	free(s->offlines);
	free(s);
}

/* How rows of one kind are matched, folded and finally ordered. */
struct row_ops {
	size_t size;
	int (*compare)(const void *a, const void *b);
	int (*fold)(void *dst, void *src); /* src is gone afterwards. 0 or -ENOMEM */
	int (*order)(const void *a, const void *b);
};

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Add src to *dst and release it; either may be NULL. */
static int fold_hist(struct hist **dst, struct hist *src)
{
	int ret = 0;

	if (!*dst) {
		*dst = src;
		return 0;
	}
	if (src)
		ret = hist_merge(*dst, src);
	hist_destroy(src);
	return ret;
}

static int compare_cause(const void *a, const void *b)
{
	const struct snap_cause *x = a, *y = b;

	return x->class != y->class ? (x->class < y->class ? -1 : 1) : strcmp(x->name, y->name);
}

int snap_cause_order(const void *a, const void *b)
{
	const struct snap_cause *x = a, *y = b;

	if (x->self_ns != y->self_ns)
		return x->self_ns > y->self_ns ? -1 : 1;
	return compare_cause(a, b);
}

static int fold_cause(void *dst, void *src)
{
	struct snap_cause *d = dst, *s = src;

	d->count += s->count;
	d->self_ns += s->self_ns;
	d->total_ns += s->total_ns;
	d->max_ns = max_u64(d->max_ns, s->max_ns);
	return 0;
}

static int compare_work(const void *a, const void *b)
{
	const struct snap_work *x = a, *y = b;

	return strcmp(x->function, y->function);
}

static int fold_work(void *dst, void *src)
{
	struct snap_work *d = dst, *s = src;

	d->queued += s->queued;
	d->executed += s->executed;
	d->remote += s->remote;
	d->unknown += s->unknown;
	d->inlined += s->inlined;
	d->run_ns += s->run_ns;
	d->inline_ns += s->inline_ns;
	origins_merge(d, s);
	return fold_hist(&d->wait, s->wait);
}

static int compare_flush(const void *a, const void *b)
{
	const struct snap_flush *x = a, *y = b;
	int ret = strcmp(x->function, y->function);

	return ret ? ret : strcmp(x->work, y->work);
}

static int fold_flush(void *dst, void *src)
{
	struct snap_flush *d = dst, *s = src;

	d->count += s->count;
	d->skipped += s->skipped;
	d->total_ns += s->total_ns;
	return fold_hist(&d->wait, s->wait);
}

static int compare_probe(const void *a, const void *b)
{
	const struct snap_probe *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* A probe missing in one boot is missing in the whole. */
static int fold_probe(void *dst, void *src)
{
	struct snap_probe *d = dst, *s = src;

	if (s->state == QPW_PROBE_MISSING && d->state != QPW_PROBE_MISSING)
		*d = *s;
	return 0;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* The first that differs decides. */
static int first_of(const int *results, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (results[i])
			return results[i];
	return 0;
}

static int compare_caused(const void *a, const void *b)
{
	const struct snap_caused *x = a, *y = b;
	const int by[] = {
		compare_u64(x->class, y->class),	strcmp(x->name, y->name),
		strcmp(x->origin.comm, y->origin.comm), compare_u64(x->origin.cpu, y->origin.cpu),
		strcmp(x->cgroup, y->cgroup),		strcmp(x->stack, y->stack)
	};

	return first_of(by, ARRAY_SIZE(by));
}

int snap_caused_order(const void *a, const void *b)
{
	const struct snap_caused *x = a, *y = b;
	int by_count = compare_u64(y->origin.count, x->origin.count);

	return by_count ? by_count : compare_caused(a, b);
}

static int fold_caused(void *dst, void *src)
{
	struct snap_caused *d = dst, *s = src;

	origins_fold(&d->origin, &s->origin);
	d->wait_ns += s->wait_ns;
	d->wait_max_ns = max_u64(d->wait_max_ns, s->wait_max_ns);
	return 0;
}

static int compare_move(const void *a, const void *b)
{
	const struct snap_move *x = a, *y = b;
	const int by[] = { strcmp(x->comm, y->comm), strcmp(x->by_comm, y->by_comm),
			   compare_u64(x->from_cpu, y->from_cpu),
			   compare_u64(x->by_cpu, y->by_cpu) };

	return first_of(by, ARRAY_SIZE(by));
}

int snap_move_order(const void *a, const void *b)
{
	const struct snap_move *x = a, *y = b;
	int by_count = compare_u64(y->count, x->count);

	return by_count ? by_count : compare_move(a, b);
}

static int fold_move(void *dst, void *src)
{
	((struct snap_move *)dst)->count += ((struct snap_move *)src)->count;
	return 0;
}

static int compare_lock(const void *a, const void *b)
{
	const struct snap_lock *x = a, *y = b;
	const int by[] = { compare_u64(x->flags, y->flags), compare_u64(x->by_victim, y->by_victim),
			   strcmp(x->comm, y->comm) };

	return first_of(by, ARRAY_SIZE(by));
}

int snap_lock_order(const void *a, const void *b)
{
	const struct snap_lock *x = a, *y = b;
	int by_time = compare_u64(y->total_ns, x->total_ns);

	return by_time ? by_time : compare_lock(a, b);
}

static int fold_lock(void *dst, void *src)
{
	struct snap_lock *d = dst, *s = src;

	d->count += s->count;
	d->total_ns += s->total_ns;
	d->max_ns = max_u64(d->max_ns, s->max_ns);
	return 0;
}

static int compare_taken(const void *a, const void *b)
{
	return strcmp(((const struct snap_taken *)a)->by_comm,
		      ((const struct snap_taken *)b)->by_comm);
}

int snap_taken_order(const void *a, const void *b)
{
	const struct snap_taken *x = a, *y = b;
	int by_time = compare_u64(y->total_ns, x->total_ns);

	return by_time ? by_time : compare_taken(a, b);
}

static int fold_taken(void *dst, void *src)
{
	struct snap_taken *d = dst, *s = src;

	d->count += s->count;
	d->total_ns += s->total_ns;
	d->max_ns = max_u64(d->max_ns, s->max_ns);
	return 0;
}

static const struct row_ops caused_ops = {
	.size = sizeof(struct snap_caused),
	.compare = compare_caused,
	.fold = fold_caused,
	.order = snap_caused_order,
};

static const struct row_ops move_ops = {
	.size = sizeof(struct snap_move),
	.compare = compare_move,
	.fold = fold_move,
	.order = snap_move_order,
};

static const struct row_ops lock_ops = {
	.size = sizeof(struct snap_lock),
	.compare = compare_lock,
	.fold = fold_lock,
	.order = snap_lock_order,
};

static const struct row_ops taken_ops = {
	.size = sizeof(struct snap_taken),
	.compare = compare_taken,
	.fold = fold_taken,
	.order = snap_taken_order,
};

static const struct row_ops cause_ops = {
	.size = sizeof(struct snap_cause),
	.compare = compare_cause,
	.fold = fold_cause,
	.order = snap_cause_order,
};

static const struct row_ops work_ops = {
	.size = sizeof(struct snap_work),
	.compare = compare_work,
	.fold = fold_work,
};

static const struct row_ops flush_ops = {
	.size = sizeof(struct snap_flush),
	.compare = compare_flush,
	.fold = fold_flush,
};

static const struct row_ops probe_ops = {
	.size = sizeof(struct snap_probe),
	.compare = compare_probe,
	.fold = fold_probe,
};

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
static int fold_rows(void *rows, size_t *nr, const struct row_ops *ops)
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

int snap_outlier_order(const void *a, const void *b)
{
	const struct snap_outlier *x = a, *y = b;

	if (x->latency_ns != y->latency_ns)
		return x->latency_ns > y->latency_ns ? -1 : 1;
	if (x->expiry_ns != y->expiry_ns)
		return x->expiry_ns < y->expiry_ns ? -1 : 1;
	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return 0;
}

/* The worst of both stay, as many as the longer list had. */
static int merge_outliers(struct snapshot *dst, const struct snapshot *src)
{
	size_t keep = dst->nr_outliers > src->nr_outliers ? dst->nr_outliers : src->nr_outliers;
	int ret = 0;

	dst->outliers = append_rows(dst->outliers, &dst->nr_outliers, src->outliers,
				    src->nr_outliers, sizeof(*src->outliers), &ret);
	if (ret || !dst->nr_outliers)
		return ret;
	qsort(dst->outliers, dst->nr_outliers, sizeof(*dst->outliers), snap_outlier_order);
	dst->nr_outliers = keep;
	return 0;
}

static void merge_numbers(struct snapshot *dst, const struct snapshot *src)
{
	bool first = dst->nr_boots == 0;

	if (first || (src->nr_boots && src->window_start_ns < dst->window_start_ns))
		dst->window_start_ns = src->window_start_ns;
	dst->window_end_ns = max_u64(dst->window_end_ns, src->window_end_ns);
	dst->window_closed = first ? src->window_closed : dst->window_closed && src->window_closed;
	dst->window_ns += src->window_ns;
	dst->truncated |= src->truncated;
	dst->nr_boots += src->nr_boots;
	dst->nr_lost += src->nr_lost;
	dst->nr_events += src->nr_events;
	dst->nr_samples += src->nr_samples;
	dst->nr_remote_timers += src->nr_remote_timers;
	dst->outlier_ns = max_u64(dst->outlier_ns, src->outlier_ns);
	dst->nr_offlines_left_out += src->nr_offlines_left_out;
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		dst->classes[i].count += src->classes[i].count;
		dst->classes[i].self_ns += src->classes[i].self_ns;
		dst->classes[i].max_ns = max_u64(dst->classes[i].max_ns, src->classes[i].max_ns);
	}
	dst->counts.page_faults += src->counts.page_faults;
	dst->counts.system_calls += src->counts.system_calls;
	dst->counts.system_calls_missed += src->counts.system_calls_missed;
	dst->counts.lock_waits_missed += src->counts.lock_waits_missed;
	dst->counts.origins_missed += src->counts.origins_missed;
	dst->counts.tick_stops += src->counts.tick_stops;
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		dst->counts.tick_kept[i] += src->counts.tick_kept[i];
	for (int i = 0; i < 2; i++) {
		dst->contended[i].count += src->contended[i].count;
		dst->contended[i].total_ns += src->contended[i].total_ns;
		dst->contended[i].max_ns =
			max_u64(dst->contended[i].max_ns, src->contended[i].max_ns);
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
	if (ret || fold_rows(dst->caused, &dst->nr_caused, &caused_ops) ||
	    fold_rows(dst->moves, &dst->nr_moves, &move_ops) ||
	    fold_rows(dst->locks, &dst->nr_locks, &lock_ops) ||
	    fold_rows(dst->taken, &dst->nr_taken, &taken_ops))
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
	if (ret || append_works(dst, src) || append_flushes(dst, src))
		return -ENOMEM;
	if (fold_rows(dst->causes, &dst->nr_causes, &cause_ops) ||
	    fold_rows(dst->works, &dst->nr_works, &work_ops) ||
	    fold_rows(dst->flushes, &dst->nr_flushes, &flush_ops) ||
	    fold_rows(dst->probes, &dst->nr_probes, &probe_ops))
		return -ENOMEM;
	if (merge_causers(dst, src) || merge_outliers(dst, src) ||
	    hist_merge(dst->latency, src->latency))
		return -ENOMEM;
	merge_numbers(dst, src);
	return 0;
}
