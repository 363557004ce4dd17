// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names as small numbers. Knows no events but for the lengths of their fields.
 */
#include "model/names.h"

#include <errno.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"

struct name_symbol {
	uint64_t address;
	uint64_t name; /* id */
};

int names_init(struct names *n)
{
	int id;

	memset(n->recent, 0, sizeof(n->recent));
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

/* One place for each key; what lies there goes. */
static size_t recent_place(const struct names_key *key)
{
	return table_hash(key, sizeof(*key)) & (NAMES_RECENT - 1);
}

int names_recall(const struct names *n, const struct names_key *key)
{
	const struct names_recent *recent = &n->recent[recent_place(key)];

	return table_same_key(&recent->key, key, sizeof(*key)) ? (int)recent->id : -ENOENT;
}

int names_remember(struct names *n, const struct names_key *key, int id)
{
	if (id >= 0)
		n->recent[recent_place(key)] = (struct names_recent){ *key, (uint64_t)id };
	return id;
}

/* A task calls itself what it likes, but not what tables call their own: then it is quoted. */
static int task_name(struct names *n, const char comm[QPW_COMM_LEN])
{
	static const struct {
		const char *own;
		const char *quoted;
	} words[] = {
		{ "(other)", "'(other)'" }, { "(unknown)", "'(unknown)'" },
		{ "[irq]", "'[irq]'" },	    { "[softirq]", "'[softirq]'" },
		{ "[nmi]", "'[nmi]'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strncmp(comm, words[i].own, QPW_COMM_LEN))
			return names_text(n, words[i].quoted, QPW_COMM_LEN);
	return names_text(n, comm, QPW_COMM_LEN);
}

int names_comm(struct names *n, const char comm[QPW_COMM_LEN])
{
	struct names_key key = { .kind = NAMES_COMM };
	int id;

	memcpy(key.words, comm, sizeof(key.words));
	id = names_recall(n, &key);
	if (id >= 0)
		return id;
	return names_remember(n, &key, task_name(n, comm));
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
	/* whatever was made from the address has another name from now on */
	memset(n->recent, 0, sizeof(n->recent));
	return 0;
}

static int find_symbol(struct names *n, uint64_t address)
{
	int row = table_find(&n->symbols, &address);
	char text[QPW_SYMBOL_LEN];

	if (row >= 0)
		return (int)((struct name_symbol *)table_row(&n->symbols, row))->name;
	text_address(text, sizeof(text), address);
	return names_text(n, text, sizeof(text));
}

int names_symbol(struct names *n, uint64_t address)
{
	const struct names_key key = { NAMES_FUNCTION, { address, 0 } };
	int id = names_recall(n, &key);

	return id >= 0 ? id : names_remember(n, &key, find_symbol(n, address));
}

const char *names_get(const struct names *n, int id)
{
	return table_row(&n->texts, id);
}
