/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a raw tracepoint program that a recorder has loaded, as often as told, on one CPU, as if its
 * event happened: a known number of events at a rate that no real source reaches. Knows nothing of
 * what the program does.
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

/* flood CPU PROGRAM COUNT [ARGUMENT]...: the arguments of the event */
int main(int argc, char **argv)
{
	uint64_t arguments[8] = { 0 };
	union bpf_attr run = { .test = { .ctx_in = (uintptr_t)arguments } };
	unsigned long count;
	cpu_set_t set;
	double start;

	if (argc < 4 || argc > 4 + 8) {
		fputs("usage: flood CPU PROGRAM COUNT [ARGUMENT]...\n", stderr);
		return 129;
	}
	for (int i = 4; i < argc; i++)
		arguments[i - 4] = strtoull(argv[i], NULL, 0);
	run.test.ctx_size_in = (uint32_t)(argc - 4) * sizeof(arguments[0]);
	count = strtoul(argv[3], NULL, 10);
	CPU_ZERO(&set);
	CPU_SET(strtoul(argv[1], NULL, 10), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("CPU");
	run.test.prog_fd = (uint32_t)find_program(argv[2]);
	if ((int)run.test.prog_fd < 0)
		give_up("no such program");
	start = seconds();
	for (unsigned long i = 0; i < count; i++)
		if (bpf(BPF_PROG_TEST_RUN, &run))
			give_up("run");
	printf("%lu events, %.0f a second\n", count, (double)count / (seconds() - start));
	return 0;
}
