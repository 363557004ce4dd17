// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs raw tracepoint programs that a recorder has loaded, in turn, as often as told, on one CPU,
 * as if their events happened: a known number of events at a rate that no real source reaches.
 * Knows nothing of what the programs do.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_ARGUMENTS 8
#define MAX_EVENTS 8

static void give_up(const char *what) __attribute__((noreturn));

static void give_up(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* A program of this name; the kernel keeps 15 characters of it. */
static int find_program(const char *name)
{
	union bpf_attr next = { 0 };

	while (!bpf(BPF_PROG_GET_NEXT_ID, &next)) {
		struct bpf_prog_info info = { 0 };
		union bpf_attr open = { .prog_id = next.next_id };
		int fd = bpf(BPF_PROG_GET_FD_BY_ID, &open);
		union bpf_attr get = { .info = { .bpf_fd = (uint32_t)fd,
						 .info_len = sizeof(info),
						 .info = (uintptr_t)&info } };

		if (fd >= 0 && !bpf(BPF_OBJ_GET_INFO_BY_FD, &get) &&
		    info.type == BPF_PROG_TYPE_RAW_TRACEPOINT && !strcmp(info.name, name))
			return fd;
		if (fd >= 0)
			close(fd);
		next.start_id = next.next_id;
	}
	return -1;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct run {
	uint64_t arguments[MAX_ARGUMENTS];
	union bpf_attr attr;
};

/* "PROGRAM[:ARGUMENT[,ARGUMENT]...]" */
static void parse_run(char *text, struct run *r)
{
	const char *name = strsep(&text, ":");
	uint32_t nr = 0;

	while (text && nr < MAX_ARGUMENTS)
		r->arguments[nr++] = strtoull(strsep(&text, ","), NULL, 0);
	r->attr.test.ctx_in = (uintptr_t)r->arguments;
	r->attr.test.ctx_size_in = nr * (uint32_t)sizeof(r->arguments[0]);
	r->attr.test.prog_fd = (uint32_t)find_program(name);
	if ((int)r->attr.test.prog_fd < 0)
		give_up("no such program");
}

static void bind_to(unsigned long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("CPU");
}

/* flood CPU ROUNDS EVENT...: an event is a program and its arguments; in each round one of each */
int main(int argc, char **argv)
{
	struct run runs[MAX_EVENTS] = { 0 };
	unsigned long rounds, nr;
	double start;

	if (argc < 4 || argc > 3 + MAX_EVENTS) {
		fputs("usage: flood CPU ROUNDS PROGRAM[:ARGUMENT[,ARGUMENT]...]...\n", stderr);
		return 129;
	}
	bind_to(strtoul(argv[1], NULL, 10));
	rounds = strtoul(argv[2], NULL, 10);
	nr = (unsigned long)argc - 3;
	for (unsigned long i = 0; i < nr; i++)
		parse_run(argv[3 + i], &runs[i]);
	start = seconds();
	for (unsigned long i = 0; i < rounds * nr; i++)
		if (bpf(BPF_PROG_TEST_RUN, &runs[i % nr].attr))
			give_up("run");
	printf("%lu events, %.0f a second\n", rounds * nr,
	       (double)(rounds * nr) / (seconds() - start));
	return 0;
}
