// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sentences and figures of a comparison. Knows no format.
 */
#include "view/compare_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/host.h"
#include "util/text.h"

void words_value(enum compare_unit unit, double value, char *buf, size_t size)
{
	buf[0] = '\0';
	if (isnan(value)) {
		text_add(buf, size, "–");
		return;
	}
	switch (unit) {
	case COMPARE_NS:
		words_ns(value, buf, size);
		break;
	case COMPARE_NS_PER_SECOND:
		words_ns(value, buf, size);
		text_add(buf, size, value > 0 ? "/s" : "");
		break;
	case COMPARE_PER_SECOND:
	case COMPARE_OPS:
		words_add_number(buf, size, value);
		text_add(buf, size, "/s");
		break;
	}
}

void words_ratio(const struct stats_ratio *r, char *buf, size_t size)
{
	buf[0] = '\0';
	if (isnan(r->ratio)) {
		text_add(buf, size, "–");
		return;
	}
	words_add_number(buf, size, r->ratio);
	if (isnan(r->low) || isnan(r->high))
		return;
	text_add(buf, size, " (");
	words_add_number(buf, size, r->low);
	text_add(buf, size, " to ");
	words_add_number(buf, size, r->high);
	text_add(buf, size, ")");
}

void words_change(const struct compare_metric *m, char *buf, size_t size)
{
	const char *a = m->unseen[COMPARE_A].probe, *b = m->unseen[COMPARE_B].probe;

	words_ratio(&m->ratio, buf, size);
	if (a || b)
		text_add(buf, size, " (without %s)", a ? a : b);
}

void words_interval(const struct stats_interval *i, char *buf, size_t size)
{
	buf[0] = '\0';
	if (isnan(i->low) || isnan(i->high)) {
		text_add(buf, size, "–");
		return;
	}
	words_add_number(buf, size, i->low);
	text_add(buf, size, " to ");
	words_add_number(buf, size, i->high);
}

void words_metric(const struct compare_metric *m, char *buf, size_t size)
{
	buf[0] = '\0';
	text_add(buf, size, "%s: %s", m->group, m->subject);
}

bool words_worth(const struct compare_metric *m)
{
	return m->primary || m->unseen[COMPARE_A].probe || m->unseen[COMPARE_B].probe ||
	       m->median[COMPARE_A] > 0 || m->median[COMPARE_B] > 0 || m->total[COMPARE_A] > 0 ||
	       m->total[COMPARE_B] > 0;
}

const char *words_finding(enum compare_finding finding)
{
	switch (finding) {
	case COMPARE_DECREASE:
		return "less";
	case COMPARE_INCREASE:
		return "more";
	case COMPARE_SAME:
		return "same";
	case COMPARE_UNCLEAR:
		return "unclear";
	case COMPARE_NOT_JUDGED:
		break;
	}
	return "";
}

const struct boot *words_first_boot(const struct comparison *c)
{
	for (int side = 0; side < COMPARE_SIDES; side++)
		if (c->mode[side].nr_boots)
			return c->mode[side].boots[0];
	return NULL;
}

const char *words_backend(const struct comparison *c)
{
	const struct boot *b = words_first_boot(c);

	return b && b->backend[0] ? b->backend : "unknown";
}

const struct compare_metric *words_find(const struct comparison *c, const char *group,
					const char *subject)
{
	for (size_t i = 0; i < c->nr_metrics; i++)
		if (!strcmp(c->metrics[i].group, group) && !strcmp(c->metrics[i].subject, subject))
			return &c->metrics[i];
	return NULL;
}

/* ---------------------------------------------------------------- reasons */

static void setup_words(const struct compare_reason *r, char *buf, size_t size)
{
	text_add(buf, size, "different setups: %s is ", r->subject);
	if (r->left && r->right[0] && r->left[0])
		text_add(buf, size, "\"%s\" in %s, \"%s\" in the first boot", r->right, r->boot,
			 r->left);
	else if (r->left && r->right[0])
		text_add(buf, size, "\"%s\" in %s, not known in the first boot", r->right, r->boot);
	else if (r->left)
		text_add(buf, size, "not known in %s, \"%s\" in the first boot", r->boot, r->left);
	else
		text_add(buf, size, "%" PRIu64 " in %s, %" PRIu64 " in the first boot", r->b,
			 r->boot, r->a);
}

static void drift_words(const struct compare_metric *m, char *buf, size_t size)
{
	char name[WORDS_MAX];

	words_metric(m, name, sizeof(name));
	text_add(buf, size,
		 "%s changed by %+.0f %% from the first boot to the last, whichever side they ",
		 name, (m->drift.change - 1) * 100);
	text_add(buf, size, "are on");
}

#define PROBES_NAMED 12

