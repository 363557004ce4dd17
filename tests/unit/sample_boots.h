/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boots made by hand for the tests of the comparison: what a run of each mode looks like, small
 * and exact. Every figure in them is chosen here, none is measured.
 */
#ifndef QPW_TESTS_SAMPLE_BOOTS_H
#define QPW_TESTS_SAMPLE_BOOTS_H

#include "host/host.h"
#include "model/boot.h"
#include "model/compare.h"

#define SAMPLE_SECONDS 10
#define SAMPLE_START 1000000000 /* seconds since 1970; a boot a minute, the modes in turn */

/* Write text into the array dst, cut to fit. Needs <stdio.h>. */
#define SET_TEXT(dst, text) snprintf(dst, sizeof(dst), "%s", text)

/*
 * A flawless boot of 10 s with its witness in agreement. mode qpw=0: 300 + index executions of
 * lru_add_drain_per_cpu and 120 of flush_cpu_sheaves; qpw=1: none, the same number inline.
 */
struct boot *sample_boot(enum host_mode mode, int index);

/* The row of that function in snapshot and witness, made where missing; sets both counts. */
struct snap_work *sample_work(struct boot *b, const char *function, uint64_t executed);

/* The cause of that class and name, added up into its class. */
void sample_cause(struct boot *b, enum snap_class class, const char *name, uint64_t count,
		  uint64_t self_ns);

struct sample_sets {
	struct boot *a[16], *b[16];
	size_t nr_a, nr_b;
	struct comparison *c;
};

/* n boots of qpw=0 and of qpw=1. */
void sample_sets_init(struct sample_sets *s, size_t nr_a, size_t nr_b);

/* Compare; the sets keep the result. */
struct comparison *sample_compare_with(struct sample_sets *s,
				       const struct compare_options *options);
struct comparison *sample_compare(struct sample_sets *s);
void sample_sets_finish(struct sample_sets *s);

/* Was that reason given? */
bool sample_has_reason(const struct comparison *c, enum compare_reason_code code);

#endif
