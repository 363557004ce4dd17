/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the user asked `qpwlat record` for. Knows the command line, nothing of the machine.
 */
#ifndef QPW_CMD_RECORD_OPTIONS_H
#define QPW_CMD_RECORD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/collect.h"

enum record_victim {
	RECORD_VICTIM_CYCLICTEST, /* these two are started by us */
	RECORD_VICTIM_OSLAT,
	RECORD_VICTIM_PID,
	RECORD_VICTIM_COMM,
	RECORD_VICTIM_NONE,
};

/* Strings are the user's own, NULL where not given. */
struct record_options {
	const char *cpus;
	const char *housekeeping;
	const char *output;
	const char *victim_json;
	enum record_victim victim;
	const char *victim_text; /* as it was given */
	uint32_t victim_pid;
	const char *victim_comm;
	uint64_t duration_ns; /* 0: as long as the command, or until interrupted */
	uint64_t warm_up_ns;
	uint64_t threshold_ns; /* 0: there is none */
	bool on_hit_continue;  /* said so */
	bool on_hit_stop;
	const char *on_hit_shell;
	bool system_calls;
	enum collect_stacks stacks;
	size_t buffer_bytes;  /* 0 = default */
	unsigned int without; /* ways of attaching, see collect_parse_states() */
	const char *without_text;
	int priority;
	unsigned int period_us;
	bool quiet;
	char **command; /* NULL-terminated; NULL = none */
};

/*
 * Parse. Returns CMD_OK; CMD_USAGE after a message; or -1 when help was asked for and printed.
 */
int record_options_parse(int argc, char **argv, struct record_options *o);

/* As the option has it: "elsewhere", "all", "none". */
const char *record_stacks_name(enum collect_stacks stacks);

#endif
