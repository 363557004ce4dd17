// SPDX-License-Identifier: GPL-2.0-only
/*
 * What qpwtop says when it can't go on. Knows nothing of what was tried.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "top/top.h"
#include "util/text.h"
#include "view/tui/screen.h"

int top_fail(const char *object, const char *why)
{
	char escaped[1024];

	screen_close();
	text_escape(object, escaped, sizeof(escaped));
	fprintf(stderr, "qpwtop: %s: %s\n", escaped, why);
	return CMD_ERROR;
}

int top_fail_stdout(void)
{
	if (errno == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return top_fail("stdout", strerror(errno));
}
