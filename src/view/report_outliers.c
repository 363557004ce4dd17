/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text report's section about late samples: every nanosecond of each is named or residual.
 * Knows neither files nor options.
 */
#include "view/report_parts.h"

#include <inttypes.h>

#include "util/array.h"
#include "util/text.h"

static void print_us(FILE *f, int indent, uint64_t ns, const char *what)
{
	fprintf(f, "%*s%11.3f  %s", indent, "", (double)ns / 1e3, what);
}

static void print_part(FILE *f, const struct snap_part *p)
{
	char name[4 * QPW_SYMBOL_LEN], comm[4 * QPW_COMM_LEN + 1];

	text_escape(p->name, name, sizeof(name));
	print_us(f, 8, p->ns, snap_class_name(p->class));
	fprintf(f, " %s", name);
	if (p->origin.count) {
		text_escape(p->origin.comm, comm, sizeof(comm));
		fprintf(f, ", from %s", comm);
		if (p->origin.pid != SNAP_PID_MANY)
			fprintf(f, ":%" PRIu32, p->origin.pid);
		fprintf(f, " on CPU %" PRIu32, p->origin.cpu);
	}
	fputc('\n', f);
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
		return "no expiry seen: the victim did not sleep, as it was late already";
	return words[step];
}

static void print_outlier(FILE *f, const struct snap_outlier *o, size_t number)
{
	char comm[4 * QPW_COMM_LEN + 1];

	text_escape(o->comm, comm, sizeof(comm));
	fprintf(f,
		"  #%zu  %.3f us  CPU %" PRIu32 "  %s:%" PRIu32 "  expiry at %" PRIu64 ".%09" PRIu64
		" s\n",
		number, (double)o->latency_ns / 1e3, o->cpu, comm, o->pid,
		o->expiry_ns / 1000000000, o->expiry_ns % 1000000000);
	for (int step = 0; step < SNAP_NR_STEPS; step++) {
		if (!o->step_ns[step])
			continue;
		print_us(f, 4, o->step_ns[step], step_words(o, step));
		fputc('\n', f);
		for (uint32_t i = 0; i < o->nr_parts; i++)
			if ((int)o->parts[i].step == step)
				print_part(f, &o->parts[i]);
		if (o->residual_ns[step])
			print_us(f, 8, o->residual_ns[step], "residual\n");
	}
}

void report_outliers(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	size_t nr = r->top && s->nr_outliers > r->top ? r->top : s->nr_outliers;

	if (!s->nr_samples)
		return;
	if (!nr) {
		fprintf(f, "\nlate samples: none of %.1f us or more\n",
			(double)s->outlier_ns / 1e3);
		return;
	}
	fprintf(f, "\nlate samples, worst %zu", nr);
	if (s->outlier_ns)
		fprintf(f, " of %.1f us or more", (double)s->outlier_ns / 1e3);
	fputs(", and what each is made of, us\n", f);
	for (size_t i = 0; i < nr; i++)
		print_outlier(f, &s->outliers[i], i + 1);
}
