// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading facts about a machine from /proc and /sys below a root. Knows no BPF and no views.
 */
#include "host/host.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "host/files.h"
#include "host/kconfig.h"
#include "host/pwlocks.h"
#include "util/cpulist.h"
#include "util/array.h"

static const struct {
	const char *path;
	size_t offset;
	size_t size;
} files[] = {
#define FILE_OF(path, field)                                                                      \
	{                                                                                         \
		path, offsetof(struct host_facts, field), sizeof(((struct host_facts *)0)->field) \
	}
	FILE_OF("/proc/sys/kernel/hostname", hostname),
	FILE_OF("/proc/sys/kernel/osrelease", release),
	FILE_OF("/proc/sys/kernel/version", version),
	FILE_OF("/proc/sys/kernel/arch", machine),
	FILE_OF("/proc/cmdline", cmdline),
	FILE_OF("/sys/devices/system/cpu/possible", possible),
	FILE_OF("/sys/devices/system/cpu/online", online),
	FILE_OF("/sys/devices/system/cpu/isolated", isolated),
	FILE_OF("/sys/devices/system/cpu/nohz_full", nohz_full),
	FILE_OF("/sys/devices/system/clocksource/clocksource0/current_clocksource", clocksource),
	FILE_OF("/sys/hypervisor/type", hypervisor),
	FILE_OF("/sys/kernel/qpw/reason", mode_reason),
#undef FILE_OF
};

/* isolcpus= is in the sysfs file; isolated cpuset partitions are told by the root cgroup. */
static void add_cpuset_isolated(const char *root, char *isolated, size_t size)
{
	struct cpulist all, cpuset;
	char text[HOST_TEXT];

	host_read_line(root, "/sys/fs/cgroup/cpuset.cpus.isolated", text, sizeof(text));
	if (!text[0] || cpulist_parse(text, &cpuset) || cpulist_parse(isolated, &all))
		return;
	cpulist_or(&all, &cpuset);
	if (cpulist_format(&all, text, sizeof(text)) >= 0)
		snprintf(isolated, size, "%s", text);
}

/* The "hypervisor" flag of the first CPU in /proc/cpuinfo. */
static bool cpuinfo_hypervisor(const char *root)
{
	char path[PATH_MAX], *line = NULL;
	bool found = false;
	size_t size = 0;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/proc/cpuinfo", root) >= (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	while (getline(&line, &size, f) > 0) {
		if (strncmp(line, "flags", 5) != 0)
			continue;
		found = strstr(line, " hypervisor ") || strstr(line, " hypervisor\n");
		break;
	}
	free(line);
	fclose(f);
	return found;
}

static enum host_mode read_mode(const char *root, const struct host_facts *facts)
{
	char enabled[16];

	host_read_line(root, "/sys/kernel/qpw/enabled", enabled, sizeof(enabled));
	if (!enabled[0])
		return pwlocks_mode(root, facts->release, facts->cmdline);
	return enabled[0] == '1' || enabled[0] == 'Y' ? HOST_MODE_QPW_ON : HOST_MODE_QPW_OFF;
}

int host_read(const char *root, struct host_facts *facts)
{
	struct utsname uts;

	memset(facts, 0, sizeof(*facts));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		host_read_line(root, files[i].path, (char *)facts + files[i].offset, files[i].size);
	/* kernels before 6.1 have no /proc/sys/kernel/arch */
	if (!facts->machine[0] && !root[0] && !uname(&uts))
		snprintf(facts->machine, sizeof(facts->machine), "%s", uts.machine);
	/* what some kernels print for a mask that was never allocated */
	if (strstr(facts->nohz_full, "(null)"))
		facts->nohz_full[0] = '\0';
	add_cpuset_isolated(root, facts->isolated, sizeof(facts->isolated));
	if (!facts->hypervisor[0] && cpuinfo_hypervisor(root))
		snprintf(facts->hypervisor, sizeof(facts->hypervisor), "yes");
	facts->mode = read_mode(root, facts);
	kconfig_describe(root, facts);
	return 0;
}

const char *host_mode_name(enum host_mode mode)
{
	static const char *const names[] = {
		[HOST_MODE_NONE] = "no-qpw",
		[HOST_MODE_QPW_OFF] = "qpw=0",
		[HOST_MODE_QPW_ON] = "qpw=1",
		[HOST_MODE_PWLOCKS_OFF] = "pwlocks=0",
		[HOST_MODE_PWLOCKS_ON] = "pwlocks=1",
		[HOST_MODE_PWLOCKS_DEFAULT] = "pwlocks=default",
	};

	return (unsigned int)mode < ARRAY_SIZE(names) ? names[mode] : "no-qpw";
}
