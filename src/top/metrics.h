/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics of the latest look for others to fetch: a file, or an HTTP server that answers when it is
 * polled. Knows addresses and files, nothing of what is in the text.
 */
#ifndef QPW_TOP_METRICS_H
#define QPW_TOP_METRICS_H

#include <stdint.h>

#include "host/host.h"
#include "model/snapshot.h"

struct metrics;

/*
 * to: "PORT" behind an optional address (a name is none) and a colon, else the path of a file,
 * which has a / where it has a colon. The address is 127.0.0.1 when there is none; one of IPv6
 * stands in brackets. Returns 0 or -errno: -EINVAL for an address or port that is none and for
 * "-", -EEXIST for a recording, -ENOTUNIQ for what is no regular file: a node, a link.
 */
int metrics_open(const char *to, struct metrics **out);

/* The figures of a new look; a file is replaced at once. 0, or -1 with errno set. */
int metrics_update(struct metrics *m, const struct host_facts *facts, const struct snapshot *s,
		   uint64_t nr_malformed);

/* Becomes readable when someone asks; -1 for a file and for NULL. */
int metrics_fd(const struct metrics *m);

/* Answer those who ask, forget those who don't: every second at least; does not wait. */
void metrics_serve(struct metrics *m);

/* NULL is taken. A file stays. */
void metrics_close(struct metrics *m);

#endif
