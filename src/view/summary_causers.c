// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who caused interruptions, as JSON, and the words for it. Every name passes text_escape().
 */
#include "view/summary_causers.h"

#include <string.h>

#include "model/blame.h"
#include "model/counter.h"
#include "util/array.h"
#include "view/to_json.h"

const char *summary_tick_reason(enum qpw_tick_reason reason)
{
	static const char *const names[QPW_NR_TICK_REASONS] = {
		[QPW_TICK_POSIX_TIMER] = "POSIX_TIMER",
		[QPW_TICK_PERF_EVENTS] = "PERF_EVENTS",
		[QPW_TICK_SCHED] = "SCHED",
		[QPW_TICK_CLOCK_UNSTABLE] = "CLOCK_UNSTABLE",
		[QPW_TICK_RCU] = "RCU",
		[QPW_TICK_RCU_EXP] = "RCU_EXP",
	};

	return names[reason];
}

const char *summary_lock_kind(uint32_t flags)
{
	static const struct {
		uint32_t flags;
		const char *name;
	} kinds[] = {
		/* while it is hoped for, whoever waits for a mutex spins */
		{ QPW_LOCK_MUTEX, "mutex" },
		{ QPW_LOCK_SPIN | QPW_LOCK_READ, "rwlock read" },
		{ QPW_LOCK_SPIN | QPW_LOCK_WRITE, "rwlock write" },
		{ QPW_LOCK_SPIN, "spin" },
		{ QPW_LOCK_RT | QPW_LOCK_READ, "rtlock read" },
		{ QPW_LOCK_RT | QPW_LOCK_WRITE, "rtlock write" },
		{ QPW_LOCK_RT, "rtmutex" },
		{ QPW_LOCK_PERCPU | QPW_LOCK_READ, "percpu rwsem read" },
		{ QPW_LOCK_PERCPU | QPW_LOCK_WRITE, "percpu rwsem write" },
		{ QPW_LOCK_READ, "rwsem read" },
		{ QPW_LOCK_WRITE, "rwsem write" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((flags & kinds[i].flags) == kinds[i].flags)
			return kinds[i].name;
	return "other";
}

/* Frames as an array, innermost first; null for a stack that is not known. */
static json_t *stack_json(const char *stack)
{
	json_t *array;

	if (!stack[0])
		return json_null();
	array = json_array();
	while (array && *stack) {
		size_t len = strcspn(stack, ";");

		if (json_array_append_new(array, to_json_text_n(stack, len))) {
			json_decref(array);
			return NULL;
		}
		stack += len + (stack[len] == ';');
	}
	return array;
}

static json_t *caused_json(const void *row)
{
	const struct snap_caused *c = row;
	bool many = c->origin.pid == SNAP_PID_MANY;

	return json_pack("{s:s, s:o, s:b, s:o, s:o, s:I, s:o, s:o, s:o, s:I, s:I, s:I}", "class",
			 snap_class_name(c->class), "cause",
			 to_json_text_n(c->name, sizeof(c->name)), "avoidable",
			 blame_is_avoidable(c->class, c->name), "comm",
			 to_json_text_n(c->origin.comm, sizeof(c->origin.comm)), "pid",
			 many ? json_null() : json_integer(c->origin.pid), "cpu",
			 (json_int_t)c->origin.cpu, "cgroup", to_json_text_or_null(c->cgroup),
			 "stack", stack_json(c->stack), "call_site",
			 to_json_text_or_null(c->callsite), "count", to_json_int(c->origin.count),
			 "wait_ns", to_json_int(c->wait_ns), "wait_max_ns",
			 to_json_int(c->wait_max_ns));
}

static json_t *move_json(const void *row)
{
	const struct snap_move *v = row;

	return json_pack("{s:o, s:I, s:o, s:I, s:I}", "comm",
			 to_json_text_n(v->comm, sizeof(v->comm)), "from_cpu",
			 (json_int_t)v->from_cpu, "by",
			 to_json_text_n(v->by_comm, sizeof(v->by_comm)), "by_cpu",
			 (json_int_t)v->by_cpu, "count", to_json_int(v->count));
}

static json_t *lock_json(const void *row)
{
	const struct snap_lock *l = row;

	return json_pack("{s:s, s:b, s:o, s:I, s:I, s:I}", "kind", summary_lock_kind(l->flags),
			 "victim", l->by_victim, "comm", to_json_text_n(l->comm, sizeof(l->comm)),
			 "count", to_json_int(l->count), "total_ns", to_json_int(l->total_ns),
			 "max_ns", to_json_int(l->max_ns));
}

static json_t *taken_json(const void *row)
{
	const struct snap_taken *t = row;

	return json_pack("{s:o, s:I, s:I, s:I}", "by",
			 to_json_text_n(t->by_comm, sizeof(t->by_comm)), "count",
			 to_json_int(t->count), "total_ns", to_json_int(t->total_ns), "max_ns",
			 to_json_int(t->max_ns));
}

static json_t *waiter_json(const void *row)
{
	const struct snap_waiter *w = row;
	bool unknown = w->target_cpu == SNAP_CPU_UNKNOWN;

	return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I}", "comm",
			 to_json_text_n(w->comm, sizeof(w->comm)), "function",
			 to_json_text_n(w->function, sizeof(w->function)), "work",
			 to_json_text_or_null(w->work), "target_cpu",
			 unknown ? json_null() : json_integer(w->target_cpu), "count",
			 to_json_int(w->count), "total_ns", to_json_int(w->total_ns), "max_ns",
			 to_json_int(w->max_ns));
}

