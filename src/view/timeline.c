// SPDX-License-Identifier: GPL-2.0-only
/*
 * One late sample as a drawing. Every figure of it is in the title of its element; the table that
 * a page puts below has the same. Foreign text passes escape_html().
 */
#include "view/timeline.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/escape.h"
#include "view/html.h"
#include "view/svg_parts.h"
#include "view/words.h"

#define WIDTH 960
#define LEFT 92
#define RIGHT 16
#define TOP 30	/* the steps are above */
#define LANE 26 /* height, bar and space */
#define BAR 20
#define ROW 17 /* of a name in the lane of origins */
#define ORIGIN_ROWS 4
#define BOTTOM 24
#define CHARACTER 6.8 /* width of one, about */
#define TICKS 9

enum lane {
	LANE_ORIGIN,
	LANE_NMI,
	LANE_INTERRUPT,
	LANE_SOFTIRQ,
	LANE_WORK,
	LANE_THREAD,
	LANE_VICTIM,
	NR_LANES,
};

static const char *const lane_names[NR_LANES] = {
	[LANE_ORIGIN] = "caused by",   [LANE_NMI] = "nmi",   [LANE_INTERRUPT] = "interrupts",
	[LANE_SOFTIRQ] = "softirq",    [LANE_WORK] = "work", [LANE_THREAD] = "threads",
	[LANE_VICTIM] = "unexplained",
};

static const enum lane class_lanes[SNAP_NR_CLASSES] = {
	[SNAP_IRQ] = LANE_INTERRUPT,  [SNAP_SOFTIRQ] = LANE_SOFTIRQ, [SNAP_IPI] = LANE_INTERRUPT,
	[SNAP_TICK] = LANE_INTERRUPT, [SNAP_TIMER] = LANE_INTERRUPT, [SNAP_THREAD] = LANE_THREAD,
	[SNAP_WORK] = LANE_WORK,      [SNAP_NMI] = LANE_NMI,
};

/* Where a name in the lane of origins ends, row by row, and what it was. */
struct origin_row {
	double end_x;
	const struct snap_origin *last;
};

struct drawing {
	FILE *f;
	const struct snap_outlier *o;
	double from_ns, to_ns; /* both relative to the expiry */
	int nr_rows;	       /* of the lane of origins */
	int lane_y[NR_LANES];  /* -1: nothing there, not drawn */
	int bottom_y;	       /* of the last lane */
};

static double relative(const struct drawing *d, uint64_t ns)
{
	return (double)(int64_t)(ns - d->o->expiry_ns);
}

static double time_x(const struct drawing *d, double ns)
{
	double at = (ns - d->from_ns) / (d->to_ns - d->from_ns);

	return LEFT + fmin(1, fmax(0, at)) * (WIDTH - LEFT - RIGHT);
}

static bool same_origin(const struct snap_origin *a, const struct snap_origin *b)
{
	return a->cpu == b->cpu && a->pid == b->pid && !strcmp(a->comm, b->comm);
}

void timeline_origin(FILE *f, const struct snap_origin *o)
{
	escape_html(f, o->comm);
	if (o->pid != SNAP_PID_MANY)
		fprintf(f, ":%" PRIu32, o->pid);
	fprintf(f, " on CPU %" PRIu32, o->cpu);
}

static void put_ns(FILE *f, const char *before, double ns)
{
	char cell[WORDS_CELL];

	words_ns(ns, cell, sizeof(cell));
	fprintf(f, "%s%s", before, cell);
}

/* Width of an origin's name; the digits of its numbers are few. */
static double origin_width(const struct snap_origin *o)
{
	char name[4 * QPW_COMM_LEN + 1];

	text_escape(o->comm, name, sizeof(name));
	return ((double)text_width(name) + 16) * CHARACTER;
}

/* Causes that lie further back than the sample is long are only hinted at by the left edge. */
static void find_range(struct drawing *d)
{
	double length = (double)d->o->latency_ns, lead = 0.01 * length;

	for (uint32_t i = 0; i < d->o->nr_spans; i++) {
		const struct snap_span *p = &d->o->spans[i];
		double back = p->origin_ns ? -relative(d, p->origin_ns) : 0;

		if (back > length || p->before_ns)
			lead = fmax(lead, 0.06 * length);
		if (back <= length)
			lead = fmax(lead, 1.03 * back);
	}
	d->from_ns = -lead;
	d->to_ns = fmax(1, 1.02 * length);
}

