/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that commands write: "-" is stdout. Knows formats by their numbers alone; prints nothing
 * but what is wrong with a command line.
 */
#ifndef QPW_CMD_OUTPUT_H
#define QPW_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

bool output_is_stdout(const char *path);

/* For messages, harmless. */
const char *output_shown(const char *path);

/*
 * paths[nr], one for each format, NULL where it is not wanted. The first one goes to stdout unless
 * it is wanted elsewhere, or another one goes there. 0; CMD_USAGE after a message when several do.
 */
int output_settle(const char *command, const char **paths, int nr);

/* Begin to write. 0 or -errno. */
int output_open(const char *path, FILE **out);

/*
 * All is written, or ret says what went wrong; so does what the stream itself says, errno being 0
 * unless something failed since it was opened. A file that is not whole is removed. 0 or -errno.
 */
int output_close(const char *path, FILE *f, int ret);

/*
 * Have put() write the file, which returns 0 or -errno; what the stream itself says is seen to
 * here. 0 or -errno.
 */
int output_write(const char *path, int (*put)(FILE *f, const void *arg), const void *arg);

/* An object and the end of its line; takes the reference. NULL is -ENOMEM. 0 or -errno. */
int output_put_json(FILE *f, json_t *json);

#endif
