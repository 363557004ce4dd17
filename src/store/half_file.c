// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes away what was begun and can't be ended. Knows names of files, not what is in them.
 */
#include "store/half_file.h"

#include <unistd.h>

void half_file_remove(const char *name, const struct stat *opened)
{
	struct stat present;

	if (S_ISREG(opened->st_mode) && !lstat(name, &present) &&
	    present.st_dev == opened->st_dev && present.st_ino == opened->st_ino)
		unlink(name);
}
