/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows found by what they are of. Knows neither their fields nor snapshots.
 */
#ifndef QPW_VIEW_TOP_LOOKUP_H
#define QPW_VIEW_TOP_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How rows are told apart: those that are the same have the same hash. */
struct top_rows {
	uint64_t (*hash)(const void *row);
	bool (*same)(const void *a, const void *b);
};

struct top_lookup {
	const struct top_rows *rows;
	const void **slots;
	size_t mask;
};

/* Room for max rows. 0 or -ENOMEM. */
int top_lookup_init(struct top_lookup *l, const struct top_rows *rows, size_t max);
void top_lookup_finish(struct top_lookup *l);

/* A row that none in there is the same as; it must live on. */
void top_lookup_add(struct top_lookup *l, const void *row);

/* With all of an array in it. 0 or -ENOMEM. */
int top_lookup_all(struct top_lookup *l, const struct top_rows *rows, const void *array, size_t nr,
		   size_t size);

/* The row that is the same, NULL: there is none. */
const void *top_lookup_find(const struct top_lookup *l, const void *row);

/* Parts of a hash, which begins with 0. */
uint64_t top_hash_number(uint64_t hash, uint64_t number);
uint64_t top_hash_text(uint64_t hash, const char *text);

#endif
