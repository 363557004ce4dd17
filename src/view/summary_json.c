/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot as JSON. Every name passes text_escape(): a task's name can't break the text or
 * what shows it. Knows no files and no printing.
 */
#include "view/summary_json.h"

#include <stdint.h>

#include "model/blame.h"
#include "model/sight.h"
#include "util/record.h"
#include "util/array.h"
#include "util/text.h"
#include "view/percentiles.h"
#include "view/summary_causers.h"

static const char *const step_names[SNAP_NR_STEPS] = {
	[SNAP_STEP_IRQ] = "irq",
	[SNAP_STEP_WAKEUP] = "wakeup",
	[SNAP_STEP_RUN] = "run",
};

/* JSON integers are signed: what a corrupt trace makes larger is shown as the largest. */
static json_int_t integer(uint64_t value)
{
	return value > INT64_MAX ? INT64_MAX : (json_int_t)value;
}

/* Of a histogram with values; to the nearest nanosecond, however large. */
static uint64_t rounded_mean(const struct hist *h)
{
	uint64_t rest = h->sum % h->count;

	return h->sum / h->count + (rest >= h->count - rest);
}

static json_t *text_json(const char *text)
{
	char escaped[4 * HOST_CMDLINE + 1];

	text_escape(text, escaped, sizeof(escaped));
	return json_string(escaped);
}

json_t *summary_hist_json(const struct hist *h)
{
	json_t *json;

	if (!h || !hist_count(h))
		return json_null();
	json = json_pack("{s:I, s:I, s:I}", "count", integer(hist_count(h)), "min",
			 integer(hist_min(h)), "mean", integer(rounded_mean(h)));
	if (!json)
		return NULL;
	for (int i = 0; percentiles_given(i, hist_count(h)); i++) {
		const struct percentile *p = &percentiles[i];

		if (json_object_set_new(json, p->member,
					json_integer(integer(hist_percentile(h, p->percent)))))
			goto fail;
	}
	if (json_object_set_new(json, "max", json_integer(integer(hist_max(h)))))
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
	return json_pack("{s:o, s:o, s:I, s:I}", "comm", text_json(o->comm), "pid",
			 pid_json(o->pid), "cpu", (json_int_t)o->cpu, "count", integer(o->count));
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
			 text_json(w->function), "avoidable", snap_qpw_family(w->function),
			 "queued", integer(w->queued), "executed", integer(w->executed), "remote",
			 integer(w->remote), "unknown", integer(w->unknown), "inline",
			 integer(w->inlined), "run_ns", integer(w->run_ns), "inline_ns",
			 integer(w->inline_ns), "queue_to_execute_ns", wait_json(w->wait),
			 "origins", origins_json(w), "other_origins", integer(w->other_origins));
}

static json_t *cause_json(const void *row)
{
	const struct snap_cause *c = row;

	return json_pack("{s:s, s:o, s:b, s:I, s:I, s:I, s:I}", "class", snap_class_name(c->class),
			 "name", text_json(c->name), "avoidable",
			 blame_is_avoidable(c->class, c->name), "count", integer(c->count),
			 "self_ns", integer(c->self_ns), "total_ns", integer(c->total_ns), "max_ns",
			 integer(c->max_ns));
}

static json_t *flush_json(const void *row)
{
	const struct snap_flush *f = row;

	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:o}", "function", text_json(f->function),
			 "work", f->work[0] ? text_json(f->work) : json_null(), "count",
			 integer(f->count), "skipped", integer(f->skipped), "total_ns",
			 integer(f->total_ns), "wait_ns", wait_json(f->wait));
}

static json_t *probe_json(const void *row)
{
	const struct snap_probe *p = row;

	if (p->state != QPW_PROBE_MISSING)
		return json_null();
	return json_pack("{s:o, s:i, s:o}", "name", text_json(p->name), "error", p->error, "loses",
			 text_json(p->loses));
}

static json_t *part_json(const struct snap_part *p)
{
	return json_pack("{s:s, s:o, s:b, s:I, s:o}", "class", snap_class_name(p->class), "name",
			 text_json(p->name), "avoidable", blame_is_avoidable(p->class, p->name),
			 "ns", integer(p->ns), "origin",
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
			 integer(o->step_ns[step]), "parts", parts, "residual_ns",
			 integer(o->residual_ns[step]));
}

