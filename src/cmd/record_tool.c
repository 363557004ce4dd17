// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lines of cyclictest and oslat.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/record_tool.h"
#include "collect/privilege.h"
#include "util/array.h"

/* Enough for any latency worth a bucket of its own; what is above is counted as overflow. */
#define HISTOGRAM_US "20000"

/* oslat measures the speed of its CPUs for a second before it begins. */
#define OSLAT_WARM_UP_NS 2000000000ULL

/* It ends after a second unless told otherwise; we end it. */
#define OSLAT_DURATION "3650d"

/* execv() takes them without const and changes nothing. */
static char *arg(const char *text)
{
	union {
		const char *given;
		char *taken;
	} u = { .given = text };

	return u.taken;
}

static void add(struct tool_call *call, const char *text)
{
	size_t n = 0;

	while (call->argv[n])
		n++;
	if (n + 1 < TOOL_ARGS)
		call->argv[n] = arg(text);
}

static void add_value(struct tool_call *call, const char *option, const char *value)
{
	add(call, option);
	add(call, value);
}

static void cyclictest_arguments(const struct record_options *o, const struct placement *p,
				 struct tool_call *call)
{
	snprintf(call->period, sizeof(call->period), "%u", o->period_us);
	snprintf(call->threads, sizeof(call->threads), "%u", cpulist_count(&p->watched));
	snprintf(call->main_cpu, sizeof(call->main_cpu), "--mainaffinity=%s", p->housekeeping_text);
	add(call, "-q");
	add(call, "-m");
	add_value(call, "-p", call->priority);
	add_value(call, "-i", call->period);
	/* the same interval on all CPUs */
	add_value(call, "-d", "0");
	/* one thread on each watched CPU */
	add_value(call, "-t", call->threads);
	add_value(call, "-a", p->watched_text);
	if (*p->housekeeping_text)
		add(call, call->main_cpu);
	/* its JSON holds a histogram only when one is kept */
	add_value(call, "-h", HISTOGRAM_US);
}

static void oslat_arguments(const struct record_options *o, const struct placement *p,
			    struct tool_call *call)
{
	(void)o;
	snprintf(call->main_cpu, sizeof(call->main_cpu), "%d", cpulist_next(&p->housekeeping, -1));
	add(call, "-q");
	add_value(call, "-f", call->priority);
	add_value(call, "-c", p->watched_text);
	add_value(call, "-C", call->main_cpu);
	add_value(call, "-D", OSLAT_DURATION);
}

static const struct tool tools[] = {
	[RECORD_VICTIM_CYCLICTEST] = { "cyclictest", 95, 0, false, cyclictest_arguments },
	/* a priority above all else would keep the kernel's own threads from ever running */
	[RECORD_VICTIM_OSLAT] = { "oslat", 1, OSLAT_WARM_UP_NS, true, oslat_arguments },
};

const struct tool *tool_of(enum record_victim victim)
{
	if ((size_t)victim >= ARRAY_SIZE(tools) || !tools[victim].program)
		return NULL;
	return &tools[victim];
}

int tool_call_build(const struct tool *tool, const struct record_options *o,
		    const struct placement *p, struct tool_call *call)
{
	memset(call, 0, sizeof(*call));
	snprintf(call->priority, sizeof(call->priority), "%d", o->priority);
	add(call, tool->program);
	tool->add_arguments(o, p, call);
	if (!o->victim_json)
		return 0;
	if ((size_t)snprintf(call->json, sizeof(call->json), "--json=%s", o->victim_json) >=
	    sizeof(call->json))
		return -ENAMETOOLONG;
	add(call, call->json);
	return 0;
}

uint64_t tool_priority_capability(const struct record_options *o)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_RTPRIO, &limit) && limit.rlim_cur >= (rlim_t)o->priority)
		return 0;
	return PRIVILEGE(CAP_SYS_NICE);
}

uint64_t tool_memory_capability(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == RLIM_INFINITY)
		return 0;
	return PRIVILEGE(CAP_IPC_LOCK);
}

/* A directory is "executable", too. */
static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	return S_ISREG(st.st_mode) && !access(path, X_OK) ? 0 : -EACCES;
}

int program_find(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");
	int err = -ENOENT;
	size_t len;

	if (strchr(name, '/')) {
		snprintf(buf, size, "%s", name);
		return check_program(name);
	}
	for (; path && *path && *name; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		/* an empty part is the working directory */
		if ((size_t)snprintf(buf, size, "%.*s%s%s", (int)len, path, len ? "/" : "", name) >=
		    size)
			continue;
		switch (check_program(buf)) {
		case 0:
			return 0;
		case -EACCES:
			err = -EACCES;
		}
	}
	return err;
}
