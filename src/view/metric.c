// SPDX-License-Identifier: GPL-2.0-only
/*
 * OpenMetrics text, as its specification 1.0 has it. The older text format of Prometheus reads the
 * same lines: there, a counter's "_total" is a metric without a type.
 */
#include "view/metric.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "view/escape.h"

#define SECOND UINT64_C(1000000000)

/*
 * Upper edges of histograms: 2^k - 1 and 1.5 * 2^k - 1 ns. The model's buckets end there, so that
 * each count is exact.
 */
#define FIRST_OCTAVE 10 /* 1023 ns */
#define LAST_OCTAVE 30	/* 1.07 s */

static bool is_seconds(const struct metric *metric)
{
	return metric->type != METRIC_COUNT && metric->type != METRIC_GAUGE;
}

void metric_head(FILE *f, const struct metric *metric)
{
	static const char *const types[] = {
		[METRIC_COUNT] = "counter",	  [METRIC_SECONDS] = "counter",
		[METRIC_GAUGE] = "gauge",	  [METRIC_GAUGE_SECS] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
	};

	fprintf(f, "# TYPE %s %s\n", metric->name, types[metric->type]);
	if (is_seconds(metric))
		fprintf(f, "# UNIT %s seconds\n", metric->name);
	fprintf(f, "# HELP %s %s\n", metric->name, metric->help);
}

static void put_seconds(FILE *f, uint64_t ns)
{
	fprintf(f, "%" PRIu64 ".%09" PRIu64, ns / SECOND, ns % SECOND);
}

static void put_labels(FILE *f, const struct metric_rows *rows, size_t i)
{
	if (!rows->labels)
		return;
	fputc('{', f);
	rows->labels(f, rows->rows, i);
	fputc('}', f);
}

static void put_value(FILE *f, const struct metric *metric, const struct metric_rows *rows,
		      size_t i, const void *field)
{
	bool counter = metric->type == METRIC_COUNT || metric->type == METRIC_SECONDS;
	uint64_t value;

	memcpy(&value, field, sizeof(value));
	fprintf(f, "%s%s", metric->name, counter ? "_total" : "");
	put_labels(f, rows, i);
	fputc(' ', f);
	if (is_seconds(metric))
		put_seconds(f, value);
	else
		fprintf(f, "%" PRIu64, value);
	fputc('\n', f);
}

/* One line of a histogram; edge_ns 0: without one, above all. */
static void put_bucket(FILE *f, const struct metric *metric, const struct metric_rows *rows,
		       size_t i, uint64_t edge_ns, uint64_t count)
{
	fprintf(f, "%s_bucket{", metric->name);
	if (rows->labels) {
		rows->labels(f, rows->rows, i);
		fputc(',', f);
	}
	fputs("le=\"", f);
	if (edge_ns)
		put_seconds(f, edge_ns);
	else
		fputs("+Inf", f);
	fprintf(f, "\"} %" PRIu64 "\n", count);
}

static void put_histogram(FILE *f, const struct metric *metric, const struct metric_rows *rows,
			  size_t i, const void *field)
{
	uint64_t below = 0;
	unsigned int index = 0;
	struct hist_bucket b;
	const struct hist *hist = *(struct hist *const *)field;
	bool more;

	if (!hist)
		return;
	more = hist_next(hist, &index, &b);
	for (unsigned int half = 2 * FIRST_OCTAVE; half <= 2 * LAST_OCTAVE; half++) {
		uint64_t edge =
			(half % 2 ? UINT64_C(3) << (half / 2 - 1) : UINT64_C(1) << half / 2) - 1;

		for (; more && b.high <= edge; more = hist_next(hist, &index, &b))
			below += b.count;
		put_bucket(f, metric, rows, i, edge, below);
	}
	put_bucket(f, metric, rows, i, 0, hist_count(hist));
	fprintf(f, "%s_count", metric->name);
	put_labels(f, rows, i);
	fprintf(f, " %" PRIu64 "\n%s_sum", hist_count(hist), metric->name);
	put_labels(f, rows, i);
	fputc(' ', f);
	put_seconds(f, hist->sum);
	fputc('\n', f);
}

void metric_put(FILE *f, const struct metric *metric, const struct metric_rows *rows)
{
	if (!rows->nr)
		return;
	metric_head(f, metric);
	for (size_t i = 0; i < rows->nr; i++) {
		const char *field = (const char *)rows->rows + i * rows->size + metric->offset;

		if (metric->type == METRIC_HISTOGRAM)
			put_histogram(f, metric, rows, i, field);
		else
			put_value(f, metric, rows, i, field);
	}
}

void metric_label(FILE *f, const char *name, const char *text, size_t max, const char *behind)
{
	fprintf(f, "%s=", name);
	escape_quoted(f, text, max);
	fputs(behind, f);
}
