/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot as OpenMetrics text, for Prometheus and node-exporter's textfile collector. Knows
 * neither files nor sockets. docs/metrics.md lists the families.
 */
#ifndef QPW_VIEW_OPENMETRICS_H
#define QPW_VIEW_OPENMETRICS_H

#include <stdint.h>
#include <stdio.h>

#include "host/host.h"
#include "model/snapshot.h"

struct openmetrics {
	const struct host_facts *facts;
	const struct snapshot *snapshot;
	uint64_t nr_malformed; /* records that the model refused */
};

/*
 * Everything up to and including "# EOF". Times are seconds, all nine digits of them; whatever only
 * grows within one recording is a counter. Write errors stay with the stream. 0 or -ENOMEM.
 */
int openmetrics_write(FILE *f, const struct openmetrics *m);

#endif
