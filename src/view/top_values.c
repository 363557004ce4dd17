// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of cells, and which views there are. Knows no rows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"
#include "view/top.h"

const struct top_view *const top_views[TOP_VIEWS] = {
	&top_view_causes, &top_view_origins, &top_view_works,
	&top_view_waits,  &top_view_latency, &top_view_events,
};

int top_find_view(const char *name)
{
	for (int i = 0; i < TOP_VIEWS; i++)
		if (!strcmp(top_views[i]->name, name))
			return i;
	return -1;
}

int top_find_column(const struct top_view *v, const char *name)
{
	for (unsigned int i = 0; i < v->nr_columns; i++)
		if (v->columns[i].name && !strcmp(v->columns[i].name, name))
			return (int)i;
	return -1;
}

void top_words_n(struct top_value *v, const char *foreign, size_t max)
{
	text_escape_n(foreign, max, v->text, sizeof(v->text));
	v->type = *v->text ? TOP_WORDS : TOP_NOTHING;
}

void top_words(struct top_value *v, const char *foreign)
{
	top_words_n(v, foreign, TOP_TEXT);
}

void top_number(struct top_value *v, double number)
{
	v->type = TOP_NUMBER;
	v->number = number;
	v->names = false;
}

void top_cpu_number(struct top_value *v, uint32_t cpu)
{
	top_number(v, cpu);
	v->names = true;
}

void top_task(struct top_value *v, const struct snap_origin *o)
{
	char comm[QPW_COMM_LEN * 4 + 5];

	if (!o->count) {
		v->type = TOP_NOTHING;
		return;
	}
	text_escape(o->comm, comm, sizeof(comm));
	v->type = TOP_WORDS;
	if (o->pid == SNAP_PID_MANY)
		snprintf(v->text, sizeof(v->text), "%s@%" PRIu32, comm, o->cpu);
	else
		snprintf(v->text, sizeof(v->text), "%s/%" PRIu32 "@%" PRIu32, comm, o->pid, o->cpu);
}
