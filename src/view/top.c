// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of the live view. Rates are of the last interval; maxima, percentiles and counts are
 * since the view began, as the model keeps no others.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/percentiles.h"
#include "view/top.h"

#define ESCAPED (HOST_TEXT * 4 + 1)
#define WORD 64

static void microseconds(uint64_t ns, char *buf, size_t size)
{
	snprintf(buf, size, "%.1f", (double)ns / 1000);
}

struct top_layout top_layout(unsigned int free_rows, size_t nr_causes, size_t nr_works)
{
	struct top_layout l = { 0, 0 };
	unsigned int share;

	/* Each section takes a line for its columns. */
	if (free_rows < 2)
		return l;
	if (!nr_works || free_rows < 4) {
		l.causes = free_rows - 1;
	} else {
		free_rows -= 2;
		share = (free_rows + 2) / 3;
		l.works = nr_works < share ? (unsigned int)nr_works : share;
		l.causes = free_rows - l.works;
	}
	if (nr_causes < l.causes) {
		unsigned int spare = l.causes - (unsigned int)nr_causes;

		l.causes = (unsigned int)nr_causes;
		if (l.works)
			l.works += spare;
	}
	if (nr_works < l.works)
		l.works = (unsigned int)nr_works;
	return l;
}

static void or_dash(const char *src, char *dst, size_t size)
{
	text_escape(*src ? src : "-", dst, size);
}

static void add_about(struct page *p, const struct top_about *a, const struct top_rates *r)
{
	char host[ESCAPED], release[ESCAPED], reason[ESCAPED];
	char isolated[ESCAPED], nohz_full[ESCAPED], watched[ESCAPED];

	or_dash(a->facts->hostname, host, sizeof(host));
	or_dash(a->facts->release, release, sizeof(release));
	text_escape(a->facts->mode_reason, reason, sizeof(reason));
	or_dash(a->facts->isolated, isolated, sizeof(isolated));
	or_dash(a->facts->nohz_full, nohz_full, sizeof(nohz_full));
	or_dash(a->facts->watched, watched, sizeof(watched));
	page_add(p, PAGE_TITLE, "qpwtop  %s  %s  %s%s%s%s  %s  %.1f s", host, release,
		 host_mode_name(a->facts->mode), *reason ? " (" : "", reason, *reason ? ")" : "",
		 a->state, (double)a->view_ns / 1e9);
	page_add(p, PAGE_PLAIN, "isolated %s  nohz_full %s  watched %s  events %.0f/s", isolated,
		 nohz_full, watched, r->events_s);
}

/* What makes the figures doubtful: losses, probes that are missing, a trace that broke off. */
static void add_doubts(struct page *p, const struct snapshot *s, const struct top_rates *r)
{
	size_t missing = 0;

	for (size_t i = 0; i < s->nr_probes; i++)
		missing += s->probes[i].state == QPW_PROBE_MISSING;
	page_add(p, s->nr_lost ? PAGE_WARN : PAGE_PLAIN,
		 "lost %" PRIu64 " (+%" PRIu64 ")  probes %zu of %zu%s%s", s->nr_lost, r->lost,
		 s->nr_probes - missing, s->nr_probes,
		 missing ? "; qpwlat probes says what is not seen" : "",
		 s->truncated ? "  the trace broke off" : "");
}

static void add_latency(struct page *p, const struct snapshot *s, const struct top_rates *r)
{
	char line[512];
	int len;

	if (!s->nr_samples)
		return;
	len = snprintf(line, sizeof(line), "latency us  samples %" PRIu64 " (%.0f/s)",
		       s->nr_samples, r->samples_s);
	for (size_t i = 0; i < PERCENTILES && len < (int)sizeof(line); i++) {
		if (hist_count(s->latency) < percentiles[i].needs)
			continue;
		len += snprintf(line + len, sizeof(line) - (size_t)len, "  %s %.1f",
				percentiles[i].label,
				(double)hist_percentile(s->latency, percentiles[i].percent) / 1000);
	}
	page_add(p, PAGE_PLAIN, "%s  max %.1f", line, (double)hist_max(s->latency) / 1000);
}

static void add_row(struct page *p, const char *class, const struct top_rate *rate, uint64_t max_ns,
		    uint64_t count, const char *name)
{
	char max[WORD];

	microseconds(max_ns, max, sizeof(max));
	page_add(p, PAGE_PLAIN, "%-8s %10.1f %11.1f %11s %10" PRIu64 "  %s", class, rate->count_s,
		 rate->stolen_us_s, max, count, name);
}

