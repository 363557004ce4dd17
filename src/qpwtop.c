// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwtop: the live view, or the same view of a recording. Options and wiring; what is shown is
 * src/view/top.c's, how is the screen's.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "collect/collect.h"
#include "collect/privilege.h"
#include "host/host.h"
#include "model/model.h"
#include "store/trace.h"
#include "util/cpulist.h"
#include "util/duration.h"
#include "util/text.h"
#include "view/top.h"
#include "view/tui/screen.h"

#define DELAY_MIN_NS 100000000ULL
#define POLL_MS 20
/* Keys must be seen in a flood of records too. */
#define RECORDS_AT_ONCE 100000

struct options {
	const char *cpus; /* NULL = isolated and nohz_full */
	const char *replay;
	uint64_t delay_ns;
	uint64_t iterations; /* 0 = no end */
	bool batch;
};

struct top {
	struct options o;
	struct host_facts facts;
	struct collect *collect;     /* live */
	struct trace_reader *reader; /* replay */
	struct event_source *source;
	struct model *model;
	struct snapshot *before;
	struct snapshot *now;
	const struct qpw_header *pending; /* replay: read, but of a later interval */
	uint64_t start_ns;		  /* of the view; event time, as the next */
	uint64_t begin_ns;		  /* of the interval that runs now */
	uint64_t span_ns;		  /* of the one that is shown, from before to now */
	struct page *page;
	uint64_t nr_shown;
	bool on_screen;
	bool paused;
	bool help;
	bool ended; /* the source */
};

static volatile sig_atomic_t stopping;

static void on_signal(int signo)
{
	(void)signo;
	stopping = 1;
}

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* "qpwtop: OBJECT: WHY", on a terminal that was given back. */
static int fail(const char *object, const char *why)
{
	char escaped[1024];

	screen_close();
	text_escape(object, escaped, sizeof(escaped));
	fprintf(stderr, "qpwtop: %s: %s\n", escaped, why);
	return CMD_ERROR;
}

/* ------------------------------------------------------------------ options */

static const struct option long_options[] = {
	{ "batch", no_argument, NULL, 'b' },	    { "cpus", required_argument, NULL, 'c' },
	{ "delay", required_argument, NULL, 'd' },  { "iterations", required_argument, NULL, 'n' },
	{ "replay", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },	    { NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	fputs("usage: qpwtop [options]\n\n"
	      "Show what interrupts the watched CPUs, now: interruptions by class and cause, remote\n"
	      "work and who queued it. Needs root, except to replay.\n\n"
	      "  -c, --cpus LIST       watched CPUs; default: isolated and nohz_full ones\n"
	      "  -d, --delay SECONDS   between two looks (2); 500ms too; at least 0.1\n"
	      "  -n, --iterations N    end after N looks\n"
	      "  -b, --batch           text, a block for each look; default where stdin or stdout\n"
	      "                        is no terminal or TERM is dumb\n"
	      "      --replay FILE     show a recording of qpwlat record instead\n"
	      "  -h, --help            this\n"
	      "  -V, --version         the version\n\n"
	      "Keys: q quit, space pause, ? help.\n\n"
	      "example: qpwtop -c 1 -b -d 1 -n 10\n",
	      stdout);
}

static int wrong(const char *option, const char *value, const char *wanted)
{
	char escaped[256];

	text_escape(value, escaped, sizeof(escaped));
	fprintf(stderr, "qpwtop: %s: '%s': %s; try qpwtop --help\n", option, escaped, wanted);
	return CMD_USAGE;
}

static int parse_iterations(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !*out)
		return wrong("-n", text, "not a number from 1 on");
	return 0;
}

