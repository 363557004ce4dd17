/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qpwlat compare: care that no file is given twice and that none is written over. Knows names and
 * files, nothing of what is in them.
 */
#ifndef QPW_CMD_COMPARE_FILES_H
#define QPW_CMD_COMPARE_FILES_H

#include <stddef.h>

/*
 * Refuse a boot that is among the nr paths twice, under whatever name; and one of nr_outputs (NULL
 * or "-" are none) that is a file of a boot or goes where another one goes. 0, or an exit code
 * after a message.
 */
int compare_check_inputs(char *const *boots, size_t nr);
int compare_check_outputs(char *const *boots, size_t nr, const char *const *outputs,
			  size_t nr_outputs);

#endif
