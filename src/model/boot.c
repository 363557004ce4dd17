// SPDX-License-Identifier: GPL-2.0-only
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
	free(b->facts);
	free(b);
}

static void copy_text(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size - 1);

	memcpy(dst, src, len);
	dst[len] = '\0';
}

/* Index of the row of that name, nr where there is none. */
static size_t find(const struct boot_count *rows, size_t nr, const char *name)
{
	size_t i = 0;

	while (i < nr && strncmp(rows[i].name, name, sizeof(rows[i].name) - 1) != 0)
		i++;
	return i;
}

int boot_count_add(struct boot_count **rows, size_t *nr, const char *name, uint64_t count)
{
	size_t i = find(*rows, *nr, name);

	if (i == *nr) {
		struct boot_count *more = realloc(*rows, (*nr + 1) * sizeof(*more));

		if (!more)
			return -ENOMEM;
		*rows = more;
		memset(&more[i], 0, sizeof(*more));
		copy_text(more[i].name, name, sizeof(more[i].name));
		(*nr)++;
	}
	(*rows)[i].count += count;
	return 0;
}

bool boot_count_has(const struct boot_count *rows, size_t nr, const char *name)
{
	return find(rows, nr, name) < nr;
}

uint64_t boot_count_of(const struct boot_count *rows, size_t nr, const char *name)
{
	size_t i = find(rows, nr, name);

	return i < nr ? rows[i].count : 0;
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

void boot_set_up(struct boot *b, const char *what, const char *text)
{
	if (b->nr_setup == BOOT_SETUP)
		return;
	b->setup[b->nr_setup].what = what;
	copy_text(b->setup[b->nr_setup].text, text, sizeof(b->setup[0].text));
	b->nr_setup++;
}

void boot_note(struct boot *b, const char *file, const char *why)
{
	if (b->nr_notes == BOOT_NOTES)
		return;
	copy_text(b->notes[b->nr_notes].file, file, sizeof(b->notes[0].file));
	copy_text(b->notes[b->nr_notes].why, why, sizeof(b->notes[0].why));
	b->nr_notes++;
}
