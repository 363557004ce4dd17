/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash table of rows that begin with their key. Bounded: what feeds it is foreign. Knows bytes,
 * not meanings.
 */
#ifndef QPW_MODEL_TABLE_H
#define QPW_MODEL_TABLE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct table_slot {
	uint32_t hash; /* of the key: most others are told apart without looking at their rows */
	uint32_t row;  /* index + 1; 0 = free */
};

/* Sizes are multiples of 8; keys are compared as bytes, so their padding must be zero. */
struct table {
	size_t key_size;
	size_t row_size;
	uint32_t max_rows;
	uint32_t nr_rows;
	uint32_t room;	   /* rows allocated */
	uint32_t nr_slots; /* a power of two, or 0 */
	char *rows;
	struct table_slot *slots;
};

/* Nothing is allocated before the first row. */
void table_init(struct table *t, size_t key_size, size_t row_size, uint32_t max_rows);
void table_finish(struct table *t);

/* Forget all rows. */
void table_clear(struct table *t);

static inline void *table_row(const struct table *t, int index)
{
	return t->rows + (size_t)index * t->row_size;
}

/* A word of a key. */
static inline uint64_t table_word(const void *key, size_t i)
{
	uint64_t word;

	memcpy(&word, (const char *)key + i, sizeof(word));
	return word;
}

/*
 * Words are multiplied apart from each other, then added, turned by an odd number of bits; the last
 * product brings the high bits, which depend on all below, to where slots are taken from.
 */
static inline uint32_t table_hash(const void *key, size_t size)
{
	uint64_t hash = 0;

#pragma GCC unroll 4
	for (size_t i = 0; i < size; i += 8)
		hash = (hash << 23 | hash >> 41) + table_word(key, i) * 0x9e3779b97f4a7c15;
	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93;
	return (uint32_t)(hash >> 32);
}

/* Keys are a few words: memcmp() would cost more for the call than for comparing. */
static inline bool table_same_key(const void *a, const void *b, size_t size)
{
	uint64_t differ = 0;

#pragma GCC unroll 4
	for (size_t i = 0; i < size; i += 8)
		differ |= table_word(a, i) ^ table_word(b, i);
	return !differ;
}

/* Slot of a key with this hash, or the free slot where it belongs; there are slots. */
static inline uint32_t table_slot(const struct table *t, const void *key, uint32_t hash,
				  size_t size)
{
	uint32_t slot = hash & (t->nr_slots - 1);

	while (t->slots[slot].row &&
	       (t->slots[slot].hash != hash ||
		!table_same_key(table_row(t, (int)t->slots[slot].row - 1), key, size)))
		slot = (slot + 1) & (t->nr_slots - 1);
	return slot;
}

/*
 * Index of the row of key, -ENOENT when there is none. size is the table's key_size; where it is a
 * constant, what is done for each record is a few instructions at the place of the call.
 */
static inline int table_find_sized(const struct table *t, const void *key, size_t size)
{
	int index;

	if (!t->nr_rows)
		return -ENOENT;
	index = (int)t->slots[table_slot(t, key, table_hash(key, size), size)].row - 1;
	return index < 0 ? -ENOENT : index;
}

/* Add a row with a key that is not there, zero beside it. As table_get(). */
int table_add(struct table *t, const void *key);

/*
 * Index of the row of key, which is added when there is none. Returns the index >= 0, -ENOSPC at
 * max_rows, -ENOMEM. Indexes stay, pointers to rows only until the next row.
 */
static inline int table_get_sized(struct table *t, const void *key, size_t size)
{
	int index = table_find_sized(t, key, size);

	return index >= 0 ? index : table_add(t, key);
}

/* The same by the size that the table knows. */
int table_find(const struct table *t, const void *key);
int table_get(struct table *t, const void *key);

#endif
