// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of a recording: the victim that it starts, and the user's command. When they are
 * started and ended, and what it means when one ends by itself.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "cmd/cmd.h"
#include "cmd/record_run.h"
#include "util/clock.h"
#include "util/text.h"

#define STOP_COMMAND_NS 5000000000ULL /* it has this long to end after it was asked to */
#define STOP_VICTIM_NS 15000000000ULL /* starved by a load it takes long to sum up */

int record_start_victim(struct recording *r)
{
	struct cpulist cpus = r->place.watched;
	struct child_setup setup = { .argv = r->call.argv,
				     .cpus = &cpus,
				     .keep_output = true,
				     .capabilities = tool_priority_capability(&r->o) |
						     tool_memory_capability() };
	char what[64];
	int err;

	if (!r->tool)
		return CMD_OK;
	/* its main thread goes to the housekeeping CPUs by itself, so it needs both */
	cpulist_or(&cpus, &r->place.housekeeping);
	err = tool_call_build(r->tool, &r->o, &r->place, &r->call);
	if (!err)
		err = child_create(&r->victim, r->tool->program, &setup);
	if (err) {
		snprintf(what, sizeof(what), "%s: can't be started", r->tool->program);
		record_complain(r, what, strerror(-err));
		return CMD_ERROR;
	}
	/* known as the victim before it runs its first instruction */
	collect_add_victim(r->collect, r->victim.pid);
	child_release(&r->victim);
	return CMD_OK;
}

int record_start_command(struct recording *r)
{
	struct child_setup setup = { .argv = r->o.command, .cpus = &r->place.housekeeping };
	int err;

	if (!r->o.command)
		return CMD_OK;
	err = child_create(&r->command, r->o.command[0], &setup);
	if (err) {
		record_complain(r, "the command can't be started", strerror(-err));
		return CMD_ERROR;
	}
	child_release(&r->command);
	return CMD_OK;
}

static void complain_of_end(struct recording *r, const struct child *c, const char *how_bad)
{
	char how[64], name[96], what[128];

	child_describe(c, how, sizeof(how));
	text_escape(c->name, name, sizeof(name));
	snprintf(what, sizeof(what), "%s %s", name, how_bad);
	record_complain(r, what, how);
	child_print_output(c, "  ");
}

/* A child has ended: false when the recording ends with it. */
bool record_check_children(struct recording *r)
{
	bool until_command = r->o.command && !r->o.duration_ns;

	record_check_shell(r);
	if (child_check(&r->victim)) {
		complain_of_end(r, &r->victim, "ended too early");
		return false;
	}
	if (!child_check(&r->command))
		return true;
	if (r->command.status)
		complain_of_end(r, &r->command, until_command ? "failed" : "ended too early");
	return !r->command.status && !until_command;
}

/* Ended as a process may that was sent this signal. */
static bool ended_well(const struct child *c, int signal)
{
	if (WIFSIGNALED(c->status))
		return WTERMSIG(c->status) == signal;
	return !WEXITSTATUS(c->status) || WEXITSTATUS(c->status) == 128 + signal;
}

/* Go on recording until the child has ended, at most for a while. */
static void await_end(struct recording *r, struct child *c, uint64_t ns)
{
	uint64_t until_ns = clock_now_ns() + ns;

	while (!r->given_up && !child_check(c)) {
		enum loop_end end = loop_run(&r->loop, until_ns);

		if (end == LOOP_GIVE_UP)
			r->given_up = true;
		if (end == LOOP_TIME || end == LOOP_WRITE_ERROR)
			break;
	}
	child_check(c);
}

/* Ask a child to end, kill it if it won't, complain if it did not end well. */
static void stop_child(struct recording *r, struct child *c, int signal, uint64_t ns)
{
	char how[64], name[128];

	if (!c->pid)
		return;
	text_escape(c->name, name, sizeof(name));
	if (!c->ended) {
		child_signal(c, signal);
		await_end(r, c, ns);
		if (c->ended && !ended_well(c, signal)) {
			child_describe(c, how, sizeof(how));
			record_complain(r, name, how);
			child_print_output(c, "  ");
		} else if (!c->ended && !r->given_up && !r->loop.write_error) {
			record_complain(r, name, "did not end when asked to; killed");
		}
	}
	child_kill(c);
}

void record_stop_children(struct recording *r)
{
	r->loop.phase = "ending";
	stop_child(r, &r->command, SIGTERM, STOP_COMMAND_NS);
	stop_child(r, &r->victim, SIGINT, STOP_VICTIM_NS);
	/* it looks at what has just happened: time to finish, then no more */
	if (r->shell.pid)
		await_end(r, &r->shell, STOP_COMMAND_NS);
	record_check_shell(r);
	stop_child(r, &r->shell, SIGTERM, STOP_COMMAND_NS);
}
