// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading gates and judging them. A gate on a change needs as much evidence as the verdict does, to
 * fail and to pass; a limit is one that every boot of B has to keep. Knows no sentences.
 */
#include "model/compare_gate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/amount.h"

/* ---------------------------------------------------------------- reading */

static int set_change(struct compare_gate *g, bool up, double value, enum amount_kind kind)
{
	if (kind != AMOUNT_PERCENT || (!up && value >= 1))
		return -EINVAL;
	g->kind = up ? COMPARE_GATE_RISE : COMPARE_GATE_FALL;
	g->limit = value;
	return 0;
}

/* A bare number is one per second of what is counted; of times only 0 needs no unit. */
static int set_limit(struct compare_gate *g, bool above, double value, enum amount_kind kind,
		     enum compare_unit unit)
{
	static const enum amount_kind kinds[] = {
		[COMPARE_PER_SECOND] = AMOUNT_PER_SECOND,
		[COMPARE_NS_PER_SECOND] = AMOUNT_NS_PER_SECOND,
		[COMPARE_NS] = AMOUNT_NS,
		[COMPARE_OPS] = AMOUNT_PER_SECOND,
	};
	bool bare = kind == AMOUNT_BARE && (kinds[unit] == AMOUNT_PER_SECOND || value <= 0);

	if (!bare && kind != kinds[unit])
		return -EINVAL;
	g->kind = above ? COMPARE_GATE_ABOVE : COMPARE_GATE_BELOW;
	g->limit = value;
	return 0;
}

int compare_gate_parse(const char *text, size_t len, struct compare_gate *gate)
{
	const char *colon = memchr(text, ':', len);
	size_t key = colon ? (size_t)(colon - text) : 0;
	enum amount_kind kind;
	enum compare_unit unit;
	double value;

	memset(gate, 0, sizeof(*gate));
	if (len >= sizeof(gate->text) || !colon || key >= sizeof(gate->key))
		return -EINVAL;
	memcpy(gate->text, text, len);
	memcpy(gate->key, text, key);
	if (compare_key_unit(gate->key, &unit))
		return -ENOENT;
	if (len < key + 3 || amount_parse(text + key + 2, len - key - 2, &value, &kind))
		return -EINVAL;
	switch (colon[1]) {
	case '+':
	case '-':
		return set_change(gate, colon[1] == '+', value, kind);
	case '>':
	case '<':
		return set_limit(gate, colon[1] == '>', value, kind, unit);
	default:
		return -EINVAL;
	}
}

/* ---------------------------------------------------------------- judging */

static bool on_change(const struct compare_gate *g)
{
	return g->kind == COMPARE_GATE_RISE || g->kind == COMPARE_GATE_FALL;
}

static const struct compare_metric *metric_of(const struct comparison *c, const char *key)
{
	for (size_t i = 0; i < c->nr_metrics; i++)
		if (!strcmp(c->metrics[i].key, key))
			return &c->metrics[i];
	return NULL;
}

/* What speaks against the boots' figures, not against a verdict about work alone. */
static bool flaws_figures(enum compare_reason_code code)
{
	switch (code) {
	case COMPARE_WITNESS_MISSING:
	case COMPARE_TRIGGERS_MISSING:
	case COMPARE_ONE_BOOT:
	case COMPARE_CONTRADICTING:
	case COMPARE_THIN:
	case COMPARE_DRIFTING:
	case COMPARE_NOT_INTERLEAVED:
		return false;
	default:
		return true;
	}
}

/* What makes a boot of B count less than there was. */
static bool loses_events(enum compare_reason_code code)
{
	return code == COMPARE_LOST_EVENTS || code == COMPARE_TRUNCATED ||
	       code == COMPARE_WINDOW_OPEN || code == COMPARE_PROBE_MISSING ||
	       code == COMPARE_WITNESS_DIFFERS || code == COMPARE_NO_BOOTS ||
	       code == COMPARE_PROBES_DIFFER;
}

static const struct compare_reason *flaw_of(const struct comparison *c,
					    const struct compare_gate *g)
{
	for (size_t i = 0; i < c->nr_reasons; i++) {
		const struct compare_reason *r = &c->reasons[i];

		if (on_change(g) ? flaws_figures(r->code) :
				   r->side == COMPARE_B && loses_events(r->code))
			return r;
	}
	return NULL;
}

static void unjudged(struct compare_gate_result *r, enum compare_gate_why why)
{
	r->outcome = COMPARE_GATE_UNJUDGED;
	r->why = why;
}

/* Whether a rise of the limit is excluded; or a fall. */
static bool excluded(const struct comparison *c, const struct compare_gate_result *r)
{
	const struct compare_metric *m = r->metric;

	if (compare_both_negligible(c, m))
		return true;
	/* times that fell to nothing have no logarithm, and no rise */
	if (r->gate->kind == COMPARE_GATE_RISE && !m->counted && m->total[COMPARE_B] <= 0)
		return true;
	if (r->gate->kind == COMPARE_GATE_RISE)
		return fmax(m->ratio.high, m->per_trigger.high) < 1 + r->gate->limit;
	return fmin(m->ratio.low, m->per_trigger.low) > 1 - r->gate->limit;
}

