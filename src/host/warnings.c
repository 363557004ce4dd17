// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules. Each looks at the machine and says in m->text what it finds. A file that can't be read
 * is no finding.
 */
#include "host/warnings.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "host/files.h"
#include "host/tracers.h"
#include "util/array.h"

#define CPU_DIR "/sys/devices/system/cpu/cpu"

/* Below that, leaving an idle state is lost in what an interrupt takes anyway. */
#define DEEP_US 10

struct machine {
	const char *root;
	const struct host_facts *facts;
	const struct host_situation *s;
	struct cpulist isolated; /* in any way */
	char text[HOST_TEXT];
};

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += len)
		if ((p == text || p[-1] == ' ') && (!p[len] || p[len] == ' '))
			return true;
	return false;
}

/* "1-3", or as much of a long list as a message takes. */
static const char *cpus_text(const struct cpulist *cpus, char *buf, size_t size)
{
	if (cpulist_format(cpus, buf, size) < 0)
		snprintf(buf, size, "%d and more", cpulist_next(cpus, -1));
	return buf;
}

static struct cpulist unisolated(const struct machine *m)
{
	struct cpulist cpus = *m->s->watched;

	cpulist_andnot(&cpus, &m->isolated);
	return cpus;
}

static bool is_virtual(struct machine *m)
{
	if (!m->facts->hypervisor[0])
		return false;
	snprintf(m->text, sizeof(m->text),
		 "this is a virtual machine: its host takes CPUs away from it, which only shows as "
		 "time that nothing explains");
	return true;
}

static bool has_bad_clock(struct machine *m)
{
	static const char *const slow[] = { "hpet", "acpi_pm", "pit", "jiffies",
					    "refined-jiffies" };
	char available[HOST_TEXT];
	bool is_slow = false, unstable;

	for (size_t i = 0; i < ARRAY_SIZE(slow); i++)
		is_slow |= !strcmp(m->facts->clocksource, slow[i]);
	host_read_line(m->root,
		       "/sys/devices/system/clocksource/clocksource0/available_clocksource",
		       available, sizeof(available));
	/* a clock that was found unstable is offered no more */
	unstable = !strncmp(m->facts->machine, "x86", 3) && available[0] &&
		   !has_word(available, "tsc");
	if (!is_slow && !unstable)
		return false;
	snprintf(m->text, sizeof(m->text), "the clock is %.60s%s%s", m->facts->clocksource,
		 is_slow ? ", which is slow to read" : "",
		 unstable ? "; the kernel does not trust the TSC" : "");
	return true;
}

static bool is_not_isolated(struct machine *m)
{
	struct cpulist cpus = unisolated(m);
	char list[128];

	if (!cpulist_count(&cpus))
		return false;
	snprintf(m->text, sizeof(m->text),
		 cpulist_count(&cpus) > 1 ?
			 "CPUs %s are not isolated: ordinary tasks run there, too" :
			 "CPU %s is not isolated: ordinary tasks run there, too",
		 cpus_text(&cpus, list, sizeof(list)));
	return true;
}

static bool is_all_watched(struct machine *m)
{
	struct cpulist rest;

	if (cpulist_parse(m->facts->online, &rest) || !cpulist_count(&rest))
		return false;
	cpulist_andnot(&rest, m->s->watched);
	if (cpulist_count(&rest))
		return false;
	snprintf(m->text, sizeof(m->text),
		 "all online CPUs are watched: the recorder and the command run on them, too, and "
		 "show in the recording");
	return true;
}

static bool shares_cores(struct machine *m)
{
	struct cpulist sharing = { 0 }, others = { 0 }, siblings;
	char path[128], list[64], other_list[64];

	for (int cpu = -1; (cpu = cpulist_next(m->s->watched, cpu)) >= 0;) {
		snprintf(path, sizeof(path), CPU_DIR "%d/topology/thread_siblings_list", cpu);
		if (!host_read_cpus(m->root, path, &siblings))
			continue;
		cpulist_andnot(&siblings, m->s->watched);
		if (!cpulist_count(&siblings))
			continue;
		cpulist_set(&sharing, (unsigned int)cpu);
		cpulist_or(&others, &siblings);
	}
	if (!cpulist_count(&sharing))
		return false;
	snprintf(m->text, sizeof(m->text),
		 "CPU %s shares its core with CPU %s, which is not watched and slows it down",
		 cpus_text(&sharing, list, sizeof(list)),
		 cpus_text(&others, other_list, sizeof(other_list)));
	return true;
}

