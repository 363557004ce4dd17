/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watched CPUs that are taken offline or brought back while they are watched, from the steps that
 * another CPU takes for that. Knows no other source of events.
 */
#ifndef QPW_BPF_HOTPLUG_H
#define QPW_BPF_HOTPLUG_H

#include "emit.bpf.h"

/*
 * A step is done. Taking down is a step of its own. That of bringing up is one of the way down,
 * too: the state reached is below it then. Once it is done on the way up all later ones are, too.
 */
static __always_inline int hotplug_step(u32 cpu, int state, int step, int ret)
{
	int takes_down = bpf_core_enum_value(enum cpuhp_state, CPUHP_TEARDOWN_CPU);
	int brings_up = bpf_core_enum_value(enum cpuhp_state, CPUHP_BRINGUP_CPU);
	struct qpw_hotplug *r;
	u64 now;

	if (ret || !cpu_is_watched(cpu))
		return 0;
	if (step != takes_down && (step != brings_up || state < step))
		return 0;
	now = bpf_ktime_get_ns();
	r = EMIT(struct qpw_hotplug, QPW_META_HOTPLUG, cpu, now, now, 0);
	if (!r)
		return 0;
	r->online = step == brings_up;
	r->pad = 0;
	emit_submit(r);
	return 0;
}

#endif
