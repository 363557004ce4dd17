// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of the watched CPUs, with a bar of what interrupts each and a graph of its last minute.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "view/top.h"

enum {
	COL_CPU,
	COL_RATE,
	COL_CLASS, /* of the first class; the others follow */
	COL_BAR = COL_CLASS + SNAP_NR_CLASSES,
	COL_STOLEN,
	COL_MAX,
	COL_EVER,
	COL_TICK,
	COL_AVOIDABLE,
	COL_MINUTE,
	COL_RUNNING,
	COL_STATE,
	COL_COUNT,
};

static const struct top_column columns[] = {
	[COL_CPU] = { "CPU", "cpu", 4, 0, 0, true },
	[COL_RATE] = { "/S", "interruptions_s", 8, 1, 0, false },
	[COL_CLASS + SNAP_IRQ] = { "IRQ/S", "irq_s", 8, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_SOFTIRQ] = { "SOFTIRQ/S", "softirq_s", 9, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_IPI] = { "IPI/S", "ipi_s", 8, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_TICK] = { "TICK/S", "tick_s", 8, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_TIMER] = { "TIMER/S", "timer_s", 8, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_THREAD] = { "THREAD/S", "thread_s", 8, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_WORK] = { "WORK/S", "work_s", 8, 1, TOP_IN_TEXT, false },
	[COL_CLASS + SNAP_NMI] = { "NMI/S", "nmi_s", 8, 1, TOP_IN_TEXT, false },
	[COL_BAR] = { "BY-CLASS", NULL, 8, 0, 0, true },
	[COL_STOLEN] = { "STOLEN-US/S", "stolen_us_s", 11, 1, 0, false },
	[COL_MAX] = { "MAX-US", "max_us", 8, 1, 0, false },
	[COL_EVER] = { "EVER-US", "ever_max_us", 8, 1, 0, false },
	[COL_TICK] = { "TICK", "tick", 4, 0, 0, true },
	[COL_AVOIDABLE] = { "AVOID-%", "avoidable_percent", 7, 1, 0, false },
	[COL_MINUTE] = { "MINUTE", NULL, TOP_MINUTE_PARTS, 0, 0, true },
	[COL_RUNNING] = { "RUNS", "running", 15, 0, 0, true },
	[COL_STATE] = { "STATE", "state", 7, 0, TOP_IN_TEXT, true },
	[COL_COUNT] = { "COUNT", "count", 9, 0, 120, false },
};

/* As narrow as this they fit into 80 columns. */
static const struct top_stretch stretch[] = {
	{ COL_RATE, 6, 8 },	 { COL_MAX, 6, 8 },	 { COL_EVER, 7, 8 },
	{ COL_AVOIDABLE, 5, 7 }, { COL_MINUTE, 10, 20 }, { COL_RUNNING, 10, 15 },
	{ COL_BAR, 8, 24 },
};

static size_t nr_rows(const struct top_data *d)
{
	return d->rates.nr_cpus;
}

static void tick(const struct top_cpu *c, struct top_value *v)
{
	if (c->state && c->state->tick_known && !c->offline)
		top_words(v, c->state->tick_stopped ? "off" : "on");
}

/* NULL: it is there and was. */
static const char *absence(const struct top_cpu *c)
{
	return c->offline ? "offline" : c->was_offline ? "partly" : NULL;
}

static void value(const struct top_data *d, size_t row, unsigned int column, struct top_value *v)
{
	const struct top_cpu *c = &d->rates.cpus[row];

	v->type = TOP_NOTHING;
	if (column == COL_CPU && c->cpu == SNAP_CPU_ALL)
		top_words(v, "all");
	else if (column == COL_CPU)
		top_cpu_number(v, c->cpu);
	else if (column == COL_RATE)
		top_number(v, c->all.count_s);
	else if (column >= COL_CLASS && column < COL_BAR)
		top_number(v, c->classes[column - COL_CLASS].count_s);
	else if (column == COL_STOLEN)
		top_number(v, c->all.stolen_us_s);
	else if (column == COL_MAX)
		top_number(v, (double)c->recent_max_ns / 1000);
	else if (column == COL_EVER)
		top_number(v, (double)c->max_ns / 1000);
	else if (column == COL_TICK)
		tick(c, v);
	else if (column == COL_AVOIDABLE && c->all.stolen_us_s > 0)
		top_number(v, c->avoidable_us_s / c->all.stolen_us_s * 100);
	else if (column == COL_STATE && c->cpu != SNAP_CPU_ALL)
		top_words(v, absence(c) ? absence(c) : "online");
	else if (column == COL_RUNNING && c->state && !c->offline)
		top_words_n(v, c->state->running, sizeof(c->state->running));
	else if (column == COL_COUNT)
		top_number(v, (double)c->count);
}

static void ids(const struct top_data *d, size_t row, struct top_ids *out)
{
	out->cpu = d->rates.cpus[row].cpu;
	out->class = -1;
}

