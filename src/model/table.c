/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open addressing with linear probing, at most three quarters full; rows lie side by side in order
 * of arrival. Knows bytes, not meanings.
 */
#include "model/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

void table_init(struct table *t, size_t key_size, size_t row_size, uint32_t max_rows)
{
	memset(t, 0, sizeof(*t));
	t->key_size = key_size;
	t->row_size = row_size;
	t->max_rows = max_rows;
}

void table_finish(struct table *t)
{
	free(t->rows);
	free(t->slots);
	t->rows = NULL;
	t->slots = NULL;
	t->nr_rows = 0;
	t->room = 0;
	t->nr_slots = 0;
}

void table_clear(struct table *t)
{
	if (t->slots)
		memset(t->slots, 0, t->nr_slots * sizeof(*t->slots));
	t->nr_rows = 0;
}

static uint64_t key_word(const void *key, size_t i)
{
	uint64_t word;

	memcpy(&word, (const char *)key + i, sizeof(word));
	return word;
}

/* Multiply and fold per 64-bit word; the constants are odd numbers of well-mixed bits. */
static uint32_t hash_key(const void *key, size_t size)
{
	uint64_t hash = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < size; i += 8) {
		hash = (hash ^ key_word(key, i)) * 0xd6e8feb86659fd93;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

/* Keys are a few words: memcmp() would cost more for the call than for comparing. */
static bool same_key(const void *a, const void *b, size_t size)
{
	for (size_t i = 0; i < size; i += 8)
		if (key_word(a, i) != key_word(b, i))
			return false;
	return true;
}

/* Slot of the key, or the free slot where it belongs. */
static uint32_t find_slot(const struct table *t, const void *key, uint32_t hash)
{
	uint32_t slot = hash & (t->nr_slots - 1);

	while (t->slots[slot].row &&
	       (t->slots[slot].hash != hash ||
		!same_key(table_row(t, (int)t->slots[slot].row - 1), key, t->key_size)))
		slot = (slot + 1) & (t->nr_slots - 1);
	return slot;
}

static int grow_slots(struct table *t)
{
	uint32_t nr_slots = t->nr_slots ? t->nr_slots * 2 : FIRST_SLOTS;
	struct table_slot *slots = calloc(nr_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->nr_slots; i++) {
		uint32_t slot = t->slots[i].hash & (nr_slots - 1);

		if (!t->slots[i].row)
			continue;
		while (slots[slot].row)
			slot = (slot + 1) & (nr_slots - 1);
		slots[slot] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->nr_slots = nr_slots;
	return 0;
}

static int grow_rows(struct table *t)
{
	uint32_t room = t->room ? t->room * 2 : FIRST_SLOTS / 2;
	char *rows = reallocarray(t->rows, room, t->row_size);

	if (!rows)
		return -ENOMEM;
	t->rows = rows;
	t->room = room;
	return 0;
}

int table_find(const struct table *t, const void *key)
{
	int index;

	if (!t->nr_rows)
		return -ENOENT;
	index = (int)t->slots[find_slot(t, key, hash_key(key, t->key_size))].row - 1;
	return index < 0 ? -ENOENT : index;
}

int table_get(struct table *t, const void *key)
{
	uint32_t hash = hash_key(key, t->key_size), index;
	struct table_slot *slot;
	char *row;

	if (t->nr_rows) {
		slot = &t->slots[find_slot(t, key, hash)];
		if (slot->row)
			return (int)slot->row - 1;
	}
	if (t->nr_rows >= t->max_rows)
		return -ENOSPC;
	if (t->nr_rows >= t->room && grow_rows(t))
		return -ENOMEM;
	if ((uint64_t)t->nr_rows * 4 >= (uint64_t)t->nr_slots * 3 && grow_slots(t))
		return -ENOMEM;
	index = t->nr_rows++;
	row = table_row(t, (int)index);
	memset(row, 0, t->row_size);
	memcpy(row, key, t->key_size);
	t->slots[find_slot(t, key, hash)] = (struct table_slot){ hash, index + 1 };
	return (int)index;
}
