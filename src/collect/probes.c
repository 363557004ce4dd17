// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints are found in the kernel's BTF by the typedef btf_trace_NAME, functions by their name.
 * Programs are found by the names that bpf/qpw.bpf.c gives them.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "collect/functions.h"
#include "collect/ksyms.h"
#include "collect/probes.h"
#include "util/array.h"

enum probe_kind {
	PROBE_TRACEPOINT,
	PROBE_RAW_TRACEPOINT,	 /* hands over a pointer to a function, which tp_btf can't read */
	PROBE_LENGTH_TRACEPOINT, /* the same, and only records need it */
	PROBE_FUNCTION,
	PROBE_DRAIN, /* a function of whose arguments nothing is looked at */
	/* what their programs miss is told beside their figures, as no interruption is lost */
	PROBE_ASIDE_TRACEPOINT,	 /* a wait for a lock */
	PROBE_ORIGIN_TRACEPOINT, /* who sent or woke, who was moved */
	/* slows down all tasks, so it has to be asked for; the same holds for what it misses */
	PROBE_COSTLY_TRACEPOINT,
	/* the first two from a context in which newer kernels preempt programs */
	PROBE_TASK_TRACEPOINT,
	PROBE_TASK_RAW_TRACEPOINT,
};

/* What a probe can be loaded as, best first. */
enum {
	KIND_TP_BTF = 1 << QPW_PROBE_TP_BTF,
	KIND_RAW_TP = 1 << QPW_PROBE_RAW_TP,
	KIND_TRACEPOINT = 1 << QPW_PROBE_TRACEPOINT,
	KIND_FENTRY = 1 << QPW_PROBE_FENTRY,
	KIND_KPROBE = 1 << QPW_PROBE_KPROBE,
};

struct probe_info {
	const char *name;
	enum probe_kind kind;
	const char *loses;
};

#define IPI_LOSES(what) what " on watched CPUs"
#define OTHER_LOSES IPI_LOSES("other APIC interrupts")
#define QPW_LOSES(what) what "; the kernel has no QPW trace events"

