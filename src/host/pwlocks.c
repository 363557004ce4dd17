/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel itself does not say in which mode it runs: its configuration and its command line do.
 */
#include "host/pwlocks.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "util/array.h"

/* zlib reads a file that is not compressed as it is. */
static bool config_has(const char *root, const char *file, const char *wanted)
{
	char path[PATH_MAX], line[1024];
	bool found = false;
	gzFile f;

	if (snprintf(path, sizeof(path), "%s%s", root, file) >= (int)sizeof(path))
		return false;
	f = gzopen(path, "re");
	while (f && !found && gzgets(f, line, sizeof(line))) {
		line[strcspn(line, "\n")] = '\0';
		found = !strcmp(line, wanted);
	}
	if (f)
		gzclose(f);
	return found;
}

static bool kernel_has_pwlocks(const char *root, const char *release)
{
	static const char wanted[] = "CONFIG_PWLOCKS=y";
	char file[HOST_TEXT + sizeof("/boot/config-")];

	snprintf(file, sizeof(file), "/boot/config-%s", release);
	return config_has(root, "/proc/config.gz", wanted) || config_has(root, file, wanted);
}

/* One word of the command line; the mode so far where it is another one, or has no valid value. */
static enum host_mode apply_word(const char *word, size_t len, enum host_mode mode)
{
	static const struct {
		const char *text;
		enum host_mode mode;
	} words[] = {
		{ "pwlocks=0", HOST_MODE_PWLOCKS_OFF },
		{ "pwlocks=off", HOST_MODE_PWLOCKS_OFF },
		{ "pwlocks=1", HOST_MODE_PWLOCKS_ON },
		{ "pwlocks=on", HOST_MODE_PWLOCKS_ON },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].text) == len && !strncmp(word, words[i].text, len))
			return words[i].mode;
	return mode;
}

enum host_mode pwlocks_mode(const char *root, const char *release, const char *cmdline)
{
	enum host_mode mode = HOST_MODE_PWLOCKS_DEFAULT;

	if (!kernel_has_pwlocks(root, release))
		return HOST_MODE_NONE;
	while (*cmdline) {
		size_t len = strcspn(cmdline, " ");

		mode = apply_word(cmdline, len, mode);
		cmdline += len + (cmdline[len] == ' ');
	}
	return mode;
}
