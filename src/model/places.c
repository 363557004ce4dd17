// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks as numbered names, control groups as text. Knows no events but the two that tell them.
 */
#include "model/places.h"

#include <errno.h>
#include <string.h>

struct shape {
	uint32_t context;
	uint32_t nr_frames;
	uint32_t frames[QPW_STACK_FRAMES]; /* names */
};

struct shape_row {
	struct shape shape;
	uint32_t id; /* of the first stack that had it, 0 = none yet */
};

struct stack_row {
	uint64_t id;
	uint32_t same_as; /* its own id, or that of an earlier one */
	struct shape shape;
};

struct cgroup_row {
	uint64_t id;
	char path[QPW_PATH_LEN];
};

void places_init(struct places *p)
{
	table_init(&p->stacks, sizeof(uint64_t), sizeof(struct stack_row), PLACES_MAX);
	table_init(&p->shapes, sizeof(struct shape), sizeof(struct shape_row), PLACES_MAX);
	table_init(&p->cgroups, sizeof(uint64_t), sizeof(struct cgroup_row), PLACES_MAX);
}

void places_finish(struct places *p)
{
	table_finish(&p->stacks);
	table_finish(&p->shapes);
	table_finish(&p->cgroups);
}

/* 0 or -ENOMEM. */
static int take_shape(struct names *names, const struct qpw_stack *e, struct shape *out)
{
	memset(out, 0, sizeof(*out));
	out->context = e->context;
	out->nr_frames = e->nr_frames < QPW_STACK_FRAMES ? e->nr_frames : QPW_STACK_FRAMES;
	for (uint32_t i = 0; i < out->nr_frames; i++) {
		int name = names_symbol(names, e->frames[i]);

		if (name < 0)
			return name;
		out->frames[i] = (uint32_t)name;
	}
	return 0;
}

int places_set_stack(struct places *p, struct names *names, const struct qpw_stack *e)
{
	uint64_t id = e->id;
	int index = table_get(&p->stacks, &id), shape, ret;
	struct shape_row *first;
	struct stack_row *row;

	if (index < 0)
		return index == -ENOSPC ? 0 : index;
	row = table_row(&p->stacks, index);
	ret = take_shape(names, e, &row->shape);
	if (ret)
		return ret;
	row->same_as = e->id;
	shape = table_get(&p->shapes, &row->shape);
	if (shape < 0)
		return shape == -ENOSPC ? 0 : shape;
	first = table_row(&p->shapes, shape);
	if (!first->id)
		first->id = e->id;
	row->same_as = first->id;
	return 0;
}

int places_set_cgroup(struct places *p, const struct qpw_cgroup *e)
{
	int index = table_get(&p->cgroups, &e->id);
	struct cgroup_row *row;

	if (index < 0)
		return index == -ENOSPC ? 0 : index;
	row = table_row(&p->cgroups, index);
	memset(row->path, 0, sizeof(row->path));
	memcpy(row->path, e->path, strnlen(e->path, sizeof(row->path) - 1));
	return 0;
}

static const struct stack_row *find_stack(const struct places *p, uint32_t stack)
{
	uint64_t id = stack;
	int index = stack ? table_find(&p->stacks, &id) : -ENOENT;

	return index < 0 ? NULL : table_row(&p->stacks, index);
}

uint32_t places_find_stack(const struct places *p, uint32_t stack, enum qpw_context *context)
{
	const struct stack_row *row = find_stack(p, stack);

	*context = row ? (enum qpw_context)row->shape.context : QPW_CONTEXT_UNKNOWN;
	return row ? row->same_as : 0;
}

void places_stack_text(const struct places *p, const struct names *names, uint32_t stack, char *buf,
		       size_t size)
{
	const struct stack_row *row = find_stack(p, stack);
	size_t used = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; row && i < row->shape.nr_frames; i++) {
		const char *name = names_get(names, (int)row->shape.frames[i]);
		size_t len = strlen(name);

		if (used + len + 2 > size)
			break;
		if (used)
			buf[used++] = ';';
		memcpy(buf + used, name, len + 1);
		used += len;
	}
}

uint32_t places_cgroup(const struct places *p, uint64_t id)
{
	int index = id ? table_find(&p->cgroups, &id) : -ENOENT;

	return index < 0 ? 0 : (uint32_t)index + 1;
}

const char *places_cgroup_text(const struct places *p, uint32_t number)
{
	if (!number)
		return "";
	return ((const struct cgroup_row *)table_row(&p->cgroups, (int)number - 1))->path;
}
