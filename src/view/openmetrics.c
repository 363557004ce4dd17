// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which metrics a snapshot makes: one table for each kind of row. Knows snapshots, no records.
 */
#include "view/openmetrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/counter.h"
#include "util/array.h"
#include "view/metric.h"
#include "view/summary_causers.h"

/* Families of one kind of row. */
static void put_all(FILE *f, const struct metric *metrics, size_t nr,
		    const struct metric_rows *rows)
{
	for (size_t i = 0; i < nr; i++)
		metric_put(f, &metrics[i], rows);
}

/* A family of a single value. */
static void put_one(FILE *f, const char *name, enum metric_type type, uint64_t value,
		    const char *help)
{
	const struct metric metric = { name, type, 0, help };
	const struct metric_rows rows = { &value, 1, sizeof(value), NULL };

	metric_put(f, &metric, &rows);
}

/* Behind the families of what they are about. */
static void put_counters(FILE *f, const struct snap_counts *counts, enum counter_about about)
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		const struct counter *c = &counters[i];
		char name[64];

		if (c->about != about)
			continue;
		snprintf(name, sizeof(name), "qpw_%s", c->name);
		put_one(f, name, METRIC_COUNT, counter_get(c, counts), c->help);
	}
}

static void label_number(FILE *f, const char *name, uint64_t number, const char *behind)
{
	fprintf(f, "%s=\"%" PRIu64 "\"%s", name, number, behind);
}

static void host_labels(FILE *f, const void *rows, size_t i)
{
	const struct host_facts *h = rows;

	(void)i;
	metric_label(f, "hostname", h->hostname, HOST_TEXT, ",");
	metric_label(f, "release", h->release, HOST_TEXT, ",");
	metric_label(f, "mode", host_mode_name(h->mode), HOST_TEXT, ",");
	metric_label(f, "watched", h->watched, HOST_TEXT, ",");
	metric_label(f, "isolated", h->isolated, HOST_TEXT, ",");
	metric_label(f, "nohz_full", h->nohz_full, HOST_TEXT, ",");
	metric_label(f, "clocksource", h->clocksource, HOST_TEXT, ",");
	metric_label(f, "hypervisor", h->hypervisor, HOST_TEXT, ",");
	metric_label(f, "tool_version", h->tool_version, HOST_TEXT, "");
}

/* A gauge by type: the textfile collector knows no type "info". */
static void put_host(FILE *f, const struct host_facts *facts)
{
	const struct metric info = {
		"qpw_host_info", METRIC_GAUGE, 0,
		"Always 1: the machine, the watched CPUs and the boot mode are in the labels."
	};

	metric_head(f, &info);
	fputs("qpw_host_info{", f);
	host_labels(f, facts, 0);
	fputs("} 1\n", f);
}

static void put_probes(FILE *f, const struct snapshot *s)
{
	const struct metric missing = { "qpw_probe_missing", METRIC_GAUGE, 0,
					"1 for each probe without which something is not seen." };

	metric_head(f, &missing);
	for (size_t i = 0; i < s->nr_probes; i++) {
		const struct snap_probe *p = &s->probes[i];

		if (p->state != QPW_PROBE_MISSING)
			continue;
		fputs("qpw_probe_missing{", f);
		metric_label(f, "probe", p->name, sizeof(p->name), ",");
		metric_label(f, "loses", p->loses, sizeof(p->loses), "");
		fputs("} 1\n", f);
	}
}

/* How much of the truth the rest is. */
static void put_recording(FILE *f, const struct openmetrics *m)
{
	const struct snapshot *s = m->snapshot;
	uint64_t nr_offlines = s->nr_offlines + s->nr_offlines_left_out;

	put_host(f, m->facts);
	put_one(f, "qpw_window_seconds", METRIC_GAUGE_SECS, s->window_ns,
		"Length of the measured window.");
	put_one(f, "qpw_window_closed", METRIC_GAUGE, s->window_closed,
		"1 if the recording ended in order.");
	put_one(f, "qpw_truncated", METRIC_GAUGE, s->truncated,
		"1 if the recording broke off, so that this is a part of it.");
	put_one(f, "qpw_records", METRIC_COUNT, s->nr_events, "Records read.");
	put_one(f, "qpw_lost_records", METRIC_COUNT, s->nr_lost,
		"Records for which there was no room: whatever is counted here is too little.");
	put_one(f, "qpw_malformed_records", METRIC_COUNT, m->nr_malformed,
		"Records left out since they make no sense.");
	put_one(f, "qpw_offline_periods", METRIC_GAUGE, nr_offlines,
		"Times in the window that a watched CPU was offline.");
	put_probes(f, s);
}

