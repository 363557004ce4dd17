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
#include "collect/collect.h"
#include "util/duration.h"

enum {
	OPTION_VICTIM = 256,
	OPTION_CYCLICTEST_JSON,
	OPTION_WARM_UP,
	OPTION_BUFFER_SIZE,
	OPTION_WITHOUT,
	OPTION_SYSTEM_CALLS,
	OPTION_NO_STACKS,
};

static const struct option long_options[] = {
	{ "cpus", required_argument, NULL, 'c' },
	{ "duration", required_argument, NULL, 'd' },
	{ "output", required_argument, NULL, 'o' },
	{ "house-keeping", required_argument, NULL, 'H' },
	{ "priority", required_argument, NULL, 'p' },
	{ "interval", required_argument, NULL, 'i' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "victim", required_argument, NULL, OPTION_VICTIM },
	{ "cyclictest-json", required_argument, NULL, OPTION_CYCLICTEST_JSON },
	{ "warm-up", required_argument, NULL, OPTION_WARM_UP },
	{ "buffer-size", required_argument, NULL, OPTION_BUFFER_SIZE },
	{ "without", required_argument, NULL, OPTION_WITHOUT },
	{ "system-calls", no_argument, NULL, OPTION_SYSTEM_CALLS },
	{ "no-stacks", no_argument, NULL, OPTION_NO_STACKS },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	fputs("usage: qpwlat record [options] -d DURATION -o FILE [-- COMMAND ARGUMENTS...]\n\n"
	      "Record what interrupts the watched CPUs, the work that others make them do, and every\n"
	      "wake-up of a victim there. COMMAND runs on the housekeeping CPUs meanwhile.\n\n"
	      "  -c, --cpus LIST            watched CPUs; default: isolated and nohz_full ones\n"
	      "  -d, --duration N[s|m|h|d]  how long to measure; ms and us too\n"
	      "  -o, --output FILE          the recording\n"
	      "  -H, --house-keeping LIST   where everything else runs; default: the other CPUs\n"
	      "      --victim V             cyclictest (default: started on the watched CPUs),\n"
	      "                             pid:N, comm:NAME (running ones), or none\n"
	      "      --cyclictest-json FILE keep cyclictest's own results\n"
	      "  -p, --priority PRIO        of cyclictest, 1 to 99 (95)\n"
	      "  -i, --interval US          of cyclictest (1000)\n"
	      "      --warm-up D            run victim and COMMAND this long before measuring\n"
	      "      --buffer-size N[K|M]   ring buffer in the kernel (16M)\n"
	      "      --system-calls         count the victim's, which slows down those of all tasks\n"
	      "      --no-stacks            take no kernel stacks: origins cost less\n"
	      "      --without KINDS        attach no probe in these ways, a list of tp_btf, raw_tp,\n"
	      "                             tracepoint, fentry, kprobe\n"
	      "  -q, --quiet                no progress and no summary\n"
	      "  -h, --help                 this\n\n"
	      "Ctrl-C ends the recording in order, a second one at once.\n\n"
	      "example: qpwlat record -c 1 -d 30s -o trace.qpw -- stress-ng --vm 2 --timeout 60\n",
	      stdout);
}

static int usage(const char *what, const char *value)
{
	fprintf(stderr, "qpwlat record: %s%s%s; try 'qpwlat record --help'\n", what,
		value ? ": " : "", value ? value : "");
	return CMD_USAGE;
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
		unit = strchr(units, *end & ~0x20);
		if (!unit || end[1])
			return false;
		value <<= 10 * (unit - units + 1);
	}
	*out = value;
	return value <= 1ULL << 30;
}

static int parse_victim(const char *text, struct record_options *o)
{
	unsigned long pid;

	if (!strcmp(text, "cyclictest")) {
		o->victim = RECORD_VICTIM_CYCLICTEST;
	} else if (!strcmp(text, "none")) {
		o->victim = RECORD_VICTIM_NONE;
	} else if (!strncmp(text, "pid:", 4) && parse_number(text + 4, 1, INT_MAX, &pid)) {
		o->victim = RECORD_VICTIM_PID;
		o->victim_pid = pid;
	} else if (!strncmp(text, "comm:", 5) && text[5]) {
		o->victim = RECORD_VICTIM_COMM;
		o->victim_comm = text + 5;
	} else {
		return usage("--victim is cyclictest, pid:N, comm:NAME or none, not", text);
	}
	return CMD_OK;
}

static int parse_duration(const char *option, const char *text, uint64_t *out)
{
	if (duration_parse(text, out))
		return usage(option, text);
	return CMD_OK;
}

static int parse_int(const char *option, const char *text, unsigned long min, unsigned long max,
		     unsigned long *out)
{
	return parse_number(text, min, max, out) ? CMD_OK : usage(option, text);
}

static int parse_option(int option, struct record_options *o)
{
	unsigned long number = 0;
	int ret = CMD_OK;

	switch (option) {
	case 'c':
		o->cpus = optarg;
		break;
	case 'd':
		return parse_duration("-d wants a length of time, not", optarg, &o->duration_ns);
	case 'o':
		o->output = optarg;
		break;
	case 'H':
		o->housekeeping = optarg;
		break;
	case 'p':
		ret = parse_int("-p wants a priority from 1 to 99, not", optarg, 1, 99, &number);
		o->priority = number;
		break;
	case 'i':
		ret = parse_int("-i wants microseconds from 10 to 10000000, not", optarg, 10,
				10000000, &number);
		o->interval_us = number;
		break;
	case 'q':
		o->quiet = true;
		break;
	case OPTION_VICTIM:
		return parse_victim(optarg, o);
	case OPTION_CYCLICTEST_JSON:
		o->cyclictest_json = optarg;
		break;
	case OPTION_WARM_UP:
		return parse_duration("--warm-up wants a length of time, not", optarg,
				      &o->warm_up_ns);
	case OPTION_NO_STACKS:
		o->no_stacks = true;
		break;
	case OPTION_SYSTEM_CALLS:
		o->system_calls = true;
		break;
	case OPTION_BUFFER_SIZE:
		if (!parse_size(optarg, &o->buffer_bytes))
			return usage("--buffer-size wants a size up to 1G, not", optarg);
		break;
	case OPTION_WITHOUT:
		if (collect_parse_states(optarg, &o->without))
			return usage(
				"--without wants a list of tp_btf, raw_tp, tracepoint, fentry, "
				"kprobe, not",
				optarg);
		break;
	case 'h':
		print_help();
		return -1;
	case ':':
		return usage("an option wants a value", NULL);
	default:
		return usage("unknown option", NULL);
	}
	return ret;
}

int record_options_parse(int argc, char **argv, struct record_options *o)
{
	int option, ret;

	memset(o, 0, sizeof(*o));
	o->priority = 95;
	o->interval_us = 1000;
	optind = 1;
	opterr = 0;
	/* "+": what follows COMMAND is its own */
	while ((option = getopt_long(argc, argv, "+:c:d:o:H:p:i:qh", long_options, NULL)) != -1) {
		ret = option == '?' || option == ':' ?
			      usage(option == ':' ? "value missing after" : "unknown option",
				    argv[optind - 1]) :
			      parse_option(option, o);
		if (ret)
			return ret;
	}
	if (!o->duration_ns)
		return usage("-d DURATION is missing", NULL);
	if (!o->output)
		return usage("-o FILE is missing", NULL);
	if (o->cyclictest_json && o->victim != RECORD_VICTIM_CYCLICTEST)
		return usage("--cyclictest-json needs the victim cyclictest", NULL);
	if (optind < argc)
		o->command = argv + optind;
	return CMD_OK;
}
