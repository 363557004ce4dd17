/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables in which programs add up what they see, where programs and we share their memory. No
 * system call is made to read them. Beside them the waits that go on, from a map. Knows tables, not
 * what is in their rows but for what needs a name.
 */
#ifndef QPW_COLLECT_LIVE_H
#define QPW_COLLECT_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/stream.h"
#include "qpw/live.h"
#include "util/cpulist.h"

struct qpw_bpf;
struct live;

/* Let the programs, not loaded yet, add up, and record only intervals that last for event_ns. */
void live_prepare(struct qpw_bpf *bpf, const struct cpulist *watched, uint64_t event_ns);

/* The tables of loaded programs; watched must live on. 0 or -errno, *out is NULL then. */
int live_create(struct qpw_bpf *bpf, const struct cpulist *watched, struct live **out);

/*
 * Add up what passes from a moment on that is about to come, and is returned. What begins after it
 * counts, too. On the clock of programs.
 */
uint64_t live_open_window(struct live *live);

/*
 * Read which waits for watched CPUs, or for several, go on at now_ns, on the clock of programs, or
 * have begun since. One may be there twice when others end meanwhile. 0 or -ENOMEM.
 */
int live_read_waits(struct live *live, uint64_t now_ns);

/* Those that were read last, valid until the next time. */
const struct qpw_live_wait *live_waits(const struct live *live, size_t *nr);

/* Have the stream explain what rows, waits and runs refer to. */
void live_explain(struct live *live, struct stream *stream);

/*
 * The i-th table and its CPU, LIVE_EVERY_CPU for the last; NULL behind that. A copy, valid until
 * the next one; recent_max_ns of the table begins anew. With it what goes on there and is not in
 * the copy, *nr of them, but what began just now: a work item, if there is one, and the thread's
 * run, which had all the rest of its time. Of what began before the window only the time in it.
 */
const struct qpw_live_table *live_look(struct live *live, uint32_t i, uint32_t *cpu,
				       struct qpw_live_run runs[LIVE_RUNS], unsigned int *nr);

/* Between two looks at the tables: see model/room.h. 0 or -ENOMEM. */
int live_make_room(struct live *live);

/* All tables are empty, and the window opens anew: as live_open_window(). */
uint64_t live_restart(struct live *live);

/* NULL is taken. */
void live_destroy(struct live *live);

#endif