static void probes_words(const struct compare_reason *r, const char *boot, char *buf, size_t size)
{
	const char *name;
	uint64_t nr = 0;
	size_t at = 0;

	text_add(buf, size, "%s was recorded without the probe%s ", boot, r->a > 1 ? "s" : "");
	while (nr < PROBES_NAMED &&
	       (name = compare_lacks_alone(r->lacking, r->having, &at)) != NULL)
		text_add(buf, size, "%s%s", nr++ ? ", " : "", name);
	if (r->a > nr)
		text_add(buf, size, " and %" PRIu64 " more", r->a - nr);
	text_add(buf, size, ", %s with %s", r->left, r->a > 1 ? "them" : "it");
}

/* What is wrong with one boot. */
static void boot_words(const struct compare_reason *r, const char *boot, char *buf, size_t size)
{
	switch (r->code) {
	case COMPARE_LOST_EVENTS:
		text_add(buf, size, "the collector lost %" PRIu64 " events in %s", r->a, boot);
		break;
	case COMPARE_TRUNCATED:
		text_add(buf, size, "the trace of %s is not whole", boot);
		if (r->left && r->left[0])
			text_add(buf, size, ": %s", r->left);
		break;
	case COMPARE_WINDOW_OPEN:
		text_add(buf, size, "the measured window of %s was never closed", boot);
		break;
	case COMPARE_PROBE_MISSING:
		text_add(buf, size, "%s was recorded without the probe %s", boot, r->subject);
		break;
	case COMPARE_PROBES_DIFFER:
		probes_words(r, boot, buf, size);
		break;
	case COMPARE_SAME_RECORDING:
		text_add(buf, size, "%s holds the same recording as %s", boot, r->left);
		break;
	case COMPARE_WITNESS_MISSING:
		text_add(buf, size, "%s has no witness to check the collector by", boot);
		break;
	case COMPARE_WITNESS_UNUSABLE:
		if (r->a || r->b)
			text_add(buf, size,
				 "the witness of %s overran by %" PRIu64
				 " events, dropped %" PRIu64,
				 boot, r->a, r->b);
		else
			text_add(buf, size, "the witness of %s is not complete or not readable",
				 boot);
		break;
	case COMPARE_WITNESS_DIFFERS:
		text_add(buf, size,
			 "witness and collector differ in %s: %s executed %" PRIu64
			 " times by the witness, %" PRIu64 " by the collector",
			 boot, r->subject, r->a, r->b);
		break;
	case COMPARE_NO_SAMPLES:
		text_add(buf, size, "%s holds no latency sample", boot);
		break;
	case COMPARE_TRIGGERS_MISSING:
		text_add(buf, size, "%s does not say what its workload triggered", boot);
		break;
	case COMPARE_KERNEL_SPLAT:
		text_add(buf, size, "the kernel log of %s holds %" PRIu64 " warnings or oopses",
			 boot, r->a);
		break;
	default:
		text_add(buf, size, "%s: %s", boot, compare_reason_name(r->code));
		break;
	}
}

void words_reason(const struct comparison *c, const struct compare_reason *r, char *buf,
		  size_t size)
{
	const char *set = r->side == COMPARE_A ? "A" : "B";
	const char *boot = r->boot ? r->boot : "a boot";

	buf[0] = '\0';
	switch (r->code) {
	case COMPARE_NO_BOOTS:
		text_add(buf, size, "set %s has no boots", set);
		break;
	case COMPARE_MODE_MIXED:
		text_add(buf, size, "set %s mixes modes: %s booted %s, not %s", set, boot, r->right,
			 r->left);
		break;
	case COMPARE_SETUP_DIFFERS:
		setup_words(r, buf, size);
		break;
	case COMPARE_TRIGGERS_DIFFER:
		text_add(buf, size,
			 "the workload was not the same: %s was triggered %" PRIu64
			 " times in %s, %" PRIu64 " times in %s",
			 r->subject, r->a, c->mode[COMPARE_A].name, r->b, c->mode[COMPARE_B].name);
		break;
	case COMPARE_ONE_BOOT:
		text_add(
			buf, size,
			"a single boot on a side does not show how boots vary; only none against at "
			"least %d events would decide",
			COMPARE_MIN_EVENTS);
		break;
	case COMPARE_CONTRADICTING:
		text_add(buf, size, "one primary figure fell, another rose");
		break;
	case COMPARE_DRIFTING:
		drift_words(r->metric, buf, size);
		break;
	case COMPARE_NOT_INTERLEAVED:
		text_add(
			buf, size,
			"the boots did not take turns: what changed in the meantime can't be told from the "
			"change; only none against at least %d events would decide",
			COMPARE_MIN_EVENTS);
		break;
	case COMPARE_THIN:
		text_add(buf, size, "the boots are too few or vary too much to decide");
		break;
	default:
		boot_words(r, boot, buf, size);
		break;
	}
}

