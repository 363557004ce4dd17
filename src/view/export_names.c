// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three tables of META records, by address or id. Knows no format.
 */
#include "view/export_names.h"

#include <errno.h>
#include <string.h>

#define SYMBOLS_MAX 65536
#define STACKS_MAX 16384
#define CGROUPS_MAX 4096

struct symbol {
	uint64_t address;
	char name[QPW_SYMBOL_LEN];
};

struct stack {
	uint64_t id;
	struct qpw_stack record;
};

struct cgroup {
	uint64_t id;
	struct qpw_cgroup record;
};

void export_names_init(struct export_names *n)
{
	table_init(&n->symbols, sizeof(uint64_t), sizeof(struct symbol), SYMBOLS_MAX);
	table_init(&n->stacks, sizeof(uint64_t), sizeof(struct stack), STACKS_MAX);
	table_init(&n->cgroups, sizeof(uint64_t), sizeof(struct cgroup), CGROUPS_MAX);
}

void export_names_finish(struct export_names *n)
{
	table_finish(&n->symbols);
	table_finish(&n->stacks);
	table_finish(&n->cgroups);
}

/* The row of an id is filled; where there is no room, it is not. */
static int keep(struct table *t, uint64_t id, const void *data, size_t size)
{
	int row = table_get(t, &id);

	if (row >= 0)
		memcpy((char *)table_row(t, row) + sizeof(id), data, size);
	return row == -ENOMEM ? row : 0;
}

int export_names_put(struct export_names *n, const struct qpw_header *record)
{
	const struct qpw_symbol *symbol = (const struct qpw_symbol *)record;
	const struct qpw_stack *stack = (const struct qpw_stack *)record;
	const struct qpw_cgroup *cgroup = (const struct qpw_cgroup *)record;

	switch (record->kind) {
	case QPW_META_SYMBOL:
		return keep(&n->symbols, symbol->address, symbol->name, sizeof(symbol->name));
	case QPW_META_STACK:
		return keep(&n->stacks, stack->id, stack, sizeof(*stack));
	case QPW_META_CGROUP:
		return keep(&n->cgroups, cgroup->id, cgroup, sizeof(*cgroup));
	default:
		return 0;
	}
}

/* What follows the id in its row; NULL when there is none. */
static const void *find(const struct table *t, uint64_t id)
{
	int row = id ? table_find(t, &id) : -ENOENT;

	return row < 0 ? NULL : (const char *)table_row(t, row) + sizeof(id);
}

const char *export_names_symbol(const struct export_names *n, uint64_t address)
{
	return find(&n->symbols, address);
}

const struct qpw_stack *export_names_stack(const struct export_names *n, uint32_t id)
{
	return find(&n->stacks, id);
}

const struct qpw_cgroup *export_names_cgroup(const struct export_names *n, uint64_t id)
{
	return find(&n->cgroups, id);
}
