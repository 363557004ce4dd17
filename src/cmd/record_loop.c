// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread, one place to wait. The ring buffer wakes nobody: it is looked at every few
 * milliseconds, more often as it fills faster.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd/record_loop.h"
#include "util/clock.h"
#include "util/duration.h"

#define POLL_MIN_MS 1
#define POLL_MAX_MS 50
#define BUSY_PERCENT 25 /* look twice as often from here on */
#define CALM_PERCENT 5

/* Signals must be seen in a flood of records too. */
#define RECORDS_AT_ONCE 200000

#define FLUSH_NS 1000000000ULL
#define SHOW_NS 200000000ULL /* between two looks of the progress line */

/* One that can take a line back; in a log the summary at the end is enough. */
static bool can_redraw(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* Whoever has it ignored, as nohup does, goes on. */
static bool hears_hangup(void)
{
	struct sigaction action;

	return !sigaction(SIGHUP, NULL, &action) && action.sa_handler != SIG_IGN;
}

int loop_init(struct loop *l, struct collect *collect, struct trace_writer *writer, bool quiet)
{
	sigset_t set;

	memset(l, 0, sizeof(*l));
	l->collect = collect;
	l->writer = writer;
	l->poll_ms = POLL_MAX_MS;
	l->progress = !quiet && can_redraw();
	l->phase = "";
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	if (hears_hangup())
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signal_fd < 0 ? -errno : 0;
}

void loop_finish(struct loop *l)
{
	if (l->signal_fd >= 0)
		close(l->signal_fd);
}

static void account(struct loop *l, const struct qpw_header *h)
{
	l->nr_events += h->kind < QPW_META_FIRST;
	if (!gauge_feed(&l->gauge, h) || l->hit_untold)
		return;
	l->hit_untold = true;
	l->hit = l->gauge.last;
}

/* Up to max records. 1 when there may be more, 0 at the end of the source, -EAGAIN, write error. */
static int take(struct loop *l, unsigned long max)
{
	struct event_source *source = collect_source(l->collect);
	const struct qpw_header *h;

	while (max--) {
		int ret = event_source_next(source, &h, 0);

		if (ret <= 0)
			return ret;
		account(l, h);
		l->write_error = trace_writer_put(l->writer, h);
		if (l->write_error)
			return l->write_error;
	}
	return 1;
}

/* So that little is missing from the recording of a recorder that was killed. */
static void flush_now_and_then(struct loop *l, uint64_t now)
{
	if (now - l->flushed_ns < FLUSH_NS)
		return;
	l->flushed_ns = now;
	l->write_error = trace_writer_flush(l->writer);
}

static void adapt_polling(struct loop *l)
{
	unsigned int percent = collect_fill_percent(l->collect);

	if (percent > l->max_fill_percent)
		l->max_fill_percent = percent;
	if (percent >= BUSY_PERCENT)
		l->poll_ms = l->poll_ms / 2 > POLL_MIN_MS ? l->poll_ms / 2 : POLL_MIN_MS;
	else if (percent < CALM_PERCENT)
		l->poll_ms = l->poll_ms * 2 < POLL_MAX_MS ? l->poll_ms * 2 : POLL_MAX_MS;
}

/* "12.0 s", or "12.0 of 60.0 s (20 %)" where the end is known. */
static void format_elapsed(const struct loop *l, uint64_t now, char *buf, size_t size)
{
	double elapsed_s = l->begin_ns ? (now - l->begin_ns) / 1e9 : 0;
	double total_s = l->duration_ns / 1e9;

	if (!l->duration_ns)
		snprintf(buf, size, "%.1f s", elapsed_s);
	else
		snprintf(buf, size, "%.1f of %.1f s (%.0f %%)",
			 elapsed_s < total_s ? elapsed_s : total_s, total_s,
			 elapsed_s < total_s ? 100 * elapsed_s / total_s : 100);
}

/* What is longer than a line can't be taken back. */
static int columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

static void show_progress(struct loop *l, uint64_t now)
{
	char elapsed[80], worst[32], hits[48] = "", line[320];

	if (!l->progress || now < l->next_shown_ns)
		return;
	l->next_shown_ns = now + SHOW_NS;
	l->nr_lost = collect_nr_lost(l->collect);
	format_elapsed(l, now, elapsed, sizeof(elapsed));
	duration_format(l->gauge.worst_ns, worst, sizeof(worst));
	if (l->gauge.nr_hits)
		snprintf(hits, sizeof(hits), ", %llu hits", (unsigned long long)l->gauge.nr_hits);
	snprintf(line, sizeof(line), "%s %s, %llu %s, worst %s, lost %llu%s", l->phase, elapsed,
		 (unsigned long long)l->gauge.count, l->unit, l->gauge.count ? worst : "-",
		 (unsigned long long)l->nr_lost, hits);
	fprintf(stderr, "\r\033[K%.*s", columns() - 1, line);
}

void loop_clear_progress(const struct loop *l)
{
	if (l->progress)
		fputs("\r\033[K", stderr);
}

/* What the signals that have come amount to; LOOP_TIME when to nothing. */
static enum loop_end read_signals(struct loop *l)
{
	enum loop_end end = LOOP_TIME;
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			if (end == LOOP_TIME)
				end = LOOP_CHILD;
		} else if (info.ssi_signo == SIGHUP && l->nr_interrupts) {
			/* a terminal that goes sends one, and its shell another: no impatience */
			continue;
		} else {
			end = l->nr_interrupts++ ? LOOP_GIVE_UP : LOOP_INTERRUPTED;
		}
	}
	return end;
}

static int wait_ms(const struct loop *l, uint64_t now, uint64_t until_ns)
{
	uint64_t left_ms = until_ns > now ? (until_ns - now + 999999) / 1000000 : 0;

	return left_ms < (uint64_t)l->poll_ms ? (int)left_ms : l->poll_ms;
}

enum loop_end loop_run(struct loop *l, uint64_t until_ns)
{
	struct pollfd fd = { .fd = l->signal_fd, .events = POLLIN };

	for (;;) {
		enum loop_end end;
		uint64_t now;
		int more;

		adapt_polling(l);
		more = take(l, RECORDS_AT_ONCE);
		now = clock_now_ns();
		if (!l->write_error)
			flush_now_and_then(l, now);
		if (l->write_error)
			return LOOP_WRITE_ERROR;
		end = read_signals(l);
		if (end != LOOP_TIME)
			return end;
		if (l->hit_untold && l->tell_hits) {
			l->hit_untold = false;
			return LOOP_HIT;
		}
		show_progress(l, now);
		if (now >= until_ns)
			return LOOP_TIME;
		if (more != 1)
			poll(&fd, 1, wait_ms(l, now, until_ns));
	}
}

enum loop_end loop_drain(struct loop *l)
{
	enum loop_end end = LOOP_TIME;
	int ret;

	do {
		ret = take(l, RECORDS_AT_ONCE);
		if (ret == 1)
			end = read_signals(l);
	} while (ret == 1 && end != LOOP_GIVE_UP);
	l->nr_lost = collect_nr_lost(l->collect);
	l->nr_skipped = collect_nr_skipped(l->collect);
	if (l->write_error)
		return LOOP_WRITE_ERROR;
	return end == LOOP_GIVE_UP ? LOOP_GIVE_UP : LOOP_TIME;
}
