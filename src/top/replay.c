// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures of a recording, an interval at a time. Knows the trace, nothing of what is shown.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "store/trace.h"
#include "top/top.h"
#include "util/text.h"

static int replay_open(struct top *t)
{
	const char *path = strcmp(t->o.replay, "-") != 0 ? t->o.replay : "/dev/stdin";
	int ret = trace_reader_open(path, &t->reader);

	if (ret == -EPROTO)
		return top_fail(t->o.replay, "is no recording of qpwlat record");
	if (ret == -EPROTONOSUPPORT)
		return top_fail(t->o.replay, "is of a newer format; use a newer qpwtop");
	if (ret == -EBADMSG)
		return top_fail(t->o.replay, "has a damaged header; record it again");
	if (ret)
		return top_fail(t->o.replay, strerror(-ret));
	t->facts = *trace_reader_facts(t->reader);
	cpulist_parse(t->facts.watched, &t->watched);
	if (t->o.has_cpus)
		cpulist_and(&t->watched, &t->o.cpus);
	if (t->o.has_cpus && !cpulist_count(&t->watched))
		return top_fail("-c", "none of these CPUs was watched in the recording");
	if (t->o.has_cpus)
		cpulist_format(&t->watched, t->facts.watched, sizeof(t->facts.watched));
	return top_open_screen(t);
}

/* The time line of a recording begins with its window, without one with its first interval. */
static void note_start(struct top *t, const struct qpw_header *h)
{
	if ((h->kind != QPW_META_WINDOW || h->end_ns) && (h->kind >= QPW_META_FIRST || t->start_ns))
		return;
	t->start_ns = h->start_ns;
	t->begin_ns = h->start_ns;
}

/* The next record is in t->pending, or the source has ended. */
static int read_next(struct top *t)
{
	int ret = event_source_next(trace_reader_source(t->reader), &t->pending, 0);

	if (ret == -ENODATA || ret == -EBADMSG) {
		/* what was before it is shown; it is said on a terminal that was given back */
		text_escape(trace_reader_problem(t->reader), t->problem, sizeof(t->problem));
		snprintf(t->screen.message, sizeof(t->screen.message), "%.*s",
			 (int)sizeof(t->screen.message) - 1, t->problem);
		model_set_truncated(t->model);
	} else if (ret < 0) {
		return top_fail(t->o.replay, strerror(-ret));
	}
	t->ended = ret != 1;
	return 0;
}

/*
 * In a view that was saved tables come as a whole, for two looks: rates are those between the last
 * two, and there is nothing to be seen of the time before.
 */
static int note_look(struct top *t, const struct qpw_header *h)
{
	if (t->look_ns) {
		struct snapshot *s = top_snapshot(t);

		if (!s)
			return CMD_ERROR;
		snapshot_destroy(t->now);
		t->now = s;
		t->begin_ns = t->look_ns;
		model_begin_interval(t->model);
	}
	t->look_ns = h->start_ns;
	return 0;
}

/* In parts as they are drawn; the last one had not ended. */
static int note_minute(struct top *t, const struct qpw_header *h)
{
	const struct qpw_minute *e = (const struct qpw_minute *)h;
	uint64_t now = h->start_ns ? (h->start_ns - 1) / TOP_MINUTE_PART_NS : 0;

	for (uint64_t i = 0; i < LIVE_MINUTE_PARTS; i++) {
		uint64_t back = LIVE_MINUTE_PARTS - 1 - i, from, to;

		if (e->stolen_ns_s[i] == LIVE_MINUTE_UNKNOWN || back > now)
			continue;
		from = (now - back) * TOP_MINUTE_PART_NS;
		to = back ? from + TOP_MINUTE_PART_NS : h->start_ns;
		if (top_minute_add(&t->minute, h->cpu, from, to,
				   (double)e->stolen_ns_s[i] * (double)(to - from) / 1e9))
			return top_fail("view", strerror(ENOMEM));
	}
	return 0;
}

/* Records of the interval that begins at begin_ns. */
static int replay_feed(struct top *t)
{
	while (!t->ended) {
		if (!t->pending) {
			if (read_next(t))
				return CMD_ERROR;
			continue;
		}
		note_start(t, t->pending);
		if (t->pending->kind == QPW_META_LOOK && note_look(t, t->pending))
			return CMD_ERROR;
		if (t->pending->kind == QPW_META_MINUTE && note_minute(t, t->pending))
			return CMD_ERROR;
		if (t->start_ns && !t->look_ns && t->pending->kind < QPW_META_FIRST &&
		    t->pending->end_ns >= t->begin_ns + t->screen.delay_ns)
			return 0;
		if (top_take(t, t->pending))
			return CMD_ERROR;
		t->pending = NULL;
	}
	return 0;
}

static int replay_reset(struct top *t)
{
	t->start_ns = t->begin_ns;
	return model_restart(t->model, t->start_ns) ? top_fail("model", strerror(ENOMEM)) : 0;
}

static void replay_close(struct top *t)
{
	trace_reader_close(t->reader);
}

const struct top_source top_replay = {
	.open = replay_open,
	.feed = replay_feed,
	.reset = replay_reset,
	.close = replay_close,
};
