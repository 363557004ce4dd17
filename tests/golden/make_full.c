// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a trace that fills whatever the model bounds, all at once: make_full FILE. For tests of
 * memory; its figures mean nothing.
 */
#include <stdio.h>

#include "../records.h"
#include "store/trace.h"

#define ROWS 66000U  /* more than any table of rows holds */
#define NAMES 33000U /* and any of names */
#define PLACES 8300U /* of stacks and control groups */
#define WORKS 1100U  /* of functions of work, and of places to wait in */
#define OCTAVES 58U  /* of a histogram: values below 2^7, then each power of two */
#define CPUS 4096U
#define INTERVALS 1100U /* of each CPU: more than are kept, on those that have all the room */
#define ROOMY 300U
#define LATE (UINT64_C(1) << 63) /* there is room for the longest waits before it */
#define FUNCTION UINT64_C(0xffffffff81000000)

static int put(struct trace_writer *w, union rec r)
{
	return trace_writer_put(w, &r.h);
}

/* Waits of every length for each work and in each place. */
static int write_waits(struct trace_writer *w)
{
	int ret = 0;

	for (uint32_t i = 0; i < WORKS * OCTAVES && !ret; i++) {
		const uint64_t function = FUNCTION + i / OCTAVES * 16;
		const uint64_t begin = LATE - (UINT64_C(64) << i % OCTAVES) + 1;
		const struct qpw_origin o = rec_origin(begin, 0, 7, "queuer");

		ret |= put(w, rec_work(QPW_KIND_WORK, 1, LATE, LATE + 1, QPW_F_BEGIN | QPW_F_END,
				       function, &o));
		ret |= put(w, rec_flush(0, begin, LATE, QPW_FLUSH_WORK, function, "waiter"));
	}
	return ret;
}

/* Places and names that are as long as they may be. */
static int write_places(struct trace_writer *w)
{
	char text[QPW_PATH_LEN];
	uint64_t frames[QPW_STACK_FRAMES + 1] = { 0 };
	int ret = 0;

	for (uint32_t i = 1; i <= NAMES && !ret; i++) {
		snprintf(text, sizeof(text), "%063u", i);
		ret |= put(w, rec_symbol(FUNCTION + i * 16, text));
	}
	for (uint32_t i = 1; i <= PLACES && !ret; i++) {
		for (uint32_t f = 0; f < QPW_STACK_FRAMES; f++)
			frames[f] = FUNCTION + (1 + (i + f) % NAMES) * 16;
		ret |= put(w, rec_stack(i, QPW_CONTEXT_TASK, frames));
		snprintf(text, sizeof(text), "/%0200u", i);
		ret |= put(w, rec_cgroup(i, text));
	}
	return ret;
}

/* Rows of every table, told apart by the number of a CPU, of a thing, or by name. */
static int write_rows(struct trace_writer *w)
{
	int ret = 0;

	for (uint32_t i = 0; i < ROWS && !ret; i++) {
		const uint64_t function = FUNCTION + i % NAMES * 16;
		struct qpw_origin o = rec_origin(1, i, 7, "a");
		char name[QPW_COMM_LEN];
		union rec flush;

		snprintf(name, sizeof(name), "%u", i);
		o.stack = 1 + i % PLACES;
		o.cgroup = 1 + i % PLACES;
		ret |= put(w, rec_ipi(1, LATE, LATE + 1, QPW_IPI_OTHER, function, &o));
		ret |= put(w, rec_work(QPW_KIND_WORK, 1, LATE, LATE + 1, QPW_F_BEGIN | QPW_F_END,
				       FUNCTION, &o));
		ret |= put(w, rec_timer(1, LATE, LATE + 1, 0, function));
		ret |= put(w, rec_migrate(1, LATE, "a", i, &o));
		ret |= put(w, rec_lock_wait(1, LATE, LATE + 1, 0, i, "a"));
		flush = rec_flush(0, LATE, LATE + 1, QPW_FLUSH_CACHE_SHRINK, 0, "a");
		flush.flush.target_cpu = i;
		ret |= put(w, flush);
		ret |= put(w, rec_taken(1, LATE, LATE + 1, name));
	}
	return ret;
}

/* More CPUs than any machine has, most of which have little room. */
static int write_cpus(struct trace_writer *w)
{
	int ret = 0;

	for (uint32_t cpu = 0; cpu < CPUS && !ret; cpu++) {
		const uint32_t nr = cpu < ROOMY ? INTERVALS : 50;

		for (uint64_t i = 0; i < nr; i++)
			ret |= put(w, rec_softirq(cpu, LATE + 100 * i, LATE + 100 * i + 50, 1));
		ret |= put(w, rec_sample(cpu, LATE, 0, 0, 0, LATE + 100 * nr + cpu));
	}
	return ret;
}

int main(int argc, char **argv)
{
	static const struct host_facts facts = { .hostname = "full", .watched = "0-4095" };
	struct trace_writer *w;
	int ret;

	if (argc != 2) {
		fputs("usage: make_full FILE\n", stderr);
		return 129;
	}
	ret = trace_writer_open(argv[1], &facts, &w);
	if (!ret) {
		ret = write_waits(w) | write_places(w) | write_rows(w) | write_cpus(w);
		ret |= trace_writer_close(w);
	}
	if (ret)
		fprintf(stderr, "make_full: %s: can't write\n", argv[1]);
	return ret != 0;
}
