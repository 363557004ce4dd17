// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open addressing with linear probing, at most half full; rows lie side by side in the order
 * of their arrival. Knows bytes, not meanings.
 */
#include "model/table.h"

#include <stdlib.h>

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

int table_add(struct table *t, const void *key)
{
	uint32_t hash = table_hash(key, t->key_size), index;
	char *row;

	if (t->nr_rows >= t->max_rows)
		return -ENOSPC;
	if (t->nr_rows >= t->room && grow_rows(t))
		return -ENOMEM;
	if (t->nr_rows >= t->nr_slots / 2 && grow_slots(t))
		return -ENOMEM;
	index = t->nr_rows++;
	row = table_row(t, (int)index);
	memset(row, 0, t->row_size);
	memcpy(row, key, t->key_size);
	t->slots[table_slot(t, key, hash, t->key_size)] = (struct table_slot){ hash, index + 1 };
	return (int)index;
}

int table_find(const struct table *t, const void *key)
{
	return table_find_sized(t, key, t->key_size);
}

int table_get(struct table *t, const void *key)
{
	return table_get_sized(t, key, t->key_size);
}
