// SPDX-License-Identifier: GPL-2.0-only
/*
 * The questions a comparison asks: one figure per boot each, and B against A with boots as the
 * unit. A table names them; three of them are primary, the ones that the verdict rests on. Knows
 * no rules of the verdict beyond which questions it asks.
 */
#include "model/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/sight.h"
#include "util/array.h"

struct question {
	const char *key;
	const char *group;
	const char *subject;
	enum compare_unit unit;
	bool counted;
	bool primary;
	enum sight sight;				   /* what has to be seen for it */
	double (*value)(const struct boot *b, double arg); /* NAN: this boot has none */
	double arg;
};

static double qpw_executed(const struct boot *b, double arg)
{
	double total = 0;

	(void)arg;
	for (size_t i = 0; i < b->snapshot->nr_works; i++)
		if (snap_qpw_family(b->snapshot->works[i].function))
			total += (double)b->snapshot->works[i].executed;
	return total;
}

static double remote_executed(const struct boot *b, double arg)
{
	double total = 0;

	(void)arg;
	for (size_t i = 0; i < b->snapshot->nr_works; i++)
		total += (double)b->snapshot->works[i].remote;
	return total;
}

static double inlined(const struct boot *b, double arg)
{
	double total = 0;

	(void)arg;
	for (size_t i = 0; i < b->snapshot->nr_works; i++)
		total += (double)b->snapshot->works[i].inlined;
	return total;
}

static double class_count(const struct boot *b, double arg)
{
	return (double)b->snapshot->classes[(int)arg].count;
}

static double class_time(const struct boot *b, double arg)
{
	return (double)b->snapshot->classes[(int)arg].self_ns;
}

static double all_time(const struct boot *b, double arg)
{
	double total = 0;

	(void)arg;
	for (int i = 0; i < SNAP_NR_CLASSES; i++)
		total += (double)b->snapshot->classes[i].self_ns;
	return total;
}

/* Percentile 100 is the largest value. One that lies beyond the last sample is not carried. */
static double percentile(const struct hist *h, double percent)
{
	if (!h || !hist_count(h))
		return NAN;
	if (percent < 100 && (double)hist_count(h) * (100 - percent) < 100)
		return NAN;
	return (double)hist_percentile(h, percent);
}

static double latency(const struct boot *b, double arg)
{
	return percentile(b->snapshot->latency, arg);
}

static double cyclictest(const struct boot *b, double arg)
{
	return percentile(b->cyclictest.latency, arg);
}

static double flush_time(const struct boot *b, double arg)
{
	double total = 0;

	(void)arg;
	for (size_t i = 0; i < b->snapshot->nr_flushes; i++)
		total += (double)b->snapshot->flushes[i].total_ns;
	return total;
}

static double flush_count(const struct boot *b, double arg)
{
	double total = 0;

	(void)arg;
	for (size_t i = 0; i < b->snapshot->nr_flushes; i++)
		total += (double)b->snapshot->flushes[i].count;
	return total;
}

#define CLASS_COUNT(name, class)                                                      \
	{                                                                             \
		"rate_" name, "interruptions", name, COMPARE_PER_SECOND, true, false, \
			(enum sight)(class), class_count, class                       \
	}
#define CLASS_TIME(name, class)                                                           \
	{                                                                                 \
		"stolen_" name, "stolen time", name, COMPARE_NS_PER_SECOND, false, false, \
			(enum sight)(class), class_time, class                            \
	}

