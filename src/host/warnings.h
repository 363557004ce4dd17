/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What about a machine spoils a measurement on some of its CPUs: known by files of /proc and /sys
 * below a root. A table of rules; each gives a code, a text and a remedy. Knows no BPF.
 */
#ifndef QPW_HOST_WARNINGS_H
#define QPW_HOST_WARNINGS_H

#include <stdbool.h>

#include "host/host.h"
#include "util/cpulist.h"

/* What is going to be measured. */
struct host_situation {
	const struct cpulist *watched;
	bool busy; /* the victim never sleeps: limits on real-time tasks concern it */
	bool idle; /* nothing keeps the CPU out of deep idle states, as cyclictest and oslat do */
};

/* Look for all of them; facts, as host_read() filled it from the same root, gets what was found. */
void host_find_warnings(const char *root, const struct host_situation *s, struct host_facts *facts);

#endif
