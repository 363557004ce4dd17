// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees of callers. Pure.
 */
#include "model/callers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Put len bytes where a text ends, as far as there is room before end; returns its new end. */
static char *append(char *at, const char *end, const char *text, size_t len)
{
	size_t room = (size_t)(end - at) - 1;

	if (len > room)
		len = room;
	memcpy(at, text, len);
	at[len] = '\0';
	return at + len;
}

/* A frame's function without the offset: "queue_work_on+0x1f [mod]" is "queue_work_on [mod]". */
static void frame_name(const char *frame, size_t len, char *name)
{
	const char *end = name + CALLERS_NAME;
	size_t function = strcspn(frame, "+;"), module = 0;

	if (function > len)
		function = len;
	while (module < len && frame[module] != '[')
		module++;
	if (module < function)
		function = module;
	name = append(name, end, frame, function);
	if (function && module < len && module > function)
		name = append(name, end, " ", 1);
	append(name, end, frame + module, len - module);
}

/* The child of a node that has this name, made if there is none; 0 when out of memory. */
static uint32_t get_child(struct callers *c, uint32_t parent, enum callers_kind kind,
			  enum snap_class class, const char *name)
{
	uint32_t *link = &c->nodes[parent].first;
	struct callers_node *node;

	for (; *link; link = &c->nodes[*link].next) {
		node = &c->nodes[*link];
		if (node->kind == kind && node->class == class && !strcmp(node->name, name))
			return *link;
	}
	*link = c->nr;
	if (c->nr == c->room) {
		uint32_t room = c->room * 2;

		node = reallocarray(c->nodes, room, sizeof(*node));
		if (!node) {
			*link = 0;
			return 0;
		}
		c->nodes = node;
		c->room = room;
	}
	node = &c->nodes[c->nr];
	memset(node, 0, sizeof(*node));
	node->kind = kind;
	node->class = class;
	append(node->name, node->name + sizeof(node->name), name, strlen(name));
	return c->nr++;
}

static int add_stack(struct callers *c, const struct snap_caused *row)
{
	const char *stack = row->stack;
	char name[CALLERS_NAME];
	uint32_t at = get_child(c, 0, CALLERS_CAUSE, row->class, row->name);

	c->nodes[0].count += row->origin.count;
	while (at && *stack) {
		size_t len = strcspn(stack, ";");

		c->nodes[at].count += row->origin.count;
		frame_name(stack, len, name);
		at = get_child(c, at, CALLERS_FRAME, row->class, name);
		stack += len + (stack[len] == ';');
	}
	if (at) {
		c->nodes[at].count += row->origin.count;
		at = get_child(c, at, CALLERS_TASK, row->class, row->origin.comm);
	}
	if (!at)
		return -ENOMEM;
	c->nodes[at].count += row->origin.count;
	return 0;
}

static bool comes_before(const struct callers_node *a, const struct callers_node *b)
{
	if (a->count != b->count)
		return a->count > b->count;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	if (a->class != b->class)
		return a->class < b->class;
	return strcmp(a->name, b->name) < 0;
}

/* Children of one node in order, by insertion: there are few thousands at most. */
static void sort_children(struct callers *c, uint32_t parent)
{
	uint32_t at = c->nodes[parent].first, sorted = 0;

	while (at) {
		uint32_t next = c->nodes[at].next, *link = &sorted;

		while (*link && comes_before(&c->nodes[*link], &c->nodes[at]))
			link = &c->nodes[*link].next;
		c->nodes[at].next = *link;
		*link = at;
		at = next;
	}
	c->nodes[parent].first = sorted;
}

int callers_build(const struct snapshot *s, struct callers *out)
{
	int ret = 0;

	memset(out, 0, sizeof(*out));
	out->room = 64;
	out->nodes = calloc(out->room, sizeof(*out->nodes));
	if (!out->nodes)
		return -ENOMEM;
	out->nr = 1;
	for (size_t i = 0; !ret && i < s->nr_caused; i++) {
		if (s->caused[i].stack[0])
			ret = add_stack(out, &s->caused[i]);
		else
			out->nr_without += s->caused[i].origin.count;
	}
	for (uint32_t i = 0; i < out->nr; i++)
		sort_children(out, i);
	return ret;
}

void callers_finish(struct callers *c)
{
	free(c->nodes);
	memset(c, 0, sizeof(*c));
}

/* Equal but for the stack and the thread. */
static int compare_who(const struct snap_caused *x, const struct snap_caused *y)
{
	int ret;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	ret = strcmp(x->name, y->name);
	if (!ret)
		ret = strcmp(x->origin.comm, y->origin.comm);
	if (!ret && x->origin.cpu != y->origin.cpu)
		ret = x->origin.cpu < y->origin.cpu ? -1 : 1;
	if (!ret)
		ret = strcmp(x->cgroup, y->cgroup);
	return ret ? ret : strcmp(x->callsite, y->callsite);
}

static int by_name(const void *a, const void *b)
{
	return compare_who(((const struct callers_who *)a)->of,
			   ((const struct callers_who *)b)->of);
}

static int by_count(const void *a, const void *b)
{
	const struct callers_who *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return by_name(a, b);
}

static void fold_who(struct callers_who *dst, const struct callers_who *src)
{
	if (dst->pid != src->pid)
		dst->pid = SNAP_PID_MANY;
	dst->count += src->count;
	dst->wait_ns += src->wait_ns;
	if (src->wait_max_ns > dst->wait_max_ns)
		dst->wait_max_ns = src->wait_max_ns;
}

struct callers_who *callers_who(const struct snapshot *s, size_t *nr)
{
	struct callers_who *rows = s->nr_caused ? calloc(s->nr_caused, sizeof(*rows)) : NULL;
	size_t kept = 0;

	*nr = 0;
	if (!rows)
		return NULL;
	for (size_t i = 0; i < s->nr_caused; i++) {
		const struct snap_caused *of = &s->caused[i];

		rows[i] = (struct callers_who){ of, of->origin.pid, of->origin.count, of->wait_ns,
						of->wait_max_ns };
	}
	qsort(rows, s->nr_caused, sizeof(*rows), by_name);
	for (size_t i = 1; i < s->nr_caused; i++) {
		if (compare_who(rows[kept].of, rows[i].of))
			rows[++kept] = rows[i];
		else
			fold_who(&rows[kept], &rows[i]);
	}
	*nr = kept + 1;
	qsort(rows, *nr, sizeof(*rows), by_count);
	return rows;
}
