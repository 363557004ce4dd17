/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Life of a boot's data and its small tables of counts. Knows no files.
 */
#include "model/boot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct boot *boot_create(void)
{
	return calloc(1, sizeof(struct boot));
}

void boot_destroy(struct boot *b)
{
	if (!b)
		return;
	snapshot_destroy(b->snapshot);
	free(b->witness.functions);
	free(b->triggers.rows);
	if (b->cyclictest.latency)
		hist_destroy(b->cyclictest.latency);
	free(b->stressors);
	free(b);
}

static void copy_text(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size - 1);

	memcpy(dst, src, len);
	dst[len] = '\0';
}

static struct boot_count *find(const struct boot_count *rows, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (!strncmp(rows[i].name, name, sizeof(rows[i].name) - 1))
			return (struct boot_count *)(uintptr_t)&rows[i];
	return NULL;
}

int boot_count_add(struct boot_count **rows, size_t *nr, const char *name, uint64_t count)
{
	struct boot_count *row = find(*rows, *nr, name);

	if (!row) {
		row = realloc(*rows, (*nr + 1) * sizeof(*row));
		if (!row)
			return -ENOMEM;
		*rows = row;
		row += (*nr)++;
		memset(row, 0, sizeof(*row));
		copy_text(row->name, name, sizeof(row->name));
	}
	row->count += count;
	return 0;
}

uint64_t boot_count_of(const struct boot_count *rows, size_t nr, const char *name)
{
	const struct boot_count *row = find(rows, nr, name);

	return row ? row->count : 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct boot_count *)a)->name, ((const struct boot_count *)b)->name);
}

void boot_count_sort(struct boot_count *rows, size_t nr)
{
	if (nr)
		qsort(rows, nr, sizeof(*rows), compare_names);
}

void boot_note(struct boot *b, const char *file, const char *why)
{
	if (b->nr_notes == BOOT_NOTES)
		return;
	copy_text(b->notes[b->nr_notes].file, file, sizeof(b->notes[0].file));
	copy_text(b->notes[b->nr_notes].why, why, sizeof(b->notes[0].why));
	b->nr_notes++;
}
