// SPDX-License-Identifier: GPL-2.0-only
/*
 * `qpwlat record`: watch CPUs for a while and write down what interrupted them. This file is the
 * order of events: everything is attached before the window opens, the window opens before the
 * victim starts, and ends the moment that is decided, before anything is stopped. Knows no BPF.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/record_run.h"
#include "cmd/record_victim.h"
#include "collect/privilege.h"
#include "collect/threads.h"
#include "host/warnings.h"
#include "util/clock.h"
#include "util/text.h"
#include "util/utc.h"

#define LOOK_NS 100000000ULL /* between two looks whether victims still run */
#define SETTLE_NS 300000000ULL
#define RECORDER_NICE (-10) /* the ring buffer must be emptied beside any load */

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

/* The trace keeps them, so that a quiet recording has them, too. */
static void find_warnings(struct recording *r)
{
	struct host_situation s = {
		.watched = &r->place.watched,
		.busy = r->tool ? r->tool->busy : r->o.victim != RECORD_VICTIM_NONE,
		.idle = !r->tool, /* cyclictest and oslat forbid it */
	};

	host_find_warnings("", &s, &r->facts);
}

/* Once nothing can refuse any more, so that they do not bury the reason. */
static void print_warnings(const struct recording *r)
{
	unsigned int i;

	for (i = 0; i < r->facts.nr_warnings && !r->o.quiet; i++)
		fprintf(stderr, "qpwlat record: warning: %s; %s\n",
			text_shown(r->facts.warnings[i].text), r->facts.warnings[i].remedy);
}

/* Elsewhere the victim would be nobody, or the foreign task that has its number outside. */
static int check_namespace(const struct recording *r)
{
	if (r->o.victim == RECORD_VICTIM_NONE || threads_are_initial())
		return CMD_OK;
	fputs("qpwlat record: --victim: can't be told apart in a PID namespace (a container), as "
	      "programs in the kernel see the task numbers outside; run it out there (nsenter -t 1 "
	      "-p, docker run --pid=host) or with --victim none\n",
	      stderr);
	return CMD_ERROR;
}

