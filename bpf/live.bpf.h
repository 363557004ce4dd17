/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adding up instead of recording: rows of include/qpw/live.h, found by their key, and the self time
 * of nested intervals as they end. Knows keys and lengths, not what they are of.
 */
#ifndef QPW_BPF_LIVE_H
#define QPW_BPF_LIVE_H

#include "emit.bpf.h"

#include "qpw/live.h"

/* Filled in by user space before loading. */
const volatile __u16 live_table_of[MAX_CPUS]; /* of a watched CPU */
const volatile __u32 live_shared_table;

/*
 * One for each watched CPU, and one for what happens elsewhere. An element is larger than what maps
 * of one element a CPU may have.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set by user space */
	__type(key, u32);
	__type(value, struct qpw_live_table);
} live_tables SEC(".maps");

/* Whether an interval gets a record of its own: all do, or those that are long. */
static __always_inline bool live_is_told(u64 start_ns, u64 end_ns)
{
	return !aggregates || end_ns - start_ns >= event_ns;
}

/*
 * A work's function, to become part of a key. The verifier of 7.2 takes what tp_btf reads of it for
 * a pointer to memory, which no key can be reckoned from; as a copy it is a number.
 */
#define LIVE_FUNCTION(work) (aggregates ? (u64)BPF_CORE_READ(work, func) : (u64)FIELD(work, func))

/*
 * When the window opened, set by user space: of an interval that began before, what passed since is
 * added up, and it does not count; nothing of anything else that did. 0 = closed.
 */
__u64 live_open_ns;

#define LIVE_NO_ROW (-1)
#define LIVE_TRIES 3

enum live_how {
	LIVE_COUNTED = 1 << 0,	/* not for the later parts of one run */
	LIVE_INTERVAL = 1 << 1, /* an interruption of this CPU */
	LIVE_EARLY = 1 << 2,	/* of which a part was before the window */
};

static __always_inline u64 live_read(const void *word)
{
	return *(const volatile u64 *)word;
}

static __always_inline bool live_is_before(u64 start_ns)
{
	return start_ns < live_read(&live_open_ns);
}

static __always_inline u64 live_word(const void *key, int i)
{
	return ((const u64 *)key)[i];
}

/*
 * Places of a key are apart by a step of its own: one that had all of a row would leave none to the
 * next key that begins there.
 */
static __always_inline u32 live_step(u32 hash)
{
	return hash >> 16 | 1;
}

/* The upper bits of a product depend on all bits of what is multiplied. */
static __always_inline u32 live_hash(const void *key)
{
	u64 mixed = live_word(key, 0) * 0x9e3779b97f4a7c15;

	mixed = (mixed ^ live_word(key, 1)) * 0x9e3779b97f4a7c15;
	mixed = (mixed ^ live_word(key, 2)) * 0x9e3779b97f4a7c15;
	mixed = (mixed ^ live_word(key, 3)) * 0x9e3779b97f4a7c15;
	return mixed >> 32;
}

static __always_inline bool live_same(const void *a, const void *b)
{
	return live_read(a) == live_word(b, 0) && live_word(a, 1) == live_word(b, 1) &&
	       live_word(a, 2) == live_word(b, 2) && live_word(a, 3) == live_word(b, 3);
}

/* Put a key into a place that is free: false when another program, or an interrupt, was first. */
static __always_inline bool live_claim(void *place, const void *key)
{
	u64 *to = place;

	if (__sync_val_compare_and_swap(to, LIVE_FREE, LIVE_BUSY) != LIVE_FREE)
		return false;
	to[1] = live_word(key, 1);
	to[2] = live_word(key, 2);
	to[3] = live_word(key, 3);
	/* last; x86 keeps stores in their order by itself */
	barrier();
	*(volatile u64 *)to = live_word(key, 0);
	return true;
}

static __always_inline void live_take(u64 used[LIVE_WORDS], u32 at)
{
	__sync_fetch_and_or(&used[at / 64 & (LIVE_WORDS - 1)], 1ULL << (at % 64));
}

/*
 * The row of a key, which may be that of all that find no place. No loop here or below: 6.1 refuses
 * one whose way back to its head is no jump, as clang likes to lay it out.
 */
static __always_inline u32 live_find_row(struct qpw_live_table *table,
					 const struct qpw_live_key *key)
{
	struct qpw_live_key other = { .kind = key->kind };
	u32 hash = live_hash(key), at, i;

#pragma unroll
	for (i = 0; i < LIVE_PROBES; i++) {
		at = (hash + i * live_step(hash)) & (LIVE_ROWS - 1);
		if (live_same(&table->rows[at], key))
			return at;
		if (!live_read(&table->rows[at]) && live_claim(&table->rows[at], key))
			goto taken;
	}
	at = LIVE_ROWS + (key->kind & (LIVE_OTHERS - 1));
	if (live_read(&table->rows[at]) || !live_claim(&table->rows[at], &other))
		return at;
taken:
	live_take(table->used_rows, at);
	return at;
}

