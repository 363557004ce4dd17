/* SPDX-License-Identifier: GPL-2.0-only */
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
#include "cmd/trace_input.h"
#include "store/trace.h"
#include "util/text.h"

static bool is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

static int refuse(const char *path, const char *why)
{
	fprintf(stderr, "qpwlat report: %s: %s; give another file\n", text_shown(path), why);
	return CMD_USAGE;
}

static int check_output(const struct report_args *args, int format)
{
	const char *path = args->output[format];

	if (!path || is_stdout(path))
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

/* What the stream itself says comes later; 0 or -errno. */
static int put_text(FILE *f, const struct report *r)
{
	struct report fitting = *r;

	fitting.columns = terminal_columns(f);
	report_text(f, &fitting);
	return 0;
}

static int put_markdown(FILE *f, const struct report *r)
{
	report_markdown(f, r);
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

static int put_html(FILE *f, const struct report *r)
{
	report_html(f, r);
	return 0;
}

static int (*const put_format[REPORT_NR_FORMATS])(FILE *f, const struct report *r) = {
	[REPORT_TEXT] = put_text, [REPORT_JSON] = put_json,  [REPORT_MARKDOWN] = put_markdown,
	[REPORT_HTML] = put_html, [REPORT_CSV] = report_csv,
};

static int write_output(const char *path, enum report_format format, const struct report *r)
{
	FILE *f = is_stdout(path) ? stdout : fopen(path, "we");
	int error = f ? 0 : errno;

	if (f) {
		errno = 0;
		error = -put_format[format](f, r);
		if ((fflush(f) || ferror(f)) && !error)
			error = errno ? errno : EIO;
		if (f != stdout && fclose(f) && !error)
			error = errno;
	}
	if (!error)
		return 0;
	fprintf(stderr, "qpwlat report: cannot write %s: %s: %s; is there room and permission?\n",
		report_format_name(format), is_stdout(path) ? "stdout" : text_shown(path),
		strerror(error));
	return CMD_ERROR;
}

int report_write_outputs(const struct report_args *args, const struct report *r)
{
	int code = 0;

	for (int i = 0; !code && i < REPORT_NR_FORMATS; i++)
		if (args->output[i])
			code = write_output(args->output[i], (enum report_format)i, r);
	return code;
}
