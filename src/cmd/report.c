/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qpwlat report: one trace in, what it says out. Knows options, files and exit codes; the figures
 * are the model's, how they look the views'.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "model/model.h"
#include "store/trace.h"
#include "util/duration.h"
#include "view/report.h"

#define TOP_DEFAULT 10
#define TOP_MAX 10000

struct report_args {
	const char *input;
	const char *text; /* where to: path, "-" for stdout, NULL when not asked for */
	const char *json;
	uint64_t outlier_ns;
	unsigned int top;
};

static const char help[] =
	"usage: qpwlat report [OPTION]… FILE\n"
	"\n"
	"Say what a recording holds: setup, latency, what interrupted the watched CPUs, who queued\n"
	"work to them, who waited, and what the late samples are made of.\n"
	"\n"
	"  -i, --input FILE   the trace, instead of FILE as an argument\n"
	"  --text[=FILE]      text, the default\n"
	"  --json[=FILE]      one object, for programs\n"
	"                     (FILE - or none: stdout)\n"
	"  --outlier US       explain samples of US microseconds or more (also 1ms, 500ns …);\n"
	"                     default: the worst ones\n"
	"  --top N            at most N causes and N late samples in text, N late samples in JSON;\n"
	"                     default 10\n"
	"  -h, --help\n"
	"\n"
	"Exit code: 0, 1 error, 3 the trace holds no record.\n"
	"\n"
	"Example: qpwlat report --outlier 200 trace.qpw\n";

static int usage_error(const char *what, const char *object)
{
	fprintf(stderr, "qpwlat report: %s%s%s; try 'qpwlat report --help'\n", what,
		object ? ": " : "", object ? object : "");
	return CMD_USAGE;
}

/* Microseconds, or any duration with its unit. */
static int parse_outlier(const char *text, uint64_t *ns)
{
	char with_unit[64];
	bool bare = !text[strspn(text, "0123456789.")];

	if (snprintf(with_unit, sizeof(with_unit), "%s%s", text, bare ? "us" : "") >=
	    (int)sizeof(with_unit))
		return -EINVAL;
	return duration_parse(with_unit, ns);
}

static int parse_top(const char *text, unsigned int *top)
{
	char *end;
	unsigned long value;

	if (!text[0] || text[strspn(text, "0123456789")])
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || !value || value > TOP_MAX)
		return -ERANGE;
	*top = (unsigned int)value;
	return 0;
}

/* 0, 'h' for help, or an exit code. */
static int parse_options(int argc, char **argv, struct report_args *args)
{
	static const struct option options[] = {
		{ "input", required_argument, NULL, 'i' },
		{ "text", optional_argument, NULL, 't' },
		{ "json", optional_argument, NULL, 'j' },
		{ "outlier", required_argument, NULL, 'o' },
		{ "top", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "hi:", options, NULL)) != -1) {
		const char *value = optarg ? optarg : "";

		if (c == 'i')
			args->input = optarg;
		else if (c == 't')
			args->text = optarg ? optarg : "-";
		else if (c == 'j')
			args->json = optarg ? optarg : "-";
		else if (c == 'h')
			return 'h';
		else if (c == '?')
			return usage_error("unknown option or missing argument", argv[optind - 1]);
		else if (c == 'o' && parse_outlier(value, &args->outlier_ns))
			return usage_error("--outlier wants microseconds, not", value);
		else if (c == 'n' && parse_top(value, &args->top))
			return usage_error("--top wants a number from 1 to 10000, not", value);
	}
	return 0;
}

static int parse_args(int argc, char **argv, struct report_args *args)
{
	int ret = parse_options(argc, argv, args);

	if (ret)
		return ret;
	if (optind < argc && !args->input)
		args->input = argv[optind++];
	if (optind < argc)
		return usage_error("one trace at a time", argv[optind]);
	if (!args->input)
		return usage_error("which trace?", NULL);
	if (!args->text && (!args->json || strcmp(args->json, "-") != 0))
		args->text = "-";
	if (args->json && args->text && !strcmp(args->json, "-") && !strcmp(args->text, "-"))
		return usage_error("only one format can go to stdout", NULL);
	return 0;
}

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

/* 0 or -errno */
static int put_json(FILE *f, const struct report *r)
{
	json_t *json = report_json(r);
	int ret;

	if (!json)
		return -ENOMEM;
	errno = 0;
	ret = json_dumpf(json, f, JSON_INDENT(2));
	fputc('\n', f);
	json_decref(json);
	return ret ? -(errno ? errno : EIO) : 0;
}

static int write_output(const char *path, bool json, const struct report *r)
{
	bool to_stdout = !strcmp(path, "-");
	FILE *f = to_stdout ? stdout : fopen(path, "we");
	int error = f ? 0 : errno;

	if (f) {
		errno = 0;
		if (json)
			error = -put_json(f, r);
		else
			report_text(f, r);
		if ((fflush(f) || ferror(f)) && !error)
			error = errno ? errno : EIO;
		if (!to_stdout && fclose(f) && !error)
			error = errno;
	}
	if (!error)
		return 0;
	fprintf(stderr, "qpwlat report: cannot write: %s: %s; is there room and permission?\n",
		to_stdout ? "stdout" : path, strerror(error));
	return CMD_ERROR;
}

static int show(const struct report_args *args, const struct report *r)
{
	int code = 0;

	if (args->text)
		code = write_output(args->text, false, r);
	if (!code && args->json)
		code = write_output(args->json, true, r);
	if (code || r->snapshot->nr_events)
		return code;
	fprintf(stderr, "qpwlat report: %s: the trace holds no record; was anything watched?\n",
		args->input);
	return CMD_INCONCLUSIVE;
}

static int run(const struct report_args *args, struct trace_reader *reader, struct model *model)
{
	struct report r = { .path = args->input, .top = args->top };
	struct snapshot *snapshot = NULL;
	int ret = feed_all(reader, model, &r.nr_malformed);

	if (!ret) {
		snapshot = model_snapshot(model);
		ret = snapshot ? 0 : -ENOMEM;
	}
	if (ret) {
		fprintf(stderr, "qpwlat report: cannot read: %s: %s\n", args->input,
			strerror(-ret));
		return CMD_ERROR;
	}
	r.facts = trace_reader_facts(reader);
	r.problem = trace_reader_problem(reader);
	r.snapshot = snapshot;
	ret = show(args, &r);
	snapshot_destroy(snapshot);
	return ret;
}

int cmd_report(int argc, char **argv)
{
	struct report_args args = { .top = TOP_DEFAULT };
	struct trace_reader *reader = NULL;
	struct model_config config;
	struct model *model;
	int code = parse_args(argc, argv, &args), ret;

	if (code == 'h') {
		fputs(help, stdout);
		return CMD_OK;
	}
	if (code)
		return code;
	config = (struct model_config){ .outlier_ns = args.outlier_ns, .max_outliers = args.top };
	model = model_create(&config);
	ret = model ? trace_reader_open(args.input, &reader) : -ENOMEM;
	if (ret) {
		fprintf(stderr, "qpwlat report: cannot open: %s: %s\n", args.input,
			open_error(ret));
		code = CMD_ERROR;
	} else {
		code = run(&args, reader, model);
	}
	trace_reader_close(reader);
	model_destroy(model);
	return code;
}
