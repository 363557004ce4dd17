// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a few boots in their order say besides the tests: their bootstrap, and whether they drift.
 * The generator is GSL's, with one seed: the same boots give the same interval.
 */
#include "model/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>

#define BOOTSTRAP_SEED 20011 /* any will do, as long as it stays */

/* ---------------------------------------------------------------- bootstrap */

/* Boots of one side as what is summed up over them. */
struct sums {
	const double *over;
	const double *under; /* NULL: 1 each */
	size_t n;
};

/* Sum of n boots drawn with replacement, over that of what they are divided by. */
static double draw_level(const struct sums *s, gsl_rng *rng)
{
	double over = 0, under = 0;

	for (size_t i = 0; i < s->n; i++) {
		size_t pick = gsl_rng_uniform_int(rng, s->n);

		over += s->over[pick];
		under += s->under ? s->under[pick] : 1;
	}
	return over / under;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Percentile bootstrap of B's level over A's, or of e to their difference. */
static struct stats_interval bootstrap(const struct sums *a, const struct sums *b, bool logs,
				       double level, size_t resamples)
{
	struct stats_interval interval = { NAN, NAN };
	size_t tail = (size_t)((double)(resamples + 1) * (1 - level) / 2);
	double *ratios = calloc(resamples, sizeof(*ratios));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	if (ratios && rng && tail >= 1) {
		gsl_rng_set(rng, BOOTSTRAP_SEED);
		for (size_t i = 0; i < resamples; i++) {
			double level_a = draw_level(a, rng), level_b = draw_level(b, rng);

			ratios[i] = logs ? exp(level_b - level_a) : level_b / level_a;
		}
		qsort(ratios, resamples, sizeof(*ratios), compare_doubles);
		interval.low = ratios[tail - 1];
		interval.high = ratios[resamples - tail];
	}
	if (rng)
		gsl_rng_free(rng);
	free(ratios);
	return interval;
}

static bool any_counted(const struct stats_counts *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->count[i] > 0)
			return true;
	return false;
}

struct stats_interval stats_bootstrap_rates(const struct stats_counts *a,
					    const struct stats_counts *b, double level,
					    size_t resamples)
{
	const struct sums x = { a->count, a->exposure, a->n }, y = { b->count, b->exposure, b->n };

	if (a->n < 2 || b->n < 2 || !any_counted(a) || !any_counted(b))
		return (struct stats_interval){ NAN, NAN };
	return bootstrap(&x, &y, false, level, resamples);
}

/* Logarithms on the heap; NULL where a value has none, or out of memory. */
static double *logs_of(const double *values, size_t n)
{
	double *logs = calloc(n + 1, sizeof(*logs));

	for (size_t i = 0; logs && i < n; i++) {
		logs[i] = log(values[i]);
		if (!isfinite(logs[i])) {
			free(logs);
			logs = NULL;
		}
	}
	return logs;
}

struct stats_interval stats_bootstrap_logs(const double *a, size_t nr_a, const double *b,
					   size_t nr_b, double level, size_t resamples)
{
	struct stats_interval interval = { NAN, NAN };
	double *x = logs_of(a, nr_a), *y = logs_of(b, nr_b);

	if (x && y && nr_a > 1 && nr_b > 1)
		interval = bootstrap(&(struct sums){ x, NULL, nr_a },
				     &(struct sums){ y, NULL, nr_b }, true, level, resamples);
	free(x);
	free(y);
	return interval;
}

/* ---------------------------------------------------------------- drift */

/* Sums of squares and products around each side's own means. */
struct moments {
	double xx, xy, yy;
	double df;
};

static void add_moments(const struct stats_track *t, struct moments *m)
{
	double *logs = logs_of(t->values, t->n);
	double x = 0, y = 0;

	/* a side with nothing in a boot has no logarithm to drift in */
	for (size_t i = 0; logs && i < t->n; i++) {
		x += t->positions[i] / (double)t->n;
		y += logs[i] / (double)t->n;
	}
	for (size_t i = 0; logs && i < t->n; i++) {
		m->xx += (t->positions[i] - x) * (t->positions[i] - x);
		m->xy += (t->positions[i] - x) * (logs[i] - y);
		m->yy += (logs[i] - y) * (logs[i] - y);
	}
	if (logs && t->n)
		m->df += (double)t->n - 1;
	free(logs);
}

struct stats_drift stats_log_drift(const struct stats_track *a, const struct stats_track *b,
				   double span)
{
	struct stats_drift drift = { NAN, NAN };
	struct moments m = { 0 };
	double slope, rest, error;

	add_moments(a, &m);
	add_moments(b, &m);
	if (m.df < 2 || !(m.xx > 0))
		return drift;
	slope = m.xy / m.xx;
	drift.change = exp(slope * span);
	rest = fmax((m.yy - slope * m.xy) / (m.df - 1), STATS_RESOLUTION_VARIANCE);
	error = sqrt(rest / m.xx);
	drift.p = 2 * gsl_cdf_tdist_Q(fabs(slope) / error, m.df - 1);
	return drift;
}
