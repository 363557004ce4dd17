// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which record becomes which event of the Trace Event Format, for Perfetto's UI and
 * chrome://tracing. Knows the wire records, no files.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/record.h"
#include "util/text.h"
#include "view/chrome_event.h"
#include "view/escape.h"
#include "view/export.h"
#include "view/summary_causers.h"

#define PROBES_MAX 256

struct probe {
	char name[QPW_SYMBOL_LEN];
	char loses[QPW_TEXT_LEN];
};

struct chrome_trace {
	struct chrome c;
	const struct host_facts *facts;
	struct table missing; /* struct probe */
	uint64_t nr_malformed;
};

static void put_irq(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_irq *r = (const struct qpw_irq *)h;
	char name[CHROME_NAME];

	if (r->name[0])
		snprintf(name, sizeof(name), "%.*s", QPW_NAME_LEN, r->name);
	else
		text_numbered(name, sizeof(name), "irq", r->irq);
	chrome_interval(c, h, LANE_IRQ, "irq", name);
	chrome_number(c, "irq", r->irq);
	chrome_end(c);
}

static void put_softirq(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_softirq *r = (const struct qpw_softirq *)h;
	const char *name = record_softirq_name(r->vec);

	chrome_interval(c, h, LANE_SOFTIRQ, "softirq", name ? name : "softirq");
	chrome_number(c, "vector", r->vec);
	chrome_end(c);
}

static void put_ipi(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_ipi *r = (const struct qpw_ipi *)h;
	const char *vector = record_ipi_name(r->vector);
	char name[CHROME_NAME], cause[CHROME_NAME];

	if (!vector)
		vector = "unknown vector";
	chrome_name(c, name, r->function ? "" : vector, r->function, "");
	chrome_name(c, cause, "send ", r->function, r->function ? "" : vector);
	chrome_interval(c, h, LANE_IRQ, "ipi", name);
	chrome_text(c, "vector", vector, strlen(vector));
	chrome_number(c, "functions", r->nr_functions);
	chrome_origin(c, h, &r->origin);
	chrome_code(c, "call_site", h->flags & QPW_F_ORIGIN ? r->callsite : 0);
	chrome_end(c);
	chrome_cause(c, h, LANE_IRQ, &r->origin, cause);
}

/* By the names that the report has. */
static void put_timer(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_timer *r = (const struct qpw_timer *)h;
	bool victim = h->flags & QPW_F_VICTIM, tick = h->flags & QPW_F_TICK;
	char name[CHROME_NAME];

	if (victim && tick)
		chrome_name(c, name, "tick and victim timer", 0, "");
	else if (victim && r->function)
		chrome_name(c, name, "victim timer (", r->function, ")");
	else if (r->function)
		chrome_name(c, name, "", r->function, "");
	else
		chrome_name(c, name,
			    tick   ? "tick" :
			    victim ? "victim timer" :
				     "nothing expired",
			    0, "");
	chrome_interval(c, h, LANE_IRQ, tick ? "tick" : "timer", name);
	chrome_number(c, "expired", r->nr_expired);
	chrome_end(c);
}

static void put_nmi(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_nmi *r = (const struct qpw_nmi *)h;
	char name[CHROME_NAME];

	chrome_name(c, name, r->function ? "" : "nmi", r->function, "");
	chrome_interval(c, h, LANE_NMI, "nmi", name);
	chrome_end(c);
}

static void put_thread(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_thread *r = (const struct qpw_thread *)h;
	char name[CHROME_NAME], cause[CHROME_NAME];

	snprintf(name, sizeof(name), "%.*s", QPW_COMM_LEN, r->comm);
	snprintf(cause, sizeof(cause), "wake %.*s", QPW_COMM_LEN, r->comm);
	chrome_interval(c, h, LANE_THREAD, "thread", name);
	chrome_number(c, "pid", r->pid);
	chrome_number(c, "prio", r->prio);
	chrome_origin(c, h, &r->origin);
	chrome_end(c);
	chrome_cause(c, h, LANE_THREAD, &r->origin, cause);
}

