/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qpwlat report: its command line. Knows words, no files and no figures.
 */
#include "cmd/report_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "util/duration.h"

#define TOP_DEFAULT 10
#define TOP_MAX 10000

const char report_help[] =
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

/* Options of formats have their number, the others a letter. */
static const struct option options[] = {
	{ "text", optional_argument, NULL, REPORT_TEXT },
	{ "json", optional_argument, NULL, REPORT_JSON },
	{ "input", required_argument, NULL, 'i' },
	{ "outlier", required_argument, NULL, 'o' },
	{ "top", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

const char *report_format_name(enum report_format format)
{
	for (size_t i = 0; options[i].name; i++)
		if (options[i].val == (int)format)
			return options[i].name;
	return "unknown";
}

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

static int parse_options(int argc, char **argv, struct report_args *args)
{
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "hi:", options, NULL)) != -1) {
		const char *value = optarg ? optarg : "";

		if (c >= 0 && c < REPORT_NR_FORMATS)
			args->output[c] = optarg ? optarg : "-";
		else if (c == 'i')
			args->inputs[args->nr_inputs++] = optarg;
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

/* Text goes to stdout unless another format does, and never two of them. */
static int settle_outputs(struct report_args *args)
{
	int nr_stdout = 0;

	for (int i = 0; i < REPORT_NR_FORMATS; i++)
		nr_stdout += args->output[i] && !strcmp(args->output[i], "-");
	if (nr_stdout > 1)
		return usage_error("only one format can go to stdout", NULL);
	if (!nr_stdout && !args->output[REPORT_TEXT])
		args->output[REPORT_TEXT] = "-";
	return 0;
}

int report_parse_args(int argc, char **argv, struct report_args *args)
{
	int ret;

	memset(args, 0, sizeof(*args));
	args->top = TOP_DEFAULT;
	args->inputs = calloc((size_t)argc + 1, sizeof(*args->inputs));
	if (!args->inputs) {
		fprintf(stderr, "qpwlat report: out of memory; free some\n");
		return CMD_ERROR;
	}
	ret = parse_options(argc, argv, args);
	if (ret)
		return ret;
	while (optind < argc)
		args->inputs[args->nr_inputs++] = argv[optind++];
	if (!args->nr_inputs)
		return usage_error("which trace?", NULL);
	if (args->nr_inputs > 1)
		return usage_error("one trace at a time", args->inputs[1]);
	return settle_outputs(args);
}
