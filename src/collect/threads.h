/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The threads of a process that runs, as /proc and the scheduler tell them. Knows nothing of what
 * is measured.
 */
#ifndef QPW_COLLECT_THREADS_H
#define QPW_COLLECT_THREADS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "qpw/event.h"

/* Is any of them what is() says? False if the process is gone. */
bool threads_any(uint32_t tgid, bool (*is)(pid_t tid, const void *arg), const void *arg);

/* Does any have a real-time policy (SCHED_FIFO, SCHED_RR, SCHED_DEADLINE)? False if it is gone. */
bool threads_any_realtime(uint32_t tgid);

/*
 * The name that the thread has now, ended by 0s. Left alone if the thread is gone, or if it is a
 * worker of workqueues: what /proc tells of these is longer than their names.
 */
void threads_name(uint32_t tid, char name[QPW_COMM_LEN]);

struct thread_state {
	bool runs; /* or waits to */
	uint32_t cpu;
	uint32_t tgid;
	uint32_t prio;		 /* task_struct.prio */
	char name[QPW_COMM_LEN]; /* ended by 0s; of a worker of workqueues without its work */
};

/* What a thread is at. False if it is gone. */
bool threads_state(uint32_t tid, struct thread_state *out);

/*
 * Programs see the numbers of the initial PID namespace. Are ours the same, so that a process can
 * be pointed out to them?
 */
bool threads_are_initial(void);

#endif
