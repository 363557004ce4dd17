// SPDX-License-Identifier: GPL-2.0-only
/*
 * Episodes on isolated CPUs: the victim's timer, a task woken from elsewhere, work queued and
 * waited for, a device interrupt, a tick. Each is a few nested intervals in the order of their
 * ends. Knows the wire format only.
 */
#include "synthetic.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/record.h"

#define NR_SYMBOLS 128
#define NR_STACKS 96
#define NR_CGROUPS 8
#define TEXT_BASE 0xffffffff81000000ULL

/* Functions by what they are for; the others are frames of stacks. */
#define FN_WAKEUP 0
#define FN_TICK 1
#define FN_WORKS 2 /* and 5 more */
#define FN_CALLS 8 /* and 7 more */

static const char *const tasks[] = { "churn",	     "kworker/1:0",  "kworker/2:1", "kworker/3:0",
				     "kworker/4:2",  "migration/1",  "rcu_preempt", "rcuop/1",
				     "ksoftirqd/1",  "systemd",	     "sshd",	    "containerd",
				     "churn-filler", "prometheus-ex" };

static uint64_t address_of(unsigned int symbol)
{
	return TEXT_BASE + symbol * 0x1370ULL;
}

static uint64_t pick(struct synthetic *s, uint64_t n)
{
	s->seed ^= s->seed << 13;
	s->seed ^= s->seed >> 7;
	s->seed ^= s->seed << 17;
	return (s->seed >> 8) % n;
}

/* A duration: mostly near typical_ns, now and then many times that. */
static uint64_t some_ns(struct synthetic *s, uint64_t typical_ns)
{
	uint64_t ns = typical_ns / 2 + pick(s, typical_ns);

	return pick(s, 64) ? ns : ns * (2 + pick(s, 20));
}

static void set_task(struct synthetic *s, uint32_t *pid, char comm[QPW_COMM_LEN])
{
	unsigned int task = (unsigned int)pick(s, ARRAY_SIZE(tasks));

	*pid = 100 + task;
	memcpy(comm, tasks[task], strlen(tasks[task]));
}

static union synthetic_record *make(struct synthetic *s, unsigned int kind, uint32_t cpu,
				    uint64_t start_ns, uint64_t end_ns)
{
	union synthetic_record *r = &s->records[s->nr++];

	memset(r, 0, sizeof(*r));
	r->h.start_ns = start_ns;
	r->h.end_ns = end_ns;
	r->h.cpu = cpu;
	r->h.kind = (uint16_t)kind;
	r->h.size = (uint16_t)record_size(kind);
	return r;
}

/* One of the places in tasks that wake and queue; few of them are frequent. */
static struct qpw_origin origin_at(struct synthetic *s, uint64_t ns)
{
	unsigned int place = (unsigned int)pick(s, 1 + pick(s, NR_STACKS));
	unsigned int task = place % ARRAY_SIZE(tasks);
	struct qpw_origin o = { .ns = ns, .pid = 100 + task };

	memcpy(o.comm, tasks[task], strlen(tasks[task]));
	o.cgroup = 1 + task % NR_CGROUPS;
	o.stack = 1 + place;
	return o;
}

/* The victim's timer expires, it is woken and runs. */
static uint64_t wake_victim(struct synthetic *s, uint32_t cpu, uint64_t t)
{
	uint64_t expiry = t, irq = t + some_ns(s, 900), end = irq + some_ns(s, 1800);
	uint64_t run = end + some_ns(s, 1200);
	union synthetic_record *r = make(s, QPW_KIND_TIMER, cpu, irq, end);

	r->h.flags = QPW_F_VICTIM;
	r->timer.function = address_of(FN_WAKEUP);
	r->timer.nr_expired = 1;
	r = make(s, QPW_KIND_SAMPLE, cpu, expiry, run);
	r->sample.irq_ns = irq;
	r->sample.expire_ns = irq + (end - irq) / 3;
	r->sample.wakeup_ns = irq + (end - irq) / 2;
	r->sample.pid = 500 + cpu;
	r->sample.tgid = 500;
	memcpy(r->sample.comm, "cyclictest", 10);
	return run;
}

/* Another CPU wakes a task here: an interrupt that says so, then its run. */
static uint64_t wake_task(struct synthetic *s, uint32_t cpu, uint64_t t)
{
	uint64_t sent = t, start = t + some_ns(s, 700), end = start + some_ns(s, 900);
	union synthetic_record *r = make(s, QPW_KIND_IPI, cpu, start, end);
	struct qpw_origin o = origin_at(s, sent);

	r->h.flags = QPW_F_ORIGIN;
	r->ipi.vector = QPW_IPI_CALL_FUNCTION_SINGLE;
	r->ipi.nr_functions = 1;
	r->ipi.function = address_of(FN_CALLS + (unsigned int)pick(s, 8));
	r->ipi.origin = o;
	start = end + some_ns(s, 500);
	end = start + some_ns(s, 9000);
	r = make(s, QPW_KIND_THREAD, cpu, start, end);
	r->h.flags = QPW_F_ORIGIN;
	set_task(s, &r->thread.pid, r->thread.comm);
	r->thread.prio = 120;
	r->thread.origin = o;
	return end;
}

