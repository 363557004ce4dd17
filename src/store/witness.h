/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The witness: the text of an ftrace instance that saw the same work executions as the collector
 * without any code of ours in between. Knows its format, no directories.
 */
#ifndef QPW_STORE_WITNESS_H
#define QPW_STORE_WITNESS_H

#include <stdio.h>

#include "model/boot.h"

/*
 * Count workqueue_execute_start per function inside [start_ns, end_ns] of CLOCK_MONOTONIC. What is
 * wrong with the file goes into out->state; the counts stand with any state but UNREADABLE.
 * 0; -EIO where reading fails; -ENOMEM, *out is empty then.
 */
int witness_parse(FILE *f, uint64_t start_ns, uint64_t end_ns, struct boot_witness *out);

#endif
