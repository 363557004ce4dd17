// SPDX-License-Identifier: GPL-2.0-only
/*
 * Victims by /proc, and cyclictest's command line.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd/record_victim.h"
#include "collect/privilege.h"
#include "qpw/event.h"

/* Enough for any latency worth a bucket of its own; what is above is counted as overflow. */
#define HISTOGRAM_US "20000"

/* execv() takes them without const and changes nothing. */
static char *arg(const char *text)
{
	union {
		const char *given;
		char *taken;
	} u = { .given = text };

	return u.taken;
}

int cyclictest_call_build(const struct record_options *o, const struct placement *p,
			  struct cyclictest_call *call)
{
	size_t n = 0;

	memset(call, 0, sizeof(*call));
	snprintf(call->priority, sizeof(call->priority), "%d", o->priority);
	snprintf(call->interval, sizeof(call->interval), "%u", o->period_us);
	snprintf(call->threads, sizeof(call->threads), "%u", cpulist_count(&p->watched));
	snprintf(call->main_affinity, sizeof(call->main_affinity), "--mainaffinity=%s",
		 p->housekeeping_text);
	call->argv[n++] = arg("cyclictest");
	call->argv[n++] = arg("-q");
	call->argv[n++] = arg("-m");
	call->argv[n++] = arg("-p");
	call->argv[n++] = call->priority;
	call->argv[n++] = arg("-i");
	call->argv[n++] = call->interval;
	/* the same interval on all CPUs */
	call->argv[n++] = arg("-d");
	call->argv[n++] = arg("0");
	/* one thread on each watched CPU */
	call->argv[n++] = arg("-t");
	call->argv[n++] = call->threads;
	call->argv[n++] = arg("-a");
	call->argv[n++] = arg(p->watched_text);
	if (*p->housekeeping_text)
		call->argv[n++] = call->main_affinity;
	/* its JSON holds a histogram only when one is kept */
	call->argv[n++] = arg("-h");
	call->argv[n++] = arg(HISTOGRAM_US);
	if (o->victim_json) {
		if ((size_t)snprintf(call->json, sizeof(call->json), "--json=%s", o->victim_json) >=
		    sizeof(call->json))
			return -ENAMETOOLONG;
		call->argv[n++] = call->json;
	}
	return 0;
}

uint64_t cyclictest_priority_capability(const struct record_options *o)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_RTPRIO, &limit) && limit.rlim_cur >= (rlim_t)o->priority)
		return 0;
	return PRIVILEGE(CAP_SYS_NICE);
}

uint64_t cyclictest_memory_capability(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == RLIM_INFINITY)
		return 0;
	return PRIVILEGE(CAP_IPC_LOCK);
}

int program_find(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");
	size_t len;

	for (; path && *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		if (len && (size_t)snprintf(buf, size, "%.*s/%s", (int)len, path, name) < size &&
		    !access(buf, X_OK))
			return 0;
	}
	return -ENOENT;
}

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