static void add_classes(struct page *p, const struct top_rates *r, const struct snapshot *s)
{
	uint64_t max_ns = 0, count = 0;

	page_add(p, PAGE_HEADER, "%-8s %10s %11s %11s %10s", "CLASS", "/S", "STOLEN-US/S", "MAX-US",
		 "COUNT");
	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		const struct snap_total *t = &s->classes[i];

		add_row(p, snap_class_name((enum snap_class)i), &r->classes[i], t->max_ns, t->count,
			"");
		max_ns = t->max_ns > max_ns ? t->max_ns : max_ns;
		count += t->count;
	}
	add_row(p, "all", &r->all, max_ns, count, "");
}

static void add_causes(struct page *p, const struct top_rates *r, unsigned int nr)
{
	char name[QPW_SYMBOL_LEN * 4 + 1];

	if (!nr)
		return;
	page_add(p, PAGE_HEADER, "%-8s %10s %11s %11s %10s  %s", "CAUSE", "/S", "STOLEN-US/S",
		 "MAX-US", "COUNT", "NAME");
	for (unsigned int i = 0; i < nr; i++) {
		const struct snap_cause *c = r->causes[i].cause;

		text_escape(c->name, name, sizeof(name));
		add_row(p, snap_class_name(c->class), &r->causes[i].rate, c->max_ns, c->count,
			name);
	}
}

/* Who queued most of it: "comm/pid@cpu", "comm@cpu" for several tasks of that name. */
static void origin(const struct snap_work *w, char *buf, size_t size)
{
	char comm[QPW_COMM_LEN * 4 + 5];

	if (!w->nr_origins) {
		snprintf(buf, size, "-");
		return;
	}
	text_escape(w->origins[0].comm, comm, sizeof(comm));
	if (w->origins[0].pid == SNAP_PID_MANY)
		snprintf(buf, size, "%s@%u", comm, w->origins[0].cpu);
	else
		snprintf(buf, size, "%s/%u@%u", comm, w->origins[0].pid, w->origins[0].cpu);
}

static void add_works(struct page *p, const struct top_rates *r, unsigned int nr)
{
	char name[QPW_SYMBOL_LEN * 4 + 1], from[QPW_COMM_LEN * 4 + 32], p50[WORD], max[WORD];

	if (!nr)
		return;
	page_add(p, PAGE_HEADER, "%8s %10s %11s %11s %10s  %s", "WORK/S", "INLINE/S", "WAIT-P50-US",
		 "WAIT-MAX-US", "COUNT", "FUNCTION FROM");
	for (unsigned int i = 0; i < nr; i++) {
		const struct snap_work *w = r->works[i].work;

		snprintf(p50, sizeof(p50), "-");
		snprintf(max, sizeof(max), "-");
		if (w->wait && hist_count(w->wait)) {
			microseconds(hist_percentile(w->wait, 50), p50, sizeof(p50));
			microseconds(hist_max(w->wait), max, sizeof(max));
		}
		text_escape(w->function, name, sizeof(name));
		origin(w, from, sizeof(from));
		page_add(p, PAGE_PLAIN, "%8.1f %10.1f %11s %11s %10" PRIu64 "  %s %s",
			 r->works[i].executed_s, r->works[i].inlined_s, p50, max,
			 w->executed + w->inlined, name, from);
	}
}

void top_page(struct page *p, const struct top_about *about, const struct top_rates *rates,
	      const struct snapshot *now)
{
	struct top_layout l;

	page_clear(p);
	add_about(p, about, rates);
	add_doubts(p, now, rates);
	add_latency(p, now, rates);
	add_classes(p, rates, now);
	l = top_layout(p->rows - p->nr_lines, rates->nr_causes, rates->nr_works);
	add_causes(p, rates, l.causes);
	add_works(p, rates, l.works);
}

void top_help(struct page *p)
{
	static const char *const lines[] = {
		"q      quit",
		"space  pause, go on; collecting goes on in a pause",
		"?      this page, and back",
		"",
		"/S            interruptions a second in the last interval",
		"STOLEN-US/S   microseconds a second that they took, what nests in them not counted",
		"MAX-US        longest single one since the start",
		"COUNT         since the start",
		"WORK/S        work items run on the watched CPUs, INLINE/S in their queuer (QPW)",
		"WAIT-P50-US   from queueing to execution, since the start",
		"FUNCTION FROM its function, and who queued most of it: task/pid@cpu",
		"latency us    of the timer wake-ups of the victim; qpwlat record has one",
	};

	page_clear(p);
	page_add(p, PAGE_TITLE, "qpwtop: what interrupts the watched CPUs");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		page_add(p, PAGE_PLAIN, "%s", lines[i]);
}
