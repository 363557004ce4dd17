// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables are kept as the records that tell them, without the lines in which nothing has been
 * counted: of a table these are a few. Knows lines, not what is in them.
 */
#include "store/keep.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "model/counter.h"

#define RECORDS_BYTES (4U << 20) /* the latest single records */
#define NAMES_BYTES (16U << 20)	 /* at most; further ones stay nameless */
#define LOOKS 2

struct bytes {
	char *data;
	size_t len;
	size_t size;
};

struct keep {
	struct bytes looks[LOOKS]; /* the last one first */
	struct bytes names;
	char *records;
	size_t records_len;
	size_t shown_len;    /* of them, those that came before the last look */
	uint64_t dropped_ns; /* until then some are not there any more */
};

struct keep *keep_create(void)
{
	struct keep *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->records = malloc(RECORDS_BYTES);
	if (!k->records) {
		free(k);
		return NULL;
	}
	/* all of it is there from the beginning: the view does not grow */
	memset(k->records, 0, RECORDS_BYTES);
	return k;
}

void keep_destroy(struct keep *k)
{
	if (!k)
		return;
	for (int i = 0; i < LOOKS; i++)
		free(k->looks[i].data);
	free(k->names.data);
	free(k->records);
	free(k);
}

static int append(struct bytes *b, const struct qpw_header *h)
{
	if (b->size - b->len < h->size) {
		size_t size = 2 * b->size + 4096;
		char *data = realloc(b->data, size);

		if (!data)
			return -ENOMEM;
		b->data = data;
		b->size = size;
	}
	memcpy(b->data + b->len, h, h->size);
	b->len += h->size;
	return 0;
}

static const struct qpw_header *record_at(const char *data, size_t at)
{
	return (const struct qpw_header *)(const void *)(data + at);
}

/* ------------------------------------------------------------------ single records */

/* The older half goes. */
static void make_room(struct keep *k)
{
	size_t at = 0;

	while (at < k->records_len / 2) {
		const struct qpw_header *h = record_at(k->records, at);

		if (h->end_ns > k->dropped_ns)
			k->dropped_ns = h->end_ns;
		at += h->size;
	}
	memmove(k->records, k->records + at, k->records_len - at);
	k->records_len -= at;
	k->shown_len -= at < k->shown_len ? at : k->shown_len;
}

int keep_record(struct keep *k, const struct qpw_header *h)
{
	switch (h->kind) {
	case QPW_META_PROBE:
	case QPW_META_SYMBOL:
	case QPW_META_STACK:
	case QPW_META_CGROUP:
	case QPW_META_HOTPLUG:
		return k->names.len < NAMES_BYTES ? append(&k->names, h) : 0;
	default:
		break;
	}
	if (h->kind >= QPW_META_FIRST)
		return 0; /* what was counted or lost the model knows */
	if (RECORDS_BYTES - k->records_len < h->size)
		make_room(k);
	memcpy(k->records + k->records_len, h, h->size);
	k->records_len += h->size;
	return 0;
}

/* ------------------------------------------------------------------ looks */

void keep_restart(struct keep *k)
{
	for (int i = 0; i < LOOKS; i++)
		k->looks[i].len = 0;
	k->records_len = 0;
	k->shown_len = 0;
	k->dropped_ns = 0;
}

void keep_begin_look(struct keep *k)
{
	struct bytes oldest = k->looks[LOOKS - 1];

	k->looks[1] = k->looks[0];
	k->looks[0] = oldest;
	k->looks[0].len = 0;
	k->shown_len = k->records_len;
}

/* Those from a member of a table on that are not all zero. */
static int keep_lines(struct keep *k, const struct qpw_live_table *table, const void *from,
		      size_t size)
{
	static const char nothing[LIVE_LINE];
	size_t first = (size_t)((const char *)from - (const char *)table) / LIVE_LINE;
	struct qpw_line r = { .h = { .kind = QPW_META_LINE, .size = sizeof(r) } };
	int ret = 0;

	for (size_t i = first; !ret && i < first + size / LIVE_LINE; i++) {
		memcpy(r.bytes, (const char *)table + i * LIVE_LINE, LIVE_LINE);
		r.number = (uint32_t)i;
		if (memcmp(r.bytes, nothing, LIVE_LINE) != 0)
			ret = append(&k->looks[0], &r.h);
	}
	return ret;
}

int keep_table(struct keep *k, uint32_t cpu, const struct qpw_live_table *table)
{
	const struct qpw_table end = { .h = { .kind = QPW_META_TABLE, .size = sizeof(end) },
				       .cpu = cpu,
				       .size = sizeof(*table) };
	int ret = keep_lines(k, table, table, offsetof(struct qpw_live_table, rows)), at;

	qpw_live_for_each(table->used_rows, at) {
		if (!ret && at < LIVE_ALL_ROWS)
			ret = keep_lines(k, table, &table->rows[at], sizeof(table->rows[0]));
	}
	qpw_live_for_each(table->used_causers, at) {
		if (!ret && at < LIVE_CAUSERS)
			ret = keep_lines(k, table, &table->causers[at], sizeof(table->causers[0]));
	}
	if (!ret && table->gone_kinds)
		ret = keep_lines(k, table, table->gone,
				 sizeof(*table) - offsetof(struct qpw_live_table, gone));
	return ret ? ret : append(&k->looks[0], &end.h);
}

