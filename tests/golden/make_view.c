// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a live view as it is saved, with every kind of record that only such a trace has:
 * make_view FILE. Knows the keeper, no programs that would add up.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../records.h"
#include "../tables.h"
#include "model/model.h"
#include "store/keep.h"

#define FN_DRAIN UINT64_C(0xffffffff81000000)
#define MS UINT64_C(1000000)

struct view {
	struct model *model;
	struct keep *keep;
	struct qpw_live_table *tables; /* of CPU 1, and what is of none */
};

static int happen(struct view *v, union rec r)
{
	return model_feed(v->model, &r.h) | keep_record(v->keep, &r.h);
}

/* Works that churn queued and waited for, a kworker, IPIs, and rows that had to make room. */
static void add_up(struct view *v, uint32_t count)
{
	struct qpw_live_table *own = &v->tables[0], *none = &v->tables[1];
	const struct qpw_origin churn = rec_origin(1, 0, 33, "churn");
	const struct qpw_live_key work = table_key(QPW_KIND_WORK, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key ipi = table_key(QPW_KIND_IPI, 0, QPW_IPI_RESCHEDULE, 0, "");
	const struct qpw_live_key thread = table_key(QPW_KIND_THREAD, 0, 0, 0, "kworker/1:1");
	const struct qpw_live_key queued = table_key(QPW_KIND_WORK_QUEUE, 0, 0, FN_DRAIN, "");
	const struct qpw_live_key wait = table_key(QPW_KIND_FLUSH, 0, QPW_FLUSH_WORK, FN_DRAIN, "");

	table_add_who(own, table_add(own, &work, count, true, 4000, 4000), &churn, count, 900);
	table_add(own, &ipi, 3 * count, true, 700, 700);
	own->last_thread = table_add(own, &thread, count, true, 60000, 56000) + 1;
	own->last_tick_ns = 2 * MS;
	own->recent_max_ns = 60000;
	own->gone_kinds = 1U << QPW_KIND_SOFTIRQ;
	own->gone[QPW_KIND_SOFTIRQ].key.kind = QPW_KIND_SOFTIRQ;
	own->gone[QPW_KIND_SOFTIRQ].count += count;
	own->gone[QPW_KIND_SOFTIRQ].total_ns += 500ULL * count;
	own->gone[QPW_KIND_SOFTIRQ].self_ns += 500ULL * count;
	table_add(none, &queued, count, true, 0, 0);
	table_add_who(none, table_add(none, &wait, count, true, 8000, 0), &churn, count, 8000);
}

static int look(struct view *v, uint64_t now_ns)
{
	const struct qpw_live_wait wait = {
		.key = { .pid = 34, .what = QPW_FLUSH_WORK },
		.what = { .function = FN_DRAIN, .target_cpu = 1, .comm = "waiter" },
		.waited_ns = 123456
	};
	const struct qpw_live_run run = { .key = table_key(QPW_KIND_THREAD, 0, 0, 0, "hog"),
					  .total_ns = 50000,
					  .self_ns = 40000 };
	int ret = model_begin_tables(v->model, now_ns);

	keep_begin_look(v->keep);
	ret |= model_feed_waiting(v->model, &wait) | keep_wait(v->keep, &wait);
	for (uint32_t i = 0; i < 2; i++) {
		const uint32_t cpu = i ? LIVE_EVERY_CPU : 1;

		ret |= model_feed_table(v->model, cpu, &v->tables[i]);
		ret |= keep_table(v->keep, cpu, &v->tables[i]);
	}
	return ret | model_feed_running(v->model, 1, &run) | keep_run(v->keep, 1, &run);
}

/* Two looks; between them a run and a wake-up that lasted. */
static int observe(struct view *v)
{
	int ret = happen(v, rec_symbol(FN_DRAIN, "lru_add_drain_per_cpu"));

	ret |= happen(v, rec_probe("softirq_entry", QPW_PROBE_TP_BTF, 0, "softirqs"));
	ret |= happen(v, rec_window(MS, 0));
	add_up(v, 2);
	ret |= look(v, 3 * MS);
	add_up(v, 5);
	ret |= happen(v, rec_thread(1, 4 * MS, 4 * MS + 60000, 35, "kworker/1:1"));
	ret |= happen(v, rec_sample(1, 4 * MS, 4 * MS + 100, 4 * MS + 200, 4 * MS + 300,
				    4 * MS + 60000));
	return ret | look(v, 5 * MS);
}

static int write_minute(struct trace_writer *w)
{
	struct qpw_minute minute = { .h = { .start_ns = 5 * MS,
					    .end_ns = 5 * MS,
					    .cpu = 1,
					    .kind = QPW_META_MINUTE,
					    .size = sizeof(minute) } };

	for (int part = 0; part < LIVE_MINUTE_PARTS; part++)
		minute.stolen_ns_s[part] = part < 18 ? LIVE_MINUTE_UNKNOWN : (uint32_t)(part * MS);
	return trace_writer_put(w, &minute.h);
}

static int write_view(const struct view *v, const char *path)
{
	static const struct host_facts facts = { .hostname = "box",
						 .watched = "1",
						 .tool_version = "qpwtop 0" };
	struct snapshot *now = model_snapshot(v->model);
	const struct keep_view view = {
		.now = now, .cpu = 1, .start_ns = MS, .before_ns = 3 * MS, .now_ns = 5 * MS
	};
	struct trace_writer *w;
	int ret = now ? trace_writer_open(path, &facts, &w) : -1;

	if (!ret) {
		ret = write_minute(w) | keep_write(v->keep, &view, w);
		ret |= trace_writer_close(w);
	}
	snapshot_destroy(now);
	return ret;
}

int main(int argc, char **argv)
{
	const struct model_config config = { .per_cpu = true,
					     .event_ns = 50000,
					     .from_tables = true };
	struct view v = { .model = model_create(&config),
			  .keep = keep_create(),
			  .tables = calloc(2, sizeof(*v.tables)) };
	int ret = 1;

	if (argc != 2) {
		fputs("usage: make_view FILE\n", stderr);
		ret = 129;
	} else if (!v.model || !v.keep || !v.tables || observe(&v) || write_view(&v, argv[1])) {
		fprintf(stderr, "make_view: %s: can't write\n", argv[1]);
	} else {
		ret = 0;
	}
	model_destroy(v.model);
	keep_destroy(v.keep);
	free(v.tables);
	return ret;
}
