/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one measured boot left behind, as plain data: the unit of repetition of a comparison. The
 * store fills it from files; it knows neither files nor formats nor what is concluded from it.
 * Every string may hold anything.
 */
#ifndef QPW_MODEL_BOOT_H
#define QPW_MODEL_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

#define BOOT_TEXT 96
#define BOOT_PATH 1024
#define BOOT_PROBLEM 256
#define BOOT_NOTES 12
#define BOOT_SETUP 40
#define BOOT_SETUP_TEXT 448

struct host_facts; /* for the views; not looked into here */

struct boot_count {
	char name[QPW_SYMBOL_LEN];
	uint64_t count;
};

enum boot_witness_state {
	BOOT_WITNESS_ABSENT = 0,
	BOOT_WITNESS_UNREADABLE = 1, /* there, but not in its format */
	BOOT_WITNESS_LOSSY = 2,	     /* its ring buffer overran or dropped */
	BOOT_WITNESS_OK = 3,
};

/* Work executions on the isolated CPUs as ftrace saw them inside the window. */
struct boot_witness {
	enum boot_witness_state state;
	uint64_t nr_cpus;
	uint64_t nr_overrun;
	uint64_t nr_dropped;
	uint64_t nr_outside;	      /* lines before or after the window */
	struct boot_count *functions; /* by name */
	size_t nr_functions;
};

/* What the churn driver provoked, per family of drains. */
struct boot_trigger {
	char family[BOOT_TEXT];
	uint64_t count;
	uint64_t failed;
	uint64_t populated;
};

struct boot_triggers {
	bool present;
	uint64_t rounds;
	uint64_t elapsed_ns;
	struct boot_trigger *rows; /* by family */
	size_t nr_rows;
};

/* Cyclictest's own account of the same samples. */
struct boot_cyclictest {
	bool present;
	bool break_value; /* ran with -b: it may have stopped before its time */
	int return_code;
	uint64_t nr_cycles;
	uint64_t nr_overflow; /* beyond its histogram: counted at the bound, the last one at max */
	struct hist *latency; /* ns; NULL when absent */
};

/* One stress-ng stressor: how much work got done beside the measurement. */
struct boot_stressor {
	char name[BOOT_TEXT];
	double ops;
	double seconds;
};

/* An optional file that is missing or unusable, for the reader of the report. */
struct boot_note {
	char file[BOOT_TEXT];
	char why[BOOT_TEXT];
};

/* One thing that has to be the same in boots that are compared. */
struct boot_setup {
	const char *what;
	char text[BOOT_SETUP_TEXT];
};

struct boot {
	char label[BOOT_TEXT]; /* last part of the path */
	char path[BOOT_PATH];
	char problem[BOOT_PROBLEM]; /* what the reader of the trace found wrong; "" = nothing */
	char mode[BOOT_TEXT];	    /* "qpw=0", "qpw=1", "no-qpw" */
	/* of which recording the trace is, with the begin of its window; "" where not known */
	char recording[BOOT_PATH];
	bool virtualised; /* the traced kernel ran in a virtual machine */
	struct boot_setup setup[BOOT_SETUP];
	size_t nr_setup;
	struct host_facts *facts; /* of the traced kernel; owned */
	bool described;		  /* boot.json was there; what follows is from it, else empty */
	char backend[BOOT_TEXT];
	char host_cpu[BOOT_TEXT];
	char host_kernel[BOOT_TEXT];
	char qemu[BOOT_TEXT];
	char started[BOOT_TEXT]; /* UTC; by boot.json or else by the trace, "" = not known */
	int64_t started_s;	 /* the same in seconds since 1970, 0 = not known */
	uint64_t vcpus;
	uint64_t splats; /* warnings and oopses in the kernel log */
	struct snapshot *snapshot;
	struct boot_witness witness;
	struct boot_triggers triggers;
	struct boot_cyclictest cyclictest;
	struct boot_stressor *stressors; /* by name */
	size_t nr_stressors;
	struct boot_note notes[BOOT_NOTES];
	size_t nr_notes;
};

/* Zeroed boot on the heap; NULL when out of memory. destroy takes NULL and frees all it holds. */
struct boot *boot_create(void);
void boot_destroy(struct boot *b);

/* Add count to the row of that name, which is made where missing. 0 or -ENOMEM. */
int boot_count_add(struct boot_count **rows, size_t *nr, const char *name, uint64_t count);

/* Whether there is a row of that name; its count may be 0. */
bool boot_count_has(const struct boot_count *rows, size_t nr, const char *name);

/* Count of the row of that name, 0 where there is none. */
uint64_t boot_count_of(const struct boot_count *rows, size_t nr, const char *name);

/* Bring rows into the order of their names. */
void boot_count_sort(struct boot_count *rows, size_t nr);

/* Add to what has to be the same; what lives longer than the boot, text is copied. */
void boot_set_up(struct boot *b, const char *what, const char *text);

/* Remember that an optional file is missing or unusable; beyond BOOT_NOTES they are dropped. */
void boot_note(struct boot *b, const char *file, const char *why);

#endif