static const struct probe_info table[] = {
	{ "sched_switch", PROBE_TRACEPOINT,
	  "runs of threads, parts of work items, end of the victim's wake-ups: no samples" },
	{ "sched_waking", PROBE_ORIGIN_TRACEPOINT,
	  "the wake-up step of a sample (its time falls to the running step); who woke a thread" },
	{ "sched_wakeup_new", PROBE_ORIGIN_TRACEPOINT, "who started a new task on a watched CPU" },
	{ "sched_migrate_task", PROBE_ORIGIN_TRACEPOINT,
	  "tasks moved to watched CPUs, and who moved them" },
	{ "workqueue_queue_work", PROBE_TRACEPOINT,
	  "work queued to watched CPUs, who queued it, queue to execute times" },
	{ "workqueue_execute_start", PROBE_TASK_TRACEPOINT,
	  "executions of work items and their times" },
	{ "workqueue_execute_end", PROBE_TASK_RAW_TRACEPOINT,
	  "the end of executions of work items" },
	{ "irq_handler_entry", PROBE_TRACEPOINT, "device interrupts" },
	{ "irq_handler_exit", PROBE_TRACEPOINT, "device interrupts" },
	{ "softirq_entry", PROBE_TRACEPOINT, "softirqs" },
	{ "softirq_exit", PROBE_TRACEPOINT, "softirqs" },
	{ "local_timer_entry", PROBE_TRACEPOINT, "timer interrupts, the tick among them" },
	{ "local_timer_exit", PROBE_TRACEPOINT, "timer interrupts, the tick among them" },
	{ "hrtimer_expire_entry", PROBE_TRACEPOINT,
	  "the victim's samples; what a timer interrupt was for, the tick told apart" },
	{ "hrtimer_expire_exit", PROBE_TRACEPOINT, "what a timer interrupt was for" },
	{ "hrtimer_start_expired", PROBE_TRACEPOINT,
	  "samples of a victim too late to sleep at all" },
	{ "nmi_handler", PROBE_TRACEPOINT, "non-maskable interrupts" },
	{ "reschedule_entry", PROBE_TRACEPOINT, IPI_LOSES("reschedule IPIs") },
	{ "reschedule_exit", PROBE_TRACEPOINT, IPI_LOSES("reschedule IPIs") },
	{ "call_function_entry", PROBE_TRACEPOINT, IPI_LOSES("call function IPIs") },
	{ "call_function_exit", PROBE_TRACEPOINT, IPI_LOSES("call function IPIs") },
	{ "call_function_single_entry", PROBE_TRACEPOINT, IPI_LOSES("single call function IPIs") },
	{ "call_function_single_exit", PROBE_TRACEPOINT, IPI_LOSES("single call function IPIs") },
	{ "irq_work_entry", PROBE_TRACEPOINT, IPI_LOSES("irq_work interrupts") },
	{ "irq_work_exit", PROBE_TRACEPOINT, IPI_LOSES("irq_work interrupts") },
	{ "x86_platform_ipi_entry", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "x86_platform_ipi_exit", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "error_apic_entry", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "error_apic_exit", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "spurious_apic_entry", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "spurious_apic_exit", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "thermal_apic_entry", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "thermal_apic_exit", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "threshold_apic_entry", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "threshold_apic_exit", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "deferred_error_apic_entry", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "deferred_error_apic_exit", PROBE_TRACEPOINT, OTHER_LOSES },
	{ "ipi_send_cpu", PROBE_ORIGIN_TRACEPOINT,
	  "who sent reschedule IPIs and irq_works, from where" },
	{ "csd_queue_cpu", PROBE_ORIGIN_TRACEPOINT,
	  "who asked for a function call on a watched CPU, from where" },
	{ "csd_function_entry", PROBE_RAW_TRACEPOINT, "which function a call function IPI ran" },
	{ "csd_function_exit", PROBE_LENGTH_TRACEPOINT, "which function a call function IPI ran" },
	{ "__flush_work", PROBE_FUNCTION, "who waits in flush_work() and for which work" },
	{ "lru_add_drain_all", PROBE_DRAIN, "who waits for LRU batches to be drained" },
	{ "lru_cache_disable", PROBE_DRAIN, "who waits for LRU batches to be disabled" },
	{ "drain_all_stock", PROBE_DRAIN, "who drains the memcg stocks and how long it takes" },
	{ "flush_rcu_sheaves_on_cache", PROBE_DRAIN, "who waits for slab RCU sheaves" },
	{ "__kmem_cache_shrink", PROBE_DRAIN, "who waits for a slab cache to shrink" },
	{ "cpuhp_exit", PROBE_TRACEPOINT, "watched CPUs that go offline and come back" },
	{ "qpw_queue", PROBE_TASK_TRACEPOINT, QPW_LOSES("queue or inline decisions") },
	{ "qpw_inline_begin", PROBE_TASK_TRACEPOINT, QPW_LOSES("inline runs") },
	{ "qpw_inline_end", PROBE_TASK_TRACEPOINT, QPW_LOSES("inline runs") },
	{ "qpw_flush_begin", PROBE_TASK_TRACEPOINT, QPW_LOSES("skipped flushes") },
	{ "qpw_flush_end", PROBE_TASK_TRACEPOINT, QPW_LOSES("skipped flushes") },
	{ "qpw_lock_contended_begin", PROBE_TASK_TRACEPOINT, QPW_LOSES("waits for qpw locks") },
	{ "qpw_lock_contended_end", PROBE_TASK_TRACEPOINT, QPW_LOSES("waits for qpw locks") },
	{ "contention_begin", PROBE_ASIDE_TRACEPOINT, "waits for contended locks on watched CPUs" },
	{ "contention_end", PROBE_ASIDE_TRACEPOINT, "waits for contended locks on watched CPUs" },
	{ "tick_stop", PROBE_TRACEPOINT, "when the tick was stopped, or what kept it" },
	{ "page_fault_user", PROBE_TRACEPOINT, "the victim's page faults" },
	{ "page_fault_kernel", PROBE_TRACEPOINT, "the victim's page faults" },
	{ "sys_enter", PROBE_COSTLY_TRACEPOINT, "the victim's system calls" },
};

