// SPDX-License-Identifier: GPL-2.0-only
/*
 * How rows of each kind are matched, folded and ordered. Knows no events and no whole snapshot.
 */
#include "model/snapshot_rows.h"

#include <errno.h>
#include <string.h>

#include "model/origins.h"
#include "util/array.h"

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

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
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
	d->max_ns = snap_max(d->max_ns, s->max_ns);
	d->p99_ns = snap_max(d->p99_ns, s->p99_ns);
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

/* A probe missing in one boot is missing in the whole; most of all one that the kernel has. */
static int fold_probe(void *dst, void *src)
{
	struct snap_probe *d = dst, *s = src;

	if (s->state == QPW_PROBE_MISSING &&
	    (d->state != QPW_PROBE_MISSING || (s->error && !d->error)))
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
		strcmp(x->cgroup, y->cgroup),		strcmp(x->stack, y->stack),
		strcmp(x->callsite, y->callsite),	compare_u64(x->on_cpu, y->on_cpu)
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
	d->wait_max_ns = snap_max(d->wait_max_ns, s->wait_max_ns);
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
	d->max_ns = snap_max(d->max_ns, s->max_ns);
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
	d->max_ns = snap_max(d->max_ns, s->max_ns);
	return 0;
}

static int compare_loss(const void *a, const void *b)
{
	const struct snap_loss *x = a, *y = b;

	return x->cpu != y->cpu ? compare_u64(x->cpu, y->cpu) : compare_u64(x->kind, y->kind);
}

static int fold_loss(void *dst, void *src)
{
	((struct snap_loss *)dst)->count += ((struct snap_loss *)src)->count;
	return 0;
}

const struct snap_row_ops snap_loss_ops = {
	.size = sizeof(struct snap_loss),
	.compare = compare_loss,
	.fold = fold_loss,
};

static int compare_waiter(const void *a, const void *b)
{
	const struct snap_waiter *x = a, *y = b;
	const int by[] = { strcmp(x->function, y->function), strcmp(x->work, y->work),
			   strcmp(x->comm, y->comm), compare_u64(x->target_cpu, y->target_cpu) };

	return first_of(by, ARRAY_SIZE(by));
}

int snap_waiter_order(const void *a, const void *b)
{
	const struct snap_waiter *x = a, *y = b;
	const int by[] = { compare_u64(y->waiting_ns, x->waiting_ns),
			   compare_u64(y->total_ns, x->total_ns), compare_waiter(a, b) };

	return first_of(by, ARRAY_SIZE(by));
}

static int fold_waiter(void *dst, void *src)
{
	struct snap_waiter *d = dst, *s = src;

	d->count += s->count;
	d->total_ns += s->total_ns;
	d->max_ns = snap_max(d->max_ns, s->max_ns);
	d->waiting_ns = snap_max(d->waiting_ns, s->waiting_ns);
	return 0;
}

const struct snap_row_ops snap_waiter_ops = {
	.size = sizeof(struct snap_waiter),
	.compare = compare_waiter,
	.fold = fold_waiter,
	.order = snap_waiter_order,
};

const struct snap_row_ops snap_caused_ops = {
	.size = sizeof(struct snap_caused),
	.compare = compare_caused,
	.fold = fold_caused,
	.order = snap_caused_order,
};

const struct snap_row_ops snap_move_ops = {
	.size = sizeof(struct snap_move),
	.compare = compare_move,
	.fold = fold_move,
	.order = snap_move_order,
};

const struct snap_row_ops snap_lock_ops = {
	.size = sizeof(struct snap_lock),
	.compare = compare_lock,
	.fold = fold_lock,
	.order = snap_lock_order,
};

const struct snap_row_ops snap_taken_ops = {
	.size = sizeof(struct snap_taken),
	.compare = compare_taken,
	.fold = fold_taken,
	.order = snap_taken_order,
};

const struct snap_row_ops snap_cause_ops = {
	.size = sizeof(struct snap_cause),
	.compare = compare_cause,
	.fold = fold_cause,
	.order = snap_cause_order,
};

const struct snap_row_ops snap_work_ops = {
	.size = sizeof(struct snap_work),
	.compare = compare_work,
	.fold = fold_work,
};

const struct snap_row_ops snap_flush_ops = {
	.size = sizeof(struct snap_flush),
	.compare = compare_flush,
	.fold = fold_flush,
};

const struct snap_row_ops snap_probe_ops = {
	.size = sizeof(struct snap_probe),
	.compare = compare_probe,
	.fold = fold_probe,
};

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
