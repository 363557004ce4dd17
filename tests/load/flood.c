// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs raw tracepoint programs that a recorder has loaded, in turn, as often as told, on one CPU or
 * where it is told to go, as if their events happened: a known number of events at a rate that no
 * real source reaches, or in an order that none can be relied upon for. Knows nothing of what the
 * programs do.
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
#define MAX_EVENTS 16

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

/*
 * A program of this name, of which the kernel keeps 15 characters; "NAME/2": the second one that
 * was loaded under it.
 */
static int find_program(char *name)
{
	const char *base = strsep(&name, "/");
	unsigned long skip = name ? strtoul(name, NULL, 10) - 1 : 0;
	union bpf_attr next = { 0 };

	while (!bpf(BPF_PROG_GET_NEXT_ID, &next)) {
		struct bpf_prog_info info = { 0 };
		union bpf_attr open = { .prog_id = next.next_id };
		int fd = bpf(BPF_PROG_GET_FD_BY_ID, &open);
		union bpf_attr get = { .info = { .bpf_fd = (uint32_t)fd,
						 .info_len = sizeof(info),
						 .info = (uintptr_t)&info } };

		if (fd >= 0 && !bpf(BPF_OBJ_GET_INFO_BY_FD, &get) &&
		    info.type == BPF_PROG_TYPE_RAW_TRACEPOINT && !strcmp(info.name, base) &&
		    !skip--)
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
	char *move_to; /* this CPU, and nothing is run */
	uint64_t arguments[MAX_ARGUMENTS];
	union bpf_attr attr;
};

/* "PROGRAM[/NUMBER][:ARGUMENT[,ARGUMENT]...]" or "@CPU" */
static void parse_run(char *text, struct run *r)
{
	char *name;
	uint32_t nr = 0;

	if (*text == '@') {
		r->move_to = text + 1;
		return;
	}
	name = strsep(&text, ":");
	while (text && nr < MAX_ARGUMENTS)
		r->arguments[nr++] = strtoull(strsep(&text, ","), NULL, 0);
	r->attr.test.ctx_in = (uintptr_t)r->arguments;
	r->attr.test.ctx_size_in = nr * (uint32_t)sizeof(r->arguments[0]);
	r->attr.test.prog_fd = (uint32_t)find_program(name);
	if ((int)r->attr.test.prog_fd < 0)
		give_up("no such program");
}

static void bind_to(const char *cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(strtoul(cpu, NULL, 10), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("CPU");
}

static void make(struct run *r)
{
	if (r->move_to)
		bind_to(r->move_to);
	else if (bpf(BPF_PROG_TEST_RUN, &r->attr))
		give_up("run");
}

/*
 * flood CPU ROUNDS EVENT...: an event is a program and its arguments, or a CPU to go on at; in each
 * round one of each
 */
int main(int argc, char **argv)
{
	struct run runs[MAX_EVENTS] = { 0 };
	unsigned long rounds, nr;
	double start;

	if (argc < 4 || argc > 3 + MAX_EVENTS) {
		fputs("usage: flood CPU ROUNDS PROGRAM[/NUMBER][:ARGUMENT[,ARGUMENT]...]|@CPU...\n",
		      stderr);
		return 129;
	}
	bind_to(argv[1]);
	rounds = strtoul(argv[2], NULL, 10);
	nr = (unsigned long)argc - 3;
	for (unsigned long i = 0; i < nr; i++)
		parse_run(argv[3 + i], &runs[i]);
	start = seconds();
	for (unsigned long i = 0; i < rounds * nr; i++)
		make(&runs[i % nr]);
	printf("%lu events, %.0f a second\n", rounds * nr,
	       (double)(rounds * nr) / (seconds() - start));
	return 0;
}
