// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which difference counts: reading it, and holding a figure against it. Knows one figure at a time,
 * no verdict.
 */
#include "model/compare.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "util/amount.h"

static int set_term(struct compare_effect *e, double value, enum amount_kind kind)
{
	switch (kind) {
	case AMOUNT_BARE:
	case AMOUNT_PERCENT:
		if (!(value > 0 && value < 1))
			return -ERANGE;
		e->relative = value;
		break;
	case AMOUNT_NS:
		e->ns = value;
		break;
	case AMOUNT_PER_SECOND:
		e->per_second = value;
		break;
	case AMOUNT_NS_PER_SECOND:
		e->ns_per_second = value;
		break;
	}
	return 0;
}

int compare_effect_parse(const char *text, struct compare_effect *effect)
{
	struct compare_effect e = *effect;

	for (;;) {
		size_t len = strcspn(text, ",");
		enum amount_kind kind;
		double value;
		int ret = amount_parse(text, len, &value, &kind);

		if (!ret)
			ret = set_term(&e, value, kind);
		if (ret)
			return ret;
		if (!text[len])
			break;
		text += len + 1;
	}
	*effect = e;
	return 0;
}

double compare_effect_absolute(const struct compare_effect *e, enum compare_unit unit)
{
	switch (unit) {
	case COMPARE_PER_SECOND:
		return e->per_second;
	case COMPARE_NS_PER_SECOND:
		return e->ns_per_second;
	case COMPARE_NS:
		return e->ns;
	case COMPARE_OPS:
		break;
	}
	return 0;
}

/* Largest level that this side may have: of counts an upper bound, of times the worst boot's. */
static double upper_level(const struct comparison *c, const struct compare_metric *m, int side)
{
	double most = 0;

	if (m->counted && isnan(m->total[side]))
		return NAN;
	if (m->counted)
		return stats_rate_upper(m->total[side], m->exposure[side], COMPARE_LEVEL);
	for (size_t i = 0; i < c->mode[side].nr_boots; i++) {
		if (isnan(m->values[side][i]))
			return NAN;
		most = fmax(most, m->values[side][i]);
	}
	return most;
}

bool compare_both_negligible(const struct comparison *c, const struct compare_metric *m)
{
	double absolute = compare_effect_absolute(&c->min_effect, m->unit);

	return upper_level(c, m, COMPARE_A) < absolute && upper_level(c, m, COMPARE_B) < absolute;
}

/* fmin and fmax skip NAN: without triggers the figures per second stand alone. */
double compare_least_ratio(const struct compare_metric *m)
{
	return fmin(m->ratio.ratio, m->per_trigger.ratio);
}

double compare_most_ratio(const struct compare_metric *m)
{
	return fmax(m->ratio.ratio, m->per_trigger.ratio);
}

bool compare_excludes_effect(const struct comparison *c, const struct compare_metric *m)
{
	double low = fmin(m->ratio.low, m->per_trigger.low);
	double high = fmax(m->ratio.high, m->per_trigger.high);
	double absolute = compare_effect_absolute(&c->min_effect, m->unit);
	double relative = c->min_effect.relative;

	if (compare_both_negligible(c, m))
		return true;
	if (low > 1 - relative && high < 1 + relative)
		return true;
	/* the interval of the ratio, read as one of the difference from the most that A may be */
	return fmax(1 - low, high - 1) * upper_level(c, m, COMPARE_A) < absolute;
}

bool compare_reaches_effect(const struct comparison *c, const struct compare_metric *m,
			    enum compare_finding direction)
{
	double difference = m->median[COMPARE_B] - m->median[COMPARE_A];

	if (!(fabs(difference) >= compare_effect_absolute(&c->min_effect, m->unit)))
		return false;
	if (direction == COMPARE_DECREASE)
		return compare_most_ratio(m) <= 1 - c->min_effect.relative;
	return compare_least_ratio(m) >= 1 + c->min_effect.relative;
}