/*
 * How many of width cells each class gets: by its share of the interruptions, but one at least if
 * it has any, as long as there are cells; what rounding leaves goes to the largest remainders.
 */
static void share_cells(const struct top_cpu *c, unsigned int width,
			unsigned int cells[SNAP_NR_CLASSES])
{
	double rest[SNAP_NR_CLASSES];
	unsigned int used = 0;

	for (int i = 0; i < SNAP_NR_CLASSES; i++) {
		double exact = c->classes[i].count_s / c->all.count_s * width;

		cells[i] = (unsigned int)exact;
		if (!cells[i] && exact > 0)
			cells[i] = 1;
		rest[i] = exact - cells[i];
		used += cells[i];
	}
	while (used != width) {
		int best = 0;

		for (int i = 1; i < SNAP_NR_CLASSES; i++)
			if (used < width ? rest[i] > rest[best] : cells[i] > cells[best])
				best = i;
		cells[best] += used < width ? 1 : -1;
		rest[best] -= used < width ? 1 : -1;
		used += used < width ? 1 : -1;
	}
}

/* Letters, so that it says the same without colours: softirq, ipi, tick, thread, as help tells. */
static void draw_bar(const struct top_cpu *c, struct canvas *canvas, unsigned int at_row,
		     unsigned int at_column, unsigned int width)
{
	static const char *const letters[SNAP_NR_CLASSES] = {
		[SNAP_IRQ] = "I",   [SNAP_SOFTIRQ] = "S", [SNAP_IPI] = "P",  [SNAP_TICK] = "K",
		[SNAP_TIMER] = "T", [SNAP_THREAD] = "H",  [SNAP_WORK] = "W", [SNAP_NMI] = "N",
	};
	unsigned int cells[SNAP_NR_CLASSES], at = at_column;

	if (c->all.count_s <= 0 || !width)
		return;
	share_cells(c, width, cells);
	for (unsigned int i = 0; i < SNAP_NR_CLASSES; i++)
		for (unsigned int n = 0; n < cells[i]; n++)
			canvas_put(canvas, at_row, at++, 1, CANVAS_CLASS + i, letters[i]);
}

/* The mean of those of the parts that are known; negative: none is. */
static double mean(const double *parts, unsigned int nr)
{
	unsigned int known = 0;
	double sum = 0;

	for (unsigned int i = 0; i < nr; i++) {
		if (parts[i] < 0)
			continue;
		sum += parts[i];
		known++;
	}
	return known ? sum / known : -1;
}

/*
 * The whole minute, the newest on the right; where there are too few cells each is of several
 * parts. Heights are relative to the highest of all rows, so that CPUs can be compared.
 */
static void draw_minute(double highest, const struct top_cpu *c, struct canvas *canvas,
			unsigned int at_row, unsigned int at_column, unsigned int width)
{
	static const char *const blocks[] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
	};
	static const char *const marks[] = { "_", ".", ":", "-", "=", "+", "*", "#" };
	unsigned int per_cell = (TOP_MINUTE_PARTS + width - 1) / width;
	unsigned int cells = (TOP_MINUTE_PARTS + per_cell - 1) / per_cell;

	for (unsigned int i = 0; i < cells; i++) {
		/* what does not divide is missing in the oldest one */
		unsigned int back = (cells - i) * per_cell;
		unsigned int missing = back > TOP_MINUTE_PARTS ? back - TOP_MINUTE_PARTS : 0;
		double height =
			mean(&c->minute[TOP_MINUTE_PARTS - back + missing], per_cell - missing);
		unsigned int level = 0;

		if (height < 0)
			continue;
		if (highest > 0)
			level = (unsigned int)(height / highest * 7.999);
		if (level > 7)
			level = 7; /* the sum of all CPUs */
		canvas_put(canvas, at_row, at_column + i, 1, CANVAS_GRAPH,
			   canvas->ascii ? marks[level] : blocks[level]);
	}
}

static void graph(const struct top_data *d, size_t row, unsigned int column, struct canvas *c,
		  unsigned int at_row, unsigned int at_column, unsigned int width)
{
	const char *absent = absence(&d->rates.cpus[row]);

	if (column == COL_BAR && absent)
		canvas_put(c, at_row, at_column, width, CANVAS_WARN, absent);
	else if (column == COL_BAR)
		draw_bar(&d->rates.cpus[row], c, at_row, at_column, width);
	else
		draw_minute(d->rates.minute_highest, &d->rates.cpus[row], c, at_row, at_column,
			    width);
}

const struct top_view top_view_cpus = {
	.name = "cpus",
	TOP_COLUMNS(columns),
	TOP_STRETCH(stretch),
	.sort = COL_STOLEN,
	.nr_rows = nr_rows,
	.value = value,
	.ids = ids,
	.graph = graph,
};
