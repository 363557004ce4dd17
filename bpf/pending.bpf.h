/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intervals that a task opens and closes around something it may sleep in, on whatever CPU: kept by
 * task and object from the beginning to the end. Knows no record kinds.
 */
#ifndef QPW_BPF_PENDING_H
#define QPW_BPF_PENDING_H

#include "emit.bpf.h"

#include "qpw/live.h"

#define PENDING_MAX_NS 10000000000ULL

/* LRU: an end that was missed must not fill the map. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192); /* grown by user space with the number of CPUs */
	__type(key, struct qpw_pending_key);
	__type(value, struct qpw_pending);
} pendings SEC(".maps");

/* Interrupts of idle CPUs have no task to tell them apart. */
static __always_inline u32 pending_pid(void)
{
	u32 pid = (u32)bpf_get_current_pid_tgid();

	return pid ? pid : 1U << 31 | bpf_get_smp_processor_id();
}

static __always_inline void pending_put(const struct qpw_pending_key *key,
					const struct qpw_pending *pending)
{
	struct cpu_slot *here = helper_enter();

	bpf_map_update_elem(&pendings, key, pending, BPF_ANY);
	helper_leave(here);
}

/* 0, or -errno when it is not there. */
static __always_inline long pending_delete(const struct qpw_pending_key *key)
{
	struct cpu_slot *here = helper_enter();
	long err = bpf_map_delete_elem(&pendings, key);

	helper_leave(here);
	return err;
}

/*
 * Put one in. The spare does so only if the program itself has not just done it: what is there and
 * checked is left over from an end that was missed.
 */
static __always_inline void pending_begin(u64 object, u32 what, u64 function, u32 target_cpu,
					  bool spare)
{
	struct qpw_pending_key key = { .object = object, .what = what };
	struct qpw_pending pending = { .function = function, .target_cpu = target_cpu };
	struct qpw_pending *done;

	key.pid = pending_pid();
	if (spare) {
		done = bpf_map_lookup_elem(&pendings, &key);
		if (done && !done->checked) {
			done->checked = 1;
			return;
		}
		pending.checked = 1;
		spare_steps_in();
	}
	if (aggregates && qpw_pending_is_wait(what))
		bpf_get_current_comm(pending.comm, sizeof(pending.comm));
	pending.ns = bpf_ktime_get_ns();
	pending_put(&key, &pending);
}

/*
 * What has begun goes on in another way: its beginning stays. False when nothing has, or its end
 * must have been missed: it began long ago, or the upper half of its function was another one.
 */
static __always_inline bool pending_goes_on(u64 object, u32 what, u64 function)
{
	struct qpw_pending_key key = { .object = object, .what = what };
	struct qpw_pending *pending;

	key.pid = pending_pid();
	pending = bpf_map_lookup_elem(&pendings, &key);
	if (!pending || bpf_ktime_get_ns() - pending->ns > PENDING_MAX_NS ||
	    (pending->function ^ function) >> 32)
		return false;
	pending->function = function;
	return true;
}

/* Take it out; false when its beginning was not seen, or when the spare finds it already done. */
static __always_inline bool pending_end(u64 object, u32 what, struct qpw_pending *out, bool spare)
{
	struct qpw_pending_key key = { .object = object, .what = what };
	struct qpw_pending *pending;

	key.pid = pending_pid();
	pending = bpf_map_lookup_elem(&pendings, &key);
	if (!pending)
		return false;
	*out = *pending;
	pending_delete(&key);
	if (spare)
		spare_steps_in();
	return true;
}

/* A point in time, told twice: true when it is to be recorded now. */
static __always_inline bool pending_point(u64 object, u32 what, bool spare)
{
	struct qpw_pending_key key = { .object = object, .what = what };
	struct qpw_pending mark = {};

	key.pid = pending_pid();
	if (!spare) {
		pending_put(&key, &mark);
		return true;
	}
	if (!pending_delete(&key))
		return false;
	spare_steps_in();
	return true;
}

#endif