/* Empty for all watched CPUs together. */
static void label_cpu(FILE *f, uint32_t cpu)
{
	if (cpu == SNAP_CPU_ALL)
		metric_label(f, "cpu", "", 0, ",");
	else
		label_number(f, "cpu", cpu, ",");
}

static void label_class(FILE *f, enum snap_class class, const char *behind)
{
	const char *name = snap_class_name(class);

	metric_label(f, "class", name, strlen(name), behind);
}

/* One class on one CPU. */
struct class_row {
	uint32_t cpu;
	enum snap_class class;
	struct snap_total total;
};

static void class_labels(FILE *f, const void *rows, size_t i)
{
	const struct class_row *row = (const struct class_row *)rows + i;

	label_cpu(f, row->cpu);
	label_class(f, row->class, "");
}

static const struct metric class_metrics[] = {
	{ "qpw_interruptions", METRIC_COUNT, offsetof(struct class_row, total.count),
	  "Interruptions of the watched CPUs." },
	{ "qpw_stolen_seconds", METRIC_SECONDS, offsetof(struct class_row, total.self_ns),
	  "Time that interruptions took, without what nested in them." },
	{ "qpw_interruption_max_seconds", METRIC_GAUGE_SECS,
	  offsetof(struct class_row, total.max_ns),
	  "The longest interruption, with what nested in it." },
};

/* Of each CPU, where the snapshot has them apart. */
static int put_classes(FILE *f, const struct snapshot *s)
{
	size_t nr = s->nr_cpus ? s->nr_cpus : 1;
	struct class_row *list = calloc(nr * SNAP_NR_CLASSES, sizeof(*list));
	const struct metric_rows rows = { list, nr * SNAP_NR_CLASSES, sizeof(*list), class_labels };

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < rows.nr; i++) {
		const struct snap_cpu *cpu = s->nr_cpus ? &s->cpus[i / SNAP_NR_CLASSES] : NULL;
		enum snap_class class = (enum snap_class)(i % SNAP_NR_CLASSES);

		list[i].cpu = cpu ? cpu->cpu : SNAP_CPU_ALL;
		list[i].class = class;
		list[i].total = cpu ? cpu->classes[class] : s->classes[class];
	}
	put_all(f, class_metrics, ARRAY_SIZE(class_metrics), &rows);
	free(list);
	return 0;
}

static void cpu_labels(FILE *f, const void *rows, size_t i)
{
	label_number(f, "cpu", ((const struct snap_cpu *)rows)[i].cpu, "");
}

static const struct metric cpu_metrics[] = {
	{ "qpw_avoidable_work", METRIC_COUNT, offsetof(struct snap_cpu, avoidable),
	  "Executed work items that QPW lets the caller run instead." },
	{ "qpw_avoidable_work_seconds", METRIC_SECONDS, offsetof(struct snap_cpu, avoidable_ns),
	  "Time that work took that QPW lets the caller run instead." },
};

static void cause_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_cause *c = (const struct snap_cause *)rows + i;

	label_cpu(f, c->cpu);
	label_class(f, c->class, ",");
	metric_label(f, "cause", c->name, sizeof(c->name), "");
}

static const struct metric cause_metrics[] = {
	{ "qpw_cause_interruptions", METRIC_COUNT, offsetof(struct snap_cause, count),
	  "Interruptions by what ran: function, IRQ, softirq or task." },
	{ "qpw_cause_stolen_seconds", METRIC_SECONDS, offsetof(struct snap_cause, self_ns),
	  "Time that interruptions took, by what ran, without what nested." },
	{ "qpw_cause_max_seconds", METRIC_GAUGE_SECS, offsetof(struct snap_cause, max_ns),
	  "The longest interruption by what ran, with what nested in it." },
};

