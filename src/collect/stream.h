/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live event source: records of the ring buffer with those of user space between them, and
 * before the first use of each function, stack or control group what it is. Knows rings and
 * symbols, nothing of programs.
 */
#ifndef QPW_COLLECT_STREAM_H
#define QPW_COLLECT_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "collect/ksyms.h"
#include "collect/ring.h"
#include "store/event_source.h"

struct stream;

/* Where a stream gets its records from, and what explains them. All stay the caller's. */
struct stream_config {
	struct ring *ring;
	const struct stream_lookups *lookups; /* called with arg */
	struct ksyms *ksyms;		      /* may be NULL: functions then stay unnamed */
	void *arg;
};

struct stream_lookups {
	/* called from next() now and then so that the caller can put in what has changed */
	void (*refresh)(void *arg);
	/*
	 * Fill frames[QPW_STACK_FRAMES] with the addresses of a stack, the innermost first. Returns
	 * their number, 0 when it is not known. May be NULL.
	 */
	uint32_t (*stack)(void *arg, uint32_t id, uint64_t *frames);
	/* Write the path of a control group to buf. 0 or -errno. May be NULL. */
	int (*cgroup)(void *arg, uint64_t id, char *buf, size_t size);
};

int stream_create(const struct stream_config *config, struct stream **out);

/* Put a copy of a record in, before everything that is still in the ring. 0 or -ENOMEM. */
int stream_put(struct stream *s, const struct qpw_header *h);

/* The same, but after everything that is in the ring at its end. 0 or -ENOMEM. */
int stream_put_last(struct stream *s, const struct qpw_header *h);

/*
 * Put in what a reader has to know of a function, or of where an origin was, if that was not done
 * yet: for what is referred to elsewhere than in records. 0 stands for none.
 */
void stream_explain_function(struct stream *s, uint64_t address);
void stream_explain_place(struct stream *s, uint64_t cgroup, uint32_t stack);

/* No more records will come: once all is read, the source ends. */
void stream_finish(struct stream *s);

struct event_source *stream_source(struct stream *s);

void stream_destroy(struct stream *s);

#endif
