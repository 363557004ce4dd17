/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who queued something, or woke it, kept under its address until it runs and is taken out there.
 * Sets of a few places in an array and no hash map: those take locks, and cost more than all the
 * rest of a program. Knows neither works nor function calls nor threads.
 */
#ifndef QPW_BPF_ORIGINS_H
#define QPW_BPF_ORIGINS_H

#include "emit.bpf.h"

#define ORIGIN_WAYS 4
#define ORIGIN_FREE 0
#define ORIGIN_BUSY 1 /* being written, or taken out; no address */

/* One line of the cache, as it goes from the CPU that queues to the one that runs. */
struct origin_entry {
	u64 key;
	u64 code; /* an address beside it: a work's function, where a function was called from */
	struct qpw_origin origin;
} __attribute__((aligned(64)));

/*
 * All that can be under one address, or under another one that falls together with it. A new one
 * takes the place of the oldest, since what never runs (cancelled works) stays until then: an
 * origin is given up only when four younger ones came before its turn.
 */
struct origin_set {
	struct origin_entry way[ORIGIN_WAYS];
};

/*
 * Sets of an array less one; their number is a power of two, and the upper bits of a product choose
 * among them, as objects of different CPUs may differ in few, high bits. Set by user space.
 */
const volatile __u32 origin_mask;
const volatile __u32 origin_shift;

#define ORIGINS(name)                             \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, 1);           \
		__type(key, u32);                 \
		__type(value, struct origin_set); \
	} name SEC(".maps")

/*
 * The multiplication carries all lower bits of an address up. The lower half of an address
 * alone, as a copy of its own: the verifier allows no other arithmetic on pointers.
 */
static __always_inline struct origin_set *origin_set_of(void *map, u64 key)
{
	u32 i = key;

	asm volatile("" : "+w"(i));
	i = (i * 0x9e3779b1) >> origin_shift & origin_mask;
	return bpf_map_lookup_elem(map, &i);
}

static __always_inline u64 origin_read(u64 *word)
{
	return *(volatile u64 *)word;
}

/* The key of an entry, after all the rest of it. x86 keeps stores in their order by itself. */
static __always_inline void origin_publish(struct origin_entry *entry, u64 key)
{
#ifdef __TARGET_ARCH_x86
	barrier();
	*(volatile u64 *)&entry->key = key;
#else
	__sync_lock_test_and_set(&entry->key, key);
#endif
}

/*
 * Put one in, in the place of an older one of the same address. Of two that are at one place at
 * once, from two CPUs or one in an interrupt, a writer that comes later gives up: its origin is
 * unknown.
 */
static __always_inline void origin_put(void *map, u64 key, u64 code,
				       const struct qpw_origin *origin)
{
	struct origin_set *set = origin_set_of(map, key);
	u64 oldest_ns = ~0ULL, found, ns;
	struct origin_entry *entry;
	int i, place = 0;

	if (!set)
		return;
	for (i = 0; i < ORIGIN_WAYS; i++) {
		found = origin_read(&set->way[i].key);
		/* before any free one, or the same address would be there twice */
		if (found == key) {
			place = i;
			break;
		}
		ns = found == ORIGIN_FREE ? 0 : set->way[i].origin.ns;
		if (ns < oldest_ns) {
			oldest_ns = ns;
			place = i;
		}
	}
	entry = &set->way[place & (ORIGIN_WAYS - 1)];
	if (__sync_lock_test_and_set(&entry->key, ORIGIN_BUSY) == ORIGIN_BUSY)
		return;
	entry->code = code;
	entry->origin = *origin;
	origin_publish(entry, key);
}

/*
 * Make the entry ours, if it is that of this address. The first place is where nearly all are: it
 * is asked for in one go, as its line comes from another CPU, and a look before would fetch it
 * twice.
 */
static __always_inline bool origin_claim(struct origin_entry *entry, u64 key, bool first)
{
	if (!first && origin_read(&entry->key) != key)
		return false;
	return __sync_val_compare_and_swap(&entry->key, key, ORIGIN_BUSY) == key;
}

/* Take out what is under an address: false when there is nothing, or when it is being written. */
static __always_inline bool origin_take(void *map, u64 key, u64 *code, struct qpw_origin *origin)
{
	struct origin_set *set = origin_set_of(map, key);
	struct origin_entry *entry;
	int i;

	if (!set)
		return false;
	for (i = 0; i < ORIGIN_WAYS; i++) {
		entry = &set->way[i];
		if (!origin_claim(entry, key, i == 0))
			continue;
		*code = entry->code;
		*origin = entry->origin;
		origin_publish(entry, ORIGIN_FREE);
		return true;
	}
	return false;
}

#endif
