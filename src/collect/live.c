// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping the tables and numbering them: one for each watched CPU in their order, and the last.
 * Reading which waits and which runs go on. Knows no figures.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "collect/live.h"
#include "collect/skeletons.h"
#include "collect/threads.h"
#include "collect/victims.h"
#include "model/look.h"
#include "model/room.h"
#include "util/clock.h"

#define NO_CPU (~0U)
#define OPEN_AHEAD_NS 1000000
#define CLEAR_NS 10000000
#define SETTLED_NS 100000
#define MAX_READINGS 3

struct live_room {
	struct room *room;
};

struct live {
	bool sees_all_threads;
	__u64 *open_ns; /* shared with programs */
	int pendings_fd;
	uint32_t max_pendings;
	const struct cpulist *watched; /* not ours */
	struct qpw_live_wait *waits;   /* as last read */
	size_t nr_waits;
	size_t max_waits;
	struct qpw_live_table *tables;
	struct qpw_live_table *copy; /* of the one that was read last */
	struct live_room *rooms;     /* by table */
	size_t bytes;
	char *slots; /* by CPU, each begins with a struct qpw_live_slot */
	size_t slot_size;
	size_t slots_bytes;
	uint64_t explained_ns; /* when functions were last explained */
	const struct qpw_victim *victims;
	bool can_name; /* threads by their numbers */
	uint32_t nr_tables;
	uint32_t cpus[]; /* by table */
};

void live_prepare(struct qpw_bpf *bpf, const struct cpulist *watched, uint64_t event_ns)
{
	uint16_t nr = 0;
	int cpu;

	cpulist_for_each(watched, cpu)
		bpf->rodata->live_table_of[cpu] = nr++;
	bpf->rodata->live_shared_table = nr;
	bpf->rodata->aggregates = 1;
	bpf->rodata->event_ns = event_ns;
	bpf_map__set_max_entries(bpf->maps.live_tables, nr + 1U);
}

/* The kernel rounds an element's size up to 8 bytes: ours are whole lines of the cache. */
static int map_array(const struct bpf_map *map, size_t nr, int prot, size_t *bytes, void *out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	*bytes = (nr * bpf_map__value_size(map) + page - 1) & ~(page - 1);
	memory = mmap(NULL, *bytes, prot, MAP_SHARED, bpf_map__fd(map), 0);
	if (memory == MAP_FAILED)
		return -errno;
	*(void **)out = memory;
	return 0;
}

static int map_memory(struct live *live, struct qpw_bpf *bpf)
{
	int err = map_array(bpf->maps.live_tables, live->nr_tables, PROT_READ | PROT_WRITE,
			    &live->bytes, &live->tables);

	if (err)
		return err;
	live->slot_size = bpf_map__value_size(bpf->maps.slots);
	err = map_array(bpf->maps.slots, bpf_map__max_entries(bpf->maps.slots), PROT_READ,
			&live->slots_bytes, &live->slots);
	if (err)
		munmap(live->tables, live->bytes);
	return err;
}

static void free_memory(struct live *live)
{
	free(live->waits);
	free(live->copy);
	free(live->rooms);
	free(live);
}

int live_create(struct qpw_bpf *bpf, const struct cpulist *watched, struct live **out)
{
	struct live *live;
	size_t nr = 0;
	int cpu, err;

	*out = NULL;
	live = calloc(1, sizeof(*live) + (cpulist_count(watched) + 1) * sizeof(live->cpus[0]));
	if (!live)
		return -ENOMEM;
	cpulist_for_each(watched, cpu)
		live->cpus[nr++] = (uint32_t)cpu;
	live->cpus[nr++] = LIVE_EVERY_CPU;
	live->nr_tables = (uint32_t)nr;
	live->rooms = calloc(nr, sizeof(*live->rooms));
	live->copy = aligned_alloc(LIVE_LINE, sizeof(*live->copy));
	if (!live->rooms || !live->copy) {
		free_memory(live);
		return -ENOMEM;
	}
	memset(live->copy, 0, sizeof(*live->copy));
	live->watched = watched;
	live->sees_all_threads = threads_are_initial();
	live->open_ns = &bpf->bss->live_open_ns;
	live->victims = bpf->bss->victims;
	live->can_name = threads_are_initial();
	live->pendings_fd = bpf_map__fd(bpf->maps.pendings);
	live->max_pendings = bpf_map__max_entries(bpf->maps.pendings);
	err = map_memory(live, bpf);
	if (err) {
		free_memory(live);
		return err;
	}
	*out = live;
	return 0;
}

