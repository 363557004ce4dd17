// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command line of `qpwlat record`.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/record_options.h"
#include "cmd/record_tool.h"
#include "collect/collect.h"
#include "util/array.h"
#include "util/duration.h"
#include "util/text.h"

#define MAX_THRESHOLD_NS 1000000000000ULL
#define CYCLICTEST_PERIOD_US 1000
#define NOT_GIVEN UINT64_MAX

enum {
	OPTION_VICTIM = 256,
	OPTION_VICTIM_JSON,
	OPTION_WARM_UP,
	OPTION_ON_THRESHOLD,
	OPTION_BUFFER_SIZE,
	OPTION_WITHOUT,
	OPTION_SYSTEM_CALLS,
	OPTION_STACKS,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "duration", required_argument, NULL, 'd' },
	{ "output", required_argument, NULL, 'o' },
	{ "house-keeping", required_argument, NULL, 'H' },
	{ "priority", required_argument, NULL, 'P' },
	{ "period", required_argument, NULL, 'p' },
	{ "threshold", required_argument, NULL, 'T' },
	{ "thread", required_argument, NULL, 'T' },
	{ "on-threshold", required_argument, NULL, OPTION_ON_THRESHOLD },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "victim", required_argument, NULL, OPTION_VICTIM },
	{ "victim-json", required_argument, NULL, OPTION_VICTIM_JSON },
	{ "warm-up", required_argument, NULL, OPTION_WARM_UP },
	{ "buffer-size", required_argument, NULL, OPTION_BUFFER_SIZE },
	{ "without", required_argument, NULL, OPTION_WITHOUT },
	{ "system-calls", no_argument, NULL, OPTION_SYSTEM_CALLS },
	{ "stacks", required_argument, NULL, OPTION_STACKS },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	fputs("usage: qpwlat record [options] [-- COMMAND ARGUMENTS...]\n\n"
	      "Record what interrupts the watched CPUs, the work that others make them do, and every\n"
	      "wake-up of a victim there. COMMAND runs on the housekeeping CPUs meanwhile.\n\n"
	      "  -c, --cpus LIST            watched CPUs; default: isolated and nohz_full ones\n"
	      "  -d, --duration N[s|m|h|d]  how long to measure; ms and us too; default: as long as\n"
	      "                             COMMAND runs, without one until Ctrl-C\n"
	      "  -o, --output FILE          the recording (qpwlat.qpw); what FILE held before is\n"
	      "                             kept as FILE.old\n"
	      "  -H, --house-keeping LIST   where everything else runs; default: the other CPUs\n"
	      "      --victim V             cyclictest (default) or oslat, started on the watched\n"
	      "                             CPUs; pid:N or comm:NAME, running ones; none\n"
	      "      --victim-json FILE     keep the own results of cyclictest or oslat\n"
	      "  -P, --priority f:PRIO      of the victim started, SCHED_FIFO, 1 to 99 (cyclictest\n"
	      "                             f:95, oslat f:1)\n"
	      "  -p, --period US            of cyclictest (1000)\n"
	      "      --warm-up D            run victim and COMMAND this long before measuring (oslat\n"
	      "                             2s, else 0)\n"
	      "  -T, --threshold US         a delay this long (also 1ms, 500ns ...) is a hit, and the\n"
	      "                             exit code 2; see qpwlat-record(1) for what a delay is\n"
	      "      --thread US            the same, as rtla calls it\n"
	      "      --on-threshold ACTION  at a hit: continue (default), stop, or shell:CMD to run\n"
	      "                             CMD; for stop and shell:CMD, give it twice\n"
	      "      --buffer-size N[K|M]   ring buffer in the kernel (16M)\n"
	      "      --system-calls         count the victim's, which slows down those of all tasks\n"
	      "      --stacks WHERE         take kernel stacks of who queues, sends or wakes: elsewhere\n"
	      "                             (default: not on watched CPUs), all, or none\n"
	      "      --without KINDS        attach no probe in these ways, a list of tp_btf, raw_tp,\n"
	      "                             tracepoint, fentry, kprobe\n"
	      "  -q, --quiet                no progress, no summary, no warnings of the machine\n"
	      "  -h, --help                 this\n\n"
	      "Ctrl-C ends the recording in order, a second one at once.\n\n"
	      "example: qpwlat record -c 1 -d 30s -o trace.qpw -- stress-ng --vm 2 --timeout 60\n",
	      stdout);
}

static int usage(const char *what, const char *value)
{
	return cmd_usage_error("record", what, value);
}

static bool parse_number(const char *text, unsigned long min, unsigned long max, unsigned long *out)
{
	char *end;

	errno = 0;
	*out = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *out >= min && *out <= max;
}

