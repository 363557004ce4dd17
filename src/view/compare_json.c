// SPDX-License-Identifier: GPL-2.0-only
/*
 * A comparison as "qpwlat.compare" version 1. Members are only ever added; docs/compare.md
 * describes them. Figures that the data do not carry are null, never NaN.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "view/compare_gates.h"
#include "view/compare_rows.h"
#include "view/compare_views.h"
#include "view/compare_words.h"
#include "view/summary_json.h"
#include "view/to_json.h"

static json_t *real_json(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *integer_json(uint64_t v)
{
	return json_integer(to_json_int(v));
}

/* Append what may be NULL; on failure the array is gone and NULL. */
static json_t *append(json_t *array, json_t *row)
{
	if (array && json_array_append_new(array, row)) {
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *counts_json(const struct boot_count *rows, size_t nr, const char *name,
			   const char *count)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < nr; i++)
		array = append(array, json_pack("{s:o, s:o}", name, to_json_text(rows[i].name),
						count, integer_json(rows[i].count)));
	return array;
}

/* One boot's own facts and figures. */
static json_t *boot_json(const struct boot *b)
{
	static const char *const witness[] = { "absent", "unreadable", "lossy", "ok" };
	json_t *notes = json_array();

	for (size_t i = 0; notes && i < b->nr_notes; i++)
		notes = append(notes,
			       json_pack("{s:o, s:o}", "file", to_json_text(b->notes[i].file),
					 "why", to_json_text(b->notes[i].why)));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "boot",
			 to_json_text(b->label), "mode", to_json_text(b->mode), "started_utc",
			 to_json_text(b->started), "window_ns",
			 integer_json(b->snapshot->window_ns), "lost_events",
			 integer_json(b->snapshot->nr_lost), "samples",
			 integer_json(b->snapshot->nr_samples), "latency_ns",
			 summary_hist_json(b->snapshot->latency), "witness",
			 witness[b->witness.state], "splats", integer_json(b->splats),
			 "cyclictest_overflows", integer_json(b->cyclictest.nr_overflow), "notes",
			 notes);
}

static json_t *boots_json(const struct compare_mode *m)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < m->nr_boots; i++)
		array = append(array, boot_json(m->boots[i]));
	return array;
}

/* Sum of each stressor's operations over the boots of a mode, by the first boot's list. */
static json_t *stressors_json(const struct compare_mode *m)
{
	json_t *array = json_array();
	const struct boot *first = m->nr_boots ? m->boots[0] : NULL;

	for (size_t i = 0; array && first && i < first->nr_stressors; i++) {
		const char *name = first->stressors[i].name;
		double ops = 0;

		for (size_t j = 0; j < m->nr_boots; j++)
			for (size_t k = 0; k < m->boots[j]->nr_stressors; k++)
				if (!strcmp(m->boots[j]->stressors[k].name, name))
					ops += m->boots[j]->stressors[k].ops;
		array = append(array, json_pack("{s:o, s:o}", "stressor", to_json_text(name), "ops",
						real_json(ops)));
	}
	return array;
}

static json_t *mode_json(const struct compare_mode *m)
{
	json_t *json = summary_json(m->merged);
	const struct boot *first = m->nr_boots ? m->boots[0] : NULL;
	json_t *own =
		json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
			  to_json_text(m->name), "boots", (json_int_t)m->nr_boots, "isolated_cpus",
			  to_json_text(first ? first->facts->isolated : ""), "watched_cpus",
			  to_json_text(first ? first->facts->watched : ""), "witness",
			  counts_json(m->witness, m->nr_witness, "function", "executed"),
			  "triggers", counts_json(m->triggers, m->nr_triggers, "family", "count"),
			  "cyclictest_ns", summary_hist_json(m->cyclictest), "bogo_ops",
			  stressors_json(m), "per_boot", boots_json(m));
	int ret = json && own ? json_object_update(json, own) : -1;

	json_decref(own);
	if (ret) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static json_t *ratio_json(const struct stats_ratio *r)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "ratio", real_json(r->ratio), "low",
			 real_json(r->low), "high", real_json(r->high), "p", real_json(r->p),
			 "dispersion", real_json(r->dispersion));
}

static json_t *values_json(const double *values, size_t nr)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < nr; i++)
		array = append(array, real_json(values[i]));
	return array;
}

static json_t *pair_json(const char *first, double a, const char *second, double b)
{
	return json_pack("{s:o, s:o}", first, real_json(a), second, real_json(b));
}

/* Each once, with the number of boots of A and of B that have it. */
static json_t *warnings_json(const struct comparison *c)
{
	json_t *array = json_array();
	struct warning_row *rows;
	size_t nr = compare_warning_rows(c, &rows);

	for (size_t i = 0; array && i < nr; i++)
		array = append(array, json_pack("{s:o, s:o, s:o, s:[I, I]}", "code",
						to_json_text(rows[i].any->code), "text",
						to_json_text(rows[i].any->text), "remedy",
						to_json_text(rows[i].any->remedy), "boots",
						(json_int_t)rows[i].boots[COMPARE_A],
						(json_int_t)rows[i].boots[COMPARE_B]));
	free(rows);
	return array;
}

