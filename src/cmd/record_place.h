/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where things run while recording: which CPUs are watched, which are left for everything else.
 * Prints what is wrong with a choice; knows nothing of BPF.
 */
#ifndef QPW_CMD_RECORD_PLACE_H
#define QPW_CMD_RECORD_PLACE_H

#include <stdbool.h>

#include "cmd/record_options.h"
#include "host/host.h"
#include "util/cpulist.h"

struct placement {
	struct cpulist watched;
	struct cpulist housekeeping; /* empty: nothing is placed */
	char watched_text[HOST_TEXT];
	char housekeeping_text[HOST_TEXT];
};

/* Choose and check. Returns CMD_OK, or CMD_ERROR after a message. */
int placement_choose(const struct record_options *o, const struct host_facts *facts,
		     struct placement *p);

/* Let the calling process run on these CPUs only. 0 or -errno. */
int placement_bind(const struct cpulist *cpus);

#endif