const size_t nr_probes = ARRAY_SIZE(table);

/*
 * What tracepoints have held since 7.0 while they call programs; it lets these be preempted. Before
 * that they forbade preemption, and a program and its spare were only two where one does.
 */
#define TRACEPOINT_GUARD "class_srcu_fast_notrace_t"

static bool is_function(const struct probe_info *info)
{
	return info->kind == PROBE_FUNCTION || info->kind == PROBE_DRAIN;
}

static bool in_kernel(const struct btf *btf, const struct probe_info *info)
{
	char name[QPW_SYMBOL_LEN];

	if (is_function(info))
		return function_in_kernel(btf, info->name);
	snprintf(name, sizeof(name), "btf_trace_%s", info->name);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

/* Where a kprobe goes. */
static const char *probe_symbol(const struct probe *probe)
{
	return probe->state == QPW_PROBE_KPROBE && probe->part[0] ? probe->part : probe->name;
}

/* forbidden: by state, what was found forbidden for one function, and so for all. */
static void probe_try_function(struct probe *probe, int *forbidden)
{
	int err;

	while (probe->state != QPW_PROBE_MISSING) {
		err = forbidden[probe->state];
		if (!err)
			err = function_trial(probe_symbol(probe), probe->state);
		if (err == -EPERM || err == -EACCES)
			forbidden[probe->state] = err;
		if (!err)
			return;
		probe_step_down(probe, err);
	}
}

/*
 * Prefixes of the names of programs: at each place (a function has two, its entry and its exit)
 * one, and one that is its spare where it comes from a task. The rest is NULL.
 */
static const char *program_prefix(const struct probe *probe, int place, int copy)
{
	static const char *const on[PROBE_PLACES][PROBE_COPIES] = { { "on" } };
	static const char *const task[PROBE_PLACES][PROBE_COPIES] = { { "np", "spare" } };
	static const char *const plain[PROBE_PLACES][PROBE_COPIES] = { { "plain" } };
	static const char *const fentry[PROBE_PLACES][PROBE_COPIES] = {
		{ "enter", "spare_enter" },
		{ "leave", "spare_leave" },
	};
	static const char *const kprobe[PROBE_PLACES][PROBE_COPIES] = {
		{ "kprobe_enter" },
		{ "kprobe_leave" },
	};
	enum probe_kind kind = probe->info->kind;
	bool from_task = kind == PROBE_TASK_TRACEPOINT || kind == PROBE_TASK_RAW_TRACEPOINT;

	switch (probe->state) {
	case QPW_PROBE_MISSING:
		return NULL;
	case QPW_PROBE_TRACEPOINT:
		return plain[place][copy];
	case QPW_PROBE_FENTRY:
		return fentry[place][copy];
	case QPW_PROBE_KPROBE:
		return kprobe[place][copy];
	default:
		return (from_task && probe->preempted ? task : on)[place][copy];
	}
}

/* NULL when the probe has no such program. */
static struct bpf_program *program_find(const struct probe *probe, const struct bpf_object *obj,
					int place, int copy)
{
	const char *prefix = program_prefix(probe, place, copy);
	char name[QPW_SYMBOL_LEN];

	if (!prefix)
		return NULL;
	snprintf(name, sizeof(name), "%s_%s", prefix, probe->name);
	return bpf_object__find_program_by_name(obj, name);
}

bool probe_step_down(struct probe *probe, int error)
{
	enum qpw_probe_state below = probe->state;

	if (below != QPW_PROBE_MISSING)
		probe->refused[below] = error;
	probe->state = QPW_PROBE_MISSING;
	/* the numbers of states are in this order, among tracepoints and among functions */
	while (++below < PROBE_STATES) {
		if (!(probe->kinds & 1U << below) || probe->refused[below])
			continue;
		probe->state = below;
		return true;
	}
	return false;
}

/* The states that a probe in the kernel can have; the first that it may have becomes its own. */
static void probe_plan(struct probe *probe, const struct bpf_object *obj, unsigned int without)
{
	static const unsigned int kinds[] = {
		[PROBE_TRACEPOINT] = KIND_TP_BTF | KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_RAW_TRACEPOINT] = KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_LENGTH_TRACEPOINT] = KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_FUNCTION] = KIND_FENTRY | KIND_KPROBE,
		[PROBE_DRAIN] = KIND_FENTRY | KIND_KPROBE,
		[PROBE_ASIDE_TRACEPOINT] = KIND_TP_BTF | KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_ORIGIN_TRACEPOINT] = KIND_TP_BTF | KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_COSTLY_TRACEPOINT] = KIND_TP_BTF | KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_TASK_TRACEPOINT] = KIND_TP_BTF | KIND_RAW_TP | KIND_TRACEPOINT,
		[PROBE_TASK_RAW_TRACEPOINT] = KIND_RAW_TP | KIND_TRACEPOINT,
	};
	int state;

	for (state = QPW_PROBE_MISSING + 1; state < PROBE_STATES; state++) {
		probe->state = (enum qpw_probe_state)state;
		if (!(kinds[probe->info->kind] & 1U << state) || !program_find(probe, obj, 0, 0))
			continue;
		probe->kinds |= 1U << state;
		if (without & 1U << state)
			probe->refused[state] = -ECANCELED;
	}
	probe->state = QPW_PROBE_MISSING;
	probe_step_down(probe, 0);
}

