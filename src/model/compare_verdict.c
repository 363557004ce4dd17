// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of the verdict, as docs/compare.md states them: what makes two sets of boots
 * incomparable, what supports a difference, and what follows. Knows no sentences.
 */
#include "model/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

static int add_reason(struct comparison *c, const struct compare_reason *reason)
{
	struct compare_reason *rows;

	rows = realloc(c->reasons, (c->nr_reasons + 1) * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	c->reasons = rows;
	rows[c->nr_reasons++] = *reason;
	return 0;
}

#define ADD_REASON(c, code_, side_, boot_, ...) \
	add_reason(c, &(struct compare_reason){ \
			      .code = (code_), .side = (side_), .boot = (boot_), ##__VA_ARGS__ })

/* ---------------------------------------------------------------- one boot alone */

/* The executions of these events are the question; without one of them nothing is answered. */
static const char *const needed_probes[] = {
	"workqueue_queue_work",
	"workqueue_execute_start",
	"workqueue_execute_end",
};

static bool is_needed(const char *probe)
{
	for (size_t i = 0; i < ARRAY_SIZE(needed_probes); i++)
		if (!strcmp(probe, needed_probes[i]))
			return true;
	return false;
}

static int check_recording(struct comparison *c, int side, const struct boot *b)
{
	const struct snapshot *s = b->snapshot;
	int ret = 0;

	if (s->nr_lost)
		ret = ADD_REASON(c, COMPARE_LOST_EVENTS, side, b->label, .a = s->nr_lost);
	if (!ret && s->truncated)
		ret = ADD_REASON(c, COMPARE_TRUNCATED, side, b->label, .left = b->problem);
	if (!ret && !s->window_closed)
		ret = ADD_REASON(c, COMPARE_WINDOW_OPEN, side, b->label);
	if (!ret && !s->nr_samples)
		ret = ADD_REASON(c, COMPARE_NO_SAMPLES, side, b->label);
	if (!ret && b->splats)
		ret = ADD_REASON(c, COMPARE_KERNEL_SPLAT, side, b->label, .a = b->splats);
	for (size_t i = 0; !ret && i < s->nr_probes; i++) {
		if (s->probes[i].state == QPW_PROBE_MISSING && is_needed(s->probes[i].name))
			ret = ADD_REASON(c, COMPARE_PROBE_MISSING, side, b->label,
					 .subject = s->probes[i].name);
	}
	return ret;
}

/* The collector's count of every function has to be the witness's, both ways. */
static int check_witness(struct comparison *c, int side, const struct boot *b)
{
	const struct boot_witness *w = &b->witness;
	const struct snapshot *s = b->snapshot;
	int ret = 0;

	if (w->state == BOOT_WITNESS_ABSENT)
		return ADD_REASON(c, COMPARE_WITNESS_MISSING, side, b->label);
	if (w->state != BOOT_WITNESS_OK)
		return ADD_REASON(c, COMPARE_WITNESS_UNUSABLE, side, b->label, .a = w->nr_overrun,
				  .b = w->nr_dropped);
	for (size_t i = 0; !ret && i < s->nr_works; i++) {
		const struct snap_work *work = &s->works[i];
		uint64_t seen = boot_count_of(w->functions, w->nr_functions, work->function);

		if (seen != work->executed)
			ret = ADD_REASON(c, COMPARE_WITNESS_DIFFERS, side, b->label,
					 .subject = work->function, .a = seen, .b = work->executed);
	}
	for (size_t i = 0; !ret && i < w->nr_functions; i++) {
		bool known = false;

		for (size_t j = 0; !known && j < s->nr_works; j++)
			known = !strcmp(s->works[j].function, w->functions[i].name);
		if (!known && w->functions[i].count)
			ret = ADD_REASON(c, COMPARE_WITNESS_DIFFERS, side, b->label,
					 .subject = w->functions[i].name,
					 .a = w->functions[i].count);
	}
	return ret;
}

/* ---------------------------------------------------------------- boots beside each other */

/* All but the boot mode has to be the same as in the first boot of all. */
static int check_setup(struct comparison *c, int side, const struct boot *b)
{
	const struct boot *first = c->mode[COMPARE_A].boots[0];
	const struct boot *own = c->mode[side].boots[0];
	double window = compare_seconds(b), wanted = compare_seconds(first);
	int ret = 0;

	if (strcmp(b->mode, own->mode) != 0)
		ret = ADD_REASON(c, COMPARE_MODE_MIXED, side, b->label, .left = own->mode,
				 .right = b->mode);
	for (size_t i = 0; !ret && i < b->nr_setup && i < first->nr_setup; i++)
		if (strcmp(b->setup[i].text, first->setup[i].text) != 0)
			ret = ADD_REASON(c, COMPARE_SETUP_DIFFERS, side, b->label,
					 .subject = b->setup[i].what, .left = first->setup[i].text,
					 .right = b->setup[i].text);
	if (!ret && fmax(window, wanted) > COMPARE_WINDOW_RATIO * fmin(window, wanted))
		ret = ADD_REASON(c, COMPARE_SETUP_DIFFERS, side, b->label,
				 .subject = "measured window, ms",
				 .a = first->snapshot->window_ns / 1000000,
				 .b = b->snapshot->window_ns / 1000000);
	return ret;
}

const char *compare_lacks_alone(const struct snapshot *s, const struct snapshot *other, size_t *at)
{
	while (*at < s->nr_probes) {
		const struct snap_probe *p = &s->probes[(*at)++];

		if (p->state == QPW_PROBE_MISSING && !is_needed(p->name) &&
		    !snapshot_lacks(other, p->name))
			return p->name;
	}
	return NULL;
}

static uint64_t nr_lacks_alone(const struct snapshot *s, const struct snapshot *other)
{
	uint64_t nr = 0;
	size_t at = 0;

	while (compare_lacks_alone(s, other, &at))
		nr++;
	return nr;
}

static bool is_told(const struct comparison *c, enum compare_reason_code code, const char *boot)
{
	for (size_t i = 0; i < c->nr_reasons; i++)
		if (c->reasons[i].code == code && c->reasons[i].boot == boot)
			return true;
	return false;
}

/* What is seen in some boots only makes a difference that is none of the machine's. */
static int check_probes(struct comparison *c, int side, const struct boot *b)
{
	const struct boot *first = c->mode[COMPARE_A].boots[0];
	uint64_t nr = nr_lacks_alone(b->snapshot, first->snapshot);
	int ret = 0;

	if (nr)
		ret = ADD_REASON(c, COMPARE_PROBES_DIFFER, side, b->label, .lacking = b->snapshot,
				 .having = first->snapshot, .left = first->label, .a = nr);
	nr = nr_lacks_alone(first->snapshot, b->snapshot);
	if (!ret && nr && !is_told(c, COMPARE_PROBES_DIFFER, first->label))
		ret = ADD_REASON(c, COMPARE_PROBES_DIFFER, COMPARE_A, first->label,
				 .lacking = first->snapshot, .having = b->snapshot,
				 .left = b->label, .a = nr);
	return ret;
}

static bool is_copy(const struct boot *a, const struct boot *b)
{
	return a->recording[0] && !strcmp(a->recording, b->recording) &&
	       a->snapshot->window_start_ns == b->snapshot->window_start_ns;
}

/* A boot counts once: copies of it would make it look as if boots did not vary. */
static int check_copies(struct comparison *c, int side, size_t index)
{
	const struct boot *b = c->mode[side].boots[index];

	for (int other = 0; other <= side; other++) {
		size_t nr = other < side ? c->mode[other].nr_boots : index;

		for (size_t i = 0; i < nr; i++)
			if (is_copy(b, c->mode[other].boots[i]))
				return ADD_REASON(c, COMPARE_SAME_RECORDING, side, b->label,
						  .left = c->mode[other].boots[i]->label);
	}
	return 0;
}

static bool has_triggers(const struct compare_mode *m)
{
	for (size_t i = 0; i < m->nr_boots; i++)
		if (m->boots[i]->triggers.present)
			return true;
	return false;
}

static int check_family(struct comparison *c, const char *family)
{
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];
	uint64_t count_a = boot_count_of(a->triggers, a->nr_triggers, family);
	uint64_t count_b = boot_count_of(b->triggers, b->nr_triggers, family);
	double mean_a = (double)count_a / (double)a->nr_boots;
	double mean_b = (double)count_b / (double)b->nr_boots;

	if (fmax(mean_a, mean_b) <= COMPARE_TRIGGER_RATIO * fmin(mean_a, mean_b))
		return 0;
	return ADD_REASON(c, COMPARE_TRIGGERS_DIFFER, -1, NULL, .subject = family, .a = count_a,
			  .b = count_b);
}

/* No triggers anywhere is another workload than ours and is fine; then only time is a measure. */
static int check_triggers(struct comparison *c)
{
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];
	int ret = 0;

	if (!has_triggers(a) && !has_triggers(b))
		return 0;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; !ret && i < c->mode[side].nr_boots; i++) {
			const struct boot *boot = c->mode[side].boots[i];

			if (!boot->triggers.present)
				ret = ADD_REASON(c, COMPARE_TRIGGERS_MISSING, side, boot->label);
		}
	}
	for (size_t i = 0; !ret && i < a->nr_triggers; i++)
		ret = check_family(c, a->triggers[i].name);
	for (size_t i = 0; !ret && i < b->nr_triggers; i++)
		if (!boot_count_has(a->triggers, a->nr_triggers, b->triggers[i].name))
			ret = check_family(c, b->triggers[i].name);
	return ret;
}

