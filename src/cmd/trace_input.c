// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors of opening a trace in words, and files that are one and the same. Knows no records.
 */
#include "cmd/trace_input.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

const char *trace_open_error(int error)
{
	switch (error) {
	case -EPROTO:
		return "this is not a .qpw trace; 'qpwlat record' writes them";
	case -EPROTONOSUPPORT:
		return "it was written by a newer qpwlat; use that version";
	case -EBADMSG:
		return "its header is corrupt; copy the file again";
	default:
		return strerror(-error);
	}
}

/* The folder of a path as stat() takes it, "./" when it names none; and the name in it. */
static const char *split_path(const char *path, char *folder, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		snprintf(folder, size, "%.*s", (int)(slash - path + 1), path);
	else
		snprintf(folder, size, "./");
	return slash ? slash + 1 : path;
}

bool trace_same_file(const char *a, const char *b)
{
	char folder_a[PATH_MAX], folder_b[PATH_MAX];
	const char *name_a = split_path(a, folder_a, sizeof(folder_a));
	const char *name_b = split_path(b, folder_b, sizeof(folder_b));
	struct stat x, y;

	if (!stat(a, &x) && !stat(b, &y))
		return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	/* not there yet */
	if (strcmp(name_a, name_b) != 0 || stat(folder_a, &x) || stat(folder_b, &y))
		return false;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
