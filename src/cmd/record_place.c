// SPDX-License-Identifier: GPL-2.0-only
/*
 * Choice of CPUs for `qpwlat record`.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/record_place.h"

/* An isolated CPU and one that runs without a tick both count as meant for latency. */
static void isolated_cpus(const struct host_facts *facts, struct cpulist *out)
{
	struct cpulist nohz_full;

	cpulist_parse(facts->isolated, out);
	if (!cpulist_parse(facts->nohz_full, &nohz_full))
		cpulist_or(out, &nohz_full);
}

/* The first CPU of list that is not in all, -1 when there is none. */
static int first_outside(const struct cpulist *list, const struct cpulist *all)
{
	struct cpulist rest = *list;

	cpulist_andnot(&rest, all);
	return cpulist_next(&rest, -1);
}

static int check_present(const char *option, const struct cpulist *list,
			 const struct host_facts *facts)
{
	struct cpulist possible, online;
	int cpu;

	if (cpulist_parse(facts->possible, &possible) || cpulist_parse(facts->online, &online) ||
	    !cpulist_count(&online)) {
		fputs("qpwlat record: /sys/devices/system/cpu/online: can't be read; mount /sys\n",
		      stderr);
		return CMD_ERROR;
	}
	cpu = first_outside(list, &possible);
	if (cpu >= 0) {
		fprintf(stderr,
			"qpwlat record: %s: CPU %d: this machine has no such CPU; it has %s\n",
			option, cpu, facts->possible);
		return CMD_ERROR;
	}
	cpu = first_outside(list, &online);
	if (cpu >= 0) {
		fprintf(stderr,
			"qpwlat record: %s: CPU %d: is offline (online: %s); bring it up with "
			"echo 1 >/sys/devices/system/cpu/cpu%d/online\n",
			option, cpu, facts->online, cpu);
		return CMD_ERROR;
	}
	return CMD_OK;
}

static int choose_watched(const struct record_options *o, const struct host_facts *facts,
			  struct placement *p)
{
	struct cpulist isolated;

	isolated_cpus(facts, &isolated);
	if (o->cpus) {
		cpulist_parse(o->cpus, &p->watched);
	} else if (cpulist_count(&isolated)) {
		p->watched = isolated;
	} else {
		fprintf(stderr,
			"qpwlat record: CPUs to watch: this machine isolates none (isolcpus=, "
			"nohz_full=, cpuset partitions); name them with -c\n");
		return CMD_ERROR;
	}
	return check_present("-c", &p->watched, facts);
}

static int choose_housekeeping(const struct record_options *o, const struct host_facts *facts,
			       struct placement *p)
{
	struct cpulist both;

	if (o->housekeeping) {
		cpulist_parse(o->housekeeping, &p->housekeeping);
		if (check_present("-H", &p->housekeeping, facts))
			return CMD_ERROR;
		both = p->housekeeping;
		cpulist_and(&both, &p->watched);
		if (cpulist_count(&both)) {
			fprintf(stderr,
				"qpwlat record: -H: CPU %d: is watched (-c) as well; a "
				"housekeeping CPU can't be\n",
				cpulist_next(&both, -1));
			return CMD_ERROR;
		}
		return CMD_OK;
	}
	cpulist_parse(facts->online, &p->housekeeping);
	cpulist_andnot(&p->housekeeping, &p->watched);
	return CMD_OK;
}

int placement_choose(const struct record_options *o, const struct host_facts *facts,
		     struct placement *p)
{
	memset(p, 0, sizeof(*p));
	if (choose_watched(o, facts, p) || choose_housekeeping(o, facts, p))
		return CMD_ERROR;
	if (cpulist_format(&p->watched, p->watched_text, sizeof(p->watched_text)) < 0 ||
	    cpulist_format(&p->housekeeping, p->housekeeping_text, sizeof(p->housekeeping_text)) <
		    0) {
		fprintf(stderr, "qpwlat record: -c: the list has too many gaps; choose ranges\n");
		return CMD_ERROR;
	}
	return CMD_OK;
}

int placement_bind(const struct cpulist *cpus)
{
	/* both are bit arrays of longs, CPU 0 in the lowest bit of the first */
	return sched_setaffinity(0, sizeof(cpus->bits),
				 (const cpu_set_t *)(const void *)cpus->bits) ?
		       -errno :
		       0;
}
