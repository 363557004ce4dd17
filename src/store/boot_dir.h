/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One boot of a run on disk: a directory with trace.qpw and what lies beside it, or a trace alone.
 * Knows the layout, leaves the formats to their parsers.
 */
#ifndef QPW_STORE_BOOT_DIR_H
#define QPW_STORE_BOOT_DIR_H

#include <stddef.h>

#include "model/boot.h"

/*
 * Load path. A trace that is missing or unreadable is an error: -errno, with the object and the
 * reason in why. One that breaks off, and optional files that are missing, are facts of the boot.
 */
int boot_dir_load(const char *path, struct boot **out, char *why, size_t size);

/* Derive mode and setup from the facts and from what boot.json said; anew when called again. */
void boot_dir_describe(struct boot *b);

#endif
