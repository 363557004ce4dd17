// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes small traces for the golden tests: make_trace NAME FILE. The figures that a report must
 * give for them are worked out in the comments, not taken from a report.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../records.h"
#include "store/trace.h"
#include "util/array.h"

#define SECOND UINT64_C(1000000000)
#define FN_LRU 0xffffffff81200000U
#define FN_TICK 0xffffffff81200100U
#define FN_WAKEUP 0xffffffff81200200U
#define FN_SHEAVES 0xffffffff81200300U
#define FN_QUEUE 0xffffffff8100051fU
#define FN_DRAIN_ALL 0xffffffff810008eeU
#define FN_SYSCTL 0xffffffff81000b8dU
#define FN_MEMBARRIER 0xffffffff81200410U
#define FN_ON_EACH 0xffffffff81200520U
#define FN_HOSTILE 0xffffffff81200630U

static const struct host_facts lab = {
	.hostname = "lab",
	.release = "7.2.13-qpw",
	.version = "#1 SMP PREEMPT_DYNAMIC",
	.machine = "x86_64",
	.cmdline = "isolcpus=1 nohz_full=1 rcu_nocbs=1 qpw=0",
	.possible = "0-1",
	.online = "0-1",
	.isolated = "1",
	.nohz_full = "1",
	.watched = "1",
	.clocksource = "tsc",
	.hypervisor = "yes",
	.mode = HOST_MODE_QPW_OFF,
	.mode_reason = "parameter",
	.tool_version = "0.1.0",
	.started_utc = "2001-09-09T01:46:40Z",
	.victim = "cyclictest",
	.kernel_config = "HZ=250 PREEMPT=y NO_HZ_FULL=y",
	.preemption = "full",
	.settings = {
		.housekeeping = "0",
		.command = "churn <b>1</b>",
		.duration_ns = "4000000000",
		.warm_up_ns = "0",
		.priority = "f:95",
		.period_us = "1000",
		.threshold_ns = "50000",
		.on_threshold = "stop shell:date",
		.stacks = "all",
		.system_calls = "counted",
		.without = "fentry,kprobe",
		.buffer_bytes = "16777216",
	},
	.nr_warnings = 2,
	.warnings = {
		{ "stalld", "stalld runs (pid 812): it lends the CPU", "stop it" },
		{ "virtual", "this is a virtual machine", "measure on hardware" },
	},
};

static const struct host_facts other = {
	.hostname = "other",
	.release = "7.3.0-qpw",
	.version = "#1 SMP PREEMPT_RT",
	.machine = "x86_64",
	.cmdline = "isolcpus=1-2 nohz_full=1-2 qpw=1",
	.possible = "0-3",
	.online = "0-3",
	.isolated = "1-2",
	.nohz_full = "1-2",
	.watched = "1-2",
	.clocksource = "tsc",
	.mode = HOST_MODE_QPW_ON,
	.mode_reason = "parameter",
	.tool_version = "0.1.0",
	.victim = "oslat",
	/* one that lab has, too */
	.nr_warnings = 2,
	.warnings = {
		{ "smt", "CPU 1 shares its core with CPU 3", "" },
		{ "virtual", "this is a virtual machine", "measure on hardware" },
	},
};

/* Whoever has made the file. */
static const struct host_facts foreign = {
	.hostname = "lab",
	.release = "7.2.13-qpw",
	.version = "#1 SMP PREEMPT_DYNAMIC",
	.machine = "x86_64",
	.cmdline = "isolcpus=1 nohz_full=1 rcu_nocbs=1 qpw=0",
	.online = "0-1",
	.isolated = "1",
	.nohz_full = "1",
	.watched = "1",
	.clocksource = "tsc",
	.hypervisor = "yes",
	.mode = HOST_MODE_QPW_OFF,
	.mode_reason = "parameter",
	.tool_version = "0.1.0",
	.started_utc = "2001-09-09T01:46:40Z",
	.victim = "comm:\x1b[2J|`",
	.nr_warnings = 1,
	.warnings = { { "\x1b]0;", "<b>\x1b[2J|`\n", "rm\r*x*" } },
};

