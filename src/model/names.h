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

/* What a name is made from: a kind of thing and its number, or a task's name as it is told. */
struct names_key {
	uint64_t kind; /* enum names_kind */
	uint64_t words[2];
};

enum names_kind {
	NAMES_NOTHING = 0,
	NAMES_COMM,
	NAMES_FUNCTION,
	NAMES_IRQ,
	NAMES_SOFTIRQ,
	NAMES_VECTOR,
	NAMES_TIMER,
	NAMES_FLUSH,
};

/* Names of the last things told, as records tell of the same few all the time. */
#define NAMES_RECENT 512 /* a power of two */

struct names_recent {
	struct names_key key;
	uint64_t id;
};

struct names {
	struct table texts;   /* char[QPW_SYMBOL_LEN] */
	struct table symbols; /* struct name_symbol */
	struct names_recent recent[NAMES_RECENT];
};

/* 0 or -ENOMEM */
int names_init(struct names *n);
void names_finish(struct names *n);

/* Id >= 0 of a text of at most max bytes, NUL-terminated or not; -ENOMEM. */
int names_text(struct names *n, const char *text, size_t max);

/* The same of a task's name. */
int names_comm(struct names *n, const char comm[QPW_COMM_LEN]);

/*
 * Id of the name that was given to a thing, -ENOENT when it has to be made (again); it is never
 * another one than making it again would give. And: this is its name (or an error, not kept).
 */
int names_recall(const struct names *n, const struct names_key *key);
int names_remember(struct names *n, const struct names_key *key, int id);

/* Name the function at address. 0 or -ENOMEM. */
int names_set_symbol(struct names *n, uint64_t address, const char *text, size_t max);

/* Id >= 0 of the name of the function at address, "0x…" where it has none; -ENOMEM. */
int names_symbol(struct names *n, uint64_t address);

/* The text of an id, until the next new name. */
const char *names_get(const struct names *n, int id);

#endif