/* Work is queued here, run by a kworker, a tick in between, and waited for over there. */
static uint64_t run_work(struct synthetic *s, uint32_t cpu, uint64_t t)
{
	uint64_t function = address_of(FN_WORKS + (unsigned int)pick(s, 6));
	uint64_t start = t + some_ns(s, 2500), work = start + some_ns(s, 400);
	uint64_t done = work + some_ns(s, 6000), end = done + some_ns(s, 400);
	union synthetic_record *r = make(s, QPW_KIND_WORK_QUEUE, cpu, t, t);
	struct qpw_origin o = origin_at(s, t);
	uint64_t object = 0xffff888000000000ULL + pick(s, 512) * 64;

	r->h.flags = QPW_F_ORIGIN;
	r->work.work = object;
	r->work.function = function;
	r->work.origin = o;
	if (!pick(s, 4)) {
		r = make(s, QPW_KIND_SOFTIRQ, cpu, work + (done - work) / 4,
			 work + (done - work) / 2);
		r->softirq.vec = (uint32_t)pick(s, 10);
	}
	r = make(s, QPW_KIND_WORK, cpu, work, done);
	r->h.flags = QPW_F_BEGIN | QPW_F_END | QPW_F_ORIGIN;
	r->work.work = object;
	r->work.function = function;
	r->work.origin = o;
	r = make(s, QPW_KIND_THREAD, cpu, start, end);
	r->h.flags = QPW_F_ORIGIN;
	r->thread.pid = 200 + cpu;
	r->thread.prio = 120;
	snprintf(r->thread.comm, sizeof(r->thread.comm), "kworker/%u:0", cpu);
	r->thread.origin = o;
	r = make(s, QPW_KIND_FLUSH, 0, t, end + some_ns(s, 1500));
	r->flush.where = QPW_FLUSH_WORK;
	r->flush.function = function;
	r->flush.pid = o.pid;
	r->flush.target_cpu = cpu;
	memcpy(r->flush.comm, o.comm, sizeof(r->flush.comm));
	return end;
}

static uint64_t device_irq(struct synthetic *s, uint32_t cpu, uint64_t t)
{
	static const char *const names[] = { "nvme0q1", "eth0-rx-1", "i915" };
	unsigned int device = (unsigned int)pick(s, ARRAY_SIZE(names));
	uint64_t end = t + some_ns(s, 1500), start = end + some_ns(s, 100);
	union synthetic_record *r = make(s, QPW_KIND_IRQ, cpu, t, end);

	r->irq.irq = 40 + device;
	memcpy(r->irq.name, names[device], strlen(names[device]));
	end = start + some_ns(s, 3000);
	r = make(s, QPW_KIND_SOFTIRQ, cpu, start, end);
	r->softirq.vec = 3 + (uint32_t)pick(s, 2);
	return end;
}

static uint64_t tick(struct synthetic *s, uint32_t cpu, uint64_t t)
{
	uint64_t end = t + some_ns(s, 2200), start = end + some_ns(s, 100);
	union synthetic_record *r = make(s, QPW_KIND_TIMER, cpu, t, end);

	r->h.flags = QPW_F_TICK;
	r->timer.function = address_of(FN_TICK);
	r->timer.nr_expired = 1;
	end = start + some_ns(s, 1200);
	r = make(s, QPW_KIND_SOFTIRQ, cpu, start, end);
	r->softirq.vec = pick(s, 2) ? 1 : 9;
	return end;
}

/* One of the names, stacks and groups; false when all are told. */
static bool tell_name(struct synthetic *s)
{
	unsigned int n = s->told++;
	union synthetic_record *r;

	if (n < NR_SYMBOLS) {
		r = make(s, QPW_META_SYMBOL, 0, 0, 0);
		r->symbol.address = address_of(n);
		snprintf(r->symbol.name, sizeof(r->symbol.name), "some_kernel_function_%u", n);
		return true;
	}
	n -= NR_SYMBOLS;
	if (n < NR_CGROUPS) {
		r = make(s, QPW_META_CGROUP, 0, 0, 0);
		r->cgroup.id = 1 + n;
		snprintf(r->cgroup.path, sizeof(r->cgroup.path), "/system.slice/unit-%u.service",
			 n);
		return true;
	}
	n -= NR_CGROUPS;
	if (n >= NR_STACKS)
		return false;
	r = make(s, QPW_META_STACK, 0, 0, 0);
	r->stack.id = 1 + n;
	r->stack.context = QPW_CONTEXT_TASK;
	r->stack.nr_frames = 6 + n % 12;
	for (uint32_t i = 0; i < r->stack.nr_frames; i++)
		r->stack.frames[i] = address_of(16 + (n * 7 + i * 5) % (NR_SYMBOLS - 16));
	return true;
}

void synthetic_init(struct synthetic *s, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->seed = seed ? seed : 1;
	for (unsigned int i = 0; i < SYNTHETIC_CPUS; i++)
		s->now_ns[i] = 1000000000 + i * 1000;
}

/* An episode on the CPU that is furthest behind, as a ring buffer would give them. */
static void make_episode(struct synthetic *s)
{
	static const struct {
		unsigned int of_14;
		uint64_t (*make)(struct synthetic *s, uint32_t cpu, uint64_t ns);
	} episodes[] = {
		{ 3, wake_victim }, { 4, wake_task }, { 2, run_work },
		{ 3, device_irq },  { 2, tick },
	};
	unsigned int drawn = (unsigned int)pick(s, 14), i = 0;
	unsigned int behind = 0;

	for (unsigned int cpu = 1; cpu < SYNTHETIC_CPUS; cpu++)
		if (s->now_ns[cpu] < s->now_ns[behind])
			behind = cpu;
	while (drawn >= episodes[i].of_14)
		drawn -= episodes[i++].of_14;
	s->now_ns[behind] = episodes[i].make(s, behind + 1, s->now_ns[behind]) + some_ns(s, 20000);
}

const struct qpw_header *synthetic_next(struct synthetic *s)
{
	if (s->at == s->nr) {
		s->at = 0;
		s->nr = 0;
		if (!tell_name(s))
			make_episode(s);
	}
	return &s->records[s->at++].h;
}