static const uint64_t drop_caches[] = { FN_QUEUE, FN_DRAIN_ALL, FN_SYSCTL, 0 };

static int put(struct trace_writer *w, union rec r)
{
	return trace_writer_put(w, &r.h);
}

static int put_setup(struct trace_writer *w)
{
	int ret = 0;

	ret |= put(w, rec_probe("workqueue_queue_work", QPW_PROBE_TP_BTF, 0, "who queued work"));
	ret |= put(w,
		   rec_probe("__flush_work", QPW_PROBE_MISSING, -EPERM, "waits in flush_work()"));
	ret |= put(w, rec_probe("qpw_queue", QPW_PROBE_MISSING, 0, "queue_percpu_work_on()"));
	ret |= put(w, rec_symbol(FN_LRU, "lru_add_drain_per_cpu"));
	ret |= put(w, rec_symbol(FN_TICK, "tick_nohz_handler"));
	ret |= put(w, rec_symbol(FN_WAKEUP, "hrtimer_wakeup"));
	ret |= put(w, rec_symbol(FN_SHEAVES, "flush_cpu_sheaves"));
	ret |= put(w, rec_symbol(FN_QUEUE, "queue_work_on+0x1f"));
	ret |= put(w, rec_symbol(FN_DRAIN_ALL, "__lru_add_drain_all+0x2ee"));
	ret |= put(w, rec_symbol(FN_SYSCTL, "drop_caches_sysctl_handler+0x8d"));
	ret |= put(w, rec_stack(1, QPW_CONTEXT_TASK, drop_caches));
	ret |= put(w, rec_cgroup(7, "/system.slice/churn.service"));
	return ret;
}

/*
 * Sample i of 100: expiry at 2 s + i ms, timer interrupt 1 us later that expires the timer after
 * another 500 ns, wakes after 200 ns more and ends 300 ns after that (1000 ns long); the victim
 * runs 1 us after its end: latency 3.0 us. Parts: irq step 1.5 us (0.5 timer, 1.0 residual),
 * wakeup step 0.2 us (timer), run step 1.3 us (0.3 timer, 1.0 residual).
 */
static int put_quick_sample(struct trace_writer *w, uint64_t expiry)
{
	int ret = 0;

	ret |= put(w, rec_timer(1, expiry + 1000, expiry + 2000, QPW_F_VICTIM, FN_WAKEUP));
	ret |= put(w, rec_sample(1, expiry, expiry + 1000, expiry + 1500, expiry + 1700,
				 expiry + 3000));
	return ret;
}

/*
 * One late sample, 60 us: as above up to the wake-up; then a kworker runs from 3 us to 58 us, in
 * it the drain from 5 us to 45 us, queued by churn on CPU 0 20 us before it ran, in that a tick
 * from 10 us to 14 us. Run step 58.3 us: work 36, tick 4, kworker 15, timer 0.3, residual 3.0.
 * churn woke the kworker 2 us before it ran; it queued and woke by the same stack, in one cgroup.
 */
static int put_late_sample(struct trace_writer *w, uint64_t t)
{
	struct qpw_origin o = rec_origin(t - 15000, 0, 77, "churn"), waker;
	int ret = 0;

	o.cgroup = 7;
	o.stack = 1;
	waker = o;
	waker.ns = t + 1000;

	ret |= put(w, rec_work(QPW_KIND_WORK_QUEUE, 1, t - 15000, t - 15000, 0, FN_LRU, &o));
	ret |= put(w, rec_timer(1, t + 1000, t + 2000, QPW_F_VICTIM, FN_WAKEUP));
	ret |= put(w, rec_timer(1, t + 10000, t + 14000, QPW_F_TICK, FN_TICK));
	ret |= put(w, rec_work(QPW_KIND_WORK, 1, t + 5000, t + 45000, QPW_F_BEGIN | QPW_F_END,
			       FN_LRU, &o));
	ret |= put(w, rec_flush(0, t - 16000, t + 50000, QPW_FLUSH_LRU_ADD_DRAIN_ALL, 0, "churn"));
	ret |= put(w, rec_woken(1, t + 3000, t + 58000, 35, "kworker/1:1", &waker));
	ret |= put(w, rec_sample(1, t, t + 1000, t + 1500, t + 1700, t + 60000));
	return ret;
}