static int check_comparable(struct comparison *c)
{
	int ret = 0;

	for (int side = 0; side < COMPARE_SIDES; side++)
		if (!c->mode[side].nr_boots)
			return ADD_REASON(c, COMPARE_NO_BOOTS, side, NULL);
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; !ret && i < c->mode[side].nr_boots; i++) {
			const struct boot *b = c->mode[side].boots[i];

			ret = check_recording(c, side, b);
			if (!ret)
				ret = check_witness(c, side, b);
			if (!ret)
				ret = check_setup(c, side, b);
			if (!ret)
				ret = check_probes(c, side, b);
			if (!ret)
				ret = check_copies(c, side, i);
		}
	}
	return ret ? ret : check_triggers(c);
}

/* ---------------------------------------------------------------- what the figures support */

static bool few_boots(const struct comparison *c)
{
	return c->mode[COMPARE_A].nr_boots < 2 || c->mode[COMPARE_B].nr_boots < 2;
}

/*
 * Boots that changed over the run, by a size that counts and is no small part of the difference
 * between the sides: then the order of the boots made the figures, not the change alone.
 */
bool compare_drifts(const struct comparison *c, const struct compare_metric *m)
{
	double change = fabs(log(m->drift.change)), effect = fabs(log(m->ratio.ratio));
	double level = fmax(m->median[COMPARE_A], m->median[COMPARE_B]);
	double nr_asked = fmax(1, (double)c->nr_primary);

	if (!(m->drift.p <= COMPARE_DRIFT_P / nr_asked))
		return false;
	return change >= log1p(c->min_effect.relative) && change >= effect / 2 &&
	       fabs(m->drift.change - 1) * level >=
		       compare_effect_absolute(&c->min_effect, m->unit);
}

