// SPDX-License-Identifier: GPL-2.0-only
/*
 * What interruptions are called. Knows of a record what tells its name, nothing of figures.
 */
#include "model/model_state.h"

#include <string.h>

#include "util/record.h"
#include "util/text.h"

int model_irq_name(struct model *m, const struct qpw_irq *e)
{
	const struct names_key key = { NAMES_IRQ, { e->irq, 0 } };
	char text[QPW_SYMBOL_LEN];
	int id;

	if (e->name[0])
		return names_comm(&m->names, e->name);
	id = names_recall(&m->names, &key);
	if (id >= 0)
		return id;
	text_numbered(text, sizeof(text), "irq", e->irq);
	return names_remember(&m->names, &key, names_text(&m->names, text, sizeof(text)));
}

int model_softirq_name(struct model *m, uint32_t vec)
{
	const struct names_key key = { NAMES_SOFTIRQ, { vec, 0 } };
	const char *name = record_softirq_name(vec);
	int id = names_recall(&m->names, &key);
	char text[QPW_SYMBOL_LEN];

	if (id >= 0)
		return id;
	if (!name) {
		text_numbered(text, sizeof(text), "softirq", vec);
		name = text;
	}
	return names_remember(&m->names, &key, names_text(&m->names, name, QPW_SYMBOL_LEN));
}

int model_vector_name(struct model *m, uint32_t vector)
{
	const struct names_key key = { NAMES_VECTOR, { vector, 0 } };
	const char *name = record_ipi_name(vector);
	int id = names_recall(&m->names, &key);

	if (id >= 0)
		return id;
	return names_remember(&m->names, &key,
			      names_text(&m->names, name ? name : "unknown vector",
					 QPW_SYMBOL_LEN));
}

/* "victim timer (function)" */
static int victim_timer_name(struct model *m, int function)
{
	static const char before[] = "victim timer (", after[] = ")";
	char text[QPW_SYMBOL_LEN] = "";
	size_t len, room = sizeof(text) - sizeof(before) - sizeof(after) + 1;

	len = strnlen(names_get(&m->names, function), room);
	memcpy(text, before, sizeof(before) - 1);
	memcpy(text + sizeof(before) - 1, names_get(&m->names, function), len);
	memcpy(text + sizeof(before) - 1 + len, after, sizeof(after));
	return names_text(&m->names, text, sizeof(text));
}

/* Name of a timer interrupt: what expired in it; the victim's own timer is marked as such. */
int model_timer_name(struct model *m, const struct qpw_timer *e)
{
	const uint32_t flags = e->h.flags & (QPW_F_VICTIM | QPW_F_TICK);
	const struct names_key key = { NAMES_TIMER, { e->function, flags } };
	const char *text = NULL;
	int id = names_recall(&m->names, &key);

	if (id >= 0)
		return id;
	if (flags == (QPW_F_VICTIM | QPW_F_TICK))
		text = "tick and victim timer";
	else if (!e->function)
		text = flags == QPW_F_TICK   ? "tick" :
		       flags == QPW_F_VICTIM ? "victim timer" :
					       "nothing expired";
	if (text)
		id = names_text(&m->names, text, QPW_SYMBOL_LEN);
	else
		id = names_symbol(&m->names, e->function);
	if (!text && id >= 0 && flags == QPW_F_VICTIM)
		id = victim_timer_name(m, id);
	return names_remember(&m->names, &key, id);
}

/* Names of a place to wait in, and of no work in particular. */
static int wait_name(struct model *m, uint64_t number, const char *text)
{
	const struct names_key key = { NAMES_FLUSH, { number, 0 } };
	int id = names_recall(&m->names, &key);

	if (id >= 0)
		return id;
	return names_remember(&m->names, &key, names_text(&m->names, text, QPW_SYMBOL_LEN));
}

int model_flush_name(struct model *m, uint64_t where)
{
	const char *place = where == MODEL_FLUSH_PERCPU_WORK ? "flush_percpu_work" :
							       record_flush_name((uint32_t)where);

	return wait_name(m, where, place ? place : "unknown flush");
}

int model_work_name(struct model *m, uint64_t function)
{
	/* beyond the numbers of places */
	return function ? names_symbol(&m->names, function) : wait_name(m, UINT64_MAX, "");
}
