// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn: makes the kernel drain the per-CPU caches of isolated CPUs, family by family, again and
 * again, and counts what it triggered. This file: options and the loop.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "family.h"
#include "file.h"
#include "triggers.h"
#include "util/clock.h"
#include "util/cpulist.h"
#include "util/duration.h"

#define NR_FAMILIES_MAX 16
#define WRITE_EVERY_NS 1000000000ULL
#define EXIT_USAGE 129

struct options {
	struct cpulist isolated;
	struct cpulist housekeeping;
	const char *isolated_text;
	const char *housekeeping_text;
	const char *output;
	const char *families; /* NULL = all */
	const char *trigger;  /* NULL = all that the families have */
	uint64_t rounds;      /* 0 = no end */
	uint64_t duration_ns; /* 0 = no end */
	uint64_t interval_ns;
};

/* One isolated CPU. */
struct target {
	struct filler filler;
	struct filler in_cgroup; /* pid 0 = none */
};

struct churn {
	struct target *targets;
	size_t nr_targets;
	size_t turn; /* the target of the next round */
	struct family_count counts[NR_FAMILIES_MAX];
	size_t nr_counts;
	struct cgroup cgroup;
	struct filler partner; /* in the cgroup, on a housekeeping CPU; pid 0 = none */
	struct scene scene;
	uint64_t start_ns;
	uint64_t written_ns;
	uint64_t rounds;
};

static volatile sig_atomic_t stopping;

static void on_signal(int signo)
{
	(void)signo;
	stopping = 1;
}

static void print_usage(FILE *f)
{
	fputs("usage: churn --isolated LIST [options]\n\n"
	      "Fills the per-CPU caches of the isolated CPUs and makes the kernel drain them from a\n"
	      "housekeeping CPU, until SIGINT or SIGTERM. Needs root.\n\n"
	      "  --isolated LIST      CPUs to fill and drain, e.g. 1 or 2-3\n"
	      "  --housekeeping LIST  CPUs to trigger from (default: the other CPUs)\n"
	      "  --output FILE        write the counts there as JSON, every second and at the end\n"
	      "                       (default -, once, at the end)\n"
	      "  --rounds N           end after N rounds; a round is every family once, on the next\n"
	      "                       isolated CPU\n"
	      "  --duration TIME      end after TIME (20, 500ms, 2m)\n"
	      "  --interval MS        start a round every MS milliseconds (default 150)\n"
	      "  --families A,B       only these\n"
	      "  --trigger NAME       only this one of their triggers\n"
	      "  --list               show the families and end\n"
	      "  -h, --help           this text\n\n"
	      "example: churn --isolated 1 --housekeeping 0 --duration 10 --output triggers.json\n",
	      f);
}

static void print_families(void)
{
	for (size_t i = 0; i < nr_families; i++) {
		const struct family *f = &families[i];

		printf("%-15s %s:", f->name, f->fills);
		for (size_t t = 0; t < FAMILY_TRIGGERS && f->triggers[t].name; t++)
			printf("%s %s", t ? "," : "", f->triggers[t].name);
		putchar('\n');
	}
}

static int fail(const char *what, const char *object, const char *why)
{
	fprintf(stderr, "churn: %s: %s: %s\n", what, object, why);
	return 1;
}

static int wrong_option(const char *option, const char *value)
{
	fprintf(stderr, "churn: --%s: '%s' is not valid; try --help\n", option, value);
	return EXIT_USAGE;
}

/* ------------------------------------------------------------------ options */

enum {
	OPT_ISOLATED = 1,
	OPT_HOUSEKEEPING,
	OPT_OUTPUT,
	OPT_ROUNDS,
	OPT_DURATION,
	OPT_INTERVAL,
	OPT_FAMILIES,
	OPT_TRIGGER,
	OPT_LIST,
	OPT_HELP = 'h'
};

