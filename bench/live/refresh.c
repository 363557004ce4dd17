// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long one refresh of the live view takes for so many watched CPUs: tables, filled here as
 * programs would, are taken in, counted into a snapshot and laid out on a screen, again and again.
 * Knows no kernel: it has its own tables.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../tests/tables.h"
#include "model/look.h"
#include "model/model.h"
#include "util/array.h"
#include "view/keys.h"
#include "view/top_screen.h"

#define MAX_CPUS 512
#define MAX_LOOKS 10000
#define DELAY_NS 2000000000ULL
#define COLUMNS 200
#define ROWS 60
#define FUNCTIONS 40
#define FUNCTION(i) (0xffffffff81000000ULL + 16ULL * (i))
#define WAITERS 60

struct view {
	struct model *model;
	struct qpw_live_table *tables; /* nr_cpus of them, and the last */
	struct qpw_live_table *copy;   /* of one, as it is looked at */
	unsigned int nr_cpus;
	uint64_t nr_rows;
	struct cpulist watched;
	struct host_facts facts;
	struct snapshot *before, *now;
	struct top_minute minute;
	struct top_data data;
	struct top_screen screen;
	struct canvas *canvas;
	uint64_t now_ns;
	const char *keys, *key; /* pressed, one a look; the next one */
};

static void give_up(const char *what) __attribute__((noreturn));

static void give_up(const char *what)
{
	fprintf(stderr, "refresh: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ what is in the tables */

/* Of these kinds a CPU has so many rows, with lengths from here on. */
static const struct {
	enum qpw_kind kind;
	unsigned int rows;
	uint64_t ns;
	bool caused;
} kinds[] = {
	{ QPW_KIND_THREAD, 8, 9000, true }, { QPW_KIND_WORK, 6, 4000, true },
	{ QPW_KIND_IPI, 5, 900, true },	    { QPW_KIND_SOFTIRQ, 4, 2000, false },
	{ QPW_KIND_TIMER, 3, 1500, false }, { QPW_KIND_IRQ, 2, 3000, false },
};

static struct qpw_live_key key_of(enum qpw_kind kind, unsigned int i)
{
	char name[QPW_COMM_LEN];

	snprintf(name, sizeof(name), kind == QPW_KIND_IRQ ? "eth%u-rx" : "task-%u", i % 1000);
	switch (kind) {
	case QPW_KIND_THREAD:
		return table_key(kind, 0, 0, 0, name);
	case QPW_KIND_IRQ:
		return table_key(kind, 0, 24 + i, 0, name);
	case QPW_KIND_SOFTIRQ:
		return table_key(kind, 0, 1 + i, 0, "");
	default:
		return table_key(kind, kind == QPW_KIND_TIMER && !i ? QPW_F_TICK : 0, 0,
				 FUNCTION((unsigned int)kind * 8 % FUNCTIONS + i % 8), "");
	}
}

/* Who brought it about: of each row two tasks, on other CPUs. */
static void add_causers(struct qpw_live_table *t, uint32_t row, unsigned int i, uint32_t count)
{
	for (unsigned int j = 0; j < 2; j++) {
		struct qpw_origin who = { .ns = 1, .cpu = i % 7, .pid = 100 + i + j };

		snprintf(who.comm, sizeof(who.comm), "causer-%u", (i + j) % 1000);
		table_add_who(t, row, &who, count, 20000 + 100ULL * i);
	}
}

/* What happens on a CPU between two looks: something in most rows. Returns their number. */
static unsigned int happen(struct qpw_live_table *t, unsigned int cpu, unsigned int look)
{
	unsigned int nr = 0;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (unsigned int i = 0; i < kinds[k].rows; i++, nr++) {
			const struct qpw_live_key key = key_of(kinds[k].kind, i);
			uint64_t ns = kinds[k].ns + 97ULL * ((cpu + look + i) % 64);
			uint32_t count = (cpu + look * 3 + i) % 50, row;

			row = table_add(t, &key, count, true, ns, ns);
			if (kinds[k].caused)
				add_causers(t, row, i, count);
		}
	}
	t->last_tick_ns += DELAY_NS;
	t->last_thread = 1;
	t->recent_max_ns = 9000;
	return nr;
}

/* What other CPUs do for watched ones. */
static unsigned int happen_elsewhere(struct qpw_live_table *t)
{
	const struct qpw_live_key flush =
		table_key(QPW_KIND_FLUSH, 0, QPW_FLUSH_WORK, FUNCTION(8), "");
	uint32_t row = table_add(t, &flush, WAITERS, true, 50000, 0);
	unsigned int i;

	for (i = 0; i < WAITERS; i++) {
		struct qpw_origin who = { .ns = 1, .cpu = i % 8, .pid = 100 };

		snprintf(who.comm, sizeof(who.comm), "waiter-%u", i);
		table_add_who(t, row, &who, 1, 50000);
	}
	for (i = 0; i < 8; i++) {
		const struct qpw_live_key queued =
			table_key(QPW_KIND_WORK_QUEUE, 0, 0, FUNCTION(i), "");

		table_add(t, &queued, 10, true, 0, 0);
	}
	return 1 + i;
}

static void everything_happens(struct view *v, unsigned int look)
{
	v->nr_rows = happen_elsewhere(&v->tables[v->nr_cpus]);
	for (unsigned int cpu = 0; cpu < v->nr_cpus; cpu++)
		v->nr_rows += happen(&v->tables[cpu], cpu, look);
	v->now_ns += DELAY_NS;
}

/* ------------------------------------------------------------------ a view of it */

static void tell_functions(struct model *m)
{
	for (unsigned int i = 0; i < FUNCTIONS; i++) {
		struct qpw_symbol r = { .h = { .kind = QPW_META_SYMBOL, .size = sizeof(r) },
					.address = FUNCTION(i) };

		snprintf(r.name, sizeof(r.name), "some_function_of_the_kernel_%u", i);
		if (model_feed(m, &r.h))
			give_up("model");
	}
}

static void begin(struct view *v)
{
	const struct model_config config = { .per_cpu = true, .from_tables = true };
	const struct qpw_header window = { .kind = QPW_META_WINDOW,
					   .size = sizeof(window),
					   .start_ns = DELAY_NS };
	char list[32];

	v->now_ns = DELAY_NS;
	v->model = model_create(&config);
	v->tables = calloc(v->nr_cpus + 1, sizeof(*v->tables));
	v->copy = calloc(1, sizeof(*v->copy));
	v->canvas = canvas_create(COLUMNS, ROWS, false);
	if (!v->model || !v->tables || !v->copy || !v->canvas || model_feed(v->model, &window))
		give_up("memory");
	tell_functions(v->model);
	snprintf(list, sizeof(list), "0-%u", v->nr_cpus - 1);
	cpulist_parse(list, &v->watched);
	snprintf(v->facts.watched, sizeof(v->facts.watched), "%s", list);
	top_screen_init(&v->screen, DELAY_NS);
}

static uint64_t stolen_ns(const struct snapshot *s, size_t at)
{
	uint64_t ns = 0;

	for (int i = 0; s && at < s->nr_cpus && i < SNAP_NR_CLASSES; i++)
		ns += s->cpus[at].classes[i].self_ns;
	return ns;
}

/* As qpwtop does, up to the cells of its screen. */
static int refresh(struct view *v)
{
	int ret = model_begin_tables(v->model, v->now_ns);
	struct top_data *d = &v->data;

	for (unsigned int i = 0; !ret && i <= v->nr_cpus; i++) {
		look_copy(v->copy, &v->tables[i]);
		ret = model_feed_table(v->model, i < v->nr_cpus ? i : LIVE_EVERY_CPU, v->copy);
	}
	snapshot_destroy(v->before);
	v->before = v->now;
	v->now = ret ? NULL : model_snapshot(v->model);
	if (!v->now)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < v->now->nr_cpus; i++)
		ret = top_minute_add(&v->minute, v->now->cpus[i].cpu, v->now_ns - DELAY_NS,
				     v->now_ns,
				     (double)(stolen_ns(v->now, i) - stolen_ns(v->before, i)));
	top_rates_finish(&d->rates);
	*d = (struct top_data){ .facts = &v->facts, .state = "live", .now = v->now };
	d->span_ns = DELAY_NS;
	d->view_ns = v->now_ns;
	if (!ret)
		ret = top_rates_init(&d->rates, v->before, v->now, DELAY_NS, &v->watched,
				     &v->minute);
	return ret ? ret : top_screen_draw(&v->screen, d, v->canvas);
}

