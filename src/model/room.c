// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking rows away in two steps: one look to close a place, one to free it. Whatever a program adds
 * in between still counts. Knows no I/O.
 */
#include "model/room.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FROM_ROWS (LIVE_ROWS / 4 * 3)
#define TO_ROWS (LIVE_ROWS / 2)
#define FROM_CAUSERS (LIVE_CAUSERS / 4 * 3)
#define TO_CAUSERS (LIVE_CAUSERS / 2)
#define EVENT_NS 1000 /* weighs as much as one event */

struct candidate {
	int at;
	uint64_t weight;
};

struct room {
	bool rows_seen, causers_seen; /* what is below is of the last look */
	uint64_t row_stamps[LIVE_ROWS];
	uint64_t causer_stamps[LIVE_CAUSERS];
	/* that are closed: as they were then */
	__u64 closed_rows[LIVE_WORDS];
	__u64 closed_causers[LIVE_WORDS];
	struct qpw_live_row rows[LIVE_ROWS];
	uint64_t causer_counts[LIVE_CAUSERS];
};

/* ------------------------------------------------------------------ places */

static bool has(const __u64 bits[LIVE_WORDS], int at)
{
	return bits[at / 64] >> (at % 64) & 1;
}

static void set(__u64 bits[LIVE_WORDS], int at)
{
	bits[at / 64] |= 1ULL << (at % 64);
}

static void unset(__u64 bits[LIVE_WORDS], int at)
{
	/* programs set others at the same time */
	__atomic_fetch_and(&bits[at / 64], ~(1ULL << (at % 64)), __ATOMIC_RELEASE);
}

/* Nobody finds it any more, nobody takes it. */
static void close_place(void *place)
{
	__atomic_store_n((__u64 *)place, LIVE_BUSY, __ATOMIC_RELEASE);
}

/* The key's first word comes last: then it can be taken. */
static void free_place(void *place, size_t size, __u64 used[LIVE_WORDS], int at)
{
	memset((__u64 *)place + 1, 0, size - sizeof(__u64));
	unset(used, at);
	__atomic_store_n((__u64 *)place, LIVE_FREE, __ATOMIC_RELEASE);
}

/* ------------------------------------------------------------------ what becomes of figures */

/* What a row has had since then. */
static void add_difference(struct qpw_live_row *to, const struct qpw_live_row *now,
			   const struct qpw_live_row *then)
{
	to->count += now->count - then->count;
	to->total_ns += now->total_ns - then->total_ns;
	to->self_ns += now->self_ns - then->self_ns;
	if (now->max_ns > to->max_ns)
		to->max_ns = now->max_ns;
	for (int i = 0; i < QPW_COARSE_BUCKETS; i++)
		to->lengths[i] += now->lengths[i] - then->lengths[i];
}

static struct qpw_live_row *gone_row(struct qpw_live_table *t, uint16_t kind)
{
	struct qpw_live_row *row = &t->gone[kind % LIVE_OTHERS];

	row->key.kind = kind;
	t->gone_kinds |= 1U << kind % LIVE_OTHERS;
	return row;
}

static void leave_out(struct qpw_live_table *t, uint64_t count)
{
	__atomic_fetch_add(&t->nr_causers_left_out, count, __ATOMIC_RELAXED);
}

static void close_causer(struct room *r, struct qpw_live_table *t, int at)
{
	close_place(&t->causers[at]);
	r->causer_counts[at] = t->causers[at].count;
	leave_out(t, r->causer_counts[at]);
	set(r->closed_causers, at);
}

static void close_row(struct room *r, struct qpw_live_table *t, int at)
{
	static const struct qpw_live_row nothing;
	const struct qpw_live_key key = t->rows[at].key;
	int who;

	close_place(&t->rows[at]);
	r->rows[at] = t->rows[at];
	r->rows[at].key = key;
	add_difference(gone_row(t, key.kind), &r->rows[at], &nothing);
	set(r->closed_rows, at);
	qpw_live_for_each(t->used_causers, who)
		if (t->causers[who].row == (uint32_t)at + 1 && !has(r->closed_causers, who))
			close_causer(r, t, who);
}

