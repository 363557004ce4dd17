/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an origin was: its kernel stack and its control group, by the ids of a trace. Bounded, as a
 * trace may hold any number of them: beyond the bound a place is not known. Knows ids and texts.
 */
#ifndef QPW_MODEL_PLACES_H
#define QPW_MODEL_PLACES_H

#include <stdbool.h>

#include "model/names.h"
#include "qpw/event.h"

#define PLACES_MAX 8192

struct places {
	struct table stacks;  /* by id */
	struct table shapes;  /* stacks by context and frames */
	struct table cgroups; /* by id */
};

void places_init(struct places *p);
void places_finish(struct places *p);

/* What a record tells; the names of a stack's functions are known by then. 0 or -ENOMEM. */
int places_set_stack(struct places *p, struct names *names, const struct qpw_stack *e);
int places_set_cgroup(struct places *p, const struct qpw_cgroup *e);

/*
 * The first stack with the same frames, and their context: 0 and QPW_CONTEXT_UNKNOWN for one that
 * is not known. A kernel numbers stacks by all of their frames, a trace has those of one context.
 */
uint32_t places_find_stack(const struct places *p, uint32_t stack, enum qpw_context *context);

/* Innermost first, separated by ";", cut at a whole frame; "" for a stack that is not known. */
void places_stack_text(const struct places *p, const struct names *names, uint32_t stack, char *buf,
		       size_t size);

/* Number > 0 of a control group for places_cgroup_text(), 0 for one that is not known. */
uint32_t places_cgroup(const struct places *p, uint64_t id);

/* Path by that number, "" for 0. Valid until the next new one. */
const char *places_cgroup_text(const struct places *p, uint32_t number);

#endif
