// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the model keeps of each CPU, in bounds. Knows no records.
 */
#include "model/model_state.h"

#include <errno.h>
#include <stdlib.h>

struct model_cpu *model_add_cpu(struct model *m, uint32_t cpu)
{
	m->cpus[cpu] = calloc(1, sizeof(struct model_cpu));
	return m->cpus[cpu];
}

void model_free_cpu(struct model_cpu *cpu)
{
	if (!cpu)
		return;
	nest_finish(&cpu->nest);
	history_finish(&cpu->history);
	free(cpu);
}

int model_give_room(struct model *m, struct model_cpu *cpu)
{
	bool roomy = m->nr_telling < MODEL_ROOMY_CPUS;
	int ret = 0;

	if (!cpu->nest.spans)
		ret = nest_init(&cpu->nest, roomy ? NEST_ROOM : MODEL_LITTLE_ROOM);
	if (!ret)
		ret = history_init(&cpu->history, roomy ? HISTORY_ROOM : MODEL_LITTLE_ROOM);
	if (!ret)
		m->nr_telling++;
	return ret;
}

int model_keep_late(const struct model *m, const struct model_cpu *cpu, struct outliers *worst)
{
	struct snap_part parts[SNAP_PARTS];
	struct snap_span spans[SNAP_SPANS];
	struct snap_outlier outlier = { .parts = parts, .spans = spans };

	if (!cpu->has_late ||
	    !outliers_want(worst, history_latency(&cpu->late), cpu->late.start_ns, cpu->late.cpu))
		return 0;
	history_explain(&cpu->history, &cpu->late, &m->names, &outlier);
	return outliers_add(worst, &outlier);
}
