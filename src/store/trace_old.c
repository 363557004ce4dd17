// SPDX-License-Identifier: GPL-2.0-only
/*
 * The recording that was there before, as perf keeps it. Knows files, and how one begins.
 */
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/trace.h"
#include "store/trace_format.h"

int trace_keep_old(const char *path)
{
	char old[PATH_MAX];
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	if (snprintf(old, sizeof(old), "%s.old", path) >= (int)sizeof(old))
		return -ENAMETOOLONG;
	return rename(path, old) ? -errno : 0;
}

bool trace_is_at(const char *path)
{
	char found[TRACE_MAGIC_LEN];
	struct stat st;
	ssize_t got;
	int fd;

	/* a FIFO would have us wait */
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, found, sizeof(found));
	close(fd);
	return got == (ssize_t)sizeof(found) && !memcmp(found, TRACE_MAGIC, sizeof(found));
}
