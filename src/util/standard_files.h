/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three files that a program is started with. Knows nothing of what is read or written.
 */
#ifndef QPW_UTIL_STANDARD_FILES_H
#define QPW_UTIL_STANDARD_FILES_H

/*
 * Where standard input, output or error is closed, take its number, so that no file that is opened
 * later gets it, and what is printed with it. Reading or writing there fails with EBADF as before.
 * To be called first. 0 or -errno.
 */
int standard_files_hold(void);

#endif