static int check_drift(struct comparison *c)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < c->nr_metrics; i++)
		if (c->metrics[i].primary && compare_drifts(c, &c->metrics[i]))
			ret = ADD_REASON(c, COMPARE_DRIFTING, -1, NULL, .metric = &c->metrics[i]);
	return ret;
}

/* With one boot a side the variance between boots is unknown; none against many stands anyway. */
static bool none_against_many(const struct comparison *c, const struct compare_metric *m)
{
	return m->counted && has_triggers(&c->mode[COMPARE_A]) &&
	       fmin(m->total[COMPARE_A], m->total[COMPARE_B]) <= 0 &&
	       fmax(m->total[COMPARE_A], m->total[COMPARE_B]) >= COMPARE_MIN_EVENTS;
}

enum compare_reason_code compare_unsettled(const struct comparison *c,
					   const struct compare_metric *m)
{
	if (none_against_many(c, m))
		return 0;
	if (few_boots(c))
		return COMPARE_ONE_BOOT;
	/* boots in blocks: what changed in the meantime can't be told from the change */
	return c->in_blocks ? COMPARE_NOT_INTERLEAVED : 0;
}

static enum compare_finding find_effect(const struct comparison *c, const struct compare_metric *m)
{
	if (compare_unsettled(c, m))
		return COMPARE_UNCLEAR;
	if (m->holm_p <= 1 - COMPARE_LEVEL) {
		if (compare_reaches_effect(c, m, COMPARE_DECREASE))
			return COMPARE_DECREASE;
		if (compare_reaches_effect(c, m, COMPARE_INCREASE))
			return COMPARE_INCREASE;
	}
	return compare_excludes_effect(c, m) ? COMPARE_SAME : COMPARE_UNCLEAR;
}

/* Why no question is decided. */
static enum compare_reason_code undecided(const struct comparison *c)
{
	if (few_boots(c))
		return COMPARE_ONE_BOOT;
	return c->in_blocks ? COMPARE_NOT_INTERLEAVED : COMPARE_THIN;
}

int compare_judge(struct comparison *c)
{
	size_t nr[COMPARE_SAME + 1] = { 0 };
	int ret = check_comparable(c);

	for (size_t i = 0; !ret && i < c->nr_metrics; i++) {
		struct compare_metric *m = &c->metrics[i];

		if (!m->primary)
			continue;
		m->finding = find_effect(c, m);
		nr[m->finding]++;
		c->nr_primary++;
	}
	if (!ret)
		ret = check_drift(c);
	if (ret)
		return ret;
	c->verdict = COMPARE_INCONCLUSIVE;
	if (c->nr_reasons)
		return 0;
	if (nr[COMPARE_DECREASE] && nr[COMPARE_INCREASE])
		return ADD_REASON(c, COMPARE_CONTRADICTING, -1, NULL);
	if (nr[COMPARE_DECREASE])
		c->verdict = COMPARE_IMPROVED;
	else if (nr[COMPARE_INCREASE])
		c->verdict = COMPARE_REGRESSED;
	else if (nr[COMPARE_SAME] == c->nr_primary)
		c->verdict = COMPARE_NO_DIFFERENCE;
	else
		return ADD_REASON(c, undecided(c), -1, NULL);
	return 0;
}
