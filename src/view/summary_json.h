/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot as JSON: the members that one trace's report and one mode of a comparison share.
 * Knows no files and no printing.
 */
#ifndef QPW_VIEW_SUMMARY_JSON_H
#define QPW_VIEW_SUMMARY_JSON_H

#include <jansson.h>

#include "host/host.h"
#include "model/snapshot.h"
#include "qpw/hist.h"

/*
 * Object with boots, lost_events, window_ns, samples, latency_ns, remote_work, interruptions,
 * causes, flush_waits, contended, outliers, missing_probes … as docs/trace-format.md lists them.
 * Times are integer nanoseconds, names are escaped by text_escape(). The caller owns it; NULL when
 * out of memory.
 */
json_t *summary_json(const struct snapshot *s);

/*
 * For whoever writes it down piece by piece, as late samples may be many: the same with an empty
 * array for outliers, and one object of that array. NULL when out of memory.
 */
json_t *summary_json_lean(const struct snapshot *s);
json_t *summary_outlier_json(const struct snap_outlier *o);

/*
 * {count, min, mean, p50, p90, p99, p99_9, max}, and p99_99, p99_999 where there are values enough
 * to tell them from max; null for an empty or missing histogram. NULL when out of memory.
 */
json_t *summary_hist_json(const struct hist *h);

/* Host facts as {hostname, kernel, mode, cmdline, watched, …}. NULL when out of memory. */
json_t *summary_host_json(const struct host_facts *facts);

#endif
