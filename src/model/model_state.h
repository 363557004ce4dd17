/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the model, shared by its files only.
 */
#ifndef QPW_MODEL_MODEL_STATE_H
#define QPW_MODEL_MODEL_STATE_H

#include "model/figures.h"
#include "model/history.h"
#include "model/model.h"
#include "model/names.h"
#include "model/nest.h"
#include "model/offline.h"
#include "model/outliers.h"

#define MODEL_CPUS 4096
#define MODEL_PROBES 256
#define MODEL_OUTLIERS 32

struct model_cpu {
	uint64_t nr_lost;
	struct nest nest;
	struct history history;
	/*
	 * The last late sample. It is explained once a later record of this CPU shows that all its
	 * intervals are in: the run that delayed it ends in the same instant and may come after it.
	 */
	bool has_late;
	struct history_sample late;
};

struct model {
	uint64_t outlier_ns;
	uint64_t nr_events;
	uint64_t first_ns; /* of all records; UINT64_MAX before the first */
	uint64_t last_ns;
	bool has_window;
	bool window_closed;
	bool truncated;
	uint64_t window_start_ns; /* 0 without a window */
	uint64_t window_end_ns;	  /* UINT64_MAX while open */
	struct names names;
	struct figures figures;
	struct outliers outliers;
	struct table probes; /* struct snap_probe by name */
	struct offline offline;
	struct model_cpu *cpus[MODEL_CPUS]; /* those that were seen */
};

/* Explain the late sample of a CPU into *out. False when it has none, or none worth keeping. */
bool model_explain_late(const struct model *m, const struct model_cpu *cpu,
			struct snap_outlier *out);

#endif
