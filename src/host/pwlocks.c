// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel itself does not say in which mode it runs: its configuration and its command line do.
 */
#include "host/pwlocks.h"

#include <stdbool.h>
#include <string.h>

#include "host/kconfig.h"
#include "util/array.h"

static void look_for_option(void *arg, const char *name, const char *value)
{
	bool *found = arg;

	*found |= !strcmp(name, "PWLOCKS") && !strcmp(value, "y");
}

static bool kernel_has_pwlocks(const char *root, const char *release)
{
	bool found = false;

	return kconfig_read(root, release, look_for_option, &found) && found;
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