void words_warning(const struct comparison *c, const struct warning_row *row, char *buf,
		   size_t size)
{
	const struct compare_mode *a = &c->mode[COMPARE_A], *b = &c->mode[COMPARE_B];

	buf[0] = '\0';
	if (row->boots[COMPARE_A] < a->nr_boots || row->boots[COMPARE_B] < b->nr_boots)
		text_add(buf, size,
			 "in %zu of %zu boots of %s, %zu of %zu of %s: ", row->boots[COMPARE_A],
			 a->nr_boots, a->name, row->boots[COMPARE_B], b->nr_boots, b->name);
	text_add(buf, size, "%s", row->any->text);
}

/* A row of the probes of A, then of B, by number; NULL past the end. */
static const struct snap_probe *probe_row(const struct comparison *c, size_t i)
{
	const struct snapshot *a = c->mode[COMPARE_A].merged, *b = c->mode[COMPARE_B].merged;

	if (i < a->nr_probes)
		return &a->probes[i];
	i -= a->nr_probes;
	return i < b->nr_probes ? &b->probes[i] : NULL;
}

static bool said_before(const struct comparison *c, size_t row, const struct snap_probe *of)
{
	for (size_t i = 0; i < row; i++) {
		const struct snap_probe *p = probe_row(c, i);

		if (p->state == QPW_PROBE_MISSING && !strcmp(p->loses, of->loses))
			return true;
	}
	return false;
}

void words_unseen(const struct comparison *c, char *buf, size_t size)
{
	const struct snap_probe *p;

	buf[0] = '\0';
	for (size_t i = 0; (p = probe_row(c, i)) != NULL; i++)
		if (p->state == QPW_PROBE_MISSING && !said_before(c, i, p))
			text_add(buf, size, "%s%s", buf[0] ? "; " : "", p->loses);
}

/* ---------------------------------------------------------------- why */

static void add_figure(const struct comparison *c, const struct compare_metric *m, char *buf,
		       size_t size)
{
	char a[WORDS_CELL], b[WORDS_CELL], ratio[WORDS_CELL];

	words_value(m->unit, m->median[COMPARE_A], a, sizeof(a));
	words_value(m->unit, m->median[COMPARE_B], b, sizeof(b));
	words_change(m, ratio, sizeof(ratio));
	if (m->counted)
		text_add(buf, size,
			 "works of the QPW families executed on the watched CPUs went from");
	else if (m->unit == COMPARE_NS_PER_SECOND)
		text_add(buf, size, "the time that works took from the watched CPUs went from");
	else
		text_add(buf, size, "latency %s went from", m->subject);
	text_add(buf, size, " %s in %s to %s in %s", a, c->mode[COMPARE_A].name, b,
		 c->mode[COMPARE_B].name);
	if (m->counted)
		text_add(buf, size, ", %.0f to %.0f in all", m->total[COMPARE_A],
			 m->total[COMPARE_B]);
	text_add(buf, size, ", ratio %s", ratio);
}

static void add_figures(const struct comparison *c, enum compare_finding finding, char *buf,
			size_t size)
{
	bool first = true;

	for (size_t i = 0; i < c->nr_metrics; i++) {
		const struct compare_metric *m = &c->metrics[i];

		if (!m->primary || (finding != COMPARE_NOT_JUDGED && m->finding != finding))
			continue;
		text_add(buf, size, "%s", first ? "" : "; ");
		add_figure(c, m, buf, size);
		first = false;
	}
}

/* The begin of a sentence, unless it is a name of a boot. */
static void capitalise(const struct comparison *c, char *buf)
{
	const char *boot = c->nr_reasons ? c->reasons[0].boot : NULL;

	if (boot && !strncmp(buf, boot, strlen(boot)))
		return;
	if (buf[0] >= 'a' && buf[0] <= 'z')
		buf[0] = (char)(buf[0] - 'a' + 'A');
}

/* Whether a reason is found in the figures themselves, which are then worth a look. */
static bool against_figures(enum compare_reason_code code)
{
	return code >= COMPARE_ONE_BOOT && code < COMPARE_PROBES_DIFFER;
}

static void add_reasons(const struct comparison *c, char *buf, size_t size)
{
	char reason[WORDS_MAX];

	words_reason(c, &c->reasons[0], reason, sizeof(reason));
	text_add(buf, size, "%s", reason);
	if (c->nr_reasons > 1)
		text_add(buf, size, " (and %zu more reason%s)", c->nr_reasons - 1,
			 c->nr_reasons > 2 ? "s" : "");
	text_add(buf, size, ".");
	if (against_figures(c->reasons[0].code)) {
		text_add(buf, size, " Seen: ");
		add_figures(c, COMPARE_NOT_JUDGED, buf, size);
		text_add(buf, size, ".");
	}
}

