/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records written by hand, for tests: one function per kind that a test builds. Times are
 * nanoseconds. Knows the wire format only.
 */
#ifndef QPW_TESTS_RECORDS_H
#define QPW_TESTS_RECORDS_H

#include <stdint.h>
#include <string.h>

#include "qpw/event.h"
#include "util/record.h"

union rec {
	struct qpw_header h;
	struct qpw_irq irq;
	struct qpw_softirq softirq;
	struct qpw_ipi ipi;
	struct qpw_timer timer;
	struct qpw_nmi nmi;
	struct qpw_thread thread;
	struct qpw_work work;
	struct qpw_flush flush;
	struct qpw_op op;
	struct qpw_sample sample;
	struct qpw_symbol symbol;
	struct qpw_lost lost;
	struct qpw_probe probe;
	struct qpw_hotplug hotplug;
	struct qpw_tick_kept tick_kept;
	struct qpw_migrate migrate;
	struct qpw_lock_wait lock_wait;
	struct qpw_taken taken;
	struct qpw_cgroup cgroup;
	struct qpw_stack stack;
	struct qpw_counts counts;
};

/* A record of a kind, zero but for its header. */
static inline union rec rec_make(uint16_t kind, uint32_t cpu, uint64_t start, uint64_t end,
				 uint32_t flags)
{
	union rec r;

	memset(&r, 0, sizeof(r));
	r.h.start_ns = start;
	r.h.end_ns = end;
	r.h.cpu = cpu;
	r.h.kind = kind;
	r.h.size = (uint16_t)record_size(kind);
	r.h.flags = flags;
	return r;
}

/* Fill a fixed field: cut, NUL-padded, not terminated when full. */
static inline void rec_text(char *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	memset(field, 0, size);
	memcpy(field, text, len < size ? len : size);
}

static inline union rec rec_irq(uint32_t cpu, uint64_t start, uint64_t end, const char *name)
{
	union rec r = rec_make(QPW_KIND_IRQ, cpu, start, end, 0);

	rec_text(r.irq.name, sizeof(r.irq.name), name);
	return r;
}

static inline union rec rec_softirq(uint32_t cpu, uint64_t start, uint64_t end, uint32_t vec)
{
	union rec r = rec_make(QPW_KIND_SOFTIRQ, cpu, start, end, 0);

	r.softirq.vec = vec;
	return r;
}

static inline union rec rec_timer(uint32_t cpu, uint64_t start, uint64_t end, uint32_t flags,
				  uint64_t function)
{
	union rec r = rec_make(QPW_KIND_TIMER, cpu, start, end, flags);

	r.timer.function = function;
	r.timer.nr_expired = function != 0;
	return r;
}

static inline union rec rec_thread(uint32_t cpu, uint64_t start, uint64_t end, uint32_t pid,
				   const char *comm)
{
	union rec r = rec_make(QPW_KIND_THREAD, cpu, start, end, 0);

	r.thread.pid = pid;
	r.thread.prio = 120;
	rec_text(r.thread.comm, sizeof(r.thread.comm), comm);
	return r;
}

static inline struct qpw_origin rec_origin(uint64_t ns, uint32_t cpu, uint32_t pid,
					   const char *comm)
{
	struct qpw_origin o = { .ns = ns, .cpu = cpu, .pid = pid };

	rec_text(o.comm, sizeof(o.comm), comm);
	return o;
}

/* A run of a thread that *origin woke. */
static inline union rec rec_woken(uint32_t cpu, uint64_t start, uint64_t end, uint32_t pid,
				  const char *comm, const struct qpw_origin *origin)
{
	union rec r = rec_thread(cpu, start, end, pid, comm);

	r.h.flags |= QPW_F_ORIGIN;
	r.thread.origin = *origin;
	return r;
}

/* Frames end with 0. */
static inline union rec rec_stack(uint32_t id, uint32_t context, const uint64_t *frames)
{
	union rec r = rec_make(QPW_META_STACK, 0, 0, 0, 0);

	r.stack.id = id;
	r.stack.context = context;
	while (frames[r.stack.nr_frames]) {
		r.stack.frames[r.stack.nr_frames] = frames[r.stack.nr_frames];
		r.stack.nr_frames++;
	}
	return r;
}

static inline union rec rec_cgroup(uint64_t id, const char *path)
{
	union rec r = rec_make(QPW_META_CGROUP, 0, 0, 0, 0);

	r.cgroup.id = id;
	rec_text(r.cgroup.path, sizeof(r.cgroup.path) - 1, path);
	return r;
}

static inline union rec rec_counts(uint32_t cpu, uint64_t page_faults, uint64_t system_calls,
				   uint64_t missed, uint64_t tick_stops)
{
	union rec r = rec_make(QPW_META_COUNTS, cpu, 0, 0, 0);

	r.counts.nr_page_faults = page_faults;
	r.counts.nr_system_calls = system_calls;
	r.counts.nr_system_calls_missed = missed;
	r.counts.nr_tick_stops = tick_stops;
	return r;
}

static inline union rec rec_tick_kept(uint32_t cpu, uint64_t ns, uint32_t reasons)
{
	union rec r = rec_make(QPW_KIND_TICK_KEPT, cpu, ns, ns, 0);

	r.tick_kept.reasons = reasons;
	return r;
}

static inline union rec rec_migrate(uint32_t cpu, uint64_t ns, const char *comm, uint32_t from_cpu,
				    const struct qpw_origin *origin)
{
	union rec r = rec_make(QPW_KIND_MIGRATE, cpu, ns, ns, QPW_F_ORIGIN);

	rec_text(r.migrate.comm, sizeof(r.migrate.comm), comm);
	r.migrate.from_cpu = from_cpu;
	r.migrate.origin = *origin;
	return r;
}

