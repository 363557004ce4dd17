// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often the verdict errs, on boots drawn at random. A boot has its own luck: the rate of its
 * works, the time they take and its latencies are each scaled by a lognormal factor. In it, works
 * come as a Poisson process and latencies are lognormal. Where the usual spreads come from is in
 * docs/compare.md. QPW_ALL_LINES=1 runs all lines of its table, those that promise nothing, too.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "model/compare_gate.h"
#include "sample_boots.h"
#include "util/array.h"

#define COMPARISONS 1000
#define DEFAULT_BOOTS 5 /* a side, of lab/demo */
#define SAMPLES 5000	/* of latency in a boot */
#define WORKS 400	/* in a boot */
#define WORK_NS 40000
#define LATENCY_NS 20000
#define TABLE 4096

/* Standard deviation of the logarithm between boots of one mode. */
struct spread {
	double works, stolen, latency;
};

/* B over A, 1 = the same. */
struct shift {
	double works, stolen, latency;
};

static const struct spread usual = { 0.03, 0.11, 0.06 };
static const struct spread wild = { 0.30, 0.40, 0.30 };
static const struct spread late = { 0.03, 0.11, 0.10 };

static gsl_rng *rng;
static double latencies[TABLE]; /* quantiles of a lognormal distribution around 1 */

/* What must not happen, a rise of any of the three by a tenth. */
static const char *const gate_texts[] = { "remote_work:+10%", "stolen_work:+10%", "p99:+10%" };
static struct compare_gate gates[ARRAY_SIZE(gate_texts)];

static int make_rng(void **state)
{
	(void)state;
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	for (size_t i = 0; i < TABLE; i++)
		latencies[i] = gsl_cdf_lognormal_Pinv((i + 0.5) / TABLE, 0, 0.5);
	for (size_t i = 0; i < ARRAY_SIZE(gates); i++)
		if (compare_gate_parse(gate_texts[i], strlen(gate_texts[i]), &gates[i]))
			return -1;
	return rng ? 0 : -1;
}

static int free_rng(void **state)
{
	(void)state;
	gsl_rng_free(rng);
	return 0;
}

/* A boot's own factor. */
static double luck(double spread)
{
	return exp(gsl_ran_gaussian_ziggurat(rng, spread));
}

static void draw(struct boot *b, const struct spread *spread, const struct shift *shift)
{
	double works = WORKS * shift->works * luck(spread->works);
	double scale = LATENCY_NS * shift->latency * luck(spread->latency);
	unsigned int nr = gsl_ran_poisson(rng, works);

	sample_work(b, "lru_add_drain_per_cpu", nr);
	b->snapshot->classes[SNAP_WORK].self_ns =
		(uint64_t)(WORKS * WORK_NS * shift->stolen * luck(spread->stolen));
	hist_destroy(b->snapshot->latency);
	b->snapshot->latency = hist_create();
	assert_non_null(b->snapshot->latency);
	for (int i = 0; i < SAMPLES; i++) {
		double ns = scale * latencies[gsl_rng_get(rng) % TABLE];

		assert_int_equal(hist_add(b->snapshot->latency, (uint64_t)ns), 0);
	}
}

/* Boots of one mode on both sides, with real time, so that all questions are asked. */
static void make_boots(struct sample_sets *s, size_t boots)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < boots; i++) {
		s->a[s->nr_a++] = sample_boot(HOST_MODE_QPW_OFF, 2 * (int)i);
		s->b[s->nr_b++] = sample_boot(HOST_MODE_QPW_OFF, 2 * (int)i + 1);
		SET_TEXT(s->a[i]->backend, "kvm");
		SET_TEXT(s->b[i]->backend, "kvm");
		sample_work(s->a[i], "flush_cpu_sheaves", 0);
		sample_work(s->b[i], "flush_cpu_sheaves", 0);
	}
}

struct line {
	const char *what;
	struct shift shift;
	size_t boots; /* a side */
	const struct spread *spread;
	int most_false;	 /* of COMPARISONS, in either direction that the shift does not have */
	int least_found; /* in that of the shift; 0 where nothing is promised */
	bool always;	 /* else on demand only: it is in docs/compare.md, not promised */
};

#define NONE            \
	{               \
		1, 1, 1 \
	}
#define ALL_MORE              \
	{                     \
		1.2, 1.2, 1.2 \
	}
#define WORKS_MORE        \
	{                 \
		1.2, 1, 1 \
	}
#define STOLEN_MORE       \
	{                 \
		1, 1.2, 1 \
	}
#define LATENCY_MORE      \
	{                 \
		1, 1, 1.2 \
	}
#define ALL_LESS              \
	{                     \
		0.8, 0.8, 0.8 \
	}
#define WORKS_LESS        \
	{                 \
		0.8, 1, 1 \
	}
#define STOLEN_LESS       \
	{                 \
		1, 0.8, 1 \
	}
#define LATENCY_LESS      \
	{                 \
		1, 1, 0.8 \
	}
#define FIVE_PERCENT (COMPARISONS * 5 / 100)
#define WRONG_WAY (COMPARISONS * 25 / 1000)
#define EIGHTY_PERCENT (COMPARISONS * 80 / 100)