/* Null where it is not known: that is not none. Whether it failed. */
static int put_counters(json_t *json, const struct snap_counts *counts, enum counter_about about,
			bool known)
{
	int ret = 0;

	for (int i = 0; !ret && i < NR_COUNTERS; i++)
		if (counters[i].about == about)
			ret = json_object_set_new(json, counters[i].key,
						  known ? json_integer(to_json_int(counter_get(
								  &counters[i], counts))) :
							  json_null());
	return ret;
}

static json_t *kept_json(const struct snap_counts *c)
{
	json_t *kept = json_object();

	for (int i = 0; kept && i < QPW_NR_TICK_REASONS; i++) {
		if (json_object_set_new(kept, summary_tick_reason((enum qpw_tick_reason)i),
					json_integer(to_json_int(c->tick_kept[i])))) {
			json_decref(kept);
			return NULL;
		}
	}
	return kept;
}

static int put_tick(json_t *json, const struct snap_counts *c)
{
	json_t *tick = json_object();

	return json_object_set_new(json, "tick", tick) ||
	       put_counters(tick, c, COUNTER_TICK, true) ||
	       json_object_set_new(tick, "kept", kept_json(c));
}

static int put_self_inflicted(json_t *json, const struct snapshot *s)
{
	json_t *self = json_object();

	return json_object_set_new(json, "self_inflicted", self) ||
	       put_counters(self, &s->counts, COUNTER_VICTIM, true) ||
	       put_counters(self, &s->counts, COUNTER_CALLS, snapshot_counts_calls(s));
}

int summary_causers_json(json_t *json, const struct snapshot *s)
{
	const struct snap_counts *c = &s->counts;

	return json_object_set_new(json, "origins",
				   to_json_rows(s->caused, s->nr_caused, sizeof(*s->caused),
						caused_json)) ||
	       json_object_set_new(json, "origins_left_out",
				   json_integer(to_json_int(s->caused_left_out))) ||
	       put_counters(json, c, COUNTER_ORIGINS, true) ||
	       json_object_set_new(json, "moves",
				   to_json_rows(s->moves, s->nr_moves, sizeof(*s->moves),
						move_json)) ||
	       json_object_set_new(json, "lock_waits",
				   to_json_rows(s->locks, s->nr_locks, sizeof(*s->locks),
						lock_json)) ||
	       put_counters(json, c, COUNTER_LOCKS, true) ||
	       put_counters(json, c, COUNTER_LATENCY, true) ||
	       json_object_set_new(json, "taken",
				   to_json_rows(s->taken, s->nr_taken, sizeof(*s->taken),
						taken_json)) ||
	       json_object_set_new(json, "flush_waiters",
				   to_json_rows(s->waiters, s->nr_waiters, sizeof(*s->waiters),
						waiter_json)) ||
	       put_self_inflicted(json, s) || put_tick(json, c);
}
