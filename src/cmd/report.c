/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qpwlat report: traces in, what they say out. Knows files and exit codes; the figures are the
 * model's, how they look the views'.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/report_options.h"
#include "model/model.h"
#include "store/trace.h"
#include "util/cpulist.h"
#include "view/report.h"

static const char *open_error(int error)
{
	switch (error) {
	case -EPROTO:
		return "this is not a .qpw trace; 'qpwlat record' writes them";
	case -EPROTONOSUPPORT:
		return "it was written by a newer qpwlat; use that version";
	case -EBADMSG:
		return "its header is corrupt; copy the file again";
	default:
		return strerror(-error);
	}
}

/* All records to the model. A part of a recording is a fact about it; 0 or -errno. */
static int feed_all(struct trace_reader *reader, struct model *model, uint64_t *nr_malformed)
{
	struct event_source *source = trace_reader_source(reader);
	const struct qpw_header *record;
	int ret;

	while ((ret = event_source_next(source, &record, -1)) == 1) {
		ret = model_feed(model, record);
		if (ret == -EINVAL)
			(*nr_malformed)++;
		else if (ret)
			return ret;
	}
	if (ret == -ENODATA || ret == -EBADMSG) {
		model_set_truncated(model);
		ret = 0;
	}
	return ret;
}

/* What is known of the trace beside its figures. */
static void fill_trace(struct report_trace *t, const struct snapshot *s)
{
	struct cpulist watched;

	t->nr_events = s->nr_events;
	t->window_start_ns = s->window_start_ns;
	t->window_ns = s->window_ns;
	if (cpulist_parse(t->facts.watched, &watched) ||
	    __builtin_mul_overflow(t->window_ns, cpulist_count(&watched), &t->watched_ns))
		t->watched_ns = 0;
}

/* The figures of one trace are added to *all. 0 or -errno. */
static int read_trace(const struct report_args *args, struct trace_reader *reader,
		      struct report_trace *t, struct snapshot *all)
{
	const struct model_config config = { .outlier_ns = args->outlier_ns,
					     .max_outliers = args->top };
	struct model *model = model_create(&config);
	struct snapshot *s = NULL;
	int ret = model ? feed_all(reader, model, &t->nr_malformed) : -ENOMEM;

	if (!ret) {
		s = model_snapshot(model);
		ret = s ? snapshot_merge(all, s) : -ENOMEM;
	}
	if (!ret) {
		t->facts = *trace_reader_facts(reader);
		snprintf(t->problem, sizeof(t->problem), "%s", trace_reader_problem(reader));
		fill_trace(t, s);
	}
	snapshot_destroy(s);
	model_destroy(model);
	return ret;
}

static int load_trace(const struct report_args *args, struct report_trace *t, struct snapshot *all)
{
	struct trace_reader *reader;
	int ret = trace_reader_open(t->path, &reader);

	if (ret) {
		fprintf(stderr, "qpwlat report: cannot open: %s: %s\n", t->path, open_error(ret));
		return CMD_ERROR;
	}
	ret = read_trace(args, reader, t, all);
	trace_reader_close(reader);
	if (!ret)
		return 0;
	fprintf(stderr, "qpwlat report: cannot read: %s: %s\n", t->path, strerror(-ret));
	return CMD_ERROR;
}

/* What the stream itself says comes later; 0 or -errno. */
static int put_text(FILE *f, const struct report *r)
{
	report_text(f, r);
	return 0;
}

static int put_json(FILE *f, const struct report *r)
{
	json_t *json = report_json(r);
	int ret;

	if (!json)
		return -ENOMEM;
	errno = 0;
	ret = json_dumpf(json, f, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	fputc('\n', f);
	json_decref(json);
	return ret ? -(errno ? errno : EIO) : 0;
}

static int (*const put_format[REPORT_NR_FORMATS])(FILE *f, const struct report *r) = {
	[REPORT_TEXT] = put_text,
	[REPORT_JSON] = put_json,
};

static int write_output(const char *path, enum report_format format, const struct report *r)
{
	bool to_stdout = !strcmp(path, "-");
	FILE *f = to_stdout ? stdout : fopen(path, "we");
	int error = f ? 0 : errno;

	if (f) {
		errno = 0;
		error = -put_format[format](f, r);
		if ((fflush(f) || ferror(f)) && !error)
			error = errno ? errno : EIO;
		if (!to_stdout && fclose(f) && !error)
			error = errno;
	}
	if (!error)
		return 0;
	fprintf(stderr, "qpwlat report: cannot write %s: %s: %s; is there room and permission?\n",
		report_format_name(format), to_stdout ? "stdout" : path, strerror(error));
	return CMD_ERROR;
}

static int show(const struct report_args *args, const struct report *r)
{
	for (int i = 0; i < REPORT_NR_FORMATS; i++)
		if (args->output[i] && write_output(args->output[i], (enum report_format)i, r))
			return CMD_ERROR;
	if (r->snapshot->nr_events)
		return 0;
	fprintf(stderr, "qpwlat report: %s: the trace holds no record; was anything watched?\n",
		r->traces[0].path);
	return CMD_INCONCLUSIVE;
}

static int run(const struct report_args *args)
{
	struct report_trace *traces = calloc(args->nr_inputs, sizeof(*traces));
	struct snapshot *all = snapshot_create();
	struct report r = { traces, args->nr_inputs, all, args->top };
	int code = 0;

	if (!traces || !all) {
		fprintf(stderr, "qpwlat report: out of memory; report fewer traces\n");
		code = CMD_ERROR;
	}
	for (size_t i = 0; !code && i < args->nr_inputs; i++) {
		traces[i].path = args->inputs[i];
		code = load_trace(args, &traces[i], all);
	}
	if (!code)
		code = show(args, &r);
	snapshot_destroy(all);
	free(traces);
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct report_args args;
	int code = report_parse_args(argc, argv, &args);

	if (code == 'h')
		fputs(report_help, stdout);
	else if (!code)
		code = run(&args);
	free(args.inputs);
	return code == 'h' ? CMD_OK : code;
}
