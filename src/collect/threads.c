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

/* Places behind the name, the first of which is the state: proc_pid_stat(5). */
#define STAT_PRIORITY 15
#define STAT_PROCESSOR 36
#define PRIORITY_OF_0 100 /* fs/proc/array.c: it is told without MAX_RT_PRIO */

/*
 * What a worker of workqueues is working at goes, as wq_worker_comm() puts it behind the name. A
 * rescuer (since 6.8) has a workqueue in its name, which may have a dash in it; what follows is
 * then that workqueue again.
 */
static void cut_work(char *worker)
{
	size_t i;

	if (strncmp(worker, "R-", 2) != 0) {
		worker[strcspn(worker, "+-")] = '\0';
		return;
	}
	worker += 2;
	for (i = 1; *worker && worker[i]; i++) {
		if (strchr("+-", worker[i]) && !strncmp(worker, worker + i + 1, i)) {
			worker[i] = '\0';
			return;
		}
	}
}

/* The name may hold anything, and ends with the last parenthesis. */
static bool take_name(char *stat, struct thread_state *out, char **rest)
{
	char *name = strchr(stat, '('), *end = strrchr(stat, ')');

	if (!name || !end || end < name)
		return false;
	*end = '\0';
	name++;
	if (!strncmp(name, "kworker/", strlen("kworker/")))
		cut_work(name + strlen("kworker/"));
	memset(out->name, 0, sizeof(out->name));
	memcpy(out->name, name, strnlen(name, sizeof(out->name) - 1));
	*rest = end + 1;
	return true;
}

/* All of a file of /proc that is not long, ended by 0. False if the thread is gone. */
static bool read_all(uint32_t tid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/%s", tid, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	len = fread(text, 1, size - 1, f);
	fclose(f);
	text[len] = '\0';
	return len;
}

bool threads_state(uint32_t tid, struct thread_state *out)
{
	char text[4096], *word, *rest, *place;

	if (!read_all(tid, "status", text, sizeof(text)))
		return false;
	/* what is in the name there is escaped */
	word = strstr(text, "\nTgid:");
	if (!word)
		return false;
	out->tgid = (uint32_t)strtoul(word + strlen("\nTgid:"), NULL, 10);
	if (!read_all(tid, "stat", text, sizeof(text)) || !take_name(text, out, &rest))
		return false;
	word = strtok_r(rest, " ", &place);
	out->runs = word && *word == 'R';
	for (int i = 0; word && i < STAT_PROCESSOR; word = strtok_r(NULL, " ", &place), i++)
		if (i == STAT_PRIORITY)
			out->prio = (uint32_t)(strtol(word, NULL, 10) + PRIORITY_OF_0);
	out->cpu = word ? (uint32_t)strtoul(word, NULL, 10) : 0;
	return word;
}