/* Each part of a run is a slice; only the first one was caused by the queueing. */
static void put_work(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_work *r = (const struct qpw_work *)h;
	char name[CHROME_NAME], cause[CHROME_NAME];

	chrome_name(c, name, "", r->function, "");
	chrome_name(c, cause, "queue ", r->function, "");
	chrome_interval(c, h, LANE_WORK, "work", name);
	chrome_address(c, "work", r->work);
	chrome_number(c, "begins", !!(h->flags & QPW_F_BEGIN));
	chrome_number(c, "ends", !!(h->flags & QPW_F_END));
	chrome_origin(c, h, &r->origin);
	chrome_end(c);
	if (h->flags & QPW_F_BEGIN)
		chrome_cause(c, h, LANE_WORK, &r->origin, cause);
}

static void put_work_queue(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_work *r = (const struct qpw_work *)h;
	char name[CHROME_NAME];

	chrome_name(c, name, "queued ", r->function, "");
	chrome_instant(c, h, h->cpu, LANE_WORK, "work_queue", name);
	chrome_address(c, "work", r->work);
	chrome_origin(c, h, &r->origin);
	chrome_end(c);
}

static void put_flush(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_flush *r = (const struct qpw_flush *)h;
	const char *place = record_flush_name(r->where);
	char name[CHROME_NAME], before[QPW_SYMBOL_LEN];

	snprintf(before, sizeof(before), "%s%s", place ? place : "unknown flush",
		 r->function ? " of " : "");
	chrome_name(c, name, before, r->function, "");
	chrome_span(c, h, h->cpu, LANE_WAIT, "flush", name);
	chrome_task(c, "waiter", r->comm, r->pid);
	if (r->target_cpu != ~0U)
		chrome_number(c, "target_cpu", r->target_cpu);
	chrome_end(c);
	chrome_span_end(c, h->cpu, LANE_WAIT, "flush", name, h->end_ns);
}

static const char *op_name(uint16_t kind)
{
	switch (kind) {
	case QPW_KIND_QPW_QUEUE:
		return "queue_percpu_work_on ";
	case QPW_KIND_QPW_INLINE:
		return "inline ";
	case QPW_KIND_QPW_FLUSH:
		return "flush_percpu_work ";
	default:
		return "wait for a qpw lock";
	}
}

/* They are told on the CPU that acted. */
static void put_op(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_op *r = (const struct qpw_op *)h;
	bool point = h->kind == QPW_KIND_QPW_QUEUE;
	char name[CHROME_NAME];

	chrome_name(c, name, op_name(h->kind), r->function, "");
	if (point)
		chrome_instant(c, h, r->from_cpu, LANE_ORIGIN, "qpw", name);
	else
		chrome_span(c, h, r->from_cpu, LANE_WAIT, "qpw", name);
	chrome_number(c, "for_cpu", h->cpu);
	chrome_task(c, "by", r->comm, r->pid);
	chrome_end(c);
	if (!point)
		chrome_span_end(c, r->from_cpu, LANE_WAIT, "qpw", name, h->end_ns);
}

static uint64_t within(uint64_t ns, uint64_t low, uint64_t high)
{
	return ns < low ? low : ns > high ? high : ns;
}

/* Steps as in the report: one that was not seen has no length. */
static void put_sample(struct chrome *c, const struct qpw_header *h)
{
	static const char *const steps[] = { "irq", "wakeup", "run" };
	const struct qpw_sample *r = (const struct qpw_sample *)h;
	uint64_t edges[ARRAY_SIZE(steps) + 1] = { h->start_ns };
	char name[CHROME_NAME];

	edges[1] = within(r->expire_ns, edges[0], h->end_ns);
	edges[2] = within(r->wakeup_ns, edges[1], h->end_ns);
	edges[3] = h->end_ns;
	snprintf(name, sizeof(name), "wake-up of %.*s:%" PRIu32, QPW_COMM_LEN, r->comm,
		 (uint32_t)r->pid);
	chrome_span(c, h, h->cpu, LANE_SAMPLE, "sample", name);
	chrome_number(c, "latency_ns", h->end_ns - h->start_ns);
	chrome_number(c, "remote_timer", !!(h->flags & QPW_F_REMOTE));
	chrome_end(c);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (edges[i + 1] > edges[i])
			chrome_step(c, h->cpu, LANE_SAMPLE, "sample", steps[i], edges[i],
				    edges[i + 1]);
	}
	chrome_span_end(c, h->cpu, LANE_SAMPLE, "sample", name, h->end_ns);
}