static bool changes_frequency(struct machine *m)
{
	char path[128], governor[32], first[32] = "", list[128];
	struct cpulist cpus = { 0 };

	for (int cpu = -1; (cpu = cpulist_next(m->s->watched, cpu)) >= 0;) {
		snprintf(path, sizeof(path), CPU_DIR "%d/cpufreq/scaling_governor", cpu);
		host_read_line(m->root, path, governor, sizeof(governor));
		if (!governor[0] || !strcmp(governor, "performance"))
			continue;
		cpulist_set(&cpus, (unsigned int)cpu);
		if (!first[0])
			memcpy(first, governor, sizeof(first));
	}
	if (!first[0])
		return false;
	snprintf(m->text, sizeof(m->text),
		 "the frequency of CPU %s changes with its load (governor %s)",
		 cpus_text(&cpus, list, sizeof(list)), first);
	return true;
}

static bool state_number(const struct machine *m, int cpu, int state, const char *file,
			 long long *number)
{
	char path[128];

	snprintf(path, sizeof(path), CPU_DIR "%d/cpuidle/state%d/%s", cpu, state, file);
	return host_read_number(m->root, path, number);
}

/* How long this CPU needs to leave the deepest of the states that it may enter, and its name. */
static long long deepest_us(const struct machine *m, int cpu, char *name, size_t size)
{
	long long us, disabled, most_us = 0;
	char path[128];

	for (int state = 0; state_number(m, cpu, state, "latency", &us); state++) {
		if (us <= most_us ||
		    (state_number(m, cpu, state, "disable", &disabled) && disabled))
			continue;
		most_us = us;
		snprintf(path, sizeof(path), CPU_DIR "%d/cpuidle/state%d/name", cpu, state);
		host_read_line(m->root, path, name, size);
	}
	return most_us;
}

/* What is asked for by all who hold /dev/cpu_dma_latency open, microseconds. */
static long long allowed_latency_us(const struct machine *m)
{
	char path[PATH_MAX];
	int32_t value = INT32_MAX;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/dev/cpu_dma_latency", m->root) >= (int)sizeof(path))
		return value;
	f = fopen(path, "re");
	if (!f)
		return value;
	if (fread(&value, sizeof(value), 1, f) != 1)
		value = INT32_MAX;
	fclose(f);
	return value;
}

static bool sleeps_deep(struct machine *m)
{
	char name[32] = "", worst_name[32] = "";
	long long us, worst_us = 0;
	int worst_cpu = -1;

	if (!m->s->idle || has_word(m->facts->cmdline, "idle=poll") ||
	    allowed_latency_us(m) <= DEEP_US)
		return false;
	for (int cpu = -1; (cpu = cpulist_next(m->s->watched, cpu)) >= 0;) {
		us = deepest_us(m, cpu, name, sizeof(name));
		if (us <= worst_us)
			continue;
		worst_us = us;
		worst_cpu = cpu;
		memcpy(worst_name, name, sizeof(worst_name));
	}
	if (worst_us <= DEEP_US)
		return false;
	snprintf(m->text, sizeof(m->text),
		 "CPU %d may enter the idle state %s, which it takes %lld us to leave", worst_cpu,
		 worst_name, worst_us);
	return true;
}

static bool limits_realtime(struct machine *m)
{
	long long runtime_us, period_us;

	if (!m->s->busy ||
	    !host_read_number(m->root, "/proc/sys/kernel/sched_rt_runtime_us", &runtime_us) ||
	    !host_read_number(m->root, "/proc/sys/kernel/sched_rt_period_us", &period_us) ||
	    runtime_us < 0 || runtime_us >= period_us)
		return false;
	snprintf(m->text, sizeof(m->text),
		 "real-time tasks have %lld of %lld us: a busy one loses its CPU for the rest if "
		 "others want it",
		 runtime_us, period_us);
	return true;
}

static bool runs(struct machine *m, const char *name, const char *what)
{
	pid_t pid = host_find_process(m->root, name);

	if (pid)
		snprintf(m->text, sizeof(m->text), "%s runs (pid %d): %s", name, (int)pid, what);
	return pid;
}

static bool runs_stalld(struct machine *m)
{
	return runs(m, "stalld", "it lends the CPU to tasks that it finds starved");
}