static const struct qpw_live_slot *slot_of(const struct live *live, uint32_t cpu)
{
	return (const struct qpw_live_slot *)(live->slots + cpu * live->slot_size);
}

/* A copy of a run that goes on; false where there is none to be told, or it is just changing. */
static bool read_slot(const struct live *live, uint32_t cpu, struct qpw_live_slot *slot)
{
	const struct qpw_live_slot *shared = slot_of(live, cpu);
	uint64_t thread_ns = __atomic_load_n(&shared->now.thread_ns, __ATOMIC_ACQUIRE);
	uint64_t work_ns = __atomic_load_n(&shared->work.ns, __ATOMIC_ACQUIRE);

	if (!__atomic_load_n(&shared->now.interrupts, __ATOMIC_ACQUIRE))
		return false;
	memcpy(slot, shared, sizeof(*slot));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&shared->now.thread_ns, __ATOMIC_RELAXED) == thread_ns &&
	       __atomic_load_n(&shared->work.ns, __ATOMIC_RELAXED) == work_ns &&
	       slot->now.thread_ns == thread_ns && slot->work.ns == work_ns;
}

/*
 * A run counts by the name that the task has when it ends, often another one than at the switch-in:
 * exec() gives a new one. False when the run ended meanwhile.
 */
static bool name_as_now(const struct live *live, uint32_t cpu, struct qpw_live_now *now)
{
	if (live->can_name)
		threads_name(now->thread_pid, now->comm);
	return __atomic_load_n(&slot_of(live, cpu)->now.thread_ns, __ATOMIC_ACQUIRE) ==
	       now->thread_ns;
}

static void explain_rows(const struct qpw_live_table *table, struct stream *stream)
{
	int at;

	/* for all the rest there is no name */
	qpw_live_for_each(table->used_rows, at) {
		if (at >= LIVE_ROWS)
			continue;
		stream_explain_function(stream, table->rows[at].key.function);
		if (table->rows[at].key.kind == QPW_KIND_IPI)
			stream_explain_function(stream, table->rows[at].key.callsite);
	}
	qpw_live_for_each(table->used_causers, at)
		stream_explain_place(stream, table->causers[at].cgroup, table->causers[at].stack);
}

void live_explain(struct live *live, struct stream *stream)
{
	struct qpw_live_slot slot;

	live->explained_ns = clock_now_ns();
	for (uint32_t i = 0; i < live->nr_tables; i++)
		explain_rows(&live->tables[i], stream);
	for (uint32_t i = 0; i < live->nr_tables; i++)
		if (live->cpus[i] != LIVE_EVERY_CPU && read_slot(live, live->cpus[i], &slot))
			stream_explain_function(stream, slot.work.ns ? slot.work.function : 0);
	for (size_t i = 0; i < live->nr_waits; i++)
		stream_explain_function(stream, live->waits[i].what.function);
}

/* ------------------------------------------------------------------ waits that go on */

/* A thread whose end of waiting was missed may be gone; seen from where all threads are seen. */
static bool thread_is_gone(const struct live *live, uint32_t pid)
{
	return live->sees_all_threads && kill((pid_t)pid, 0) && errno == ESRCH;
}

static bool is_told(const struct live *live, const struct qpw_live_wait *wait)
{
	uint32_t cpu = wait->what.target_cpu;

	return (cpu == NO_CPU || (cpu < CPULIST_MAX && cpulist_has(live->watched, (int)cpu))) &&
	       !thread_is_gone(live, wait->key.pid);
}

