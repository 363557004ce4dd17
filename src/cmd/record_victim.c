// SPDX-License-Identifier: GPL-2.0-only
/*
 * Victims that run already, by /proc.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/record_victim.h"
#include "qpw/event.h"

/* Value of a "Key:\tvalue" line of /proc/PID/status. 0 or -errno. */
static int status_value(uint32_t pid, const char *key, char *buf, size_t size)
{
	char path[64], line[256];
	size_t len = strlen(key);
	int err = -ESRCH;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? -ESRCH : -errno;
	while (err && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, len) != 0 || line[len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(buf, size, "%s", line + len + 1 + strspn(line + len + 1, "\t "));
		err = 0;
	}
	fclose(f);
	return err;
}

/* /proc/PID/comm holds the name as it is; the status file escapes it. */
static int read_comm(uint32_t pid, char *buf, size_t size)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (!fgets(buf, size, f))
		buf[0] = '\0';
	fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

static int find_by_comm(const char *name, uint32_t *tgids, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char comm[64];
	size_t n = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		uint32_t pid;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = strtoul(entry->d_name, NULL, 10);
		if (read_comm(pid, comm, sizeof(comm)) ||
		    strncmp(comm, name, QPW_COMM_LEN - 1) != 0)
			continue;
		if (n < max)
			tgids[n] = pid;
		n++;
	}
	closedir(dir);
	return n ? (int)n : -ESRCH;
}

int victims_find(const struct record_options *o, uint32_t *tgids, size_t max)
{
	char tgid[32];
	int err;

	if (o->victim == RECORD_VICTIM_COMM)
		return find_by_comm(o->victim_comm, tgids, max);
	err = status_value(o->victim_pid, "Tgid", tgid, sizeof(tgid));
	if (err)
		return err;
	if (max)
		tgids[0] = strtoul(tgid, NULL, 10);
	return 1;
}
