// SPDX-License-Identifier: GPL-2.0-only
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
#include "cmd/output.h"
#include "util/array.h"
#include "util/duration.h"
#include "util/text.h"

#define TOP_DEFAULT 10
#define TOP_MAX 10000

const char report_help[] =
	"usage: qpwlat report [OPTION]... FILE...\n"
	"\n"
	"Say what recordings hold: verdict, setup, latency, what interrupted the watched CPUs, who\n"
	"caused it, who waited, and what the late samples are made of. Several recordings are added\n"
	"up.\n"
	"\n"
	"  -i, --input FILE   a recording, as FILE as an argument\n"
	"  --text[=FILE]      text, the default\n"
	"  --json[=FILE]      one object, for programs\n"
	"  --markdown[=FILE]  for a mail or an issue\n"
	"  --html[=FILE]      a page that stands alone, with drawings\n"
	"  --csv[=FILE]       a figure a row, for spreadsheets\n"
	"                     (FILE - or none: stdout)\n"
	"  --time [A],[B]     only from A to B seconds after the window opened (also 500ms,2m ...)\n"
	"  --cpus LIST        only these CPUs\n"
	"  --outlier US       explain samples of US microseconds or more (also 1ms, 500ns ...), or\n"
	"                     from a percentile on: p99.9; default: the worst ones\n"
	"  --top N            at most N rows of a table and N late samples in text and pages, N late\n"
	"                     samples in JSON; default 10\n"
	"  -h, --help\n"
	"\n"
	"Exit code: 0, 1 error, 3 there is no record of what was asked for, 129 wrong usage.\n"
	"\n"
	"Example: qpwlat report --time 10,20 --outlier p99.9 trace.qpw\n";

/* Options of formats have their number, the others a letter. */
static const struct option options[] = {
	{ "text", optional_argument, NULL, REPORT_TEXT },
	{ "json", optional_argument, NULL, REPORT_JSON },
	{ "markdown", optional_argument, NULL, REPORT_MARKDOWN },
	{ "html", optional_argument, NULL, REPORT_HTML },
	{ "csv", optional_argument, NULL, REPORT_CSV },
	{ "input", required_argument, NULL, 'i' },
	{ "time", required_argument, NULL, 't' },
	{ "cpus", required_argument, NULL, 'c' },
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
	return cmd_usage_error("report", what, object);
}

/* "99.9" of "p99.9", above 0 and below 100. */
static int parse_percent(const char *text, double *percent)
{
	char *end;

	if (!text[0] || text[strspn(text, "0123456789.")])
		return -EINVAL;
	*percent = strtod(text, &end);
	return *end || !(*percent > 0 && *percent < 100) ? -EINVAL : 0;
}

/* Microseconds, any duration with its unit, or a percentile; whichever comes last holds. */
static int parse_outlier(const char *text, struct report_args *args)
{
	args->outlier_ns = 0;
	args->outlier_percent = 0;
	if (text[0] == 'p')
		return parse_percent(text + 1, &args->outlier_percent);
	return duration_parse_us(text, &args->outlier_ns);
}

/* "A,B", either of which may be missing. */
static int parse_time(const char *text, struct report_args *args)
{
	char from[64];
	size_t len = strcspn(text, ",");
	const char *to = text + len + 1;

	if (!text[len] || len >= sizeof(from) || (!len && !*to))
		return -EINVAL;
	memcpy(from, text, len);
	from[len] = '\0';
	args->from_ns = 0;
	args->to_ns = 0;
	if ((len && duration_parse(from, &args->from_ns)) ||
	    (*to && duration_parse(to, &args->to_ns)))
		return -EINVAL;
	return *to && args->to_ns <= args->from_ns ? -EINVAL : 0;
}

static int parse_cpus(const char *text, struct report_args *args)
{
	args->cpus_text = text;
	return cpulist_parse(text, &args->cpus) || !cpulist_count(&args->cpus) ? -EINVAL : 0;
}

static int parse_top(const char *text, struct report_args *args)
{
	char *end;
	unsigned long value;

	if (!text[0] || text[strspn(text, "0123456789")])
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || !value || value > TOP_MAX)
		return -ERANGE;
	args->top = (unsigned int)value;
	return 0;
}

static const struct {
	int option;
	int (*parse)(const char *text, struct report_args *args);
	const char *wants;
} values[] = {
	{ 't', parse_time, "--time wants FROM,TO in seconds, not" },
	{ 'c', parse_cpus, "--cpus wants a list such as 1,3-5, not" },
	{ 'o', parse_outlier, "--outlier wants microseconds or a percentile such as p99.9, not" },
	{ 'n', parse_top, "--top wants a number from 1 to 10000, not" },
};

/* An option with a value of its own kind. */
static int parse_value(int option, const char *text, struct report_args *args)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i].option == option && values[i].parse(text, args))
			return usage_error(values[i].wants, text);
	return 0;
}

static int parse_options(int argc, char **argv, struct report_args *args)
{
	int c, ret;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "hi:", options, NULL)) != -1) {
		if (c >= 0 && c < REPORT_NR_FORMATS)
			args->output[c] = optarg ? optarg : "-";
		else if (c == 'i')
			args->inputs[args->nr_inputs++] = optarg;
		else if (c == 'h')
			return 'h';
		else if (c == '?')
			return usage_error("unknown option or missing argument", argv[optind - 1]);
		ret = optarg && c >= REPORT_NR_FORMATS ? parse_value(c, optarg, args) : 0;
		if (ret)
			return ret;
	}
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
	return output_settle("report", args->output, REPORT_NR_FORMATS);
}