/* Rows that differ in pid, stack or call site only, as one: each would make too many labels. */
struct caused_sum {
	const struct snap_caused *first;
	uint64_t count;
	uint64_t wait_ns;
};

static int compare_caused(const void *a, const void *b)
{
	const struct snap_caused *x = ((const struct caused_sum *)a)->first;
	const struct snap_caused *y = ((const struct caused_sum *)b)->first;
	int ret = (x->on_cpu > y->on_cpu) - (x->on_cpu < y->on_cpu);

	if (!ret)
		ret = (x->class > y->class) - (x->class < y->class);
	if (!ret)
		ret = strcmp(x->name, y->name);
	if (!ret)
		ret = strcmp(x->origin.comm, y->origin.comm);
	if (!ret)
		ret = (x->origin.cpu > y->origin.cpu) - (x->origin.cpu < y->origin.cpu);
	return ret ? ret : strcmp(x->cgroup, y->cgroup);
}

/* Sums, ordered by their labels; returns how many. */
static size_t sum_caused(const struct snapshot *s, struct caused_sum *sums)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_caused; i++)
		sums[i] = (struct caused_sum){ &s->caused[i], s->caused[i].origin.count,
					       s->caused[i].wait_ns };
	qsort(sums, s->nr_caused, sizeof(*sums), compare_caused);
	for (size_t i = 0; i < s->nr_caused; i++) {
		if (!nr || compare_caused(&sums[nr - 1], &sums[i]) != 0) {
			sums[nr++] = sums[i];
			continue;
		}
		sums[nr - 1].count += sums[i].count;
		sums[nr - 1].wait_ns += sums[i].wait_ns;
	}
	return nr;
}

static void caused_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_caused *c = ((const struct caused_sum *)rows)[i].first;

	label_cpu(f, c->on_cpu);
	label_class(f, c->class, ",");
	metric_label(f, "cause", c->name, sizeof(c->name), ",");
	metric_label(f, "by", c->origin.comm, sizeof(c->origin.comm), ",");
	label_number(f, "by_cpu", c->origin.cpu, ",");
	metric_label(f, "cgroup", c->cgroup, sizeof(c->cgroup), "");
}

static const struct metric caused_metrics[] = {
	{ "qpw_caused_interruptions", METRIC_COUNT, offsetof(struct caused_sum, count),
	  "Interruptions by who queued, sent or woke, and from which CPU." },
	{ "qpw_caused_wait_seconds", METRIC_SECONDS, offsetof(struct caused_sum, wait_ns),
	  "Time from queueing, sending or waking to the interruption's start, summed up." },
};

static int put_caused(FILE *f, const struct snapshot *s)
{
	struct caused_sum *sums = calloc(s->nr_caused + 1, sizeof(*sums));
	struct metric_rows rows = { sums, 0, sizeof(*sums), caused_labels };

	if (!sums)
		return -ENOMEM;
	rows.nr = sum_caused(s, sums);
	put_all(f, caused_metrics, ARRAY_SIZE(caused_metrics), &rows);
	free(sums);
	put_one(f, "qpw_caused_left_out", METRIC_GAUGE, s->caused_left_out,
		"Interruptions whose origins were too rare to be kept.");
	put_counters(f, &s->counts, COUNTER_ORIGINS);
	return 0;
}

static void work_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_work *w = (const struct snap_work *)rows + i;

	metric_label(f, "function", w->function, sizeof(w->function), ",");
	metric_label(f, "avoidable", snap_qpw_family(w->function) ? "true" : "false", 5, "");
}

