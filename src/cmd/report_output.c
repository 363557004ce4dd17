// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwlat report: formats, files and what can go wrong with them. Knows no figures.
 */
#include "cmd/report_output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "cmd/trace_input.h"
#include "store/trace.h"
#include "util/text.h"

static int refuse(const char *path, const char *why)
{
	fprintf(stderr, "qpwlat report: %s: %s; give another file\n", text_shown(path), why);
	return CMD_USAGE;
}

static int check_output(const struct report_args *args, int format)
{
	const char *path = args->output[format];

	if (!path || output_is_stdout(path))
		return 0;
	for (size_t i = 0; i < args->nr_inputs; i++)
		if (trace_same_file(path, args->inputs[i]))
			return refuse(path, "the trace itself can't be the output");
	if (trace_is_at(path))
		return refuse(path, "is a recording, which is not written over");
	for (int i = 0; i < format; i++)
		if (args->output[i] && trace_same_file(path, args->output[i]))
			return refuse(path, "two formats can't go to one file");
	return 0;
}

static int check_inputs(const struct report_args *args)
{
	for (size_t i = 0; i < args->nr_inputs; i++)
		for (size_t j = 0; j < i; j++)
			if (trace_same_file(args->inputs[i], args->inputs[j]))
				return refuse(args->inputs[i], "this trace is given twice");
	return 0;
}

int report_check_files(const struct report_args *args)
{
	int code = check_inputs(args);

	for (int i = 0; !code && i < REPORT_NR_FORMATS; i++)
		code = check_output(args, i);
	return code;
}

/* 0 where it is no terminal: programs and files get names whole. */
static size_t terminal_columns(FILE *f)
{
	struct winsize size;

	if (!isatty(fileno(f)))
		return 0;
	return ioctl(fileno(f), TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

static int put_text(FILE *f, const void *arg)
{
	struct report fitting = *(const struct report *)arg;

	fitting.columns = terminal_columns(f);
	report_text(f, &fitting);
	return 0;
}

static int put_markdown(FILE *f, const void *arg)
{
	report_markdown(f, arg);
	return 0;
}

static int put_json(FILE *f, const void *arg)
{
	return report_json(f, arg);
}

static int put_html(FILE *f, const void *arg)
{
	report_html(f, arg);
	return 0;
}

static int put_csv(FILE *f, const void *arg)
{
	return report_csv(f, arg);
}

static int (*const put_format[REPORT_NR_FORMATS])(FILE *f, const void *arg) = {
	[REPORT_TEXT] = put_text, [REPORT_JSON] = put_json, [REPORT_MARKDOWN] = put_markdown,
	[REPORT_HTML] = put_html, [REPORT_CSV] = put_csv,
};

static int write_format(const char *path, enum report_format format, const struct report *r)
{
	int ret = output_write(path, put_format[format], r);

	if (!ret)
		return 0;
	fprintf(stderr, "qpwlat report: cannot write %s: %s: %s; is there room and permission?\n",
		report_format_name(format), output_shown(path), strerror(-ret));
	return CMD_ERROR;
}

int report_write_outputs(const struct report_args *args, const struct report *r)
{
	int code = 0;

	for (int i = 0; !code && i < REPORT_NR_FORMATS; i++)
		if (args->output[i])
			code = write_format(args->output[i], (enum report_format)i, r);
	return code;
}
