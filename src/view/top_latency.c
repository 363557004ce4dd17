// SPDX-License-Identifier: GPL-2.0-only
/*
 * The latency of the victim's wake-ups: percentiles, a histogram, the last late ones and what they
 * waited for.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"
#include "view/percentiles.h"
#include "view/top.h"

enum {
	COL_LATENCY,
	COL_TIMER,
	COL_WAKEUP,
	COL_RUN,
	COL_UNKNOWN,
	COL_CPU,
	COL_TIME,
	COL_TASK,
	COL_PART,
};

static const struct top_column columns[] = {
	[COL_LATENCY] = { "LATENCY-US", "latency_us", 10, 1, 0, false },
	[COL_TIMER] = { "TIMER-US", "timer_us", 9, 1, 0, false },
	[COL_WAKEUP] = { "WAKE-US", "wakeup_us", 8, 1, 0, false },
	[COL_RUN] = { "RUN-US", "run_us", 8, 1, 0, false },
	[COL_UNKNOWN] = { "UNKNOWN-US", "unknown_us", 10, 1, 0, false },
	[COL_CPU] = { "CPU", "cpu", 4, 0, 0, false },
	[COL_TIME] = { "TIME-S", "time_s", 12, 6, 110, false },
	[COL_TASK] = { "TASK", "task", 15, 0, 110, true },
	[COL_PART] = { "LARGEST-PART", "largest_part", 0, 0, 0, true },
};

static const char *const step_names[SNAP_NR_STEPS] = {
	[SNAP_STEP_IRQ] = "timer",
	[SNAP_STEP_WAKEUP] = "wakeup",
	[SNAP_STEP_RUN] = "run",
};

static size_t nr_rows(const struct top_data *d)
{
	return d->now->nr_outliers;
}

static uint64_t unknown_ns(const struct snap_outlier *o)
{
	uint64_t ns = 0;

	for (int i = 0; i < SNAP_NR_STEPS; i++)
		ns += o->residual_ns[i];
	return ns;
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct snap_outlier *o = &d->now->outliers[row];

	v->type = TOP_NOTHING;
	if (column == COL_LATENCY)
		top_number(v, (double)o->latency_ns / 1000);
	else if (column >= COL_TIMER && column <= COL_RUN)
		top_number(v, (double)o->step_ns[column - COL_TIMER] / 1000);
	else if (column == COL_UNKNOWN)
		top_number(v, (double)unknown_ns(o) / 1000);
	else if (column == COL_CPU)
		top_cpu_number(v, o->cpu);
	else if (column == COL_TIME)
		top_number(v, ((double)o->expiry_ns - (double)d->start_ns) / 1e9);
	else if (column == COL_TASK)
		top_words_n(v, o->comm, sizeof(o->comm));
	else if (column == COL_PART && unknown_ns(o) > (o->nr_parts ? o->parts[0].ns : 0))
		top_words(v, "(unknown)");
	else if (column == COL_PART && o->nr_parts)
		top_words_n(v, o->parts[0].name, sizeof(o->parts[0].name));
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	const struct snap_outlier *o = &d->now->outliers[row];

	out->cpu = o->cpu;
	out->class = o->nr_parts ? (int)o->parts[0].class : -1;
}

/* ------------------------------------------------------------------ histogram */

#define OCTAVES 64

/* Samples by power of two: counts[i] of 2^i ns up to 2^(i+1), the first one from 0. */
static void count_octaves(const struct hist *h, uint64_t counts[OCTAVES], unsigned int *first,
			  unsigned int *last)
{
	struct hist_bucket b;
	unsigned int i;

	*first = OCTAVES - 1;
	*last = 0;
	hist_for_each(h, i, b) {
		unsigned int octave = b.low ? hist_log2(b.low) : 0;

		counts[octave] += b.count;
		if (octave < *first)
			*first = octave;
		if (octave > *last)
			*last = octave;
	}
}

/* A line for each power of two, of several where there are too few lines. Returns those taken. */
static unsigned int draw_histogram(const struct hist *h, struct canvas *c, unsigned int row,
				   unsigned int rows)
{
	static const char *const bar[] = { "#", "█" };
	uint64_t counts[OCTAVES] = { 0 }, most = 0;
	unsigned int first, last, step = 1, used = 0;
	unsigned int room = c->columns > 54 ? c->columns - 46 : 8;

	count_octaves(h, counts, &first, &last);
	while ((last - first + step) / step > rows)
		step++;
	for (unsigned int i = first; i <= last; i += step)
		for (unsigned int j = 1; j < step && i + j <= last; j++)
			counts[i] += counts[i + j];
	for (unsigned int i = first; i <= last; i += step)
		most = counts[i] > most ? counts[i] : most;
	for (unsigned int i = first; i <= last; i += step, used++) {
		unsigned int length = (unsigned int)((double)counts[i] / (double)most * room);

		canvas_printf(c, row + used, 0, CANVAS_PLAIN, "%11.1f us to %9.1f us %10" PRIu64,
			      i ? ldexp(1, (int)i) / 1000 : 0, ldexp(1, (int)(i + step)) / 1000,
			      counts[i]);
		if (counts[i] && !length)
			length = 1;
		for (unsigned int n = 0; n < length; n++)
			canvas_put(c, row + used, 45 + n, 1, CANVAS_GRAPH, bar[!c->ascii]);
	}
	return used;
}

/* Where the next part of a line goes. */
struct pen {
	struct canvas *c;
	unsigned int row;
	unsigned int column;
	unsigned int end; /* of the rows that there are for it */
};