static const struct metric work_metrics[] = {
	{ "qpw_work_queued", METRIC_COUNT, offsetof(struct snap_work, queued),
	  "Work items queued to the watched CPUs." },
	{ "qpw_work_executed", METRIC_COUNT, offsetof(struct snap_work, executed),
	  "Work items executed on the watched CPUs." },
	{ "qpw_work_remote", METRIC_COUNT, offsetof(struct snap_work, remote),
	  "Executed work items that another CPU queued." },
	{ "qpw_work_unknown", METRIC_COUNT, offsetof(struct snap_work, unknown),
	  "Executed work items of which it was not seen who queued them." },
	{ "qpw_work_inline", METRIC_COUNT, offsetof(struct snap_work, inlined),
	  "Work for the watched CPUs that its caller ran instead." },
	{ "qpw_work_run_seconds", METRIC_SECONDS, offsetof(struct snap_work, run_ns),
	  "Time that executed work items took, without what nested in them." },
	{ "qpw_work_inline_seconds", METRIC_SECONDS, offsetof(struct snap_work, inline_ns),
	  "Time that callers took for the work that they ran instead." },
	{ "qpw_work_wait_seconds", METRIC_HISTOGRAM, offsetof(struct snap_work, wait),
	  "From queueing to execution, of work whose queueing was seen." },
};

static void flush_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_flush *u = (const struct snap_flush *)rows + i;

	metric_label(f, "function", u->function, sizeof(u->function), ",");
	metric_label(f, "work", u->work, sizeof(u->work), "");
}

static const struct metric flush_metrics[] = {
	{ "qpw_flush_wait_seconds", METRIC_HISTOGRAM, offsetof(struct snap_flush, wait),
	  "Waits in flushes and drains, by where and for which work." },
	{ "qpw_flush_skipped", METRIC_COUNT, offsetof(struct snap_flush, skipped),
	  "Flushes that had nothing to wait for." },
};

static void contended_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_contended *c = (const struct snap_contended *)rows + i;

	metric_label(f, "waiter", c->remote ? "remote" : "local", 6, "");
}

static const struct metric contended_metrics[] = {
	{ "qpw_contended", METRIC_COUNT, offsetof(struct snap_contended, count),
	  "Waits for the watched CPUs' qpw locks, by their own CPU or by others." },
	{ "qpw_contended_seconds", METRIC_SECONDS, offsetof(struct snap_contended, total_ns),
	  "Time spent in waits for the watched CPUs' qpw locks." },
};

static void put_works(FILE *f, const struct snapshot *s)
{
	const struct metric_rows works = { s->works, s->nr_works, sizeof(*s->works), work_labels };
	const struct metric_rows flushes = { s->flushes, s->nr_flushes, sizeof(*s->flushes),
					     flush_labels };
	const struct metric_rows contended = { s->contended, ARRAY_SIZE(s->contended),
					       sizeof(s->contended[0]), contended_labels };

	put_all(f, work_metrics, ARRAY_SIZE(work_metrics), &works);
	put_all(f, flush_metrics, ARRAY_SIZE(flush_metrics), &flushes);
	put_all(f, contended_metrics, ARRAY_SIZE(contended_metrics), &contended);
}

static void move_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_move *v = (const struct snap_move *)rows + i;

	metric_label(f, "comm", v->comm, sizeof(v->comm), ",");
	label_number(f, "from_cpu", v->from_cpu, ",");
	metric_label(f, "by", v->by_comm, sizeof(v->by_comm), ",");
	label_number(f, "by_cpu", v->by_cpu, "");
}

static const struct metric move_metrics[] = {
	{ "qpw_moves", METRIC_COUNT, offsetof(struct snap_move, count),
	  "Tasks moved to the watched CPUs, and by whom." },
};

/* One kind of lock can have several sets of flags. */
static void lock_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_lock *l = (const struct snap_lock *)rows + i;

	metric_label(f, "kind", summary_lock_kind(l->flags), 32, ",");
	label_number(f, "flags", l->flags, ",");
	metric_label(f, "victim", l->by_victim ? "true" : "false", 5, ",");
	metric_label(f, "comm", l->comm, sizeof(l->comm), "");
}

static const struct metric lock_metrics[] = {
	{ "qpw_lock_waits", METRIC_COUNT, offsetof(struct snap_lock, count),
	  "Waits for contended locks on the watched CPUs, by who waited." },
	{ "qpw_lock_wait_seconds", METRIC_SECONDS, offsetof(struct snap_lock, total_ns),
	  "Time spent in waits for contended locks, by who waited." },
};

