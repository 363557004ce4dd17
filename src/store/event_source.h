/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where records come from: a live ring buffer or a trace file look the same to what reads them.
 */
#ifndef QPW_STORE_EVENT_SOURCE_H
#define QPW_STORE_EVENT_SOURCE_H

#include "qpw/event.h"

struct event_source;

struct event_source_ops {
	/*
	 * *out points to the next record, valid until the next call. Returns 1; 0 at the end;
	 * -EAGAIN when a live source has none for timeout_ms (a file never does);
	 * -ENODATA where a file breaks off (all complete blocks were given); other -errno.
	 */
	int (*next)(struct event_source *src, const struct qpw_header **out, int timeout_ms);
	void (*destroy)(struct event_source *src);
};

struct event_source {
	const struct event_source_ops *ops;
};

static inline int event_source_next(struct event_source *src, const struct qpw_header **out,
				    int timeout_ms)
{
	return src->ops->next(src, out, timeout_ms);
}

static inline void event_source_destroy(struct event_source *src)
{
	if (src)
		src->ops->destroy(src);
}

#endif
