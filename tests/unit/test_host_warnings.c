// SPDX-License-Identifier: GPL-2.0-only
/*
 * What spoils a measurement, found in trees of files made here: each finding alone, and gone when
 * the one thing that it is about is right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/warnings.h"
#include "util/array.h"

#define SET(field, text) snprintf(field, sizeof(field), "%s", text)

static char root[32];

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/qpw-warnings-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A file and the directories above it; one whose name ends with '/' is a directory. */
static void put(const char *path, const char *text)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	if (full[strlen(full) - 1] == '/')
		return;
	f = fopen(full, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* A machine with nothing to complain of, whose CPU 1 is watched. */
static struct host_facts quiet_facts(void)
{
	struct host_facts facts = {
		.machine = "x86_64", .online = "0-3", .isolated = "1", .clocksource = "tsc"
	};

	return facts;
}

static void find(const char *watched, bool busy, bool idle, struct host_facts *facts)
{
	struct cpulist cpus;
	struct host_situation s = { .watched = &cpus, .busy = busy, .idle = idle };

	assert_int_equal(cpulist_parse(watched, &cpus), 0);
	host_find_warnings(root, &s, facts);
}

static void assert_none(const struct host_facts *facts)
{
	if (facts->nr_warnings)
		fail_msg("%s: %s", facts->warnings[0].code, facts->warnings[0].text);
}

static void assert_only(const struct host_facts *facts, const char *code, const char *text)
{
	assert_int_equal(facts->nr_warnings, 1);
	assert_string_equal(facts->warnings[0].code, code);
	assert_string_equal(facts->warnings[0].text, text);
	assert_true(facts->warnings[0].remedy[0]);
}

struct file {
	const char *path, *text;
};

/* The first file is the one that is set right in the end. */
static const struct scene {
	const char *code, *text;
	struct file files[5];
	const char *right;
} scenes[] = {
	{ "clocksource",
	  "the clock is tsc; the kernel does not trust the TSC",
	  { { "/sys/devices/system/clocksource/clocksource0/available_clocksource",
	      "hpet acpi_pm tsc-early" } },
	  "tsc hpet acpi_pm" },
	{ "smt",
	  "CPU 1 shares its core with CPU 3, which is not watched and slows it down",
	  { { "/sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,3" } },
	  "1" },
	{ "frequency",
	  "the frequency of CPU 1 changes with its load (governor schedutil)",
	  { { "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "schedutil" },
	    { "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave" } },
	  "performance" },
	{ "rt-limit",
	  "real-time tasks have 950000 of 1000000 us: a busy one loses its CPU for the rest if "
	  "others want it",
	  { { "/proc/sys/kernel/sched_rt_runtime_us", "950000" },
	    { "/proc/sys/kernel/sched_rt_period_us", "1000000" } },
	  "-1" },
	{ "stalld",
	  "stalld runs (pid 812): it lends the CPU to tasks that it finds starved",
	  { { "/proc/812/comm", "stalld" }, { "/proc/1/comm", "systemd" } },
	  "stalld-not" },
	{ "interrupts",
	  "2 interrupt lines lead to the watched CPUs: 9 24",
	  { { "/proc/irq/24/effective_affinity_list", "0-1" },
	    { "/proc/irq/24/eth0/", "" },
	    { "/proc/irq/9/effective_affinity_list", "1" },
	    { "/proc/irq/9/acpi/", "" },
	    /* nobody has asked for that one */
	    { "/proc/irq/10/effective_affinity_list", "1" } },
	  NULL },
	{ "tuned",
	  "tuned's profile is balanced: it is not made for isolated CPUs",
	  { { "/etc/tuned/active_profile", "balanced" }, { "/proc/700/comm", "tuned" } },
	  "realtime-virtual-host" },
	{ "tracer",
	  "ftrace is on: function",
	  { { "/sys/kernel/tracing/current_tracer", "function" },
	    { "/sys/kernel/tracing/tracing_on", "1" } },
	  "nop" },
	{ "tracer",
	  "ftrace is on in instance rtla: events",
	  { { "/sys/kernel/tracing/instances/rtla/set_event", "sched:sched_switch" },
	    { "/sys/kernel/tracing/instances/idle/set_event", "" },
	    { "/sys/kernel/tracing/current_tracer", "nop" },
	    { "/sys/kernel/tracing/instances/off/set_event", "irq:irq_handler_entry" },
	    { "/sys/kernel/tracing/instances/off/tracing_on", "0" } },
	  "" },
	{ "bpf-stats",
	  "kernel.bpf_stats_enabled is on: each BPF program, ours too, takes longer",
	  { { "/proc/sys/kernel/bpf_stats_enabled", "1" } },
	  "0" },
	{ "watchdog",
	  "the lockup watchdog disturbs CPU 1: a timer and a thread, and an NMI, every few seconds",
	  { { "/proc/sys/kernel/watchdog_cpumask", "0-3" },
	    { "/proc/sys/kernel/watchdog", "1" },
	    { "/proc/sys/kernel/nmi_watchdog", "1" } },
	  "0,2-3" },
};

static void test_scenes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		const struct scene *s = &scenes[i];
		struct host_facts facts = quiet_facts();

		assert_int_equal(make_root(state), 0);
		find("1", true, true, &facts);
		assert_none(&facts);
		for (size_t j = 0; j < ARRAY_SIZE(s->files) && s->files[j].path; j++)
			put(s->files[j].path, s->files[j].text);
		find("1", true, true, &facts);
		assert_only(&facts, s->code, s->text);
		if (s->right) {
			put(s->files[0].path, s->right);
			find("1", true, true, &facts);
			assert_none(&facts);
		}
		assert_int_equal(remove_root(state), 0);
	}
}

