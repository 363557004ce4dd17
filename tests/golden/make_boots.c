// SPDX-License-Identifier: GPL-2.0-only
/*
 * make_boots DIR WORKS_OFF WORKS_ON [PROBE]…: boot directories as the lab leaves them, 01-qpw0 to
 * 06-qpw1 below DIR, with that many drain works on CPU 1 in every boot of a mode, recorded where
 * these probes were refused. For tests of qpwlat compare as a program.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/host.h"
#include "store/trace.h"

#define SECOND 1000000000ull
#define BOOTS 6
#define ADDRESS 0xffffffff81000000ull

/* What goes wrong here is the test's environment: say so and stop. */
static void must(int ret, const char *what)
{
	if (!ret)
		return;
	fprintf(stderr, "make_boots: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static void put_window(struct trace_writer *w, uint64_t start_ns, uint64_t end_ns)
{
	const struct qpw_header h = {
		.start_ns = start_ns,
		.end_ns = end_ns,
		.kind = QPW_META_WINDOW,
		.size = sizeof(h),
	};

	must(trace_writer_put(w, &h), "window");
}

static void put_work(struct trace_writer *w, uint64_t at_ns)
{
	const struct qpw_work work = {
		.h = {
			.start_ns = at_ns,
			.end_ns = at_ns + 20000,
			.cpu = 1,
			.kind = QPW_KIND_WORK,
			.size = sizeof(work),
			.flags = QPW_F_BEGIN | QPW_F_END | QPW_F_ORIGIN,
		},
		.work = 1,
		.function = ADDRESS,
		.origin = { .ns = at_ns - 30000, .pid = 7, .comm = "churn" },
	};

	must(trace_writer_put(w, &work.h), "work");
}

static void put_sample(struct trace_writer *w, uint64_t at_ns)
{
	const struct qpw_sample sample = {
		.h = {
			.start_ns = at_ns,
			.end_ns = at_ns + 50000,
			.cpu = 1,
			.kind = QPW_KIND_SAMPLE,
			.size = sizeof(sample),
		},
		.pid = 9,
		.tgid = 9,
		.comm = "cyclictest",
	};

	must(trace_writer_put(w, &sample.h), "sample");
}

static void put_missing(struct trace_writer *w, const char *name)
{
	struct qpw_probe probe = {
		.h = { .kind = QPW_META_PROBE, .size = sizeof(probe) },
		.state = QPW_PROBE_MISSING,
		.error = -EPERM,
	};

	snprintf(probe.name, sizeof(probe.name), "%s", name);
	snprintf(probe.loses, sizeof(probe.loses), "what %s tells", name);
	must(trace_writer_put(w, &probe.h), "probe");
}

/* missing: names, NULL at the end. */
static void write_trace(const char *path, bool on, uint64_t works, char **missing)
{
	static struct host_facts facts;
	struct qpw_symbol symbol = {
		.h = { .kind = QPW_META_SYMBOL, .size = sizeof(symbol) },
		.address = ADDRESS,
		.name = "lru_add_drain_per_cpu",
	};
	struct trace_writer *w;

	facts.mode = on ? HOST_MODE_QPW_ON : HOST_MODE_QPW_OFF;
	snprintf(facts.release, sizeof(facts.release), "7.2.13");
	snprintf(facts.isolated, sizeof(facts.isolated), "1");
	snprintf(facts.watched, sizeof(facts.watched), "1");
	must(trace_writer_open(path, &facts, &w), path);
	must(trace_writer_put(w, &symbol.h), "symbol");
	for (; *missing; missing++)
		put_missing(w, *missing);
	put_window(w, 10 * SECOND, 0);
	for (uint64_t i = 0; i < 1000; i++) {
		/* two blocks */
		if (i == 500)
			must(trace_writer_flush(w), "block");
		if (i < works)
			put_work(w, 11 * SECOND + i * 1000000);
		put_sample(w, 11 * SECOND + i * 1000000 + 500000);
	}
	put_window(w, 10 * SECOND, 20 * SECOND);
	must(trace_writer_close(w), path);
}

static FILE *create(const char *dir, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	must(f ? 0 : -errno, path);
	return f;
}

static void write_small_files(const char *dir, int index, bool on, uint64_t works)
{
	FILE *f = create(dir, "witness.txt");

	fprintf(f, "# witness 1\n# cpu 1 entries %llu overrun 0 dropped 0\n",
		(unsigned long long)works);
	for (uint64_t i = 0; i < works; i++)
		fprintf(f,
			" kworker/1:1-35 [001] d..1. 11.%06llu: workqueue_execute_start: "
			"work struct 0000000000000001: function lru_add_drain_per_cpu\n",
			(unsigned long long)i * 1000);
	must(fclose(f) ? -errno : 0, "witness.txt");
	f = create(dir, "triggers.json");
	fprintf(f, "{\"schema\": \"qpwlat.triggers\", \"version\": 1,"
		   "\"triggers\": [{\"family\": \"lru_add\", \"count\": 100}]}\n");
	must(fclose(f) ? -errno : 0, "triggers.json");
	f = create(dir, "boot.json");
	fprintf(f,
		"{\"schema\": \"qpwlat.boot\", \"version\": 1, \"mode\": \"qpw=%d\","
		"\"backend\": \"tcg\", \"vcpus\": 2, \"splats\": 0,"
		"\"started_utc\": \"2001-09-09T01:4%d:40Z\"}\n",
		on, index);
	must(fclose(f) ? -errno : 0, "boot.json");
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: make_boots DIR WORKS_OFF WORKS_ON [PROBE]…\n");
		return 129;
	}
	for (int i = 0; i < BOOTS; i++) {
		bool on = i % 2;
		uint64_t works = strtoull(argv[on ? 3 : 2], NULL, 10);
		char dir[256], trace[300];

		snprintf(dir, sizeof(dir), "%s/%02d-qpw%d", argv[1], i + 1, on);
		must(mkdir(dir, 0755) ? -errno : 0, dir);
		snprintf(trace, sizeof(trace), "%s/trace.qpw", dir);
		write_trace(trace, on, works, argv + 4);
		write_small_files(dir, i, on, works);
	}
	return 0;
}