static const struct question questions[] = {
	{ "remote_work", "remote work", "QPW families", COMPARE_PER_SECOND, true, true,
	  (enum sight)SNAP_WORK, qpw_executed, 0 },
	{ "remote_queued", "remote work", "queued by other CPUs", COMPARE_PER_SECOND, true, false,
	  SIGHT_REMOTE, remote_executed, 0 },
	{ "inline_work", "remote work", "run in the caller", COMPARE_PER_SECOND, true, false,
	  SIGHT_INLINE, inlined, 0 },
	{ "p50", "latency", "p50", COMPARE_NS, false, false, SIGHT_SAMPLES, latency, 50 },
	{ "p99", "latency", "p99", COMPARE_NS, false, true, SIGHT_SAMPLES, latency, 99 },
	{ "p99.9", "latency", "p99.9", COMPARE_NS, false, false, SIGHT_SAMPLES, latency, 99.9 },
	{ "max", "latency", "max", COMPARE_NS, false, false, SIGHT_SAMPLES, latency, 100 },
	{ "stolen", "stolen time", "all classes", COMPARE_NS_PER_SECOND, false, false, SIGHT_STOLEN,
	  all_time, 0 },
	{ "stolen_work", "stolen time", "work", COMPARE_NS_PER_SECOND, false, true, SIGHT_WORK_TIME,
	  class_time, SNAP_WORK },
	CLASS_TIME("thread", SNAP_THREAD),
	CLASS_TIME("ipi", SNAP_IPI),
	CLASS_TIME("irq", SNAP_IRQ),
	CLASS_TIME("softirq", SNAP_SOFTIRQ),
	CLASS_TIME("tick", SNAP_TICK),
	CLASS_TIME("timer", SNAP_TIMER),
	CLASS_TIME("nmi", SNAP_NMI),
	CLASS_COUNT("work", SNAP_WORK),
	CLASS_COUNT("thread", SNAP_THREAD),
	CLASS_COUNT("ipi", SNAP_IPI),
	CLASS_COUNT("irq", SNAP_IRQ),
	CLASS_COUNT("softirq", SNAP_SOFTIRQ),
	CLASS_COUNT("tick", SNAP_TICK),
	CLASS_COUNT("timer", SNAP_TIMER),
	CLASS_COUNT("nmi", SNAP_NMI),
	{ "flush_waits", "flush waits", "count", COMPARE_PER_SECOND, true, false, SIGHT_FLUSHES,
	  flush_count, 0 },
	{ "flush_time", "flush waits", "time", COMPARE_NS_PER_SECOND, false, false, SIGHT_FLUSHES,
	  flush_time, 0 },
	{ "cyclictest_p50", "cyclictest", "p50", COMPARE_NS, false, false, SIGHT_OTHERS, cyclictest,
	  50 },
	{ "cyclictest_p99", "cyclictest", "p99", COMPARE_NS, false, false, SIGHT_OTHERS, cyclictest,
	  99 },
	{ "cyclictest_p99.9", "cyclictest", "p99.9", COMPARE_NS, false, false, SIGHT_OTHERS,
	  cyclictest, 99.9 },
	{ "cyclictest_max", "cyclictest", "max", COMPARE_NS, false, false, SIGHT_OTHERS, cyclictest,
	  100 },
};

#define STRESSOR_KEY "ops_"

const char *compare_key(size_t i)
{
	return i < ARRAY_SIZE(questions) ? questions[i].key : NULL;
}

int compare_key_unit(const char *key, enum compare_unit *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		if (!strcmp(key, questions[i].key)) {
			*unit = questions[i].unit;
			return 0;
		}
	}
	*unit = COMPARE_OPS;
	return strncmp(key, STRESSOR_KEY, strlen(STRESSOR_KEY)) || !key[strlen(STRESSOR_KEY)] ?
		       -ENOENT :
		       0;
}

static double triggers_of(const struct boot *b)
{
	double total = 0;

	for (size_t i = 0; i < b->triggers.nr_rows; i++)
		total += (double)b->triggers.rows[i].count;
	return total;
}

static bool all_positive(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(values[i] > 0))
			return false;
	return n > 0;
}

/* Raw figures of each boot and what they are divided by. */
struct columns {
	double *value[COMPARE_SIDES];
	double *exposure[COMPARE_SIDES];
	double *rate[COMPARE_SIDES];
	size_t n[COMPARE_SIDES];
};

static bool any_unknown(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(values[i]))
			return true;
	return false;
}

/* B against A for raw figures over their exposures. All NAN where a boot lacks either. */
static struct stats_ratio ratio_of(const struct columns *k, bool counted)
{
	struct stats_counts counts[COMPARE_SIDES];

	for (int side = 0; side < COMPARE_SIDES; side++) {
		if (!all_positive(k->exposure[side], k->n[side]) ||
		    any_unknown(k->value[side], k->n[side]))
			return (struct stats_ratio){ NAN, NAN, NAN, NAN, NAN };
		for (size_t i = 0; i < k->n[side]; i++)
			k->rate[side][i] = k->value[side][i] / k->exposure[side][i];
		counts[side] =
			(struct stats_counts){ k->value[side], k->exposure[side], k->n[side] };
	}
	if (counted)
		return stats_rate_ratio(&counts[COMPARE_A], &counts[COMPARE_B], COMPARE_LEVEL);
	return stats_log_ratio(k->rate[COMPARE_A], k->n[COMPARE_A], k->rate[COMPARE_B],
			       k->n[COMPARE_B], COMPARE_LEVEL);
}

