// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ties the model to the writer of metrics, as a format to export. Knows neither files nor options.
 */
#include "cmd/export_openmetrics.h"

#include <errno.h>
#include <stdlib.h>

#include "model/model.h"
#include "view/openmetrics.h"

struct metrics {
	FILE *f;
	const struct host_facts *facts;
	struct model *model;
	uint64_t nr_malformed;
};

static void *metrics_create(FILE *f, const struct host_facts *facts)
{
	const struct model_config config = { .max_outliers = 1, .per_cpu = true };
	struct metrics *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->f = f;
	m->facts = facts;
	m->model = model_create(&config);
	if (m->model)
		return m;
	free(m);
	return NULL;
}

static int metrics_put(void *export, const struct qpw_header *record)
{
	struct metrics *m = export;
	int ret = model_feed(m->model, record);

	if (ret != -EINVAL)
		return ret;
	m->nr_malformed++;
	return 0;
}

static int metrics_finish(void *export, const struct export_end *end)
{
	struct metrics *m = export;
	struct openmetrics out = { 0 };
	struct snapshot *snapshot;
	int ret = -ENOMEM;

	if (!m)
		return 0;
	if (end->truncated)
		model_set_truncated(m->model);
	snapshot = model_snapshot(m->model);
	if (snapshot) {
		out.facts = m->facts;
		out.snapshot = snapshot;
		out.nr_malformed = m->nr_malformed;
		ret = openmetrics_write(m->f, &out);
	}
	snapshot_destroy(snapshot);
	model_destroy(m->model);
	free(m);
	return ret;
}

const struct export_format export_openmetrics = {
	.name = "openmetrics",
	.create = metrics_create,
	.put = metrics_put,
	.finish = metrics_finish,
};
