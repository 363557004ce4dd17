/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching the running machine: checks what the kernel offers, loads and attaches the programs and
 * hands out their records as an event source. The one door to libbpf: nothing of it shows here.
 */
#ifndef QPW_COLLECT_COLLECT_H
#define QPW_COLLECT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qpw/event.h"
#include "qpw/live.h"
#include "store/event_source.h"
#include "util/cpulist.h"

#define COLLECT_BUFFER_BYTES (16U << 20)
#define COLLECT_MAX_VICTIMS 8

struct collect;

/* Of whom to take a kernel stack when they queue, send or wake; bpf/emit.bpf.h has the numbers. */
enum collect_stacks {
	COLLECT_STACKS_NONE = 0,
	COLLECT_STACKS_ELSEWHERE = 1, /* who does so on a CPU that is not watched */
	COLLECT_STACKS_ALL = 2,
};

struct collect_config {
	const struct cpulist *watched;
	size_t buffer_bytes; /* rounded up to a power of two of pages; 0 = COLLECT_BUFFER_BYTES */
	enum collect_stacks stacks;
	uint64_t stack_gap_ns; /* not more often than this on one CPU; 0 = each time */
	/*
	 * Add up in tables, see collect_look(). Records are then only made of interruptions and
	 * wake-ups of the victim that last for event_ns.
	 */
	bool aggregates;
	uint64_t event_ns;
	bool system_calls; /* count those of the victim, which slows down every task's */
	/* What its user has need of, and use for, besides the collector: PRIVILEGE() each. */
	uint64_t needed_capabilities;
	uint64_t useful_capabilities;
	unsigned int without; /* ways in which no probe is to attach, see collect_parse_states() */
};

/* Why collecting can't begin, in words for a message: "OBJECT: WHY; REMEDY". */
struct collect_error {
	char object[80];
	char why[160];
	char remedy[160];
};

/*
 * Check privilege and kernel, load every program that this kernel takes. Nothing is attached yet.
 * Returns 0 or -errno with *err filled in; *out is NULL then.
 */
int collect_create(const struct collect_config *config, struct collect **out,
		   struct collect_error *err);

/*
 * Attach all programs. One that can't be attached is marked missing; only when none can, it is an
 * error (-errno, *err filled in). Queues the state of every probe as the source's first records.
 */
int collect_attach(struct collect *c, struct collect_error *err);

/*
 * All threads of this process are victims from now on; as soon as it has threads of real-time
 * policy, these alone, and others interrupt them. 0; -ENOSPC beyond COLLECT_MAX_VICTIMS, threads
 * and processes together.
 */
int collect_add_victim(struct collect *c, uint32_t tgid);

/* This thread of the process is one, whatever its policy. 0 or -ENOSPC. */
int collect_add_victim_thread(struct collect *c, uint32_t tgid, uint32_t tid);

/* It is none any longer, nor is a thread of it: its number may be another process's soon. */
void collect_remove_victim(struct collect *c, uint32_t tgid);

/*
 * How often our programs ran so far, on all CPUs, and how long. The kernel counts while
 * kernel.bpf_stats_enabled is 1 (bpf_prog_start_time()): otherwise neither grows.
 */
void collect_count_runs(const struct collect *c, uint64_t *nr_runs, uint64_t *run_ns);

/* The probes in a fixed order, whether attached or missing; valid as long as c is. */
size_t collect_probes(const struct collect *c, const struct qpw_probe **out);

/*
 * Why the i-th of them is not attached in that way: -errno, -ECANCELED when its user did not want
 * it; 0 when it was not refused, for a better way was free or there is no such way for it.
 */
int collect_refusal(const struct collect *c, size_t i, enum qpw_probe_state state);

/* Of a missing probe's error: "not in this kernel", "left out by --without", or as strerror(). */
const char *collect_missing_reason(int error);

/* From "fentry,tp_btf" the set of these states, 1 << state each. 0, or -EINVAL. */
int collect_parse_states(const char *text, unsigned int *out);

/*
 * Live records, with those of user space (probes, symbols, losses, window) in their place. Owned by
 * c. Ends (0) once it was closed and all is read.
 */
struct event_source *collect_source(struct collect *c);

/*
 * Before a look at the tables: make room in them (model/room.h), read which waits go on, and have
 * the source tell, next, what these and tables refer to: names of functions, places of origins. 0
 * or -ENOMEM.
 */
int collect_explain_tables(struct collect *c);

/* The waits that went on then, valid until the next time. */
const struct qpw_live_wait *collect_waits(const struct collect *c, size_t *nr);

/*
 * Where the collector aggregates: the i-th table as it is, its CPU, LIVE_EVERY_CPU for the last,
 * and what runs there and has not ended: see live_look(). NULL behind the last.
 */
const struct qpw_live_table *collect_look(struct collect *c, uint32_t i, uint32_t *cpu,
					  struct qpw_live_run runs[LIVE_RUNS], unsigned int *nr);

/*
 * They are empty, and the window opens anew at a moment that is about to come, and is returned, on
 * the clock of programs. Of what is under way then the time since counts. 0 without tables.
 */
uint64_t collect_restart_tables(struct collect *c);

/* The measured window begins now. */
void collect_open_window(struct collect *c);

/*
 * It ends now. What began in it and has not ended is still told, and so is what begins later: by
 * its start a reader knows that it does not count. Where programs add up they are detached first.
 */
void collect_end_window(struct collect *c);

/* The programs are detached, and the source delivers what is left and ends; so does the window. */
void collect_close(struct collect *c);

/* How full the ring buffer is, in percent. To be read when polling, before it is drained. */
unsigned int collect_fill_percent(const struct collect *c);

/* Records lost so far on all CPUs, as last told in the source. */
uint64_t collect_nr_lost(const struct collect *c);

/*
 * Of these, the events for which the kernel ran no program, one being at work on that CPU
 * already.
 */
uint64_t collect_nr_skipped(const struct collect *c);

/* Detach and free. NULL is taken. */
void collect_destroy(struct collect *c);

#endif
