// SPDX-License-Identifier: GPL-2.0-only
/*
 * One look each: what a process becomes later is not known here.
 */
#include "collect/threads.h"

#include <ctype.h>
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INITIAL_PID_NAMESPACE 0xEFFFFFFCU /* include/linux/proc_ns.h: its inode number */
#define POLICY_DEADLINE 6		  /* SCHED_DEADLINE; not in every libc */

static bool is_realtime(pid_t tid, const void *unused)
{
	int policy = sched_getscheduler(tid);

	(void)unused;
	if (policy < 0)
		return false;
	policy &= ~SCHED_RESET_ON_FORK;
	return policy == SCHED_FIFO || policy == SCHED_RR || policy == POLICY_DEADLINE;
}

bool threads_any(uint32_t tgid, bool (*is)(pid_t tid, const void *arg), const void *arg)
{
	const struct dirent *entry;
	bool found = false;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir)))
		found = isdigit((unsigned char)entry->d_name[0]) &&
			is((pid_t)strtol(entry->d_name, NULL, 10), arg);
	if (dir)
		closedir(dir);
	return found;
}

bool threads_any_realtime(uint32_t tgid)
{
	return threads_any(tgid, is_realtime, NULL);
}

bool threads_are_initial(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino == INITIAL_PID_NAMESPACE;
}

void threads_name(uint32_t tid, char name[QPW_COMM_LEN])
{
	char path[64], now[QPW_COMM_LEN] = { 0 };
	size_t len = 0;
	FILE *file;

	if (!strncmp(name, "kworker/", strlen("kworker/")))
		return;
	snprintf(path, sizeof(path), "/proc/%u/comm", tid);
	file = fopen(path, "re");
	if (!file)
		return;
	len = fread(now, 1, sizeof(now), file);
	fclose(file);
	if (!len || now[len - 1] != '\n')
		return;
	now[len - 1] = '\0';
	memcpy(name, now, sizeof(now));
}
