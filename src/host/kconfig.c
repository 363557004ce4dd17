// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the kernel's configuration, and telling how it is preempted.
 */
#include "host/kconfig.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "host/files.h"
#include "util/array.h"

#define PREFIX "CONFIG_"

enum option {
	OPTION_HZ,
	OPTION_PREEMPT_NONE,
	OPTION_PREEMPT_VOLUNTARY,
	OPTION_PREEMPT,
	OPTION_PREEMPT_LAZY,
	OPTION_PREEMPT_RT,
	OPTION_PREEMPT_DYNAMIC,
	OPTION_NO_HZ_FULL,
	OPTION_RCU_NOCB_CPU,
	OPTION_CPU_ISOLATION,
	NR_OPTIONS,
};

/* In the order in which they are told. */
static const char *const options[NR_OPTIONS] = {
	[OPTION_HZ] = "HZ",
	[OPTION_PREEMPT_NONE] = "PREEMPT_NONE",
	[OPTION_PREEMPT_VOLUNTARY] = "PREEMPT_VOLUNTARY",
	[OPTION_PREEMPT] = "PREEMPT",
	[OPTION_PREEMPT_LAZY] = "PREEMPT_LAZY",
	[OPTION_PREEMPT_RT] = "PREEMPT_RT",
	[OPTION_PREEMPT_DYNAMIC] = "PREEMPT_DYNAMIC",
	[OPTION_NO_HZ_FULL] = "NO_HZ_FULL",
	[OPTION_RCU_NOCB_CPU] = "RCU_NOCB_CPU",
	[OPTION_CPU_ISOLATION] = "CPU_ISOLATION",
};

struct config {
	char values[NR_OPTIONS][16]; /* "n" for what is not set */
};

/* The name and the value of "CONFIG_NAME=value"; false for any other line. */
static bool split(char *line, char **name, char **value)
{
	char *equals = strchr(line, '=');

	if (strncmp(line, PREFIX, strlen(PREFIX)) != 0 || !equals)
		return false;
	*equals = '\0';
	*name = line + strlen(PREFIX);
	*value = equals + 1;
	return true;
}

/* zlib reads a file that is not compressed as it is. */
static gzFile open_below(const char *root, const char *file)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s", root, file) >= (int)sizeof(path))
		return NULL;
	return gzopen(path, "re");
}

bool kconfig_read(const char *root, const char *release,
		  void (*each)(void *arg, const char *name, const char *value), void *arg)
{
	char file[HOST_TEXT + sizeof("/boot/config-")], line[1024], *name, *value;
	gzFile f = open_below(root, "/proc/config.gz");

	if (!f) {
		snprintf(file, sizeof(file), "/boot/config-%s", release);
		f = open_below(root, file);
	}
	if (!f)
		return false;
	while (gzgets(f, line, sizeof(line))) {
		line[strcspn(line, "\n")] = '\0';
		if (split(line, &name, &value))
			each(arg, name, value);
	}
	gzclose(f);
	return true;
}

static void keep_option(void *arg, const char *name, const char *value)
{
	struct config *config = arg;

	for (int i = 0; i < NR_OPTIONS; i++)
		if (!strcmp(name, options[i]))
			snprintf(config->values[i], sizeof(config->values[i]), "%s", value);
}

static bool is_set(const struct config *config, enum option option)
{
	return !strcmp(config->values[option], "y");
}

/* The one in brackets of "none voluntary (full) lazy". */
static bool chosen_at_run_time(const char *root, char *buf, size_t size)
{
	char line[128], *open;

	host_read_line(root, "/sys/kernel/debug/sched/preempt", line, sizeof(line));
	open = strchr(line, '(');
	if (!open)
		return false;
	snprintf(buf, size, "%.*s", (int)strcspn(open + 1, ")"), open + 1);
	return buf[0];
}

/* The last valid preempt= of the command line, which only some kernels listen to. */
static bool chosen_at_boot(const char *cmdline, char *buf, size_t size)
{
	static const char *const models[] = { "none", "voluntary", "full", "lazy" };
	static const char key[] = "preempt=";
	bool found = false;

	while (*cmdline) {
		size_t len = strcspn(cmdline, " "), key_len = strlen(key);

		for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
			if (strncmp(cmdline, key, key_len) != 0 ||
			    len != key_len + strlen(models[i]) ||
			    strncmp(cmdline + key_len, models[i], len - key_len) != 0)
				continue;
			snprintf(buf, size, "%s", models[i]);
			found = true;
		}
		cmdline += len + (cmdline[len] == ' ');
	}
	return found;
}

static const char *built_for(const struct config *config)
{
	static const struct {
		enum option option;
		const char *model;
	} models[] = {
		{ OPTION_PREEMPT_NONE, "none" },
		{ OPTION_PREEMPT_VOLUNTARY, "voluntary" },
		{ OPTION_PREEMPT_LAZY, "lazy" },
		{ OPTION_PREEMPT, "full" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (is_set(config, models[i].option))
			return models[i].model;
	return "";
}

static void find_preemption(const char *root, const struct config *config, struct host_facts *facts)
{
	char *model = facts->preemption;
	size_t size = sizeof(facts->preemption);
	long long realtime = 0;

	if ((host_read_number(root, "/sys/kernel/realtime", &realtime) && realtime == 1) ||
	    is_set(config, OPTION_PREEMPT_RT) || strstr(facts->version, "PREEMPT_RT"))
		snprintf(model, size, "rt");
	else if (!chosen_at_run_time(root, model, size) &&
		 !(is_set(config, OPTION_PREEMPT_DYNAMIC) &&
		   chosen_at_boot(facts->cmdline, model, size)))
		snprintf(model, size, "%s", built_for(config));
}

void kconfig_describe(const char *root, struct host_facts *facts)
{
	struct config config;
	size_t len = 0;
	bool known;

	for (int i = 0; i < NR_OPTIONS; i++)
		snprintf(config.values[i], sizeof(config.values[i]), "n");
	known = kconfig_read(root, facts->release, keep_option, &config);
	for (int i = 0; known && i < NR_OPTIONS; i++)
		len += (size_t)snprintf(facts->kernel_config + len,
					sizeof(facts->kernel_config) - len, "%s%s=%s", i ? " " : "",
					options[i], config.values[i]);
	find_preemption(root, &config, facts);
}
