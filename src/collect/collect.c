// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load, attach, detach: the life of the programs. What they record is none of its business.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collect/cgroups.h"
#include "collect/collect.h"
#include "collect/collect_state.h"
#include "collect/ksyms.h"
#include "collect/live.h"
#include "collect/privilege.h"
#include "collect/probes.h"
#include "collect/ring.h"
#include "collect/running.h"
#include "collect/sizes.h"
#include "collect/skeletons.h"
#include "collect/stream.h"
#include "collect/tell.h"
#include "collect/threads.h"
#include "collect/victims.h"
#include "util/array.h"
#include "util/clock.h"

/* A spare has come by then after its program was skipped, unless it was preempted for longer. */
#define SPARE_NS 20000000

static int fail(struct collect_error *err, int code, const char *object, const char *remedy,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

static int fail(struct collect_error *err, int code, const char *object, const char *remedy,
		const char *format, ...)
{
	va_list args;

	snprintf(err->object, sizeof(err->object), "%s", object);
	snprintf(err->remedy, sizeof(err->remedy), "%s", remedy);
	va_start(args, format);
	vsnprintf(err->why, sizeof(err->why), format, args);
	va_end(args);
	return code;
}

static int fail_load(struct collect_error *err, int code)
{
	const char *remedy = "kernels from 6.1 on are supported";

	if (code == -EPERM || code == -EACCES)
		remedy = "kernel lockdown, a security module or a container forbids BPF here";
	else if (code == -ENOMEM)
		remedy = "take a smaller --buffer-size";
	return fail(err, code, "BPF programs", remedy, "%s", strerror(-code));
}

/* libbpf writes to stderr on its own; a lower layer is silent. */
static int silent_print(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void set_lru_entries(struct collect *c, struct bpf_map *map)
{
	uint32_t entries = sizes_lru_entries(c->nr_cpus);

	if (bpf_map__max_entries(map) < entries)
		bpf_map__set_max_entries(map, entries);
}

/* Open the object for the probes that are not missing. buffer_bytes of a probing load is small. */
static struct qpw_bpf *bpf_prepare(struct collect *c, const struct probe *probes,
				   size_t buffer_bytes)
{
	struct qpw_bpf *bpf = qpw_bpf__open();

	if (!bpf)
		return NULL;
	_Static_assert(sizeof(bpf->bss->watched.cpus) == sizeof(c->watched.bits), "one bit a CPU");
	memcpy(bpf->bss->watched.cpus, c->watched.bits, sizeof(c->watched.bits));
	bpf->rodata->copies_fields = probes_copy_fields(probes);
	bpf->rodata->has_cast = probes_can_cast(probes);
	if (c->ksyms) {
		bpf->rodata->address_hrtimer_wakeup = ksyms_address(c->ksyms, "hrtimer_wakeup");
		/* since 6.9, and before */
		bpf->rodata->address_tick[0] = ksyms_address(c->ksyms, "tick_nohz_handler");
		bpf->rodata->address_tick[1] = ksyms_address(c->ksyms, "tick_sched_timer");
	}
	bpf->rodata->takes_stacks = c->config.stacks;
	bpf->rodata->stack_gap_ns = c->config.stack_gap_ns;
	bpf->rodata->csd_is_told = probes_have(probes, "csd_queue_cpu") &&
				   probes_have(probes, "csd_function_entry");
	if (c->config.aggregates)
		live_prepare(bpf, &c->watched, c->config.event_ns);
	bpf_map__set_max_entries(bpf->maps.slots, c->nr_cpus);
	bpf_map__set_max_entries(bpf->maps.lost, c->nr_cpus);
	bpf_map__set_max_entries(bpf->maps.counts, c->nr_cpus);
	bpf_map__set_max_entries(bpf->maps.ring, buffer_bytes);
	bpf_map__set_max_entries(bpf->maps.work_origins, sizes_origin_sets(c->nr_cpus));
	bpf_map__set_max_entries(bpf->maps.csd_origins, sizes_origin_sets(c->nr_cpus));
	bpf_map__set_max_entries(bpf->maps.wakers, sizes_origin_sets(c->nr_cpus));
	bpf->rodata->origin_mask = sizes_origin_sets(c->nr_cpus) - 1;
	bpf->rodata->origin_shift = __builtin_clz(sizes_origin_sets(c->nr_cpus) - 1);
	set_lru_entries(c, bpf->maps.pendings);
	probes_select(probes, bpf->obj);
	return bpf;
}

/* 0 or -errno; with it *out is a loaded object. */
static int bpf_load(struct collect *c, const struct probe *probes, size_t buffer_bytes,
		    struct qpw_bpf **out)
{
	struct qpw_bpf *bpf = bpf_prepare(c, probes, buffer_bytes);
	int err;

	*out = NULL;
	if (!bpf)
		return errno ? -errno : -ENOMEM;
	err = qpw_bpf__load(bpf);
	if (err) {
		qpw_bpf__destroy(bpf);
		return err;
	}
	*out = bpf;
	return 0;
}

/*
 * An object is loaded as a whole or not at all. When it is refused, find out whose fault it is by
 * loading every probe alone, in each way until one is taken, which takes seconds but is not the
 * usual way.
 */
static int probes_sort_out(struct collect *c)
{
	struct probe *alone = calloc(nr_probes, sizeof(*alone));
	size_t i, j, nr_good = 0;
	int err = 0;

	if (!alone)
		return -ENOMEM;
	for (i = 0; i < nr_probes; i++) {
		struct probe *probe = &c->probes[i];
		struct qpw_bpf *bpf;
		int refused = 0;

		if (probe->state == QPW_PROBE_MISSING)
			continue;
		do {
			for (j = 0; j < nr_probes; j++) {
				alone[j].info = c->probes[j].info;
				alone[j].name = c->probes[j].name;
			}
			alone[i] = *probe;
			refused = bpf_load(c, alone, sysconf(_SC_PAGESIZE), &bpf);
			alone[i].state = QPW_PROBE_MISSING;
			qpw_bpf__destroy(bpf);
			err = refused ? refused : err;
		} while (refused && probe_step_down(probe, refused));
		nr_good += !refused;
	}
	free(alone);
	return nr_good ? 0 : err;
}

static int programs_load(struct collect *c, struct collect_error *err)
{
	int code = bpf_load(c, c->probes, c->buffer_bytes, &c->bpf);

	if (code && code != -ENOMEM) {
		int sorted = probes_sort_out(c);

		code = sorted ? sorted : bpf_load(c, c->probes, c->buffer_bytes, &c->bpf);
	}
	return c->bpf ? 0 : fail_load(err, code);
}

static uint32_t stack_read(void *arg, uint32_t id, uint64_t *frames)
{
	struct collect *c = arg;
	uint32_t key = id - 1, nr = 0;

	memset(frames, 0, QPW_STACK_FRAMES * sizeof(*frames));
	if (bpf_map_lookup_elem(bpf_map__fd(c->bpf->maps.stacks), &key, frames))
		return 0;
	while (nr < QPW_STACK_FRAMES && frames[nr])
		nr++;
	return nr;
}

static int cgroup_path(void *arg, uint64_t id, char *buf, size_t size)
{
	struct collect *c = arg;

	return c->cgroups ? cgroups_path(c->cgroups, id, buf, size) : -ENOENT;
}

static void refresh(void *arg)
{
	tell_skipped_judge(arg);
	tell_losses(arg, false);
	tell_counts(arg, false);
}

static int plan(struct collect *c, const struct collect_config *config)
{
	const struct probe_wishes wishes = { config->without, config->system_calls,
					     config->aggregates };
	/* only to be looked into */
	struct qpw_bpf *bpf = qpw_bpf__open();
	int err;

	if (!bpf)
		return errno ? -errno : -ENOMEM;
	err = probes_plan(c->probes, bpf->obj, c->ksyms, &wishes);
	qpw_bpf__destroy(bpf);
	return err;
}

/* What only some figures need is worth a word where there is something to be granted anyway. */
static int privilege_check(const struct collect_config *config, struct collect_error *err)
{
	uint64_t needed = PRIVILEGE(CAP_BPF) | PRIVILEGE(CAP_PERFMON) | config->needed_capabilities;
	uint64_t useful = PRIVILEGE(CAP_SYSLOG) | config->useful_capabilities;
	char missing[80];
	int nr;

	if (!privilege_missing(needed, missing, sizeof(missing)))
		return 0;
	nr = privilege_missing(needed | useful, missing, sizeof(missing));
	return fail(err, -EPERM, missing, "run as root, or grant what is missing",
		    nr == 1 ? "this capability is missing" : "these capabilities are missing");
}

static int kernel_check(struct collect *c, const struct collect_config *config,
			struct collect_error *err)
{
	int code;

	c->ksyms_error = ksyms_load("/proc/kallsyms", &c->ksyms);
	code = plan(c, config);
	/* libbpf's word for a file that is in none of the places where it looks */
	if (code == -ESRCH)
		return fail(err, code, "/sys/kernel/btf/vmlinux",
			    "boot a kernel built with CONFIG_DEBUG_INFO_BTF, mount /sys",
			    "there is no type information of this kernel");
	if (code)
		return fail(err, code, "/sys/kernel/btf/vmlinux",
			    "boot a kernel built with CONFIG_DEBUG_INFO_BTF",
			    "the kernel's type information can't be read: %s", strerror(-code));
	cgroups_create("/sys/fs/cgroup", &c->cgroups);
	return 0;
}

static int readers_create(struct collect *c, struct collect_error *err)
{
	static const struct stream_lookups lookups = {
		.refresh = refresh,
		.stack = stack_read,
		.cgroup = cgroup_path,
	};
	struct stream_config config = { .lookups = &lookups, .ksyms = c->ksyms, .arg = c };
	int code = ring_create(bpf_map__fd(c->bpf->maps.ring), c->buffer_bytes, &c->ring);

	config.ring = c->ring;
	if (!code)
		code = stream_create(&config, &c->stream);
	if (!code && c->config.aggregates)
		code = live_create(c->bpf, &c->watched, &c->live);
	else if (!code)
		code = unended_create(c->bpf, &c->watched, &c->unended);
	return code ? fail(err, code, "memory of maps", "take a smaller --buffer-size", "%s",
			   strerror(-code)) :
		      0;
}

int collect_create(const struct collect_config *config, struct collect **out,
		   struct collect_error *err)
{
	struct collect *c = calloc(1, sizeof(*c));
	int nr_cpus, code = -ENOMEM;

	*out = NULL;
	libbpf_set_print(silent_print);
	nr_cpus = libbpf_num_possible_cpus();
	if (!c || nr_cpus < 0) {
		free(c);
		return fail(err, c ? nr_cpus : code, "possible CPUs", "is /sys mounted?",
			    "can't be read");
	}
	c->nr_cpus = nr_cpus;
	c->watched = *config->watched;
	c->config = *config;
	c->buffer_bytes = sizes_ring_bytes(config->buffer_bytes);
	c->probes = calloc(nr_probes, sizeof(*c->probes));
	c->described = calloc(nr_probes + 2, sizeof(*c->described));
	c->nr_lost = calloc(nr_cpus, sizeof(*c->nr_lost));
	c->told = calloc(nr_cpus, sizeof(*c->told));
	if (!c->probes || !c->described || !c->nr_lost || !c->told)
		fail(err, code, "memory", "free some", "%s", strerror(ENOMEM));
	else
		code = privilege_check(config, err);
	if (!code)
		code = kernel_check(c, config, err);
	if (!code)
		code = programs_load(c, err);
	if (!code)
		code = readers_create(c, err);
	if (code) {
		collect_destroy(c);
		return code;
	}
	*out = c;
	return 0;
}

/* What is no probe and all the same missing. */
static void describe_missing(struct collect *c, const char *name, int error, const char *loses)
{
	struct qpw_probe *r = &c->described[c->nr_described++];

	r->h.kind = QPW_META_PROBE;
	r->h.size = sizeof(*r);
	r->error = error;
	snprintf(r->name, sizeof(r->name), "%s", name);
	snprintf(r->loses, sizeof(r->loses), "%s", loses);
}

/* Without the symbol table no function has a name, and two are needed by their address. */
static void describe_ksyms(struct collect *c)
{
	char loses[QPW_TEXT_LEN];

	snprintf(loses, sizeof(loses), "names of functions, all samples, the tick told apart%s",
		 c->ksyms_error == -EPERM ? " (needs CAP_SYSLOG)" : "");
	describe_missing(c, "/proc/kallsyms", c->ksyms_error, loses);
}

int collect_attach(struct collect *c, struct collect_error *err)
{
	size_t i, nr_attached = probes_attach(c->probes, c->bpf->obj);
	/* else a task that is found would never be seen to leave */
	int not_noted = probes_have(c->probes, "sched_switch") ? running_note(c->bpf, &c->watched) :
								 0;
	uint64_t now = clock_now_ns();

	for (i = 0; i < nr_probes; i++)
		if (!c->probes[i].unwanted)
			probe_describe(&c->probes[i], &c->described[c->nr_described++]);
	if (c->ksyms_error)
		describe_ksyms(c);
	if (not_noted)
		describe_missing(
			c, "BPF_PROG_TEST_RUN", not_noted,
			"the time of tasks that had a watched CPU from before on, until they leave it");
	if (!nr_attached)
		return fail(err, -EPERM, "BPF programs",
			    "leave them a way (--without), or see what forbids tracing here",
			    "none could be attached");
	for (i = 0; i < c->nr_described; i++) {
		c->described[i].h.start_ns = now;
		c->described[i].h.end_ns = now;
		if (stream_put(c->stream, &c->described[i].h))
			return fail(err, -ENOMEM, "memory", "free some", "%s", strerror(ENOMEM));
	}
	return 0;
}

int collect_add_victim(struct collect *c, uint32_t tgid)
{
	return victims_add(c->bpf->bss->victims, COLLECT_MAX_VICTIMS, tgid, 0,
			   threads_any_realtime(tgid));
}

int collect_add_victim_thread(struct collect *c, uint32_t tgid, uint32_t tid)
{
	return victims_add(c->bpf->bss->victims, COLLECT_MAX_VICTIMS, tgid, tid, false);
}

void collect_remove_victim(struct collect *c, uint32_t tgid)
{
	victims_remove(c->bpf->bss->victims, COLLECT_MAX_VICTIMS, tgid);
}

void collect_count_runs(const struct collect *c, uint64_t *nr_runs, uint64_t *run_ns)
{
	probes_count_runs(c->probes, c->bpf->obj, nr_runs, run_ns);
}

size_t collect_probes(const struct collect *c, const struct qpw_probe **out)
{
	*out = c->described;
	return c->nr_described;
}

int collect_refusal(const struct collect *c, size_t i, enum qpw_probe_state state)
{
	return i < nr_probes && state < PROBE_STATES ? c->probes[i].refused[state] : 0;
}

struct event_source *collect_source(struct collect *c)
{
	return stream_source(c->stream);
}

int collect_explain_tables(struct collect *c)
{
	int ret;

	if (!c->live)
		return 0;
	ret = live_make_room(c->live) ?: live_read_waits(c->live, clock_now_ns());
	live_explain(c->live, c->stream);
	return ret;
}

const struct qpw_live_wait *collect_waits(const struct collect *c, size_t *nr)
{
	*nr = 0;
	return c->live ? live_waits(c->live, nr) : NULL;
}

const struct qpw_live_table *collect_look(struct collect *c, uint32_t i, uint32_t *cpu,
					  struct qpw_live_run runs[LIVE_RUNS], unsigned int *nr)
{
	*nr = 0;
	return c->live ? live_look(c->live, i, cpu, runs, nr) : NULL;
}

uint64_t collect_restart_tables(struct collect *c)
{
	return c->live ? live_restart(c->live) : 0;
}

static struct qpw_header window_record(const struct collect *c, uint64_t end_ns)
{
	struct qpw_header h = { .start_ns = c->window_start_ns,
				.end_ns = end_ns,
				.kind = QPW_META_WINDOW,
				.size = sizeof(h) };

	return h;
}

void collect_open_window(struct collect *c)
{
	struct qpw_header h;

	tell_skipped_judge(c);
	tell_counts(c, true);
	c->window_start_ns = c->live ? live_open_window(c->live) : clock_now_ns();
	h = window_record(c, 0);
	stream_put(c->stream, &h);
}

/* While programs and spares are both attached: they go one by one. */
static void detach(struct collect *c)
{
	const struct timespec pause = { .tv_nsec = SPARE_NS };

	tell_skipped_judge(c);
	nanosleep(&pause, NULL);
	tell_skipped_judge(c);
	probes_detach(c->probes);
}

void collect_end_window(struct collect *c)
{
	struct qpw_header h;

	if (c->window_ended)
		return;
	c->window_ended = true;
	/* tables are as of the last program's run: whatever that told is in the window, too */
	if (c->live)
		detach(c);
	h = window_record(c, clock_now_ns());
	if (!c->live)
		tell_skipped_judge(c);
	tell_counts(c, true);
	/* before what is still in the ring: its readers then know which records are too late */
	stream_put(c->stream, &h);
}

void collect_close(struct collect *c)
{
	collect_end_window(c);
	if (!c->live) {
		unended_look(c->unended);
		detach(c);
		unended_tell(c->unended, c->stream);
	}
	tell_losses(c, true);
	stream_finish(c->stream);
}

unsigned int collect_fill_percent(const struct collect *c)
{
	return 100 * ring_pending_bytes(c->ring) / c->buffer_bytes;
}

uint64_t collect_nr_lost(const struct collect *c)
{
	uint64_t sum = 0;
	uint32_t cpu;

	for (cpu = 0; cpu < c->nr_cpus; cpu++)
		sum += c->nr_lost[cpu];
	return sum;
}

uint64_t collect_nr_skipped(const struct collect *c)
{
	return c->nr_skipped;
}

void collect_destroy(struct collect *c)
{
	if (!c)
		return;
	if (c->probes)
		probes_detach(c->probes);
	stream_destroy(c->stream);
	live_destroy(c->live);
	unended_destroy(c->unended);
	ring_destroy(c->ring);
	qpw_bpf__destroy(c->bpf);
	ksyms_destroy(c->ksyms);
	cgroups_destroy(c->cgroups);
	free(c->probes);
	free(c->described);
	free(c->nr_lost);
	free(c->told);
	free(c);
}
