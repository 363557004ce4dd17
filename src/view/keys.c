// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys written as text. Knows no terminal.
 */
#include <string.h>

#include "util/array.h"
#include "view/keys.h"

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "Tab", KEY_CODE_TAB },
	{ "Enter", KEY_CODE_ENTER },
	{ "Esc", KEY_CODE_ESCAPE },
	{ "Up", KEY_CODE_UP },
	{ "Down", KEY_CODE_DOWN },
	{ "PageUp", KEY_CODE_PAGE_UP },
	{ "PageDown", KEY_CODE_PAGE_DOWN },
	{ "Home", KEY_CODE_HOME },
	{ "End", KEY_CODE_END },
	{ "BackTab", KEY_CODE_BACK_TAB },
	{ "Backspace", KEY_CODE_ERASE },
	{ "lt", '<' },
};

int keys_next(const char **text)
{
	const char *end = **text == '<' ? strchr(*text, '>') : NULL;
	size_t len;

	if (!**text)
		return KEY_CODE_NONE;
	if (!end)
		return (unsigned char)*(*text)++;
	len = (size_t)(end - *text) - 1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i].name) == len && !memcmp(names[i].name, *text + 1, len)) {
			*text = end + 1;
			return names[i].key;
		}
	}
	*text = end + 1;
	return KEY_CODE_OTHER;
}
