/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace file (.qpw): host facts, then blocks of records, each compressed (zstd) and checked
 * (CRC-32) on its own. The format is described in docs/trace-format.md. Knows files, not meanings.
 */
#ifndef QPW_STORE_TRACE_H
#define QPW_STORE_TRACE_H

#include <stdbool.h>

#include "host/host.h"
#include "qpw/event.h"
#include "store/event_source.h"

/*
 * If something is in the file path, rename it to path.old, whatever was there: to be called before
 * trace_writer_open(). What is no regular file is left alone. 0, -ENAMETOOLONG, -errno of rename().
 */
int trace_keep_old(const char *path);

/* Whether the file of that name is a recording, by its first bytes, of whatever version. */
bool trace_is_at(const char *path);

struct trace_writer;

/*
 * Create path (truncating), readable for its owner alone as it holds addresses of the kernel, and
 * write the header. Returns 0 or -errno, *out is NULL then.
 */
int trace_writer_open(const char *path, const struct host_facts *facts, struct trace_writer **out);

/*
 * Bring what was written to the disk at once, and from now on every few seconds, from a thread
 * that runs where the caller may run: a power cut then costs no more than was written since. To
 * be called once. 0 or -errno.
 */
int trace_writer_sync_often(struct trace_writer *w);

/* Append one record (h->size bytes). Buffered; a full block is written out. 0 or -errno. */
int trace_writer_put(struct trace_writer *w, const struct qpw_header *h);

/* Write out what is buffered as a block. 0 or -errno. */
int trace_writer_flush(struct trace_writer *w);

/* Flush, write the end block, fsync, close, free. 0 or the first -errno. NULL is taken. */
int trace_writer_close(struct trace_writer *w);

/* The same without the end block: readers say that the recording broke off. */
int trace_writer_break_off(struct trace_writer *w);

struct trace_reader;

/*
 * Open for reading. Returns 0; -errno of open/read; -EPROTO not a .qpw file; -EPROTONOSUPPORT a
 * newer format; -EBADMSG a corrupt header.
 */
int trace_reader_open(const char *path, struct trace_reader **out);
const struct host_facts *trace_reader_facts(const struct trace_reader *r);

/* The records as a source; owned by the reader and gone with it. */
struct event_source *trace_reader_source(struct trace_reader *r);

/* What was wrong with the file, for a message; "" when nothing. Valid after the source ended. */
const char *trace_reader_problem(const struct trace_reader *r);
void trace_reader_close(struct trace_reader *r);

#endif
