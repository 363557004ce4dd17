// SPDX-License-Identifier: GPL-2.0-only
/*
 * `qpwlat probes`: what this kernel lets the recorder see. Really loads and attaches everything for
 * a moment, with no CPU watched, since only that tells. Knows no BPF.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/output.h"
#include "collect/collect.h"
#include "host/host.h"
#include "store/trace.h"
#include "util/array.h"
#include "util/record.h"
#include "util/text.h"

static const struct option long_options[] = {
	{ "json", optional_argument, NULL, 'j' },
	{ "without", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* What the less good ways of attaching cost. */
static const char *const prices[] = {
	[QPW_PROBE_RAW_TP] = "costs more per event",
	[QPW_PROBE_TRACEPOINT] =
		"costs more per event; one that comes while another program of this "
		"kind runs on its CPU is lost, uncounted before Linux 6.7",
	[QPW_PROBE_KPROBE] =
		"costs more per call; one that comes while another program of this kind "
		"runs on its CPU is lost, uncounted before Linux 6.7",
};

/* NULL when there was no better way for this probe that was refused. */
static const char *price(const struct collect *c, const struct qpw_probe *p, size_t i)
{
	unsigned int state;

	for (state = 0; state < p->state; state++) {
		if (collect_refusal(c, i, (enum qpw_probe_state)state))
			return prices[p->state];
	}
	return NULL;
}

/* " (fentry: Operation not permitted; kprobe: No such file or directory)" */
static void print_refusals(const struct collect *c, size_t i)
{
	const char *before = " (";
	int state;

	for (state = 0; state <= QPW_PROBE_KPROBE; state++) {
		int error = collect_refusal(c, i, (enum qpw_probe_state)state);

		if (!error)
			continue;
		printf("%s%s: %s", before, record_probe_state_name(state),
		       collect_missing_reason(error));
		before = "; ";
	}
	if (*before == ';')
		putchar(')');
}

struct found {
	const struct collect *collect;
	const struct qpw_probe *probes;
	size_t nr;
};

static int print_text(const struct found *found)
{
	const struct collect *c = found->collect;
	bool pays[ARRAY_SIZE(prices)] = { false };
	size_t i, nr_missing = 0;

	for (i = 0; i < found->nr; i++) {
		const struct qpw_probe *p = &found->probes[i];

		printf("%-27s %s", p->name, record_probe_state_name(p->state));
		print_refusals(c, i);
		if (p->state == QPW_PROBE_MISSING && (!p->error || *p->name == '/'))
			printf(" (%s)", collect_missing_reason(p->error));
		if (p->state == QPW_PROBE_MISSING)
			printf("; lost: %s", p->loses);
		putchar('\n');
		nr_missing += p->state == QPW_PROBE_MISSING;
		pays[p->state] |= !!price(c, p, i);
	}
	for (i = 0; i < ARRAY_SIZE(prices); i++) {
		if (pays[i])
			printf("%s: %s\n", record_probe_state_name(i), prices[i]);
	}
	printf("%zu of %zu probes attached\n", found->nr - nr_missing, found->nr);
	return CMD_OK;
}

static json_t *refusals_json(const struct collect *c, size_t i)
{
	json_t *o = json_object();
	int state;

	for (state = 0; o && state <= QPW_PROBE_KPROBE; state++) {
		int error = collect_refusal(c, i, (enum qpw_probe_state)state);

		if (error)
			json_object_set_new(o, record_probe_state_name(state),
					    json_string(collect_missing_reason(error)));
	}
	return o;
}

static json_t *probe_json(const struct collect *c, const struct qpw_probe *p, size_t i)
{
	bool missing = p->state == QPW_PROBE_MISSING;
	json_t *o = json_pack("{s:s, s:s, s:s, s:o}", "name", p->name, "state",
			      record_probe_state_name(p->state), "gives", p->loses, "refused",
			      refusals_json(c, i));

	if (missing)
		json_object_set_new(o, "why", json_string(collect_missing_reason(p->error)));
	if (missing)
		json_object_set_new(o, "errno", json_integer(-p->error));
	if (price(c, p, i))
		json_object_set_new(o, "price", json_string(price(c, p, i)));
	return o;
}

