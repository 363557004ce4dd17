/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of tasks that had not ended when recording did, so that no program has told them. Knows what
 * programs keep of a CPU, no victims but their numbers.
 */
#ifndef QPW_COLLECT_UNENDED_H
#define QPW_COLLECT_UNENDED_H

#include "collect/stream.h"
#include "util/cpulist.h"

struct qpw_bpf;
struct unended;

/* For loaded programs; watched must live on. 0 or -errno, *out is NULL then. */
int unended_create(struct qpw_bpf *bpf, const struct cpulist *watched, struct unended **out);

/* While programs are attached: which tasks have the watched CPUs, since when. */
void unended_look(struct unended *u);

/*
 * Once they are detached: the runs that went on until then are told as if they had ended when they
 * were looked at, last of all records. One that began before programs were attached begins when it
 * was found: running.h.
 */
void unended_tell(const struct unended *u, struct stream *stream);

/* NULL is taken. */
void unended_destroy(struct unended *u);

#endif