int keep_wait(struct keep *k, const struct qpw_live_wait *wait)
{
	const struct qpw_waiting r = { .h = { .kind = QPW_META_WAITING, .size = sizeof(r) },
				       .wait = *wait };

	return append(&k->looks[0], &r.h);
}

int keep_run(struct keep *k, uint32_t cpu, const struct qpw_live_run *run)
{
	const struct qpw_running r = {
		.h = { .cpu = cpu, .kind = QPW_META_RUNNING, .size = sizeof(r) }, .run = *run
	};

	return append(&k->looks[0], &r.h);
}

/* ------------------------------------------------------------------ writing */

static int write_window(const struct keep_view *v, uint64_t end_ns, struct trace_writer *w)
{
	const struct qpw_header h = { .start_ns = v->start_ns,
				      .end_ns = end_ns,
				      .kind = QPW_META_WINDOW,
				      .size = sizeof(h) };

	return trace_writer_put(w, &h);
}

/* All records of a look are as of its time. */
static int write_look(const struct bytes *look, struct qpw_look *begin, uint64_t now_ns,
		      struct trace_writer *w)
{
	int ret;

	begin->h.start_ns = now_ns;
	begin->h.end_ns = now_ns;
	ret = trace_writer_put(w, &begin->h);

	for (size_t at = 0; !ret && at < look->len; at += record_at(look->data, at)->size) {
		uint64_t record[QPW_EVENT_MAX / 8];
		struct qpw_header *h = (struct qpw_header *)record;

		memcpy(record, look->data + at, record_at(look->data, at)->size);
		h->start_ns = now_ns;
		h->end_ns = now_ns;
		ret = trace_writer_put(w, h);
	}
	return ret;
}

/* Those of this view; of a late wake-up, if all that delayed it is there. */
static bool is_wanted(const struct keep *k, const struct keep_view *v, const struct qpw_header *h)
{
	return h->start_ns >= v->start_ns &&
	       (h->kind != QPW_KIND_SAMPLE || h->start_ns >= k->dropped_ns);
}

/* How many long interruptions it has told; w NULL: it would tell. Negative: -errno. */
static int64_t write_records(const struct keep *k, const struct keep_view *v,
			     struct trace_writer *w)
{
	int64_t nr_long = 0;
	int ret = 0;

	for (size_t at = 0; !ret && at < k->shown_len; at += record_at(k->records, at)->size) {
		const struct qpw_header *h = record_at(k->records, at);

		if (!is_wanted(k, v, h))
			continue;
		nr_long += h->kind <= QPW_KIND_WORK && h->end_ns - h->start_ns >= v->now->event_ns;
		ret = w ? trace_writer_put(w, h) : 0;
	}
	return ret ? ret : nr_long;
}

static int write_lost(const struct keep_view *v, struct trace_writer *w)
{
	int ret = 0;

	for (size_t i = 0, next; !ret && i < v->now->nr_losses; i = next) {
		const struct snap_loss *l = &v->now->lost[i];
		struct qpw_lost r = { .h = { .start_ns = v->now_ns,
					     .end_ns = v->now_ns,
					     .cpu = l->cpu,
					     .kind = QPW_META_LOST,
					     .size = sizeof(r) } };

		for (next = i; next < v->now->nr_losses && v->now->lost[next].cpu == l->cpu;
		     next++) {
			const struct snap_loss *of_kind = &v->now->lost[next];

			r.nr_lost += of_kind->count;
			if (of_kind->kind < QPW_LOST_KINDS)
				r.by_kind[of_kind->kind] = of_kind->count;
		}
		ret = trace_writer_put(w, &r.h);
	}
	return ret;
}

static int write_counts(const struct keep_view *v, struct trace_writer *w)
{
	struct qpw_counts r = { .h = { .start_ns = v->now_ns,
				       .end_ns = v->now_ns,
				       .cpu = v->cpu,
				       .kind = QPW_META_COUNTS,
				       .size = sizeof(r) } };

	counters_tell(&v->now->counts, &r);
	return trace_writer_put(w, &r.h);
}

int keep_write(const struct keep *k, const struct keep_view *v, struct trace_writer *w)
{
	struct qpw_look look = { .h = { .kind = QPW_META_LOOK, .size = sizeof(look) },
				 .event_ns = v->now->event_ns };
	int64_t nr_long = write_records(k, v, NULL);
	int ret = 0;

	look.nr_long = v->now->nr_long - (uint64_t)nr_long;
	for (size_t at = 0; !ret && at < k->names.len; at += record_at(k->names.data, at)->size)
		ret = trace_writer_put(w, record_at(k->names.data, at));
	if (!ret)
		ret = write_window(v, 0, w);
	if (!ret)
		ret = write_look(&k->looks[1], &look, v->before_ns, w);
	if (!ret)
		ret = (int)write_records(k, v, w);
	if (ret >= 0)
		ret = write_look(&k->looks[0], &look, v->now_ns, w);
	if (!ret)
		ret = write_lost(v, w);
	if (!ret)
		ret = write_counts(v, w);
	return ret ? ret : write_window(v, v->now_ns, w);
}
