// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that `qpwlat record` writes, and what was there before: nothing that anybody could want
 * is written over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <jansson.h>

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

static bool is_file_or_none(const char *path)
{
	struct stat st;

	return stat(path, &st) || S_ISREG(st.st_mode);
}

int record_check_outputs(const struct record_options *o)
{
	if (!strcmp(o->output, "-"))
		return cmd_usage_error(
			"record", "-o: a recording can't go to stdout, name a file (./- is one)",
			NULL);
	if (!o->victim_json)
		return CMD_OK;
	if (!strcmp(o->victim_json, "-") || !is_file_or_none(o->victim_json))
		fprintf(stderr,
			"qpwlat record: --victim-json: %s: is no file that could be read again; name "
			"another file\n",
			text_shown(o->victim_json));
	else if (trace_same_file(o->victim_json, o->output))
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

/* Why they can't be read; NULL when they can. */
static const char *json_problem(const struct recording *r, json_error_t *e)
{
	const char *path = r->o.victim_json;
	struct statvfs fs;
	struct stat st;
	json_t *json;

	if (stat(path, &st))
		return strerror(errno);
	if (!memcmp(&st.st_mtim, &r->json_before, sizeof(st.st_mtim)))
		return "is still what it was before";
	json = json_load_file(path, 0, e);
	json_decref(json);
	if (json)
		return NULL;
	if (!statvfs(path, &fs) && !fs.f_bfree)
		return strerror(ENOSPC);
	return st.st_size ? e->text : "is empty";
}

void record_check_victim_json(struct recording *r)
{
	const char *problem;
	char what[4096];
	json_error_t e;

	if (!r->o.victim_json || r->given_up || !r->victim.ended)
		return;
	problem = json_problem(r, &e);
	if (!problem)
		return;
	snprintf(what, sizeof(what), "--victim-json: %s: the results of %s are not there",
		 text_shown(r->o.victim_json), r->tool->program);
	record_complain(r, what, problem);
	fprintf(stderr, "qpwlat record: the recording itself is kept\n");
}

int record_open_output(struct recording *r)
{
	const char *path = r->o.output;
	struct stat st;
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
	if (r->o.victim_json && !stat(r->o.victim_json, &st))
		r->json_before = st.st_mtim;
	r->output_fd = open(path, O_PATH | O_CLOEXEC);
	return CMD_OK;
}
