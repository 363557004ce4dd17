// SPDX-License-Identifier: GPL-2.0-only
/*
 * The victim's wake-ups in the shape of `cyclictest --json`, for what reads that: a histogram of
 * whole microseconds per thread and CPU. Knows samples and the window, no other records.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/table.h"
#include "view/escape.h"
#include "view/export.h"

#define THREADS_MAX 4096
/* Of all threads; samples of further ones are left out of the histogram, as cyclictest does. */
#define BUCKETS_MAX (1U << 20)

struct thread {
	uint32_t pid;
	uint32_t cpu;
	uint64_t cycles;
	uint64_t min_us;
	uint64_t max_us;
	uint64_t sum_us;
};

struct bucket {
	uint32_t thread; /* its row */
	uint32_t us;
	uint64_t count;
};

struct cyclictest {
	FILE *f;
	const struct host_facts *facts;
	struct table threads;
	struct table buckets;
	bool has_window;
	bool is_closed;
	uint64_t window_start_ns;
	uint64_t window_end_ns;
	uint64_t nr_left_out; /* samples of threads for which there was no room, or without sense */
	struct table lost;    /* by CPU, as it was told last */
};

struct lost {
	uint64_t cpu;
	uint64_t nr;
};

static void *cyclictest_create(FILE *f, const struct host_facts *facts)
{
	struct cyclictest *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->f = f;
	e->facts = facts;
	e->window_end_ns = UINT64_MAX;
	table_init(&e->threads, offsetof(struct thread, cycles), sizeof(struct thread),
		   THREADS_MAX);
	table_init(&e->buckets, offsetof(struct bucket, count), sizeof(struct bucket), BUCKETS_MAX);
	table_init(&e->lost, offsetof(struct lost, nr), sizeof(struct lost), THREADS_MAX);
	return e;
}

/* What came before the window opens is not counted; then as the model does it. */
static void put_window(struct cyclictest *e, const struct qpw_header *h)
{
	if (!e->has_window) {
		e->has_window = true;
		e->window_start_ns = h->start_ns;
		e->nr_left_out = 0;
		table_clear(&e->threads);
		table_clear(&e->buckets);
	}
	if (h->end_ns && !e->is_closed) {
		e->is_closed = true;
		e->window_end_ns = h->end_ns;
	}
}

/* As cyclictest, it cuts each latency to whole microseconds before anything else. */
static int put_sample(struct cyclictest *e, const struct qpw_sample *r)
{
	struct bucket key = { 0 };
	uint64_t us = (r->h.end_ns - r->h.start_ns) / 1000;
	struct thread thread = { .pid = r->pid, .cpu = r->h.cpu }, *t;
	bool backwards = r->h.end_ns < r->h.start_ns;
	int row = backwards ? -EINVAL : table_get(&e->threads, &thread), bucket;

	if (row == -ENOMEM)
		return row;
	if (row < 0) {
		e->nr_left_out++;
		return 0;
	}
	t = table_row(&e->threads, row);
	t->min_us = !t->cycles || us < t->min_us ? us : t->min_us;
	t->max_us = us > t->max_us ? us : t->max_us;
	t->sum_us += us;
	t->cycles++;
	if (us > UINT32_MAX)
		return 0;
	key.thread = (uint32_t)row;
	key.us = (uint32_t)us;
	bucket = table_get(&e->buckets, &key);
	if (bucket >= 0)
		((struct bucket *)table_row(&e->buckets, bucket))->count++;
	return bucket == -ENOMEM ? bucket : 0;
}

static int put_lost(struct cyclictest *e, const struct qpw_lost *r)
{
	uint64_t cpu = r->h.cpu;
	int row = table_get(&e->lost, &cpu);

	if (row >= 0)
		((struct lost *)table_row(&e->lost, row))->nr = r->nr_lost;
	return row == -ENOMEM ? row : 0;
}

static int cyclictest_put(void *export, const struct qpw_header *h)
{
	struct cyclictest *e = export;

	if (h->kind == QPW_META_WINDOW)
		put_window(e, h);
	else if (h->kind == QPW_META_LOST)
		return put_lost(e, (const struct qpw_lost *)h);
	else if (h->kind == QPW_KIND_SAMPLE && h->start_ns >= e->window_start_ns &&
		 h->start_ns <= e->window_end_ns)
		return put_sample(e, (const struct qpw_sample *)h);
	return 0;
}

static void put_text(FILE *f, const char *indent, const char *key, const char *text)
{
	fprintf(f, "%s\"%s\": ", indent, key);
	escape_quoted(f, text, HOST_CMDLINE);
	fputs(",\n", f);
}

/* The recorder's time in the form that cyclictest has for it; left out where it is not known. */
static void put_start(FILE *f, const char *utc)
{
	char text[64];
	struct tm tm = { 0 };
	const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (!end || *end || !strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm))
		return;
	put_text(f, "  ", "start_time", text);
}

