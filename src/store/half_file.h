/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that could not be written whole is none: half a page or half a table looks like one. Knows
 * names of files, not what is in them.
 */
#ifndef QPW_STORE_HALF_FILE_H
#define QPW_STORE_HALF_FILE_H

#include <sys/stat.h>

/*
 * Remove the file of that name if it is the one that was opened (fstat() of it), and a regular one:
 * a device, a pipe, a link to another name and what has the name by now stay.
 */
void half_file_remove(const char *name, const struct stat *opened);

#endif
