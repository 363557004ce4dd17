// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table behind ksyms.h: text symbols sorted by address, names kept in one block. Must not know
 * what the addresses are used for.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/ksyms.h"

struct symbol {
	uint64_t address;
	uint32_t name; /* offset into names */
	uint32_t order;
};

struct ksyms {
	FILE *file;
	struct symbol *symbols;
	size_t nr_symbols;
	size_t max_symbols;
	char *names;
	size_t names_len;
	size_t names_size;
};

/* Beyond the last symbol of a mapping nothing tells where it ends; functions are not this big. */
#define MAX_FUNCTION_BYTES (256U << 10)

static int symbol_compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int names_reserve(struct ksyms *k, size_t more)
{
	size_t size = k->names_size ? k->names_size : 1 << 20;
	char *names;

	while (size - k->names_len < more)
		size *= 2;
	if (size == k->names_size)
		return 0;
	names = realloc(k->names, size);
	if (!names)
		return -ENOMEM;
	k->names = names;
	k->names_size = size;
	return 0;
}

static int symbol_add(struct ksyms *k, uint64_t address, const char *name, const char *module)
{
	size_t len = strlen(name) + strlen(module) + 2;
	struct symbol *symbol;

	if (k->nr_symbols == k->max_symbols) {
		size_t max = k->max_symbols ? k->max_symbols * 2 : 1 << 15;
		struct symbol *symbols = reallocarray(k->symbols, max, sizeof(*symbols));

		if (!symbols)
			return -ENOMEM;
		k->symbols = symbols;
		k->max_symbols = max;
	}
	if (names_reserve(k, len))
		return -ENOMEM;
	symbol = &k->symbols[k->nr_symbols];
	symbol->address = address;
	symbol->name = k->names_len;
	symbol->order = k->nr_symbols++;
	k->names_len += 1 + snprintf(k->names + k->names_len, len, "%s%s%s", name,
				     *module ? " " : "", module);
	return 0;
}

/* "ffffffff81000000 T _text" or "ffffffffc0000000 t function\t[module]"; only text is kept. */
static int line_add(struct ksyms *k, char *line)
{
	char *rest, *name, *module;
	uint64_t address = strtoull(line, &rest, 16);

	if (!address || rest == line || *rest != ' ' || !rest[1] || !strchr("tTwW", rest[1]) ||
	    rest[2] != ' ')
		return 0;
	name = rest + 3;
	name[strcspn(name, "\n")] = '\0';
	module = name + strcspn(name, "\t");
	if (*module)
		*module++ = '\0';
	return symbol_add(k, address, name, module);
}

static int file_read(struct ksyms *k)
{
	char line[1024];
	bool is_empty = true;
	int err = 0;

	rewind(k->file);
	while (!err && fgets(line, sizeof(line), k->file)) {
		is_empty = false;
		err = line_add(k, line);
	}
	if (!err && ferror(k->file))
		err = -EIO;
	if (!err && !k->nr_symbols)
		err = is_empty ? -ENODATA : -EPERM;
	if (!err)
		qsort(k->symbols, k->nr_symbols, sizeof(*k->symbols), symbol_compare);
	return err;
}

static void table_free(struct ksyms *k)
{
	free(k->symbols);
	free(k->names);
}

int ksyms_load(const char *path, struct ksyms **out)
{
	struct ksyms *k = calloc(1, sizeof(*k));
	int err;

	*out = NULL;
	if (!k)
		return -ENOMEM;
	k->file = fopen(path, "re");
	if (!k->file) {
		err = -errno;
		free(k);
		return err;
	}
	err = file_read(k);
	if (err) {
		ksyms_destroy(k);
		return err;
	}
	*out = k;
	return 0;
}

int ksyms_reload(struct ksyms *k)
{
	struct ksyms fresh = { .file = k->file };
	int err = file_read(&fresh);

	if (err) {
		table_free(&fresh);
		return err;
	}
	table_free(k);
	*k = fresh;
	return 0;
}

/* The first of the last symbols with address <= the given one, NULL below the first. */
static const struct symbol *symbol_find(const struct ksyms *k, uint64_t address)
{
	size_t low = 0, high = k->nr_symbols;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->symbols[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	low--;
	while (low && k->symbols[low - 1].address == k->symbols[low].address)
		low--;
	return &k->symbols[low];
}

int ksyms_name(const struct ksyms *k, uint64_t address, char *buf, size_t size)
{
	const struct symbol *symbol = symbol_find(k, address);
	const char *name, *module;
	uint64_t offset;

	if (!symbol)
		return -ENOENT;
	offset = address - symbol->address;
	if (offset > MAX_FUNCTION_BYTES)
		return -ENOENT;
	name = k->names + symbol->name;
	if (!offset) {
		snprintf(buf, size, "%s", name);
		return 0;
	}
	module = name + strcspn(name, " ");
	snprintf(buf, size, "%.*s+0x%llx%s", (int)(module - name), name, (unsigned long long)offset,
		 module);
	return 0;
}

uint64_t ksyms_address(const struct ksyms *k, const char *name)
{
	size_t i;

	for (i = 0; i < k->nr_symbols; i++) {
		if (!strcmp(k->names + k->symbols[i].name, name))
			return k->symbols[i].address;
	}
	return 0;
}

void ksyms_destroy(struct ksyms *k)
{
	if (!k)
		return;
	table_free(k);
	fclose(k->file);
	free(k);
}
