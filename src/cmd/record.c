// SPDX-License-Identifier: GPL-2.0-only
/*
 * `qpwlat record`: watch CPUs for a while and write down what interrupted them. This file is the
 * order of events: everything is attached before the window opens, the window opens before the
 * victim starts, and closes when all has come to rest. Knows no BPF.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/record_child.h"
#include "cmd/record_loop.h"
#include "cmd/record_options.h"
#include "cmd/record_place.h"
#include "cmd/record_tool.h"
#include "cmd/record_victim.h"
#include "collect/collect.h"
#include "collect/privilege.h"
#include "host/host.h"
#include "store/trace.h"
#include "util/duration.h"
#include "util/text.h"
#include "util/utc.h"

#define SETTLE_NS 300000000ULL
#define STOP_COMMAND_NS 5000000000ULL /* it has this long to end after it was asked to */
#define STOP_VICTIM_NS 15000000000ULL /* starved by a load it takes long to sum up */
#define FULL_PERCENT 90		      /* from here on a record may not have fitted */
#define RECORDER_NICE (-10)	      /* the ring buffer must be emptied beside any load */

struct recording {
	struct record_options o;
	struct host_facts facts;
	struct placement place;
	struct collect *collect;
	struct trace_writer *writer;
	int output_fd; /* for its size alone; -1 */
	struct loop loop;
	const struct tool *tool; /* the victim that is started; NULL = none is */
	struct tool_call call;
	struct child victim;
	struct child command;
	uint64_t measured_ns;
	bool failed;
	bool given_up;
};

static void complain(struct recording *r, const char *what, const char *why)
{
	loop_clear_progress(&r->loop);
	fprintf(stderr, "qpwlat record: %s: %s\n", what, why);
	r->failed = true;
}

/* What can't be started is better said before anything is. */
static int check_programs(const struct recording *r)
{
	char path[4096], name[256];
	int err;

	if (r->tool && program_find(r->tool->program, path, sizeof(path))) {
		fprintf(stderr,
			"qpwlat record: %s: not found; install the package rt-tests, or choose "
			"another --victim\n",
			r->tool->program);
		return CMD_ERROR;
	}
	if (r->tool && r->tool->busy && !cpulist_count(&r->place.housekeeping)) {
		fprintf(stderr,
			"qpwlat record: -c: all online CPUs are watched, and %s would leave none "
			"of them to anything else; watch fewer CPUs\n",
			r->tool->program);
		return CMD_ERROR;
	}
	err = r->o.command ? program_find(r->o.command[0], path, sizeof(path)) : 0;
	if (err) {
		text_escape(r->o.command[0], name, sizeof(name));
		fprintf(stderr, "qpwlat record: %s: %s\n", name,
			err == -ENOENT ? "command not found" : strerror(-err));
		return CMD_ERROR;
	}
	return CMD_OK;
}

static int prepare_machine(struct recording *r)
{
	int err;

	host_read("", &r->facts);
	if (placement_choose(&r->o, &r->facts, &r->place) || check_programs(r))
		return CMD_ERROR;
	if (cpulist_count(&r->place.housekeeping)) {
		err = placement_bind(&r->place.housekeeping);
		if (err) {
			fprintf(stderr,
				"qpwlat record: CPUs %s: can't run there: %s; is this shell "
				"bound to other CPUs by a cpuset?\n",
				r->place.housekeeping_text, strerror(-err));
			return CMD_ERROR;
		}
	}
	setpriority(PRIO_PROCESS, 0, RECORDER_NICE);
	return CMD_OK;
}

static int print_collect_error(const struct collect_error *e)
{
	fprintf(stderr, "qpwlat record: %s: %s; %s\n", e->object, e->why, e->remedy);
	return CMD_ERROR;
}