/* Those of docs/compare.md, in its order. */
static const struct line lines[] = {
	{ "the same", NONE, 3, &usual, FIVE_PERCENT, 0, true },
	{ "the same, boots very different", NONE, 3, &wild, FIVE_PERCENT, 0, true },
	{ "the same", NONE, DEFAULT_BOOTS, &usual, FIVE_PERCENT, 0, true },
	{ "the same, boots very different", NONE, DEFAULT_BOOTS, &wild, FIVE_PERCENT, 0, true },
	{ "a fifth more of all three", ALL_MORE, 3, &usual, WRONG_WAY, 0, false },
	{ "a fifth more works", WORKS_MORE, 3, &usual, WRONG_WAY, 0, false },
	{ "a fifth more time stolen", STOLEN_MORE, 3, &usual, WRONG_WAY, 0, false },
	{ "a fifth more latency", LATENCY_MORE, 3, &usual, WRONG_WAY, 0, false },
	{ "a fifth more of all three", ALL_MORE, DEFAULT_BOOTS, &usual, WRONG_WAY, EIGHTY_PERCENT,
	  true },
	{ "a fifth more works", WORKS_MORE, DEFAULT_BOOTS, &usual, WRONG_WAY, EIGHTY_PERCENT,
	  true },
	{ "a fifth more latency", LATENCY_MORE, DEFAULT_BOOTS, &usual, WRONG_WAY, EIGHTY_PERCENT,
	  true },
	{ "a fifth more time stolen", STOLEN_MORE, DEFAULT_BOOTS, &usual, WRONG_WAY, 0, false },
	{ "a fifth less of all three", ALL_LESS, DEFAULT_BOOTS, &usual, WRONG_WAY, EIGHTY_PERCENT,
	  true },
	{ "a fifth less works", WORKS_LESS, DEFAULT_BOOTS, &usual, WRONG_WAY, 0, false },
	{ "a fifth less latency", LATENCY_LESS, DEFAULT_BOOTS, &usual, WRONG_WAY, EIGHTY_PERCENT,
	  true },
	{ "a fifth less time stolen", STOLEN_LESS, DEFAULT_BOOTS, &usual, WRONG_WAY, 0, false },
	{ "a fifth less time stolen", STOLEN_LESS, 10, &usual, WRONG_WAY, 0, false },
	{ "a fifth more time stolen", STOLEN_MORE, 8, &usual, WRONG_WAY, 0, false },
	{ "a fifth more time stolen", STOLEN_MORE, 10, &usual, WRONG_WAY, 0, false },
	{ "a fifth more time stolen", STOLEN_MORE, 12, &usual, WRONG_WAY, 0, false },
	{ "a fifth more latency, of spread 0.1", LATENCY_MORE, DEFAULT_BOOTS, &late, WRONG_WAY, 0,
	  false },
	{ "a fifth more latency, of spread 0.1", LATENCY_MORE, 8, &late, WRONG_WAY, 0, false },
	{ "a fifth more latency, of spread 0.1", LATENCY_MORE, 10, &late, WRONG_WAY, 0, false },
};

/* How many comparisons end in each verdict, and in each outcome of the gates. */
struct ends {
	int verdicts[COMPARE_NO_DIFFERENCE + 1];
	int gates[COMPARE_GATE_UNJUDGED + 1];
};

static void count_ends(const struct line *l, struct ends *nr)
{
	static const struct shift none = NONE;
	/* the bootstrap decides nothing: as few resamples as give it an interval */
	const struct compare_options options = { .resamples = 39,
						 .gates = gates,
						 .nr_gates = ARRAY_SIZE(gates) };
	struct sample_sets s;

	memset(nr, 0, sizeof(*nr));
	gsl_rng_set(rng, 20261126);
	make_boots(&s, l->boots);
	for (int i = 0; i < COMPARISONS; i++) {
		for (size_t j = 0; j < l->boots; j++) {
			draw(s.a[j], l->spread, &none);
			draw(s.b[j], l->spread, &l->shift);
		}
		nr->verdicts[sample_compare_with(&s, &options)->verdict]++;
		nr->gates[compare_gates_outcome(s.c)]++;
	}
	sample_sets_finish(&s);
	print_message("# %s, %zu + %zu boots: of %d comparisons %d improved, %d regressed, "
		      "%d no difference, %d inconclusive; gates: %d passed, %d failed\n",
		      l->what, l->boots, l->boots, COMPARISONS, nr->verdicts[COMPARE_IMPROVED],
		      nr->verdicts[COMPARE_REGRESSED], nr->verdicts[COMPARE_NO_DIFFERENCE],
		      nr->verdicts[COMPARE_INCONCLUSIVE], nr->gates[COMPARE_GATE_PASSED],
		      nr->gates[COMPARE_GATE_FAILED]);
}

/* How many are wrong: verdicts the other way, gates that fail without a rise or pass one. */
static int nr_wrong(const struct line *l, const struct ends *nr, int *gates_wrong)
{
	double sum = l->shift.works + l->shift.stolen + l->shift.latency;
	int up = nr->verdicts[COMPARE_REGRESSED], down = nr->verdicts[COMPARE_IMPROVED];

	*gates_wrong = nr->gates[sum > 3 ? COMPARE_GATE_PASSED : COMPARE_GATE_FAILED];
	return (sum > 3 ? 0 : up) + (sum < 3 ? 0 : down);
}

/* No more errors than are promised, and a shift found as often as that. */
static void test_lines(void **state)
{
	bool all = getenv("QPW_ALL_LINES");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct line *l = &lines[i];
		struct ends nr;
		int wrong, gates_wrong, found;

		if (!l->always && !all)
			continue;
		count_ends(l, &nr);
		wrong = nr_wrong(l, &nr, &gates_wrong);
		found = nr.verdicts[COMPARE_IMPROVED] + nr.verdicts[COMPARE_REGRESSED] - wrong;
		if (wrong > l->most_false || gates_wrong > l->most_false || found < l->least_found)
			fail_msg("%s, %zu + %zu boots: %d verdicts and %d gates wrong, %d found",
				 l->what, l->boots, l->boots, wrong, gates_wrong, found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests_name("compare_errors", tests, make_rng, free_rng);
}