static json_t *span_json(const struct snap_span *p)
{
	return json_pack("{s:s, s:o, s:b, s:I, s:I, s:I, s:I, s:o, s:o}", "class",
			 snap_class_name(p->class), "name", text_json(p->name), "avoidable",
			 blame_is_avoidable(p->class, p->name), "start_ns", integer(p->start_ns),
			 "end_ns", integer(p->end_ns), "before_ns", integer(p->before_ns),
			 "self_ns", integer(p->self_ns), "origin",
			 p->origin.count ? origin_json(&p->origin) : json_null(), "origin_ns",
			 p->origin_ns ? json_integer(integer(p->origin_ns)) : json_null());
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

static json_t *outlier_json(const void *row)
{
	const struct snap_outlier *o = row;

	return json_pack("{s:I, s:b, s:I, s:I, s:o, s:I, s:I, s:I, s:[o, o, o], s:o, s:I, s:I}",
			 "boot", (json_int_t)o->boot, "remote_timer", o->remote_timer, "cpu",
			 (json_int_t)o->cpu, "pid", (json_int_t)o->pid, "comm", text_json(o->comm),
			 "expiry_ns", integer(o->expiry_ns), "latency_ns", integer(o->latency_ns),
			 "avoidable_ns", integer(blame_avoidable_of(o)), "steps",
			 step_json(o, SNAP_STEP_IRQ), step_json(o, SNAP_STEP_WAKEUP),
			 step_json(o, SNAP_STEP_RUN), "intervals", spans_json(o),
			 "intervals_left_out", integer(o->nr_spans_left_out),
			 "intervals_left_out_ns", integer(o->spans_left_out_ns));
}

/* An array of what to_json() makes of each row; rows that it makes null of are left out. */
static json_t *rows_json(const void *rows, size_t nr, size_t size, json_t *(*to_json)(const void *))
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < nr; i++) {
		json_t *row = to_json((const char *)rows + i * size);

		if (json_is_null(row))
			continue;
		if (json_array_append_new(array, row)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* A figure of a class; what nobody looked at is not nothing. */
static json_t *seen_json(const struct snapshot *s, enum snap_class which, uint64_t value)
{
	return sight_blind(s, which) ? json_null() : json_integer(integer(value));
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
	return json_pack("{s:I, s:I, s:I}", "count", integer(c->count), "total_ns",
			 integer(c->total_ns), "max_ns", integer(c->max_ns));
}

static json_t *loss_json(const void *row)
{
	const struct snap_loss *l = row;
	const char *kind = record_kind_name(l->kind);

	return json_pack("{s:I, s:o, s:I}", "cpu", (json_int_t)l->cpu, "kind",
			 kind ? json_string(kind) : json_null(), "count", integer(l->count));
}

static int set_numbers(json_t *json, const struct snapshot *s)
{
	json_t *numbers = json_pack("{s:I, s:I, s:I, s:b, s:b, s:I, s:I, s:I, s:I, s:I}", "boots",
				    (json_int_t)s->nr_boots, "lost_events", integer(s->nr_lost),
				    "events", integer(s->nr_events), "window_closed",
				    s->window_closed, "truncated", s->truncated, "window_start_ns",
				    integer(s->window_start_ns), "window_ns", integer(s->window_ns),
				    "outlier_ns", integer(s->outlier_ns), "samples",
				    integer(s->nr_samples), "remote_timer_samples",
				    integer(s->nr_remote_timers));
	int ret = numbers ? json_object_update(json, numbers) : -1;

	json_decref(numbers);
	return ret;
}

json_t *summary_json(const struct snapshot *s)
{
	json_t *json = json_object();

	if (!json)
		return NULL;
	if (set_numbers(json, s) ||
	    json_object_set_new(json, "lost",
				rows_json(s->lost, s->nr_losses, sizeof(*s->lost), loss_json)) ||
	    json_object_set_new(json, "latency_ns", summary_hist_json(s->latency)) ||
	    json_object_set_new(json, "interruptions", classes_json(s)) ||
	    json_object_set_new(json, "causes",
				rows_json(s->causes, s->nr_causes, sizeof(*s->causes),
					  cause_json)) ||
	    json_object_set_new(json, "remote_work",
				rows_json(s->works, s->nr_works, sizeof(*s->works), work_json)) ||
	    json_object_set_new(json, "flush_waits",
				rows_json(s->flushes, s->nr_flushes, sizeof(*s->flushes),
					  flush_json)) ||
	    json_object_set_new(json, "contended",
				json_pack("{s:o, s:o}", "local", contended_json(&s->contended[0]),
					  "remote", contended_json(&s->contended[1]))) ||
	    summary_causers_json(json, s) ||
	    json_object_set_new(json, "outliers",
				rows_json(s->outliers, s->nr_outliers, sizeof(*s->outliers),
					  outlier_json)) ||
	    json_object_set_new(json, "missing_probes",
				rows_json(s->probes, s->nr_probes, sizeof(*s->probes),
					  probe_json))) {
		json_decref(json);
		return NULL;
	}
	return json;
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
		if (json_object_set_new(json, members[i].name, text_json(members[i].text))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}
