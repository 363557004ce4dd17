/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live event source: records of the ring buffer with those of user space between them, and the
 * name of every function before its first use. Knows rings and symbols, nothing of programs.
 */
#ifndef QPW_COLLECT_STREAM_H
#define QPW_COLLECT_STREAM_H

#include <stdint.h>

#include "collect/ksyms.h"
#include "collect/ring.h"
#include "store/event_source.h"

struct stream;

/*
 * Both stay the caller's; ksyms may be NULL (functions then stay unnamed). refresh(arg) is called
 * from next() now and then so that the caller can put in what has changed.
 */
int stream_create(struct ring *ring, struct ksyms *ksyms, void (*refresh)(void *arg), void *arg,
		  struct stream **out);

/* Put a copy of a record in, before everything that is still in the ring. 0 or -ENOMEM. */
int stream_put(struct stream *s, const struct qpw_header *h);

/* The same, but after everything that is in the ring at its end. 0 or -ENOMEM. */
int stream_put_last(struct stream *s, const struct qpw_header *h);

/* No more records will come: once all is read, the source ends. */
void stream_finish(struct stream *s);

struct event_source *stream_source(struct stream *s);

void stream_destroy(struct stream *s);

#endif
