/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs have counted and what was lost of events, put into the source as records.
 */
#ifndef QPW_COLLECT_TELL_H
#define QPW_COLLECT_TELL_H

#include <stdbool.h>

struct collect;

/* Look at what programs have missed; what is a loss of it is known at the next look. */
void tell_skipped_judge(struct collect *c);

/* A loss is told when it grew, and for every watched CPU at the end. */
void tell_losses(struct collect *c, bool at_end);

/* What programs count on the watched CPUs: when it has changed, or always. */
void tell_counts(struct collect *c, bool always);

#endif
