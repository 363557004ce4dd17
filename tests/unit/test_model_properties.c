// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for the model on every trace: shown on seeded random ones, against a painter that
 * looks at every nanosecond by itself, and on random bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../records.h"
#include "model/model.h"
#include "view/summary_json.h"

#define CPUS 3
#define ROOM 20000
#define FN_BASE 0xffffffff81000000U

struct stream {
	size_t nr;
	union rec recs[ROOM];
};

static uint64_t rng;

static uint64_t pick(uint64_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng % n;
}

static void push(struct stream *s, union rec r)
{
	assert_true(s->nr < ROOM);
	s->recs[s->nr++] = r;
}

static union rec random_interval(uint32_t cpu, uint64_t start, uint64_t end)
{
	const struct qpw_origin o = rec_origin(start - pick(50), (uint32_t)pick(CPUS + 1),
					       (uint32_t)pick(3), pick(2) ? "churn" : "app");
	uint64_t function = FN_BASE + pick(5) * 0x100;
	char name[16];

	snprintf(name, sizeof(name), "name%d", (int)pick(3));
	switch (pick(6)) {
	case 0:
		return rec_irq(cpu, start, end, name);
	case 1:
		return rec_softirq(cpu, start, end, (uint32_t)pick(10));
	case 2:
		return rec_timer(cpu, start, end, (uint32_t)pick(2) * QPW_F_TICK, function);
	case 3:
		return rec_ipi(cpu, start, end, QPW_IPI_CALL_FUNCTION, function, &o);
	case 4:
		return rec_thread(cpu, start, end, 9, name);
	default:
		return rec_work(QPW_KIND_WORK, cpu, start, end, (uint32_t)pick(4), function,
				pick(4) ? &o : NULL);
	}
}

/* An interval and what nests in it, inner ones first. */
static void push_nested(struct stream *s, uint32_t cpu, uint64_t start, uint64_t end, int depth)
{
	uint64_t t = start;

	while (depth < 4 && pick(3)) {
		uint64_t from = t + pick(end - t + 1), to = from + pick(end - from + 1);

		push_nested(s, cpu, from, to, depth + 1);
		t = to;
	}
	push(s, random_interval(cpu, start, end));
}

/* Wake-ups of the victim with things in their way; every record in order of its end. */
static void make_stream(struct stream *s, uint32_t cpu)
{
	uint64_t now = 1000 + pick(100);

	s->nr = 0;
	for (int i = 0; i < 60; i++) {
		uint64_t expiry = now + pick(200), t = now, expire = 0, wakeup = 0;
		bool task_last = false;

		for (uint64_t n = pick(6); n; n--) {
			uint64_t from = t + pick(60);

			t = from + pick(200);
			push_nested(s, cpu, from, t, 0);
		}
		if (t <= expiry)
			t = expiry + pick(100);
		else if (pick(2))
			task_last = true;
		if (pick(5))
			expire = expiry + pick(t - expiry + 1);
		if (pick(5))
			wakeup = (expire ? expire : expiry) +
				 pick(t - (expire ? expire : expiry) + 1);
		push(s, rec_sample(cpu, expiry, 0, expire, wakeup, t));
		/* the order in which a switch tells of both tasks is not given */
		if (task_last && s->nr >= 2) {
			union rec sample = s->recs[s->nr - 1];

			s->recs[s->nr - 1] = s->recs[s->nr - 2];
			s->recs[s->nr - 2] = sample;
		}
		now = t + pick(300);
	}
}

static struct model *start_model(uint32_t max_outliers)
{
	const struct model_config config = { .outlier_ns = 0, .max_outliers = max_outliers };
	struct model *m = model_create(&config);
	char name[16];

	assert_non_null(m);
	for (unsigned int i = 0; i < 4; i++) { /* the fifth function has no symbol */
		union rec r;

		snprintf(name, sizeof(name), "function%u", i);
		r = rec_symbol(FN_BASE + i * 0x100, name);
		assert_int_equal(model_feed(m, &r.h), 0);
	}
	return m;
}

static void put_spans(FILE *f, const struct snap_outlier *o)
{
	fprintf(f, "\n%" PRIu64 " spans, %" PRIu64 " %" PRIu64 " left out:", o->expiry_ns,
		o->nr_spans_left_out, o->spans_left_out_ns);
	for (uint32_t i = 0; i < o->nr_spans; i++) {
		const struct snap_span *p = &o->spans[i];

		fprintf(f, " %d %s %" PRIu64 "-%" PRIu64 " %" PRIu64 " %" PRIu64 " %s %" PRIu64,
			(int)p->class, p->name, p->start_ns, p->end_ns, p->before_ns, p->self_ns,
			p->origin.comm, p->origin_ns);
	}
}