static bool changed(const struct compare_gate_result *r)
{
	if (!(r->holm_p <= 1 - COMPARE_LEVEL))
		return false;
	if (r->gate->kind == COMPARE_GATE_RISE)
		return compare_least_ratio(r->metric) > 1 + r->gate->limit;
	return compare_most_ratio(r->metric) < 1 - r->gate->limit;
}

static void judge_change(const struct comparison *c, struct compare_gate_result *r)
{
	enum compare_reason_code code = compare_unsettled(c, r->metric);

	/* the nearest reason: other boots, recorded so, would not give the figure either */
	if (r->metric->unseen[COMPARE_A].probe || r->metric->unseen[COMPARE_B].probe)
		unjudged(r, COMPARE_GATE_NO_FIGURE);
	else if (r->reason)
		unjudged(r, COMPARE_GATE_FLAWED);
	else if (code == COMPARE_ONE_BOOT)
		unjudged(r, COMPARE_GATE_ONE_BOOT);
	else if (code == COMPARE_NOT_INTERLEAVED)
		unjudged(r, COMPARE_GATE_NOT_INTERLEAVED);
	else if (compare_drifts(c, r->metric))
		unjudged(r, COMPARE_GATE_DRIFTING);
	else if (changed(r))
		r->outcome = COMPARE_GATE_FAILED;
	else if (!excluded(c, r))
		unjudged(r, isnan(r->metric->ratio.ratio) ? COMPARE_GATE_NO_FIGURE :
							    COMPARE_GATE_UNCLEAR);
}

/*
 * What was lost may have been more, never less: a limit that is broken is broken, one that is kept
 * is kept only if nothing was lost; and the other way round for a lower limit.
 */
static void judge_limit(const struct comparison *c, struct compare_gate_result *r)
{
	bool above = r->gate->kind == COMPARE_GATE_ABOVE, missing = false, broken;
	bool unseen = r->metric->unseen[COMPARE_B].probe;

	r->worst = NAN;
	for (size_t i = 0; i < c->mode[COMPARE_B].nr_boots; i++) {
		double value = r->metric->values[COMPARE_B][i];

		missing = missing || isnan(value);
		r->worst = above ? fmax(r->worst, value) : fmin(r->worst, value);
	}
	broken = above ? r->worst > r->gate->limit : r->worst < r->gate->limit;
	/* what was above a limit was there, whatever else was not seen */
	if (r->reason && !unseen && !(above && broken))
		unjudged(r, COMPARE_GATE_FLAWED);
	else if (broken && (above || !unseen))
		r->outcome = COMPARE_GATE_FAILED;
	else if (unseen || missing || isnan(r->worst))
		unjudged(r, COMPARE_GATE_NO_FIGURE);
}

static void judge(const struct comparison *c, struct compare_gate_result *r)
{
	if (!r->metric)
		unjudged(r, COMPARE_GATE_NO_FIGURE);
	else if (r->metric->unit != COMPARE_PER_SECOND && (c->emulated || c->time_unknown))
		unjudged(r, COMPARE_GATE_NO_REAL_TIME);
	else if (on_change(r->gate))
		judge_change(c, r);
	else
		judge_limit(c, r);
}

/* p of the gates on changes, adjusted for their number. 0 or -ENOMEM. */
static int adjust(struct comparison *c)
{
	double *p = calloc(2 * c->nr_gates + 1, sizeof(*p)), *adjusted = p ? p + c->nr_gates : NULL;

	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < c->nr_gates; i++) {
		const struct compare_metric *m = c->gates[i].metric;

		p[i] = m && on_change(c->gates[i].gate) ? fmax(m->ratio.p, m->per_trigger.p) : NAN;
	}
	stats_holm(p, adjusted, c->nr_gates);
	for (size_t i = 0; i < c->nr_gates; i++)
		c->gates[i].holm_p = adjusted[i];
	free(p);
	return 0;
}

int compare_gates(struct comparison *c, const struct compare_gate *gates, size_t nr)
{
	int ret;

	c->gates = calloc(nr + 1, sizeof(*c->gates));
	if (!c->gates)
		return -ENOMEM;
	c->nr_gates = nr;
	for (size_t i = 0; i < nr; i++)
		c->gates[i] = (struct compare_gate_result){ .gate = &gates[i],
							    .metric = metric_of(c, gates[i].key),
							    .reason = flaw_of(c, &gates[i]),
							    .worst = NAN };
	ret = adjust(c);
	for (size_t i = 0; !ret && i < nr; i++)
		judge(c, &c->gates[i]);
	return ret;
}

enum compare_gate_outcome compare_gates_outcome(const struct comparison *c)
{
	enum compare_gate_outcome outcome = COMPARE_GATE_PASSED;

	for (size_t i = 0; i < c->nr_gates; i++) {
		if (c->gates[i].outcome == COMPARE_GATE_FAILED)
			return COMPARE_GATE_FAILED;
		if (c->gates[i].outcome == COMPARE_GATE_UNJUDGED)
			outcome = COMPARE_GATE_UNJUDGED;
	}
	return outcome;
}

const char *compare_gate_outcome_name(enum compare_gate_outcome outcome)
{
	static const char *const names[] = {
		[COMPARE_GATE_PASSED] = "passed",
		[COMPARE_GATE_FAILED] = "failed",
		[COMPARE_GATE_UNJUDGED] = "not-judged",
	};

	return names[outcome];
}
