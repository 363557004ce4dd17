// SPDX-License-Identifier: GPL-2.0-only
/*
 * A known number of function calls on one CPU, each sent from another by an interrupt: readings of
 * a counter that counts there. Unlike membarrier() the kernel sends them whatever runs there at the
 * moment, even if it is not what was meant to run. A busy loop keeps that CPU from idling, where it
 * would make calls without an interrupt. Knows nothing of who watches.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_bool running;
static unsigned long cpu;

static void give_up(const char *what) __attribute__((noreturn));

static void give_up(const char *what)
{
	fprintf(stderr, "caller: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void bind_to(unsigned long where)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(where, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("CPU");
}

static void *spin(void *arg)
{
	(void)arg;
	bind_to(cpu);
	atomic_store(&running, true);
	while (atomic_load_explicit(&running, memory_order_relaxed))
		;
	return NULL;
}

/* Of all that runs on the CPU; it counts nothing by itself. */
static int open_counter(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_DUMMY };

	return (int)syscall(SYS_perf_event_open, &attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

/* caller CPU OTHER-CPU COUNT; exit code 3: this kernel has no such counters */
int main(int argc, char **argv)
{
	unsigned long count;
	pthread_t spinner;
	uint64_t value;
	int fd;

	if (argc != 4) {
		fputs("usage: caller CPU OTHER-CPU COUNT\n", stderr);
		return 129;
	}
	cpu = strtoul(argv[1], NULL, 10);
	count = strtoul(argv[3], NULL, 10);
	fd = open_counter();
	if (fd < 0) {
		fprintf(stderr, "caller: counter: %s\n", strerror(errno));
		return 3;
	}
	bind_to(strtoul(argv[2], NULL, 10));
	errno = pthread_create(&spinner, NULL, spin, NULL);
	if (errno)
		give_up("thread");
	while (!atomic_load(&running))
		sched_yield();
	for (unsigned long i = 0; i < count; i++)
		if (read(fd, &value, sizeof(value)) != sizeof(value))
			give_up("read");
	atomic_store(&running, false);
	pthread_join(spinner, NULL);
	return 0;
}