/* All that a snapshot tells, as text. */
static char *dump(const struct model *m)
{
	struct snapshot *s = model_snapshot(m);
	json_t *json;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(s);
	assert_non_null(f);
	json = summary_json(s);
	assert_int_equal(json_dumpf(json, f, JSON_SORT_KEYS), 0);
	json_decref(json);
	for (size_t i = 0; i < s->nr_outliers; i++)
		put_spans(f, &s->outliers[i]);
	for (uint64_t c = s->heatmap->first; c <= s->heatmap->last; c++)
		for (uint32_t row = 0; row < HEATMAP_ROWS; row++)
			fprintf(f, " %" PRIu64, heatmap_count(s->heatmap, row, c));
	assert_int_equal(fclose(f), 0);
	snapshot_destroy(s);
	return text;
}

/* Feed all streams, taking turns as the seed says; look_ns: take a snapshot now and then. */
static char *feed_all(const struct stream *streams, uint64_t seed, bool look)
{
	struct model *m = start_model(7);
	size_t at[CPUS] = { 0 };
	union rec window = rec_window(1500, 0);
	char *text;
	int left;

	rng = seed;
	assert_int_equal(model_feed(m, &window.h), 0);
	do {
		size_t cpu = pick(CPUS), n = pick(40);

		for (; n && at[cpu] < streams[cpu].nr; n--)
			assert_int_equal(model_feed(m, &streams[cpu].recs[at[cpu]++].h), 0);
		if (look && !pick(100))
			free(dump(m));
		left = 0;
		for (size_t i = 0; i < CPUS; i++)
			left += at[i] < streams[i].nr;
	} while (left);
	text = dump(m);
	model_destroy(m);
	return text;
}

static void test_any_interleaving(void **state)
{
	struct stream *streams = calloc(CPUS, sizeof(*streams));

	(void)state;
	assert_non_null(streams);
	for (uint64_t trace = 1; trace <= 8; trace++) {
		char *first;

		rng = trace * 7919;
		for (uint32_t cpu = 0; cpu < CPUS; cpu++)
			make_stream(&streams[cpu], cpu);
		first = feed_all(streams, 1, false);
		for (uint64_t seed = 2; seed < 6; seed++) {
			char *other = feed_all(streams, seed * 1000003, seed % 2);

			assert_string_equal(first, other);
			free(other);
		}
		free(first);
	}
	free(streams);
}

static void check_sums(const struct snapshot *s)
{
	for (size_t i = 0; i < s->nr_outliers; i++) {
		const struct snap_outlier *o = &s->outliers[i];
		uint64_t total = 0;

		for (int step = 0; step < SNAP_NR_STEPS; step++) {
			uint64_t sum = o->residual_ns[step];

			for (uint32_t p = 0; p < o->nr_parts; p++)
				if ((int)o->parts[p].step == step)
					sum += o->parts[p].ns;
			assert_true(sum == o->step_ns[step]);
			total += sum;
		}
		assert_true(total == o->latency_ns);
		total = o->spans_left_out_ns;
		for (int step = 0; step < SNAP_NR_STEPS; step++)
			total += o->residual_ns[step];
		for (uint32_t p = 0; p < o->nr_spans; p++)
			total += o->spans[p].self_ns;
		assert_true(total == o->latency_ns);
		assert_true(i == 0 || o[-1].latency_ns >= o->latency_ns);
	}
}

/* Spans lie in the sample, each in the one before that is not over yet or behind it. */
static void check_nesting(const struct snap_outlier *o)
{
	uint64_t ends[SNAP_SPANS + 1] = { o->expiry_ns + o->latency_ns };
	uint64_t last_ns = o->expiry_ns;
	int depth = 0;

	for (uint32_t i = 0; i < o->nr_spans; i++) {
		const struct snap_span *p = &o->spans[i];

		assert_true(p->start_ns >= last_ns && p->start_ns < p->end_ns);
		assert_true(!p->before_ns || p->start_ns == o->expiry_ns);
		/* of two that are the same stretch of time the first one encloses the other */
		if (i && p[-1].start_ns == p->start_ns && p[-1].end_ns == p->end_ns)
			assert_true(p[-1].self_ns == 0);
		while (depth && ends[depth] <= p->start_ns)
			depth--;
		assert_true(p->end_ns <= ends[depth]);
		ends[++depth] = p->end_ns;
		last_ns = p->start_ns;
	}
}

