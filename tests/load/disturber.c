// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a CPU from others on purpose: for half a millisecond in about ten, before all but the
 * highest real-time priorities, until it is told to end. Knows nothing of who is disturbed.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "util/clock.h"

#define PRIORITY 97
#define RUN_NS 500000
#define PAUSE_NS 9500000

static int fail(const char *what)
{
	fprintf(stderr, "disturber: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	const struct sched_param param = { .sched_priority = PRIORITY };
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	cpu_set_t set;

	if (argc != 2) {
		fputs("usage: disturber CPU\n", stderr);
		return 129;
	}
	/* whoever began it may be killed */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(strtoul(argv[1], NULL, 10), &set);
	/* in this order: it might not get a turn on that CPU before it has its priority */
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		return fail("real-time priority");
	if (sched_setaffinity(0, sizeof(set), &set))
		return fail("CPU");
	for (;;) {
		uint64_t end_ns = clock_now_ns() + RUN_NS;

		while (clock_now_ns() < end_ns)
			;
		nanosleep(&pause, NULL);
	}
}