/* The colons inside are rt-tests' own: its consumers look for these keys. */
static void put_head(const struct cyclictest *e, const struct export_end *end)
{
	const struct host_facts *h = e->facts;
	char version[HOST_TEXT + 16];
	FILE *f = e->f;

	snprintf(version, sizeof(version), "qpwlat %s", h->tool_version);
	fputs("{\n  \"file_version\": 1,\n", f);
	put_text(f, "  ", "cmdline:", "qpwlat export --format rt-tests-json");
	put_text(f, "  ", "rt_test_version:", version);
	put_start(f, h->started_utc);
	fprintf(f, "  \"return_code\": %d,\n  \"sysinfo\": {\n", end->truncated);
	put_text(f, "    ", "sysname", "Linux");
	put_text(f, "    ", "nodename", h->hostname);
	put_text(f, "    ", "release", h->release);
	put_text(f, "    ", "version", h->version);
	put_text(f, "    ", "machine", h->machine);
	fprintf(f, "    \"realtime\": %d\n  },\n", !!strstr(h->version, "PREEMPT_RT"));
}

/* What cyclictest has no words for. */
static void put_about(const struct cyclictest *e, const struct export_end *end)
{
	uint64_t nr_lost = 0;
	FILE *f = e->f;

	for (uint32_t i = 0; i < e->lost.nr_rows; i++)
		nr_lost += ((struct lost *)table_row(&e->lost, (int)i))->nr;
	fputs("  \"qpwlat\": {\n", f);
	put_text(f, "    ", "mode", host_mode_name(e->facts->mode));
	put_text(f, "    ", "problem", end->problem);
	fprintf(f, "    \"lost_records\": %" PRIu64 ",\n    \"samples_left_out\": %" PRIu64 ",\n",
		nr_lost, e->nr_left_out);
	fprintf(f, "    \"window_closed\": %s\n  },\n", e->is_closed ? "true" : "false");
}

static int compare_bucket(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return x->us < y->us ? -1 : x->us > y->us;
}

static int compare_thread(const void *a, const void *b)
{
	const struct thread *x = *(const struct thread *const *)a;
	const struct thread *y = *(const struct thread *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

/* b: the first bucket of the thread, which lie together; NULL: it has none. */
static void put_thread(FILE *f, const struct thread *t, const struct bucket *b,
		       const struct bucket *end)
{
	const char *comma = "";
	uint32_t row = b ? b->thread : 0;

	fputs("\"histogram\": {", f);
	for (; b && b < end && b->thread == row; b++) {
		fprintf(f, "%s\n        \"%" PRIu32 "\": %" PRIu64, comma, b->us, b->count);
		comma = ",";
	}
	fprintf(f, "\n      },\n      \"cycles\": %" PRIu64 ",\n      \"min\": %" PRIu64, t->cycles,
		t->min_us);
	fprintf(f, ",\n      \"max\": %" PRIu64 ",\n      \"avg\": %.2f,\n      \"cpu\": %" PRIu32,
		t->max_us, (double)t->sum_us / (double)t->cycles, t->cpu);
}

/* The first bucket of each thread, by its row; buckets are sorted. */
static void find_first(const struct bucket *buckets, uint32_t nr, const struct bucket **first)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (!i || buckets[i - 1].thread != buckets[i].thread)
			first[buckets[i].thread] = &buckets[i];
	}
}

/* Threads by their ids, which is the order in which cyclictest starts them. */
static int put_threads(struct cyclictest *e)
{
	uint32_t nr = e->threads.nr_rows;
	const struct thread **order = calloc(nr + 1, sizeof(const struct thread *));
	const struct bucket **first = calloc(nr + 1, sizeof(const struct bucket *));
	struct bucket *buckets = (struct bucket *)e->buckets.rows;
	const struct bucket *buckets_end = buckets ? buckets + e->buckets.nr_rows : NULL;
	int ret = order && first ? 0 : -ENOMEM;

	if (!ret && buckets) {
		qsort(buckets, e->buckets.nr_rows, sizeof(*buckets), compare_bucket);
		find_first(buckets, e->buckets.nr_rows, first);
	}
	for (uint32_t i = 0; !ret && i < nr; i++)
		order[i] = table_row(&e->threads, (int)i);
	if (!ret)
		qsort(order, nr, sizeof(const struct thread *), compare_thread);
	fprintf(e->f,
		"  \"num_threads\": %" PRIu32 ",\n  \"resolution_in_ns\": 0,\n  \"thread\": {", nr);
	for (uint32_t i = 0; !ret && i < nr; i++) {
		fprintf(e->f, "%s\n    \"%" PRIu32 "\": {\n      ", i ? "," : "", i);
		put_thread(e->f, order[i], first[order[i] - (struct thread *)e->threads.rows],
			   buckets_end);
		fputs("\n    }", e->f);
	}
	fputs("\n  }\n}\n", e->f);
	free(order);
	free(first);
	return ret;
}

static int cyclictest_finish(void *export, const struct export_end *end)
{
	struct cyclictest *e = export;
	int ret;

	if (!e)
		return 0;
	put_head(e, end);
	put_about(e, end);
	ret = put_threads(e);
	if (!ret && !e->threads.nr_rows)
		ret = -ENODATA;
	table_finish(&e->threads);
	table_finish(&e->buckets);
	table_finish(&e->lost);
	free(e);
	return ret;
}

const struct export_format export_cyclictest = {
	.name = "rt-tests-json",
	.create = cyclictest_create,
	.put = cyclictest_put,
	.finish = cyclictest_finish,
};
