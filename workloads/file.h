/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small kernel files, read and written whole.
 */
#ifndef WORKLOADS_FILE_H
#define WORKLOADS_FILE_H

#include <stddef.h>

/* At most size - 1 bytes, NUL-terminated. 0 or -errno. */
int file_read(const char *path, char *buf, size_t size);

/* One write() of text into an existing file. 0 or -errno. */
int file_write(const char *path, const char *text);

#endif