static __always_inline void live_raise(u64 *max, u64 value)
{
	if (value > *(volatile u64 *)max)
		*(volatile u64 *)max = value;
}

/*
 * Add one to the row of a key, in the table of this number. Returns the row's index, or
 * LIVE_NO_ROW. Not inlined: a function of its own in all programs.
 */
static __noinline int live_add(u32 number, const struct qpw_live_key *key, u64 total_ns,
			       u64 self_ns, u32 how)
{
	struct qpw_live_table *table = bpf_map_lookup_elem(&live_tables, &number);
	struct qpw_live_row *row;
	u32 at, bucket;

	if (!table || !key || !live_read(&live_open_ns))
		return LIVE_NO_ROW;
	at = live_find_row(table, key);
	if (at >= LIVE_ALL_ROWS)
		return LIVE_NO_ROW;
	/* not before: the verifier would look at all the rest once for each bucket */
	bucket = qpw_coarse_bucket(total_ns) & (QPW_COARSE_BUCKETS - 1);
	row = &table->rows[at];
	if (how & LIVE_INTERVAL)
		live_raise(&table->recent_max_ns, total_ns);
	if (key->kind == QPW_KIND_THREAD)
		table->last_thread = at + 1;
	if (number == live_shared_table) {
		__sync_fetch_and_add(&row->count, how & LIVE_COUNTED);
		__sync_fetch_and_add(&row->total_ns, total_ns);
		__sync_fetch_and_add(&row->lengths[bucket], 1);
	} else {
		row->count += how & LIVE_COUNTED;
		row->total_ns += total_ns;
		row->self_ns += self_ns;
		row->lengths[bucket] += !(how & LIVE_EARLY);
	}
	live_raise(&row->max_ns, total_ns);
	return at;
}

static __always_inline struct qpw_live_who *live_find_who(struct qpw_live_table *table,
							  const void *key)
{
	u32 hash = live_hash(key), at, i;

#pragma unroll
	for (i = 0; i < LIVE_PROBES; i++) {
		at = (hash + i * live_step(hash)) & (LIVE_CAUSERS - 1);
		if (live_same(&table->causers[at], key))
			return &table->causers[at];
		if (live_read(&table->causers[at]) || !live_claim(&table->causers[at], key))
			continue;
		live_take(table->used_causers, at);
		return &table->causers[at];
	}
	return NULL;
}

/* What was just added to that row is owed to this origin, wait_ns before it began. Returns 0. */
static __noinline int live_add_who(u32 number, int row, const struct qpw_origin *origin,
				   u64 wait_ns)
{
	struct qpw_live_table *table = bpf_map_lookup_elem(&live_tables, &number);
	/* what a model calls them */
	static const char softirq[QPW_COMM_LEN] = "[softirq]", irq[QPW_COMM_LEN] = "[irq]";
	struct qpw_live_who key = {}, *who;
	u32 pid;

	if (!table || !origin)
		return 0;
	pid = origin->context == QPW_CONTEXT_UNKNOWN ? origin->pid : LIVE_PID_MANY;
	key.row = row + 1;
	key.cpu = origin->cpu;
	if (origin->context == QPW_CONTEXT_SOFTIRQ) {
		__builtin_memcpy(key.comm, softirq, sizeof(key.comm));
	} else if (origin->context == QPW_CONTEXT_HARDIRQ) {
		__builtin_memcpy(key.comm, irq, sizeof(key.comm));
	} else {
		key.cgroup = origin->cgroup;
		__builtin_memcpy(key.comm, origin->comm, sizeof(key.comm));
	}
	who = live_find_who(table, &key);
	if (!who) {
		__sync_fetch_and_add(&table->nr_causers_left_out, 1);
		return 0;
	}
	if (!who->count)
		who->pid = pid;
	else if (who->pid != pid)
		who->pid = LIVE_PID_MANY;
	if (!who->stack)
		who->stack = origin->stack;
	if (number == live_shared_table) {
		__sync_fetch_and_add(&who->count, 1);
		__sync_fetch_and_add(&who->wait_ns, wait_ns);
	} else {
		who->count++;
		who->wait_ns += wait_ns;
	}
	live_raise(&who->wait_max_ns, wait_ns);
	return 0;
}

/* ------------------------------------------------------------------ intervals of this CPU */

/*
 * How long what can interrupt this level has had the CPU so far. An interval notes it at its start:
 * what it has grown by at its end is what nested inside.
 */
static __always_inline u64 live_stolen(const struct cpu_slot *slot, enum live_level level)
{
	u64 sum = 0;
	u32 i;

	if (!aggregates)
		return 0;
#pragma unroll
	for (i = 0; i < level; i++)
		sum += live_read(&slot->now.stolen_ns[i]);
	return sum;
}

/*
 * The time, and what was stolen by then. Where interrupts are enabled one may come between the two,
 * and would be taken for one of before or after.
 */
