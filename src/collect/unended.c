// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs keep of a CPU says which task it was switched to last, and when. The machine may
 * hide switches from programs, so it is believed only where /proc has that task running there.
 */
#include "collect/unended.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/skeletons.h"
#include "collect/threads.h"
#include "collect/victims.h"
#include "qpw/live.h"
#include "util/clock.h"

struct unended {
	char *slots; /* by CPU, each begins with a struct qpw_live_slot */
	size_t slot_size;
	size_t bytes;
	const struct qpw_victim *victims;
	const struct cpulist *watched; /* not ours */
	struct qpw_thread runs[]; /* by watched CPU in their order; start_ns 0: there is none */
};

static const struct qpw_live_now *slot_of(const struct unended *u, int cpu)
{
	return &((const struct qpw_live_slot *)(u->slots + (size_t)cpu * u->slot_size))->now;
}

int unended_create(struct qpw_bpf *bpf, const struct cpulist *watched, struct unended **out)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct unended *u =
		calloc(1, sizeof(*u) + (size_t)cpulist_count(watched) * sizeof(u->runs[0]));

	*out = NULL;
	if (!u)
		return -ENOMEM;
	u->slot_size = bpf_map__value_size(bpf->maps.slots);
	u->bytes = bpf_map__max_entries(bpf->maps.slots) * u->slot_size;
	u->bytes = (u->bytes + page - 1) & ~(page - 1);
	u->victims = bpf->bss->victims;
	u->watched = watched;
	u->slots = mmap(NULL, u->bytes, PROT_READ, MAP_SHARED, bpf_map__fd(bpf->maps.slots), 0);
	if (u->slots == MAP_FAILED) {
		int err = -errno;

		free(u);
		return err;
	}
	*out = u;
	return 0;
}

static void look_at(const struct unended *u, int cpu, struct qpw_thread *run)
{
	const struct qpw_live_now *slot = slot_of(u, cpu);
	const uint64_t now = clock_now_ns();
	struct thread_state state;
	uint64_t since_ns = __atomic_load_n(&slot->thread_ns, __ATOMIC_ACQUIRE);
	uint32_t pid = __atomic_load_n(&slot->thread_pid, __ATOMIC_ACQUIRE);

	memset(run, 0, sizeof(*run));
	if (!pid || !since_ns || since_ns >= now || !threads_state(pid, &state))
		return;
	if (!state.runs || state.cpu != (uint32_t)cpu ||
	    victims_have(u->victims, QPW_MAX_VICTIMS, state.tgid))
		return;
	run->h.start_ns = since_ns;
	run->h.end_ns = now;
	run->h.cpu = (uint32_t)cpu;
	run->h.kind = QPW_KIND_THREAD;
	run->h.size = sizeof(*run);
	run->pid = pid;
	run->prio = state.prio;
	memcpy(run->comm, state.name, sizeof(run->comm));
}

void unended_look(struct unended *u)
{
	struct qpw_thread *run = u->runs;
	int cpu;

	/* programs see the numbers of the initial PID namespace */
	if (!threads_are_initial())
		return;
	cpulist_for_each(u->watched, cpu)
		look_at(u, cpu, run++);
}

void unended_tell(const struct unended *u, struct stream *stream)
{
	const struct qpw_thread *run = u->runs;
	int cpu;

	cpulist_for_each(u->watched, cpu) {
		/* else it ended, and a program has told it */
		if (run->h.start_ns && slot_of(u, cpu)->thread_ns == run->h.start_ns)
			stream_put_last(stream, &run->h);
		run++;
	}
}

void unended_destroy(struct unended *u)
{
	if (!u)
		return;
	munmap(u->slots, u->bytes);
	free(u);
}
