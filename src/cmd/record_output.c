// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that `qpwlat record` writes, and what was there before: nothing that anybody could want
 * is written over.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/record_run.h"
#include "cmd/trace_input.h"
#include "util/text.h"

#define SHORT_NS 1000000000ULL

/* What a recording holds, as far as one that holds nothing goes. */
struct content {
	bool any;     /* an interval in the window */
	bool samples; /* wake-ups of the victim there */
	uint64_t window_ns;
	uint64_t start_ns;
};

static void look_at(struct content *c, const struct qpw_header *h)
{
	if (h->kind == QPW_META_WINDOW) {
		c->start_ns = h->start_ns;
		c->window_ns = h->end_ns > h->start_ns ? h->end_ns - h->start_ns : 0;
	} else if (h->kind < QPW_META_FIRST && c->start_ns && h->start_ns >= c->start_ns) {
		c->any = true;
		c->samples |= h->kind == QPW_KIND_SAMPLE;
	}
}

/*
 * A recording of a try that failed: whole, and with nothing in its window; or shorter than a second
 * and without a wake-up of the cyclictest that it was made of. Whatever can't be read is none.
 */
static bool is_hollow(const char *path)
{
	struct trace_reader *reader;
	const struct qpw_header *h;
	struct content c = { 0 };
	bool is_cyclictest;
	int ret;

	if (!trace_is_at(path) || trace_reader_open(path, &reader))
		return false;
	is_cyclictest = !strcmp(trace_reader_facts(reader)->victim, "cyclictest");
	while (!c.samples && !(c.any && !is_cyclictest)) {
		ret = event_source_next(trace_reader_source(reader), &h, -1);
		if (ret != 1)
			break;
		look_at(&c, h);
	}
	trace_reader_close(reader);
	if (c.samples || (c.any && !is_cyclictest))
		return false;
	return !ret && (!c.any || c.window_ns < SHORT_NS);
}

int record_check_outputs(const struct record_options *o)
{
	if (!o->victim_json)
		return CMD_OK;
	if (trace_same_file(o->victim_json, o->output))
		fprintf(stderr,
			"qpwlat record: --victim-json: %s: is where the recording goes; name another "
			"file\n",
			text_shown(o->victim_json));
	else if (trace_is_at(o->victim_json))
		fprintf(stderr,
			"qpwlat record: --victim-json: %s: is a recording, which is not written over; "
			"name another file\n",
			text_shown(o->victim_json));
	else
		return CMD_OK;
	return CMD_USAGE;
}

int record_open_output(struct recording *r)
{
	const char *path = r->o.output;
	int err = is_hollow(path) ? 0 : trace_keep_old(path);

	if (err) {
		fprintf(stderr,
			"qpwlat record: %s: what it holds can't be kept as %s.old: %s; name another "
			"file with -o\n",
			text_shown(path), text_shown(path), strerror(-err));
		return CMD_ERROR;
	}
	err = trace_writer_open(path, &r->facts, &r->writer);
	if (err) {
		fprintf(stderr,
			"qpwlat record: %s: can't be written: %s; name another file with -o\n",
			text_shown(path), strerror(-err));
		return CMD_ERROR;
	}
	r->output_fd = open(path, O_PATH | O_CLOEXEC);
	return CMD_OK;
}