static int add_wait(struct live *live, const struct qpw_live_wait *wait)
{
	if (live->nr_waits == live->max_waits) {
		size_t max = 2 * live->max_waits + 16;
		struct qpw_live_wait *more = reallocarray(live->waits, max, sizeof(*more));

		if (!more)
			return -ENOMEM;
		live->waits = more;
		live->max_waits = max;
	}
	live->waits[live->nr_waits++] = *wait;
	return 0;
}

/*
 * Key by key, since reading in batches keeps plain tracepoints and kprobes of this CPU from being
 * seen all the while. When a key goes just then, the next one is the first again: hence the bound.
 */
int live_read_waits(struct live *live, uint64_t now_ns)
{
	struct qpw_live_wait wait;
	const void *last = NULL;
	int err = 0;

	live->nr_waits = 0;
	for (uint32_t i = 0; !err && i < live->max_pendings; i++) {
		if (bpf_map_get_next_key(live->pendings_fd, last, &wait.key))
			break;
		last = &wait.key;
		if (qpw_pending_is_wait(wait.key.what) &&
		    !bpf_map_lookup_elem(live->pendings_fd, &wait.key, &wait.what) &&
		    is_told(live, &wait)) {
			wait.waited_ns = now_ns > wait.what.ns ? now_ns - wait.what.ns : 1;
			err = add_wait(live, &wait);
		}
	}
	return err;
}

const struct qpw_live_wait *live_waits(const struct live *live, size_t *nr)
{
	*nr = live->nr_waits;
	return live->waits;
}

/* ------------------------------------------------------------------ runs that go on */

/* Who began so lately may not have written all of it; 0 is no beginning. */
static bool goes_on(const struct live *live, uint64_t began_ns, uint64_t now_ns)
{
	return began_ns && now_ns > began_ns + SETTLED_NS && now_ns > *live->open_ns;
}

static uint64_t sum_stolen(const __u64 stolen_ns[LIVE_LEVELS], enum live_level level)
{
	uint64_t sum = 0;

	for (int i = 0; i < (int)level; i++)
		sum += stolen_ns[i];
	return sum;
}

/* What was stolen since something began, when so much had been, and in the window. */
static uint64_t time_stolen(const struct live *live, const struct qpw_live_now *now,
			    enum live_level level, uint64_t began_ns, uint64_t stolen_ns)
{
	if (began_ns < *live->open_ns) {
		/* nothing in it before an interval has ended there */
		if (now->open_ns != *live->open_ns)
			return 0;
		stolen_ns = sum_stolen(now->stolen_before_ns, level);
	}
	return sum_stolen(now->stolen_ns, level) - stolen_ns;
}

/* So long by now, in the window, and without what was stolen of it. */
static struct qpw_live_run run_until(const struct live *live, uint64_t began_ns, uint64_t stolen_ns,
				     uint64_t now_ns)
{
	const uint64_t open_ns = *live->open_ns;
	struct qpw_live_run run = { .total_ns =
					    now_ns - (began_ns < open_ns ? open_ns : began_ns) };

	run.self_ns = run.total_ns > stolen_ns ? run.total_ns - stolen_ns : 0;
	return run;
}

/* A work item, if there is one, and the thread's run, which had all the rest of its time. */
static unsigned int read_runs(const struct live *live, uint32_t cpu, uint64_t now_ns,
			      struct qpw_live_run runs[LIVE_RUNS])
{
	struct qpw_live_slot slot;
	unsigned int nr = 0;
	uint64_t work_ns = 0;

