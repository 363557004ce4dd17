/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of a snapshot's JSON that tells who caused it. Knows no files.
 */
#ifndef QPW_VIEW_SUMMARY_CAUSERS_H
#define QPW_VIEW_SUMMARY_CAUSERS_H

#include <jansson.h>

#include "model/snapshot.h"

/* Add the members "origins", "moves", "lock_waits", "taken", "self_inflicted", "tick". 0 or -1. */
int summary_causers_json(json_t *json, const struct snapshot *s);

/* "POSIX_TIMER", … as the kernel's tick_stop event has it. */
const char *summary_tick_reason(enum qpw_tick_reason reason);

/* "spin", "mutex", "rwsem read", … for the flags of a contended lock. */
const char *summary_lock_kind(uint32_t flags);

#endif
