// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a trace of made-up records, of any length, through the writer that a recording uses:
 * generate EVENTS FILE. Knows nothing of what the records are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/trace.h"
#include "synthetic.h"

static const struct host_facts facts = {
	.hostname = "synthetic",
	.release = "7.2.0",
	.version = "#1 SMP PREEMPT_DYNAMIC",
	.machine = "x86_64",
	.possible = "0-4",
	.online = "0-4",
	.isolated = "1-4",
	.nohz_full = "1-4",
	.watched = "1-4",
	.clocksource = "tsc",
};

/* The window opens when all names are told and closes with the last event. */
static int write_window(struct trace_writer *w, uint64_t start_ns, uint64_t end_ns)
{
	const struct qpw_header window = {
		.start_ns = start_ns,
		.end_ns = end_ns,
		.kind = QPW_META_WINDOW,
		.size = sizeof(window),
	};

	return trace_writer_put(w, &window);
}

static int write_records(struct trace_writer *w, uint64_t nr_events)
{
	uint64_t first_ns = 0, last_ns = 0;
	struct synthetic s;
	int ret = 0;

	synthetic_init(&s, 1);
	while (nr_events && !ret) {
		const struct qpw_header *h = synthetic_next(&s);

		if (h->kind < QPW_META_FIRST) {
			if (!first_ns) {
				first_ns = h->start_ns;
				ret = write_window(w, first_ns, 0);
			}
			if (h->end_ns > last_ns)
				last_ns = h->end_ns;
			nr_events--;
		}
		if (!ret)
			ret = trace_writer_put(w, h);
	}
	return ret ? ret : write_window(w, first_ns, last_ns);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	uint64_t nr_events = argc == 3 ? strtoull(argv[1], &end, 10) : 0;
	struct trace_writer *w = NULL;
	int ret, closed;

	if (!nr_events || *end) {
		fprintf(stderr, "usage: generate EVENTS FILE\n");
		return 129;
	}
	ret = trace_writer_open(argv[2], &facts, &w);
	if (!ret)
		ret = write_records(w, nr_events);
	closed = trace_writer_close(w);
	if (!ret)
		ret = closed;
	if (ret)
		fprintf(stderr, "generate: %s: %s; is there room and permission?\n", argv[2],
			strerror(-ret));
	return ret ? 1 : 0;
}
