/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a recording was made and what its kernel was built for, in words for people. Knows facts, not
 * where they are shown; what it writes is not yet escaped.
 */
#ifndef QPW_VIEW_SETUP_WORDS_H
#define QPW_VIEW_SETUP_WORDS_H

#include <stddef.h>

#include "host/host.h"

#define SETUP_WORDS (2 * HOST_CMDLINE)

/* Each writes "" where the recording does not say. */

/* "cyclictest, f:95, every 1000 us" */
void setup_victim(const struct host_facts *h, char *buf, size_t size);

/* With its arguments; "none" where the recording tells its settings, and no command. */
void setup_command(const struct host_facts *h, char *buf, size_t size);

/* "for 20.0 s, housekeeping CPUs 0, stacks elsewhere, …" */
void setup_recorder(const struct host_facts *h, char *buf, size_t size);

/* "preemption full; HZ=250 …" */
void setup_config(const struct host_facts *h, char *buf, size_t size);

#endif