static void put_tick_kept(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_tick_kept *r = (const struct qpw_tick_kept *)h;

	chrome_instant(c, h, h->cpu, LANE_IRQ, "tick_kept", "tick kept");
	for (int i = 0; i < QPW_NR_TICK_REASONS; i++) {
		if (r->reasons & 1U << i)
			chrome_number(c, summary_tick_reason((enum qpw_tick_reason)i), 1);
	}
	chrome_number(c, "pid", r->pid);
	chrome_end(c);
}

static void put_migrate(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_migrate *r = (const struct qpw_migrate *)h;
	char name[CHROME_NAME];

	snprintf(name, sizeof(name), "%.*s is moved here", QPW_COMM_LEN, r->comm);
	chrome_instant(c, h, h->cpu, LANE_THREAD, "migrate", name);
	chrome_number(c, "pid", r->pid);
	chrome_number(c, "from_cpu", r->from_cpu);
	chrome_origin(c, h, &r->origin);
	chrome_end(c);
}

static void put_lock_wait(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_lock_wait *r = (const struct qpw_lock_wait *)h;
	char name[CHROME_NAME];

	snprintf(name, sizeof(name), "wait for a lock: %s", summary_lock_kind(r->flags));
	chrome_span(c, h, h->cpu, LANE_WAIT, "lock_wait", name);
	chrome_task(c, "waiter", r->comm, r->pid);
	chrome_address(c, "lock", r->lock);
	chrome_number(c, "victim", !!(h->flags & QPW_F_BY_VICTIM));
	chrome_end(c);
	chrome_span_end(c, h->cpu, LANE_WAIT, "lock_wait", name, h->end_ns);
}

static void put_taken(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_taken *r = (const struct qpw_taken *)h;
	char name[CHROME_NAME];

	snprintf(name, sizeof(name), "taken by %.*s", QPW_COMM_LEN, r->by_comm);
	chrome_span(c, h, h->cpu, LANE_SAMPLE, "taken", name);
	chrome_task(c, "victim", r->comm, r->pid);
	chrome_task(c, "by", r->by_comm, r->by_pid);
	chrome_end(c);
	chrome_span_end(c, h->cpu, LANE_SAMPLE, "taken", name, h->end_ns);
}

static void put_hotplug(struct chrome *c, const struct qpw_header *h)
{
	const struct qpw_hotplug *r = (const struct qpw_hotplug *)h;

	chrome_instant(c, h, h->cpu, LANE_THREAD, "hotplug", r->online ? "online" : "offline");
	chrome_end(c);
}

/* Told twice: when it opens, and with both edges when it is closed. */
static void put_window(struct chrome *c, const struct qpw_header *h)
{
	if (h->end_ns)
		chrome_edge(c, "window closes", h->end_ns);
	else
		chrome_edge(c, "window opens", h->start_ns);
}

static void put_lost(struct chrome *c, const struct qpw_header *h)
{
	struct chrome_cpu *cpu = chrome_cpu(c, h->cpu);

	if (cpu)
		cpu->nr_lost = ((const struct qpw_lost *)h)->nr_lost;
}

static const struct {
	uint16_t kind;
	void (*put)(struct chrome *c, const struct qpw_header *h);
} kinds[] = {
	{ QPW_KIND_IRQ, put_irq },
	{ QPW_KIND_SOFTIRQ, put_softirq },
	{ QPW_KIND_IPI, put_ipi },
	{ QPW_KIND_TIMER, put_timer },
	{ QPW_KIND_NMI, put_nmi },
	{ QPW_KIND_THREAD, put_thread },
	{ QPW_KIND_WORK, put_work },
	{ QPW_KIND_WORK_QUEUE, put_work_queue },
	{ QPW_KIND_FLUSH, put_flush },
	{ QPW_KIND_QPW_QUEUE, put_op },
	{ QPW_KIND_QPW_INLINE, put_op },
	{ QPW_KIND_QPW_FLUSH, put_op },
	{ QPW_KIND_QPW_CONTENDED, put_op },
	{ QPW_KIND_SAMPLE, put_sample },
	{ QPW_KIND_TICK_KEPT, put_tick_kept },
	{ QPW_KIND_MIGRATE, put_migrate },
	{ QPW_KIND_LOCK_WAIT, put_lock_wait },
	{ QPW_KIND_TAKEN, put_taken },
	{ QPW_META_WINDOW, put_window },
	{ QPW_META_LOST, put_lost },
	{ QPW_META_HOTPLUG, put_hotplug },
};

