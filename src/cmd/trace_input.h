/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What commands that read a trace share: why one can't be opened, and care not to write over it.
 */
#ifndef QPW_CMD_TRACE_INPUT_H
#define QPW_CMD_TRACE_INPUT_H

#include <stdbool.h>

/* Why trace_reader_open() failed, and what to do about it. error is what it returned. */
const char *trace_open_error(int error);

/*
 * Whether two names are of one file that can be spoilt, or will be when both are created; a device
 * such as /dev/null can't.
 */
bool trace_same_file(const char *a, const char *b);

#endif