/* The missing probe that a privilege would bring back. */
static void warn_of_nameless(const struct recording *r)
{
	const struct qpw_probe *probes;
	size_t i, n = collect_probes(r->collect, &probes);

	for (i = 0; i < n; i++) {
		if (*probes[i].name == '/' && probes[i].state == QPW_PROBE_MISSING)
			fprintf(stderr,
				"qpwlat record: warning: %s: hides its addresses; lost: %s\n",
				probes[i].name, probes[i].loses);
	}
}

/* How much the victim locks depends on how many threads it has: let it try. */
static void warn_of_limit(const struct recording *r, uint64_t capabilities)
{
	char missing[32];

	if (privilege_missing(capabilities, missing, sizeof(missing)))
		fprintf(stderr,
			"qpwlat record: warning: %s: is missing; %s won't run if the limit on "
			"locked memory is too small for it\n",
			missing, r->tool->program);
}

static int prepare_collector(struct recording *r)
{
	struct collect_config config = { .watched = &r->place.watched,
					 .buffer_bytes = r->o.buffer_bytes,
					 .without = r->o.without,
					 .stacks = !r->o.no_stacks,
					 .system_calls = r->o.system_calls };
	struct collect_error e = { 0 };
	int err;

	if (r->tool) {
		config.needed_capabilities = tool_priority_capability(&r->o);
		config.useful_capabilities = tool_memory_capability();
	}
	if (collect_create(&config, &r->collect, &e))
		return print_collect_error(&e);
	snprintf(r->facts.watched, sizeof(r->facts.watched), "%s", r->place.watched_text);
	snprintf(r->facts.tool_version, sizeof(r->facts.tool_version), "qpwlat " QPW_VERSION);
	utc_format(time(NULL), r->facts.started_utc, sizeof(r->facts.started_utc));
	/* only now: an older recording is not lost for want of a privilege */
	err = trace_keep_old(r->o.output);
	if (err) {
		fprintf(stderr,
			"qpwlat record: %s: what it holds can't be kept as %s.old: %s; name another "
			"file with -o\n",
			r->o.output, r->o.output, strerror(-err));
		return CMD_ERROR;
	}
	err = trace_writer_open(r->o.output, &r->facts, &r->writer);
	if (err) {
		fprintf(stderr, "qpwlat record: %s: can't be written: %s\n", r->o.output,
			strerror(-err));
		return CMD_ERROR;
	}
	r->output_fd = open(r->o.output, O_PATH | O_CLOEXEC);
	if (collect_attach(r->collect, &e))
		return print_collect_error(&e);
	warn_of_nameless(r);
	warn_of_limit(r, config.useful_capabilities);
	return CMD_OK;
}

/*
 * Once everything is attached and what is to run with privilege has been forked, the recorder reads
 * memory that it has mapped and writes a file that is open. It may have to kill a command that took
 * another user's name. Its children keep what they were born with.
 */
static void drop_privilege(struct recording *r)
{
	int err = privilege_keep(PRIVILEGE(CAP_KILL));

	if (err)
		complain(r, "capabilities can't be given up", strerror(-err));
}

static int add_running_victims(struct recording *r)
{
	uint32_t tgids[COLLECT_MAX_VICTIMS];
	int i, n;

	if (r->o.victim != RECORD_VICTIM_PID && r->o.victim != RECORD_VICTIM_COMM)
		return CMD_OK;
	n = victims_find(&r->o, tgids, COLLECT_MAX_VICTIMS);
	if (n < 0) {
		fprintf(stderr, "qpwlat record: --victim: %s\n",
			n == -ESRCH ? "no such process is running; start it first" : strerror(-n));
		return CMD_ERROR;
	}
	if (n > COLLECT_MAX_VICTIMS) {
		fprintf(stderr,
			"qpwlat record: --victim: %d processes have that name, at most %d can "
			"be victims; choose one with pid:N\n",
			n, COLLECT_MAX_VICTIMS);
		return CMD_ERROR;
	}
	for (i = 0; i < n; i++)
		collect_add_victim(r->collect, tgids[i]);
	return CMD_OK;
}

