// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a subcommand says of a command line that it can't take. Knows no options.
 */
#include <stdio.h>

#include "cmd/cmd.h"
#include "util/text.h"

int cmd_usage_error(const char *command, const char *what, const char *object)
{
	fprintf(stderr, "qpwlat %s: %s%s%s; try 'qpwlat %s --help'\n", command, what,
		object ? ": " : "", object ? text_shown(object) : "", command);
	return CMD_USAGE;
}
