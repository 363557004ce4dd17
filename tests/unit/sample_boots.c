// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making boots by hand. Allocation failures end the test program: there is nothing to test then.
 */
#include "sample_boots.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/boot_dir.h"
#include "util/utc.h"

static void must(int ret)
{
	assert(!ret);
}

static void *grown(void *rows, size_t nr, size_t size)
{
	char *more = realloc(rows, (nr + 1) * size);

	assert(more);
	memset(more + nr * size, 0, size);
	return more;
}

struct snap_work *sample_work(struct boot *b, const char *function, uint64_t executed)
{
	struct snapshot *s = b->snapshot;
	struct snap_work *w = NULL;
	bool witnessed = false;

	for (size_t i = 0; i < s->nr_works; i++)
		if (!strcmp(s->works[i].function, function))
			w = &s->works[i];
	if (!w) {
		s->works = grown(s->works, s->nr_works, sizeof(*w));
		w = &s->works[s->nr_works++];
		snprintf(w->function, sizeof(w->function), "%s", function);
	}
	w->queued = executed;
	w->executed = executed;
	w->remote = executed;
	for (size_t i = 0; i < b->witness.nr_functions; i++) {
		if (!strcmp(b->witness.functions[i].name, function)) {
			b->witness.functions[i].count = executed;
			witnessed = true;
		}
	}
	if (!witnessed)
		must(boot_count_add(&b->witness.functions, &b->witness.nr_functions, function,
				    executed));
	return w;
}

void sample_cause(struct boot *b, enum snap_class class, const char *name, uint64_t count,
		  uint64_t self_ns)
{
	struct snapshot *s = b->snapshot;
	struct snap_cause *c;

	s->causes = grown(s->causes, s->nr_causes, sizeof(*c));
	c = &s->causes[s->nr_causes++];
	c->class = class;
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->count = count;
	c->self_ns = self_ns;
	c->total_ns = self_ns;
	c->max_ns = count ? 2 * self_ns / count : 0;
	s->classes[class].count += count;
	s->classes[class].self_ns += self_ns;
	if (c->max_ns > s->classes[class].max_ns)
		s->classes[class].max_ns = c->max_ns;
}

static void add_samples(struct boot *b, uint64_t base_ns, int index)
{
	/* 9900 samples around the base, 99 ten times, 1 a hundred times as late */
	for (int i = 0; i < 10000; i++) {
		uint64_t ns = base_ns + (uint64_t)(i % 100) * 100 + (uint64_t)index * 50;

		if (i % 100 == 99)
			ns *= i == 9999 ? 100 : 10;
		must(hist_add(b->snapshot->latency, ns));
		must(hist_add(b->cyclictest.latency, (ns + 2000) / 1000 * 1000));
	}
	b->snapshot->nr_samples = 10000;
	b->cyclictest.nr_cycles = 10000;
	b->cyclictest.present = true;
}

static void add_outlier(struct boot *b, uint64_t latency_ns, const char *what)
{
	struct snap_part part = { .step = SNAP_STEP_RUN,
				  .class = SNAP_WORK,
				  .origin = { .comm = "churn", .count = 1 } };
	struct snapshot *s = b->snapshot;
	struct snap_outlier *o;

	s->outliers = grown(s->outliers, s->nr_outliers, sizeof(*o));
	o = &s->outliers[s->nr_outliers++];
	s->max_outliers = s->nr_outliers;
	o->cpu = 1;
	o->pid = 90;
	SET_TEXT(o->comm, "cyclictest");
	o->latency_ns = latency_ns;
	o->step_ns[SNAP_STEP_IRQ] = latency_ns / 10;
	o->step_ns[SNAP_STEP_RUN] = latency_ns - latency_ns / 10;
	o->residual_ns[SNAP_STEP_IRQ] = o->step_ns[SNAP_STEP_IRQ];
	o->nr_parts = 1;
	part.ns = latency_ns / 2;
	snprintf(part.name, sizeof(part.name), "%s", what);
	o->parts = &part;
	o->residual_ns[SNAP_STEP_RUN] = o->step_ns[SNAP_STEP_RUN] - latency_ns / 2;
	must(snap_outlier_keep(o, o));
}

static void add_flush(struct boot *b, const char *where, const char *work, uint64_t wait_ns)
{
	struct snapshot *s = b->snapshot;
	struct snap_flush *f;

	s->flushes = grown(s->flushes, s->nr_flushes, sizeof(*f));
	f = &s->flushes[s->nr_flushes++];
	snprintf(f->function, sizeof(f->function), "%s", where);
	snprintf(f->work, sizeof(f->work), "%s", work);
	f->count = 100;
	f->total_ns = 100 * wait_ns;
	f->wait = hist_create();
	assert(f->wait);
	for (int i = 0; i < 100; i++)
		must(hist_add(f->wait, wait_ns));
}

static void describe(struct boot *b, enum host_mode mode, int index)
{
	struct host_facts *h = b->facts;

	snprintf(b->label, sizeof(b->label), "%02d-%s", index + 1,
		 mode == HOST_MODE_QPW_ON ? "qpw1" : "qpw0");
	snprintf(b->path, sizeof(b->path), "boots/%s", b->label);
	SET_TEXT(h->release, "7.2.13-qpw");
	SET_TEXT(h->version, "#1 SMP PREEMPT_DYNAMIC");
	SET_TEXT(h->machine, "x86_64");
	snprintf(h->cmdline, sizeof(h->cmdline), "isolcpus=1 nohz_full=1 qpw=%d",
		 mode == HOST_MODE_QPW_ON);
	SET_TEXT(h->online, "0-1");
	SET_TEXT(h->isolated, "1");
	SET_TEXT(h->nohz_full, "1");
	SET_TEXT(h->watched, "1");
	SET_TEXT(h->clocksource, "tsc");
	SET_TEXT(h->hypervisor, "yes");
	SET_TEXT(h->mode_reason, "qpw= on the command line");
	SET_TEXT(h->tool_version, "0.1.0");
	h->mode = mode;
	b->described = true;
	SET_TEXT(b->backend, "tcg");
	SET_TEXT(b->host_cpu, "a host's CPU");
	b->vcpus = 2;
	utc_format(SAMPLE_START + 60 * (2 * index + (mode == HOST_MODE_QPW_ON)), b->started,
		   sizeof(b->started));
}

