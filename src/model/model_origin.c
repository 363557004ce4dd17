// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who an origin is. Knows of a record what tells its origin, nothing of figures.
 */
#include "model/model_state.h"

#include <string.h>

#include "util/array.h"

/* What an origin is looked up by, as it lies in the record. */
static void take_words(const struct qpw_origin *o, uint64_t words[4])
{
	memcpy(words, o->comm, sizeof(o->comm));
	words[2] = o->cgroup;
	words[3] = o->stack | (uint64_t)o->context << 32;
}

/* One place for each; what lies there goes. */
static struct model_origin *recent_place(struct model *m, const uint64_t words[4])
{
	return &m->origins[table_hash(words, 4 * sizeof(*words)) & (MODEL_ORIGINS_RECENT - 1)];
}

/* 0 or -ENOMEM, known is then as it was. */
static int find_out(struct model *m, const struct qpw_origin *o, const uint64_t words[4],
		    struct model_origin *known)
{
	static const char contexts[][QPW_COMM_LEN] = {
		[QPW_CONTEXT_SOFTIRQ] = "[softirq]",
		[QPW_CONTEXT_HARDIRQ] = "[irq]",
		[QPW_CONTEXT_NMI] = "[nmi]",
	};
	enum qpw_context context;
	uint32_t stack = places_find_stack(&m->places, o->stack, &context);
	bool no_task;
	int comm;

	if (o->context != QPW_CONTEXT_UNKNOWN)
		context = (enum qpw_context)o->context;
	/* the task that an interrupt hit has nothing to do with what the interrupt does */
	no_task = (unsigned int)context < ARRAY_SIZE(contexts) && contexts[context][0];
	comm = no_task ? names_text(&m->names, contexts[context], QPW_COMM_LEN) :
			 names_comm(&m->names, o->comm);
	if (comm < 0)
		return comm;
	memcpy(known->words, words, sizeof(known->words));
	known->place = figures_place(no_task ? 0 : places_cgroup(&m->places, o->cgroup), stack);
	known->comm = comm;
	known->no_task = no_task;
	known->known = true;
	return 0;
}

int model_origin(struct model *m, const struct qpw_origin *o, struct figures_origin *out)
{
	struct model_origin *known;
	uint64_t words[4];
	int ret;

	take_words(o, words);
	known = recent_place(m, words);
	if (!known->known || !table_same_key(known->words, words, sizeof(words))) {
		ret = find_out(m, o, words, known);
		if (ret)
			return ret;
	}
	out->comm = known->comm;
	out->pid = known->no_task ? SNAP_PID_MANY : o->pid;
	out->cpu = o->cpu;
	out->place = known->place;
	out->callsite = 0;
	return 0;
}

int model_callsite(struct model *m, uint64_t address, struct figures_origin *out)
{
	int name = address ? names_symbol(&m->names, address) : -1;

	if (address && name < 0)
		return name;
	out->callsite = (uint32_t)(name + 1);
	return 0;
}

void model_forget_origins(struct model *m)
{
	memset(m->origins, 0, sizeof(m->origins));
}
