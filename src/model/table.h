/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash table of rows that begin with their key. Bounded: what feeds it is foreign. Knows bytes,
 * not meanings.
 */
#ifndef QPW_MODEL_TABLE_H
#define QPW_MODEL_TABLE_H

#include <stddef.h>
#include <stdint.h>

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

/*
 * Index of the row of key, which is added (zero but for its key) when there is none. Returns the
 * index >= 0, -ENOSPC at max_rows, -ENOMEM. Indexes stay, pointers to rows only until the next row.
 */
int table_get(struct table *t, const void *key);

/* Index of the row of key, -ENOENT when there is none. */
int table_find(const struct table *t, const void *key);

static inline void *table_row(const struct table *t, int index)
{
	return t->rows + (size_t)index * t->row_size;
}

#endif
