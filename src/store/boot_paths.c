// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking for boots one level below a directory. Knows no formats.
 */
#include "store/boot_paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int append(struct boot_paths *paths, char *path)
{
	char **more = path ? realloc(paths->path, (paths->nr + 1) * sizeof(*more)) : NULL;

	if (!more) {
		free(path);
		return -ENOMEM;
	}
	paths->path = more;
	paths->path[paths->nr++] = path;
	return 0;
}

/* "dir/name" on the heap, NULL when out of memory. */
static char *join(const char *dir, const char *name)
{
	size_t len = strlen(dir);
	char *path;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (asprintf(&path, "%.*s/%s", (int)len, dir, name) < 0)
		return NULL;
	return path;
}

static bool holds_trace(const char *dir)
{
	char *path = join(dir, "trace.qpw");
	bool there = path && !access(path, F_OK);

	free(path);
	return there;
}

static int order_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Directories in dir that hold a trace. 0 or -ENOMEM; a directory that can't be read has none. */
static int add_below(struct boot_paths *paths, const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	size_t first = paths->nr;
	int ret = 0;

	while (!ret && d && (entry = readdir(d))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = join(dir, entry->d_name);
		if (path && !holds_trace(path)) {
			free(path);
			continue;
		}
		ret = append(paths, path);
	}
	if (d)
		closedir(d);
	if (paths->nr > first)
		qsort(paths->path + first, paths->nr - first, sizeof(*paths->path), order_paths);
	return ret;
}

int boot_paths_add(struct boot_paths *paths, const char *item)
{
	size_t first = paths->nr;

	if (!holds_trace(item)) {
		int ret = add_below(paths, item);

		if (ret || paths->nr > first)
			return ret;
	}
	return append(paths, strdup(item));
}

void boot_paths_finish(struct boot_paths *paths)
{
	for (size_t i = 0; i < paths->nr; i++)
		free(paths->path[i]);
	free(paths->path);
	memset(paths, 0, sizeof(*paths));
}