/* Labels of all boots in the order of time, and what that order is worth. */
static json_t *order_json(const struct comparison *c)
{
	json_t *labels = json_array();

	for (size_t i = 0; labels && i < c->nr_order; i++)
		labels = append(
			labels,
			to_json_text(c->mode[c->order[i].side].boots[c->order[i].boot]->label));
	return json_pack("{s:b, s:o, s:o}", "known", c->order_known, "interleaved",
			 c->order_known ? json_boolean(!c->in_blocks) : json_null(), "boots",
			 labels);
}

static json_t *metric_json(const struct comparison *c, const struct compare_metric *m)
{
	static const char *const units[] = { "1/s", "ns/s", "ns", "ops/s" };
	static const char *const findings[] = { "not-judged", "unclear", "decrease", "increase",
						"same" };

	return json_pack(
		"{s:s, s:o, s:o, s:s, s:b, s:s, s:[s?, s?], s:[o, o], s:[o, o], s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"group", m->group, "key", to_json_text(m->key), "subject", to_json_text(m->subject),
		"unit", units[m->unit], "primary", m->primary, "finding", findings[m->finding],
		"unseen", m->unseen[COMPARE_A].probe, m->unseen[COMPARE_B].probe, "median",
		real_json(m->median[COMPARE_A]), real_json(m->median[COMPARE_B]), "per_boot",
		values_json(m->values[COMPARE_A], c->mode[COMPARE_A].nr_boots),
		values_json(m->values[COMPARE_B], c->mode[COMPARE_B].nr_boots), "b_over_a",
		ratio_json(&m->ratio), "per_trigger",
		isnan(m->per_trigger.ratio) ? json_null() : ratio_json(&m->per_trigger), "rank_p",
		real_json(m->rank_p), "holm_p", real_json(m->holm_p), "difference",
		real_json(m->median[COMPARE_B] - m->median[COMPARE_A]), "bootstrap",
		pair_json("low", m->bootstrap.low, "high", m->bootstrap.high), "drift",
		pair_json("change", m->drift.change, "p", m->drift.p));
}

static json_t *reasons_json(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < c->nr_reasons; i++) {
		char words[WORDS_MAX];

		words_reason(c, &c->reasons[i], words, sizeof(words));
		array = append(array, json_pack("{s:s, s:o}", "code",
						compare_reason_name(c->reasons[i].code), "text",
						to_json_text(words)));
	}
	return array;
}

static json_t *metrics_json(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < c->nr_metrics; i++)
		array = append(array, metric_json(c, &c->metrics[i]));
	return array;
}

static json_t *difference_json(const struct compare_effect *e)
{
	return json_pack("{s:f, s:f, s:f}", "per_second", e->per_second, "ns_per_second",
			 e->ns_per_second, "ns", e->ns);
}

static json_t *gate_json(const struct comparison *c, const struct compare_gate_result *r)
{
	char words[WORDS_MAX];

	compare_gate_words(c, r, words, sizeof(words));
	return json_pack("{s:o, s:o, s:s, s:o, s:o}", "gate", to_json_text(r->gate->text), "metric",
			 to_json_text(r->gate->key), "outcome",
			 compare_gate_outcome_name(r->outcome), "holm_p", real_json(r->holm_p),
			 "text", to_json_text(words));
}

static json_t *gates_json(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < c->nr_gates; i++)
		array = append(array, gate_json(c, &c->gates[i]));
	return array;
}

json_t *compare_json(const struct comparison *c)
{
	const struct boot *first = words_first_boot(c);
	char why[WORDS_MAX], caveat[WORDS_MAX];

	words_why(c, why, sizeof(why));
	words_caveat(c, caveat, sizeof(caveat));
	return json_pack(
		"{s:s, s:i, s:o, s:o, s:o, s:[o, o], s:o, s:o, s:f, s:o, s:o, s:s, s:o, s:o, s:o, s:o}",
		"schema", "qpwlat.compare", "version", 1, "kernel",
		to_json_text(first ? first->facts->release : ""), "backend",
		to_json_text(words_backend(c)), "host",
		first ? summary_host_json(first->facts) : json_null(), "modes",
		mode_json(&c->mode[COMPARE_A]), mode_json(&c->mode[COMPARE_B]), "order",
		order_json(c), "warnings", warnings_json(c), "min_effect", c->min_effect.relative,
		"min_difference", difference_json(&c->min_effect), "metrics", metrics_json(c),
		"verdict", compare_verdict_name(c->verdict), "why", to_json_text(why), "reasons",
		reasons_json(c), "caveat", to_json_text(caveat), "gates", gates_json(c));
}