/* The next key of those that somebody presses again and again. */
static void press_one(struct view *v)
{
	if (!*v->key)
		v->key = v->keys;
	if (*v->key)
		top_screen_key(&v->screen, keys_next(&v->key));
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of values in their order. */
static double median(const double *values, unsigned int nr)
{
	return (values[(nr - 1) / 2] + values[nr / 2]) / 2;
}

static void finish(struct view *v)
{
	top_rates_finish(&v->data.rates);
	top_minute_finish(&v->minute);
	snapshot_destroy(v->before);
	snapshot_destroy(v->now);
	canvas_destroy(v->canvas);
	model_destroy(v->model);
	free(v->copy);
	free(v->tables);
}

/*
 * Prints one line: rows in all tables; of a refresh the median, the longest and the median of the
 * CPU's time, in ms.
 */
int main(int argc, char **argv)
{
	static double took_ms[MAX_LOOKS], used_ms[MAX_LOOKS];
	bool right = argc == 3 || argc == 4;
	struct view v = { .nr_cpus = right ? (unsigned int)strtoul(argv[1], NULL, 10) : 0 };
	unsigned int looks = right ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;

	if (!v.nr_cpus || v.nr_cpus > MAX_CPUS || !looks || looks > MAX_LOOKS) {
		fprintf(stderr, "usage: refresh CPUS LOOKS [KEYS] (at most %d, %d)\n", MAX_CPUS,
			MAX_LOOKS);
		return 129;
	}
	v.keys = argc == 4 ? argv[3] : "";
	v.key = v.keys;
	begin(&v);
	/* the first one makes room for the others */
	for (unsigned int i = 0; i <= looks; i++) {
		double used, took;

		everything_happens(&v, i);
		press_one(&v);
		used = seconds(CLOCK_PROCESS_CPUTIME_ID);
		took = seconds(CLOCK_MONOTONIC);
		if (refresh(&v))
			give_up("refresh");
		if (!i)
			continue;
		took_ms[i - 1] = (seconds(CLOCK_MONOTONIC) - took) * 1000;
		used_ms[i - 1] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - used) * 1000;
	}
	qsort(took_ms, looks, sizeof(took_ms[0]), order);
	qsort(used_ms, looks, sizeof(used_ms[0]), order);
	printf("%llu %.3f %.3f %.3f\n", (unsigned long long)v.nr_rows, median(took_ms, looks),
	       took_ms[looks - 1], median(used_ms, looks));
	finish(&v);
	return 0;
}