static __always_inline u64 live_now(const struct cpu_slot *slot, enum live_level level,
				    u64 *stolen_ns)
{
	u64 now, before;
	int i;

	*stolen_ns = live_stolen(slot, level);
#pragma unroll
	for (i = 0; i < LIVE_TRIES; i++) {
		before = *stolen_ns;
		now = bpf_ktime_get_ns();
		*stolen_ns = live_stolen(slot, level);
		if (*stolen_ns == before)
			break;
	}
	return now;
}

static __always_inline u64 live_since(u64 from, u64 to)
{
	return to > from ? to - from : 0;
}

/* The first interval ends in this window: what was stolen so far was stolen before. */
static __always_inline void live_note_opening(struct cpu_slot *slot, u64 open_ns)
{
	u32 i;

#pragma unroll
	for (i = 0; i < LIVE_LEVELS; i++)
		slot->now.stolen_before_ns[i] = live_read(&slot->now.stolen_ns[i]);
	barrier();
	slot->now.open_ns = open_ns;
}

/* Of what live_stolen() tells, that of this window. */
static __always_inline u64 live_stolen_since(const struct cpu_slot *slot, enum live_level level)
{
	u64 before = 0;
	u32 i;

#pragma unroll
	for (i = 0; i < level; i++)
		before += live_read(&slot->now.stolen_before_ns[i]);
	return live_since(before, live_stolen(slot, level));
}

/*
 * An interval has ended here, in which nested_ns were stolen: add it up. Each level of
 * cpu_slot.stolen_ns is written at that level alone, which nothing of its own kind interrupts.
 * Returns the row.
 */
static __always_inline int live_interval(struct cpu_slot *slot, u32 cpu, enum live_level level,
					 const struct qpw_live_key *key, u64 start_ns, u64 now,
					 u64 nested_ns, bool counted)
{
	u64 open_ns = live_read(&live_open_ns), total_ns, self_ns;
	u32 how = LIVE_INTERVAL | (counted ? LIVE_COUNTED : 0);
	int row;

	if (open_ns && now > open_ns) {
		if (live_read(&slot->now.open_ns) != open_ns)
			live_note_opening(slot, open_ns);
		if (start_ns < open_ns) {
			start_ns = open_ns;
			nested_ns = live_stolen_since(slot, level);
			how = LIVE_INTERVAL | LIVE_EARLY;
		}
	}
	total_ns = live_since(start_ns, now);
	self_ns = live_since(nested_ns, total_ns);
	if (level < LIVE_LEVELS)
		slot->now.stolen_ns[level] += self_ns;
	if (start_ns < open_ns)
		return LIVE_NO_ROW;
	row = live_add(live_table_of[cpu & (MAX_CPUS - 1)], key, total_ns, self_ns, how);
	return how & LIVE_EARLY ? LIVE_NO_ROW : row;
}

/* The one before it was brought about by this origin, if it is known. */
static __always_inline void live_caused(u32 cpu, int row, const struct qpw_origin *origin,
					u64 start_ns)
{
	if (row != LIVE_NO_ROW && origin->ns)
		live_add_who(live_table_of[cpu & (MAX_CPUS - 1)], row, origin,
			     live_since(origin->ns, start_ns));
}

/* The tick ran on this CPU. */
static __always_inline void live_ticked(u32 cpu, u64 now)
{
	u32 number = live_table_of[cpu & (MAX_CPUS - 1)];
	struct qpw_live_table *table = bpf_map_lookup_elem(&live_tables, &number);

	if (table)
		table->last_tick_ns = now;
}

/* A time that is not one of an interruption, or a point, on this watched CPU. */
static __always_inline void live_note(u32 cpu, const struct qpw_live_key *key, u64 start_ns,
				      u64 now)
{
	if (!live_is_before(start_ns))
		live_add(live_table_of[cpu & (MAX_CPUS - 1)], key, live_since(start_ns, now), 0,
			 LIVE_COUNTED);
}

/* The same on any CPU, and by whom or who waited so long; who may be NULL. */
static __always_inline void live_note_shared(const struct qpw_live_key *key, u64 start_ns, u64 now,
					     const struct qpw_origin *who)
{
	u64 ns = live_since(start_ns, now);
	int row;

	if (live_is_before(start_ns))
		return;
	row = live_add(live_shared_table, key, ns, 0, LIVE_COUNTED);
	if (row != LIVE_NO_ROW && who)
		live_add_who(live_shared_table, row, who, ns);
}

/* This task, for cpu: the one that it is or waits for. */
static __always_inline void live_task_here(struct qpw_origin *who, u32 cpu)
{
	__builtin_memset(who, 0, sizeof(*who));
	who->cpu = cpu;
	who->pid = (u32)bpf_get_current_pid_tgid();
	bpf_get_current_comm(who->comm, sizeof(who->comm));
}

#endif
