// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding victims. A look must be cheap, for it comes back all the time: the scheduler is asked by
 * system calls, files are read of the few processes only that may be victims.
 */
#include <dirent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/collect.h"
#include "collect/threads.h"
#include "top/victims.h"

/* Between two looks; less than the usual delay, so that each of those sees one. */
#define LOOK_GAP_NS 1500000000
#define FOUND_MAX 64

_Static_assert(VICTIMS_MAX == COLLECT_MAX_VICTIMS, "as many as can be measured");

/* Of /proc/PID/NAME what fits, with a 0 behind it; "" when it can't be read. */
static void read_file(uint32_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	f = fopen(path, "re");
	if (f) {
		len = fread(buf, 1, size - 1, f);
		fclose(f);
	}
	buf[len] = '\0';
}

static void read_comm(uint32_t pid, char comm[QPW_COMM_LEN + 1])
{
	size_t len;

	read_file(pid, "comm", comm, QPW_COMM_LEN + 1);
	/* the newline at the end is no part of it, others may be */
	len = strlen(comm);
	if (len)
		comm[len - 1] = '\0';
}

/* By its flags, the seventh word behind the name, which may hold anything. */
static bool is_kernel_thread(uint32_t pid)
{
	const unsigned long pf_kthread = 0x00200000; /* include/linux/sched.h */
	char line[512];
	const char *at;

	read_file(pid, "stat", line, sizeof(line));
	at = strrchr(line, ')');
	for (int word = 0; at && word < 7; word++)
		at = strchr(at + 1, ' ');
	return at && strtoul(at, NULL, 10) & pf_kthread;
}

static bool may_run_elsewhere(pid_t tid, const struct cpulist *watched)
{
	struct cpulist may = { 0 };

	if (sched_getaffinity(tid, sizeof(may.bits), (cpu_set_t *)may.bits))
		return true;
	cpulist_andnot(&may, watched);
	return cpulist_count(&may);
}

static bool is_victim_thread(pid_t tid, const void *watched)
{
	int policy = sched_getscheduler(tid);

	if (policy < 0)
		return false;
	policy &= ~SCHED_RESET_ON_FORK;
	return (policy == SCHED_FIFO || policy == SCHED_RR) && !may_run_elsewhere(tid, watched);
}

static bool is_victim(uint32_t pid, const struct cpulist *watched)
{
	char tasks[64], comm[QPW_COMM_LEN + 1];
	struct stat st;

	snprintf(tasks, sizeof(tasks), "/proc/%u/task", pid);
	/* a link for each thread, and two as every directory has them */
	if (stat(tasks, &st) || pid == (uint32_t)getpid())
		return false;
	if (st.st_nlink <= 3)
		return is_victim_thread((pid_t)pid, watched) && !is_kernel_thread(pid);
	read_comm(pid, comm);
	return !strcmp(comm, "cyclictest") || threads_any(pid, is_victim_thread, watched);
}

/* The first FOUND_MAX, as there can't be that many. */
static size_t find(const struct cpulist *watched, uint32_t pids[FOUND_MAX])
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	size_t nr = 0;

	while (dir && nr < FOUND_MAX && (entry = readdir(dir))) {
		uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);

		if (pid && is_victim(pid, watched))
			pids[nr++] = pid;
	}
	if (dir)
		closedir(dir);
	return nr;
}

static bool has(const uint32_t *pids, size_t nr, uint32_t pid)
{
	for (size_t i = 0; i < nr; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static bool is_listed(const struct victims *v, uint32_t pid)
{
	for (size_t i = 0; i < v->nr; i++)
		if (v->list[i].pid == pid)
			return true;
	return false;
}

/* Those that are not among pids go. */
static void keep(struct victims *v, struct collect *c, const uint32_t *pids, size_t nr)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->nr; i++) {
		if (has(pids, nr, v->list[i].pid))
			v->list[kept++] = v->list[i];
		else
			collect_remove_victim(c, v->list[i].pid);
	}
	v->nr = kept;
}

static void add(struct victims *v, struct collect *c, uint32_t pid)
{
	if (is_listed(v, pid))
		return;
	if (v->nr == VICTIMS_MAX || collect_add_victim(c, pid))
		v->nr_left_out++;
	else
		v->list[v->nr++].pid = pid;
}

/* Again each time: a process may have become another program. */
static void read_names(struct victims *v)
{
	char comm[QPW_COMM_LEN + 1];

	for (size_t i = 0; i < v->nr; i++) {
		read_comm(v->list[i].pid, comm);
		if (*comm)
			snprintf(v->list[i].comm, QPW_COMM_LEN, "%.15s", comm);
	}
}

/* Of a thread; 0 when it is gone. */
static uint32_t process_of(uint32_t tid)
{
	static const char key[] = "\nTgid:";
	char status[512];
	const char *at;

	read_file(tid, "status", status, sizeof(status));
	at = strstr(status, key);
	return at ? (uint32_t)strtoul(at + strlen(key), NULL, 10) : 0;
}

void victims_name(struct victims *v, struct collect *c, uint32_t id)
{
	uint32_t pid = process_of(id);

	if (pid && pid != id && !collect_add_victim_thread(c, pid, id))
		v->list[v->nr++].pid = id;
	else
		add(v, c, id);
	read_names(v);
}

void victims_look(struct victims *v, struct collect *c, const struct cpulist *watched,
		  uint64_t now_ns)
{
	uint32_t pids[FOUND_MAX];
	size_t nr;

	if (v->looked_ns && now_ns - v->looked_ns < LOOK_GAP_NS)
		return;
	v->looked_ns = now_ns;
	v->nr_left_out = 0;
	nr = find(watched, pids);
	keep(v, c, pids, nr);
	for (size_t i = 0; i < nr; i++)
		add(v, c, pids[i]);
	read_names(v);
}

void victims_format(const struct victims *v, char text[HOST_TEXT])
{
	size_t len = 0;

	snprintf(text, HOST_TEXT, "none");
	for (size_t i = 0; i < v->nr && len < HOST_TEXT; i++)
		len += (size_t)snprintf(text + len, HOST_TEXT - len, "%s%s/%u", i ? " " : "",
					v->list[i].comm, v->list[i].pid);
	if (v->nr_left_out && len < HOST_TEXT)
		snprintf(text + len, HOST_TEXT - len, ", %zu more are not measured",
			 v->nr_left_out);
}
