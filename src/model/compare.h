/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two sets of boots, A and B: what differs, how sure that is, and the verdict. Pure: it knows no
 * files, no formats and no sentences; docs/compare.md states the rules in words.
 */
#ifndef QPW_MODEL_COMPARE_H
#define QPW_MODEL_COMPARE_H

#include "model/boot.h"
#include "model/stats.h"

#define COMPARE_LEVEL 0.95    /* of every interval; 1 - this is the error rate of all verdicts */
#define COMPARE_MIN_EVENTS 30 /* against none at all: enough in a single boot */
#define COMPARE_TRIGGER_RATIO 2.0 /* trigger counts further apart than this are not comparable */
#define COMPARE_WINDOW_RATIO 1.1  /* the same for the length of the measurement */
#define COMPARE_DRIFT_P 0.01	  /* of all primary questions: error rate of "the boots drift" */
#define COMPARE_RESAMPLES 1999
#define COMPARE_KEY (BOOT_TEXT + 8) /* bytes of a metric's name on the command line */

struct compare_gate; /* model/compare_gate.h */
struct compare_gate_result;

enum compare_side {
	COMPARE_A = 0,
	COMPARE_B = 1,
	COMPARE_SIDES = 2,
};

/*
 * The smallest difference that counts: relative, and besides of the figure's own kind. What is too
 * small by either measure is no difference.
 */
struct compare_effect {
	double relative; /* (0, 1) */
	double per_second;
	double ns_per_second;
	double ns;
};

/* A tenth; and one event in ten seconds, a millionth of a CPU, a microsecond. */
#define COMPARE_MIN_EFFECT        \
	((struct compare_effect){ \
		.relative = 0.10, .per_second = 0.1, .ns_per_second = 1000, .ns = 1000 })

struct compare_options {
	const struct compare_effect *min_effect; /* NULL: COMPARE_MIN_EFFECT */
	const char *names[COMPARE_SIDES];	 /* NULL: the boot mode */
	const struct compare_gate *gates;	 /* what must not happen; must outlive the result */
	size_t nr_gates;
	size_t resamples; /* of the bootstrap, 0 = COMPARE_RESAMPLES; it costs most of the time */
};

struct compare_mode {
	char name[BOOT_TEXT];
	struct boot *const *boots; /* the caller's */
	size_t nr_boots;
	double *positions; /* of the boots in the order of time, from 1; 0 where it is not known */
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

/* A boot that was recorded without a probe that a figure hangs on. */
struct compare_unseen {
	const char *probe; /* NULL: all boots of that side saw it all */
	const char *boot;
};

/* One figure of every boot, and B against A. */
struct compare_metric {
	const char *group;     /* "latency" */
	const char *subject;   /* "p99" */
	char key[COMPARE_KEY]; /* "p99": its name in gates and in files */
	enum compare_unit unit;
	bool counted; /* events: total[] holds their number */
	bool primary; /* the verdict asks for it */
	struct compare_unseen unseen[COMPARE_SIDES];
	double *values[COMPARE_SIDES]; /* per boot, NAN where it has none */
	double median[COMPARE_SIDES];
	double total[COMPARE_SIDES];
	double exposure[COMPARE_SIDES];	 /* of the total: seconds */
	struct stats_ratio ratio;	 /* B/A, boots as the unit */
	struct stats_ratio per_trigger;	 /* primary: the same per trigger instead of per second */
	struct stats_interval bootstrap; /* of the ratio; shown, decides nothing */
	struct stats_drift drift;	 /* over the run, whichever side; NAN: order not known */
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
	COMPARE_TRUNCATED = 5,	   /* left: what the reader of the trace says */
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
	COMPARE_DRIFTING = 18,	      /* metric: which changed over the run, not by the change */
	COMPARE_NOT_INTERLEAVED =
		19, /* one side ran before the other, and no question is decided */
	COMPARE_PROBES_DIFFER =
		20, /* lacking: without a probes that having, of the boot left, has */
	COMPARE_SAME_RECORDING = 21, /* left: label of a boot that holds the same one */
};

struct compare_reason {
	enum compare_reason_code code;
	int side;	     /* enum compare_side, -1: both */
	const char *boot;    /* its label, NULL: all */
	const char *subject; /* NULL where the code has none; strings belong to the boots */
	const char *left;
	const char *right;
	const struct compare_metric *metric; /* NULL where the code has none */
	const struct snapshot *lacking;	     /* the same */
	const struct snapshot *having;
	uint64_t a;
	uint64_t b;
};

/* A boot in the order of time. */
struct compare_place {
	int side;
	size_t boot;
	int64_t started_s;
};

struct comparison {
	struct compare_effect min_effect;
	struct compare_mode mode[COMPARE_SIDES];
	struct compare_metric *metrics;
	size_t nr_metrics;
	struct compare_reason *reasons;
	size_t nr_reasons;
	struct compare_place *order; /* A's, then B's where the order is not known */
	size_t nr_order;
	bool order_known; /* every boot says when it began */
	bool in_blocks;	  /* one side ran before the other, more or less */
	size_t resamples;
	size_t nr_primary; /* questions that the verdict asks */
	bool emulated;	   /* a backend without real time: times are shown, never judged */
	bool time_unknown; /* backend not known, on a virtual machine: the same */
	enum compare_verdict verdict;
	struct compare_gate_result *gates;
	size_t nr_gates;
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

/*
 * Change *effect by a list of terms such as "10%,10us,1/s,50us/s" or "0.1": what it does not name
 * stays. Returns 0, -EINVAL (not of that form) or -ERANGE (relative, and not in (0, 1)); *effect is
 * untouched then.
 */
int compare_effect_parse(const char *text, struct compare_effect *effect);

/* The absolute difference that counts for a figure of that unit, in that unit. */
double compare_effect_absolute(const struct compare_effect *effect, enum compare_unit unit);

/*
 * Probes that s lacks and the other one has, but for those whose want is a reason of its own; next
 * of them from *at on, NULL past the end.
 */
const char *compare_lacks_alone(const struct snapshot *s, const struct snapshot *other, size_t *at);

/* B/A per second and per trigger, where that is known: the smaller and the larger one. */
double compare_least_ratio(const struct compare_metric *m);
double compare_most_ratio(const struct compare_metric *m);

/* Whether either side stays below the absolute difference that counts: then there is none. */
bool compare_both_negligible(const struct comparison *c, const struct compare_metric *m);

/* Whether the interval leaves no room for a difference that counts. */
bool compare_excludes_effect(const struct comparison *c, const struct compare_metric *m);

/* Whether the difference seen counts, in that direction (COMPARE_DECREASE, COMPARE_INCREASE). */
bool compare_reaches_effect(const struct comparison *c, const struct compare_metric *m,
			    enum compare_finding direction);

/* Why the boots can't settle a figure: COMPARE_ONE_BOOT, COMPARE_NOT_INTERLEAVED, or 0. */
enum compare_reason_code compare_unsettled(const struct comparison *c,
					   const struct compare_metric *m);

/* Whether a figure changed over the run, by a size that counts. */
bool compare_drifts(const struct comparison *c, const struct compare_metric *m);

/*
 * Names of all metrics but those of stressors, which are "ops_" and the stressor's name, by number;
 * NULL past the end. And the unit of a name: 0, or -ENOENT where it is none.
 */
const char *compare_key(size_t i);
int compare_key_unit(const char *key, enum compare_unit *unit);

/* Parts of compare_run(), in this order: fill order, then metrics, then reasons and verdict. */
int compare_order(struct comparison *c);
int compare_metrics(struct comparison *c);
int compare_judge(struct comparison *c);

#endif
