/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which boots an argument of the user names. Knows directories, nothing of what lies in a boot's.
 */
#ifndef QPW_STORE_BOOT_PATHS_H
#define QPW_STORE_BOOT_PATHS_H

#include <stddef.h>

struct boot_paths {
	char **path; /* on the heap each */
	size_t nr;
};

/*
 * Append what item names: itself; or, if it is a directory that holds no trace.qpw while
 * directories in it do, those, in the order of their names (byte by byte). Whether a path can be
 * loaded is for the loader to say. Returns 0 or -ENOMEM.
 */
int boot_paths_add(struct boot_paths *paths, const char *item);
void boot_paths_finish(struct boot_paths *paths);

#endif