/* What parts and spans tell of one name is the same. */
static void check_parts(const struct snap_outlier *o)
{
	for (uint32_t i = 0; i < o->nr_parts; i++) {
		uint64_t in_parts = 0, in_spans = 0;

		for (uint32_t p = 0; p < o->nr_parts; p++)
			if (o->parts[p].class == o->parts[i].class &&
			    !strcmp(o->parts[p].name, o->parts[i].name))
				in_parts += o->parts[p].ns;
		for (uint32_t p = 0; p < o->nr_spans; p++)
			if (o->spans[p].class == o->parts[i].class &&
			    !strcmp(o->spans[p].name, o->parts[i].name))
				in_spans += o->spans[p].self_ns;
		if (!strcmp(o->parts[i].name, "(other)"))
			continue;
		assert_true(in_spans + o->spans_left_out_ns >= in_parts);
		if (!o->nr_spans_left_out && o->nr_parts < SNAP_PARTS - SNAP_NR_STEPS)
			assert_true(in_spans == in_parts);
	}
}

#define NOBODY SNAP_NR_CLASSES

/* Class of a record that keeps the victim from running; NOBODY for a sample. */
static int kind_class(const union rec *r)
{
	static const int classes[] = {
		[QPW_KIND_IRQ] = SNAP_IRQ,	 [QPW_KIND_SOFTIRQ] = SNAP_SOFTIRQ,
		[QPW_KIND_IPI] = SNAP_IPI,	 [QPW_KIND_TIMER] = SNAP_TIMER,
		[QPW_KIND_THREAD] = SNAP_THREAD, [QPW_KIND_WORK] = SNAP_WORK,
	};

	if (r->h.kind == QPW_KIND_SAMPLE)
		return NOBODY;
	if (r->h.kind == QPW_KIND_TIMER && r->h.flags & QPW_F_TICK)
		return SNAP_TICK;
	return classes[r->h.kind];
}

/* Class that had the CPU at each nanosecond of a stream: the first that tells of it. */
static unsigned char *paint(const struct stream *s, uint64_t end_ns)
{
	unsigned char *canvas = malloc(end_ns + 1);

	assert_non_null(canvas);
	memset(canvas, NOBODY, end_ns + 1);
	for (size_t i = 0; i < s->nr; i++)
		for (uint64_t ns = s->recs[i].h.start_ns; ns < s->recs[i].h.end_ns; ns++)
			if (canvas[ns] == NOBODY)
				canvas[ns] = (unsigned char)kind_class(&s->recs[i]);
	return canvas;
}

static void check_outlier(const struct snap_outlier *o, const unsigned char *canvas)
{
	uint64_t ns = o->expiry_ns;

	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		uint64_t want[SNAP_NR_CLASSES + 1] = { 0 }, got[SNAP_NR_CLASSES + 1] = { 0 };
		uint64_t end = ns + o->step_ns[step];
		bool folded = false;

		for (; ns < end; ns++)
			want[canvas[ns]]++;
		got[NOBODY] = o->residual_ns[step];
		for (uint32_t p = 0; p < o->nr_parts; p++) {
			if ((int)o->parts[p].step == step)
				got[o->parts[p].class] += o->parts[p].ns;
			folded |= !strcmp(o->parts[p].name, "(other)");
		}
		assert_int_equal(want[NOBODY], got[NOBODY]);
		/* "(other)" has the class of the largest that it stands for */
		if (!folded)
			assert_memory_equal(want, got, sizeof(want));
	}
}

/* Every nanosecond of every sample, and of the whole trace, is where the painter finds it. */
static void test_against_painter(void **state)
{
	struct stream *s = calloc(1, sizeof(*s));

	(void)state;
	assert_non_null(s);
	for (uint64_t trace = 1; trace <= 10; trace++) {
		uint64_t want[SNAP_NR_CLASSES + 1] = { 0 };
		unsigned char *canvas;
		struct model *m = start_model(1000);
		struct snapshot *snap;

		rng = trace * 104729;
		make_stream(s, 1);
		for (size_t i = 0; i < s->nr; i++)
			assert_int_equal(model_feed(m, &s->recs[i].h), 0);
		snap = model_snapshot(m);
		assert_non_null(snap);
		assert_int_equal(snap->nr_outliers, 60);
		check_sums(snap);
		canvas = paint(s, snap->window_end_ns);
		for (size_t i = 0; i < snap->nr_outliers; i++) {
			check_outlier(&snap->outliers[i], canvas);
			check_nesting(&snap->outliers[i]);
			check_parts(&snap->outliers[i]);
		}
		for (uint64_t ns = 0; ns < snap->window_end_ns; ns++)
			want[canvas[ns]]++;
		free(canvas);
		for (int c = 0; c < SNAP_NR_CLASSES; c++)
			assert_int_equal(snap->classes[c].self_ns, want[c]);
		snapshot_destroy(snap);
		model_destroy(m);
	}
	free(s);
}