/*
 * Where the compiler has put the body of a function into one of its own, callers in the same file
 * call that one alone. Only a kprobe finds it, and it hands over what the compiler thinks fit.
 */
static bool plan_part(struct probe *probe, const struct bpf_object *obj, const struct ksyms *ksyms,
		      unsigned int without, int *forbidden)
{
	if (probe->info->kind != PROBE_DRAIN || !ksyms)
		return false;
	snprintf(probe->part, sizeof(probe->part), "%s.part.0", probe->name);
	if (ksyms_address(ksyms, probe->part)) {
		probe_plan(probe, obj, without | KIND_FENTRY);
		probe_try_function(probe, forbidden);
	}
	if (probe->state == QPW_PROBE_KPROBE)
		return true;
	probe->part[0] = '\0';
	memset(probe->refused, 0, sizeof(probe->refused));
	return false;
}

static void plan_function(struct probe *probe, const struct btf *btf, const struct bpf_object *obj,
			  const struct ksyms *ksyms, unsigned int without, int *forbidden)
{
	if (plan_part(probe, obj, ksyms, without, forbidden))
		return;
	if (!in_kernel(btf, probe->info)) {
		const char *other = function_stand_in(btf, probe->name);

		if (!other)
			return;
		probe->name = other;
	}
	probe_plan(probe, obj, without);
	probe_try_function(probe, forbidden);
}

static bool is_unwanted(enum probe_kind kind, const struct probe_wishes *wishes)
{
	return (kind == PROBE_COSTLY_TRACEPOINT && !wishes->costly) ||
	       (kind == PROBE_LENGTH_TRACEPOINT && wishes->aggregated);
}

bool probes_have(const struct probe *probes, const char *name)
{
	size_t i;

	for (i = 0; i < nr_probes; i++)
		if (!strcmp(table[i].name, name))
			return probes[i].state != QPW_PROBE_MISSING;
	return false;
}

int probes_plan(struct probe *probes, const struct bpf_object *obj, const struct ksyms *ksyms,
		const struct probe_wishes *wishes)
{
	bool preempted, can_cast;
	struct btf *btf = btf__load_vmlinux_btf();
	int forbidden[PROBE_STATES] = { 0 };
	size_t i;

	if (!btf)
		return -errno;
	preempted = function_in_kernel(btf, "bpf_preempt_disable") &&
		    btf__find_by_name_kind(btf, TRACEPOINT_GUARD, BTF_KIND_TYPEDEF) > 0;
	can_cast = function_in_kernel(btf, "bpf_rdonly_cast");
	for (i = 0; i < nr_probes; i++) {
		struct probe *probe = &probes[i];

		memset(probe, 0, sizeof(*probe));
		probe->info = &table[i];
		probe->name = table[i].name;
		probe->preempted = preempted;
		probe->can_cast = can_cast;
		probe->unwanted = is_unwanted(probe->info->kind, wishes);
		if (is_function(probe->info))
			plan_function(probe, btf, obj, ksyms, wishes->without, forbidden);
		else if (!probe->unwanted && in_kernel(btf, probe->info))
			probe_plan(probe, obj, wishes->without);
	}
	btf__free(btf);
	return 0;
}

