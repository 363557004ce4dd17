// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwlat export: a trace in a format of other programs. Knows options, files and exit codes; how
 * a record or a figure looks is the view's.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/export_openmetrics.h"
#include "cmd/output.h"
#include "cmd/trace_input.h"
#include "store/trace.h"
#include "util/array.h"
#include "util/text.h"
#include "view/export.h"

static const struct export_format *const formats[] = {
	&export_csv,
	&export_chrome,
	&export_openmetrics,
	&export_cyclictest,
};

struct export_args {
	const char *input;
	const char *output; /* "-": stdout */
	const struct export_format *format;
};

static const char help[] =
	"usage: qpwlat export [OPTION]... FILE\n"
	"\n"
	"Write what a recording holds in a format of other programs.\n"
	"\n"
	"  -f, --format FORMAT  csv, the default: every record, a row each, in the order of the file\n"
	"                       chrome: a timeline, for Perfetto's UI and chrome://tracing\n"
	"                       openmetrics: the figures of the report, for Prometheus\n"
	"                       rt-tests-json: the victim's wake-ups, as cyclictest --json has them\n"
	"  -i, --input FILE     the trace, instead of FILE as an argument\n"
	"  -o, --output FILE    where to; - or none: stdout\n"
	"  -h, --help\n"
	"\n"
	"Exit code: 0, 1 error, 3 the trace holds nothing to tell, 129 wrong usage.\n"
	"\n"
	"Example: qpwlat export --format chrome -o trace.json trace.qpw\n";

static int usage_error(const char *what, const char *object)
{
	return cmd_usage_error("export", what, object);
}

static const struct export_format *find_format(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	}
	return NULL;
}

/* 0, 'h' for help, or an exit code. */
static int parse_args(int argc, char **argv, struct export_args *args)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "input", required_argument, NULL, 'i' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "f:i:o:h", options, NULL)) != -1) {
		if (c == 'f')
			args->format = find_format(optarg);
		else if (c == 'i')
			args->input = optarg;
		else if (c == 'o')
			args->output = optarg;
		else if (c == 'h')
			return 'h';
		else
			return usage_error("unknown option or missing argument", argv[optind - 1]);
		if (!args->format)
			return usage_error(
				"--format is csv, chrome, openmetrics or rt-tests-json, not",
				optarg);
	}
	if (optind < argc && !args->input)
		args->input = argv[optind++];
	if (optind < argc)
		return usage_error("one trace at a time", argv[optind]);
	return args->input ? 0 : usage_error("which trace?", NULL);
}

static int refuse(const char *path, const char *why)
{
	fprintf(stderr, "qpwlat export: %s: %s; write to another file\n", text_shown(path), why);
	return CMD_USAGE;
}

/* 0 or an exit code. */
static int check_output(const struct export_args *args)
{
	if (output_is_stdout(args->output))
		return 0;
	if (trace_same_file(args->input, args->output))
		return refuse(args->output, "is the recording itself");
	if (trace_is_at(args->output))
		return refuse(args->output, "is a recording, which is not written over");
	return 0;
}

/*
 * All records to f. Stops early when they can't be written any more. 0, or a negative error of
 * reading or of memory; where a file breaks off is no error but the reader's problem.
 */
static int write_records(const struct export_args *args, struct trace_reader *reader, FILE *f,
			 uint64_t *nr_events)
{
	struct event_source *source = trace_reader_source(reader);
	void *export = args->format->create(f, trace_reader_facts(reader));
	struct export_end end = { 0 };
	const struct qpw_header *record;
	int ret = export ? 0 : -ENOMEM, finished;

	while (!ret && !ferror(f)) {
		ret = event_source_next(source, &record, -1);
		if (ret != 1)
			break;
		*nr_events += record->kind < QPW_META_FIRST;
		ret = args->format->put(export, record);
	}
	end.problem = trace_reader_problem(reader);
	end.truncated = ret == -ENODATA || ret == -EBADMSG;
	finished = args->format->finish(export, &end);
	return ret && !end.truncated ? ret : finished;
}

static int cannot_write(const char *path, int error)
{
	fprintf(stderr, "qpwlat export: cannot write: %s: %s; is there room and permission?\n",
		output_shown(path), strerror(error));
	return CMD_ERROR;
}

/* Says what is less than the whole truth about the trace. */
static int judge(const struct export_args *args, struct trace_reader *reader, uint64_t nr_events,
		 bool has_samples)
{
	char problem[512];

	text_escape(trace_reader_problem(reader), problem, sizeof(problem));
	if (problem[0])
		fprintf(stderr, "qpwlat export: %s: WARNING: not all records are there: %s\n",
			text_shown(args->input), problem);
	if (nr_events && has_samples)
		return CMD_OK;
	fprintf(stderr, "qpwlat export: %s: the trace holds no %s\n", text_shown(args->input),
		nr_events ? "wake-up of a victim; 'qpwlat record --victim' measures them" :
			    "record; was anything watched?");
	return CMD_INCONCLUSIVE;
}

static int run(const struct export_args *args, struct trace_reader *reader)
{
	uint64_t nr_events = 0;
	int ret, error;
	FILE *f;

	error = output_open(args->output, &f);
	if (error)
		return cannot_write(args->output, -error);
	ret = write_records(args, reader, f, &nr_events);
	error = output_close(args->output, f, 0);
	if (error)
		return cannot_write(args->output, -error);
	if (ret && ret != -ENODATA) {
		fprintf(stderr, "qpwlat export: cannot read: %s: %s\n", text_shown(args->input),
			strerror(-ret));
		return CMD_ERROR;
	}
	return judge(args, reader, nr_events, !ret);
}

int cmd_export(int argc, char **argv)
{
	struct export_args args = { .output = "-", .format = formats[0] };
	struct trace_reader *reader = NULL;
	int code = parse_args(argc, argv, &args), ret;

	if (code == 'h') {
		fputs(help, stdout);
		return CMD_OK;
	}
	if (code)
		return code;
	code = check_output(&args);
	if (code)
		return code;
	ret = trace_reader_open(args.input, &reader);
	if (ret) {
		fprintf(stderr, "qpwlat export: cannot open: %s: %s\n", text_shown(args.input),
			trace_open_error(ret));
		return CMD_ERROR;
	}
	code = run(&args, reader);
	trace_reader_close(reader);
	return code;
}
