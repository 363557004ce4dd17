/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The figures of a trace as OpenMetrics. Knows neither files nor options.
 */
#ifndef QPW_CMD_EXPORT_OPENMETRICS_H
#define QPW_CMD_EXPORT_OPENMETRICS_H

#include "view/export.h"

/* All records go to a model; what it knows in the end is written. */
extern const struct export_format export_openmetrics;

#endif