static inline union rec rec_lock_wait(uint32_t cpu, uint64_t start, uint64_t end, uint32_t flags,
				      uint32_t lock_flags, const char *comm)
{
	union rec r = rec_make(QPW_KIND_LOCK_WAIT, cpu, start, end, flags);

	r.lock_wait.flags = lock_flags;
	rec_text(r.lock_wait.comm, sizeof(r.lock_wait.comm), comm);
	return r;
}

static inline union rec rec_taken(uint32_t cpu, uint64_t start, uint64_t end, const char *by)
{
	union rec r = rec_make(QPW_KIND_TAKEN, cpu, start, end, 0);

	rec_text(r.taken.comm, sizeof(r.taken.comm), "oslat");
	rec_text(r.taken.by_comm, sizeof(r.taken.by_comm), by);
	return r;
}

/* kind: QPW_KIND_WORK or QPW_KIND_WORK_QUEUE; origin NULL = not seen. */
static inline union rec rec_work(uint16_t kind, uint32_t cpu, uint64_t start, uint64_t end,
				 uint32_t flags, uint64_t function, const struct qpw_origin *origin)
{
	union rec r = rec_make(kind, cpu, start, end, flags | (origin ? QPW_F_ORIGIN : 0));

	r.work.work = 0xffff888000000100;
	r.work.function = function;
	if (origin)
		r.work.origin = *origin;
	return r;
}

static inline union rec rec_ipi(uint32_t cpu, uint64_t start, uint64_t end, uint32_t vector,
				uint64_t function, const struct qpw_origin *origin)
{
	union rec r = rec_make(QPW_KIND_IPI, cpu, start, end, origin ? QPW_F_ORIGIN : 0);

	r.ipi.vector = vector;
	r.ipi.function = function;
	r.ipi.nr_functions = function != 0;
	if (origin)
		r.ipi.origin = *origin;
	return r;
}

/* The same, sent from callsite. */
static inline union rec rec_ipi_from(uint32_t cpu, uint64_t start, uint64_t end, uint32_t vector,
				     uint64_t function, const struct qpw_origin *origin,
				     uint64_t callsite)
{
	union rec r = rec_ipi(cpu, start, end, vector, function, origin);

	r.ipi.callsite = callsite;
	return r;
}

static inline union rec rec_flush(uint32_t cpu, uint64_t start, uint64_t end, uint32_t where,
				  uint64_t function, const char *comm)
{
	union rec r = rec_make(QPW_KIND_FLUSH, cpu, start, end, 0);

	r.flush.where = where;
	r.flush.function = function;
	r.flush.target_cpu = ~0U;
	rec_text(r.flush.comm, sizeof(r.flush.comm), comm);
	return r;
}

/* kind: one of QPW_KIND_QPW_*; cpu is the target. */
static inline union rec rec_op(uint16_t kind, uint32_t cpu, uint64_t start, uint64_t end,
			       uint32_t flags, uint64_t function, uint32_t from_cpu,
			       const char *comm)
{
	union rec r = rec_make(kind, cpu, start, end, flags);

	r.op.function = function;
	r.op.from_cpu = from_cpu;
	r.op.pid = 77;
	rec_text(r.op.comm, sizeof(r.op.comm), comm);
	return r;
}

static inline union rec rec_sample(uint32_t cpu, uint64_t expiry, uint64_t irq, uint64_t expire,
				   uint64_t wakeup, uint64_t run)
{
	union rec r = rec_make(QPW_KIND_SAMPLE, cpu, expiry, run, 0);

	r.sample.irq_ns = irq;
	r.sample.expire_ns = expire;
	r.sample.wakeup_ns = wakeup;
	r.sample.pid = 500 + cpu;
	r.sample.tgid = 500;
	rec_text(r.sample.comm, sizeof(r.sample.comm), "cyclictest");
	return r;
}

static inline union rec rec_symbol(uint64_t address, const char *name)
{
	union rec r = rec_make(QPW_META_SYMBOL, 0, 0, 0, 0);

	r.symbol.address = address;
	rec_text(r.symbol.name, sizeof(r.symbol.name) - 1, name);
	return r;
}

/* end 0 opens the window. */
static inline union rec rec_window(uint64_t start, uint64_t end)
{
	return rec_make(QPW_META_WINDOW, 0, start, end, 0);
}

static inline union rec rec_lost(uint32_t cpu, uint64_t nr_lost)
{
	union rec r = rec_make(QPW_META_LOST, cpu, 0, 0, 0);

	r.lost.nr_lost = nr_lost;
	return r;
}

/* All of one kind. */
static inline union rec rec_lost_kind(uint32_t cpu, uint16_t kind, uint64_t count)
{
	union rec r = rec_lost(cpu, count);

	r.lost.by_kind[kind] = count;
	return r;
}

static inline union rec rec_hotplug(uint32_t cpu, uint64_t ns, uint32_t online)
{
	union rec r = rec_make(QPW_META_HOTPLUG, cpu, ns, ns, 0);

	r.hotplug.online = online;
	return r;
}

static inline union rec rec_probe(const char *name, uint32_t state, int error, const char *loses)
{
	union rec r = rec_make(QPW_META_PROBE, 0, 0, 0, 0);

	r.probe.state = state;
	r.probe.error = error;
	rec_text(r.probe.name, sizeof(r.probe.name) - 1, name);
	rec_text(r.probe.loses, sizeof(r.probe.loses) - 1, loses);
	return r;
}

#endif
