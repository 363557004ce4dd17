// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies of a trace the records of some kinds, and all that tell of the recording: only FROM TO
 * KIND…, names as in the CSV of records. Knows nothing of what they mean.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "store/trace.h"
#include "util/record.h"

static bool is_wanted(const struct qpw_header *h, char *const *kinds)
{
	const char *name = record_kind_name(h->kind);

	if (h->kind >= QPW_META_FIRST)
		return true;
	for (; *kinds; kinds++)
		if (name && !strcmp(name, *kinds))
			return true;
	return false;
}

static int copy(struct trace_reader *r, struct trace_writer *w, char *const *kinds)
{
	const struct qpw_header *h;
	int ret;

	while ((ret = event_source_next(trace_reader_source(r), &h, -1)) == 1) {
		ret = is_wanted(h, kinds) ? trace_writer_put(w, h) : 0;
		if (ret)
			return ret;
	}
	return ret;
}

int main(int argc, char **argv)
{
	struct trace_reader *r = NULL;
	struct trace_writer *w = NULL;
	int ret, closed;

	if (argc < 4) {
		fprintf(stderr, "usage: only FROM TO KIND...\n");
		return 129;
	}
	ret = trace_reader_open(argv[1], &r);
	if (!ret)
		ret = trace_writer_open(argv[2], trace_reader_facts(r), &w);
	if (!ret)
		ret = copy(r, w, argv + 3);
	closed = trace_writer_close(w);
	if (!ret)
		ret = closed;
	trace_reader_close(r);
	if (ret)
		fprintf(stderr, "only: %s to %s: %s\n", argv[1], argv[2], strerror(-ret));
	return ret ? 1 : 0;
}
