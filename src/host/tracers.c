// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of other processes. A perf event has no more to say than its name; a BPF link tells
 * in fdinfo what it hangs on (kernel/bpf/syscall.c, bpf_link_show_fdinfo()).
 */
#include "host/tracers.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/files.h"
#include "util/array.h"

/* A link to an event, and not to a control group, a socket or a security hook. */
static bool is_of_events(const char *root, const char *pid, const char *fd)
{
	static const char *const types[] = { "raw_tracepoint", "tracing", "perf_event",
					     "kprobe_multi" };
	/* a security hook is a link of type tracing to BPF_LSM_MAC */
	static const char lsm[] = "attach_type:\t27";
	char path[PATH_MAX], line[128], type[32];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/%s/fdinfo/%s", root, pid, fd);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "link_type: %31s", type) == 1)
			for (size_t i = 0; i < ARRAY_SIZE(types); i++)
				found |= !strcmp(type, types[i]);
		if (!strncmp(line, lsm, strlen(lsm)))
			found = false;
	}
	fclose(f);
	return found;
}

static bool is_tracing_by(const char *root, const char *pid, const char *fd)
{
	char path[PATH_MAX], target[64];
	ssize_t len;

	snprintf(path, sizeof(path), "%s/proc/%s/fd/%s", root, pid, fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	if (!strcmp(target, "anon_inode:[perf_event]"))
		return true;
	return !strncmp(target, "anon_inode:", strlen("anon_inode:")) &&
	       strstr(target, "bpf_link") && is_of_events(root, pid, fd);
}

static bool is_tracing(const char *root, const char *pid)
{
	bool found = false;
	char dir[64], **fds;
	size_t nr;

	snprintf(dir, sizeof(dir), "/proc/%.32s/fd", pid);
	nr = host_list_names(root, dir, &fds);
	for (size_t i = 0; i < nr && !found; i++)
		found = is_tracing_by(root, pid, fds[i]);
	host_free_names(fds, nr);
	return found;
}

size_t host_find_tracers(const char *root, char *comm, size_t size, int *pid)
{
	size_t nr, nr_found = 0;
	char path[64], **names;

	nr = host_list_names(root, "/proc", &names);
	for (size_t i = 0; i < nr; i++) {
		long number = strtol(names[i], NULL, 10);

		if (number <= 0 || (!root[0] && number == getpid()) || !is_tracing(root, names[i]))
			continue;
		if (nr_found++)
			continue;
		*pid = (int)number;
		snprintf(path, sizeof(path), "/proc/%d/comm", *pid);
		host_read_line(root, path, comm, size);
	}
	host_free_names(names, nr);
	return nr_found;
}
