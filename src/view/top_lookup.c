// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of pointers to rows, by their hash: the next free slot has what finds its own taken. It
 * is at most half full. Knows neither fields nor snapshots.
 */
#include "view/top_lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int top_lookup_init(struct top_lookup *l, const struct top_rows *rows, size_t max)
{
	size_t nr = 16;

	while (nr < 2 * max)
		nr *= 2;
	*l = (struct top_lookup){ rows, calloc(nr, sizeof(*l->slots)), nr - 1 };
	return l->slots ? 0 : -ENOMEM;
}

void top_lookup_finish(struct top_lookup *l)
{
	free(l->slots);
	l->slots = NULL;
}

/* Where a row is or would be. */
static const void **find_slot(const struct top_lookup *l, const void *row)
{
	size_t at = l->rows->hash(row) & l->mask;

	while (l->slots[at] && !l->rows->same(row, l->slots[at]))
		at = (at + 1) & l->mask;
	return &l->slots[at];
}

void top_lookup_add(struct top_lookup *l, const void *row)
{
	*find_slot(l, row) = row;
}

int top_lookup_all(struct top_lookup *l, const struct top_rows *rows, const void *array, size_t nr,
		   size_t size)
{
	int ret = top_lookup_init(l, rows, nr);

	for (size_t i = 0; !ret && i < nr; i++)
		top_lookup_add(l, (const char *)array + i * size);
	return ret;
}

const void *top_lookup_find(const struct top_lookup *l, const void *row)
{
	return *find_slot(l, row);
}

/* The product brings what differs to the high bits, the turn brings it back to the low ones. */
uint64_t top_hash_number(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

uint64_t top_hash_text(uint64_t hash, const char *text)
{
	size_t len = strlen(text);
	uint64_t word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = top_hash_number(hash, word);
	}
	word = 0;
	memcpy(&word, text, len);
	return top_hash_number(hash, word << 8 | len);
}