/* What is known without a file. */
static void test_facts(void **state)
{
	struct host_facts facts = quiet_facts();

	(void)state;
	SET(facts.hypervisor, "xen");
	find("1", false, false, &facts);
	assert_only(&facts, "virtual",
		    "this is a virtual machine: its host takes CPUs away from it, which only shows "
		    "as time that nothing explains");
	facts = quiet_facts();
	SET(facts.clocksource, "hpet");
	find("1", false, false, &facts);
	assert_only(&facts, "clocksource", "the clock is hpet, which is slow to read");
	facts = quiet_facts();
	find("1-3", false, false, &facts);
	assert_only(&facts, "not-isolated",
		    "CPUs 2-3 are not isolated: ordinary tasks run there, too");
	find("1-2", false, false, &facts);
	assert_only(&facts, "not-isolated", "CPU 2 is not isolated: ordinary tasks run there, too");
	SET(facts.nohz_full, "2-3");
	find("1-3", false, false, &facts);
	assert_none(&facts);
	SET(facts.online, "1-3");
	find("1-3", false, false, &facts);
	assert_only(&facts, "all-watched",
		    "all online CPUs are watched: the recorder and the command run on them, too, "
		    "and show in the recording");
}

/* A limit on busy tasks is nothing to one that sleeps. */
static void test_realtime_limit(void **state)
{
	struct host_facts facts = quiet_facts();

	(void)state;
	put("/proc/sys/kernel/sched_rt_runtime_us", "950000");
	put("/proc/sys/kernel/sched_rt_period_us", "1000000");
	find("1", false, true, &facts);
	assert_none(&facts);
}

/* It keeps interrupts off isolated CPUs by itself. */
static void test_irqbalance(void **state)
{
	struct host_facts facts = quiet_facts();

	(void)state;
	put("/proc/99/comm", "irqbalance");
	find("1", false, false, &facts);
	assert_none(&facts);
	find("2", false, false, &facts);
	assert_int_equal(facts.nr_warnings, 2);
	assert_string_equal(facts.warnings[1].code, "irqbalance");
	assert_string_equal(facts.warnings[1].text,
			    "irqbalance runs (pid 99): it may send interrupts to the watched CPUs");
}

static void test_tuned(void **state)
{
	struct host_facts facts = quiet_facts();

	(void)state;
	put("/etc/tuned/active_profile", "cpu-partitioning");
	find("1", false, false, &facts);
	assert_none(&facts);
	put("/proc/700/comm", "tuned");
	find("1-2", false, false, &facts);
	assert_int_equal(facts.nr_warnings, 2);
	assert_string_equal(
		facts.warnings[1].text,
		"tuned's profile cpu-partitioning isolates CPUs, but not all that are watched");
	/* a profile that was left behind by one that does not run is none */
	put("/proc/700/comm", "bash");
	put("/etc/tuned/active_profile", "balanced");
	find("1", false, false, &facts);
	assert_none(&facts);
}

