// SPDX-License-Identifier: GPL-2.0-only
/*
 * A victim of known wake-ups: two threads that sleep and one that reads a pipe, all of them
 * SCHED_OTHER and on the CPU that is named, while the main thread is on CPU 0. It begins when a
 * line comes on standard input, and ends once all is done. Knows nothing of the recorder.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct sleeper {
	const char *name;
	long period_ns;
	unsigned int nr;
};

/* What tests/load/victims.sh expects. */
static const struct sleeper first = { "qpw-first", 5000000, 200 };
static const struct sleeper second = { "qpw-second", 8000000, 100 };
#define NR_WRITES 150
#define WRITE_GAP_NS 6000000

static int go[2], data[2];
static _Atomic pid_t reader;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void await(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

/* For a length of time: each is a sleep and a run, however late the one before was. */
static void *sleep_often(void *arg)
{
	const struct sleeper *s = arg;
	const struct timespec period = { .tv_nsec = s->period_ns };

	pthread_setname_np(pthread_self(), s->name);
	await(go[0]);
	for (unsigned int i = 0; i < s->nr; i++)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &period, NULL);
	return NULL;
}

static void *read_often(void *arg)
{
	(void)arg;
	pthread_setname_np(pthread_self(), "qpw-piped");
	atomic_store(&reader, gettid());
	await(data[0]);
	return NULL;
}

static void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

/* How often the reader has gone to sleep. */
static unsigned long nr_sleeps(void)
{
	char path[64], line[256];
	unsigned long nr = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)atomic_load(&reader));
	f = fopen(path, "re");
	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f) &&
	       sscanf(line, "voluntary_ctxt_switches: %lu", &nr) != 1)
		;
	fclose(f);
	return nr;
}

/* Each byte comes when the reader sleeps, so that it is one wake-up, however busy its CPU is. */
static void write_often(void)
{
	const struct timespec gap = { .tv_nsec = WRITE_GAP_NS };
	unsigned long before;

	nanosleep(&gap, NULL);
	for (int i = 0; i < NR_WRITES; i++) {
		before = nr_sleeps();
		if (write(data[1], "x", 1) != 1)
			die("write");
		do
			nanosleep(&gap, NULL);
		while (nr_sleeps() == before);
	}
	close(data[1]);
}

int main(int argc, char **argv)
{
	union {
		const struct sleeper *given;
		void *taken;
	} args[2] = { { &first }, { &second } };
	pthread_t threads[3];
	char byte;

	if (argc != 2 || pipe(go) || pipe(data)) {
		fputs("usage: sleeper CPU\n", stderr);
		return 1;
	}
	bind_to(atoi(argv[1]));
	if (pthread_create(&threads[0], NULL, sleep_often, args[0].taken) ||
	    pthread_create(&threads[1], NULL, sleep_often, args[1].taken) ||
	    pthread_create(&threads[2], NULL, read_often, NULL))
		die("pthread_create");
	bind_to(0);
	if (read(STDIN_FILENO, &byte, 1) != 1)
		die("read");
	close(go[1]);
	write_often();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
