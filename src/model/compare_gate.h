/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gates: what a user says must not happen from A to B, and whether it did. Knows the figures of a
 * comparison, no options and no sentences.
 */
#ifndef QPW_MODEL_COMPARE_GATE_H
#define QPW_MODEL_COMPARE_GATE_H

#include "model/compare.h"

enum compare_gate_kind {
	COMPARE_GATE_RISE,  /* METRIC:+N%: B is higher than A by more than the share N */
	COMPARE_GATE_FALL,  /* METRIC:-N%: lower */
	COMPARE_GATE_ABOVE, /* METRIC:>N: a boot of B is above N, in the metric's unit */
	COMPARE_GATE_BELOW, /* METRIC:<N: below */
};

struct compare_gate {
	char text[BOOT_TEXT]; /* as the user wrote it */
	char key[COMPARE_KEY];
	enum compare_gate_kind kind;
	double limit;
};

enum compare_gate_outcome {
	COMPARE_GATE_PASSED = 0,
	COMPARE_GATE_FAILED = 1,
	COMPARE_GATE_UNJUDGED = 2,
};

/* Why a gate can't be judged. */
enum compare_gate_why {
	COMPARE_GATE_JUDGED = 0,
	COMPARE_GATE_NO_FIGURE,	      /* a boot does not have it */
	COMPARE_GATE_NO_REAL_TIME,    /* a time, and an emulated CPU or one of unknown kind */
	COMPARE_GATE_FLAWED,	      /* reason: what is wrong with the data */
	COMPARE_GATE_ONE_BOOT,	      /* the variance between boots is unknown */
	COMPARE_GATE_NOT_INTERLEAVED, /* may be one of time */
	COMPARE_GATE_DRIFTING,
	COMPARE_GATE_UNCLEAR, /* the interval holds both */
};

struct compare_gate_result {
	const struct compare_gate *gate;     /* the caller's */
	const struct compare_metric *metric; /* NULL: nothing of that name was measured */
	enum compare_gate_outcome outcome;
	enum compare_gate_why why;
	const struct compare_reason *reason; /* COMPARE_GATE_FLAWED */
	double worst;			     /* of B's boots by a limit; NAN: none has the figure */
	double holm_p; /* of a change, adjusted for the number of gates on changes */
};

/*
 * Parse a gate, the first len bytes of text. Returns 0, -EINVAL (not of that form, or a unit that
 * is not the metric's) or -ENOENT (no such metric).
 */
int compare_gate_parse(const char *text, size_t len, struct compare_gate *gate);

/* Part of compare_run(), the last: judge all gates. 0 or -ENOMEM. */
int compare_gates(struct comparison *c, const struct compare_gate *gates, size_t nr);

/* One word for all gates: failed if one did, else unjudged if one is. */
enum compare_gate_outcome compare_gates_outcome(const struct comparison *c);

/* "passed", "failed", "not-judged", as they stand in compare.json. */
const char *compare_gate_outcome_name(enum compare_gate_outcome outcome);

#endif
