/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a collector is made of, for the files that are one. For nobody outside.
 */
#ifndef QPW_COLLECT_COLLECT_STATE_H
#define QPW_COLLECT_COLLECT_STATE_H

#include "collect/cgroups.h"
#include "collect/collect.h"
#include "collect/ksyms.h"
#include "collect/live.h"
#include "collect/probes.h"
#include "collect/ring.h"
#include "collect/stream.h"
#include "collect/unended.h"

struct collect {
	struct qpw_bpf *bpf;
	struct probe *probes;
	struct qpw_probe *described; /* nr_probes of them, and those of what else may be missing */
	size_t nr_described;
	struct ksyms *ksyms;
	int ksyms_error;
	struct cgroups *cgroups; /* NULL without a cgroup v2 hierarchy */
	struct ring *ring;
	struct stream *stream;
	struct live *live;	 /* NULL unless it aggregates */
	struct unended *unended; /* NULL if it does */
	size_t buffer_bytes;
	struct collect_config config; /* watched is not ours, see below */
	uint32_t nr_cpus;	      /* possible ones */
	uint64_t *nr_lost;	      /* per CPU, as last told */
	struct qpw_counts *told;      /* per CPU */
	uint64_t nr_missed;	    /* program runs that the kernel skipped, as of the last look */
	uint64_t nr_skipped;	    /* of these, events that were lost */
	struct probe_misses misses; /* as of the last look */
	struct cpulist watched;
	uint64_t window_start_ns;
	bool window_ended;
};

#endif
