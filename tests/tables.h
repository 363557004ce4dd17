/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of include/qpw/live.h filled in user space, for tests and measurements: what the programs
 * do, with a search from the first row on. Knows no hash, so that it can't share a mistake in one.
 */
#ifndef QPW_TESTS_TABLES_H
#define QPW_TESTS_TABLES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "qpw/live.h"

static inline struct qpw_live_key table_key(uint16_t kind, uint16_t flags, uint32_t number,
					    uint64_t function, const char *name)
{
	struct qpw_live_key key = {
		.kind = kind, .flags = flags, .number = number, .function = function
	};
	size_t len = strlen(name);

	memcpy(key.name, name, len < sizeof(key.name) ? len : sizeof(key.name));
	return key;
}

/* Index of the row of a key; first: where to look from, 0 or LIVE_ROWS. */
static inline uint32_t table_place(struct qpw_live_table *t, const struct qpw_live_key *key,
				   uint32_t first)
{
	uint32_t at = first;

	while (t->rows[at].key.kind && memcmp(&t->rows[at].key, key, sizeof(*key)) != 0)
		at++;
	t->used_rows[at / 64] |= 1ULL << at % 64;
	t->rows[at].key = *key;
	return at;
}

/* Add count intervals that lasted for ns each, counted or not. Returns the row. */
static inline uint32_t table_add(struct qpw_live_table *t, const struct qpw_live_key *key,
				 uint32_t count, bool counted, uint64_t ns, uint64_t self_ns)
{
	uint32_t at = table_place(t, key, 0);
	struct qpw_live_row *row = &t->rows[at];

	row->count += counted ? count : 0;
	row->total_ns += count * ns;
	row->self_ns += count * self_ns;
	row->lengths[qpw_coarse_bucket(ns)] += count;
	if (ns > row->max_ns)
		row->max_ns = ns;
	return at;
}

/* The last one was owed to *origin, wait_ns before. */
static inline void table_add_who(struct qpw_live_table *t, uint32_t row,
				 const struct qpw_origin *origin, uint32_t count, uint64_t wait_ns)
{
	struct qpw_live_who key = { .row = row + 1, .cpu = origin->cpu, .cgroup = origin->cgroup };
	struct qpw_live_who *who = t->causers;

	memcpy(key.comm, origin->comm, sizeof(key.comm));
	while (who->row && memcmp(who, &key, offsetof(struct qpw_live_who, pid)) != 0)
		who++;
	if (!who->row) {
		t->used_causers[(who - t->causers) / 64] |= 1ULL << (who - t->causers) % 64;
		*who = key;
		who->pid = origin->pid;
		who->stack = origin->stack;
	}
	if (who->pid != origin->pid)
		who->pid = LIVE_PID_MANY;
	who->count += count;
	who->wait_ns += count * wait_ns;
	if (wait_ns > who->wait_max_ns)
		who->wait_max_ns = wait_ns;
}

#endif
