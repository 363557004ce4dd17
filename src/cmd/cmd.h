/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands of qpwlat: one file each, one function each, and the exit codes they share.
 */
#ifndef QPW_CMD_CMD_H
#define QPW_CMD_CMD_H

/* Exit codes of every command; scripts rely on them. */
#define CMD_OK 0
#define CMD_ERROR 1	   /* with its reason on stderr */
#define CMD_REGRESSION 2   /* compare: worse; record: threshold hit */
#define CMD_INCONCLUSIVE 3 /* the data do not carry a verdict */
#define CMD_USAGE 129	   /* as git and perf do */

/* argv[0] is the subcommand's name. Each returns an exit code. */
int cmd_record(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_probes(int argc, char **argv);

/* "qpwlat COMMAND: WHAT: OBJECT; try …" to stderr; object may be NULL. Returns CMD_USAGE. */
int cmd_usage_error(const char *command, const char *what, const char *object);

#endif
