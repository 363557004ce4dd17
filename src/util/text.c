// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making foreign text harmless: names of tasks are whatever a task chose; and putting text
 * together. Knows no terminal.
 */
#include "util/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Length of the valid UTF-8 sequence at s (left bytes), its code point in *cp; 0 = invalid. */
static size_t decode(const unsigned char *s, size_t left, uint32_t *cp)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (!len || s[0] > 0xf4 || len > left)
		return 0;
	*cp = len == 1 ? s[0] : s[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < smallest[len] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return len;
}

/* Controls (C0, DEL, C1), line separators, and marks that reorder or hide text. */
static bool is_harmful(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == '\\' || cp == 0xad || cp == 0x61c ||
	       (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp & 0xfffe) == 0xfffe;
}

void text_escape_n(const char *src, size_t max, char *dst, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)src;
	size_t left = strnlen(src, max), out = 0;

	while (left) {
		uint32_t cp = 0;
		size_t len = decode(s, left, &cp);
		bool escape = !len || is_harmful(cp);

		if (!len)
			len = 1;
		if (out + (escape ? 4 * len : len) >= size)
			break;
		for (size_t i = 0; i < len; i++) {
			if (!escape) {
				dst[out++] = (char)s[i];
				continue;
			}
			dst[out++] = '\\';
			dst[out++] = 'x';
			dst[out++] = hex[s[i] >> 4];
			dst[out++] = hex[s[i] & 15];
		}
		s += len;
		left -= len;
	}
	dst[out] = '\0';
}

void text_escape(const char *src, char *dst, size_t size)
{
	text_escape_n(src, SIZE_MAX, dst, size);
}

void text_add(char *buf, size_t size, const char *format, ...)
{
	size_t len = strlen(buf);
	va_list args;

	va_start(args, format);
	vsnprintf(buf + len, size - len, format, args);
	va_end(args);
}

void text_numbered(char *dst, size_t size, const char *prefix, uint64_t number)
{
	snprintf(dst, size, "%s %" PRIu64, prefix, number);
}

void text_address(char *dst, size_t size, uint64_t address)
{
	snprintf(dst, size, "0x%" PRIx64, address);
}

size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

const char *text_shown(const char *src)
{
	static char shown[4][4096];
	static unsigned int next;
	char *dst = shown[next++ % 4];

	text_escape(src, dst, sizeof(shown[0]));
	return dst;
}
