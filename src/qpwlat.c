// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwlat: finds the subcommand and hands over. Knows no option of any of them.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "util/array.h"
#include "util/standard_files.h"
#include "util/text.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{ "record", cmd_record, "record what interrupts isolated CPUs, and a victim's wake-ups" },
	{ "report", cmd_report, "say what a recording holds: causes, origins, late samples" },
	{ "compare", cmd_compare, "compare two sets of boots and give a verdict" },
	{ "export", cmd_export, "write a recording in a format of other programs" },
	{ "probes", cmd_probes, "say what this kernel lets the recorder see" },
};

static void print_usage(FILE *f)
{
	fputs("usage: qpwlat COMMAND [options]\n\n"
	      "What disturbs isolated CPUs, who did it, and does a change help.\n\n",
	      f);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].help);
	fputs("\n'qpwlat COMMAND --help' and 'qpwlat help COMMAND' show the options of a command.\n"
	      "Example: qpwlat record -c 3 -d 60s -o trace.qpw --victim cyclictest\n"
	      "Exit codes: 0, 1 error, 2 regression or threshold hit, 3 inconclusive, 129 usage.\n",
	      f);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	fprintf(stderr, "qpwlat: '%.256s' is no command; try 'qpwlat --help'\n", text_shown(name));
	return NULL;
}

/* "help COMMAND" is "COMMAND --help"; argv begins with "help". */
static int help(int argc, char **argv)
{
	const struct command *command;
	char option[] = "--help";
	char *args[3] = { NULL };

	if (argc < 2) {
		print_usage(stdout);
		return CMD_OK;
	}
	if (argc > 2) {
		fprintf(stderr, "qpwlat help: one command at a time: %.256s; try 'qpwlat help'\n",
			text_shown(argv[2]));
		return CMD_USAGE;
	}
	command = find_command(argv[1]);
	args[0] = argv[1];
	args[1] = option;
	return command ? command->run(2, args) : CMD_USAGE;
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return CMD_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		print_usage(stdout);
		return CMD_OK;
	}
	if (!strcmp(argv[1], "help"))
		return help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "-V") || !strcmp(argv[1], "--version")) {
		puts("qpwlat " QPW_VERSION);
		return CMD_OK;
	}
	command = find_command(argv[1]);
	return command ? command->run(argc - 1, argv + 1) : CMD_USAGE;
}

int main(int argc, char **argv)
{
	int code = standard_files_hold();

	if (code) {
		fprintf(stderr, "qpwlat: /dev/null: %s; it takes the place of what is closed\n",
			strerror(-code));
		return CMD_ERROR;
	}
	/* so that a limit on the size of files is an error of writing, as a full disk is */
	signal(SIGXFSZ, SIG_IGN);
	code = run(argc, argv);
	errno = 0;
	if (!(fflush(stdout) || ferror(stdout)) || code == CMD_ERROR)
		return code;
	fprintf(stderr, "qpwlat: stdout: can't be written: %s; is there room?\n",
		errno ? strerror(errno) : "an error before");
	return CMD_ERROR;
}