static bool parse_size(const char *text, size_t *out)
{
	static const char units[] = "KMG";
	unsigned long long value;
	const char *unit;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || errno || !value || value > 1ULL << 30)
		return false;
	if (*end) {
		/* a blank becomes the end of the list */
		unit = strchr(units, *end & ~0x20);
		if (!unit || !*unit || end[1])
			return false;
		value <<= 10 * (unit - units + 1);
	}
	*out = value;
	return value <= 1ULL << 30;
}

static int parse_victim(const char *text, struct record_options *o)
{
	static const struct {
		const char *name;
		enum record_victim victim;
	} names[] = {
		{ "cyclictest", RECORD_VICTIM_CYCLICTEST },
		{ "oslat", RECORD_VICTIM_OSLAT },
		{ "none", RECORD_VICTIM_NONE },
	};
	unsigned long pid;

	o->victim_text = text;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i].name)) {
			o->victim = names[i].victim;
			return CMD_OK;
		}
	}
	if (!strncmp(text, "pid:", 4) && parse_number(text + 4, 1, INT_MAX, &pid)) {
		o->victim = RECORD_VICTIM_PID;
		o->victim_pid = pid;
	} else if (!strncmp(text, "comm:", 5) && text[5]) {
		o->victim = RECORD_VICTIM_COMM;
		o->victim_comm = text + 5;
	} else {
		return usage("--victim is cyclictest, oslat, pid:N, comm:NAME or none, not", text);
	}
	return CMD_OK;
}

/* Whether the machine has them is seen later. */
static bool is_cpu_list(const char *text)
{
	struct cpulist list;

	return !cpulist_parse(text, &list) && cpulist_count(&list);
}

static int parse_cpus(const char *text, struct record_options *o)
{
	if (!is_cpu_list(text))
		return usage("-c is a list of CPUs like 1 or 1-3,5, of numbers up to 4095, not",
			     text);
	o->cpus = text;
	return CMD_OK;
}

static int parse_house_keeping(const char *text, struct record_options *o)
{
	if (!is_cpu_list(text))
		return usage("-H is a list of CPUs like 1 or 1-3,5, of numbers up to 4095, not",
			     text);
	o->housekeeping = text;
	return CMD_OK;
}

static int parse_output(const char *text, struct record_options *o)
{
	o->output = text;
	return CMD_OK;
}

static int parse_victim_json(const char *text, struct record_options *o)
{
	o->victim_json = text;
	return CMD_OK;
}

static int parse_duration(const char *text, struct record_options *o)
{
	if (duration_parse(text, &o->duration_ns) || !o->duration_ns)
		return usage("-d wants a length of time, not", text);
	return CMD_OK;
}

static int parse_warm_up(const char *text, struct record_options *o)
{
	if (duration_parse(text, &o->warm_up_ns))
		return usage("--warm-up wants a length of time, not", text);
	return CMD_OK;
}

/* As in rtla, whose other policies no victim of ours has. */
static int parse_priority(const char *text, struct record_options *o)
{
	unsigned long number;

	if (!parse_number(strncmp(text, "f:", 2) ? text : text + 2, 1, 99, &number))
		return usage("-P wants f:1 to f:99 (SCHED_FIFO), not", text);
	o->priority = number;
	return CMD_OK;
}

static int parse_period(const char *text, struct record_options *o)
{
	unsigned long number;

	if (!parse_number(text, 10, 10000000, &number))
		return usage("-p wants microseconds from 10 to 10000000, not", text);
	o->period_us = number;
	return CMD_OK;
}

static int parse_threshold(const char *text, struct record_options *o)
{
	if (duration_parse_us(text, &o->threshold_ns) || !o->threshold_ns ||
	    o->threshold_ns > MAX_THRESHOLD_NS)
		return usage("-T wants microseconds (also 1ms, 500ns ...) up to 1000 s, not", text);
	return CMD_OK;
}

static int parse_on_threshold(const char *text, struct record_options *o)
{
	if (!strcmp(text, "continue"))
		o->on_hit_continue = true;
	else if (!strcmp(text, "stop"))
		o->on_hit_stop = true;
	else if (!strncmp(text, "shell:", 6) && text[6])
		o->on_hit_shell = text + 6;
	else
		return usage("--on-threshold is continue, stop or shell:CMD, not", text);
	return CMD_OK;
}

static int parse_quiet(const char *text, struct record_options *o)
{
	(void)text;
	o->quiet = true;
	return CMD_OK;
}

