/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two sets of boots, A and B: what differs, how sure that is, and the verdict. Pure: it knows no
 * files, no formats and no sentences; docs/compare.md states the rules in words.
 */
#ifndef QPW_MODEL_COMPARE_H
#define QPW_MODEL_COMPARE_H

#include "model/boot.h"
#include "model/stats.h"

#define COMPARE_LEVEL 0.95	/* of every interval; 1 - this is the error rate of all verdicts */
#define COMPARE_MIN_EFFECT 0.10 /* a smaller relative difference is none */
#define COMPARE_MIN_EVENTS 30	/* against none at all: enough in a single boot */
#define COMPARE_TRIGGER_RATIO 2.0 /* trigger counts further apart than this are not comparable */
#define COMPARE_WINDOW_RATIO 1.1  /* the same for the length of the measurement */

enum compare_side {
	COMPARE_A = 0,
	COMPARE_B = 1,
	COMPARE_SIDES = 2,
};

struct compare_options {
	double min_effect;		  /* 0 = COMPARE_MIN_EFFECT */
	const char *names[COMPARE_SIDES]; /* NULL: the boot mode */
};

struct compare_mode {
	char name[BOOT_TEXT];
	struct boot *const *boots; /* the caller's */
	size_t nr_boots;
	struct snapshot *merged;
	struct hist *cyclictest;    /* all boots' own histograms, empty where none has one */
	struct boot_count *witness; /* by name */
	size_t nr_witness;
	struct boot_count *triggers; /* by family */
	size_t nr_triggers;
};

enum compare_unit {
	COMPARE_PER_SECOND,    /* events per second */
	COMPARE_NS_PER_SECOND, /* time per second */
	COMPARE_NS,	       /* a time */
	COMPARE_OPS,	       /* work done per second: more is better */
};

enum compare_finding {
	COMPARE_NOT_JUDGED = 0, /* shown only */
	COMPARE_UNCLEAR = 1,	/* the interval allows both a difference and none */
	COMPARE_DECREASE = 2,	/* supported, at least min_effect */
	COMPARE_INCREASE = 3,
	COMPARE_SAME = 4, /* a difference of min_effect is excluded */
};

/* One figure of every boot, and B against A. */
struct compare_metric {
	const char *group;   /* "latency" */
	const char *subject; /* "p99" */
	enum compare_unit unit;
	bool counted;		       /* events: total[] holds their number */
	bool primary;		       /* the verdict asks for it */
	double *values[COMPARE_SIDES]; /* per boot, NAN where it has none */
	double median[COMPARE_SIDES];
	double total[COMPARE_SIDES];
	struct stats_ratio ratio;	/* B/A, boots as the unit */
	struct stats_ratio per_trigger; /* primary: the same per trigger instead of per second */
	double rank_p;
	double holm_p; /* primary: adjusted for the number of primary questions */
	enum compare_finding finding;
};

enum compare_verdict {
	COMPARE_INCONCLUSIVE = 0,
	COMPARE_IMPROVED = 1,
	COMPARE_REGRESSED = 2,
	COMPARE_NO_DIFFERENCE = 3,
};

/* Why there is no verdict; append-only, files carry their names. */
enum compare_reason_code {
	COMPARE_NO_BOOTS = 1,
	COMPARE_MODE_MIXED = 2,	   /* left, right: the modes in one set */
	COMPARE_SETUP_DIFFERS = 3, /* subject: of what; left, right or a, b */
	COMPARE_LOST_EVENTS = 4,   /* a: how many */
	COMPARE_TRUNCATED = 5,
	COMPARE_WINDOW_OPEN = 6,
	COMPARE_PROBE_MISSING = 7, /* subject: which */
	COMPARE_WITNESS_MISSING = 8,
	COMPARE_WITNESS_UNUSABLE = 9, /* a: overrun, b: dropped */
	COMPARE_WITNESS_DIFFERS = 10, /* subject: function, a: witness, b: executed */
	COMPARE_NO_SAMPLES = 11,
	COMPARE_TRIGGERS_MISSING = 12,
	COMPARE_TRIGGERS_DIFFER = 13, /* subject: family, a, b: counts */
	COMPARE_KERNEL_SPLAT = 14,    /* a: how many */
	COMPARE_ONE_BOOT = 15,	      /* the variance between boots is unknown */
	COMPARE_CONTRADICTING = 16,   /* one question fell, another rose */
	COMPARE_THIN = 17,	      /* no question is decided */
};

struct compare_reason {
	enum compare_reason_code code;
	int side;	     /* enum compare_side, -1: both */
	const char *boot;    /* its label, NULL: all */
	const char *subject; /* NULL where the code has none; strings belong to the boots */
	const char *left;
	const char *right;
	uint64_t a;
	uint64_t b;
};

struct comparison {
	double min_effect;
	struct compare_mode mode[COMPARE_SIDES];
	struct compare_metric *metrics;
	size_t nr_metrics;
	struct compare_reason *reasons;
	size_t nr_reasons;
	bool emulated;	      /* a backend without real time: latency is shown, never judged */
	bool latency_unknown; /* backend not known, on a virtual machine: the same */
	enum compare_verdict verdict;
};

/*
 * Compare nr_a boots with nr_b boots, which stay the caller's and must outlive the result.
 * Returns 0 or -ENOMEM, *out is NULL then.
 */
int compare_run(const struct compare_options *options, struct boot *const *a, size_t nr_a,
		struct boot *const *b, size_t nr_b, struct comparison **out);
void compare_destroy(struct comparison *c);

/* "improved", "regressed", "no-difference", "inconclusive". */
const char *compare_verdict_name(enum compare_verdict verdict);
/* "lost-events" and so on, as they stand in compare.json. */
const char *compare_reason_name(enum compare_reason_code code);

/* Length of a boot's measured window in seconds. */
double compare_seconds(const struct boot *b);

/* Parts of compare_run(), for compare.c and verdict.c: fill metrics, then reasons and verdict. */
int compare_metrics(struct comparison *c);
int compare_judge(struct comparison *c);

#endif
