/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a report goes: its formats and files. Knows nothing of traces beyond their names.
 */
#ifndef QPW_CMD_REPORT_OUTPUT_H
#define QPW_CMD_REPORT_OUTPUT_H

#include "cmd/report_options.h"
#include "view/report.h"

/*
 * Refuse a trace that is given twice, to write over one, or twice to one file. 0, or an exit code
 * after a message.
 */
int report_check_files(const struct report_args *args);

/* Every format that is asked for. 0, or an exit code after a message. */
int report_write_outputs(const struct report_args *args, const struct report *r);

#endif