/* Row for an origin's name at x, the first where it fits; -1: none, or it stands there already. */
static int take_row(struct origin_row rows[ORIGIN_ROWS], double x, const struct snap_origin *o,
		    int *used)
{
	double width = origin_width(o);

	for (int i = 0; i < ORIGIN_ROWS; i++) {
		if (rows[i].last && same_origin(rows[i].last, o) && x < rows[i].end_x) {
			*used = i;
			return -1;
		}
	}
	for (int i = 0; i < ORIGIN_ROWS; i++) {
		if (rows[i].last && x < rows[i].end_x)
			continue;
		rows[i] = (struct origin_row){ x + width, o };
		*used = i;
		return i;
	}
	*used = ORIGIN_ROWS - 1;
	return -1;
}

/* The span whose origin comes next in time after those of the mask. */
static int next_origin(const struct snap_outlier *o, const bool *done)
{
	int best = -1;

	for (uint32_t i = 0; i < o->nr_spans; i++) {
		const struct snap_span *p = &o->spans[i];

		if (done[i] || !p->origin.count || !p->origin_ns)
			continue;
		if (best < 0 || p->origin_ns < o->spans[best].origin_ns)
			best = (int)i;
	}
	return best;
}

/* Top of the span's bar. */
static int span_y(const struct drawing *d, const struct snap_span *p)
{
	return d->lane_y[class_lanes[p->class]] + (LANE - BAR) / 2;
}

/* From where it was caused to where it began: a line with a head. */
static void put_arrow(const struct drawing *d, const struct snap_span *p, double x, double y)
{
	double to_x = time_x(d, relative(d, p->start_ns) - (double)p->before_ns);
	int to_y = span_y(d, p);

	fprintf(d->f,
		"<path class=\"arrow\" d=\"M%.1f %.1fL%.1f %d\"/>"
		"<path class=\"head\" d=\"M%.1f %dl-3.5 -6h7z\"/>",
		x, y, to_x, to_y, to_x, to_y);
}

static void put_origin_mark(const struct drawing *d, const struct snap_span *p, double x, double y)
{
	double began = relative(d, p->start_ns) - (double)p->before_ns;
	double caused = relative(d, p->origin_ns);

	if (caused < d->from_ns)
		fprintf(d->f, "<path class=\"mark\" d=\"M%.1f %.1fl7 -4.5v9z\">", x, y);
	else
		fprintf(d->f, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\">", x, y);
	fputs("<title>", d->f);
	timeline_origin(d->f, &p->origin);
	fprintf(d->f, " caused %s ", snap_class_name(p->class));
	escape_html(d->f, p->name);
	put_ns(d->f, ", ", fabs(caused));
	fputs(caused < 0 ? " before the expiry" : " after the expiry", d->f);
	put_ns(d->f, ", ", began - caused);
	fputs(" before it began</title>", d->f);
	fputs(caused < d->from_ns ? "</path>\n" : "</circle>\n", d->f);
}

/* Marks and names by time; the arrows are drawn before what they would cross. */
static void put_origins(const struct drawing *d, bool arrows)
{
	struct origin_row rows[ORIGIN_ROWS] = { { 0 } };
	bool done[SNAP_SPANS] = { false };

	for (int i; (i = next_origin(d->o, done)) >= 0; done[i] = true) {
		const struct snap_span *p = &d->o->spans[i];
		double x = time_x(d, relative(d, p->origin_ns)), y;
		int used, row = take_row(rows, x, &p->origin, &used);

		y = d->lane_y[LANE_ORIGIN] + ROW * used + ROW / 2.0;
		if (arrows) {
			put_arrow(d, p, x, y);
			continue;
		}
		put_origin_mark(d, p, x, y);
		if (row < 0)
			continue;
		fprintf(d->f, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">", x + 9, y + 4);
		timeline_origin(d->f, &p->origin);
		fputs("</text>\n", d->f);
	}
}