/* 0 to go on, -1 when all is done, an exit code. */
static int parse_options(int argc, char **argv, struct options *o)
{
	struct cpulist cpus;
	int opt, ret = 0;

	*o = (struct options){ .delay_ns = 2000000000 };
	while (!ret && (opt = getopt_long(argc, argv, "bc:d:n:hV", long_options, NULL)) != -1) {
		if (opt == 'b') {
			o->batch = true;
		} else if (opt == 'c') {
			o->cpus = optarg;
			if (cpulist_parse(optarg, &cpus) || !cpulist_count(&cpus))
				ret = wrong("-c", optarg, "not a list of CPUs, like 1 or 1-3,5");
		} else if (opt == 'd') {
			if (duration_parse(optarg, &o->delay_ns) || o->delay_ns < DELAY_MIN_NS)
				ret = wrong("-d", optarg, "not a time of at least 0.1 seconds");
		} else if (opt == 'n') {
			ret = parse_iterations(optarg, &o->iterations);
		} else if (opt == 'r') {
			o->replay = optarg;
		} else if (opt == 'h') {
			print_help();
			ret = -1;
		} else if (opt == 'V') {
			puts("qpwtop " QPW_VERSION);
			ret = -1;
		} else {
			fputs("qpwtop: try qpwtop --help\n", stderr);
			ret = CMD_USAGE;
		}
	}
	if (!ret && optind < argc)
		ret = wrong("argument", argv[optind], "there are options only");
	if (!ret && o->replay && o->cpus)
		ret = wrong("-c", o->cpus, "a recording has its own CPUs");
	return ret;
}

/* ------------------------------------------------------------------ sources */

static int choose_cpus(struct top *t, struct cpulist *watched)
{
	struct cpulist online, rest;
	char why[HOST_TEXT + 64];
	int cpu;

	if (cpulist_parse(t->facts.online, &online) || !cpulist_count(&online))
		return fail("/sys/devices/system/cpu/online", "can't be read; mount /sys");
	if (t->o.cpus) {
		cpulist_parse(t->o.cpus, watched);
	} else {
		cpulist_parse(t->facts.isolated, watched);
		if (!cpulist_parse(t->facts.nohz_full, &rest))
			cpulist_or(watched, &rest);
		if (!cpulist_count(watched))
			return fail("CPUs", "none is isolated or nohz_full; "
					    "say which to watch with -c LIST");
	}
	rest = *watched;
	cpulist_andnot(&rest, &online);
	cpu = cpulist_next(&rest, -1);
	if (cpu >= 0) {
		snprintf(why, sizeof(why), "CPU %d is not online; online are %s", cpu,
			 t->facts.online);
		return fail("-c", why);
	}
	cpulist_format(watched, t->facts.watched, sizeof(t->facts.watched));
	return 0;
}

/* Off the watched CPUs, so that the view does not show itself; where there are others. */
static void keep_off(const struct cpulist *watched, const struct host_facts *facts)
{
	size_t size = CPU_ALLOC_SIZE(CPULIST_MAX);
	cpu_set_t *set = CPU_ALLOC(CPULIST_MAX);
	struct cpulist rest;
	int cpu;

	if (!set)
		return;
	cpulist_parse(facts->online, &rest);
	cpulist_andnot(&rest, watched);
	CPU_ZERO_S(size, set);
	cpulist_for_each(&rest, cpu)
		CPU_SET_S((size_t)cpu, size, set);
	if (cpulist_count(&rest))
		sched_setaffinity(0, size, set);
	CPU_FREE(set);
}

static int open_live(struct top *t)
{
	struct collect_config config = { 0 };
	struct collect_error e;
	struct cpulist watched;
	char why[512];

	host_read("", &t->facts);
	if (choose_cpus(t, &watched))
		return CMD_ERROR;
	config.watched = &watched;
	keep_off(&watched, &t->facts);
	if (collect_create(&config, &t->collect, &e) || collect_attach(t->collect, &e)) {
		snprintf(why, sizeof(why), "%s; %s", e.why, e.remedy);
		return fail(e.object, why);
	}
	/* all that is left to do is to read memory that is mapped */
	privilege_keep(0);
	collect_open_window(t->collect);
	t->source = collect_source(t->collect);
	t->start_ns = clock_ns();
	t->begin_ns = t->start_ns;
	return 0;
}

static int open_replay(struct top *t)
{
	int ret = trace_reader_open(t->o.replay, &t->reader);

	if (ret == -EPROTO)
		return fail(t->o.replay, "is no recording of qpwlat record");
	if (ret == -EPROTONOSUPPORT)
		return fail(t->o.replay, "is of a newer format; use a newer qpwtop");
	if (ret == -EBADMSG)
		return fail(t->o.replay, "has a damaged header; record it again");
	if (ret)
		return fail(t->o.replay, strerror(-ret));
	t->facts = *trace_reader_facts(t->reader);
	t->source = trace_reader_source(t->reader);
	return 0;
}

