/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names as small numbers: symbols of addresses, task names, IRQ names. Bounded, as a trace may
 * hold any number of them: beyond the bound every new name is "(other)".
 */
#ifndef QPW_MODEL_NAMES_H
#define QPW_MODEL_NAMES_H

#include "model/table.h"
#include "qpw/event.h"

#define NAMES_MAX 32768
#define NAME_OTHER 0 /* id of "(other)" */

struct names {
	struct table texts;   /* char[QPW_SYMBOL_LEN] */
	struct table symbols; /* struct name_symbol */
};

/* 0 or -ENOMEM */
int names_init(struct names *n);
void names_finish(struct names *n);

/* Id >= 0 of a text of at most max bytes, NUL-terminated or not; -ENOMEM. */
int names_text(struct names *n, const char *text, size_t max);

/* Name the function at address. 0 or -ENOMEM. */
int names_set_symbol(struct names *n, uint64_t address, const char *text, size_t max);

/* Id >= 0 of the name of the function at address, "0x…" where it has none; -ENOMEM. */
int names_symbol(struct names *n, uint64_t address);

/* The text of an id, until the next new name. */
const char *names_get(const struct names *n, int id);

#endif