/* How many rows the lane of origins needs, 0 for none. */
static int count_rows(const struct drawing *d)
{
	struct origin_row rows[ORIGIN_ROWS] = { { 0 } };
	bool done[SNAP_SPANS] = { false };
	int nr = 0;

	for (int i; (i = next_origin(d->o, done)) >= 0; done[i] = true) {
		const struct snap_span *p = &d->o->spans[i];
		int used;

		take_row(rows, time_x(d, relative(d, p->origin_ns)), &p->origin, &used);
		nr = used + 1 > nr ? used + 1 : nr;
	}
	return nr;
}

static void place_lanes(struct drawing *d)
{
	bool nmi = false;
	int y = TOP;

	for (uint32_t i = 0; i < d->o->nr_spans; i++)
		nmi |= d->o->spans[i].class == SNAP_NMI;
	d->nr_rows = count_rows(d);
	for (int lane = 0; lane < NR_LANES; lane++) {
		d->lane_y[lane] = y;
		if (lane == LANE_ORIGIN)
			y += d->nr_rows ? d->nr_rows * ROW + 8 : 0;
		else if (lane != LANE_NMI || nmi)
			y += LANE;
		if (d->lane_y[lane] == y)
			d->lane_y[lane] = -1;
	}
	d->bottom_y = y;
}

static void put_lanes(const struct drawing *d)
{
	double range = d->to_ns - d->from_ns, step = svg_step(range, TICKS);
	int first = (int)ceil(d->from_ns / step), last = (int)floor(d->to_ns / step);

	for (int i = first; i <= last; i++) {
		double at = i * step, x = time_x(d, at);

		fprintf(d->f,
			"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
			"<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
			x, x, TOP, d->bottom_y, x, d->bottom_y + 17);
		svg_time(d->f, at, range, step);
		fputs("</text>\n", d->f);
	}
	for (int lane = 0; lane < NR_LANES; lane++) {
		int y = d->lane_y[lane];

		if (y < 0)
			continue;
		fprintf(d->f,
			"<line class=\"grid\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
			"<text x=\"0\" y=\"%d\">%s</text>\n",
			WIDTH - RIGHT, y, y, y + (lane == LANE_ORIGIN ? ROW / 2 + 5 : LANE / 2 + 5),
			lane_names[lane]);
	}
	fprintf(d->f, "<line class=\"grid\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n",
		WIDTH - RIGHT, d->bottom_y, d->bottom_y);
}

/* The steps as a row above, and their bounds through all lanes. */
static void put_steps(const struct drawing *d)
{
	static const char *const names[SNAP_NR_STEPS] = { "irq", "wakeup", "run" };
	double at = 0;

	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		double from = time_x(d, at), to, ns = (double)d->o->step_ns[step];
		char cell[WORDS_CELL];

		at += ns;
		to = time_x(d, at);
		words_ns(ns, cell, sizeof(cell));
		fprintf(d->f,
			"<path class=\"bound\" d=\"M%.1f 8V%d\"/>"
			"<rect class=\"step\" x=\"%.1f\" y=\"8\" width=\"%.1f\" height=\"18\">"
			"<title>step %s: %s</title></rect>\n",
			from, d->bottom_y, from, to - from, names[step], cell);
		if (to - from > (double)(strlen(names[step]) + text_width(cell) + 3) * CHARACTER)
			fprintf(d->f,
				"<text class=\"name\" x=\"%.1f\" y=\"21\" text-anchor=\"middle\">"
				"%s %s</text>\n",
				(from + to) / 2, names[step], cell);
	}
	fprintf(d->f, "<path class=\"bound\" d=\"M%.1f 8V%d\"/>\n", time_x(d, at), d->bottom_y);
}

/* As much of a name as fits into width; nothing where that is not worth it. */
static void put_label(FILE *f, const char *css, const char *name, double x, double y, double width)
{
	size_t room = width > 8 ? (size_t)((width - 8) / CHARACTER) : 0;
	char text[4 * QPW_SYMBOL_LEN + 1];

	text_escape(name, text, sizeof(text));
	if (!room || (room < 5 && text_width(text) > room))
		return;
	fprintf(f, "<text class=\"label %s\" x=\"%.1f\" y=\"%.1f\">", css, x + 4, y);
	escape_html_cut(f, name, room);
	fputs("</text>", f);
}

