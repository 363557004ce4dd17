// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwtop's command line. Knows words, no files and no figures.
 */
#include "top/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "util/duration.h"
#include "util/text.h"
#include "view/keys.h"

#define MAX_KEYS 4096

static const char help[] =
	"usage: qpwtop [OPTION]…\n"
	"\n"
	"Show what interrupts the watched CPUs, now: how often, by what, who brought it about, who\n"
	"waits for them. Needs root, except to replay.\n"
	"\n"
	"  -c, --cpus LIST       watched CPUs; default: isolated and nohz_full ones\n"
	"  -d, --delay SECONDS   between two looks (2); 500ms too; at least 0.1\n"
	"  -n, --iterations N    end after N looks\n"
	"      --replay FILE     show a recording of qpwlat record instead\n"
	"      --victim V        measure the wake-ups of process or thread V, or of none; default:\n"
	"                        cyclictest and what is real-time on watched CPUs alone; their runs\n"
	"                        are not stolen time: with V, nor are those of one that polls\n"
	"      --event US        log single interruptions of US microseconds or more (50); 1ms too\n"
	"      --threshold US    end with exit code 2 when an interruption lasts longer\n"
	"  -s, --sort COLUMN     order tables that have this column by it, as named in --json\n"
	"      --filter TEXT     rows with TEXT only; also cpu=LIST, class=NAME\n"
	"      --view NAME,…     tables: causes origins work waits latency events; the first one\n"
	"                        on the screen, all of them in text (causes,work)\n"
	"  -b, --batch           text, a block for each look; default where stdin or stdout is no\n"
	"                        terminal or TERM is dumb or unknown\n"
	"      --json            an object a line for each look\n"
	"      --print CxR       at the end, one screen of C columns and R rows as text\n"
	"      --keys KEYS       press them before it is printed: 2j<Enter> for example\n"
	"      --ascii           no characters beyond ASCII on the screen\n"
	"      --no-mouse        the mouse is left to the terminal, which selects text with it\n"
	"      --openmetrics TO  metrics at each look: into a file, or [ADDR]:PORT, which serves\n"
	"                        them by HTTP, on this machine only without an address\n"
	"  -h, --help\n"
	"  -V, --version\n"
	"\n"
	"Keys: q quit, space pause, Tab the next table, ? all the others.\n"
	"\n"
	"Exit code: 0, 1 error, 2 an interruption lasted longer than the threshold, 129 usage.\n"
	"\n"
	"example: qpwtop -c 1 -b -d 1 -n 10\n";

enum {
	OPT_REPLAY = 256,
	OPT_VICTIM,
	OPT_EVENT,
	OPT_THRESHOLD,
	OPT_FILTER,
	OPT_VIEW,
	OPT_JSON,
	OPT_PRINT,
	OPT_KEYS,
	OPT_ASCII,
	OPT_NO_MOUSE,
	OPT_OPENMETRICS,
};