/* What does not fit begins a row or, where none is left, is not there: no part of a number is. */
static void put_part(struct pen *p, const char *text)
{
	unsigned int width = canvas_width(text);

	if (p->column && p->column + width > p->c->columns) {
		if (p->row + 1 >= p->end)
			return;
		p->row++;
		p->column = 0;
	}
	p->column += canvas_put(p->c, p->row, p->column, width, CANVAS_PLAIN, text);
}

/* Returns the rows it took. */
static unsigned int draw_percentiles(const struct top_data *d, struct canvas *c, unsigned int row,
				     unsigned int rows)
{
	struct pen pen = { c, row, 0, row + rows };
	const struct snapshot *s = d->now;
	char part[64];

	snprintf(part, sizeof(part), "us of %" PRIu64 " wake-ups (%.0f/s)", s->nr_samples,
		 d->rates.samples_s);
	put_part(&pen, part);
	for (size_t i = 0; i < PERCENTILES; i++) {
		if (hist_count(s->latency) < percentiles[i].needs)
			continue;
		snprintf(part, sizeof(part), "  %s %.1f", percentiles[i].label,
			 (double)hist_percentile(s->latency, percentiles[i].percent) / 1000);
		put_part(&pen, part);
	}
	snprintf(part, sizeof(part), "  max %.1f", (double)hist_max(s->latency) / 1000);
	put_part(&pen, part);
	return pen.row + 1 - row;
}

static void draw_no_samples(const struct top_data *d, struct canvas *c, unsigned int row)
{
	char victim[HOST_TEXT * 4 + 1];

	text_escape(d->facts->victim, victim, sizeof(victim));
	if (*victim && strcmp(victim, "none") != 0)
		canvas_printf(c, row, 0, CANVAS_PLAIN,
			      "no timer-driven wake-ups on watched CPUs yet of %s", victim);
	else
		canvas_printf(
			c, row, 0, CANVAS_PLAIN,
			"no wake-ups of a victim; live, --victim V measures those of process V");
}

static unsigned int head(const struct top_data *d, struct canvas *c, unsigned int row,
			 unsigned int rows)
{
	unsigned int used;

	if (!rows)
		return 0;
	if (!d->now->nr_samples) {
		draw_no_samples(d, c, row);
		return 1;
	}
	/* names of columns and a row of the table are to be left */
	used = draw_percentiles(d, c, row, rows > 4 ? rows - 2 : 1);
	if (rows > 6)
		used += draw_histogram(d->now->latency, c, row + used,
				       rows / 2 < 10 ? rows / 2 : 10);
	return used;
}

/* ------------------------------------------------------------------ more of a row */

#define PART_TEXT (TOP_TEXT + QPW_SYMBOL_LEN * 4 + 32)

static void part_text(const struct snap_part *p, char buf[PART_TEXT])
{
	char name[QPW_SYMBOL_LEN * 4 + 1];
	struct top_value by;

	text_escape_n(p->name, sizeof(p->name), name, sizeof(name));
	top_task(&by, &p->origin);
	snprintf(buf, PART_TEXT, "%s %s%s%s", snap_class_name(p->class), name,
		 by.type == TOP_WORDS ? " by " : "", by.type == TOP_WORDS ? by.text : "");
}

static void detail(const struct top_data *d, size_t row, struct canvas *c, unsigned int at_row)
{
	const struct snap_outlier *o = &d->now->outliers[row];
	char text[PART_TEXT];

	text_escape_n(o->comm, sizeof(o->comm), text, sizeof(text));
	at_row += canvas_printf_lines(c, at_row, CANVAS_TITLE,
				      "%s/%" PRIu32 " on CPU %" PRIu32
				      " was %.1f us late at %.6f s%s",
				      text, o->pid, o->cpu, (double)o->latency_ns / 1000,
				      ((double)o->expiry_ns - (double)d->start_ns) / 1e9,
				      o->remote_timer ? "; its timer expired on another CPU" : "");
	canvas_style_row(c, at_row, 0, CANVAS_HEADER);
	canvas_printf(c, at_row++, 0, CANVAS_HEADER, "%-7s %10s  %s", "STEP", "US", "WHAT");
	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		canvas_printf(c, at_row++, 0, CANVAS_PLAIN, "%-7s %10.1f  in all", step_names[step],
			      (double)o->step_ns[step] / 1000);
		for (uint32_t i = 0; i < o->nr_parts; i++) {
			if (o->parts[i].step != (enum snap_step)step)
				continue;
			part_text(&o->parts[i], text);
			canvas_printf(c, at_row, 8, CANVAS_PLAIN, "%10.1f",
				      (double)o->parts[i].ns / 1000);
			at_row += canvas_put_lines(c, at_row, 20, CANVAS_PLAIN, text);
		}
		if (o->residual_ns[step])
			canvas_printf(c, at_row++, 8, CANVAS_PLAIN, "%10.1f  not known",
				      (double)o->residual_ns[step] / 1000);
	}
}

static int extra(const struct top_data *d, size_t row, json_t *object)
{
	const struct snap_outlier *o = &d->now->outliers[row];
	json_t *list = json_array();
	char text[PART_TEXT];
	int failed = !list;

	for (uint32_t i = 0; !failed && i < o->nr_parts; i++) {
		part_text(&o->parts[i], text);
		failed |= json_array_append_new(
			list, json_pack("{s:s, s:I, s:s}", "step", step_names[o->parts[i].step],
					"ns", (json_int_t)o->parts[i].ns, "what", text));
	}
	return failed || json_object_set_new(object, "parts", list) ? -ENOMEM : 0;
}

const struct top_view top_view_latency = {
	.name = "latency",
	TOP_COLUMNS(columns),
	.sort = COL_LATENCY,
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
	.head = head,
	.extra = extra,
	.detail = detail,
};
