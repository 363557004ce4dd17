// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading small files below a root.
 */
#include "host/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool join(const char *root, const char *path, char full[PATH_MAX])
{
	return snprintf(full, PATH_MAX, "%s%s", root, path) < PATH_MAX;
}

void host_read_line(const char *root, const char *path, char *buf, size_t size)
{
	char full[PATH_MAX];
	ssize_t n = -1;
	int fd;

	buf[0] = '\0';
	if (!join(root, path, full))
		return;
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

bool host_read_number(const char *root, const char *path, long long *number)
{
	char text[64], *end;

	host_read_line(root, path, text, sizeof(text));
	errno = 0;
	*number = strtoll(text, &end, 10);
	return text[0] && !*end && !errno;
}

bool host_read_cpus(const char *root, const char *path, struct cpulist *cpus)
{
	char text[4096];

	host_read_line(root, path, text, sizeof(text));
	return text[0] && !cpulist_parse(text, cpus);
}

bool host_has_file(const char *root, const char *path)
{
	char full[PATH_MAX];

	return join(root, path, full) && !access(full, F_OK);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

size_t host_list_names(const char *root, const char *path, char ***list)
{
	struct dirent **entries = NULL;
	char full[PATH_MAX];
	size_t used = 0;
	int nr;

	*list = NULL;
	nr = join(root, path, full) ? scandir(full, &entries, visible, versionsort) : -1;
	if (nr > 0)
		*list = calloc((size_t)nr, sizeof(**list));
	for (int i = 0; i < nr; i++) {
		char *name = *list ? strdup(entries[i]->d_name) : NULL;

		if (name)
			(*list)[used++] = name;
		free(entries[i]);
	}
	free(entries);
	return used;
}

void host_free_names(char **list, size_t nr)
{
	while (nr)
		free(list[--nr]);
	free(list);
}

pid_t host_find_process(const char *root, const char *name)
{
	char path[64], comm[64], **pids;
	size_t nr = host_list_names(root, "/proc", &pids);
	pid_t found = 0;

	for (size_t i = 0; i < nr && !found; i++) {
		if (!isdigit((unsigned char)pids[i][0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", pids[i]);
		host_read_line(root, path, comm, sizeof(comm));
		if (!strcmp(comm, name))
			found = (pid_t)strtol(pids[i], NULL, 10);
	}
	host_free_names(pids, nr);
	return found;
}