static const struct option options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "delay", required_argument, NULL, 'd' },
	{ "iterations", required_argument, NULL, 'n' },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "victim", required_argument, NULL, OPT_VICTIM },
	{ "event", required_argument, NULL, OPT_EVENT },
	{ "threshold", required_argument, NULL, OPT_THRESHOLD },
	{ "sort", required_argument, NULL, 's' },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "view", required_argument, NULL, OPT_VIEW },
	{ "batch", no_argument, NULL, 'b' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "print", required_argument, NULL, OPT_PRINT },
	{ "keys", required_argument, NULL, OPT_KEYS },
	{ "ascii", no_argument, NULL, OPT_ASCII },
	{ "no-mouse", no_argument, NULL, OPT_NO_MOUSE },
	{ "openmetrics", required_argument, NULL, OPT_OPENMETRICS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int wrong(const char *option, const char *value, const char *wanted)
{
	char escaped[256];

	text_escape(value, escaped, sizeof(escaped));
	fprintf(stderr, "qpwtop: %s: '%s': %s; try qpwtop --help\n", option, escaped, wanted);
	return CMD_USAGE;
}

/* A whole number from 1 to max at the start of text. The rest in *end, or -EINVAL. */
static int parse_number(const char *text, uint64_t max, uint64_t *out, char **end)
{
	errno = 0;
	*out = strtoull(text, end, 10);
	return *text < '0' || *text > '9' || errno || !*out || *out > max ? -EINVAL : 0;
}

static int parse_whole(const char *option, const char *text, uint64_t max, uint64_t *out)
{
	char *end;

	if (parse_number(text, max, out, &end) || *end)
		return wrong(option, text, "not a number from 1 on");
	return 0;
}

/* Microseconds, or a time with its unit. */
static int parse_us(const char *option, const char *text, uint64_t *ns)
{
	if (duration_parse_us(text, ns) || !*ns)
		return wrong(option, text, "not a time like 50, 2.5 or 1ms");
	return 0;
}

static int parse_views(const char *text, struct top_options *o)
{
	char name[32];
	bool first = true;

	memset(o->views, 0, sizeof(o->views));
	while (*text) {
		size_t len = strcspn(text, ",");
		int view;

		snprintf(name, sizeof(name), "%.*s", (int)len, text);
		view = top_find_view(name);
		if (view < 0)
			return wrong("--view", name, "not one of the tables");
		o->views[view] = true;
		if (first)
			o->first_view = (unsigned int)view;
		first = false;
		text += len + (text[len] == ',');
	}
	return first ? wrong("--view", "", "not one of the tables") : 0;
}

static int parse_print(const char *text, struct top_options *o)
{
	uint64_t columns, rows;
	char *end;

	if (parse_number(text, CANVAS_COLUMNS_MAX, &columns, &end) || *end != 'x' ||
	    parse_number(end + 1, CANVAS_ROWS_MAX, &rows, &end) || *end)
		return wrong("--print", text, "not a size like 80x24, at most 400x200");
	o->print_columns = (unsigned int)columns;
	o->print_rows = (unsigned int)rows;
	return 0;
}

static int parse_sort(const char *text, struct top_options *o)
{
	o->sort = text;
	if (top_find_column(&top_view_cpus, text) >= 0)
		return 0;
	for (int i = 0; i < TOP_VIEWS; i++)
		if (top_find_column(top_views[i], text) >= 0)
			return 0;
	return wrong("-s", text, "no table has such a column; --json names them");
}

static int parse_keys(const char *text, struct top_options *o)
{
	const char *rest = text;
	int key;

	o->keys = text;
	while ((key = keys_next(&rest)) != KEY_CODE_NONE)
		if (key == KEY_CODE_OTHER)
			return wrong("--keys", text,
				     "a name that is none of a key; qpwtop(1) has them");
	return 0;
}

static int parse_cpus(const char *text, struct top_options *o)
{
	o->has_cpus = true;
	if (cpulist_parse(text, &o->cpus) || !cpulist_count(&o->cpus))
		return wrong("-c", text, "not a list of CPUs, like 1 or 1-3,5");
	return 0;
}

static int parse_delay(const char *text, struct top_options *o)
{
	if (duration_parse(text, &o->delay_ns) || o->delay_ns < TOP_DELAY_MIN_NS)
		return wrong("-d", text, "not a time of at least 0.1 seconds");
	return 0;
}

static int parse_filter(const char *text, struct top_options *o)
{
	o->filter_text = text;
	if (strlen(text) >= TOP_INPUT || top_filter_parse(text, &o->filter))
		return wrong("--filter", text, "not words, cpu=LIST, class=NAME");
	return 0;
}

static int parse_victim(const char *text, struct top_options *o)
{
	uint64_t pid = 0;
	char *end;

	o->no_victim = !strcmp(text, "none");
	if (!o->no_victim && (parse_number(text, INT32_MAX, &pid, &end) || *end))
		return wrong("--victim", text, "neither none nor the number of a process");
	o->victim = (uint32_t)pid;
	return 0;
}

/* Options that take a value. */
static int parse_valued(int opt, const char *text, struct top_options *o)
{
	switch (opt) {
	case 'c':
		return parse_cpus(text, o);
	case 'd':
		return parse_delay(text, o);
	case 'n':
		return parse_whole("-n", text, UINT64_MAX, &o->iterations);
	case 's':
		return parse_sort(text, o);
	case OPT_VICTIM:
		return parse_victim(text, o);
	case OPT_EVENT:
		return parse_us("--event", text, &o->event_ns);
	case OPT_THRESHOLD:
		return parse_us("--threshold", text, &o->threshold_ns);
	case OPT_FILTER:
		return parse_filter(text, o);
	case OPT_VIEW:
		return parse_views(text, o);
	case OPT_KEYS:
		return parse_keys(text, o);
	case OPT_PRINT:
		return parse_print(text, o);
	default:
		fputs("qpwtop: try qpwtop --help\n", stderr);
		return CMD_USAGE;
	}
}

static int parse_option(int opt, struct top_options *o)
{
	if (opt == 'b')
		o->batch = true;
	else if (opt == OPT_JSON)
		o->json = true;
	else if (opt == OPT_ASCII)
		o->ascii = true;
	else if (opt == OPT_NO_MOUSE)
		o->no_mouse = true;
	else if (opt == OPT_REPLAY)
		o->replay = optarg;
	else if (opt == OPT_OPENMETRICS)
		o->openmetrics = optarg;
	else if (opt == 'h')
		return fputs(help, stdout) < 0 ? CMD_ERROR : -1;
	else if (opt == 'V')
		return puts("qpwtop " QPW_VERSION) < 0 ? CMD_ERROR : -1;
	else
		return parse_valued(opt, optarg, o);
	return 0;
}

/* What goes together. */
static int check(const struct top_options *o)
{
	if (o->replay && (o->victim || o->no_victim))
		return wrong("--victim", o->replay, "a recording has its own victim");
	if (o->json && (o->batch || o->print_columns))
		return wrong("--json", o->batch ? "--batch" : "--print", "one of them only");
	if (o->print_columns && o->batch)
		return wrong("--print", "--batch", "one of them only");
	if (o->keys && !o->print_columns)
		return wrong("--keys", o->keys, "only with --print");
	if (o->keys && strlen(o->keys) > MAX_KEYS)
		return wrong("--keys", "…", "too many");
	return 0;
}

int top_options_parse(int argc, char **argv, struct top_options *o)
{
	int opt, ret = 0;

	*o = (struct top_options){
		.delay_ns = 2000000000,
		.event_ns = 50000,
		.filter_text = "",
	};
	o->views[top_find_view("causes")] = true;
	o->views[top_find_view("work")] = true;
	while (!ret && (opt = getopt_long(argc, argv, "bc:d:n:s:hV", options, NULL)) != -1)
		ret = parse_option(opt, o);
	if (!ret && optind < argc)
		ret = wrong("argument", argv[optind], "there are options only");
	return ret ? ret : check(o);
}

struct top_order top_options_order(const struct top_options *o, unsigned int view)
{
	struct top_order order = { .column = top_views[view]->sort };
	int column = o->sort ? top_find_column(top_views[view], o->sort) : -1;

	if (column >= 0)
		order.column = (unsigned int)column;
	return order;
}

struct top_order top_options_cpu_order(const struct top_options *o)
{
	int column = o->sort ? top_find_column(&top_view_cpus, o->sort) : -1;

	return (struct top_order){ .column = column < 0 ? TOP_AS_THEY_ARE : (unsigned int)column };
}

void top_options_text(const struct top_options *o, struct top_text *text)
{
	memcpy(text->views, o->views, sizeof(text->views));
	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		text->orders[i] = top_options_order(o, i);
	text->cpus = top_options_cpu_order(o);
}