static const struct option long_options[] = {
	{ "isolated", required_argument, NULL, OPT_ISOLATED },
	{ "housekeeping", required_argument, NULL, OPT_HOUSEKEEPING },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "rounds", required_argument, NULL, OPT_ROUNDS },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "interval", required_argument, NULL, OPT_INTERVAL },
	{ "families", required_argument, NULL, OPT_FAMILIES },
	{ "trigger", required_argument, NULL, OPT_TRIGGER },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int parse_count(const char *text, uint64_t max, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return *text < '0' || *text > '9' || *end || errno || *out > max ? -EINVAL : 0;
}

static int take_option(struct options *o, int opt, const char *arg)
{
	uint64_t ms;

	switch (opt) {
	case OPT_ISOLATED:
		o->isolated_text = arg;
		return cpulist_parse(arg, &o->isolated);
	case OPT_HOUSEKEEPING:
		o->housekeeping_text = arg;
		return cpulist_parse(arg, &o->housekeeping);
	case OPT_OUTPUT:
		o->output = arg;
		return 0;
	case OPT_ROUNDS:
		return parse_count(arg, UINT64_MAX, &o->rounds);
	case OPT_DURATION:
		return duration_parse(arg, &o->duration_ns);
	case OPT_INTERVAL:
		if (parse_count(arg, 3600 * 1000, &ms))
			return -EINVAL;
		o->interval_ns = ms * 1000000;
		return 0;
	case OPT_TRIGGER:
		o->trigger = arg;
		return 0;
	default:
		o->families = arg;
		return 0;
	}
}

/* The CPUs that are online and not isolated, unless they were given. */
static int default_housekeeping(struct options *o)
{
	static char text[4096];

	if (o->housekeeping_text)
		return 0;
	if (file_read("/sys/devices/system/cpu/online", text, sizeof(text)) ||
	    cpulist_parse(text, &o->housekeeping))
		return -ENOENT;
	cpulist_andnot(&o->housekeeping, &o->isolated);
	o->housekeeping_text = text;
	return cpulist_format(&o->housekeeping, text, sizeof(text)) < 0 ? -ENOSPC : 0;
}

/* 0 to go on, an exit code + 1 otherwise. */
static int parse_options(int argc, char **argv, struct options *o)
{
	int opt, index;

	*o = (struct options){ .output = "-", .interval_ns = 150 * 1000000 };
	while ((opt = getopt_long(argc, argv, "h", long_options, &index)) != -1) {
		if (opt == OPT_HELP)
			return print_usage(stdout), 1;
		if (opt == OPT_LIST)
			return print_families(), 1;
		if (opt == '?')
			return fputs("churn: try --help\n", stderr), EXIT_USAGE + 1;
		if (take_option(o, opt, optarg))
			return wrong_option(long_options[index].name, optarg) + 1;
	}
	if (optind < argc)
		return wrong_option("", argv[optind]) + 1;
	if (!cpulist_count(&o->isolated)) {
		fputs("churn: no CPU to drain: give --isolated LIST; try --help\n", stderr);
		return EXIT_USAGE + 1;
	}
	if (default_housekeeping(o) || !cpulist_count(&o->housekeeping)) {
		fputs("churn: no CPU to trigger from: give --housekeeping LIST; try --help\n",
		      stderr);
		return EXIT_USAGE + 1;
	}
	return 0;
}

/* ------------------------------------------------------------------ set up, tear down */

static int choose_families(struct churn *c, const char *names)
{
	if (!names) {
		for (size_t i = 0; i < nr_families; i++)
			c->counts[c->nr_counts++].family = &families[i];
		return 0;
	}
	while (*names) {
		size_t len = strcspn(names, ",");
		const struct family *f = family_find(names, len);

		if (!f || c->nr_counts == NR_FAMILIES_MAX)
			return -EINVAL;
		c->counts[c->nr_counts++].family = f;
		names += len + (names[len] == ',');
	}
	return c->nr_counts ? 0 : -EINVAL;
}