/* It leaves alone what isolcpus= and nohz_full= name. */
static bool runs_irqbalance(struct machine *m)
{
	struct cpulist cpus = unisolated(m);

	return cpulist_count(&cpus) &&
	       runs(m, "irqbalance", "it may send interrupts to the watched CPUs");
}

static bool is_handled(const struct machine *m, const char *irq)
{
	char path[300], **names;
	bool handled = false;
	size_t nr;

	/* a directory of the handler's name is there beside the files */
	snprintf(path, sizeof(path), "/proc/irq/%s", irq);
	nr = host_list_names(m->root, path, &names);
	for (size_t i = 0; i < nr && !handled; i++) {
		snprintf(path, sizeof(path), "/proc/irq/%s/%.200s/.", irq, names[i]);
		handled = host_has_file(m->root, path);
	}
	host_free_names(names, nr);
	return handled;
}

static bool gets_interrupts(struct machine *m)
{
	char path[128], list[96] = "", **irqs;
	size_t nr = host_list_names(m->root, "/proc/irq", &irqs), len = 0;
	struct cpulist cpus;
	unsigned int count = 0;

	for (size_t i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "/proc/irq/%.64s/effective_affinity_list", irqs[i]);
		if (!host_read_cpus(m->root, path, &cpus))
			continue;
		cpulist_and(&cpus, m->s->watched);
		if (!cpulist_count(&cpus) || !is_handled(m, irqs[i]))
			continue;
		count++;
		if (len < sizeof(list) - 16)
			len += (size_t)snprintf(list + len, sizeof(list) - len, " %.8s", irqs[i]);
		else if (list[len - 1] != '.')
			len += (size_t)snprintf(list + len, sizeof(list) - len, " ...");
	}
	host_free_names(irqs, nr);
	if (count)
		snprintf(m->text, sizeof(m->text), "%u interrupt lines lead to the watched CPUs:%s",
			 count, list);
	return count;
}

static bool has_wrong_profile(struct machine *m)
{
	struct cpulist cpus = unisolated(m);
	char profile[64];
	bool isolating;

	host_read_line(m->root, "/etc/tuned/active_profile", profile, sizeof(profile));
	if (!profile[0] || !host_find_process(m->root, "tuned"))
		return false;
	isolating = strstr(profile, "realtime") || strstr(profile, "cpu-partitioning");
	if (isolating && cpulist_count(&cpus))
		snprintf(m->text, sizeof(m->text),
			 "tuned's profile %s isolates CPUs, but not all that are watched", profile);
	else if (!isolating)
		snprintf(m->text, sizeof(m->text),
			 "tuned's profile is %s: it is not made for isolated CPUs", profile);
	return !isolating || cpulist_count(&cpus);
}

/* What one instance of ftrace does: "function", "events", or NULL. */
static const char *traces(const struct machine *m, const char *dir, char *buf, size_t size)
{
	char path[400];
	long long on = 1;

	snprintf(path, sizeof(path), "%s/tracing_on", dir);
	if (host_read_number(m->root, path, &on) && !on)
		return NULL;
	snprintf(path, sizeof(path), "%s/current_tracer", dir);
	host_read_line(m->root, path, buf, size);
	if (buf[0] && strcmp(buf, "nop") != 0)
		return buf;
	snprintf(path, sizeof(path), "%s/set_event", dir);
	host_read_line(m->root, path, buf, size);
	return buf[0] ? "events" : NULL;
}

static bool is_traced(struct machine *m)
{
	static const char tracing[] = "/sys/kernel/tracing";
	char dir[320], buf[64], **names;
	const char *what = traces(m, tracing, buf, sizeof(buf));
	size_t nr, i;

	if (what) {
		snprintf(m->text, sizeof(m->text), "ftrace is on: %s", what);
		return true;
	}
	snprintf(dir, sizeof(dir), "%s/instances", tracing);
	nr = host_list_names(m->root, dir, &names);
	for (i = 0; i < nr && !what; i++) {
		snprintf(dir, sizeof(dir), "%s/instances/%.200s", tracing, names[i]);
		what = traces(m, dir, buf, sizeof(buf));
		if (what)
			snprintf(m->text, sizeof(m->text), "ftrace is on in instance %.64s: %s",
				 names[i], what);
	}
	host_free_names(names, nr);
	return what;
}