static void add_triggers(struct boot *b)
{
	static const char *const families[] = { "lru_add", "slab_shrink" };

	b->triggers.present = true;
	b->triggers.rounds = 150;
	for (size_t i = 0; i < 2; i++) {
		struct boot_trigger *t;

		b->triggers.rows = grown(b->triggers.rows, i, sizeof(*t));
		t = &b->triggers.rows[i];
		snprintf(t->family, sizeof(t->family), "%s", families[i]);
		t->count = i ? 120 : 300;
		b->triggers.nr_rows++;
	}
}

static void add_works(struct boot *b, bool on, uint64_t index)
{
	struct snap_work *w = sample_work(b, "lru_add_drain_per_cpu", on ? 0 : 300 + index);

	w->inlined = on ? 300 + index : 0;
	w->inline_ns = w->inlined * 4000;
	w->run_ns = w->executed * 20000;
	if (!on) {
		w->wait = hist_create();
		assert(w->wait);
		for (uint64_t i = 0; i < w->executed; i++)
			must(hist_add(w->wait, 30000 + i * 100));
		w->nr_origins = 1;
		SET_TEXT(w->origins[0].comm, "churn");
		w->origins[0].pid = 77;
		w->origins[0].count = w->executed;
	}
	w = sample_work(b, "flush_cpu_sheaves", on ? 0 : 120);
	w->inlined = on ? 120 : 0;
	w->run_ns = w->executed * 10000;
	w = sample_work(b, "vmstat_update", 10);
	w->remote = 0;
	w->run_ns = 50000;
	if (!on) {
		sample_cause(b, SNAP_WORK, "lru_add_drain_per_cpu", 300 + index,
			     (300 + index) * 20000);
		sample_cause(b, SNAP_WORK, "flush_cpu_sheaves", 120, 1200000);
	}
	sample_cause(b, SNAP_WORK, "vmstat_update", 10, 50000 + index * 100);
}

struct boot *sample_boot(enum host_mode mode, int index)
{
	bool on = mode == HOST_MODE_QPW_ON;
	struct boot *b = boot_create();

	assert(b);
	b->snapshot = snapshot_create();
	b->cyclictest.latency = hist_create();
	assert(b->snapshot && b->cyclictest.latency);
	b->facts = calloc(1, sizeof(*b->facts));
	assert(b->facts);
	describe(b, mode, index);
	boot_dir_describe(b);
	b->snapshot->nr_boots = 1;
	b->snapshot->window_start_ns = 1000000000;
	b->snapshot->window_ns = SAMPLE_SECONDS * 1000000000ull;
	b->snapshot->window_end_ns = b->snapshot->window_start_ns + b->snapshot->window_ns;
	b->snapshot->window_closed = true;
	b->snapshot->nr_events = 50000;
	b->witness.state = BOOT_WITNESS_OK;
	b->witness.nr_cpus = 1;
	add_works(b, on, (uint64_t)index);
	sample_cause(b, SNAP_TICK, "tick_nohz_handler", 40, 400000 + (uint64_t)index * 1000);
	sample_cause(b, SNAP_TIMER, "hrtimer_wakeup", 10000, 30000000 + (uint64_t)index * 5000);
	sample_cause(b, SNAP_IPI, "reschedule", 20, 60000 + (uint64_t)index * 70);
	sample_cause(b, SNAP_THREAD, "kworker/1:1", on ? 10 : 430, on ? 100000 : 4300000);
	add_samples(b, on ? 30000 : 50000, index);
	add_outlier(b, on ? 1200000 : 5900000, on ? "vmstat_update" : "lru_add_drain_per_cpu");
	add_flush(b, "lru_add_drain_all", "", on ? 20000 : 400000);
	add_triggers(b);
	return b;
}

void sample_sets_init(struct sample_sets *s, size_t nr_a, size_t nr_b)
{
	memset(s, 0, sizeof(*s));
	for (; s->nr_a < nr_a; s->nr_a++)
		s->a[s->nr_a] = sample_boot(HOST_MODE_QPW_OFF, (int)s->nr_a);
	for (; s->nr_b < nr_b; s->nr_b++)
		s->b[s->nr_b] = sample_boot(HOST_MODE_QPW_ON, (int)s->nr_b);
}

struct comparison *sample_compare_with(struct sample_sets *s, const struct compare_options *options)
{
	compare_destroy(s->c);
	must(compare_run(options, s->a, s->nr_a, s->b, s->nr_b, &s->c));
	return s->c;
}

struct comparison *sample_compare(struct sample_sets *s)
{
	return sample_compare_with(s, &(struct compare_options){ 0 });
}

void sample_sets_finish(struct sample_sets *s)
{
	compare_destroy(s->c);
	for (size_t i = 0; i < s->nr_a; i++)
		boot_destroy(s->a[i]);
	for (size_t i = 0; i < s->nr_b; i++)
		boot_destroy(s->b[i]);
}

bool sample_has_reason(const struct comparison *c, enum compare_reason_code code)
{
	for (size_t i = 0; i < c->nr_reasons; i++)
		if (c->reasons[i].code == code)
			return true;
	return false;
}