static int feed(struct top *t, const struct qpw_header *h)
{
	int ret = model_feed(t->model, h);

	return ret ? fail("model", ret == -EINVAL ? "a record makes no sense" : strerror(-ret)) : 0;
}

/* Everything that is there now. */
static int feed_live(struct top *t)
{
	const struct qpw_header *h;
	int ret = 0;

	for (int i = 0; i < RECORDS_AT_ONCE; i++) {
		ret = event_source_next(t->source, &h, 0);
		if (ret <= 0)
			break;
		if (feed(t, h))
			return CMD_ERROR;
	}
	return ret < 0 && ret != -EAGAIN ? fail("collector", strerror(-ret)) : 0;
}

/* The time line of a recording begins with its window, without one with its first interval. */
static void note_start(struct top *t, const struct qpw_header *h)
{
	if ((h->kind != QPW_META_WINDOW || h->end_ns) && (h->kind >= QPW_META_FIRST || t->start_ns))
		return;
	t->start_ns = h->start_ns;
	t->begin_ns = h->start_ns;
}

/* Records of the interval that begins at begin_ns. */
static int feed_replay(struct top *t)
{
	char why[256];
	int ret;

	while (!t->ended) {
		if (!t->pending) {
			ret = event_source_next(t->source, &t->pending, 0);
			if (ret == -ENODATA) {
				text_escape(trace_reader_problem(t->reader), why, sizeof(why));
				fail(t->o.replay, why);
				model_set_truncated(t->model);
			} else if (ret < 0) {
				return fail(t->o.replay, strerror(-ret));
			}
			t->ended = ret != 1;
			continue;
		}
		note_start(t, t->pending);
		if (t->start_ns && t->pending->kind < QPW_META_FIRST &&
		    t->pending->end_ns >= t->begin_ns + t->o.delay_ns)
			return 0;
		if (feed(t, t->pending))
			return CMD_ERROR;
		t->pending = NULL;
	}
	return 0;
}

/* ------------------------------------------------------------------ showing */

static void print_page(const struct top *t)
{
	if (t->nr_shown > 1)
		putchar('\n');
	for (unsigned int i = 0; i < t->page->nr_lines; i++)
		puts(t->page->lines[i].text);
	fflush(stdout);
}

/* A page of the terminal's size; its last row is left to the keys. */
static int fit_page(struct top *t)
{
	unsigned int columns = TOP_COLUMNS, rows = TOP_ROWS;

	if (t->on_screen) {
		screen_size(&columns, &rows);
		rows -= rows > 1;
	}
	if (t->page && t->page->rows == rows &&
	    t->page->columns == (columns < PAGE_COLUMNS_MAX ? columns : PAGE_COLUMNS_MAX))
		return 0;
	page_destroy(t->page);
	t->page = page_create(columns, rows);
	return t->page ? 0 : fail("page", strerror(ENOMEM));
}

static const char *state(const struct top *t)
{
	if (t->paused)
		return "paused";
	if (t->reader)
		return t->ended && !t->pending ? "replay, ended" : "replay";
	return "live";
}

/* Lay out what is known and show it. */
static int show(struct top *t)
{
	struct top_about about = { .facts = &t->facts,
				   .view_ns = t->begin_ns - t->start_ns,
				   .state = state(t) };
	struct top_rates rates;

	if (fit_page(t))
		return CMD_ERROR;
	if (t->help) {
		top_help(t->page);
	} else if (t->now) {
		if (top_rates_init(&rates, t->before, t->now, t->span_ns))
			return fail("view", strerror(ENOMEM));
		top_page(t->page, &about, &rates, t->now);
		top_rates_finish(&rates);
	}
	if (t->on_screen)
		screen_show(t->page);
	else
		print_page(t);
	return 0;
}

