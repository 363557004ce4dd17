// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records as comma-separated values: one table of columns, and for each kind what it puts into
 * them. Knows the wire records, no files.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/counter.h"
#include "util/array.h"
#include "util/record.h"
#include "util/text.h"
#include "view/csv.h"
#include "view/export.h"
#include "view/export_names.h"
#include "view/summary_causers.h"

#define CELL_SIZE (QPW_STACK_FRAMES * QPW_SYMBOL_LEN + 4 * QPW_PATH_LEN)

/* Readers go by the names, but append only: somebody's awk goes by the numbers. */
enum column {
	KIND,
	CPU,
	START_NS,
	END_NS,
	FLAGS,
	NAME,
	NUMBER,
	FUNCTION,
	OBJECT,
	PID,
	TGID,
	COMM,
	PRIO,
	COUNT,
	ORIGIN_NS,
	ORIGIN_CPU,
	ORIGIN_PID,
	ORIGIN_COMM,
	TARGET_CPU,
	FROM_CPU,
	IRQ_NS,
	EXPIRE_NS,
	WAKEUP_NS,
	STATE,
	LOSES,
	ORIGIN_CGROUP,
	ORIGIN_STACK,
	STACK,
	CALL_SITE,
	NR_COLUMNS,
};

static const char header[] =
	"kind,cpu,start_ns,end_ns,flags,name,number,function,object,pid,tgid,comm,prio,count,"
	"origin_ns,origin_cpu,origin_pid,origin_comm,target_cpu,from_cpu,irq_ns,expire_ns,"
	"wakeup_ns,state,loses,origin_cgroup,origin_stack,stack,call_site\n";

struct csv {
	FILE *f;
	struct export_names names;
	char cells[NR_COLUMNS][CELL_SIZE];
};

static void put_number(struct csv *csv, enum column column, uint64_t number)
{
	snprintf(csv->cells[column], CELL_SIZE, "%" PRIu64, number);
}

/* Words of ours. */
static void put_word(struct csv *csv, enum column column, const char *word)
{
	snprintf(csv->cells[column], CELL_SIZE, "%s", word);
}

/* Foreign text, at most max bytes. */
static void put_text(struct csv *csv, enum column column, const char *text, size_t max)
{
	char safe[4 * QPW_PATH_LEN + 1];

	text_escape_n(text, max, safe, sizeof(safe));
	csv_text(safe, csv->cells[column], CELL_SIZE);
}

/* A function by its name, or by its address; nothing when none was seen. */
static void put_code(struct csv *csv, enum column column, uint64_t address)
{
	const char *name = export_names_symbol(&csv->names, address);

	if (name)
		put_text(csv, column, name, QPW_SYMBOL_LEN);
	else if (address)
		text_address(csv->cells[column], CELL_SIZE, address);
}

static void put_function(struct csv *csv, uint64_t address)
{
	put_code(csv, FUNCTION, address);
}

static void put_object(struct csv *csv, uint64_t address)
{
	text_address(csv->cells[OBJECT], CELL_SIZE, address);
}

static void put_task(struct csv *csv, uint32_t pid, const char *comm)
{
	put_number(csv, PID, pid);
	put_text(csv, COMM, comm, QPW_COMM_LEN);
}

static void put_origin(struct csv *csv, const struct qpw_header *h, const struct qpw_origin *origin)
{
	if (!(h->flags & QPW_F_ORIGIN))
		return;
	put_number(csv, ORIGIN_NS, origin->ns);
	put_number(csv, ORIGIN_CPU, origin->cpu);
	put_number(csv, ORIGIN_PID, origin->pid);
	put_text(csv, ORIGIN_COMM, origin->comm, QPW_COMM_LEN);
	if (origin->cgroup)
		put_number(csv, ORIGIN_CGROUP, origin->cgroup);
	if (origin->stack)
		put_number(csv, ORIGIN_STACK, origin->stack);
}

static void put_irq(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_irq *r = (const struct qpw_irq *)h;

	put_text(csv, NAME, r->name, sizeof(r->name));
	put_number(csv, NUMBER, r->irq);
}

static void put_softirq(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_softirq *r = (const struct qpw_softirq *)h;
	const char *name = record_softirq_name(r->vec);

	put_word(csv, NAME, name ? name : "");
	put_number(csv, NUMBER, r->vec);
}

static void put_ipi(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_ipi *r = (const struct qpw_ipi *)h;
	const char *name = record_ipi_name(r->vector);

	put_word(csv, NAME, name ? name : "");
	put_number(csv, NUMBER, r->vector);
	put_function(csv, r->function);
	put_number(csv, COUNT, r->nr_functions);
	put_origin(csv, h, &r->origin);
	put_code(csv, CALL_SITE, h->flags & QPW_F_ORIGIN ? r->callsite : 0);
}

