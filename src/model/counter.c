// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of counters, and access to the numbers that it names. In the order of struct
 * qpw_counts, then those that the model counts by itself.
 */
#include "model/counter.h"

#include "model/snapshot.h"

#define AT(field) offsetof(struct snap_counts, field)
#define RECORD(field) offsetof(struct qpw_counts, field)

const struct counter counters[NR_COUNTERS] = {
	{ "page_faults", "victim_page_faults", "Page faults of the victim.", AT(page_faults),
	  RECORD(nr_page_faults), NULL, COUNTER_VICTIM, false },
	{ "system_calls", "victim_system_calls", "System calls of the victim.", AT(system_calls),
	  RECORD(nr_system_calls), NULL, COUNTER_CALLS, false },
	{ "system_calls_missed", "victim_system_calls_missed",
	  "At most so many system calls of the victim are not counted.", AT(system_calls_missed),
	  RECORD(nr_system_calls_missed), "system calls of the victim were not counted",
	  COUNTER_CALLS, true },
	{ "stops", "tick_stops", "Times that the tick was stopped on the watched CPUs.",
	  AT(tick_stops), RECORD(nr_tick_stops), NULL, COUNTER_TICK, false },
	{ "lock_waits_missed", "lock_waits_missed", "At most so many waits for locks are not told.",
	  AT(lock_waits_missed), RECORD(nr_lock_waits_missed), "waits for locks were not seen",
	  COUNTER_LOCKS, true },
	{ "origins_missed", "origins_missed", "At most so many origins or moves are not told.",
	  AT(origins_missed), RECORD(nr_origins_missed), "origins or moves were not seen",
	  COUNTER_ORIGINS, true },
	{ "untimed_wakeups", "victim_untimed_wakeups",
	  "Wake-ups of the victim that no sleep's timer ended: they are no samples.",
	  AT(untimed_wakeups), RECORD(nr_untimed_wakeups), NULL, COUNTER_LATENCY, false },
	{ "rows_left_out", "rows_left_out",
	  "Origins of works, moves, waits and takings for which there was no room.",
	  AT(rows_left_out), 0, "origins of works, moves, waits or takings had no room",
	  COUNTER_ORIGINS, false },
	{ "calls_unnamed", "calls_unnamed",
	  "Functions called in interrupts that go by another one, that took longer.",
	  AT(calls_unnamed), 0, "more functions were called in IPIs that go by a longer one",
	  COUNTER_ORIGINS, false },
};

/* tick_kept, a number for each reason, stands behind them and has no line. */
_Static_assert(offsetof(struct snap_counts, tick_kept) == NR_COUNTERS * sizeof(uint64_t),
	       "a line for each counter");

static uint64_t *value_at(const struct counter *counter, struct snap_counts *counts)
{
	return (uint64_t *)((char *)counts + counter->offset);
}

uint64_t counter_get(const struct counter *counter, const struct snap_counts *counts)
{
	return *(const uint64_t *)((const char *)counts + counter->offset);
}

uint64_t counter_recorded(const struct counter *counter, const struct qpw_counts *record)
{
	return *(const __u64 *)((const char *)record + counter->record);
}

void counters_feed(struct snap_counts *counts, const struct qpw_counts *first,
		   const struct qpw_counts *last)
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		uint64_t *value = value_at(&counters[i], counts);
		uint64_t from, to, more;

		if (!counters[i].record)
			continue;
		from = counter_recorded(&counters[i], first);
		to = counter_recorded(&counters[i], last);
		more = to > from ? to - from : 0; /* a corrupt trace may count backwards */
		if (!counters[i].is_bound)
			*value += more;
		else if (more > *value)
			*value = more;
	}
}

void counters_tell(const struct snap_counts *counts, struct qpw_counts *record)
{
	for (int i = 0; i < NR_COUNTERS; i++)
		if (counters[i].record)
			*(__u64 *)((char *)record + counters[i].record) =
				counter_get(&counters[i], counts);
}

void counters_merge(struct snap_counts *counts, const struct snap_counts *more)
{
	for (int i = 0; i < NR_COUNTERS; i++)
		*value_at(&counters[i], counts) += counter_get(&counters[i], more);
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++)
		counts->tick_kept[i] += more->tick_kept[i];
}