static double exposure_of(const struct boot *b, enum compare_unit unit, bool by_trigger)
{
	if (unit == COMPARE_NS || unit == COMPARE_OPS)
		return 1;
	return by_trigger ? triggers_of(b) : compare_seconds(b);
}

static void fill_columns(const struct comparison *c, const struct question *q, bool by_trigger,
			 struct columns *k)
{
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; i < k->n[side]; i++) {
			const struct boot *b = c->mode[side].boots[i];

			k->value[side][i] =
				sight_lacks(b->snapshot, q->sight) ? NAN : q->value(b, q->arg);
			k->exposure[side][i] = exposure_of(b, q->unit, by_trigger);
		}
	}
}

static void free_columns(struct columns *k)
{
	for (int side = 0; side < COMPARE_SIDES; side++) {
		free(k->value[side]);
		free(k->exposure[side]);
		free(k->rate[side]);
	}
}

static int alloc_columns(const struct comparison *c, struct columns *k)
{
	memset(k, 0, sizeof(*k));
	for (int side = 0; side < COMPARE_SIDES; side++) {
		size_t room = c->mode[side].nr_boots + 1;

		k->n[side] = c->mode[side].nr_boots;
		k->value[side] = calloc(room, sizeof(double));
		k->exposure[side] = calloc(room, sizeof(double));
		k->rate[side] = calloc(room, sizeof(double));
		if (!k->value[side] || !k->exposure[side] || !k->rate[side]) {
			free_columns(k);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Bootstrap of B against A for raw figures over their exposures. */
static struct stats_interval bootstrap_of(const struct comparison *c, const struct columns *k,
					  const struct compare_metric *m)
{
	const struct stats_counts a = { k->value[COMPARE_A], k->exposure[COMPARE_A],
					k->n[COMPARE_A] };
	const struct stats_counts b = { k->value[COMPARE_B], k->exposure[COMPARE_B],
					k->n[COMPARE_B] };

	if (isnan(m->ratio.ratio))
		return (struct stats_interval){ NAN, NAN };
	if (m->counted)
		return stats_bootstrap_rates(&a, &b, COMPARE_LEVEL, c->resamples);
	return stats_bootstrap_logs(k->rate[COMPARE_A], a.n, k->rate[COMPARE_B], b.n, COMPARE_LEVEL,
				    c->resamples);
}

static struct stats_drift drift_of(const struct comparison *c, const struct compare_metric *m)
{
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];
	const struct stats_track x = { m->values[COMPARE_A], a->positions, a->nr_boots };
	const struct stats_track y = { m->values[COMPARE_B], b->positions, b->nr_boots };

	if (!c->order_known || !c->nr_order)
		return (struct stats_drift){ NAN, NAN };
	return stats_log_drift(&x, &y, (double)c->nr_order - 1);
}

static void set_levels(struct columns *k, struct compare_metric *m)
{
	for (int side = 0; side < COMPARE_SIDES; side++) {
		double *rate = k->rate[side];

		for (size_t i = 0; i < k->n[side]; i++) {
			m->total[side] += k->value[side][i];
			m->exposure[side] += k->exposure[side][i];
			rate[i] = k->exposure[side][i] > 0 ?
					  k->value[side][i] / k->exposure[side][i] :
					  NAN;
		}
		m->median[side] = stats_median(rate, k->n[side]);
		m->values[side] = rate;
		k->rate[side] = NULL; /* the metric's now */
	}
}

/* Answer what *m asks by the raw figures in *k, which are used up. */
static void answer(const struct comparison *c, struct columns *k, struct compare_metric *m)
{
	m->ratio = ratio_of(k, m->counted);
	m->bootstrap = bootstrap_of(c, k, m);
	set_levels(k, m);
	m->rank_p = stats_rank_p(m->values[COMPARE_A], k->n[COMPARE_A], m->values[COMPARE_B],
				 k->n[COMPARE_B]);
	m->drift = drift_of(c, m);
	free_columns(k);
}

static void append_key(struct compare_metric *m, const char *text)
{
	size_t used = strlen(m->key), len = strnlen(text, sizeof(m->key) - 1 - used);

	memcpy(m->key + used, text, len);
	m->key[used + len] = '\0';
}

/* The first boot of each side that did not see it all. */
static void find_unseen(const struct comparison *c, enum sight needed, struct compare_metric *m)
{
	for (int side = 0; side < COMPARE_SIDES; side++) {
		struct compare_unseen *u = &m->unseen[side];

		for (size_t i = 0; !u->probe && i < c->mode[side].nr_boots; i++) {
			u->probe = sight_lacks(c->mode[side].boots[i]->snapshot, needed);
			u->boot = u->probe ? c->mode[side].boots[i]->label : NULL;
		}
	}
}

/* Answer one question into *m. 0 or -ENOMEM. */
static int ask(const struct comparison *c, const struct question *q, struct compare_metric *m)
{
	struct columns k;
	int ret = alloc_columns(c, &k);

	if (ret)
		return ret;
	m->group = q->group;
	m->subject = q->subject;
	append_key(m, q->key);
	m->unit = q->unit;
	m->counted = q->counted;
	m->primary = q->primary;
	m->per_trigger = (struct stats_ratio){ NAN, NAN, NAN, NAN, NAN };
	m->holm_p = NAN;
	find_unseen(c, q->sight, m);
	if (q->primary && q->unit != COMPARE_NS) {
		fill_columns(c, q, true, &k);
		m->per_trigger = ratio_of(&k, q->counted);
	}
	fill_columns(c, q, false, &k);
	answer(c, &k, m);
	return 0;
}

static const struct boot_stressor *stressor_of(const struct boot *b, const char *name)
{
	for (size_t i = 0; i < b->nr_stressors; i++)
		if (!strcmp(b->stressors[i].name, name))
			return &b->stressors[i];
	return NULL;
}

/*
 * Throughput of a stressor of A's first boot, NAN in boots that did not run it; bogo operations of
 * different stressors differ in size, so they are never added up.
 */
static int ask_stressor(const struct comparison *c, const char *name, struct compare_metric *m)
{
	struct columns k;
	int ret = alloc_columns(c, &k);

	if (ret)
		return ret;
	*m = (struct compare_metric){
		.group = "stress-ng", .subject = name, .unit = COMPARE_OPS, .holm_p = NAN
	};
	append_key(m, STRESSOR_KEY);
	append_key(m, name);
	m->per_trigger = (struct stats_ratio){ NAN, NAN, NAN, NAN, NAN };
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; i < k.n[side]; i++) {
			const struct boot_stressor *s = stressor_of(c->mode[side].boots[i], name);

			k.value[side][i] = s && s->seconds > 0 ? s->ops / s->seconds : NAN;
			k.exposure[side][i] = 1;
		}
	}
	answer(c, &k, m);
	return 0;
}