static void put_timer(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_timer *r = (const struct qpw_timer *)h;

	put_function(csv, r->function);
	put_number(csv, COUNT, r->nr_expired);
}

static void put_nmi(struct csv *csv, const struct qpw_header *h)
{
	put_function(csv, ((const struct qpw_nmi *)h)->function);
}

static void put_thread(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_thread *r = (const struct qpw_thread *)h;

	put_task(csv, r->pid, r->comm);
	put_number(csv, PRIO, r->prio);
	put_origin(csv, h, &r->origin);
}

static void put_work(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_work *r = (const struct qpw_work *)h;

	put_function(csv, r->function);
	put_object(csv, r->work);
	put_origin(csv, h, &r->origin);
}

static void put_flush(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_flush *r = (const struct qpw_flush *)h;
	const char *name = record_flush_name(r->where);

	put_word(csv, NAME, name ? name : "");
	put_number(csv, NUMBER, r->where);
	put_function(csv, r->function);
	put_task(csv, r->pid, r->comm);
	if (r->target_cpu != ~0U)
		put_number(csv, TARGET_CPU, r->target_cpu);
}

static void put_op(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_op *r = (const struct qpw_op *)h;

	put_function(csv, r->function);
	put_object(csv, r->object);
	put_task(csv, r->pid, r->comm);
	put_number(csv, FROM_CPU, r->from_cpu);
}

/* A step that was not seen has an empty cell. */
static void put_step(struct csv *csv, enum column column, uint64_t ns)
{
	if (ns)
		put_number(csv, column, ns);
}

static void put_sample(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_sample *r = (const struct qpw_sample *)h;

	put_task(csv, r->pid, r->comm);
	put_number(csv, TGID, r->tgid);
	put_step(csv, IRQ_NS, r->irq_ns);
	put_step(csv, EXPIRE_NS, r->expire_ns);
	put_step(csv, WAKEUP_NS, r->wakeup_ns);
}

static void put_symbol(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_symbol *r = (const struct qpw_symbol *)h;

	put_text(csv, NAME, r->name, sizeof(r->name));
	put_object(csv, r->address);
}

static void put_lost(struct csv *csv, const struct qpw_header *h)
{
	put_number(csv, COUNT, ((const struct qpw_lost *)h)->nr_lost);
}

static void put_probe(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_probe *r = (const struct qpw_probe *)h;
	const char *state = record_probe_state_name(r->state);

	put_text(csv, NAME, r->name, sizeof(r->name));
	snprintf(csv->cells[NUMBER], CELL_SIZE, "%d", r->error);
	put_word(csv, STATE, state ? state : "");
	put_text(csv, LOSES, r->loses, sizeof(r->loses));
}

static void put_tick_kept(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_tick_kept *r = (const struct qpw_tick_kept *)h;
	size_t len = 0;

	for (int i = 0; i < QPW_NR_TICK_REASONS; i++) {
		if (r->reasons & 1U << i)
			len += (size_t)snprintf(csv->cells[NAME] + len, CELL_SIZE - len, "%s%s",
						len ? "|" : "",
						summary_tick_reason((enum qpw_tick_reason)i));
	}
	put_number(csv, NUMBER, r->reasons);
	put_number(csv, PID, r->pid);
}

static void put_migrate(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_migrate *r = (const struct qpw_migrate *)h;

	put_task(csv, r->pid, r->comm);
	put_number(csv, PRIO, r->prio);
	put_number(csv, FROM_CPU, r->from_cpu);
	put_origin(csv, h, &r->origin);
}

static void put_lock_wait(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_lock_wait *r = (const struct qpw_lock_wait *)h;

	put_word(csv, NAME, summary_lock_kind(r->flags));
	put_number(csv, NUMBER, r->flags);
	put_object(csv, r->lock);
	put_task(csv, r->pid, r->comm);
}

static void put_taken(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_taken *r = (const struct qpw_taken *)h;

	put_task(csv, r->pid, r->comm);
	put_number(csv, ORIGIN_PID, r->by_pid);
	put_text(csv, ORIGIN_COMM, r->by_comm, QPW_COMM_LEN);
}

static void put_hotplug(struct csv *csv, const struct qpw_header *h)
{
	put_word(csv, STATE, ((const struct qpw_hotplug *)h)->online ? "online" : "offline");
}

static void put_cgroup(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_cgroup *r = (const struct qpw_cgroup *)h;

	put_number(csv, ORIGIN_CGROUP, r->id);
	put_text(csv, NAME, r->path, sizeof(r->path));
}

