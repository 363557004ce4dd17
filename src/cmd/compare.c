// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwlat compare: two sets of boots in, verdict and report out. Knows options, files and exit
 * codes; what the verdict means is the model's, how it looks the views'.
 */
#include "model/compare.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "cmd/cmd.h"
#include "cmd/compare_files.h"
#include "cmd/output.h"
#include "model/compare_gate.h"
#include "store/boot_dir.h"
#include "store/boot_paths.h"
#include "util/text.h"
#include "view/compare_views.h"

#define BOOTS_MAX 256 /* a side */
#define GATES_MAX 64

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_MARKDOWN,
	FORMAT_HTML,
	NR_FORMATS,
};

struct compare_args {
	struct compare_options options;
	struct compare_effect min_effect;
	struct compare_gate gates[GATES_MAX];
	const char *output[NR_FORMATS]; /* path, "-" for stdout, NULL when not asked for */
	char **items[COMPARE_SIDES];
	int nr_items[COMPARE_SIDES];
	bool all; /* figures as text */
};

struct boot_set {
	struct boot_paths paths;
	struct boot **boots; /* [paths.nr], the first nr of them loaded */
	size_t nr;
};

static const char help[] =
	"usage: qpwlat compare [OPTION]... A... -- B... [OPTION]...\n"
	"\n"
	"Compare two sets of boots, A and B. Each item is a boot directory of a run, a directory of\n"
	"such directories, or a .qpw trace. With one item a side the -- may be left out. Options\n"
	"may stand anywhere; a file whose name begins with a dash is ./-name. Prints text unless\n"
	"another format is asked for on stdout.\n"
	"\n"
	"  --text[=FILE]       one screen of text\n"
	"  -a, --all           all figures in the text, with bootstrap, rank test, correction, drift\n"
	"  --json[=FILE]       all figures, for programs\n"
	"  --markdown[=FILE]   for a mail or an issue\n"
	"  --html[=FILE]       a page of its own, with plots\n"
	"                      (FILE - or none: stdout)\n"
	"  --min-effect R[,D]... smallest difference that counts, relative and absolute, the latter for\n"
	"                      counts (1/s), time stolen (50us/s) and latency (10us); default\n"
	"                      10%,0.1/s,1us/s,1us\n"
	"  --fail-on GATE[,GATE]...  what must not happen; decides the exit code then. GATE is\n"
	"                        METRIC:+N%   B is higher than A by more (-N%: lower)\n"
	"                        METRIC:>N    a boot of B is above N, as 0.5/s, 100us, 2ms/s (<N: below)\n"
	"  --name-a NAME       what to call A and B instead of their boot modes\n"
	"  --name-b NAME\n"
	"  -h, --help\n"
	"\n"
	"Exit code: 0 improved or no difference, 1 error, 2 regressed, 3 inconclusive. With gates:\n"
	"0 all passed, 2 one failed, 3 one can't be judged and none failed.\n"
	"\n"
	"Example: qpwlat compare --html=report.html boots/*-qpw0 -- boots/*-qpw1\n"
	"Example: qpwlat compare --fail-on 'p99:+10%,remote_work:>0' before/ after/\n"
	"\n"
	"Metrics:\n";

static void print_help(void)
{
	const char *key;
	int column = 0;

	fputs(help, stdout);
	for (size_t i = 0; (key = compare_key(i)) != NULL; i++) {
		if (column && column + 1 + (int)strlen(key) > 90) {
			fputc('\n', stdout);
			column = 0;
		}
		column += printf("%s%s", column ? " " : "  ", key);
	}
	fputs("\n  ops_STRESSOR (work done by a stressor of stress-ng)\n", stdout);
}

static int usage_error(const char *what, const char *object)
{
	return cmd_usage_error("compare", what, object);
}

/* 0 or an exit code. */
static int parse_gates(const char *text, struct compare_args *args)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		int ret;

		if (args->options.nr_gates == GATES_MAX)
			return usage_error("more gates than can be judged at once", text);
		ret = compare_gate_parse(text, len, &args->gates[args->options.nr_gates]);
		if (ret == -ENOENT)
			return usage_error("--fail-on: unknown metric", text);
		if (ret)
			return usage_error(
				"--fail-on wants gates such as p99:+10%,remote_work:>0, not", text);
		args->options.nr_gates++;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

