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
#include "collect/collect.h"
#include "host/host.h"

static const struct option long_options[] = {
	{ "json", optional_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char *why_missing(const struct qpw_probe *probe)
{
	return probe->error ? strerror(-probe->error) : "not in this kernel";
}

static void print_text(const struct qpw_probe *probes, size_t n)
{
	size_t i, nr_missing = 0;

	for (i = 0; i < n; i++) {
		const struct qpw_probe *p = &probes[i];

		printf("%-27s %s", p->name, collect_state_name(p->state));
		if (p->state == QPW_PROBE_MISSING) {
			printf(" (%s); lost: %s", why_missing(p), p->loses);
			nr_missing++;
		}
		putchar('\n');
	}
	printf("%zu of %zu probes attached\n", n - nr_missing, n);
}

static json_t *probe_json(const struct qpw_probe *p)
{
	bool missing = p->state == QPW_PROBE_MISSING;
	json_t *o = json_pack("{s:s, s:s, s:s}", "name", p->name, "state",
			      collect_state_name(p->state), "gives", p->loses);

	if (missing)
		json_object_set_new(o, "why", json_string(why_missing(p)));
	if (missing)
		json_object_set_new(o, "errno", json_integer(-p->error));
	return o;
}

static int print_json(const struct qpw_probe *probes, size_t n, const char *path)
{
	struct host_facts facts;
	json_t *list = json_array(), *root;
	size_t i;
	bool err;
	FILE *f;

	host_read("", &facts);
	for (i = 0; i < n; i++)
		json_array_append_new(list, probe_json(&probes[i]));
	root = json_pack("{s:s, s:i, s:s, s:o}", "schema", "qpwlat.probes", "version", 1, "kernel",
			 facts.release, "probes", list);
	f = path && strcmp(path, "-") != 0 ? fopen(path, "we") : stdout;
	err = !f || json_dumpf(root, f, JSON_INDENT(2)) || fputc('\n', f) == EOF;
	if (f && (f == stdout ? fflush(f) : fclose(f)))
		err = true;
	json_decref(root);
	if (err)
		fprintf(stderr, "qpwlat probes: %s: can't be written: %s\n", path ? path : "stdout",
			strerror(errno));
	return err ? CMD_ERROR : CMD_OK;
}

static void print_help(void)
{
	puts("usage: qpwlat probes [--json[=FILE]]\n\n"
	     "Say for every probe how it attaches on this kernel, or why not and what is lost then.\n\n"
	     "      --json[=FILE]  as JSON, to stdout or FILE\n"
	     "  -h, --help         this\n\n"
	     "example: qpwlat probes");
}

int cmd_probes(int argc, char **argv)
{
	struct cpulist none = { 0 };
	struct collect_config config = { .watched = &none, .buffer_bytes = 4096 };
	const struct qpw_probe *probes;
	struct collect_error e = { 0 };
	struct collect *c;
	const char *json_path = NULL;
	bool json = false;
	int option, ret = CMD_OK;
	size_t n;

	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (option == 'h') {
			print_help();
			return CMD_OK;
		}
		if (option != 'j')
			break;
		json = true;
		json_path = optarg;
	}
	if (option != -1 || optind < argc) {
		fprintf(stderr, "qpwlat probes: unknown option or argument; try 'qpwlat probes "
				"--help'\n");
		return CMD_USAGE;
	}
	if (collect_create(&config, &c, &e) || collect_attach(c, &e)) {
		fprintf(stderr, "qpwlat probes: %s: %s; %s\n", e.object, e.why, e.remedy);
		collect_destroy(c);
		return CMD_ERROR;
	}
	n = collect_probes(c, &probes);
	if (json)
		ret = print_json(probes, n, json_path);
	else
		print_text(probes, n);
	collect_destroy(c);
	return ret;
}