/* Deep states matter where nothing keeps the CPU out of them. */
static void test_idle_states(void **state)
{
	static const char dir[] = "/sys/devices/system/cpu/cpu1/cpuidle";
	struct host_facts facts = quiet_facts();
	char path[128];

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "POLL", "C1", "C6" };
		static const char *const latencies[] = { "0", "2", "133" };

		snprintf(path, sizeof(path), "%s/state%d/name", dir, i);
		put(path, names[i]);
		snprintf(path, sizeof(path), "%s/state%d/latency", dir, i);
		put(path, latencies[i]);
		snprintf(path, sizeof(path), "%s/state%d/disable", dir, i);
		put(path, "0");
	}
	find("1", false, true, &facts);
	assert_only(&facts, "idle-states",
		    "CPU 1 may enter the idle state C6, which it takes 133 us to leave");
	find("1", false, false, &facts);
	assert_none(&facts);
	SET(facts.cmdline, "quiet idle=poll");
	find("1", false, true, &facts);
	assert_none(&facts);
	SET(facts.cmdline, "");
	/* somebody asks for 5 us */
	put("/dev/cpu_dma_latency", "\x05");
	snprintf(path, sizeof(path), "%s/dev/cpu_dma_latency", root);
	assert_int_equal(truncate(path, 4), 0);
	find("1", false, true, &facts);
	assert_none(&facts);
	assert_int_equal(remove(path), 0);
	snprintf(path, sizeof(path), "%s/state2/disable", dir);
	put(path, "1");
	find("1", false, true, &facts);
	assert_none(&facts);
}

/* More lines than a message takes: their number is told, and the first ones. */
static void test_many_interrupts(void **state)
{
	struct host_facts facts = quiet_facts();
	char path[128];

	(void)state;
	for (int i = 100; i < 200; i++) {
		snprintf(path, sizeof(path), "/proc/irq/%d/effective_affinity_list", i);
		put(path, "1");
		snprintf(path, sizeof(path), "/proc/irq/%d/nvme/", i);
		put(path, "");
	}
	find("1", false, false, &facts);
	assert_only(&facts, "interrupts",
		    "100 interrupt lines lead to the watched CPUs: 100 101 102 103 104 105 106 107 "
		    "108 109 110 111 112 113 114 115 116 117 118 119 ...");
}

static void put_link(const char *path, const char *target)
{
	char full[512];

	put(path, "");
	snprintf(full, sizeof(full), "%s%s", root, path);
	assert_int_equal(unlink(full), 0);
	assert_int_equal(symlink(target, full), 0);
}

/* What other processes hold open: perf events, and links of programs to events and nothing else. */
static void test_tracing_processes(void **state)
{
	struct host_facts facts = quiet_facts();

	(void)state;
	put("/proc/1/comm", "systemd");
	put_link("/proc/1/fd/5", "anon_inode:bpf-prog");
	put_link("/proc/1/fd/6", "anon_inode:bpf_link");
	put("/proc/1/fdinfo/6", "pos:\t0\nlink_type:\tcgroup\nlink_id:\t3\n");
	put_link("/proc/1/fd/7", "anon_inode:bpf_link");
	put("/proc/1/fdinfo/7", "link_type:\ttracing\nlink_id:\t4\nattach_type:\t27\n");
	put_link("/proc/1/fd/8", "/dev/null");
	find("1", false, false, &facts);
	assert_none(&facts);
	put("/proc/70/comm", "perf");
	put_link("/proc/70/fd/3", "anon_inode:[perf_event]");
	find("1", false, false, &facts);
	assert_only(&facts, "tracing-process",
		    "perf (pid 70) traces, too: each event takes longer");
	put("/proc/600/comm", "bpftrace");
	put_link("/proc/600/fd/9", "anon_inode:bpf_link");
	put("/proc/600/fdinfo/9", "pos:\t0\nlink_type:\traw_tracepoint\nlink_id:\t8\n");
	find("1", false, false, &facts);
	assert_only(&facts, "tracing-process",
		    "perf (pid 70) and 1 more trace, too: each event takes longer");
}

int main(void)
{
#define WITH_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes),	   WITH_ROOT(test_facts),
		WITH_ROOT(test_tracing_processes), WITH_ROOT(test_realtime_limit),
		WITH_ROOT(test_irqbalance),	   WITH_ROOT(test_tuned),
		WITH_ROOT(test_idle_states),	   WITH_ROOT(test_many_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