static int put_probe(struct chrome_trace *e, const struct qpw_probe *r)
{
	char key[QPW_SYMBOL_LEN] = "";
	int row;

	if (r->state != QPW_PROBE_MISSING)
		return 0;
	memcpy(key, r->name, strnlen(r->name, sizeof(key)));
	row = table_get(&e->missing, key);
	if (row >= 0)
		memcpy(((struct probe *)table_row(&e->missing, row))->loses, r->loses,
		       sizeof(r->loses));
	return row == -ENOMEM ? row : 0;
}

static void *chrome_create(FILE *f, const struct host_facts *facts)
{
	struct chrome_trace *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	chrome_init(&e->c, f);
	table_init(&e->missing, QPW_SYMBOL_LEN, sizeof(struct probe), PROBES_MAX);
	e->facts = facts;
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", f);
	return e;
}

static int chrome_put(void *export, const struct qpw_header *record)
{
	struct chrome_trace *e = export;
	int ret = export_names_put(&e->c.names, record);

	if (!ret && record->kind == QPW_META_PROBE)
		ret = put_probe(e, (const struct qpw_probe *)record);
	if (ret)
		return ret;
	if (record->kind < QPW_META_FIRST && record->end_ns < record->start_ns) {
		e->nr_malformed++;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].kind == record->kind)
			kinds[i].put(&e->c, record);
	}
	return e->c.error;
}

static void put_fact(FILE *f, const char *key, const char *text)
{
	fprintf(f, ",\n\"%s\":", key);
	escape_quoted(f, text, HOST_CMDLINE);
}

static void put_facts(FILE *f, const struct host_facts *facts)
{
	put_fact(f, "hostname", facts->hostname);
	put_fact(f, "release", facts->release);
	put_fact(f, "mode", host_mode_name(facts->mode));
	put_fact(f, "cmdline", facts->cmdline);
	put_fact(f, "watched", facts->watched);
	put_fact(f, "isolated", facts->isolated);
	put_fact(f, "nohz_full", facts->nohz_full);
	put_fact(f, "clocksource", facts->clocksource);
	put_fact(f, "hypervisor", facts->hypervisor);
	put_fact(f, "tool_version", facts->tool_version);
}

/* How much of the truth it is, behind the events: only now it is known. */
static int chrome_close(void *export, const struct export_end *end)
{
	struct chrome_trace *e = export;
	uint64_t nr_lost = 0;
	FILE *f = e ? e->c.f : NULL;
	int ret;

	if (!e)
		return 0;
	for (uint32_t i = 0; i < e->c.cpus.nr_rows; i++)
		nr_lost += ((struct chrome_cpu *)table_row(&e->c.cpus, (int)i))->nr_lost;
	fprintf(f, "\n],\"otherData\":{\n\"clock\":\"CLOCK_MONOTONIC\",\n\"truncated\":%s",
		end->truncated ? "true" : "false");
	fprintf(f, ",\n\"lost_records\":%" PRIu64 ",\n\"malformed_records\":%" PRIu64, nr_lost,
		e->nr_malformed);
	put_fact(f, "problem", end->problem);
	put_facts(f, e->facts);
	fputs(",\n\"missing_probes\":{", f);
	for (uint32_t i = 0; i < e->missing.nr_rows; i++) {
		const struct probe *p = table_row(&e->missing, (int)i);

		fputs(i ? "," : "", f);
		escape_quoted(f, p->name, sizeof(p->name));
		fputc(':', f);
		escape_quoted(f, p->loses, sizeof(p->loses));
	}
	fputs("}}}\n", f);
	ret = e->c.error;
	table_finish(&e->missing);
	chrome_finish(&e->c);
	free(e);
	return ret;
}

const struct export_format export_chrome = {
	.name = "chrome",
	.create = chrome_create,
	.put = chrome_put,
	.finish = chrome_close,
};
