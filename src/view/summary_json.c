// SPDX-License-Identifier: GPL-2.0-only
/*
 * A snapshot as JSON. Every name passes text_escape(): a task's name can't break the text or
 * what shows it. Knows no files and no printing.
 */
#include "view/summary_json.h"

#include <stdint.h>

#include "model/blame.h"
#include "model/sight.h"
#include "util/array.h"
#include "util/record.h"
#include "view/percentiles.h"
#include "view/summary_causers.h"
#include "view/to_json.h"

static const char *const step_names[SNAP_NR_STEPS] = {
	[SNAP_STEP_IRQ] = "irq",
	[SNAP_STEP_WAKEUP] = "wakeup",
	[SNAP_STEP_RUN] = "run",
};

/* Of a histogram with values; to the nearest nanosecond, however large. */
static uint64_t rounded_mean(const struct hist *h)
{
	uint64_t rest = h->sum % h->count;

	return h->sum / h->count + (rest >= h->count - rest);
}

json_t *summary_hist_json(const struct hist *h)
{
	json_t *json;

	if (!h || !hist_count(h))
		return json_null();
	json = json_pack("{s:I, s:I, s:I}", "count", to_json_int(hist_count(h)), "min",
			 to_json_int(hist_min(h)), "mean", to_json_int(rounded_mean(h)));
	if (!json)
		return NULL;
	for (int i = 0; percentiles_given(i, hist_count(h)); i++) {
		const struct percentile *p = &percentiles[i];

		if (json_object_set_new(json, p->member,
					json_integer(to_json_int(hist_percentile(h, p->percent)))))
			goto fail;
	}
	if (json_object_set_new(json, "max", json_integer(to_json_int(hist_max(h)))))
		goto fail;
	return json;
fail:
	json_decref(json);
	return NULL;
}