/*
 * sh moved here from CPU 0; a wait of 1.5 us for a mutex; the CPU taken from the victim for 30 us;
 * the tick kept once.
 */
static int put_points(struct trace_writer *w, uint64_t t)
{
	const struct qpw_origin mover = rec_origin(t, 0, 18, "migration/0");
	int ret = 0;

	ret |= put(w, rec_migrate(1, t, "sh", 0, &mover));
	ret |= put(w, rec_lock_wait(1, t + 10000, t + 11500, 0, QPW_LOCK_MUTEX, "sh"));
	ret |= put(w, rec_taken(1, t + 20000, t + 50000, "kworker/1:1"));
	ret |= put(w, rec_tick_kept(1, t + 60000, 1U << QPW_TICK_SCHED));
	return ret;
}

/*
 * Window of 4 s from 1 s. 99 quick samples, one late one: p50 3.0 us, p99 3.0 us (rank 99 of
 * 100), max 60.0 us, mean 3.57 us. Outside the window, and so not counted: an interrupt before
 * it, another after it. A work that ran without a seen queuer, one that was run inline by its
 * caller. In the window the victim made 3 page faults and 40 system calls and was woken 6 times
 * by other than a timer; the tick was stopped 7 times.
 */
static int write_lab(struct trace_writer *w)
{
	const struct qpw_origin own = rec_origin(4 * SECOND + 100000, 1, 20, "app");
	union rec counts = rec_counts(1, 5, 50, 0, 100);
	int ret = put_setup(w);

	counts.counts.nr_untimed_wakeups = 2;
	ret |= put(w, rec_irq(1, SECOND - 5000, SECOND - 4000, "early"));
	ret |= put(w, counts);
	ret |= put(w, rec_window(SECOND, 0));
	for (uint64_t i = 0; i < 99; i++)
		ret |= put_quick_sample(w, 2 * SECOND + i * 1000000);
	ret |= put_late_sample(w, 3 * SECOND);
	ret |= put(w, rec_irq(1, 4 * SECOND, 4 * SECOND + 5000, "virtio0-input"));
	ret |= put(w, rec_softirq(1, 4 * SECOND + 5000, 4 * SECOND + 7500, 3));
	ret |= put(w, rec_work(QPW_KIND_WORK_QUEUE, 1, 4 * SECOND + 100000, 4 * SECOND + 100000, 0,
			       FN_SHEAVES, &own));
	ret |= put(w, rec_work(QPW_KIND_WORK, 1, 4 * SECOND + 102000, 4 * SECOND + 103000,
			       QPW_F_BEGIN | QPW_F_END, FN_SHEAVES, &own));
	ret |= put(w, rec_work(QPW_KIND_WORK, 1, 4 * SECOND + 200000, 4 * SECOND + 201500,
			       QPW_F_BEGIN | QPW_F_END, FN_SHEAVES, NULL));
	ret |= put(w, rec_op(QPW_KIND_QPW_INLINE, 1, 4 * SECOND + 300000, 4 * SECOND + 302000, 0,
			     FN_SHEAVES, 0, "churn"));
	ret |= put(w, rec_op(QPW_KIND_QPW_FLUSH, 1, 4 * SECOND + 302000, 4 * SECOND + 302000,
			     QPW_F_SKIPPED, FN_SHEAVES, 0, "churn"));
	ret |= put(w, rec_op(QPW_KIND_QPW_CONTENDED, 1, 4 * SECOND + 300000, 4 * SECOND + 300700,
			     QPW_F_REMOTE, 0, 0, "churn"));
	ret |= put_points(w, 4 * SECOND + 400000);
	counts = rec_counts(1, 8, 90, 0, 107);
	counts.counts.nr_untimed_wakeups = 8;
	ret |= put(w, counts);
	ret |= put(w, rec_window(SECOND, 5 * SECOND));
	ret |= put(w, rec_irq(1, 5 * SECOND + 1, 5 * SECOND + 1000, "late"));
	ret |= put(w, rec_lost(0, 0));
	return ret;
}

