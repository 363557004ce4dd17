/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making foreign text harmless, and putting text together.
 */
#ifndef QPW_UTIL_TEXT_H
#define QPW_UTIL_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Copy src to dst with everything that could steer a terminal, forge a line or break UTF-8 written
 * as \xNN per byte: control characters, invalid UTF-8, invisible direction marks, the backslash
 * itself. The result is valid UTF-8, NUL-terminated, and cut at a whole character or escape to fit
 * size > 0. Four times the length of src plus one always suffices.
 */
void text_escape(const char *src, char *dst, size_t size);

/* The same for a field of at most max bytes that need not be NUL-terminated. */
void text_escape_n(const char *src, size_t max, char *dst, size_t size);

/*
 * text_escape() for messages: cut at some thousand bytes, in memory of its own that the fourth
 * call from here takes again.
 */
const char *text_shown(const char *src);

/* Append to what buf holds; what does not fit is cut. */
void text_add(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "prefix 7": for what has a number and no name. */
void text_numbered(char *dst, size_t size, const char *prefix, uint64_t number);

/* "0x…", for an address without a symbol. */
void text_address(char *dst, size_t size, uint64_t address);

/* Columns a terminal takes for text_escape() output: its characters, each taken as one wide. */
size_t text_width(const char *text);

#endif
