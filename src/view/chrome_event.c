// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace Event Format: a process per CPU, in it a thread per lane. Knows the format and origins, no
 * kinds of records.
 */
#include "view/chrome_event.h"

#include <errno.h>
#include <inttypes.h>

#include "util/text.h"
#include "view/escape.h"

#define CPUS_MAX 4096 /* processes with a name; those of further CPUs have their numbers */

/*
 * Viewers take process 0 for the idle task, and threads of one number in two processes for the
 * same: so both numbers are made up.
 */
#define PID(cpu) (UINT64_C(1000) + (cpu))
#define TID(cpu, lane) (PID(cpu) * 10 + (lane))
#define PID_RECORDING 999

void chrome_init(struct chrome *c, FILE *f)
{
	c->f = f;
	export_names_init(&c->names);
	table_init(&c->cpus, sizeof(uint64_t), sizeof(struct chrome_cpu), CPUS_MAX);
}

void chrome_finish(struct chrome *c)
{
	export_names_finish(&c->names);
	table_finish(&c->cpus);
}

static void put_us(FILE *f, const char *key, uint64_t ns)
{
	fprintf(f, ",\"%s\":%" PRIu64 ".%03" PRIu64, key, ns / 1000, ns % 1000);
}

static void begin_event(struct chrome *c, const char *phase, uint64_t pid, uint64_t tid)
{
	fprintf(c->f, "%s\n{\"ph\":\"%s\",\"pid\":%" PRIu64 ",\"tid\":%" PRIu64,
		c->begun ? "," : "", phase, pid, tid);
	c->begun = true;
}

static void put_metadata(struct chrome *c, const char *what, uint64_t pid, uint64_t tid,
			 const char *name, uint64_t order)
{
	begin_event(c, "M", pid, tid);
	fprintf(c->f, ",\"name\":\"%s_name\",\"args\":{\"name\":\"%s\"}}", what, name);
	begin_event(c, "M", pid, tid);
	fprintf(c->f, ",\"name\":\"%s_sort_index\",\"args\":{\"sort_index\":%" PRIu64 "}}", what,
		order);
}

struct chrome_cpu *chrome_cpu(struct chrome *c, uint32_t cpu)
{
	uint64_t key = cpu;
	int row = table_get(&c->cpus, &key);

	if (row == -ENOMEM)
		c->error = row;
	return row < 0 ? NULL : table_row(&c->cpus, row);
}

/* Names of a CPU and of its lane come before the first event there. */
static void name_lane(struct chrome *c, uint32_t cpu, enum chrome_lane lane)
{
	static const char *const names[NR_LANES] = {
		[LANE_SAMPLE] = "victim",   [LANE_NMI] = "nmi",	   [LANE_IRQ] = "irq",
		[LANE_SOFTIRQ] = "softirq", [LANE_WORK] = "work",  [LANE_THREAD] = "thread",
		[LANE_ORIGIN] = "causes",   [LANE_WAIT] = "waits",
	};
	struct chrome_cpu *row = chrome_cpu(c, cpu);
	char name[32];

	if (!row || row->lanes & 1U << lane)
		return;
	if (!row->lanes) {
		snprintf(name, sizeof(name), "CPU %" PRIu32, cpu);
		put_metadata(c, "process", PID(cpu), TID(cpu, lane), name, cpu);
	}
	row->lanes |= 1U << lane;
	put_metadata(c, "thread", PID(cpu), TID(cpu, lane), names[lane], (uint64_t)lane);
}

void chrome_name(const struct chrome *c, char name[CHROME_NAME], const char *before,
		 uint64_t function, const char *after)
{
	const char *symbol = export_names_symbol(&c->names, function);
	char address[32] = "";

	if (function && !symbol)
		text_address(address, sizeof(address), function);
	snprintf(name, CHROME_NAME, "%s%.*s%s", before, QPW_SYMBOL_LEN, symbol ? symbol : address,
		 after);
}

/* What every event on a CPU has. */
static void begin_on(struct chrome *c, const char *phase, uint32_t cpu, enum chrome_lane lane,
		     const char *category, const char *name, uint64_t ns)
{
	name_lane(c, cpu, lane);
	begin_event(c, phase, PID(cpu), TID(cpu, lane));
	put_us(c->f, "ts", ns);
	fprintf(c->f, ",\"cat\":\"%s\",\"name\":", category);
	escape_quoted(c->f, name, CHROME_NAME);
}

static void begin_args(struct chrome *c, const struct qpw_header *h)
{
	fprintf(c->f, ",\"args\":{\"start_ns\":%" PRIu64 ",\"end_ns\":%" PRIu64,
		(uint64_t)h->start_ns, (uint64_t)h->end_ns);
}

void chrome_interval(struct chrome *c, const struct qpw_header *h, enum chrome_lane lane,
		     const char *category, const char *name)
{
	begin_on(c, "X", h->cpu, lane, category, name, h->start_ns);
	put_us(c->f, "dur", h->end_ns - h->start_ns);
	begin_args(c, h);
}

void chrome_instant(struct chrome *c, const struct qpw_header *h, uint32_t cpu,
		    enum chrome_lane lane, const char *category, const char *name)
{
	begin_on(c, "i", cpu, lane, category, name, h->start_ns);
	fputs(",\"s\":\"t\"", c->f);
	begin_args(c, h);
}