	/* one that became a victim's since it got the CPU: what that does is no theft */
	if (!read_slot(live, cpu, &slot) || !goes_on(live, slot.now.thread_ns, now_ns) ||
	    victims_have(live->victims, QPW_MAX_VICTIMS, slot.now.thread_tgid) ||
	    !name_as_now(live, cpu, &slot.now))
		return 0;
	if (slot.work.pid == slot.now.thread_pid && goes_on(live, slot.work.ns, now_ns)) {
		work_ns =
			time_stolen(live, &slot.now, LIVE_WORK, slot.work.ns, slot.work.stolen_ns);
		runs[0] = run_until(live, slot.work.ns, work_ns, now_ns);
		runs[0].key.kind = QPW_KIND_WORK;
		runs[0].key.function = slot.work.function;
		/* not the thread's time, but the work is not told of before its function is */
		work_ns = runs[0].self_ns;
		nr = goes_on(live, slot.work.ns, live->explained_ns);
	}
	work_ns += time_stolen(live, &slot.now, LIVE_THREAD, slot.now.thread_ns,
			       slot.now.thread_stolen_ns);
	runs[nr] = run_until(live, slot.now.thread_ns, work_ns, now_ns);
	runs[nr].key.kind = QPW_KIND_THREAD;
	memcpy(runs[nr++].key.name, slot.now.comm, QPW_COMM_LEN);
	return nr;
}

/* ------------------------------------------------------------------ tables */

struct beginnings {
	uint64_t thread_ns;
	uint64_t work_ns;
};

static struct beginnings read_beginnings(const struct live *live, uint32_t cpu)
{
	const struct qpw_live_slot *slot = slot_of(live, cpu);

	return (struct beginnings){ __atomic_load_n(&slot->now.thread_ns, __ATOMIC_ACQUIRE),
				    __atomic_load_n(&slot->work.ns, __ATOMIC_ACQUIRE) };
}

/*
 * What ends after the table was copied and before runs are read is in neither: then both are read
 * again. Not without end, but what ends all the time is short.
 */
static unsigned int read_table(const struct live *live, uint32_t i,
			       struct qpw_live_run runs[LIVE_RUNS])
{
	struct beginnings before, after = read_beginnings(live, live->cpus[i]);
	unsigned int nr = 0;

	for (int n = 0; n < MAX_READINGS; n++) {
		before = after;
		look_copy(live->copy, &live->tables[i]);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		nr = read_runs(live, live->cpus[i], clock_now_ns(), runs);
		after = read_beginnings(live, live->cpus[i]);
		if (after.thread_ns == before.thread_ns && after.work_ns == before.work_ns)
			break;
	}
	return nr;
}

const struct qpw_live_table *live_look(struct live *live, uint32_t i, uint32_t *cpu,
				       struct qpw_live_run runs[LIVE_RUNS], unsigned int *nr)
{
	*nr = 0;
	if (i >= live->nr_tables)
		return NULL;
	*cpu = live->cpus[i];
	if (*cpu == LIVE_EVERY_CPU)
		look_copy(live->copy, &live->tables[i]);
	else
		*nr = read_table(live, i, runs);
	live->tables[i].recent_max_ns = 0;
	return live->copy;
}

int live_make_room(struct live *live)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < live->nr_tables; i++)
		err = room_make(&live->rooms[i].room, &live->tables[i]);
	return err;
}

/* A program that had found the window open is through by the time of clearing. */
static void clear(struct live *live)
{
	const struct timespec pause = { .tv_nsec = CLEAR_NS };

	__atomic_store_n(live->open_ns, 0, __ATOMIC_RELEASE);
	nanosleep(&pause, NULL);
	for (uint32_t i = 0; i < live->nr_tables; i++)
		room_clear(&live->rooms[i].room, &live->tables[i]);
}

uint64_t live_open_window(struct live *live)
{
	uint64_t at;

	for (;;) {
		at = clock_now_ns() + OPEN_AHEAD_NS;
		__atomic_store_n(live->open_ns, at, __ATOMIC_RELEASE);
		if (clock_now_ns() < at)
			return at;
		/* something may have begun since then and ended before programs knew */
		clear(live);
	}
}

uint64_t live_restart(struct live *live)
{
	clear(live);
	return live_open_window(live);
}

void live_destroy(struct live *live)
{
	if (!live)
		return;
	munmap(live->slots, live->slots_bytes);
	munmap(live->tables, live->bytes);
	for (uint32_t i = 0; i < live->nr_tables; i++)
		free(live->rooms[i].room);
	free_memory(live);
}