/* Names that try to clear the screen, break JSON, forge a line; records lost, no closing window. */
static int write_hostile(struct trace_writer *w)
{
	const struct qpw_origin o = rec_origin(1500, 0, 66, "\x1b[2J\"\\\n");
	int ret = 0;

	ret |= put(w, rec_symbol(FN_LRU, "fn\r\n\xff\"<script>"));
	ret |= put(w, rec_window(1000, 0));
	ret |= put(w, rec_work(QPW_KIND_WORK, 1, 2000, 3000, QPW_F_BEGIN | QPW_F_END, FN_LRU, &o));
	ret |= put(w, rec_thread(1, 1900, 3100, 66, "\x1b]0;owned\x07"));
	ret |= put(w, rec_lost_kind(1, QPW_KIND_SOFTIRQ, 12));
	return ret;
}

/*
 * Window of 4 s from 1 s. The watched CPU is gone at 0.5 s, comes back at 2.25 s, goes again at
 * 3.5 s for 125 ms, and at 4.5 s for good: in the window until 1.25 s, from 2.5 s to 2.625 s, from
 * 3.5 s on. It was gone before for a while that is none of the window's.
 */
static int write_unplugged(struct trace_writer *w)
{
	int ret = 0;

	ret |= put(w, rec_hotplug(1, SECOND / 4, 0));
	ret |= put(w, rec_hotplug(1, SECOND / 4 + 1000, 1));
	ret |= put(w, rec_hotplug(1, SECOND / 2, 0));
	ret |= put(w, rec_window(SECOND, 0));
	ret |= put(w, rec_hotplug(1, 2 * SECOND + SECOND / 4, 1));
	ret |= put(w, rec_irq(1, 3 * SECOND, 3 * SECOND + 5000, "nic"));
	ret |= put(w, rec_hotplug(1, 3 * SECOND + SECOND / 2, 0));
	ret |= put(w, rec_hotplug(1, 3 * SECOND + SECOND * 5 / 8, 1));
	ret |= put(w, rec_hotplug(1, 4 * SECOND + SECOND / 2, 0));
	ret |= put(w, rec_window(SECOND, 5 * SECOND));
	return ret;
}

static int put_new_kinds(struct trace_writer *w, struct qpw_origin o)
{
	static const uint64_t frames[] = { FN_QUEUE, FN_LRU, 0 };
	int ret = 0;

	o.stack = 4;
	o.cgroup = 7;
	ret |= put(w, rec_symbol(FN_QUEUE, "queue_work_on+0x1f"));
	ret |= put(w, rec_stack(4, QPW_CONTEXT_SOFTIRQ, frames));
	ret |= put(w, rec_cgroup(7, "/system.slice/churn.service"));
	ret |= put(w, rec_migrate(1, 4100, "sh", 3, &o));
	ret |= put(w, rec_woken(1, 4200, 4300, 35, "kworker/1:1", &o));
	ret |= put(w, rec_lock_wait(1, 4400, 4500, QPW_F_BY_VICTIM, QPW_LOCK_MUTEX | QPW_LOCK_SPIN,
				    "locker"));
	ret |= put(w, rec_taken(1, 4600, 4700, "taker"));
	ret |= put(w, rec_tick_kept(1, 4800, 1U << QPW_TICK_SCHED | 1U << QPW_TICK_RCU));
	ret |= put(w, rec_counts(1, 3, 4, 5, 6));
	ret |= put(w, rec_hotplug(1, 4900, 0));
	ret |= put(w, rec_hotplug(1, 4950, 1));
	return ret;
}