static void free_closed(struct room *r, struct qpw_live_table *t)
{
	int at, who;

	/* one that was added since then is of no row */
	qpw_live_for_each(t->used_causers, who) {
		uint32_t row = t->causers[who].row - 1;

		if (has(r->closed_causers, who))
			leave_out(t, t->causers[who].count - r->causer_counts[who]);
		else if (row < LIVE_ROWS && has(r->closed_rows, (int)row))
			leave_out(t, t->causers[who].count);
		else
			continue;
		free_place(&t->causers[who], sizeof(t->causers[who]), t->used_causers, who);
	}
	qpw_live_for_each(r->closed_rows, at) {
		add_difference(gone_row(t, r->rows[at].key.kind), &t->rows[at], &r->rows[at]);
		free_place(&t->rows[at], sizeof(t->rows[at]), t->used_rows, at);
	}
	memset(r->closed_rows, 0, sizeof(r->closed_rows));
	memset(r->closed_causers, 0, sizeof(r->closed_causers));
}

/* ------------------------------------------------------------------ choosing */

static unsigned int count_used(const __u64 used[LIVE_WORDS], unsigned int places)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < places / 64; i++)
		n += (unsigned int)__builtin_popcountll(used[i]);
	return n;
}

/* What flags tell, and why the tick was kept, no row of all the rest could. */
static bool may_go(const struct qpw_live_table *t, int at)
{
	const struct qpw_live_key *key = &t->rows[at].key;

	return !key->flags && key->kind != QPW_KIND_TICK_KEPT && key->kind != QPW_KIND_SAMPLE &&
	       (uint32_t)at + 1 != t->last_thread;
}

static int by_weight(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	return x->at - y->at;
}

static uint64_t row_stamp(const struct qpw_live_row *row)
{
	return row->count + row->total_ns;
}

/* What had the CPU once and for long is among the last to go, as is what came often. */
static uint64_t row_weight(const struct qpw_live_row *row)
{
	return row->count + row->total_ns / EVENT_NS;
}

static void close_rows(struct room *r, struct qpw_live_table *t)
{
	unsigned int used = count_used(t->used_rows, LIVE_ROWS), nr = 0;
	struct candidate idle[LIVE_ROWS];
	bool seen = r->rows_seen;
	int at;

	r->rows_seen = used > FROM_ROWS;
	if (!r->rows_seen)
		return;
	qpw_live_for_each(t->used_rows, at) {
		if (at >= LIVE_ROWS)
			break;
		if (seen && row_stamp(&t->rows[at]) == r->row_stamps[at] && may_go(t, at))
			idle[nr++] = (struct candidate){ at, row_weight(&t->rows[at]) };
		r->row_stamps[at] = row_stamp(&t->rows[at]);
	}
	qsort(idle, nr, sizeof(*idle), by_weight);
	for (unsigned int i = 0; i < nr && used > TO_ROWS; i++, used--)
		close_row(r, t, idle[i].at);
}

static void close_causers(struct room *r, struct qpw_live_table *t)
{
	unsigned int used = count_used(t->used_causers, LIVE_CAUSERS), nr = 0;
	struct candidate idle[LIVE_CAUSERS];
	bool seen = r->causers_seen;
	int at;

	r->causers_seen = used > FROM_CAUSERS;
	if (!r->causers_seen)
		return;
	qpw_live_for_each(t->used_causers, at) {
		if (seen && t->causers[at].count == r->causer_stamps[at] &&
		    !has(r->closed_causers, at))
			idle[nr++] = (struct candidate){ at, t->causers[at].count };
		r->causer_stamps[at] = t->causers[at].count;
	}
	qsort(idle, nr, sizeof(*idle), by_weight);
	for (unsigned int i = 0; i < nr && used > TO_CAUSERS; i++, used--)
		close_causer(r, t, idle[i].at);
}

int room_make(struct room **room, struct qpw_live_table *t)
{
	if (!*room && count_used(t->used_rows, LIVE_ROWS) <= FROM_ROWS &&
	    count_used(t->used_causers, LIVE_CAUSERS) <= FROM_CAUSERS)
		return 0;
	if (!*room)
		*room = calloc(1, sizeof(**room));
	if (!*room)
		return -ENOMEM;
	free_closed(*room, t);
	close_rows(*room, t);
	close_causers(*room, t);
	return 0;
}

void room_clear(struct room **room, struct qpw_live_table *t)
{
	int at;

	free(*room);
	*room = NULL;
	qpw_live_for_each(t->used_rows, at)
		free_place(&t->rows[at], sizeof(t->rows[at]), t->used_rows, at);
	qpw_live_for_each(t->used_causers, at)
		free_place(&t->causers[at], sizeof(t->causers[at]), t->used_causers, at);
	memset(t->gone, 0, sizeof(t->gone));
	t->gone_kinds = 0;
	t->nr_causers_left_out = 0;
	t->recent_max_ns = 0;
	t->last_thread = 0;
}