/* A wait that may not have been seen: then the same members as far as p99.9, all null but count. */
static json_t *wait_json(const struct hist *h)
{
	json_t *json;

	if (h && hist_count(h))
		return summary_hist_json(h);
	json = json_pack("{s:i, s:n, s:n, s:n}", "count", 0, "min", "mean", "max");
	for (int i = 0; json && i < PERCENTILES_ALWAYS; i++) {
		if (json_object_set_new(json, percentiles[i].member, json_null())) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

static json_t *pid_json(uint32_t pid)
{
	return pid == SNAP_PID_MANY ? json_null() : json_integer(pid);
}

static json_t *origin_json(const struct snap_origin *o)
{
	return json_pack("{s:o, s:o, s:I, s:I}", "comm", to_json_text(o->comm), "pid",
			 pid_json(o->pid), "cpu", (json_int_t)o->cpu, "count",
			 to_json_int(o->count));
}

static json_t *origins_json(const struct snap_work *w)
{
	json_t *array = json_array();

	for (uint32_t i = 0; array && i < w->nr_origins; i++) {
		if (json_array_append_new(array, origin_json(&w->origins[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *work_json(const void *row)
{
	const struct snap_work *w = row;

	return json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:I}", "function",
			 to_json_text(w->function), "avoidable", snap_qpw_family(w->function),
			 "queued", to_json_int(w->queued), "executed", to_json_int(w->executed),
			 "remote", to_json_int(w->remote), "unknown", to_json_int(w->unknown),
			 "inline", to_json_int(w->inlined), "run_ns", to_json_int(w->run_ns),
			 "inline_ns", to_json_int(w->inline_ns), "queue_to_execute_ns",
			 wait_json(w->wait), "origins", origins_json(w), "other_origins",
			 to_json_int(w->other_origins));
}

static json_t *cause_json(const void *row)
{
	const struct snap_cause *c = row;

	return json_pack("{s:s, s:o, s:b, s:I, s:I, s:I, s:I}", "class", snap_class_name(c->class),
			 "name", to_json_text(c->name), "avoidable",
			 blame_is_avoidable(c->class, c->name), "count", to_json_int(c->count),
			 "self_ns", to_json_int(c->self_ns), "total_ns", to_json_int(c->total_ns),
			 "max_ns", to_json_int(c->max_ns));
}

static json_t *flush_json(const void *row)
{
	const struct snap_flush *f = row;

	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:o}", "function", to_json_text(f->function),
			 "work", to_json_text_or_null(f->work), "count", to_json_int(f->count),
			 "skipped", to_json_int(f->skipped), "total_ns", to_json_int(f->total_ns),
			 "wait_ns", wait_json(f->wait));
}

static json_t *probe_json(const void *row)
{
	const struct snap_probe *p = row;

	if (p->state != QPW_PROBE_MISSING)
		return json_null();
	return json_pack("{s:o, s:i, s:o}", "name", to_json_text(p->name), "error", p->error,
			 "loses", to_json_text(p->loses));
}

static json_t *part_json(const struct snap_part *p)
{
	return json_pack("{s:s, s:o, s:b, s:I, s:o}", "class", snap_class_name(p->class), "name",
			 to_json_text(p->name), "avoidable", blame_is_avoidable(p->class, p->name),
			 "ns", to_json_int(p->ns), "origin",
			 p->origin.count ? origin_json(&p->origin) : json_null());
}

static json_t *step_json(const struct snap_outlier *o, enum snap_step step)
{
	json_t *parts = json_array();

	for (uint32_t i = 0; parts && i < o->nr_parts; i++) {
		if (o->parts[i].step == step &&
		    json_array_append_new(parts, part_json(&o->parts[i]))) {
			json_decref(parts);
			return NULL;
		}
	}
	return json_pack("{s:s, s:I, s:o, s:I}", "step", step_names[step], "ns",
			 to_json_int(o->step_ns[step]), "parts", parts, "residual_ns",
			 to_json_int(o->residual_ns[step]));
}

static json_t *span_json(const struct snap_span *p)
{
	return json_pack("{s:s, s:o, s:b, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "class",
			 snap_class_name(p->class), "name", to_json_text(p->name), "avoidable",
			 blame_is_avoidable(p->class, p->name), "start_ns",
			 to_json_int(p->start_ns), "end_ns", to_json_int(p->end_ns), "before_ns",
			 to_json_int(p->before_ns), "self_ns", to_json_int(p->self_ns), "origin",
			 p->origin.count ? origin_json(&p->origin) : json_null(), "call_site",
			 to_json_text_or_null(p->callsite), "origin_ns",
			 p->origin_ns ? json_integer(to_json_int(p->origin_ns)) : json_null());
}

static json_t *spans_json(const struct snap_outlier *o)
{
	json_t *array = json_array();

	for (uint32_t i = 0; array && i < o->nr_spans; i++) {
		if (json_array_append_new(array, span_json(&o->spans[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *summary_outlier_json(const struct snap_outlier *o)
{
	return json_pack("{s:I, s:b, s:I, s:I, s:o, s:I, s:I, s:I, s:[o, o, o], s:o, s:I, s:I}",
			 "boot", (json_int_t)o->boot, "remote_timer", o->remote_timer, "cpu",
			 (json_int_t)o->cpu, "pid", (json_int_t)o->pid, "comm",
			 to_json_text(o->comm), "expiry_ns", to_json_int(o->expiry_ns),
			 "latency_ns", to_json_int(o->latency_ns), "avoidable_ns",
			 to_json_int(blame_avoidable_of(o)), "steps", step_json(o, SNAP_STEP_IRQ),
			 step_json(o, SNAP_STEP_WAKEUP), step_json(o, SNAP_STEP_RUN), "intervals",
			 spans_json(o), "intervals_left_out", to_json_int(o->nr_spans_left_out),
			 "intervals_left_out_ns", to_json_int(o->spans_left_out_ns));
}

static json_t *outlier_json(const void *row)
{
	return summary_outlier_json(row);
}

/* A figure of a class; what nobody looked at is not nothing. */
static json_t *seen_json(const struct snapshot *s, enum snap_class which, uint64_t value)
{
	return sight_blind(s, which) ? json_null() : json_integer(to_json_int(value));
}

static json_t *classes_json(const struct snapshot *s)
{
	json_t *array = json_array();

	for (int i = 0; array && i < SNAP_NR_CLASSES; i++) {
		const struct snap_total *t = &s->classes[i];

		if (json_array_append_new(
			    array, json_pack("{s:s, s:o, s:o, s:o}", "class",
					     snap_class_name((enum snap_class)i), "count",
					     seen_json(s, (enum snap_class)i, t->count), "ns",
					     seen_json(s, (enum snap_class)i, t->self_ns), "max_ns",
					     seen_json(s, (enum snap_class)i, t->max_ns)))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *contended_json(const struct snap_contended *c)
{
	return json_pack("{s:I, s:I, s:I}", "count", to_json_int(c->count), "total_ns",
			 to_json_int(c->total_ns), "max_ns", to_json_int(c->max_ns));
}

static json_t *loss_json(const void *row)
{
	const struct snap_loss *l = row;
	const char *kind = record_kind_name(l->kind);

	return json_pack("{s:I, s:o, s:I}", "cpu", (json_int_t)l->cpu, "kind",
			 kind ? json_string(kind) : json_null(), "count", to_json_int(l->count));
}

static int set_numbers(json_t *json, const struct snapshot *s)
{
	json_t *numbers =
		json_pack("{s:I, s:I, s:I, s:b, s:b, s:I, s:I, s:I, s:I, s:I}", "boots",
			  (json_int_t)s->nr_boots, "lost_events", to_json_int(s->nr_lost), "events",
			  to_json_int(s->nr_events), "window_closed", s->window_closed, "truncated",
			  s->truncated, "window_start_ns", to_json_int(s->window_start_ns),
			  "window_ns", to_json_int(s->window_ns), "outlier_ns",
			  to_json_int(s->outlier_ns), "samples", to_json_int(s->nr_samples),
			  "remote_timer_samples", to_json_int(s->nr_remote_timers));
	int ret = numbers ? json_object_update(json, numbers) : -1;

	json_decref(numbers);
	return ret;
}

/* With so many of its late samples. */
static json_t *make_summary(const struct snapshot *s, size_t nr_outliers)
{
	json_t *json = json_object();

	if (!json)
		return NULL;
	if (set_numbers(json, s) ||
	    json_object_set_new(json, "lost",
				to_json_rows(s->lost, s->nr_losses, sizeof(*s->lost), loss_json)) ||
	    json_object_set_new(json, "latency_ns", summary_hist_json(s->latency)) ||
	    json_object_set_new(json, "interruptions", classes_json(s)) ||
	    json_object_set_new(json, "causes",
				to_json_rows(s->causes, s->nr_causes, sizeof(*s->causes),
					     cause_json)) ||
	    json_object_set_new(json, "remote_work",
				to_json_rows(s->works, s->nr_works, sizeof(*s->works),
					     work_json)) ||
	    json_object_set_new(json, "flush_waits",
				to_json_rows(s->flushes, s->nr_flushes, sizeof(*s->flushes),
					     flush_json)) ||
	    json_object_set_new(json, "contended",
				json_pack("{s:o, s:o}", "local", contended_json(&s->contended[0]),
					  "remote", contended_json(&s->contended[1]))) ||
	    summary_causers_json(json, s) ||
	    json_object_set_new(json, "outliers",
				to_json_rows(s->outliers, nr_outliers, sizeof(*s->outliers),
					     outlier_json)) ||
	    json_object_set_new(json, "missing_probes",
				to_json_rows(s->probes, s->nr_probes, sizeof(*s->probes),
					     probe_json))) {
		json_decref(json);
		return NULL;
	}
	return json;
}

json_t *summary_json(const struct snapshot *s)
{
	return make_summary(s, s->nr_outliers);
}

json_t *summary_json_lean(const struct snapshot *s)
{
	return make_summary(s, 0);
}

json_t *summary_host_json(const struct host_facts *f)
{
	const struct {
		const char *name, *text;
	} members[] = {
		{ "hostname", f->hostname },
		{ "kernel", f->release },
		{ "kernel_version", f->version },
		{ "machine", f->machine },
		{ "mode", host_mode_name(f->mode) },
		{ "mode_reason", f->mode_reason },
		{ "cmdline", f->cmdline },
		{ "online", f->online },
		{ "isolated", f->isolated },
		{ "nohz_full", f->nohz_full },
		{ "watched", f->watched },
		{ "clocksource", f->clocksource },
		{ "hypervisor", f->hypervisor },
		{ "tool_version", f->tool_version },
		{ "started_utc", f->started_utc },
		{ "victim", f->victim },
		{ "kernel_config", f->kernel_config },
		{ "preemption", f->preemption },
		{ "housekeeping", f->settings.housekeeping },
		{ "command", f->settings.command },
		{ "duration_ns", f->settings.duration_ns },
		{ "warm_up_ns", f->settings.warm_up_ns },
		{ "priority", f->settings.priority },
		{ "period_us", f->settings.period_us },
		{ "threshold_ns", f->settings.threshold_ns },
		{ "on_threshold", f->settings.on_threshold },
		{ "stacks", f->settings.stacks },
		{ "system_calls", f->settings.system_calls },
		{ "without", f->settings.without },
		{ "buffer_bytes", f->settings.buffer_bytes },
	};
	json_t *json = json_object();

	for (size_t i = 0; json && i < ARRAY_SIZE(members); i++) {
		if (json_object_set_new(json, members[i].name, to_json_text(members[i].text))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}