/* From raw_tp to tp_btf. What fails here is refused by the kernel at load. */
static void program_know_types(struct bpf_program *program, const char *tracepoint)
{
	bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
	bpf_program__set_expected_attach_type(program, BPF_TRACE_RAW_TP);
	bpf_program__set_attach_target(program, 0, tracepoint);
}

static void probe_select(const struct probe *probe, struct bpf_object *obj)
{
	int place, copy;

	for (place = 0; place < PROBE_PLACES; place++) {
		for (copy = 0; copy < PROBE_COPIES; copy++) {
			struct bpf_program *program = program_find(probe, obj, place, copy);

			if (!program)
				continue;
			bpf_program__set_autoload(program, true);
			if (probe->state == QPW_PROBE_TP_BTF)
				program_know_types(program, probe->name);
		}
	}
}

void probes_select(const struct probe *probes, struct bpf_object *obj)
{
	size_t i;

	for (i = 0; i < nr_probes; i++)
		probe_select(&probes[i], obj);
}

/* Those that are raw_tp at best get no pointer that they follow. */
bool probes_copy_fields(const struct probe *probes)
{
	size_t i;

	for (i = 0; i < nr_probes; i++) {
		bool could_follow = probes[i].kinds & KIND_TP_BTF;

		if (probes[i].state == QPW_PROBE_TRACEPOINT ||
		    (probes[i].state == QPW_PROBE_RAW_TP && could_follow))
			return true;
	}
	return false;
}

bool probes_can_cast(const struct probe *probes)
{
	return probes[0].can_cast;
}

static void probe_detach(struct probe *probe)
{
	int place, copy;

	for (place = 0; place < PROBE_PLACES; place++) {
		for (copy = 0; copy < PROBE_COPIES; copy++) {
			bpf_link__destroy(probe->links[place][copy]);
			probe->links[place][copy] = NULL;
		}
	}
}

static struct bpf_link *program_attach(const struct probe *probe, struct bpf_program *program,
				       bool at_return)
{
	if (probe->state == QPW_PROBE_TP_BTF)
		return bpf_program__attach_trace(program);
	if (probe->state == QPW_PROBE_KPROBE)
		return bpf_program__attach_kprobe(program, at_return, probe_symbol(probe));
	return bpf_program__attach(program);
}

/* The exit goes first: a begin without an end would only leave things behind. */
static int probe_attach(struct probe *probe, struct bpf_object *obj)
{
	int place, copy, err;

	for (place = PROBE_PLACES - 1; place >= 0; place--) {
		for (copy = 0; copy < PROBE_COPIES; copy++) {
			struct bpf_program *program = program_find(probe, obj, place, copy);

			if (!program)
				continue;
			probe->links[place][copy] = program_attach(probe, program, place > 0);
			if (!probe->links[place][copy]) {
				err = -errno;
				probe_detach(probe);
				return err;
			}
		}
	}
	return 0;
}

size_t probes_attach(struct probe *probes, struct bpf_object *obj)
{
	size_t i, nr_attached = 0;

	for (i = 0; i < nr_probes; i++) {
		struct probe *probe = &probes[i];
		int err;

		if (probe->state == QPW_PROBE_MISSING)
			continue;
		err = probe_attach(probe, obj);
		if (err) {
			probe->refused[probe->state] = err;
			probe->state = QPW_PROBE_MISSING;
		} else {
			nr_attached++;
		}
	}
	return nr_attached;
}

/* All figures are 0 when it can't be read. */
static struct bpf_prog_info program_info(struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
		memset(&info, 0, sizeof(info));
	return info;
}