static json_t *found_json(const struct found *found)
{
	struct host_facts facts;
	json_t *list = json_array();

	host_read("", &facts);
	for (size_t i = 0; i < found->nr; i++)
		json_array_append_new(list, probe_json(found->collect, &found->probes[i], i));
	return json_pack("{s:s, s:i, s:s, s:o}", "schema", "qpwlat.probes", "version", 1, "kernel",
			 facts.release, "probes", list);
}

static int put_json(FILE *f, const void *arg)
{
	return output_put_json(f, found_json(arg));
}

static int print_json(const struct found *found, const char *path)
{
	int ret = output_write(path, put_json, found);

	if (ret)
		fprintf(stderr, "qpwlat probes: %s: can't be written: %s\n", output_shown(path),
			strerror(-ret));
	return ret ? CMD_ERROR : CMD_OK;
}

static void print_help(void)
{
	puts("usage: qpwlat probes [--json[=FILE]] [--without KINDS]\n\n"
	     "Say for every probe how it attaches on this kernel, or why not and what is lost then.\n\n"
	     "      --json[=FILE]    as JSON, to stdout or FILE\n"
	     "      --without KINDS  attach none in these ways, a list of tp_btf, raw_tp,\n"
	     "                       tracepoint, fentry, kprobe\n"
	     "  -h, --help           this\n\n"
	     "example: qpwlat probes --without fentry");
}

struct probes_args {
	const char *json_path; /* NULL: as text */
	unsigned int without;  /* as collect_parse_states() has it */
};

static int parse_json(const char *path, struct probes_args *args)
{
	args->json_path = path ? path : "-";
	if (!trace_is_at(args->json_path))
		return 0;
	fprintf(stderr,
		"qpwlat probes: %s: is a recording, which is not written over; give another file\n",
		text_shown(args->json_path));
	return CMD_USAGE;
}

/* 0, 'h' for help, or an exit code. */
static int parse_args(int argc, char **argv, struct probes_args *args)
{
	int option, ret = 0;

	optind = 1;
	opterr = 0;
	while (!ret && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (option == 'h')
			return 'h';
		if (option == 'j')
			ret = parse_json(optarg, args);
		else if (option != 'w')
			ret = cmd_usage_error("probes", "unknown option or argument", NULL);
		else if (collect_parse_states(optarg, &args->without))
			ret = cmd_usage_error(
				"probes",
				"--without wants a list of tp_btf, raw_tp, tracepoint, "
				"fentry, kprobe",
				NULL);
	}
	if (!ret && optind < argc)
		ret = cmd_usage_error("probes", "unknown option or argument", NULL);
	return ret;
}

int cmd_probes(int argc, char **argv)
{
	struct cpulist none = { 0 };
	struct collect_config config = { .watched = &none,
					 .buffer_bytes = 4096,
					 .system_calls = true };
	struct probes_args args = { 0 };
	struct found found = { 0 };
	struct collect_error e = { 0 };
	struct collect *c;
	int err, ret = parse_args(argc, argv, &args);

	if (ret == 'h') {
		print_help();
		return CMD_OK;
	}
	if (ret)
		return ret;
	config.without = args.without;
	err = collect_create(&config, &c, &e);
	if (!err) {
		/* with none attached the reasons are of even more interest */
		err = collect_attach(c, &e);
		found.collect = c;
		found.nr = collect_probes(c, &found.probes);
		ret = args.json_path ? print_json(&found, args.json_path) : print_text(&found);
	}
	if (err) {
		fprintf(stderr, "qpwlat probes: %s: %s; %s\n", e.object, e.why, e.remedy);
		ret = CMD_ERROR;
	}
	collect_destroy(c);
	return ret;
}