static void adjust(struct comparison *c)
{
	double p[ARRAY_SIZE(questions)], adjusted[ARRAY_SIZE(questions)];

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const struct compare_metric *m = &c->metrics[i];

		/* asked per second and per trigger: the weaker answer counts (fmax skips NAN) */
		p[i] = m->primary ? fmax(m->ratio.p, m->per_trigger.p) : NAN;
	}
	stats_holm(p, adjusted, ARRAY_SIZE(questions));
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		c->metrics[i].holm_p = adjusted[i];
}

int compare_metrics(struct comparison *c)
{
	const struct boot *first = c->mode[COMPARE_A].nr_boots ? c->mode[COMPARE_A].boots[0] : NULL;
	size_t extra = first ? first->nr_stressors : 0;
	int ret = 0;

	c->metrics = calloc(ARRAY_SIZE(questions) + extra, sizeof(*c->metrics));
	if (!c->metrics)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(questions); i++) {
		struct question q = questions[i];

		if (q.unit != COMPARE_PER_SECOND && (c->emulated || c->time_unknown))
			q.primary = false;
		ret = ask(c, &q, &c->metrics[c->nr_metrics++]);
	}
	for (size_t i = 0; !ret && i < extra; i++)
		ret = ask_stressor(c, first->stressors[i].name, &c->metrics[c->nr_metrics++]);
	if (!ret)
		adjust(c);
	return ret;
}