static uint64_t program_nr_missed(struct bpf_program *program)
{
	return program_info(program).recursion_misses;
}

/*
 * What a kprobe missed before it came to running programs: it was hit inside of another, or more
 * calls were under way than returns can be told of. The kernel tells since 6.7; the C library's
 * headers may be older than that, so here is the part of its struct bpf_link_info for a kprobe.
 */
static uint64_t kprobe_nr_missed(const struct bpf_link *link)
{
	struct {
		uint32_t type, id, prog_id, pad;
		uint32_t event_type, event_pad;
		uint64_t name;
		uint32_t name_len, offset;
		uint64_t address;
		uint64_t missed;
	} info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &len) || len < sizeof(info))
		return 0;
	return info.missed;
}

static bool is_told_aside(enum probe_kind kind)
{
	return kind == PROBE_ASIDE_TRACEPOINT || kind == PROBE_ORIGIN_TRACEPOINT ||
	       kind == PROBE_COSTLY_TRACEPOINT;
}

void probes_count_missed(const struct probe *probes, struct bpf_object *obj,
			 struct probe_misses *out)
{
	size_t i;
	int place;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < nr_probes; i++) {
		for (place = 0; place < PROBE_PLACES; place++) {
			struct bpf_program *program = program_find(&probes[i], obj, place, 0);
			struct bpf_program *spare = program_find(&probes[i], obj, place, 1);
			uint64_t nr, by_spare;

			if (!program || probes[i].state == QPW_PROBE_MISSING)
				continue;
			nr = program_nr_missed(program);
			if (probes[i].info->kind == PROBE_COSTLY_TRACEPOINT)
				out->nr_system_calls += nr;
			if (probes[i].info->kind == PROBE_ASIDE_TRACEPOINT)
				out->nr_lock_events += nr;
			if (probes[i].info->kind == PROBE_ORIGIN_TRACEPOINT)
				out->nr_origins += nr;
			if (is_told_aside(probes[i].info->kind))
				continue;
			if (probes[i].state == QPW_PROBE_KPROBE)
				nr += kprobe_nr_missed(probes[i].links[place][0]);
			by_spare = spare && nr ? program_nr_missed(spare) : nr;
			out->nr_missed += nr;
			out->nr_missed_twice += by_spare < nr ? by_spare : nr;
		}
	}
}

void probes_count_runs(const struct probe *probes, struct bpf_object *obj, uint64_t *nr_runs,
		       uint64_t *run_ns)
{
	size_t i;
	int n;

	*nr_runs = 0;
	*run_ns = 0;
	for (i = 0; i < nr_probes; i++) {
		if (probes[i].state == QPW_PROBE_MISSING)
			continue;
		for (n = 0; n < PROBE_PLACES * PROBE_COPIES; n++) {
			struct bpf_program *program =
				program_find(&probes[i], obj, n / PROBE_COPIES, n % PROBE_COPIES);
			struct bpf_prog_info info = { 0 };

			if (program)
				info = program_info(program);
			*nr_runs += info.run_cnt;
			*run_ns += info.run_time_ns;
		}
	}
}

void probes_detach(struct probe *probes)
{
	size_t i;

	for (i = 0; i < nr_probes; i++)
		probe_detach(&probes[i]);
}

/* The best kind that was refused speaks for all: it is what there should be. */
static int probe_error(const struct probe *probe)
{
	int state;

	for (state = 0; state < PROBE_STATES; state++) {
		if (probe->refused[state])
			return probe->refused[state];
	}
	return 0;
}

void probe_describe(const struct probe *probe, struct qpw_probe *out)
{
	memset(out, 0, sizeof(*out));
	out->h.kind = QPW_META_PROBE;
	out->h.size = sizeof(*out);
	out->state = probe->state;
	out->error = probe->state == QPW_PROBE_MISSING ? probe_error(probe) : 0;
	snprintf(out->name, sizeof(out->name), "%s", probe_symbol(probe));
	snprintf(out->loses, sizeof(out->loses), "%s", probe->info->loses);
}
