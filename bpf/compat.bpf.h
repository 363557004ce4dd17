/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between kernels 6.1 and 7.3, one function for each difference; nothing else in the
 * kernel half asks which kernel it runs on. Tracepoints and functions that some kernels lack are
 * not handled here: user space leaves their programs unloaded.
 */
#ifndef QPW_BPF_COMPAT_H
#define QPW_BPF_COMPAT_H

#include "kernel_types.bpf.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/*
 * Functions of the kernel for programs, since 6.10. Weak: the object loads without them as long as
 * no program that calls them is loaded.
 */
void bpf_preempt_disable(void) __weak __ksym;
void bpf_preempt_enable(void) __weak __ksym;

/*
 * Since 6.2: a number as a pointer that can be followed. Called where user space found it alone;
 * what the verifier removes need not be there.
 */
void *bpf_rdonly_cast(const void *number, u32 type) __weak __ksym;
const volatile __u32 has_cast;

/*
 * Set by user space before loading. A program on a tracepoint that the kernel knows the types of
 * (tp_btf) may follow the pointers that it is handed. To all others they are mere numbers, and what
 * they point to has to be copied out, which takes longer but works everywhere. The verifier knows
 * the value and removes the way that is not taken.
 */
const volatile __u32 copies_fields;

#define FIELD(pointer, field) (copies_fields ? BPF_CORE_READ(pointer, field) : (pointer)->field)

/*
 * Low bits of work_struct.data that are not part of the pool_workqueue's address. The enumeration
 * got a name in 6.10 and its size depends on CONFIG_DEBUG_OBJECTS_WORK; older kernels have 8 bits
 * unless built with that debugging.
 */
static __always_inline u64 compat_pwq_mask(void)
{
	u64 shift = 8;

	if (bpf_core_enum_value_exists(enum work_bits, WORK_STRUCT_PWQ_SHIFT))
		shift = bpf_core_enum_value(enum work_bits, WORK_STRUCT_PWQ_SHIFT);
	return ~((1ULL << shift) - 1);
}

/*
 * Whose sleep a timer ends, it being that of a struct hrtimer_sleeper: the thread group, 0 when
 * the sleep is over, and the thread, whose fields are to be read with the macro. Asked of every
 * sleep on watched CPUs, so it is followed where it can be: copying takes longer than all the rest.
 */
#define SLEEPER_FIELD(task, field) (!has_cast ? BPF_CORE_READ(task, field) : (task)->field)

static __always_inline u32 compat_sleeper(struct hrtimer *timer, struct task_struct **task)
{
	struct hrtimer_sleeper *sleeper = (struct hrtimer_sleeper *)timer;

	if (has_cast) {
		sleeper = bpf_rdonly_cast(timer, bpf_core_type_id_kernel(struct hrtimer_sleeper));
		*task = sleeper->task;
		return *task ? (*task)->tgid : 0;
	}
	*task = BPF_CORE_READ(sleeper, task);
	return *task ? SLEEPER_FIELD(*task, tgid) : 0;
}

/*
 * The programmed expiry on CLOCK_MONOTONIC. _softexpires is what the sleeper asked for (slack comes
 * on top) and, unlike the node below the timer queue, which was reworked in 7.2, it never moved.
 * Bases of other clocks differ from CLOCK_MONOTONIC by their offset.
 */
static __always_inline u64 compat_expiry_ns(struct hrtimer *timer)
{
	struct hrtimer_clock_base *base = FIELD(timer, base);
	s64 expiry = FIELD(timer, _softexpires);

	if (FIELD(base, clockid) != CLOCKID_MONOTONIC)
		expiry -= FIELD(base, offset);
	return expiry;
}

#endif
