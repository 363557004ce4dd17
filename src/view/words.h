/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Figures as people read them, for pages and Markdown. Knows no format and no figures' meaning.
 */
#ifndef QPW_VIEW_WORDS_H
#define QPW_VIEW_WORDS_H

#include <stddef.h>

#include "model/snapshot.h"

#define WORDS_CELL 64
#define WORDS_TASK (QPW_COMM_LEN + 16)

/* A time with a fitting unit: "850 ns", "85.3 µs", "1.23 ms"; "–" for NAN. */
void words_ns(double ns, char *buf, size_t size);

/* "churn:77" or, where pid is SNAP_PID_MANY, "churn"; a foreign name, as it is. */
void words_task(const char *comm, uint32_t pid, char buf[WORDS_TASK]);

/* Append a number with three digits that mean something, "∞" for infinity; cut to size. */
void words_add_number(char *buf, size_t size, double value);

#endif
