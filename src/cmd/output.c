// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that commands write. Knows nothing of what is in them.
 */
#include "cmd/output.h"

#include <errno.h>
#include <string.h>

#include "cmd/cmd.h"
#include "store/half_file.h"
#include "util/text.h"

bool output_is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

const char *output_shown(const char *path)
{
	return output_is_stdout(path) ? "stdout" : text_shown(path);
}

int output_settle(const char *command, const char **paths, int nr)
{
	int nr_stdout = 0;

	for (int i = 0; i < nr; i++)
		nr_stdout += paths[i] && output_is_stdout(paths[i]);
	if (nr_stdout > 1)
		return cmd_usage_error(command, "only one format can go to stdout", NULL);
	if (!nr_stdout && !paths[0])
		paths[0] = "-";
	return 0;
}

int output_open(const char *path, FILE **out)
{
	*out = output_is_stdout(path) ? stdout : fopen(path, "we");
	if (!*out)
		return -errno;
	errno = 0;
	return 0;
}

int output_close(const char *path, FILE *f, int ret)
{
	struct stat opened;
	bool known = !fstat(fileno(f), &opened);

	if ((fflush(f) || ferror(f)) && !ret)
		ret = errno ? -errno : -EIO;
	if (f == stdout)
		return ret;
	if (fclose(f) && !ret)
		ret = -errno;
	if (ret && known)
		half_file_remove(path, &opened);
	return ret;
}

int output_write(const char *path, int (*put)(FILE *f, const void *arg), const void *arg)
{
	FILE *f;
	int ret = output_open(path, &f);

	return ret ? ret : output_close(path, f, put(f, arg));
}

int output_put_json(FILE *f, json_t *json)
{
	int ret;

	if (!json)
		return -ENOMEM;
	errno = 0;
	ret = json_dumpf(json, f, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	fputc('\n', f);
	json_decref(json);
	return ret ? -(errno ? errno : EIO) : 0;
}
