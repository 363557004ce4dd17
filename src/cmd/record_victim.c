// SPDX-License-Identifier: GPL-2.0-only
/*
 * Victims that run already, by /proc.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* /proc/PID/comm, or a thread's, holds the name as it is; the status file escapes it. */
static bool has_name(const char *path, const char *name)
{
	char comm[64] = "";
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	if (fgets(comm, sizeof(comm), f))
		comm[strcspn(comm, "\n")] = '\0';
	fclose(f);
	return !strncmp(comm, name, QPW_COMM_LEN - 1);
}

struct search {
	const char *name;
	struct victim_found *found;
	size_t max;
	size_t nr;
};

static void add_found(struct search *s, uint32_t tgid, uint32_t tid)
{
	if (s->nr < s->max)
		s->found[s->nr] = (struct victim_found){ tgid, tid };
	s->nr++;
}

/* The process if it has the name, else its threads that have. */
static void search_process(struct search *s, uint32_t tgid)
{
	const struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/comm", tgid);
	if (has_name(path, s->name)) {
		add_found(s, tgid, 0);
		return;
	}
	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		uint32_t tid = strtoul(entry->d_name, NULL, 10);

		snprintf(path, sizeof(path), "/proc/%u/task/%u/comm", tgid, tid);
		if (tid && tid != tgid && has_name(path, s->name))
			add_found(s, tgid, tid);
	}
	if (dir)
		closedir(dir);
}

static int find_by_comm(struct search *s)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			search_process(s, strtoul(entry->d_name, NULL, 10));
	}
	closedir(dir);
	return s->nr ? (int)s->nr : -ESRCH;
}

int victims_find(const struct record_options *o, struct victim_found *found, size_t max)
{
	struct search s = { .name = o->victim_comm, .found = found, .max = max };
	uint32_t tgid;
	char text[32];
	int err;

	if (o->victim == RECORD_VICTIM_COMM)
		return find_by_comm(&s);
	err = status_value(o->victim_pid, "Tgid", text, sizeof(text));
	if (err)
		return err;
	tgid = strtoul(text, NULL, 10);
	add_found(&s, tgid, tgid == o->victim_pid ? 0 : o->victim_pid);
	return 1;
}

/* One that nobody has waited for is still there, without running any more. */
static bool is_zombie(const struct victim_found *v)
{
	char state[64] = "", path[64];
	struct stat st;

	if (status_value(v->tid ? v->tid : v->tgid, "State", state, sizeof(state)))
		return false;
	if (state[0] != 'Z' && state[0] != 'X')
		return false;
	/* a process goes on without its first thread; a folder has a link for each one in it */
	snprintf(path, sizeof(path), "/proc/%u/task", v->tgid);
	return v->tid || stat(path, &st) || st.st_nlink <= 3;
}

static bool has_ended(const struct victim_found *v)
{
	int ret = v->tid ? tgkill((pid_t)v->tgid, (pid_t)v->tid, 0) : kill((pid_t)v->tgid, 0);

	return (ret && errno == ESRCH) || is_zombie(v);
}

bool victims_ended(const struct victim_found *found, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!has_ended(&found[i]))
			return false;
	return true;
}
