// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds programs to compare with at their tracepoints until it is ended: one kind of reference
 * program, or our own ones with no CPU to watch. Or holds the kernel's statistics of programs on,
 * which end with it, however it ends. Knows no figures.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "collect/collect.h"

/* The generated code is not ours to keep free of warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wshadow"
#include "reference.skel.h"
#pragma GCC diagnostic pop

#define DRAIN_NS 5000000

static int fail(const char *what, int err)
{
	fprintf(stderr, "overhead reference: %s: %s\n", what, strerror(-err));
	return 1;
}

/* Say that all is in place, then take what programs write, until a signal comes. */
static void hold(void (*drain)(void *arg), void *arg)
{
	const struct timespec pause = { .tv_nsec = DRAIN_NS };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	puts("ready");
	fflush(stdout);
	while (sigtimedwait(&set, NULL, drain ? &pause : NULL) < 0)
		if (drain)
			drain(arg);
}

static int hold_statistics(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (fd < 0)
		return fail("statistics of BPF programs", fd);
	hold(NULL, NULL);
	close(fd);
	return 0;
}

static void drain_source(void *arg)
{
	const struct qpw_header *h;

	while (event_source_next(arg, &h, 0) > 0)
		;
}

/*
 * The project's programs as its tools load them, on a machine where no CPU is watched; with a
 * victim, whose timers are looked for on every CPU.
 */
static int hold_unwatched(void)
{
	struct cpulist none = { 0 };
	const struct collect_config config = { .watched = &none };
	struct collect_error e = { 0 };
	struct collect *collect;
	int err = collect_create(&config, &collect, &e);

	if (!err)
		err = collect_attach(collect, &e);
	if (!err)
		err = collect_add_victim(collect, (uint32_t)getpid()); /* the first has room */
	if (err)
		fprintf(stderr, "overhead reference: %s: %s; %s\n", e.object, e.why, e.remedy);
	else
		hold(drain_source, collect_source(collect));
	collect_destroy(collect);
	return !!err;
}

/* "empty_sched_switch": of this kind, and there is such a tracepoint? */
static bool wanted(const char *program, const char *kind, const struct btf *kernel)
{
	size_t len = strlen(kind);
	char name[128];

	if (strncmp(program, kind, len) || program[len] != '_')
		return false;
	snprintf(name, sizeof(name), "btf_trace_%s", program + len + 1);
	return btf__find_by_name_kind(kernel, name, BTF_KIND_TYPEDEF) > 0;
}

static int take_nothing(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 0;
}

static void drain_ring(void *arg)
{
	ring_buffer__consume(arg);
}

static int hold_reference(const char *kind)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	struct reference_bpf *bpf = reference_bpf__open();
	struct ring_buffer *ring = NULL;
	struct bpf_program *program = NULL;
	int err = kernel && bpf ? 0 : -errno;

	if (!err) {
		while ((program = bpf_object__next_program(bpf->obj, program)))
			bpf_program__set_autoload(program,
						  wanted(bpf_program__name(program), kind, kernel));
		err = reference_bpf__load(bpf);
	}
	if (!err)
		err = reference_bpf__attach(bpf);
	if (!err) {
		ring = ring_buffer__new(bpf_map__fd(bpf->maps.ring), take_nothing, NULL, NULL);
		err = ring ? 0 : -errno;
	}
	if (!err)
		hold(drain_ring, ring);
	ring_buffer__free(ring);
	reference_bpf__destroy(bpf);
	btf__free(kernel);
	return err ? fail("reference programs", err) : 0;
}

/* Exit code 0: ended by a signal after all was in place; 1: not allowed or not possible here. */
int main(int argc, char **argv)
{
	const char *kind = argc == 2 ? argv[1] : "";

	if (!strcmp(kind, "statistics"))
		return hold_statistics();
	if (!strcmp(kind, "unwatched"))
		return hold_unwatched();
	if (!strcmp(kind, "empty") || !strcmp(kind, "clock") || !strcmp(kind, "record"))
		return hold_reference(kind);
	fprintf(stderr, "usage: %s empty|clock|record|unwatched|statistics\n", argv[0]);
	return 129;
}