void chrome_number(struct chrome *c, const char *key, uint64_t value)
{
	fprintf(c->f, ",\"%s\":%" PRIu64, key, value);
}

void chrome_text(struct chrome *c, const char *key, const char *text, size_t max)
{
	fprintf(c->f, ",\"%s\":", key);
	escape_quoted(c->f, text, max);
}

void chrome_address(struct chrome *c, const char *key, uint64_t address)
{
	char text[32];

	text_address(text, sizeof(text), address);
	chrome_text(c, key, text, sizeof(text));
}

void chrome_code(struct chrome *c, const char *key, uint64_t address)
{
	char name[CHROME_NAME];

	if (!address)
		return;
	chrome_name(c, name, "", address, "");
	chrome_text(c, key, name, sizeof(name));
}

void chrome_task(struct chrome *c, const char *key, const char *comm, uint32_t pid)
{
	char text[QPW_COMM_LEN + 16];

	snprintf(text, sizeof(text), "%.*s:%" PRIu32, QPW_COMM_LEN, comm, pid);
	chrome_text(c, key, text, sizeof(text));
}

/* Functions, the innermost first, as in the report. */
static void put_stack(struct chrome *c, const struct qpw_stack *stack)
{
	char text[QPW_STACK_FRAMES * (QPW_SYMBOL_LEN + 4)] = "", address[32];
	size_t len = 0;

	for (uint32_t i = 0; i < QPW_STACK_FRAMES && i < stack->nr_frames; i++) {
		const char *name = export_names_symbol(&c->names, stack->frames[i]);

		text_address(address, sizeof(address), stack->frames[i]);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", i ? " < " : "",
					QPW_SYMBOL_LEN, name ? name : address);
	}
	chrome_text(c, "stack", text, sizeof(text));
}

void chrome_origin(struct chrome *c, const struct qpw_header *h, const struct qpw_origin *o)
{
	const struct qpw_cgroup *cgroup = export_names_cgroup(&c->names, o->cgroup);
	const struct qpw_stack *stack = export_names_stack(&c->names, o->stack);

	if (!(h->flags & QPW_F_ORIGIN))
		return;
	chrome_task(c, "by", o->comm, o->pid);
	chrome_number(c, "by_cpu", o->cpu);
	if (o->ns && o->ns <= h->start_ns)
		chrome_number(c, "wait_ns", h->start_ns - o->ns);
	if (cgroup)
		chrome_text(c, "cgroup", cgroup->path, sizeof(cgroup->path));
	if (stack)
		put_stack(c, stack);
}

void chrome_end(struct chrome *c)
{
	fputs("}}", c->f);
}

/* One of its process: Perfetto keeps what has a plain id apart from all CPUs. */
static void put_span_id(struct chrome *c)
{
	fprintf(c->f, ",\"id2\":{\"local\":\"%" PRIu64 "\"}", c->nr_ids);
}

void chrome_span(struct chrome *c, const struct qpw_header *h, uint32_t cpu, enum chrome_lane lane,
		 const char *category, const char *name)
{
	c->nr_ids++;
	begin_on(c, "b", cpu, lane, category, name, h->start_ns);
	put_span_id(c);
	begin_args(c, h);
}

static void put_edge(struct chrome *c, const char *phase, uint32_t cpu, enum chrome_lane lane,
		     const char *category, const char *name, uint64_t ns)
{
	begin_on(c, phase, cpu, lane, category, name, ns);
	put_span_id(c);
	fputc('}', c->f);
}

void chrome_span_end(struct chrome *c, uint32_t cpu, enum chrome_lane lane, const char *category,
		     const char *name, uint64_t ns)
{
	put_edge(c, "e", cpu, lane, category, name, ns);
}

void chrome_step(struct chrome *c, uint32_t cpu, enum chrome_lane lane, const char *category,
		 const char *name, uint64_t start_ns, uint64_t end_ns)
{
	put_edge(c, "b", cpu, lane, category, name, start_ns);
	put_edge(c, "e", cpu, lane, category, name, end_ns);
}

/* An arrow begins and ends in a slice: where it begins, one of a nanosecond is put. */
void chrome_cause(struct chrome *c, const struct qpw_header *h, enum chrome_lane lane,
		  const struct qpw_origin *o, const char *what)
{
	if (!(h->flags & QPW_F_ORIGIN) || !o->ns || o->ns > h->start_ns)
		return;
	c->nr_ids++;
	begin_on(c, "X", o->cpu, LANE_ORIGIN, "cause", what, o->ns);
	put_us(c->f, "dur", 1);
	fprintf(c->f, ",\"args\":{\"for_cpu\":%" PRIu32, h->cpu);
	chrome_task(c, "by", o->comm, o->pid);
	chrome_end(c);
	begin_on(c, "s", o->cpu, LANE_ORIGIN, "cause", "cause", o->ns);
	fprintf(c->f, ",\"id\":%" PRIu64 "}", c->nr_ids);
	begin_on(c, "f", h->cpu, lane, "cause", "cause", h->start_ns);
	fprintf(c->f, ",\"id\":%" PRIu64 ",\"bp\":\"e\"}", c->nr_ids);
}

void chrome_edge(struct chrome *c, const char *name, uint64_t ns)
{
	begin_event(c, "i", PID_RECORDING, PID_RECORDING);
	put_us(c->f, "ts", ns);
	fprintf(c->f, ",\"s\":\"g\",\"cat\":\"window\",\"name\":\"%s\"}", name);
}
