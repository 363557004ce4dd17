// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opened for the other direction, /dev/null refuses what a closed file would have refused.
 */
#include "util/standard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int standard_files_hold(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* the lowest number that is free, which is this one */
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return -errno;
	}
	return 0;
}