static int parse_options(int argc, char **argv, struct compare_args *args)
{
	static const struct option options[] = {
		{ "text", optional_argument, NULL, FORMAT_TEXT },
		{ "json", optional_argument, NULL, FORMAT_JSON },
		{ "markdown", optional_argument, NULL, FORMAT_MARKDOWN },
		{ "html", optional_argument, NULL, FORMAT_HTML },
		{ "all", no_argument, NULL, 'a' },
		{ "min-effect", required_argument, NULL, 'm' },
		{ "fail-on", required_argument, NULL, 'f' },
		{ "name-a", required_argument, NULL, 'A' },
		{ "name-b", required_argument, NULL, 'B' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c, ret = 0;

	optind = 0; /* getopt begins anew */
	opterr = 0;
	while (!ret && (c = getopt_long(argc, argv, "ah", options, NULL)) != -1) {
		if (c >= 0 && c < NR_FORMATS)
			args->output[c] = optarg ? optarg : "-";
		else if (c == 'A' || c == 'B')
			args->options.names[c - 'A'] = optarg;
		else if (c == 'a')
			args->all = true;
		else if (c == 'h')
			return 'h';
		else if (c == 'f')
			ret = parse_gates(optarg, args);
		else if (c != 'm')
			return usage_error("unknown option or missing argument", argv[optind - 1]);
		else if (compare_effect_parse(optarg, &args->min_effect))
			return usage_error(
				"--min-effect wants a list such as 10%,1/s,50us/s,10us, not",
				optarg);
	}
	return ret;
}

/*
 * Boots of one side and options in any order, from argv[1] on; getopt moves the options to the
 * front. 0, 'h', or an exit code.
 */
static int parse_side(int argc, char **argv, struct compare_args *args, int side)
{
	int ret = parse_options(argc, argv, args);

	args->items[side] = argv + optind;
	args->nr_items[side] = ret ? 0 : argc - optind;
	return ret;
}

/*
 * 0, 'h', or an exit code. The first "--" parts A from B and not options from names: a file whose
 * name begins with a dash is given as ./-name on either side.
 */
static int parse_args(int argc, char **argv, struct compare_args *args)
{
	int separator = 1, ret;

	while (separator < argc && strcmp(argv[separator], "--") != 0)
		separator++;
	for (int i = separator + 1; i < argc; i++)
		if (!strcmp(argv[i], "--"))
			return usage_error("two sets of boots, and one -- between them", NULL);
	ret = parse_side(separator, argv, args, COMPARE_A);
	if (!ret && separator < argc)
		ret = parse_side(argc - separator, argv + separator, args, COMPARE_B);
	if (ret)
		return ret;
	args->options.min_effect = &args->min_effect;
	args->options.gates = args->gates;
	if (separator == argc && args->nr_items[COMPARE_A] == 2) {
		args->items[COMPARE_B] = args->items[COMPARE_A] + 1;
		args->nr_items[COMPARE_A] = 1;
		args->nr_items[COMPARE_B] = 1;
	}
	for (int side = 0; side < COMPARE_SIDES; side++) {
		if (args->nr_items[side] < 1)
			return usage_error("two sets of boots are needed: A... -- B...", NULL);
	}
	return output_settle("compare", args->output, NR_FORMATS);
}

static int no_memory(void)
{
	fprintf(stderr, "qpwlat compare: out of memory; compare fewer boots\n");
	return CMD_ERROR;
}

/* 0 or an exit code. */
static int find_boots(const struct compare_args *args, int side, struct boot_set *set)
{
	for (int i = 0; i < args->nr_items[side]; i++)
		if (boot_paths_add(&set->paths, args->items[side][i]))
			return no_memory();
	if (set->paths.nr > BOOTS_MAX) {
		fprintf(stderr,
			"qpwlat compare: %zu boots on side %c: more than %d; compare fewer boots\n",
			set->paths.nr, 'A' + side, BOOTS_MAX);
		return CMD_ERROR;
	}
	set->boots = calloc(set->paths.nr + 1, sizeof(struct boot *));
	return set->boots ? 0 : no_memory();
}

/* 0 or an exit code. */
static int check_files(const struct compare_args *args, const struct boot_set *sets)
{
	char *paths[COMPARE_SIDES * BOOTS_MAX];
	size_t nr = 0;
	int code;

	for (int side = 0; side < COMPARE_SIDES; side++)
		for (size_t i = 0; i < sets[side].paths.nr; i++)
			paths[nr++] = sets[side].paths.path[i];
	code = compare_check_inputs(paths, nr);
	return code ? code : compare_check_outputs(paths, nr, args->output, NR_FORMATS);
}

static int load_side(struct boot_set *set)
{
	char why[2 * BOOT_PATH];

	for (size_t i = 0; i < set->paths.nr; i++) {
		if (boot_dir_load(set->paths.path[i], &set->boots[i], why, sizeof(why))) {
			fprintf(stderr,
				"qpwlat compare: cannot load: %s; give boot directories with a "
				"trace.qpw, directories of such, or .qpw files\n",
				text_shown(why));
			return CMD_ERROR;
		}
		set->nr++;
	}
	return 0;
}

static int put_text(FILE *f, const void *arg)
{
	compare_text(f, arg);
	return 0;
}

static int put_text_all(FILE *f, const void *arg)
{
	compare_text_all(f, arg);
	return 0;
}

static int put_json(FILE *f, const void *arg)
{
	return output_put_json(f, compare_json(arg));
}

static int put_markdown(FILE *f, const void *arg)
{
	compare_markdown(f, arg);
	return 0;
}

static int put_html(FILE *f, const void *arg)
{
	compare_html(f, arg);
	return 0;
}

static int (*const put_format[NR_FORMATS])(FILE *f, const void *arg) = {
	[FORMAT_TEXT] = put_text,
	[FORMAT_JSON] = put_json,
	[FORMAT_MARKDOWN] = put_markdown,
	[FORMAT_HTML] = put_html,
};

static int write_all(const struct compare_args *args, const struct comparison *c)
{
	for (int i = 0; i < NR_FORMATS; i++) {
		bool all = args->all && i == FORMAT_TEXT;
		int ret = 0;

		if (args->output[i])
			ret = output_write(args->output[i], all ? put_text_all : put_format[i], c);
		if (!ret)
			continue;
		fprintf(stderr,
			"qpwlat compare: cannot write: %s: %s; is there room and permission?\n",
			output_shown(args->output[i]), strerror(-ret));
		return CMD_ERROR;
	}
	return 0;
}

static int gates_code(enum compare_gate_outcome outcome)
{
	if (outcome == COMPARE_GATE_FAILED)
		return CMD_REGRESSION;
	return outcome == COMPARE_GATE_UNJUDGED ? CMD_INCONCLUSIVE : CMD_OK;
}

/* Who names gates asks for these and not for the verdict. */
static int exit_code(const struct comparison *c)
{
	if (c->nr_gates)
		return gates_code(compare_gates_outcome(c));
	switch (c->verdict) {
	case COMPARE_REGRESSED:
		return CMD_REGRESSION;
	case COMPARE_INCONCLUSIVE:
		return CMD_INCONCLUSIVE;
	case COMPARE_IMPROVED:
	case COMPARE_NO_DIFFERENCE:
		break;
	}
	return CMD_OK;
}

static int run(const struct compare_args *args, struct boot_set *sets)
{
	struct comparison *c = NULL;
	int code = 0;

	for (int side = 0; !code && side < COMPARE_SIDES; side++)
		code = find_boots(args, side, &sets[side]);
	if (!code)
		code = check_files(args, sets);
	for (int side = 0; !code && side < COMPARE_SIDES; side++)
		code = load_side(&sets[side]);
	if (code)
		return code;
	/* an argument out of a distribution's domain gives NaN, "not known", and no abort() */
	gsl_set_error_handler_off();
	if (compare_run(&args->options, sets[COMPARE_A].boots, sets[COMPARE_A].nr,
			sets[COMPARE_B].boots, sets[COMPARE_B].nr, &c))
		return no_memory();
	code = write_all(args, c);
	if (!code)
		code = exit_code(c);
	compare_destroy(c);
	return code;
}

int cmd_compare(int argc, char **argv)
{
	struct boot_set sets[COMPARE_SIDES] = { 0 };
	struct compare_args args = { .min_effect = COMPARE_MIN_EFFECT };
	int code = parse_args(argc, argv, &args);

	if (code == 'h') {
		print_help();
		return CMD_OK;
	}
	if (code)
		return code;
	code = run(&args, sets);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; i < sets[side].nr; i++)
			boot_destroy(sets[side].boots[i]);
		free(sets[side].boots);
		boot_paths_finish(&sets[side].paths);
	}
	return code;
}
