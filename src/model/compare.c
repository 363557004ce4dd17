// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of a comparison: naming the two modes and adding up the boots of each. The questions are in
 * metrics.c, the rules of the verdict in verdict.c.
 */
#include "model/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/compare_gate.h"
#include "util/array.h"

double compare_seconds(const struct boot *b)
{
	return (double)b->snapshot->window_ns / 1e9;
}

const char *compare_verdict_name(enum compare_verdict verdict)
{
	static const char *const names[] = {
		[COMPARE_INCONCLUSIVE] = "inconclusive",
		[COMPARE_IMPROVED] = "improved",
		[COMPARE_REGRESSED] = "regressed",
		[COMPARE_NO_DIFFERENCE] = "no-difference",
	};

	return (size_t)verdict < ARRAY_SIZE(names) ? names[verdict] : names[0];
}

const char *compare_reason_name(enum compare_reason_code code)
{
	static const char *const names[] = {
		[COMPARE_NO_BOOTS] = "no-boots",
		[COMPARE_MODE_MIXED] = "mode-mixed",
		[COMPARE_SETUP_DIFFERS] = "setup-differs",
		[COMPARE_LOST_EVENTS] = "lost-events",
		[COMPARE_TRUNCATED] = "truncated",
		[COMPARE_WINDOW_OPEN] = "window-open",
		[COMPARE_PROBE_MISSING] = "probe-missing",
		[COMPARE_WITNESS_MISSING] = "witness-missing",
		[COMPARE_WITNESS_UNUSABLE] = "witness-unusable",
		[COMPARE_WITNESS_DIFFERS] = "witness-differs",
		[COMPARE_NO_SAMPLES] = "no-samples",
		[COMPARE_TRIGGERS_MISSING] = "triggers-missing",
		[COMPARE_TRIGGERS_DIFFER] = "triggers-differ",
		[COMPARE_KERNEL_SPLAT] = "kernel-splat",
		[COMPARE_ONE_BOOT] = "one-boot",
		[COMPARE_CONTRADICTING] = "contradicting",
		[COMPARE_THIN] = "thin",
		[COMPARE_DRIFTING] = "drifting",
		[COMPARE_NOT_INTERLEAVED] = "not-interleaved",
		[COMPARE_PROBES_DIFFER] = "probes-differ",
		[COMPARE_SAME_RECORDING] = "same-recording",
	};

	return (size_t)code < ARRAY_SIZE(names) && names[code] ? names[code] : "unknown";
}

static void append(char *dst, size_t size, const char *text)
{
	size_t used = strlen(dst), len = strnlen(text, size - 1 - used);

	memcpy(dst + used, text, len);
	dst[used + len] = '\0';
}

/* Add up the boots of one side. 0 or -ENOMEM. */
static int merge_boots(struct compare_mode *m)
{
	m->merged = snapshot_create();
	m->cyclictest = hist_create();
	if (!m->merged || !m->cyclictest)
		return -ENOMEM;
	for (size_t i = 0; i < m->nr_boots; i++) {
		const struct boot *b = m->boots[i];
		int ret = snapshot_merge(m->merged, b->snapshot);

		if (!ret && b->cyclictest.latency)
			ret = hist_merge(m->cyclictest, b->cyclictest.latency);
		for (size_t j = 0; !ret && j < b->witness.nr_functions; j++)
			ret = boot_count_add(&m->witness, &m->nr_witness,
					     b->witness.functions[j].name,
					     b->witness.functions[j].count);
		for (size_t j = 0; !ret && j < b->triggers.nr_rows; j++)
			ret = boot_count_add(&m->triggers, &m->nr_triggers,
					     b->triggers.rows[j].family, b->triggers.rows[j].count);
		if (ret)
			return ret;
	}
	boot_count_sort(m->witness, m->nr_witness);
	boot_count_sort(m->triggers, m->nr_triggers);
	return 0;
}

/* The boot mode names a side; where both sides booted the same, the side's letter is added. */
static void name_modes(struct comparison *c, const struct compare_options *options)
{
	static const char *const letters[COMPARE_SIDES] = { " (A)", " (B)" };
	bool same;

	for (int side = 0; side < COMPARE_SIDES; side++) {
		struct compare_mode *m = &c->mode[side];

		if (options->names[side])
			append(m->name, sizeof(m->name), options->names[side]);
		else if (m->nr_boots)
			append(m->name, sizeof(m->name), m->boots[0]->mode);
	}
	same = !strcmp(c->mode[COMPARE_A].name, c->mode[COMPARE_B].name);
	for (int side = 0; same && side < COMPARE_SIDES; side++)
		append(c->mode[side].name, sizeof(c->mode[side].name), letters[side]);
}

/* Times mean nothing under emulation; and a guest that does not say what runs it may be one. */
static void find_backend(struct comparison *c)
{
	for (int side = 0; side < COMPARE_SIDES; side++) {
		for (size_t i = 0; i < c->mode[side].nr_boots; i++) {
			const struct boot *b = c->mode[side].boots[i];

			if (!strcmp(b->backend, "tcg"))
				c->emulated = true;
			else if (!b->backend[0] && b->virtualised)
				c->time_unknown = true;
		}
	}
}

int compare_run(const struct compare_options *options, struct boot *const *a, size_t nr_a,
		struct boot *const *b, size_t nr_b, struct comparison **out)
{
	struct comparison *c = calloc(1, sizeof(*c));
	int ret = 0;

	*out = NULL;
	if (!c)
		return -ENOMEM;
	c->min_effect = options->min_effect ? *options->min_effect : COMPARE_MIN_EFFECT;
	c->resamples = options->resamples ? options->resamples : COMPARE_RESAMPLES;
	c->mode[COMPARE_A].boots = a;
	c->mode[COMPARE_A].nr_boots = nr_a;
	c->mode[COMPARE_B].boots = b;
	c->mode[COMPARE_B].nr_boots = nr_b;
	name_modes(c, options);
	find_backend(c);
	for (int side = 0; !ret && side < COMPARE_SIDES; side++)
		ret = merge_boots(&c->mode[side]);
	if (!ret)
		ret = compare_order(c);
	if (!ret)
		ret = compare_metrics(c);
	if (!ret)
		ret = compare_judge(c);
	if (!ret)
		ret = compare_gates(c, options->gates, options->nr_gates);
	if (ret) {
		compare_destroy(c);
		return ret;
	}
	*out = c;
	return 0;
}

void compare_destroy(struct comparison *c)
{
	if (!c)
		return;
	for (int side = 0; side < COMPARE_SIDES; side++) {
		struct compare_mode *m = &c->mode[side];

		snapshot_destroy(m->merged);
		if (m->cyclictest)
			hist_destroy(m->cyclictest);
		free(m->witness);
		free(m->triggers);
		free(m->positions);
		for (size_t i = 0; i < c->nr_metrics; i++)
			free(c->metrics[i].values[side]);
	}
	free(c->gates);
	free(c->order);
	free(c->metrics);
	free(c->reasons);
	free(c);
}