/* One sample as long as the trace: more spans than there is room for. */
static void test_crowded(void **state)
{
	struct stream *s = calloc(1, sizeof(*s));

	(void)state;
	assert_non_null(s);
	for (uint64_t trace = 1; trace <= 10; trace++) {
		struct model *m = start_model(1);
		struct snapshot *snap;
		uint64_t end_ns = 0;
		union rec sample;

		rng = trace * 15485863;
		make_stream(s, 1);
		for (size_t i = 0; i < s->nr; i++) {
			if (s->recs[i].h.kind == QPW_KIND_SAMPLE)
				continue;
			assert_int_equal(model_feed(m, &s->recs[i].h), 0);
			end_ns = s->recs[i].h.end_ns;
		}
		sample = rec_sample(1, 1200, 0, 3000, 4000, end_ns);
		assert_int_equal(model_feed(m, &sample.h), 0);
		snap = model_snapshot(m);
		assert_non_null(snap);
		assert_int_equal(snap->outliers[0].nr_spans, SNAP_SPANS);
		assert_true(snap->outliers[0].nr_spans_left_out > 0);
		check_sums(snap);
		check_nesting(&snap->outliers[0]);
		check_parts(&snap->outliers[0]);
		snapshot_destroy(snap);
		model_destroy(m);
	}
	free(s);
}

/* Causes add up to their classes, whatever the trace. */
static void check_causes(const struct snapshot *s)
{
	uint64_t count[SNAP_NR_CLASSES] = { 0 }, self[SNAP_NR_CLASSES] = { 0 };

	for (size_t i = 0; i < s->nr_causes; i++) {
		count[s->causes[i].class] += s->causes[i].count;
		self[s->causes[i].class] += s->causes[i].self_ns;
	}
	for (int c = 0; c < SNAP_NR_CLASSES; c++) {
		assert_true(count[c] == s->classes[c].count);
		assert_true(self[c] == s->classes[c].self_ns);
	}
}

/* Records of random bytes that are as large as their kind wants: sums hold, JSON is written. */
static void test_random_bytes(void **state)
{
	static const uint16_t metas[] = { QPW_META_SYMBOL, QPW_META_LOST, QPW_META_WINDOW,
					  QPW_META_PROBE };

	(void)state;
	for (uint64_t trace = 1; trace <= 20; trace++) {
		struct model *m = start_model(1000);
		struct snapshot *s;

		rng = trace * 15485863;
		for (int i = 0; i < 3000; i++) {
			union rec r;
			unsigned char *bytes = (unsigned char *)&r;

			for (size_t b = 0; b < sizeof(r); b++)
				bytes[b] = (unsigned char)pick(256);
			r.h.kind = (uint16_t)(pick(200) ? pick(16) : metas[pick(4)]);
			r.h.size = (uint16_t)record_size(r.h.kind);
			r.h.cpu = (uint32_t)pick(5);
			if (trace % 2) { /* times that overlap in every way */
				r.h.start_ns = pick(100000);
				r.h.end_ns = r.h.start_ns + pick(3000);
			}
			model_feed(m, &r.h);
		}
		s = model_snapshot(m);
		assert_non_null(s);
		check_sums(s);
		check_causes(s);
		snapshot_destroy(s);
		free(dump(m));
		model_destroy(m);
	}
}

/* Any number of names: memory is bounded, what has no room is "(other)", counts are complete. */
static void test_many_names(void **state)
{
	struct model *m = start_model(1000);
	struct snapshot *s;
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 50000; i++) {
		union rec r;

		snprintf(name, sizeof(name), "t%u", i);
		r = rec_thread(1, i * 10, i * 10 + 5, 9, name);
		assert_int_equal(model_feed(m, &r.h), 0);
		r = rec_work(QPW_KIND_WORK, 1, i * 10 + 5, i * 10 + 7, QPW_F_BEGIN, 0x1000 + i,
			     NULL);
		assert_int_equal(model_feed(m, &r.h), 0);
	}
	s = model_snapshot(m);
	assert_non_null(s);
	check_causes(s);
	assert_int_equal(s->classes[SNAP_THREAD].count, 50000);
	assert_int_equal(s->classes[SNAP_WORK].self_ns, 100000);
	assert_true(s->nr_causes < 40000);
	assert_true(s->nr_works <= 1024);
	snapshot_destroy(s);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_interleaving), cmocka_unit_test(test_against_painter),
		cmocka_unit_test(test_crowded),		 cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