static void taken_labels(FILE *f, const void *rows, size_t i)
{
	const struct snap_taken *t = (const struct snap_taken *)rows + i;

	metric_label(f, "by", t->by_comm, sizeof(t->by_comm), "");
}

static const struct metric taken_metrics[] = {
	{ "qpw_taken", METRIC_COUNT, offsetof(struct snap_taken, count),
	  "Times that a task took the CPU from the victim, which wanted to run." },
	{ "qpw_taken_seconds", METRIC_SECONDS, offsetof(struct snap_taken, total_ns),
	  "Time from the victim's losing the CPU until it ran again." },
};

static void tick_labels(FILE *f, const void *rows, size_t i)
{
	const char *reason = summary_tick_reason((enum qpw_tick_reason)i);

	(void)rows;
	metric_label(f, "reason", reason, strlen(reason), "");
}

static const struct metric tick_metrics[] = {
	{ "qpw_tick_kept", METRIC_COUNT, 0,
	  "Times that the tick was kept, by the kernel's reasons." },
};

/* What happened to tasks on the watched CPUs, the victim above all. */
static void put_tasks(FILE *f, const struct snapshot *s)
{
	const struct metric_rows moves = { s->moves, s->nr_moves, sizeof(*s->moves), move_labels };
	const struct metric_rows locks = { s->locks, s->nr_locks, sizeof(*s->locks), lock_labels };
	const struct metric_rows taken = { s->taken, s->nr_taken, sizeof(*s->taken), taken_labels };
	const struct metric_rows kept = { s->counts.tick_kept, QPW_NR_TICK_REASONS,
					  sizeof(s->counts.tick_kept[0]), tick_labels };

	put_all(f, move_metrics, ARRAY_SIZE(move_metrics), &moves);
	put_all(f, lock_metrics, ARRAY_SIZE(lock_metrics), &locks);
	put_counters(f, &s->counts, COUNTER_LOCKS);
	put_all(f, taken_metrics, ARRAY_SIZE(taken_metrics), &taken);
	put_counters(f, &s->counts, COUNTER_TICK);
	put_all(f, tick_metrics, ARRAY_SIZE(tick_metrics), &kept);
	put_counters(f, &s->counts, COUNTER_VICTIM);
	if (snapshot_counts_calls(s))
		put_counters(f, &s->counts, COUNTER_CALLS);
}

static const struct metric latency_metrics[] = {
	{ "qpw_latency_seconds", METRIC_HISTOGRAM, offsetof(struct snapshot, latency),
	  "Wake-up latency of the victim: from its timer's expiry to its being switched in." },
};

static void put_latency(FILE *f, const struct snapshot *s)
{
	const struct metric_rows rows = { s, 1, sizeof(*s), NULL };

	put_all(f, latency_metrics, ARRAY_SIZE(latency_metrics), &rows);
	put_one(f, "qpw_latency_max_seconds", METRIC_GAUGE_SECS, hist_max(s->latency),
		"The worst wake-up latency of the victim.");
	put_one(f, "qpw_remote_timer_samples", METRIC_COUNT, s->nr_remote_timers,
		"Wake-ups of the victim whose timer expired on another CPU.");
	put_counters(f, &s->counts, COUNTER_LATENCY);
}

int openmetrics_write(FILE *f, const struct openmetrics *m)
{
	const struct snapshot *s = m->snapshot;
	const struct metric_rows cpus = { s->cpus, s->nr_cpus, sizeof(*s->cpus), cpu_labels };
	const struct metric_rows causes = { s->causes, s->nr_causes, sizeof(*s->causes),
					    cause_labels };

	put_recording(f, m);
	put_latency(f, s);
	if (put_classes(f, s))
		return -ENOMEM;
	put_all(f, cpu_metrics, ARRAY_SIZE(cpu_metrics), &cpus);
	put_all(f, cause_metrics, ARRAY_SIZE(cause_metrics), &causes);
	if (put_caused(f, s))
		return -ENOMEM;
	put_works(f, s);
	put_tasks(f, s);
	fputs("# EOF\n", f);
	return 0;
}
