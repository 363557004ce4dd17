/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names as small numbers. Knows no events but for the lengths of their fields.
 */
#include "model/names.h"

#include <errno.h>
#include <string.h>

#include "util/text.h"

struct name_symbol {
	uint64_t address;
	uint64_t name; /* id */
};

int names_init(struct names *n)
{
	int id;

	table_init(&n->texts, QPW_SYMBOL_LEN, QPW_SYMBOL_LEN, NAMES_MAX);
	table_init(&n->symbols, sizeof(uint64_t), sizeof(struct name_symbol), NAMES_MAX);
	id = names_text(n, "(other)", QPW_SYMBOL_LEN);
	return id < 0 ? id : 0;
}

void names_finish(struct names *n)
{
	table_finish(&n->texts);
	table_finish(&n->symbols);
}

int names_text(struct names *n, const char *text, size_t max)
{
	char key[QPW_SYMBOL_LEN] = "";
	int id;

	memcpy(key, text, strnlen(text, max < sizeof(key) - 1 ? max : sizeof(key) - 1));
	id = table_get(&n->texts, key);
	return id == -ENOSPC ? NAME_OTHER : id;
}

int names_set_symbol(struct names *n, uint64_t address, const char *text, size_t max)
{
	int id = names_text(n, text, max), row;

	if (id < 0)
		return id;
	row = table_get(&n->symbols, &address);
	if (row < 0)
		return row == -ENOSPC ? 0 : row;
	((struct name_symbol *)table_row(&n->symbols, row))->name = (uint64_t)id;
	return 0;
}

int names_symbol(struct names *n, uint64_t address)
{
	int row = table_find(&n->symbols, &address);
	char text[QPW_SYMBOL_LEN];

	if (row >= 0)
		return (int)((struct name_symbol *)table_row(&n->symbols, row))->name;
	text_address(text, sizeof(text), address);
	return names_text(n, text, sizeof(text));
}

const char *names_get(const struct names *n, int id)
{
	return table_row(&n->texts, id);
}