/* One record of each kind, every field different, and one of a kind that is not known yet. */
static int write_kinds(struct trace_writer *w)
{
	const struct qpw_origin o = rec_origin(900, 0, 77, "churn");
	union rec nmi = rec_make(QPW_KIND_NMI, 1, 1600, 1700, 0);
	union rec irq = rec_irq(1, 1000, 1100, "virtio0-input");
	union rec flush = rec_flush(0, 2200, 2300, QPW_FLUSH_WORK, FN_LRU, "waiter");
	union rec sample = rec_sample(1, 3000, 3010, 3020, 3030, 3040);
	union rec missed = rec_sample(1, 4000, 0, 4020, 0, 4040);
	union rec unknown = rec_make(QPW_META_PROBE + 100, 3, 5000, 5001, QPW_F_TICK | 1U << 20);
	int ret = 0;

	irq.irq.irq = 24;
	nmi.nmi.function = FN_TICK;
	flush.flush.pid = 78;
	flush.flush.target_cpu = 1;
	missed.h.flags = QPW_F_REMOTE;
	unknown.h.size = sizeof(unknown.h);
	ret |= put(w, rec_probe("qpw_queue", QPW_PROBE_MISSING, -2, "all, of it"));
	ret |= put(w, rec_probe("sched_switch", QPW_PROBE_TP_BTF, 0, "runs"));
	ret |= put(w, rec_window(500, 0));
	ret |= put(w, rec_symbol(FN_LRU, "lru_add_drain_per_cpu"));
	ret |= put(w, irq);
	ret |= put(w, rec_softirq(1, 1100, 1200, 9));
	ret |= put(w, rec_softirq(1, 1200, 1250, 10));
	ret |= put(w, rec_symbol(FN_MEMBARRIER, "membarrier+0x10"));
	ret |= put(w, rec_ipi_from(1, 1300, 1400, QPW_IPI_CALL_FUNCTION_SINGLE, FN_LRU, &o,
				   FN_MEMBARRIER));
	ret |= put(w, rec_ipi(1, 1400, 1450, QPW_IPI_RESCHEDULE, 0, NULL));
	ret |= put(w, rec_timer(1, 1500, 1600, QPW_F_TICK | QPW_F_VICTIM, FN_WAKEUP));
	ret |= put(w, nmi);
	ret |= put(w, rec_thread(1, 1800, 1900, 35, "kworker/1:1"));
	ret |= put(w, rec_work(QPW_KIND_WORK_QUEUE, 1, 900, 900, 0, FN_LRU, &o));
	ret |= put(w, rec_work(QPW_KIND_WORK, 1, 2000, 2100, QPW_F_BEGIN, FN_LRU, &o));
	ret |= put(w, rec_work(QPW_KIND_WORK, 1, 2150, 2190, QPW_F_END, FN_SHEAVES, NULL));
	ret |= put(w, flush);
	ret |= put(w, rec_flush(0, 2300, 2400, QPW_FLUSH_LRU_ADD_DRAIN_ALL, 0, "waiter"));
	ret |= put(w, rec_op(QPW_KIND_QPW_QUEUE, 1, 2500, 2500, QPW_F_INLINE, FN_LRU, 0, "churn"));
	ret |= put(w, rec_op(QPW_KIND_QPW_INLINE, 1, 2500, 2600, 0, FN_LRU, 2, "churn"));
	ret |= put(w, rec_op(QPW_KIND_QPW_FLUSH, 1, 2600, 2600, QPW_F_SKIPPED, FN_LRU, 0, "churn"));
	ret |= put(w, rec_op(QPW_KIND_QPW_CONTENDED, 1, 2700, 2800, QPW_F_REMOTE, 0, 0, "churn"));
	ret |= put(w, sample);
	ret |= put(w, missed);
	ret |= put_new_kinds(w, o);
	ret |= put(w, unknown);
	ret |= put(w, rec_lost(1, 12));
	ret |= put(w, rec_window(500, 9000));
	return ret;
}

