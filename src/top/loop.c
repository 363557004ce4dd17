// SPDX-License-Identifier: GPL-2.0-only
/*
 * When to look, at what pace, and keys meanwhile. Knows sources and screen by their doors only.
 */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "top/metrics.h"
#include "top/top.h"
#include "util/clock.h"
#include "view/keys.h"
#include "view/tui/screen.h"

/* Live records are taken in so often: a buffer must not run full in between. */
#define POLL_MS 20
/* Connections that say nothing are closed by who serves them. */
#define SERVE_NS 1000000000

static int take_keys(struct top *t)
{
	struct mouse mouse;
	int key;

	while (t->on_screen && (key = screen_key()) != KEY_CODE_NONE) {
		if (key != KEY_CODE_MOUSE && top_press(t, key))
			return CMD_ERROR;
		if (key == KEY_CODE_MOUSE && screen_mouse(&mouse))
			top_screen_mouse(&t->screen, &mouse);
		if (top_show(t))
			return CMD_ERROR;
	}
	return 0;
}

static int wait_ms(const struct top *t, uint64_t deadline_ns)
{
	uint64_t now = clock_now_ns();
	uint64_t left_ms = now < deadline_ns ? (deadline_ns - now) / 1000000 + 1 : 0;
	uint64_t at_most = t->collect ? POLL_MS : 1000;

	if (top_screen_frozen(&t->screen) || left_ms > at_most)
		return (int)at_most;
	return (int)left_ms;
}

static bool is_time(const struct top *t, uint64_t deadline_ns)
{
	return t->step || (clock_now_ns() >= deadline_ns && !top_screen_frozen(&t->screen));
}

/*
 * Keys, whoever asks for metrics and, live, records until *deadline_ns of the clock, which keys may
 * change, and as long as the view stands still. Once at least: a look may take longer than it is
 * until the next one, on a slow terminal for one.
 */
static int wait_until(struct top *t, uint64_t from_ns,
		      uint64_t (*deadline)(const struct top *t, uint64_t from_ns))
{
	struct pollfd fds[2] = { { .fd = t->on_screen ? STDIN_FILENO : -1, .events = POLLIN },
				 { .fd = metrics_fd(t->metrics), .events = POLLIN } };

	uint64_t served_ns = 0;

	while (!top_stopping) {
		if (t->collect && t->source->feed(t))
			return CMD_ERROR;
		fds[1].revents = 0;
		if (poll(fds, 2, wait_ms(t, deadline(t, from_ns))) > 0 && fds[0].revents & ~POLLIN)
			top_stopping = 1; /* the terminal is gone */
		if (fds[1].fd >= 0 && (fds[1].revents || clock_now_ns() - served_ns > SERVE_NS)) {
			metrics_serve(t->metrics);
			served_ns = clock_now_ns();
		}
		if (take_keys(t))
			return CMD_ERROR;
		if (is_time(t, deadline(t, from_ns)))
			break;
	}
	t->step = false;
	return 0;
}

static bool is_enough(const struct top *t)
{
	return t->exceeded || (t->o.iterations && t->nr_shown >= t->o.iterations);
}

static bool want_more(const struct top *t)
{
	return !top_stopping && !is_enough(t);
}

static uint64_t live_deadline(const struct top *t, uint64_t from_ns)
{
	(void)from_ns;
	return t->begin_ns + t->screen.delay_ns;
}

int top_run_live(struct top *t)
{
	if (t->on_screen && top_show(t))
		return CMD_ERROR;
	while (want_more(t)) {
		if (wait_until(t, 0, live_deadline))
			return CMD_ERROR;
		if (!top_stopping && top_end_interval(t, clock_now_ns()))
			return CMD_ERROR;
	}
	/* what there is of the interval that was broken off, where looks are kept */
	if (!is_enough(t) && !t->on_screen && top_end_interval(t, clock_now_ns()))
		return CMD_ERROR;
	return 0;
}

static uint64_t replay_deadline(const struct top *t, uint64_t from_ns)
{
	return from_ns + (uint64_t)((double)t->screen.delay_ns / t->speed);
}

static uint64_t never(const struct top *t, uint64_t from_ns)
{
	(void)t;
	(void)from_ns;
	return UINT64_MAX;
}

/* Where the running interval ends: after the delay, or with the recording. */
static int replay_end(struct top *t, uint64_t *end_ns)
{
	struct snapshot *s;

	*end_ns = t->begin_ns + t->screen.delay_ns;
	if (!t->ended)
		return 0;
	if (t->look_ns) {
		*end_ns = t->look_ns > t->begin_ns ? t->look_ns : t->begin_ns;
		return 0;
	}
	s = model_snapshot(t->model);
	if (!s)
		return top_fail("model", "out of memory");
	if (s->window_end_ns < *end_ns)
		*end_ns = s->window_end_ns > t->begin_ns ? s->window_end_ns : t->begin_ns;
	snapshot_destroy(s);
	return 0;
}

int top_run_replay(struct top *t)
{
	uint64_t end_ns;

	while (want_more(t) && !t->ended) {
		if (t->source->feed(t) || replay_end(t, &end_ns))
			return CMD_ERROR;
		if (t->ended && t->now && end_ns == t->begin_ns && !t->look_ns)
			break;
		if (top_end_interval(t, end_ns) ||
		    (t->on_screen && wait_until(t, clock_now_ns(), replay_deadline)))
			return CMD_ERROR;
	}
	if (!t->on_screen || !want_more(t))
		return 0;
	/* The last look stays. */
	return top_show(t) || wait_until(t, 0, never) ? CMD_ERROR : CMD_OK;
}
