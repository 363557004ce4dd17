/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of probes: what each hooks into, which programs serve it, and what is lost without it;
 * which of them this kernel has, and in which of several ways it lets each be attached. Knows
 * programs by name, not what they do.
 */
#ifndef QPW_COLLECT_PROBES_H
#define QPW_COLLECT_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qpw/event.h"

struct bpf_object;
struct bpf_program;
struct bpf_link;
struct ksyms;

#define PROBE_STATES (QPW_PROBE_KPROBE + 1)
#define PROBE_PLACES 2 /* where its programs sit: a function has an entry and an exit */
#define PROBE_COPIES 2 /* a program, and its spare where it has one */

struct probe_info; /* a row of the table */

struct probe {
	const struct probe_info *info;
	const char *name;	    /* of the tracepoint or function in this kernel */
	char part[QPW_SYMBOL_LEN];  /* what the compiler made of it, for a kprobe; "" = nothing */
	enum qpw_probe_state state; /* what it is loaded as, later attached as */
	unsigned int kinds;	    /* what it can be, 1 << state each; 0 = not in this kernel */
	bool preempted;		    /* tracepoints of this kernel let their programs be */
	bool can_cast;		    /* this kernel has bpf_rdonly_cast() */
	bool unwanted;		    /* not asked for: nothing that is missing */
	/* By state: why not that, -errno, -ECANCELED when the user wants none; 0 = not refused. */
	int refused[PROBE_STATES];
	struct bpf_link *links[PROBE_PLACES][PROBE_COPIES];
};

/* Number of rows of the table, so the length of the arrays below. */
extern const size_t nr_probes;

/* What the user wants. */
struct probe_wishes {
	unsigned int without; /* states that no probe may have, 1 << state each */
	bool costly;	      /* those that slow down every task, too */
	bool aggregated;      /* none that only records need */
};

/*
 * Fill probes[nr_probes]: those in the kernel get the best state they may be loaded as, the others
 * are missing, but for those that nobody wishes: they are unwanted.
 * ksyms may be NULL: functions are then looked for by their plain names alone. obj tells which
 * programs there are, it is not loaded. May load and attach trial programs. Returns 0 or -errno of
 * reading the kernel's BTF.
 */
int probes_plan(struct probe *probes, const struct bpf_object *obj, const struct ksyms *ksyms,
		const struct probe_wishes *wishes);

/* Whether the probe of that name is not missing. */
bool probes_have(const struct probe *probes, const char *name);

/*
 * The present state was refused, with this -errno: take the next best one. False when there is
 * none; it is missing then.
 */
bool probe_step_down(struct probe *probe, int error);

/* Let exactly the programs of the probes that are not missing be loaded with obj. */
void probes_select(const struct probe *probes, struct bpf_object *obj);

/* Some programs can't follow pointers as tp_btf can: all are to copy what these point to. */
bool probes_copy_fields(const struct probe *probes);

/* Whether programs may call bpf_rdonly_cast(), after probes_plan(). */
bool probes_can_cast(const struct probe *probes);

/* Attach; a probe that can't be attached becomes missing. Returns how many are attached. */
size_t probes_attach(struct probe *probes, struct bpf_object *obj);

void probes_detach(struct probe *probes);

/*
 * How often the kernel did not run a program because it was already running on that CPU, preempted
 * or interrupted there, or did not see a function return. A spare may have seen the event.
 */
struct probe_misses {
	uint64_t nr_missed;
	uint64_t nr_missed_twice; /* at most so many by both a program and its spare */
	/* these are not in the other two */
	uint64_t nr_system_calls;
	uint64_t nr_lock_events; /* beginnings or ends of waits for locks */
	uint64_t nr_origins;
};

void probes_count_missed(const struct probe *probes, struct bpf_object *obj,
			 struct probe_misses *out);

/* How often the programs, spares too, ran so far and how long, as far as the kernel counts that. */
void probes_count_runs(const struct probe *probes, struct bpf_object *obj, uint64_t *nr_runs,
		       uint64_t *run_ns);

/* The probe as a record, without times. */
void probe_describe(const struct probe *probe, struct qpw_probe *out);

#endif
