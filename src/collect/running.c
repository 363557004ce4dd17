// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that the kernel runs on a CPU of our choice, once.
 */
#include "collect/running.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "collect/skeletons.h"

static int run_on(int program, int cpu)
{
	struct bpf_test_run_opts opts = { .sz = sizeof(opts),
					  .flags = BPF_F_TEST_RUN_ON_CPU,
					  .cpu = (__u32)cpu };
	int err = bpf_prog_test_run_opts(program, &opts);

	return err == -ENXIO ? 0 : err; /* offline */
}

/* On all of them, whatever comes of one. */
static int run_on_each(int program, const struct cpulist *watched)
{
	int cpu, failed = 0;

	cpulist_for_each(watched, cpu) {
		int err = run_on(program, cpu);

		if (err)
			failed = err;
	}
	return failed;
}

static int share_slots(struct bpf_map *map, const struct bpf_map *slots)
{
	int err = bpf_map__set_value_size(map, bpf_map__value_size(slots));

	if (!err)
		err = bpf_map__set_max_entries(map, bpf_map__max_entries(slots));
	return err ? err : bpf_map__reuse_fd(map, bpf_map__fd(slots));
}

int running_note(struct qpw_bpf *bpf, const struct cpulist *watched)
{
	struct running_bpf *running = running_bpf__open();
	int err;

	if (!running)
		return errno ? -errno : -ENOMEM;
	err = share_slots(running->maps.slots, bpf->maps.slots);
	if (!err)
		err = running_bpf__load(running);
	if (!err)
		err = run_on_each(bpf_program__fd(running->progs.running_note), watched);
	running_bpf__destroy(running);
	return err;
}