/* Families without a trigger of that name are skipped. Returns whether any has it. */
static bool choose_trigger(struct churn *c, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < c->nr_counts; i++) {
		struct family_count *count = &c->counts[i];

		if (family_choose_trigger(count, name))
			found = true;
		else
			snprintf(count->skipped, sizeof(count->skipped), "has no such trigger");
	}
	return found;
}

static int pin(const struct cpulist *cpus)
{
	cpu_set_t *set = CPU_ALLOC(CPULIST_MAX);
	size_t size = CPU_ALLOC_SIZE(CPULIST_MAX);
	int cpu, ret;

	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	cpulist_for_each(cpus, cpu)
		CPU_SET_S(cpu, size, set);
	ret = sched_setaffinity(0, size, set) ? -errno : 0;
	CPU_FREE(set);
	return ret;
}

static unsigned int memory_node(void)
{
	struct cpulist nodes;
	char text[256];
	int node = -1;

	if (!file_read("/sys/devices/system/node/has_memory", text, sizeof(text)) &&
	    !cpulist_parse(text, &nodes))
		node = cpulist_next(&nodes, -1);
	return node < 0 || node > 62 ? 0 : (unsigned int)node;
}

static int start_in_cgroup(const struct churn *c, struct filler *f, unsigned int cpu)
{
	int ret = filler_start(f, cpu);

	return ret ? ret : cgroup_add(&c->cgroup, f->pid);
}

/*
 * A cgroup, and a filler in it on every isolated CPU and on a housekeeping CPU; or the family is
 * skipped, with the reason.
 */
static void set_up_memcg(struct churn *c, struct family_count *count, unsigned int housekeeping)
{
	int ret = cgroup_create(&c->cgroup, count->skipped, sizeof(count->skipped));

	if (ret)
		return;
	ret = start_in_cgroup(c, &c->partner, housekeeping);
	for (size_t i = 0; !ret && i < c->nr_targets; i++) {
		struct target *t = &c->targets[i];

		ret = start_in_cgroup(c, &t->in_cgroup, t->filler.cpu);
	}
	if (ret)
		snprintf(count->skipped, sizeof(count->skipped), "enter the cgroup: %s",
			 strerror(-ret));
}

static int set_up(struct churn *c, const struct options *o)
{
	char name[16];
	int cpu, ret;

	ret = pin(&o->housekeeping);
	if (ret)
		return fail("run on housekeeping CPUs", o->housekeeping_text, strerror(-ret));
	/* It shares the housekeeping CPUs with load, and needs little of them but soon. */
	setpriority(PRIO_PROCESS, 0, -10);
	c->targets = calloc(cpulist_count(&o->isolated), sizeof(*c->targets));
	c->scene.page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!c->targets || c->scene.page == MAP_FAILED)
		return fail("start", "memory", strerror(ENOMEM));
	cpulist_for_each(&o->isolated, cpu) {
		ret = filler_start(&c->targets[c->nr_targets].filler, (unsigned int)cpu);
		if (ret) {
			snprintf(name, sizeof(name), "%d", cpu);
			return fail("fill the caches of CPU", name,
				    ret == -EINVAL ? "no process may run there; is it online?" :
						     strerror(-ret));
		}
		c->nr_targets++;
	}
	c->scene.node = memory_node();
	c->scene.cgroup = &c->cgroup;
	c->scene.partner = &c->partner;
	for (size_t i = 0; i < c->nr_counts; i++) {
		if (c->counts[i].family->in_cgroup)
			set_up_memcg(c, &c->counts[i],
				     (unsigned int)cpulist_next(&o->housekeeping, -1));
	}
	return 0;
}