static int start_victim(struct recording *r)
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
		complain(r, what, strerror(-err));
		return CMD_ERROR;
	}
	/* known as the victim before it runs its first instruction */
	collect_add_victim(r->collect, r->victim.pid);
	child_release(&r->victim);
	return CMD_OK;
}

static int start_command(struct recording *r)
{
	struct child_setup setup = { .argv = r->o.command, .cpus = &r->place.housekeeping };
	int err;

	if (!r->o.command)
		return CMD_OK;
	err = child_create(&r->command, r->o.command[0], &setup);
	if (err) {
		complain(r, "the command can't be started", strerror(-err));
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
	complain(r, what, how);
	child_print_output(c, "  ");
}

/* A child has ended: false when the recording ends with it. */
static bool check_children(struct recording *r)
{
	bool until_command = r->o.command && !r->o.duration_ns;

	if (child_reap(&r->victim)) {
		complain_of_end(r, &r->victim, "ended too early");
		return false;
	}
	if (!child_reap(&r->command))
		return true;
	if (r->command.status)
		complain_of_end(r, &r->command, until_command ? "failed" : "ended too early");
	return !r->command.status && !until_command;
}

/* For that long, 0: for good. False when recording is to end before its time. */
static bool run_for(struct recording *r, uint64_t ns)
{
	uint64_t until_ns = ns ? loop_now_ns() + ns : LOOP_FOREVER;

	for (;;) {
		switch (loop_run(&r->loop, until_ns)) {
		case LOOP_TIME:
			return true;
		case LOOP_CHILD:
			if (!check_children(r))
				return false;
			break;
		case LOOP_GIVE_UP:
			r->given_up = true;
			return false;
		default:
			return false;
		}
	}
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
	uint64_t until_ns = loop_now_ns() + ns;

	while (!r->given_up && !child_reap(c)) {
		enum loop_end end = loop_run(&r->loop, until_ns);

		if (end == LOOP_GIVE_UP)
			r->given_up = true;
		if (end == LOOP_TIME || end == LOOP_WRITE_ERROR)
			break;
	}
	child_reap(c);
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
			complain(r, name, how);
			child_print_output(c, "  ");
		} else if (!c->ended && !r->given_up && !r->loop.write_error) {
			complain(r, name, "did not end when asked to; killed");
		}
	}
	child_kill(c);
}

static void begin_window(struct recording *r)
{
	r->loop.phase = "recording";
	r->loop.begin_ns = loop_now_ns();
	collect_open_window(r->collect);
}

/* To detach takes a while: the length is taken before. */
static void end_window(struct recording *r)
{
	r->measured_ns = loop_now_ns() - r->loop.begin_ns;
	collect_close_window(r->collect);
	if (!r->given_up && !r->loop.write_error)
		loop_drain(&r->loop);
}

static void stop_children(struct recording *r)
{
	r->loop.phase = "ending";
	stop_child(r, &r->command, SIGTERM, STOP_COMMAND_NS);
	stop_child(r, &r->victim, SIGINT, STOP_VICTIM_NS);
}

/*
 * From the start of victim and command to the closed window. The wake-ups of a victim are all
 * counted, as it counts them itself; one that never sleeps is needed until the window is closed,
 * for without it others would have the CPU to themselves.
 */
static void measure(struct recording *r)
{
	struct loop *l = &r->loop;
	bool going;

	l->duration_ns = r->o.duration_ns;
	l->phase = "warming up";
	if (!r->o.warm_up_ns)
		begin_window(r);
	going = !start_victim(r) && !start_command(r);
	drop_privilege(r);
	if (r->o.warm_up_ns) {
		going = going && run_for(r, r->o.warm_up_ns);
		begin_window(r);
	}
	if (going)
		run_for(r, r->o.duration_ns);
	else if (!r->failed)
		complain(r, r->o.output, "ended while warming up: nothing was measured");
	if (!going || (r->tool && r->tool->busy)) {
		end_window(r);
		stop_children(r);
	} else {
		stop_children(r);
		if (!r->given_up && !l->write_error)
			loop_run(l, loop_now_ns() + SETTLE_NS);
		end_window(r);
	}
	loop_clear_progress(l);
}