/* The functions, the innermost first, between blanks and "<": "queue_work_on+0x1f < …". */
static void put_stack(struct csv *csv, const struct qpw_header *h)
{
	static const char *const contexts[] = { "", "task", "softirq", "irq", "nmi" };
	const struct qpw_stack *r = (const struct qpw_stack *)h;
	uint32_t nr = r->nr_frames < QPW_STACK_FRAMES ? r->nr_frames : QPW_STACK_FRAMES;
	char *out = csv->cells[STACK];
	size_t len = 0;

	put_number(csv, ORIGIN_STACK, r->id);
	put_number(csv, COUNT, r->nr_frames);
	put_word(csv, STATE, r->context < ARRAY_SIZE(contexts) ? contexts[r->context] : "");
	for (uint32_t i = 0; i < nr && r->frames[i]; i++) {
		put_function(csv, r->frames[i]);
		if (len + strlen(csv->cells[FUNCTION]) + sizeof(" < ") > CELL_SIZE)
			break;
		len += (size_t)snprintf(out + len, CELL_SIZE - len, "%s%s", i ? " < " : "",
					csv->cells[FUNCTION]);
	}
	csv->cells[FUNCTION][0] = '\0';
}

static void put_counts(struct csv *csv, const struct qpw_header *h)
{
	const struct qpw_counts *r = (const struct qpw_counts *)h;
	size_t len = 0;

	for (int i = 0; i < NR_COUNTERS; i++)
		if (counters[i].record)
			len += (size_t)snprintf(csv->cells[NAME] + len, CELL_SIZE - len,
						"%s%s %" PRIu64, len ? " " : "", counters[i].name,
						counter_recorded(&counters[i], r));
}

static const struct kind {
	uint16_t kind;
	void (*put)(struct csv *csv, const struct qpw_header *h);
} kinds[] = {
	{ QPW_KIND_IRQ, put_irq },
	{ QPW_KIND_SOFTIRQ, put_softirq },
	{ QPW_KIND_IPI, put_ipi },
	{ QPW_KIND_TIMER, put_timer },
	{ QPW_KIND_NMI, put_nmi },
	{ QPW_KIND_THREAD, put_thread },
	{ QPW_KIND_WORK, put_work },
	{ QPW_KIND_WORK_QUEUE, put_work },
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
	{ QPW_META_SYMBOL, put_symbol },
	{ QPW_META_LOST, put_lost },
	{ QPW_META_PROBE, put_probe },
	{ QPW_META_HOTPLUG, put_hotplug },
	{ QPW_META_CGROUP, put_cgroup },
	{ QPW_META_STACK, put_stack },
	{ QPW_META_COUNTS, put_counts },
};

/* "begin|end"; bits without a name as one hexadecimal number. */
static void put_flags(struct csv *csv, uint32_t flags)
{
	static const char *const names[] = { "begin",  "end",	  "origin", "tick",	"victim",
					     "inline", "skipped", "remote", "by_victim" };
	char *out = csv->cells[FLAGS];
	uint32_t rest = flags >> ARRAY_SIZE(names) << ARRAY_SIZE(names);
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & 1U << i)
			len += (size_t)snprintf(out + len, CELL_SIZE - len, "%s%s", len ? "|" : "",
						names[i]);
	}
	if (rest)
		snprintf(out + len, CELL_SIZE - len, "%s0x%" PRIx32, len ? "|" : "", rest);
}

static void *csv_create(FILE *f, const struct host_facts *facts)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	(void)facts;
	if (!csv)
		return NULL;
	csv->f = f;
	export_names_init(&csv->names);
	fputs(header, f);
	return csv;
}

static int csv_put(void *export, const struct qpw_header *record)
{
	struct csv *csv = export;
	const char *name = record_kind_name(record->kind);
	const struct kind *kind = NULL;
	int ret = export_names_put(&csv->names, record);

	for (size_t i = 0; i < NR_COLUMNS; i++)
		csv->cells[i][0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !kind; i++)
		kind = kinds[i].kind == record->kind ? &kinds[i] : NULL;
	if (name)
		put_word(csv, KIND, name);
	else
		put_number(csv, KIND, record->kind);
	put_number(csv, CPU, record->cpu);
	put_number(csv, START_NS, record->start_ns);
	put_number(csv, END_NS, record->end_ns);
	put_flags(csv, record->flags);
	if (kind)
		kind->put(csv, record);
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		csv_cell(csv->f, csv->cells[i]);
		fputc(i + 1 < NR_COLUMNS ? ',' : '\n', csv->f);
	}
	return ret;
}

static int csv_finish(void *export, const struct export_end *end)
{
	struct csv *csv = export;

	(void)end;
	if (csv)
		export_names_finish(&csv->names);
	free(csv);
	return 0;
}

const struct export_format export_csv = {
	.name = "csv",
	.create = csv_create,
	.put = csv_put,
	.finish = csv_finish,
};