/* Names that try to break out of their cell, or to be more than text in it. */
static int write_cells(struct trace_writer *w)
{
	static const char *const names[] = {
		"a,b",
		"say \"hi\"",
		"=1+2",
		"+1",
		"-bash",
		"@SUM(A1)",
		" =1+2",
		"a=b-c",
		"x;=1+2",
		"\t=1",
		"two\nli",
		"car\rret",
		"\x1b[2J",
		"\xef\xbc\x9dSUM(1)",
		"\"=1+2\",\"\r\n",
		"\xff",
		";;;;;;;;;;;;;;;;",
	};
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ret |= put(w, rec_thread(1, 10 * i, 10 * i + 5, (uint32_t)i, names[i]));
	return ret;
}

/*
 * Another machine, with two watched CPUs and a window of 2 s from 10 s. On CPU 1 an interrupt of
 * 1 us at 10.5 s and a wake-up 10 us late at 10.25 s. On CPU 2 an interrupt of 2 us at 11 s, a
 * wake-up 20 us late at 11.5 s, 5 us of which are an interrupt, and one 40 us late at 11.75 s.
 */
static int write_two(struct trace_writer *w)
{
	const uint64_t t = 10 * SECOND, half = SECOND / 2;
	int ret = put(w, rec_window(t, 0));

	ret |= put(w, rec_sample(1, t + half / 2, 0, 0, 0, t + half / 2 + 10000));
	ret |= put(w, rec_irq(1, t + half, t + half + 1000, "nic"));
	ret |= put(w, rec_irq(2, t + SECOND, t + SECOND + 2000, "nic"));
	ret |= put(w, rec_irq(2, t + 3 * half + 10000, t + 3 * half + 15000, "disk"));
	ret |= put(w, rec_sample(2, t + 3 * half, 0, 0, 0, t + 3 * half + 20000));
	ret |= put(w, rec_sample(2, t + 7 * half / 2, 0, 0, 0, t + 7 * half / 2 + 40000));
	ret |= put(w, rec_window(t, t + 2 * SECOND));
	return ret;
}

/*
 * Window of 1 s from 1 s. At 1.5 s a wake-up 20 us late, in which churn's IPIs from CPU 0 run for
 * 1 us each: flush_tlb_func from membarrier() twice, sent 2 and 3 us before, and from
 * on_each_cpu(), 4 us before; a reschedule from a place with a hostile name, 5 us before. Behind
 * it flush_tlb_func from a place without a name, 6 us before, and as a recording of before call
 * sites were told has it, 7 us before.
 */
static int write_calls(struct trace_writer *w)
{
	static const struct {
		uint64_t at_ns, function, callsite;
	} ipis[] = {
		{ 1000, FN_LRU, FN_MEMBARRIER }, { 3000, FN_LRU, FN_MEMBARRIER },
		{ 5000, FN_LRU, FN_ON_EACH },	 { 7000, 0, FN_HOSTILE },
		{ 30000, FN_LRU, 0xabc },	 { 32000, FN_LRU, 0 },
	};
	const uint64_t t = SECOND + SECOND / 2;
	int ret = put(w, rec_window(SECOND, 0));

	ret |= put(w, rec_symbol(FN_LRU, "flush_tlb_func"));
	ret |= put(w, rec_symbol(FN_MEMBARRIER, "membarrier+0x10"));
	ret |= put(w, rec_symbol(FN_ON_EACH, "on_each_cpu+0x44 [tlb]"));
	ret |= put(w, rec_symbol(FN_HOSTILE, "\x1b[2J<b>\n\"=1+0x1"));
	for (uint64_t i = 0; i < ARRAY_SIZE(ipis); i++) {
		const uint64_t ns = t + ipis[i].at_ns;
		const struct qpw_origin o = rec_origin(ns - (i + 2) * 1000, 0, 77, "churn");

		if (i == 4)
			ret |= put(w, rec_sample(1, t, 0, 0, 0, t + 20000));
		ret |= put(w, rec_ipi_from(1, ns, ns + 1000,
					   ipis[i].function ? QPW_IPI_CALL_FUNCTION_SINGLE :
							      QPW_IPI_RESCHEDULE,
					   ipis[i].function, &o, ipis[i].callsite));
	}
	return ret | put(w, rec_window(SECOND, 2 * SECOND));
}

