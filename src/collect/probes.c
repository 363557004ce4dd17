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

#include "collect/probes.h"
#include "collect/skeletons.h"
#include "util/array.h"

enum probe_kind {
	PROBE_TRACEPOINT,
	PROBE_RAW_TRACEPOINT, /* hands over a pointer to a function, which tp_btf can't read */
	PROBE_FUNCTION,
	/* the first two from a context in which newer kernels preempt programs */
	PROBE_TASK_TRACEPOINT,
	PROBE_TASK_RAW_TRACEPOINT,
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
	{ "sched_waking", PROBE_TRACEPOINT,
	  "the wake-up step of a sample; its time falls to the running step" },
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
	{ "csd_queue_cpu", PROBE_TRACEPOINT, "who asked for a function call on a watched CPU" },
	{ "csd_function_entry", PROBE_TRACEPOINT, "which function a call function IPI ran" },
	{ "csd_function_exit", PROBE_RAW_TRACEPOINT, "which function a call function IPI ran" },
	{ "__flush_work", PROBE_FUNCTION, "who waits in flush_work() and for which work" },
	{ "lru_add_drain_all", PROBE_FUNCTION, "who waits for LRU batches to be drained" },
	{ "lru_cache_disable", PROBE_FUNCTION, "who waits for LRU batches to be disabled" },
	{ "drain_all_stock", PROBE_FUNCTION, "who drains the memcg stocks and how long it takes" },
	{ "flush_rcu_sheaves_on_cache", PROBE_FUNCTION, "who waits for slab RCU sheaves" },
	{ "__kmem_cache_shrink", PROBE_FUNCTION, "who waits for a slab cache to shrink" },
	{ "qpw_queue", PROBE_TASK_TRACEPOINT, QPW_LOSES("queue or inline decisions") },
	{ "qpw_inline_begin", PROBE_TASK_TRACEPOINT, QPW_LOSES("inline runs") },
	{ "qpw_inline_end", PROBE_TASK_TRACEPOINT, QPW_LOSES("inline runs") },
	{ "qpw_flush_begin", PROBE_TASK_TRACEPOINT, QPW_LOSES("skipped flushes") },
	{ "qpw_flush_end", PROBE_TASK_TRACEPOINT, QPW_LOSES("skipped flushes") },
	{ "qpw_lock_contended_begin", PROBE_TASK_TRACEPOINT, QPW_LOSES("waits for qpw locks") },
	{ "qpw_lock_contended_end", PROBE_TASK_TRACEPOINT, QPW_LOSES("waits for qpw locks") },
};

const size_t nr_probes = ARRAY_SIZE(table);

