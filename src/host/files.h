/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files of /proc and /sys below a root. Knows no meanings.
 */
#ifndef QPW_HOST_FILES_H
#define QPW_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/cpulist.h"

/* First line of a file, cut to size; "" when it can't be read. */
void host_read_line(const char *root, const char *path, char *buf, size_t size);

/* A file that holds one whole number. False when it can't be read or holds something else. */
bool host_read_number(const char *root, const char *path, long long *number);

/* A file that holds a list of CPUs. False when it can't be read or is none. */
bool host_read_cpus(const char *root, const char *path, struct cpulist *cpus);

/* Is there a file of that name? */
bool host_has_file(const char *root, const char *path);

/*
 * Names of the entries of a directory, numbers in their order; the caller frees them with
 * host_free_names(). Returns how many; 0 when it can't be read, too.
 */
size_t host_list_names(const char *root, const char *path, char ***list);
void host_free_names(char **list, size_t nr);

/* Process id of a running program by its name (/proc/PID/comm); 0: it does not run. */
pid_t host_find_process(const char *root, const char *name);

#endif