/* The running interval is over: it becomes what is shown, and the next one begins. */
static int end_interval(struct top *t, uint64_t end_ns)
{
	struct snapshot *s = model_snapshot(t->model);

	if (!s)
		return fail("model", strerror(ENOMEM));
	snapshot_destroy(t->before);
	t->before = t->now;
	t->now = s;
	t->span_ns = end_ns - t->begin_ns;
	t->begin_ns = end_ns;
	t->nr_shown++;
	return show(t);
}

/* ------------------------------------------------------------------ the loop */

static int take_keys(struct top *t)
{
	enum screen_key key;

	while (t->on_screen && (key = screen_key()) != SCREEN_NONE) {
		if (key == SCREEN_QUIT)
			stopping = 1;
		if (key == SCREEN_PAUSE)
			t->paused = !t->paused;
		if (key == SCREEN_HELP)
			t->help = !t->help;
		if (show(t))
			return CMD_ERROR;
	}
	return 0;
}

/* Keys and, live, records until deadline_ns of the clock; as long as the view is paused too. */
static int wait_until(struct top *t, uint64_t deadline_ns)
{
	struct pollfd keys = { .fd = t->on_screen ? STDIN_FILENO : -1, .events = POLLIN };

	while (!stopping) {
		uint64_t now = clock_ns();
		uint64_t left_ms = now < deadline_ns ? (deadline_ns - now) / 1000000 + 1 : 0;

		if (t->collect && feed_live(t))
			return CMD_ERROR;
		if (!left_ms && !t->paused)
			break;
		if (t->paused || left_ms > POLL_MS)
			left_ms = POLL_MS;
		if (poll(&keys, 1, (int)left_ms) > 0 && (keys.revents & ~POLLIN))
			stopping = 1; /* the terminal is gone */
		if (take_keys(t))
			return CMD_ERROR;
	}
	return 0;
}

static bool want_more(const struct top *t)
{
	return !stopping && (!t->o.iterations || t->nr_shown < t->o.iterations);
}

static int run_live(struct top *t)
{
	while (want_more(t)) {
		if (wait_until(t, t->begin_ns + t->o.delay_ns))
			return CMD_ERROR;
		if (!stopping && end_interval(t, clock_ns()))
			return CMD_ERROR;
	}
	return 0;
}

/* Where the running interval ends: after the delay, or with the recording. */
static int replay_end(struct top *t, uint64_t *end_ns)
{
	struct snapshot *s;

	*end_ns = t->begin_ns + t->o.delay_ns;
	if (!t->ended)
		return 0;
	s = model_snapshot(t->model);
	if (!s)
		return fail("model", strerror(ENOMEM));
	if (s->window_end_ns < *end_ns)
		*end_ns = s->window_end_ns > t->begin_ns ? s->window_end_ns : t->begin_ns;
	snapshot_destroy(s);
	return 0;
}

static int run_replay(struct top *t)
{
	uint64_t end_ns;

	while (want_more(t) && !t->ended) {
		if (feed_replay(t) || replay_end(t, &end_ns))
			return CMD_ERROR;
		if (t->ended && t->now && end_ns == t->begin_ns)
			break;
		if (end_interval(t, end_ns) ||
		    (t->on_screen && wait_until(t, clock_ns() + t->o.delay_ns)))
			return CMD_ERROR;
	}
	if (!t->on_screen || !want_more(t))
		return 0;
	/* The last look stays. */
	return show(t) || wait_until(t, UINT64_MAX) ? CMD_ERROR : CMD_OK;
}

static int run(struct top *t)
{
	const struct model_config config = { 0 };
	int ret = t->o.replay ? open_replay(t) : open_live(t);

	if (ret)
		return ret;
	t->model = model_create(&config);
	if (!t->model)
		return fail("model", strerror(ENOMEM));
	t->on_screen = !t->o.batch && !screen_open();
	return t->reader ? run_replay(t) : run_live(t);
}

static void finish(struct top *t)
{
	screen_close();
	page_destroy(t->page);
	snapshot_destroy(t->before);
	snapshot_destroy(t->now);
	model_destroy(t->model);
	trace_reader_close(t->reader);
	collect_destroy(t->collect);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct top t = { 0 };
	int ret = parse_options(argc, argv, &t.o);

	if (ret)
		return ret < 0 ? CMD_OK : ret;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	ret = run(&t);
	finish(&t);
	return ret;
}