static void finish_file(struct recording *r)
{
	int err = trace_writer_close(r->writer);

	r->writer = NULL;
	if (!err)
		err = r->loop.write_error;
	if (err) {
		fprintf(stderr,
			"qpwlat record: %s: can't be written: %s; what came before is kept\n",
			r->o.output, strerror(-err));
		r->failed = true;
	}
}

static const char *why_missing(int error)
{
	if (error == -ECANCELED)
		return "left out by --without";
	return error ? strerror(-error) : "not in this kernel";
}

/* "missing   Operation not permitted: __flush_work ...", a line for each reason. */
static void print_missing(const struct recording *r)
{
	const struct qpw_probe *probes;
	size_t i, j, n = collect_probes(r->collect, &probes);

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++) {
			if (probes[j].state == QPW_PROBE_MISSING &&
			    probes[j].error == probes[i].error)
				break;
		}
		if (probes[i].state != QPW_PROBE_MISSING || j < i)
			continue;
		printf("missing   %s:", why_missing(probes[i].error));
		for (; j < n; j++) {
			if (probes[j].state == QPW_PROBE_MISSING &&
			    probes[j].error == probes[i].error)
				printf(" %s", probes[j].name);
		}
		putchar('\n');
	}
}

static void print_summary(const struct recording *r)
{
	struct stat st = { 0 };
	char length[32], worst[32];

	if (r->o.quiet)
		return;
	fstat(r->output_fd, &st);
	duration_format(r->measured_ns, length, sizeof(length));
	duration_format(r->loop.worst_ns, worst, sizeof(worst));
	printf("recorded  %s on CPU %s: %s, %.1f KiB\n", length, r->place.watched_text, r->o.output,
	       st.st_size / 1024.0);
	printf("events    %llu\n", (unsigned long long)r->loop.nr_events);
	printf("samples   %llu, worst %s\n", (unsigned long long)r->loop.nr_samples,
	       r->loop.nr_samples ? worst : "-");
	printf("lost      %llu", (unsigned long long)r->loop.nr_lost);
	if (r->loop.nr_lost && r->loop.max_fill_percent >= FULL_PERCENT)
		printf(": the buffer was full, take a larger --buffer-size");
	else if (r->loop.nr_lost)
		printf(": the kernel skipped programs that were already running");
	putchar('\n');
	print_missing(r);
}

static int record_run(struct recording *r)
{
	int err;

	r->tool = tool_of(r->o.victim);
	if (prepare_machine(r) || prepare_collector(r) || add_running_victims(r))
		return CMD_ERROR;
	err = loop_init(&r->loop, r->collect, r->writer, r->o.quiet);
	if (err) {
		fprintf(stderr, "qpwlat record: signals: %s\n", strerror(-err));
		return CMD_ERROR;
	}
	measure(r);
	finish_file(r);
	if (r->given_up)
		fprintf(stderr, "qpwlat record: %s: given up, incomplete\n", r->o.output);
	else
		print_summary(r);
	return r->failed || r->given_up ? CMD_ERROR : CMD_OK;
}

int cmd_record(int argc, char **argv)
{
	struct recording r = { .loop.signal_fd = -1, .output_fd = -1 };
	int ret = record_options_parse(argc, argv, &r.o);

	if (ret)
		return ret < 0 ? CMD_OK : ret;
	ret = record_run(&r);
	child_kill(&r.command);
	child_kill(&r.victim);
	loop_finish(&r.loop);
	trace_writer_close(r.writer);
	if (r.output_fd >= 0)
		close(r.output_fd);
	collect_destroy(r.collect);
	return ret;
}
