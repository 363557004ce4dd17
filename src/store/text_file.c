// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a whole small file, bounded: a foreign or runaway file costs no memory.
 */
#include "store/text_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static int read_stream(FILE *f, size_t max, char **out, size_t *len)
{
	size_t size = 0, room = 4096;
	char *text = malloc(room);

	while (text) {
		size_t n = fread(text + size, 1, room - 1 - size, f);
		char *more;

		size += n;
		if (!n)
			break;
		if (size > max) {
			free(text);
			return -EFBIG;
		}
		if (room - 1 - size)
			continue;
		room *= 2;
		more = realloc(text, room);
		if (!more)
			free(text);
		text = more;
	}
	if (!text)
		return -ENOMEM;
	if (ferror(f)) {
		int error = errno;

		free(text);
		return -error;
	}
	text[size] = '\0';
	*out = text;
	*len = size;
	return 0;
}

int text_file_read(const char *dir, const char *name, size_t max, char **out, size_t *len)
{
	char path[PATH_MAX];
	FILE *f;
	int ret;

	ret = snprintf(path, sizeof(path), "%s%s%s", dir ? dir : "", dir ? "/" : "", name);
	if (ret < 0 || (size_t)ret >= sizeof(path))
		return -ENAMETOOLONG;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	ret = read_stream(f, max, out, len);
	if (fclose(f) && !ret) {
		ret = -errno;
		free(*out);
	}
	return ret;
}
