// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping the tables and numbering them: one for each watched CPU in their order, and the last.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/live.h"
#include "collect/skeletons.h"

struct live {
	struct qpw_live_table *tables;
	size_t bytes;
	uint32_t nr_tables;
	uint32_t cpus[]; /* by table */
};

void live_prepare(struct qpw_bpf *bpf, const struct cpulist *watched, uint64_t event_ns,
		  bool csd_is_told)
{
	uint16_t nr = 0;
	int cpu;

	cpulist_for_each(watched, cpu)
		bpf->rodata->live_table_of[cpu] = nr++;
	bpf->rodata->live_shared_table = nr;
	bpf->rodata->aggregates = 1;
	bpf->rodata->event_ns = event_ns;
	bpf->rodata->csd_is_told = csd_is_told;
	bpf_map__set_max_entries(bpf->maps.live_tables, nr + 1U);
}

int live_create(struct qpw_bpf *bpf, const struct cpulist *watched, struct live **out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), nr = 0;
	struct live *live;
	void *memory;
	int cpu;

	*out = NULL;
	live = calloc(1, sizeof(*live) + (cpulist_count(watched) + 1) * sizeof(live->cpus[0]));
	if (!live)
		return -ENOMEM;
	cpulist_for_each(watched, cpu)
		live->cpus[nr++] = (uint32_t)cpu;
	live->cpus[nr++] = LIVE_EVERY_CPU;
	live->nr_tables = (uint32_t)nr;
	/* the kernel rounds an element's size up to 8 bytes: a table is whole lines of the cache */
	live->bytes = (nr * sizeof(struct qpw_live_table) + page - 1) & ~(page - 1);
	memory = mmap(NULL, live->bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		      bpf_map__fd(bpf->maps.live_tables), 0);
	if (memory == MAP_FAILED) {
		int err = -errno;

		free(live);
		return err;
	}
	live->tables = memory;
	*out = live;
	return 0;
}

void live_set_window(struct qpw_bpf *bpf, uint64_t now_ns)
{
	__atomic_store_n(&bpf->bss->live_open_ns, now_ns, __ATOMIC_RELEASE);
}

static void explain_rows(const struct qpw_live_table *table, struct stream *stream)
{
	for (uint32_t i = 0; i < LIVE_ALL_ROWS && table->used_rows[i]; i++)
		stream_explain_function(stream, table->rows[table->used_rows[i] - 1].key.function);
	for (uint32_t i = 0; i < LIVE_CAUSERS && table->used_causers[i]; i++) {
		const struct qpw_live_who *who = &table->causers[table->used_causers[i] - 1];

		stream_explain_place(stream, who->cgroup, who->stack);
	}
}

void live_explain(const struct live *live, struct stream *stream)
{
	for (uint32_t i = 0; i < live->nr_tables; i++)
		explain_rows(&live->tables[i], stream);
}

struct qpw_live_table *live_table(const struct live *live, uint32_t i, uint32_t *cpu)
{
	if (i >= live->nr_tables)
		return NULL;
	*cpu = live->cpus[i];
	return &live->tables[i];
}

static void table_clear(struct qpw_live_table *t)
{
	for (uint32_t i = 0; i < LIVE_ALL_ROWS && t->used_rows[i]; i++) {
		struct qpw_live_row *row = &t->rows[t->used_rows[i] - 1];

		row->count = 0;
		row->total_ns = 0;
		row->self_ns = 0;
		row->max_ns = 0;
		memset(row->lengths, 0, sizeof(row->lengths));
	}
	for (uint32_t i = 0; i < LIVE_CAUSERS && t->used_causers[i]; i++) {
		struct qpw_live_who *who = &t->causers[t->used_causers[i] - 1];

		who->count = 0;
		who->wait_ns = 0;
		who->wait_max_ns = 0;
	}
	t->nr_causers_left_out = 0;
	t->recent_max_ns = 0;
}

void live_clear(struct live *live)
{
	for (uint32_t i = 0; i < live->nr_tables; i++)
		table_clear(&live->tables[i]);
}

void live_destroy(struct live *live)
{
	if (!live)
		return;
	munmap(live->tables, live->bytes);
	free(live);
}