static void put_span_title(const struct drawing *d, const struct snap_span *p)
{
	double start = relative(d, p->start_ns), length = (double)(p->end_ns - p->start_ns);

	fprintf(d->f, "<title>%s ", snap_class_name(p->class));
	escape_html(d->f, p->name);
	put_ns(d->f, ": from ", start);
	put_ns(d->f, " to ", start + length);
	put_ns(d->f, " after the expiry, ", length);
	put_ns(d->f, ", itself ", (double)p->self_ns);
	if (p->before_ns)
		put_ns(d->f, ", running since ", (double)p->before_ns);
	fputs(p->before_ns ? " before" : "", d->f);
	if (p->origin.count) {
		fputs(", caused by ", d->f);
		timeline_origin(d->f, &p->origin);
	}
	if (p->callsite[0]) {
		fputs(" from ", d->f);
		escape_html(d->f, p->callsite);
	}
	fputs("</title>", d->f);
}

static void put_span(const struct drawing *d, const struct snap_span *p)
{
	double start = relative(d, p->start_ns);
	double from = time_x(d, start), to = time_x(d, relative(d, p->end_ns));
	double since = time_x(d, start - (double)p->before_ns);
	double width = fmax(to - from, 1.2);
	const char *css = html_class_css[p->class];
	int y = span_y(d, p);

	if (p->before_ns)
		fprintf(d->f,
			"<rect class=\"%s early\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
			"height=\"%d\"/>",
			css, since, y, from - since, BAR);
	fprintf(d->f, "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\">", css,
		from, y, width, BAR);
	put_span_title(d, p);
	fputs("</rect>", d->f);
	put_label(d->f, css, p->name, from, y + 14.5, to - from);
	fputc('\n', d->f);
}

static void put_gap(const struct drawing *d, uint64_t from_ns, uint64_t to_ns)
{
	double from = time_x(d, relative(d, from_ns)), to = time_x(d, relative(d, to_ns));

	fprintf(d->f,
		"<rect class=\"c-rest\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>",
		from, d->lane_y[LANE_VICTIM] + (LANE - BAR) / 2, fmax(to - from, 1.2), BAR);
	put_ns(d->f, "", (double)(to_ns - from_ns));
	put_ns(d->f, " that no interval drawn here explains, from ", relative(d, from_ns));
	fputs(" on</title></rect>\n", d->f);
}

/* What none of the spans covers: spans come in order of their starts. */
static void put_gaps(const struct drawing *d)
{
	uint64_t at_ns = d->o->expiry_ns, end_ns = at_ns + d->o->latency_ns;

	for (uint32_t i = 0; i < d->o->nr_spans; i++) {
		const struct snap_span *p = &d->o->spans[i];

		if (p->start_ns > at_ns)
			put_gap(d, at_ns, p->start_ns);
		if (p->end_ns > at_ns)
			at_ns = p->end_ns;
	}
	if (end_ns > at_ns)
		put_gap(d, at_ns, end_ns);
}

void timeline_svg(FILE *f, const char *id, const struct snap_outlier *o)
{
	struct drawing d = { .f = f, .o = o };
	char title[128], latency[WORDS_CELL];

	find_range(&d);
	place_lanes(&d);
	words_ns((double)o->latency_ns, latency, sizeof(latency));
	snprintf(title, sizeof(title), "A wake-up on CPU %" PRIu32 " that took %s", o->cpu,
		 latency);
	svg_open(
		f, "plot wide timeline", WIDTH, d.bottom_y + BOTTOM, id, title,
		"What ran on the CPU from the timer's expiry, at 0, until the victim ran, in lanes by "
		"context; above, who caused it, where and when. The tables below have the figures.");
	put_lanes(&d);
	put_steps(&d);
	put_origins(&d, true);
	for (uint32_t i = 0; i < o->nr_spans; i++)
		put_span(&d, &o->spans[i]);
	put_gaps(&d);
	put_origins(&d, false);
	fputs("</svg>\n", f);
}