static int prepare_machine(struct recording *r)
{
	int err;

	host_read("", &r->facts);
	if (placement_choose(&r->o, &r->facts, &r->place) || check_programs(r) ||
	    check_namespace(r))
		return CMD_ERROR;
	find_warnings(r);
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

static int add_running_victims(struct recording *r)
{
	struct victim_found *found = r->running;
	char name[4 * HOST_TEXT];
	int i, n;

	if (r->o.victim != RECORD_VICTIM_PID && r->o.victim != RECORD_VICTIM_COMM)
		return CMD_OK;
	n = victims_find(&r->o, found, COLLECT_MAX_VICTIMS);
	if (n < 0) {
		text_escape(r->o.victim_text, name, sizeof(name));
		fprintf(stderr, "qpwlat record: --victim %s: %s\n", name,
			n == -ESRCH ? "no such process or thread is running; start it first" :
				      strerror(-n));
		return CMD_ERROR;
	}
	if (n > COLLECT_MAX_VICTIMS) {
		fprintf(stderr,
			"qpwlat record: --victim: %d processes or threads have that name, at most "
			"%d can be victims; choose one with pid:N\n",
			n, COLLECT_MAX_VICTIMS);
		return CMD_ERROR;
	}
	for (i = 0; i < n; i++) {
		if (found[i].tid)
			collect_add_victim_thread(r->collect, found[i].tgid, found[i].tid);
		else
			collect_add_victim(r->collect, found[i].tgid);
	}
	r->nr_running = (size_t)n;
	return CMD_OK;
}

static int prepare_collector(struct recording *r)
{
	struct collect_config config = { .watched = &r->place.watched,
					 .buffer_bytes = r->o.buffer_bytes,
					 .without = r->o.without,
					 .stacks = r->o.stacks,
					 .system_calls = r->o.system_calls };
	struct collect_error e = { 0 };

	if (r->tool) {
		config.needed_capabilities = tool_priority_capability(&r->o);
		config.useful_capabilities = tool_memory_capability();
	}
	if (collect_create(&config, &r->collect, &e))
		return print_collect_error(&e);
	snprintf(r->facts.watched, sizeof(r->facts.watched), "%s", r->place.watched_text);
	snprintf(r->facts.victim, sizeof(r->facts.victim), "%s", r->o.victim_text);
	snprintf(r->facts.tool_version, sizeof(r->facts.tool_version), "qpwlat " QPW_VERSION);
	record_tell_settings(r);
	utc_format(time(NULL), r->facts.started_utc, sizeof(r->facts.started_utc));
	/* only now: an older recording is not lost for want of a privilege or a victim */
	if (add_running_victims(r) || record_open_output(r))
		return CMD_ERROR;
	if (collect_attach(r->collect, &e))
		return print_collect_error(&e);
	record_warn_of_nameless(r);
	print_warnings(r);
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
		record_complain(r, "capabilities can't be given up", strerror(-err));
}

/* Only now that the recorder has no privilege to pass on to a thread. */
static void sync_often(struct recording *r)
{
	int err = trace_writer_sync_often(r->writer);

	if (err)
		record_complain(r, "a thread that brings the file to the disk can't be started",
				strerror(-err));
}

/* The moment until which to record without a look at who runs, for it may have ended. */
static uint64_t next_look(const struct recording *r, uint64_t until_ns)
{
	uint64_t look_ns = clock_now_ns() + LOOK_NS;

	return r->nr_running && look_ns < until_ns ? look_ns : until_ns;
}

/* Victims that were running all have ended; there is nothing more to be measured. */
static bool has_no_victim(const struct recording *r)
{
	if (!r->nr_running || !victims_ended(r->running, r->nr_running))
		return false;
	loop_clear_progress(&r->loop);
	fprintf(stderr, "qpwlat record: --victim %s: has ended, and so does the recording\n",
		text_shown(r->o.victim_text));
	return true;
}

/* For that long, 0: for good. False when recording is to end before its time. */
static bool run_for(struct recording *r, uint64_t ns)
{
	uint64_t until_ns = ns ? clock_now_ns() + ns : LOOP_FOREVER;

	for (;;) {
		uint64_t next_ns = next_look(r, until_ns);

		switch (loop_run(&r->loop, next_ns)) {
		case LOOP_TIME:
			if (next_ns == until_ns)
				return true;
			if (has_no_victim(r))
				return false;
			break;
		case LOOP_HIT:
			if (!record_hit(r))
				return false;
			break;
		case LOOP_CHILD:
			if (!record_check_children(r))
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

static void begin_window(struct recording *r)
{
	r->loop.phase = "recording";
	r->loop.begin_ns = clock_now_ns();
	collect_open_window(r->collect);
}

/* The moment itself: what takes its time comes behind it. */
static void end_window(struct recording *r)
{
	r->measured_ns = clock_now_ns() - r->loop.begin_ns;
	collect_end_window(r->collect);
	r->loop.tell_hits = false;
}

static bool is_wanted(const struct recording *r)
{
	return !r->given_up && !r->loop.write_error;
}

static void close_collector(struct recording *r)
{
	collect_close(r->collect);
	if (is_wanted(r) && loop_drain(&r->loop) == LOOP_GIVE_UP)
		r->given_up = true;
}

/* For a while, whatever comes meanwhile, unless it is a further signal. */
static void settle(struct recording *r)
{
	uint64_t until_ns = clock_now_ns() + SETTLE_NS;
	enum loop_end end;

	do
		end = loop_run(&r->loop, until_ns);
	while (end == LOOP_CHILD || end == LOOP_INTERRUPTED);
	if (end == LOOP_GIVE_UP)
		r->given_up = true;
}

/*
 * Behind the window. What a victim that sleeps was late for in it is told when it has woken, so
 * recording goes on until it is gone. Without one that never sleeps others would have the CPU to
 * themselves, and what they began in the window would not end: no more of that.
 */
static void end_all(struct recording *r)
{
	if (r->tool && r->tool->busy) {
		close_collector(r);
		record_stop_children(r);
		return;
	}
	record_stop_children(r);
	if (is_wanted(r))
		settle(r);
	close_collector(r);
}

/* From the start of victim and command to the end of both. */
static void measure(struct recording *r)
{
	struct loop *l = &r->loop;
	bool going;

	l->duration_ns = r->o.duration_ns;
	l->phase = "warming up";
	l->unit = gauge_unit(record_gauge_of(r));
	l->tell_hits = true;
	gauge_init(&l->gauge, record_gauge_of(r), r->o.threshold_ns);
	if (!r->o.warm_up_ns)
		begin_window(r);
	going = !record_start_victim(r) && !record_start_command(r);
	drop_privilege(r);
	sync_often(r);
	if (r->o.warm_up_ns) {
		going = going && run_for(r, r->o.warm_up_ns);
		begin_window(r);
	}
	if (going)
		run_for(r, r->o.duration_ns);
	else if (!r->failed)
		record_complain(r, text_shown(r->o.output),
				"ended while warming up: nothing was measured");
	end_window(r);
	end_all(r);
	record_check_victim_json(r);
	loop_clear_progress(l);
}

static void finish_file(struct recording *r)
{
	/* what was left in the buffer is not there: no end says that all is */
	int err = r->given_up ? trace_writer_break_off(r->writer) : trace_writer_close(r->writer);

	r->writer = NULL;
	if (!err)
		err = r->loop.write_error;
	if (err) {
		fprintf(stderr,
			"qpwlat record: %s: can't be written: %s; what came before is kept, name "
			"another file with -o for the whole\n",
			text_shown(r->o.output), strerror(-err));
		r->failed = true;
	}
}

static int record_run(struct recording *r)
{
	int err, verdict;

	r->tool = tool_of(r->o.victim);
	if (prepare_machine(r) || prepare_collector(r))
		return CMD_ERROR;
	err = loop_init(&r->loop, r->collect, r->writer, r->o.quiet);
	if (err) {
		fprintf(stderr, "qpwlat record: signals: %s\n", strerror(-err));
		return CMD_ERROR;
	}
	measure(r);
	finish_file(r);
	if (r->given_up)
		fprintf(stderr, "qpwlat record: %s: given up, incomplete\n",
			text_shown(r->o.output));
	else
		record_print_summary(r);
	verdict = r->given_up ? CMD_OK : record_judge_threshold(r);
	return r->failed || r->given_up ? CMD_ERROR : verdict;
}

int cmd_record(int argc, char **argv)
{
	struct recording r = { .loop.signal_fd = -1, .output_fd = -1 };
	int ret = record_options_parse(argc, argv, &r.o);

	if (ret)
		return ret < 0 ? CMD_OK : ret;
	ret = record_check_outputs(&r.o);
	if (ret)
		return ret;
	ret = record_run(&r);
	child_kill(&r.command);
	child_kill(&r.shell);
	child_kill(&r.victim);
	loop_finish(&r.loop);
	trace_writer_close(r.writer);
	if (r.output_fd >= 0)
		close(r.output_fd);
	collect_destroy(r.collect);
	return ret;
}