static const char *const stacks_names[] = {
	[COLLECT_STACKS_NONE] = "none",
	[COLLECT_STACKS_ELSEWHERE] = "elsewhere",
	[COLLECT_STACKS_ALL] = "all",
};

const char *record_stacks_name(enum collect_stacks stacks)
{
	return (size_t)stacks < ARRAY_SIZE(stacks_names) ? stacks_names[stacks] : "";
}

static int parse_stacks(const char *text, struct record_options *o)
{
	for (size_t i = 0; i < ARRAY_SIZE(stacks_names); i++) {
		if (!strcmp(text, stacks_names[i])) {
			o->stacks = (enum collect_stacks)i;
			return CMD_OK;
		}
	}
	return usage("--stacks is elsewhere, all or none, not", text);
}

static int parse_system_calls(const char *text, struct record_options *o)
{
	(void)text;
	o->system_calls = true;
	return CMD_OK;
}

static int parse_buffer_size(const char *text, struct record_options *o)
{
	if (!parse_size(text, &o->buffer_bytes))
		return usage("--buffer-size wants a size up to 1G, not", text);
	return CMD_OK;
}

static int parse_without(const char *text, struct record_options *o)
{
	o->without_text = text;
	if (collect_parse_states(text, &o->without))
		return usage("--without wants a list of tp_btf, raw_tp, tracepoint, fentry, "
			     "kprobe, not",
			     text);
	return CMD_OK;
}

static const struct {
	int option;
	int (*parse)(const char *text, struct record_options *o);
} parsers[] = {
	{ 'c', parse_cpus },
	{ 'd', parse_duration },
	{ 'o', parse_output },
	{ 'H', parse_house_keeping },
	{ 'P', parse_priority },
	{ 'p', parse_period },
	{ 'T', parse_threshold },
	{ 'q', parse_quiet },
	{ OPTION_ON_THRESHOLD, parse_on_threshold },
	{ OPTION_VICTIM, parse_victim },
	{ OPTION_VICTIM_JSON, parse_victim_json },
	{ OPTION_WARM_UP, parse_warm_up },
	{ OPTION_STACKS, parse_stacks },
	{ OPTION_SYSTEM_CALLS, parse_system_calls },
	{ OPTION_BUFFER_SIZE, parse_buffer_size },
	{ OPTION_WITHOUT, parse_without },
};

static int parse_option(int option, const char *given, struct record_options *o)
{
	size_t i;

	if (option == ':')
		return usage("value missing after", given);
	if (option == 'h') {
		print_help();
		return -1;
	}
	for (i = 0; i < ARRAY_SIZE(parsers); i++)
		if (parsers[i].option == option)
			return parsers[i].parse(optarg, o);
	return usage("unknown option", given);
}

/* What only some victims have, and its defaults. */
static int complete_victim(struct record_options *o)
{
	const struct tool *tool = tool_of(o->victim);

	if (o->victim_json && !tool)
		return usage("--victim-json needs the victim cyclictest or oslat", NULL);
	if (o->priority && !tool)
		return usage("-P needs the victim cyclictest or oslat", NULL);
	if (o->period_us && o->victim != RECORD_VICTIM_CYCLICTEST)
		return usage("-p needs the victim cyclictest", NULL);
	if (o->warm_up_ns == NOT_GIVEN)
		o->warm_up_ns = tool ? tool->warm_up_ns : 0;
	if (!tool)
		return CMD_OK;
	if (!o->priority)
		o->priority = tool->priority;
	if (!o->period_us)
		o->period_us = CYCLICTEST_PERIOD_US;
	return CMD_OK;
}

int record_options_parse(int argc, char **argv, struct record_options *o)
{
	int option, ret;

	memset(o, 0, sizeof(*o));
	o->stacks = COLLECT_STACKS_ELSEWHERE;
	o->output = "qpwlat.qpw";
	o->victim_text = "cyclictest";
	o->warm_up_ns = NOT_GIVEN;
	optind = 1;
	opterr = 0;
	/* "+": what follows COMMAND is its own */
	while ((option = getopt_long(argc, argv, "+:c:d:o:H:P:p:T:qh", long_options, NULL)) != -1) {
		ret = parse_option(option, argv[optind - 1], o);
		if (ret)
			return ret;
	}
	if (optind < argc)
		o->command = argv + optind;
	if ((o->on_hit_continue || o->on_hit_stop || o->on_hit_shell) && !o->threshold_ns)
		return usage("--on-threshold needs a threshold, -T US", NULL);
	if (o->on_hit_continue && o->on_hit_stop)
		return usage("--on-threshold can't both continue and stop", NULL);
	return complete_victim(o);
}