void words_effect(const struct comparison *c, char *buf, size_t size)
{
	const struct compare_effect *e = &c->min_effect;
	char rate[WORDS_CELL], stolen[WORDS_CELL], ns[WORDS_CELL];

	words_value(COMPARE_PER_SECOND, e->per_second, rate, sizeof(rate));
	words_value(COMPARE_NS_PER_SECOND, e->ns_per_second, stolen, sizeof(stolen));
	words_value(COMPARE_NS, e->ns, ns, sizeof(ns));
	buf[0] = '\0';
	text_add(buf, size, "%.3g %% and %s (counts), %s (time stolen) or %s (latency)",
		 e->relative * 100, rate, stolen, ns);
}

void words_why(const struct comparison *c, char *buf, size_t size)
{
	char effect[4 * WORDS_CELL];

	buf[0] = '\0';
	switch (c->verdict) {
	case COMPARE_IMPROVED:
		add_figures(c, COMPARE_DECREASE, buf, size);
		text_add(buf, size, ".");
		break;
	case COMPARE_REGRESSED:
		add_figures(c, COMPARE_INCREASE, buf, size);
		text_add(buf, size, ".");
		break;
	case COMPARE_NO_DIFFERENCE:
		words_effect(c, effect, sizeof(effect));
		text_add(buf, size, "no primary figure differs by %s: ", effect);
		add_figures(c, COMPARE_SAME, buf, size);
		text_add(buf, size, ".");
		break;
	case COMPARE_INCONCLUSIVE:
		add_reasons(c, buf, size);
		break;
	}
	capitalise(c, buf);
}

/* ---------------------------------------------------------------- around it */

void words_setup(const struct comparison *c, char *buf, size_t size)
{
	const struct boot *b = words_first_boot(c);
	char window[WORDS_CELL];

	buf[0] = '\0';
	if (!b)
		return;
	words_ns((double)b->snapshot->window_ns, window, sizeof(window));
	text_add(buf, size, "Linux %s, %s", b->facts->release[0] ? b->facts->release : "?",
		 words_backend(c));
	if (b->vcpus)
		text_add(buf, size, ", %" PRIu64 " vCPUs", b->vcpus);
	text_add(buf, size, ", watched CPUs %s, %zu + %zu boots of %s, %" PRIu64 " events lost",
		 b->facts->watched[0] ? b->facts->watched : "?", c->mode[COMPARE_A].nr_boots,
		 c->mode[COMPARE_B].nr_boots, window,
		 c->mode[COMPARE_A].merged->nr_lost + c->mode[COMPARE_B].merged->nr_lost);
}

void words_time_caveat(const struct comparison *c, char *buf, size_t size)
{
	buf[0] = '\0';
	if (c->emulated)
		text_add(
			buf, size,
			"Latencies and durations under emulation (tcg) are shown, never judged: an "
			"emulated CPU has no real time. Counts, causes and relations hold.");
	else if (c->time_unknown)
		text_add(
			buf, size,
			"The boots ran in a virtual machine of unknown kind: latencies and durations are "
			"shown, never judged.");
}

void words_caveat(const struct comparison *c, char *buf, size_t size)
{
	const char *order = "";

	words_time_caveat(c, buf, size);
	if (!c->order_known)
		order = "Not every boot says when it began, so that nothing is known of drift.";
	else if (c->in_blocks)
		order = "The boots of one side ran before those of the other: apart from what falls to "
			"nothing, their difference may be one of time.";
	text_add(buf, size, "%s%s", buf[0] && order[0] ? " " : "", order);
}

void words_witness(const struct comparison *c, char *buf, size_t size)
{
	size_t nr_boots = 0, nr_ok = 0, nr_differ = 0;

	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; i < c->mode[side].nr_boots; i++) {
			nr_boots++;
			nr_ok += c->mode[side].boots[i]->witness.state == BOOT_WITNESS_OK;
		}
	}
	for (size_t i = 0; i < c->nr_reasons; i++)
		nr_differ += c->reasons[i].code == COMPARE_WITNESS_DIFFERS;
	buf[0] = '\0';
	if (nr_differ)
		text_add(buf, size, "the witness differs from the collector in %zu count%s",
			 nr_differ, nr_differ > 1 ? "s" : "");
	else if (nr_ok < nr_boots)
		text_add(buf, size, "%zu of %zu boots have a usable witness", nr_ok, nr_boots);
	else
		text_add(buf, size, "the witness agrees in all %zu boots", nr_boots);
}