static bool in_kernel(const struct btf *btf, const struct probe_info *info)
{
	char name[QPW_SYMBOL_LEN];

	if (info->kind == PROBE_FUNCTION)
		return btf__find_by_name_kind(btf, info->name, BTF_KIND_FUNC) > 0;
	snprintf(name, sizeof(name), "btf_trace_%s", info->name);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

/* 0 when this function's entry can be traced, or why not. */
static int trial_function(const char *function)
{
	struct trial_bpf *trial = trial_bpf__open();
	struct bpf_link *link;
	int err;

	if (!trial)
		return -errno;
	err = bpf_program__set_attach_target(trial->progs.trial, 0, function);
	if (!err)
		err = trial_bpf__load(trial);
	if (!err) {
		link = bpf_program__attach(trial->progs.trial);
		err = link ? 0 : -errno;
		bpf_link__destroy(link);
	}
	trial_bpf__destroy(trial);
	return err;
}

int probes_plan(struct probe *probes)
{
	static const enum qpw_probe_state states[] = {
		[PROBE_TRACEPOINT] = QPW_PROBE_TP_BTF,
		[PROBE_RAW_TRACEPOINT] = QPW_PROBE_RAW_TP,
		[PROBE_FUNCTION] = QPW_PROBE_FENTRY,
		[PROBE_TASK_TRACEPOINT] = QPW_PROBE_TP_BTF,
		[PROBE_TASK_RAW_TRACEPOINT] = QPW_PROBE_RAW_TP,
	};
	bool can_forbid_preemption;
	struct btf *btf = btf__load_vmlinux_btf();
	int trial = 1; /* not made yet; then 0 or -errno */
	size_t i;

	if (!btf)
		return -errno;
	can_forbid_preemption = btf__find_by_name_kind(btf, "bpf_preempt_disable", BTF_KIND_FUNC) >
				0;
	for (i = 0; i < nr_probes; i++) {
		struct probe *probe = &probes[i];

		memset(probe, 0, sizeof(*probe));
		probe->info = &table[i];
		probe->forbids_preemption = can_forbid_preemption;
		if (!in_kernel(btf, probe->info))
			continue;
		probe->state = states[probe->info->kind];
		if (probe->info->kind != PROBE_FUNCTION)
			continue;
		/* what holds for the first holds for all; refusals of single ones show at load */
		if (trial > 0)
			trial = trial_function(probe->info->name);
		if (trial)
			probe->state = QPW_PROBE_MISSING;
		probe->error = trial;
	}
	btf__free(btf);
	return 0;
}

/*
 * Prefixes of the names of programs: at each place (a function has two, its entry and its exit)
 * one, and one that is its spare where it comes from a task. The rest is NULL.
 */
static const char *program_prefix(const struct probe *probe, int place, int copy)
{
	static const char *const plain[PROBE_PLACES][PROBE_COPIES] = { { "on" } };
	static const char *const task[PROBE_PLACES][PROBE_COPIES] = { { "np", "spare" } };
	static const char *const function[PROBE_PLACES][PROBE_COPIES] = {
		{ "enter", "spare_enter" },
		{ "leave", "spare_leave" },
	};
	enum probe_kind kind = probe->info->kind;
	bool from_task = kind == PROBE_TASK_TRACEPOINT || kind == PROBE_TASK_RAW_TRACEPOINT;

	if (kind == PROBE_FUNCTION)
		return function[place][copy];
	return (from_task && probe->forbids_preemption ? task : plain)[place][copy];
}

/* NULL when the probe has no such program. */
static struct bpf_program *program_find(const struct probe *probe, struct bpf_object *obj,
					int place, int copy)
{
	const char *prefix = program_prefix(probe, place, copy);
	char name[QPW_SYMBOL_LEN];

	if (!prefix)
		return NULL;
	snprintf(name, sizeof(name), "%s_%s", prefix, probe->info->name);
	return bpf_object__find_program_by_name(obj, name);
}

static void probe_select(const struct probe *probe, struct bpf_object *obj)
{
	int place, copy;

	for (place = 0; place < PROBE_PLACES; place++) {
		for (copy = 0; copy < PROBE_COPIES; copy++) {
			struct bpf_program *program = program_find(probe, obj, place, copy);

			if (program)
				bpf_program__set_autoload(program,
							  probe->state != QPW_PROBE_MISSING);
		}
	}
}

void probes_select(const struct probe *probes, struct bpf_object *obj)
{
	size_t i;

	for (i = 0; i < nr_probes; i++)
		probe_select(&probes[i], obj);
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

/* The exit goes first: a begin without an end would only leave things behind. */
static int probe_attach(struct probe *probe, struct bpf_object *obj)
{
	int place, copy, err;

	for (place = PROBE_PLACES - 1; place >= 0; place--) {
		for (copy = 0; copy < PROBE_COPIES; copy++) {
			struct bpf_program *program = program_find(probe, obj, place, copy);

			if (!program)
				continue;
			probe->links[place][copy] = bpf_program__attach(program);
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

		if (probe->state == QPW_PROBE_MISSING)
			continue;
		probe->error = probe_attach(probe, obj);
		if (probe->error)
			probe->state = QPW_PROBE_MISSING;
		else
			nr_attached++;
	}
	return nr_attached;
}

static uint64_t program_nr_missed(struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
		return 0;
	return info.recursion_misses;
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
			by_spare = spare && nr ? program_nr_missed(spare) : nr;
			out->nr_missed += nr;
			out->nr_missed_twice += by_spare < nr ? by_spare : nr;
		}
	}
}

void probes_detach(struct probe *probes)
{
	size_t i;

	for (i = 0; i < nr_probes; i++)
		probe_detach(&probes[i]);
}

void probe_describe(const struct probe *probe, struct qpw_probe *out)
{
	memset(out, 0, sizeof(*out));
	out->h.kind = QPW_META_PROBE;
	out->h.size = sizeof(*out);
	out->state = probe->state;
	out->error = probe->error;
	snprintf(out->name, sizeof(out->name), "%s", probe->info->name);
	snprintf(out->loses, sizeof(out->loses), "%s", probe->info->loses);
}
