/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of struct snap_counts, one line each in a table: whoever fills, merges, keeps or
 * tells them walks it. Knows no formats.
 */
#ifndef QPW_MODEL_COUNTER_H
#define QPW_MODEL_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qpw_counts;
struct snap_counts;

/* Beside what a counter is told. */
enum counter_about {
	COUNTER_VICTIM, /* what the victim did to itself */
	COUNTER_CALLS,	/* so are system calls, where they are counted: snapshot_counts_calls() */
	COUNTER_TICK,
	COUNTER_LOCKS,
	COUNTER_ORIGINS,
	COUNTER_LATENCY,
};

struct counter {
	const char *key;  /* in an object of what it is about */
	const char *name; /* where it stands by itself */
	const char *help; /* a sentence: what its number, which has no unit, is of */
	size_t offset;	  /* in struct snap_counts */
	size_t record;	  /* in struct qpw_counts; 0: the model counts by itself */
	const char *lack; /* where it is what is missing: a sentence behind the number; or NULL */
	enum counter_about about;
	/*
	 * At most so many: what programs of all CPUs have missed together. It is told for each of
	 * them, and counts once.
	 */
	bool is_bound;
};

#define NR_COUNTERS 9

extern const struct counter counters[NR_COUNTERS];

uint64_t counter_get(const struct counter *counter, const struct snap_counts *counts);

/* What a CPU's records have counted from *first to *last, added to *counts. */
void counters_feed(struct snap_counts *counts, const struct qpw_counts *first,
		   const struct qpw_counts *last);

/* The other way: *record says what *counts has, where there is a place for it. */
void counters_tell(const struct snap_counts *counts, struct qpw_counts *record);

/* What a record says of it, since its beginning; only where it has a place in one. */
uint64_t counter_recorded(const struct counter *counter, const struct qpw_counts *record);

/* Adds *more, of another recording, tick_kept included. */
void counters_merge(struct snap_counts *counts, const struct snap_counts *more);

#endif
