// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report's sections about late samples: every nanosecond of each is named or residual. Knows
 * neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>

#include "model/blame.h"
#include "util/array.h"
#include "util/text.h"
#include "view/words.h"

/* A line of a sum: how long, and what; what is too wide goes on below. */
static void print_us(const struct sheet *o, int indent, uint64_t ns, const char *what)
{
	fprintf(o->f, "%*s%11.3f  ", indent, "", (double)ns / 1e3);
	sheet_wrap(o, what, (size_t)indent + 13, indent + 15);
	fputc('\n', o->f);
}

static void print_part(const struct sheet *o, const struct snap_part *p)
{
	char name[4 * QPW_SYMBOL_LEN], task[WORDS_TASK], line[sizeof(name) + 256];

	text_escape(p->name, name, sizeof(name));
	snprintf(line, sizeof(line), "%s %s%s", snap_class_name(p->class), name,
		 blame_is_avoidable(p->class, p->name) ? " (QPW)" : "");
	if (p->origin.count) {
		words_task(p->origin.comm, p->origin.pid, task);
		text_escape(task, name, sizeof(name));
		text_add(line, sizeof(line), ", from %s on CPU %" PRIu32, name, p->origin.cpu);
	}
	print_us(o, 8, p->ns, line);
}

/* What a step is, where it may differ from the ordinary. */
static const char *step_words(const struct snap_outlier *o, int step)
{
	static const char *const words[SNAP_NR_STEPS] = {
		[SNAP_STEP_IRQ] = "expiry of the timer until its interrupt expires it",
		[SNAP_STEP_WAKEUP] = "until the victim is woken",
		[SNAP_STEP_RUN] = "until the victim runs",
	};

	if (step == SNAP_STEP_IRQ && o->remote_timer)
		return "expiry of the timer until another CPU's interrupt expires it";
	if (step == SNAP_STEP_RUN && o->step_ns[step] == o->latency_ns)
		return "no expiry seen: the victim did not sleep, it was late already";
	return words[step];
}

static void print_head(const struct sheet *o, const struct report *r,
		       const struct snap_outlier *late, size_t number)
{
	char comm[4 * QPW_COMM_LEN + 1], of[600], line[sizeof(of) + 256];

	text_escape(late->comm, comm, sizeof(comm));
	report_of_trace(r, late->boot, of, sizeof(of));
	snprintf(line, sizeof(line),
		 "#%zu  %.3f us  CPU %" PRIu32 "  %s:%" PRIu32 "  expiry at %" PRIu64 ".%09" PRIu64
		 " s%s",
		 number, (double)late->latency_ns / 1e3, late->cpu, comm, late->pid,
		 late->expiry_ns / 1000000000, late->expiry_ns % 1000000000, of);
	fputs("  ", o->f);
	sheet_wrap(o, line, 2, 4);
	fputc('\n', o->f);
}

static void print_outlier(const struct sheet *o, const struct report *r,
			  const struct snap_outlier *late, size_t number)
{
	uint64_t avoidable_ns = blame_avoidable_of(late);

	print_head(o, r, late, number);
	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		if (!late->step_ns[step])
			continue;
		print_us(o, 4, late->step_ns[step], step_words(late, step));
		for (uint32_t i = 0; i < late->nr_parts; i++)
			if ((int)late->parts[i].step == step)
				print_part(o, &late->parts[i]);
		if (late->residual_ns[step])
			print_us(o, 8, late->residual_ns[step], "residual");
	}
	if (avoidable_ns)
		print_us(o, 4, avoidable_ns, "of all this avoidable by QPW");
}

/* "worst 10 of 37 of 200.0 us or more" */
static void format_which(const struct report *r, size_t nr, char *buf, size_t size)
{
	const struct snapshot *s = r->snapshot;

	if (s->outlier_ns)
		snprintf(buf, size, "the worst %zu of %" PRIu64 " of %.1f us or more", nr,
			 s->nr_late, (double)s->outlier_ns / 1e3);
	else
		snprintf(buf, size, "the worst %zu of %" PRIu64, nr, s->nr_samples);
}

static void add_share(struct text_table *t, uint64_t ns, uint64_t whole)
{
	text_table_us(t, ns);
	text_table_real(t, report_percent(ns, whole), 1);
}

static void add_rest(struct text_table *t, const char *what, uint64_t ns, uint64_t whole)
{
	text_table_name(t, "-");
	text_table_name(t, what);
	text_table_name(t, "-");
	add_share(t, ns, whole);
	text_table_name(t, "-");
}

static void put_blame(const struct sheet *o, const struct report *r, const struct blame *b)
{
	static const struct text_column columns[] = {
		{ "class", true }, { "what", true },	 { "QPW", true },
		{ "us", false },   { "share %", false }, { "samples", false },
	};
	size_t nr = report_limit(r, b->nr_rows);
	uint64_t others = 0;
	struct text_table t;

	text_table_init(&t, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < b->nr_rows; i++) {
		const struct blame_row *row = &b->rows[i];
		enum snap_class class = (enum snap_class)row->class;

		if (i >= nr) {
			others += row->ns;
			continue;
		}
		text_table_name(&t, snap_class_name(class));
		text_table_name(&t, row->name);
		text_table_name(&t, blame_is_avoidable(class, row->name) ? "yes" : "-");
		add_share(&t, row->ns, b->latency_ns);
		text_table_count(&t, row->nr_samples);
	}
	if (others)
		add_rest(&t, "others", others, b->latency_ns);
	add_rest(&t, "residual", b->residual_ns, b->latency_ns);
	if (b->avoidable_ns)
		add_rest(&t, "of all avoidable", b->avoidable_ns, b->latency_ns);
	sheet_table(o, &t);
}

void report_late(const struct sheet *o, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	char title[128], which[96];
	struct blame b;

	if (!s->nr_samples)
		return;
	if (blame_late(s, r->top, &b)) {
		sheet_warning(o, "late samples are not added up: out of memory.");
	} else if (b.nr_samples) {
		format_which(r, b.nr_samples, which, sizeof(which));
		snprintf(title, sizeof(title), "late samples added up, %s", which);
		sheet_heading(o, title, "residual: no interval explains it");
		put_blame(o, r, &b);
	}
	blame_finish(&b);
}

void report_outliers(const struct sheet *o, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	size_t nr = report_limit(r, s->nr_outliers);
	char title[128], which[96];

	if (!s->nr_samples)
		return;
	if (!nr) {
		snprintf(title, sizeof(title), "late samples: none of %.1f us or more",
			 (double)s->outlier_ns / 1e3);
		sheet_heading(o, title, NULL);
		return;
	}
	format_which(r, nr, which, sizeof(which));
	snprintf(title, sizeof(title), "late samples one by one, %s", which);
	sheet_heading(o, title,
		      "us; what is indented sums to what it is below; QPW: what it would avoid");
	sheet_begin_fixed(o);
	for (size_t i = 0; i < nr; i++)
		print_outlier(o, r, &s->outliers[i], i + 1);
	sheet_end_fixed(o);
}