static int tear_down(struct churn *c)
{
	char dir[CGROUP_PATH];
	int ret;

	for (size_t i = 0; i < c->nr_targets; i++) {
		filler_stop(&c->targets[i].filler);
		filler_stop(&c->targets[i].in_cgroup);
	}
	filler_stop(&c->partner);
	free(c->targets);
	memcpy(dir, c->cgroup.dir, sizeof(dir));
	ret = cgroup_remove(&c->cgroup);
	return ret ? fail("remove the cgroup", dir, strerror(-ret)) : 0;
}

/* ------------------------------------------------------------------ the loop */

static int write_counts(const struct churn *c, const struct options *o)
{
	const struct triggers t = { .isolated = o->isolated_text,
				    .housekeeping = o->housekeeping_text,
				    .rounds = c->rounds,
				    .elapsed_ns = clock_now_ns() - c->start_ns,
				    .counts = c->counts,
				    .nr_counts = c->nr_counts };
	int ret = triggers_write(o->output, &t);

	return ret ? fail("write", o->output, strerror(-ret)) : 0;
}

/* A filler that died (say, by the OOM killer) or that hangs is replaced. */
static void revive(struct churn *c, struct filler *f, bool in_cgroup)
{
	unsigned int cpu = f->cpu;

	filler_stop(f);
	if (in_cgroup)
		start_in_cgroup(c, f, cpu);
	else
		filler_start(f, cpu);
}

static void run_round(struct churn *c)
{
	struct target *t = &c->targets[c->turn];

	for (size_t i = 0; i < c->nr_counts && !stopping; i++) {
		struct family_count *count = &c->counts[i];
		uint64_t failed = count->failed;

		if (count->skipped[0])
			continue;
		c->scene.filler = count->family->in_cgroup ? &t->in_cgroup : &t->filler;
		if (family_run(count, &c->scene) == -EINTR)
			return;
		if (count->failed == failed)
			continue;
		revive(c, c->scene.filler, count->family->in_cgroup);
		if (count->family->in_cgroup)
			revive(c, &c->partner, true);
	}
	c->rounds++;
	if (++c->turn >= c->nr_targets)
		c->turn = 0;
}

static bool ended(const struct churn *c, const struct options *o, uint64_t now)
{
	return stopping || (o->rounds && c->rounds >= o->rounds) ||
	       (o->duration_ns && now - c->start_ns >= o->duration_ns);
}

static int loop(struct churn *c, const struct options *o)
{
	uint64_t next, now = c->start_ns;

	while (!ended(c, o, now)) {
		next = now + o->interval_ns;
		run_round(c);
		now = clock_now_ns();
		if (now - c->written_ns >= WRITE_EVERY_NS && strcmp(o->output, "-") != 0) {
			c->written_ns = now;
			if (write_counts(c, o))
				return 1;
		}
		if (now < next && !ended(c, o, now)) {
			const struct timespec t = { .tv_sec = (time_t)(next / 1000000000),
						    .tv_nsec = (long)(next % 1000000000) };

			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
			now = clock_now_ns();
		}
	}
	return write_counts(c, o);
}

static int check_counts(const struct churn *c)
{
	for (size_t i = 0; i < c->nr_counts; i++) {
		if (c->counts[i].count)
			return 0;
	}
	return c->rounds ? fail("trigger", "all families", "none could run; see the output") : 0;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct churn c = { .start_ns = clock_now_ns() };
	struct options o;
	int ret = parse_options(argc, argv, &o);

	if (ret)
		return ret - 1;
	if (choose_families(&c, o.families))
		return wrong_option("families", o.families);
	if (o.trigger && !choose_trigger(&c, o.trigger))
		return wrong_option("trigger", o.trigger);
	if (geteuid())
		return fail("start", "kernel drain files", "only root may; run it as root");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	ret = set_up(&c, &o);
	if (!ret) {
		c.start_ns = clock_now_ns();
		ret = loop(&c, &o);
	}
	if (!ret)
		ret = check_counts(&c);
	return tear_down(&c) || ret;
}