static bool is_traced_by_programs(struct machine *m)
{
	char comm[32] = "";
	int pid = 0;
	size_t nr = host_find_tracers(m->root, comm, sizeof(comm), &pid);

	if (nr == 1)
		snprintf(m->text, sizeof(m->text),
			 "%s (pid %d) traces, too: each event takes longer", comm, pid);
	else if (nr)
		snprintf(m->text, sizeof(m->text),
			 "%s (pid %d) and %zu more trace, too: each event takes longer", comm, pid,
			 nr - 1);
	return nr;
}

static bool counts_bpf(struct machine *m)
{
	long long on;

	if (!host_read_number(m->root, "/proc/sys/kernel/bpf_stats_enabled", &on) || !on)
		return false;
	snprintf(m->text, sizeof(m->text),
		 "kernel.bpf_stats_enabled is on: each BPF program, ours too, takes longer");
	return true;
}

static bool is_watched_for_lockups(struct machine *m)
{
	long long on, nmi;
	struct cpulist cpus;
	char list[128];

	if (!host_read_number(m->root, "/proc/sys/kernel/watchdog", &on) || !on ||
	    !host_read_cpus(m->root, "/proc/sys/kernel/watchdog_cpumask", &cpus))
		return false;
	cpulist_and(&cpus, m->s->watched);
	if (!cpulist_count(&cpus))
		return false;
	if (!host_read_number(m->root, "/proc/sys/kernel/nmi_watchdog", &nmi))
		nmi = 0;
	snprintf(m->text, sizeof(m->text),
		 "the lockup watchdog disturbs CPU %s: a timer and a thread%s, every few seconds",
		 cpus_text(&cpus, list, sizeof(list)), nmi ? ", and an NMI" : "");
	return true;
}

static const struct {
	const char *code;
	bool (*found)(struct machine *m);
	const char *remedy;
} rules[] = {
	{ "not-isolated", is_not_isolated, "use isolcpus=, nohz_full= or a cpuset partition" },
	{ "all-watched", is_all_watched, "watch fewer CPUs" },
	{ "virtual", is_virtual,
	  "measure on hardware, or give it CPUs of its own that the host isolates" },
	{ "clocksource", has_bad_clock, "the kernel log says why, look for tsc and clocksource" },
	{ "smt", shares_cores, "take the other CPU offline, or watch both" },
	{ "frequency", changes_frequency, "choose the governor performance" },
	{ "idle-states", sleeps_deep,
	  "hold /dev/cpu_dma_latency open with a 0 in it, or disable the state" },
	{ "rt-limit", limits_realtime,
	  "write -1 to /proc/sys/kernel/sched_rt_runtime_us and, from Linux 6.12 on, 0 to runtime of "
	  "the CPU in /sys/kernel/debug/sched/fair_server" },
	{ "stalld", runs_stalld, "stop it while you measure" },
	{ "irqbalance", runs_irqbalance,
	  "stop it, or keep the CPUs from it with IRQBALANCE_BANNED_CPULIST" },
	{ "interrupts", gets_interrupts,
	  "write other CPUs to /proc/irq/N/smp_affinity_list; some lines refuse that" },
	{ "tuned", has_wrong_profile,
	  "choose a profile like realtime or cpu-partitioning, and the watched CPUs in its "
	  "isolated_cores" },
	{ "tracer", is_traced, "end other tracing while you measure" },
	{ "tracing-process", is_traced_by_programs, "end it while you measure" },
	{ "bpf-stats", counts_bpf, "write 0 to /proc/sys/kernel/bpf_stats_enabled" },
	{ "watchdog", is_watched_for_lockups,
	  "write the other CPUs to /proc/sys/kernel/watchdog_cpumask" },
};

_Static_assert(ARRAY_SIZE(rules) <= HOST_WARNINGS, "room for every rule");

void host_find_warnings(const char *root, const struct host_situation *s, struct host_facts *facts)
{
	struct machine m = { .root = root, .facts = facts, .s = s };
	struct cpulist nohz_full;

	facts->nr_warnings = 0;
	cpulist_parse(facts->isolated, &m.isolated);
	if (!cpulist_parse(facts->nohz_full, &nohz_full))
		cpulist_or(&m.isolated, &nohz_full);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct host_warning *w = &facts->warnings[facts->nr_warnings];

		if (!rules[i].found(&m))
			continue;
		snprintf(w->code, sizeof(w->code), "%s", rules[i].code);
		snprintf(w->text, sizeof(w->text), "%s", m.text);
		snprintf(w->remedy, sizeof(w->remedy), "%s", rules[i].remedy);
		facts->nr_warnings++;
	}
}
