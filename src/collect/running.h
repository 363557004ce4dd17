/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has a watched CPU at a moment, noted where programs note whom it is switched to. Knows
 * nothing of what is made of that.
 */
#ifndef QPW_COLLECT_RUNNING_H
#define QPW_COLLECT_RUNNING_H

#include "util/cpulist.h"

struct qpw_bpf;

/*
 * Note for each watched CPU the task that has it now, as having it since now, if programs, which
 * are attached, have seen no switch there yet. Interrupts each of them once. 0 or -errno: some are
 * not noted then. A CPU that is offline has no task.
 */
int running_note(struct qpw_bpf *bpf, const struct cpulist *watched);

#endif