/* A recording in which nothing was seen. */
static int write_empty(struct trace_writer *w)
{
	return put(w, rec_window(SECOND, 0)) | put(w, rec_window(SECOND, 2 * SECOND));
}

/*
 * One sample of 120 us, a thread from 5 us before it until 100 us in it, and in that 59 interrupts:
 * 47 of 1 us, 12 of 100 ns. So one and 47 are the longest 48; names that would end a drawing.
 */
static int write_crowded(struct trace_writer *w)
{
	const uint64_t t = 2 * SECOND;
	int ret = put(w, rec_window(SECOND, 0));

	for (uint64_t i = 0; i < 59; i++)
		ret |= put(w, rec_irq(1, t + 1500 * i + 500,
				      t + 1500 * i + 500 + (i % 5 == 4 || i == 57 ? 100 : 1000),
				      "</svg><b>&\"'"));
	ret |= put(w, rec_thread(1, t - 5000, t + 100000, 66, "<i>&amp;hog"));
	ret |= put(w, rec_sample(1, t, t + 1000, t + 2000, t + 3000, t + 120000));
	return ret | put(w, rec_window(SECOND, 3 * SECOND));
}

/*
 * More CPUs than any machine has, each with many intervals, no two of one name, and a sample that
 * is later than all before it.
 */
static int write_many(struct trace_writer *w)
{
	int ret = 0;

	for (uint32_t cpu = 0; cpu < 4096 && !ret; cpu++) {
		for (uint64_t i = 0; i < 500; i++) {
			char name[16];

			snprintf(name, sizeof(name), "%x.%x", cpu, (unsigned int)i);
			ret |= put(w, rec_irq(cpu, SECOND + 100 * i, SECOND + 100 * i + 50, name));
		}
		ret |= put(w, rec_sample(cpu, SECOND, 0, 0, 0, SECOND + 100000 + cpu));
	}
	return ret;
}

/* The same again every tenth of a second, for three minutes: nothing comes that was not there. */
static int write_again(struct trace_writer *w)
{
	int ret = put_setup(w);

	ret |= put(w, rec_window(SECOND, 0));
	for (uint64_t t = SECOND; t < 181 * SECOND && !ret; t += SECOND / 10) {
		ret |= put_quick_sample(w, t + 10000000);
		ret |= put_late_sample(w, t + 20000000);
		ret |= put_points(w, t + 30000000);
		ret |= put(w, rec_irq(1, t + 40000000, t + 40100000, "eth0-rx"));
		ret |= put(w, rec_softirq(1, t + 50000000, t + 50100000, 3));
	}
	return ret | put(w, rec_window(SECOND, 181 * SECOND));
}

static const struct {
	const char *name;
	int (*write)(struct trace_writer *w);
	const struct host_facts *facts;
} traces[] = {
	{ "lab", write_lab, &lab },	{ "hostile", write_hostile, &foreign },
	{ "empty", write_empty, &lab }, { "unplugged", write_unplugged, &lab },
	{ "kinds", write_kinds, &lab }, { "cells", write_cells, &lab },
	{ "two", write_two, &other },	{ "crowded", write_crowded, &lab },
	{ "many", write_many, &lab },	{ "calls", write_calls, &lab },
	{ "again", write_again, &lab },
};

int main(int argc, char **argv)
{
	struct trace_writer *w;
	int ret;

	for (size_t i = 0; argc == 3 && i < ARRAY_SIZE(traces); i++) {
		if (strcmp(argv[1], traces[i].name) != 0)
			continue;
		ret = trace_writer_open(argv[2], traces[i].facts, &w);
		if (!ret) {
			ret = traces[i].write(w);
			ret |= trace_writer_close(w);
		}
		if (ret)
			fprintf(stderr, "make_trace: %s: can't write\n", argv[2]);
		return ret != 0;
	}
	fputs("usage: make_trace "
	      "lab|hostile|empty|unplugged|kinds|cells|two|crowded|many|calls|again FILE\n",
	      stderr);
	return 129;
}
