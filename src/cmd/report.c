// SPDX-License-Identifier: GPL-2.0-only
/*
 * qpwlat report: traces in, what they say out. Knows files and exit codes; the figures are the
 * model's, how they look the views'.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/report_options.h"
#include "cmd/report_output.h"
#include "cmd/trace_input.h"
#include "model/model.h"
#include "store/trace.h"
#include "util/cpulist.h"
#include "util/text.h"
#include "view/report.h"

/* All records to the model. A part of a recording is a fact about it; 0 or -errno. */
static int feed_all(struct trace_reader *reader, struct model *model, uint64_t *nr_malformed)
{
	struct event_source *source = trace_reader_source(reader);
	const struct qpw_header *record;
	int ret;

	while ((ret = event_source_next(source, &record, -1)) == 1) {
		ret = model_feed(model, record);
		if (ret == -EINVAL)
			(*nr_malformed)++;
		else if (ret)
			return ret;
	}
	if (ret == -ENODATA || ret == -EBADMSG) {
		model_set_truncated(model);
		ret = 0;
	}
	return ret;
}

/*
 * What is known of the trace beside its figures. 0, or -ENXIO when none of the CPUs that are asked
 * for was watched.
 */
static int fill_trace(const struct report_args *args, struct report_trace *t,
		      const struct snapshot *s)
{
	struct cpulist watched;

	t->nr_events = s->nr_events;
	t->window_start_ns = s->window_start_ns;
	t->window_ns = s->window_ns;
	t->watched_ns = 0;
	if (cpulist_parse(t->facts.watched, &watched) || !cpulist_count(&watched))
		return 0;
	if (args->cpus_text)
		cpulist_and(&watched, &args->cpus);
	if (__builtin_mul_overflow(t->window_ns, cpulist_count(&watched), &t->watched_ns))
		t->watched_ns = 0;
	return cpulist_count(&watched) ? 0 : -ENXIO;
}

/* The figures of one trace are added to *all. 0 or -errno. */
static int read_trace(const struct report_args *args, uint64_t outlier_ns,
		      struct trace_reader *reader, struct report_trace *t, struct snapshot *all)
{
	const struct model_config config = {
		.outlier_ns = outlier_ns,
		.max_outliers = args->top,
		.from_ns = args->from_ns,
		.to_ns = args->to_ns,
		.cpus = args->cpus_text ? &args->cpus : NULL,
	};
	struct model *model = model_create(&config);
	struct snapshot *s = NULL;
	int ret = model ? feed_all(reader, model, &t->nr_malformed) : -ENOMEM;

	if (!ret) {
		s = model_snapshot(model);
		ret = s ? 0 : -ENOMEM;
	}
	if (!ret && s->added_up && (args->from_ns || args->to_ns))
		ret = -EDOM;
	/* before there is a second snapshot: both together are as large as the model may become */
	model_destroy(model);
	if (!ret)
		ret = snapshot_merge(all, s);
	if (!ret) {
		t->facts = *trace_reader_facts(reader);
		snprintf(t->problem, sizeof(t->problem), "%s", trace_reader_problem(reader));
		t->part = s->truncated;
		ret = fill_trace(args, t, s);
	}
	snapshot_destroy(s);
	return ret;
}

/* Of those that are asked for some were not: nothing of them is no news of them. */
static void warn_of_unwatched(const struct report_args *args, const struct report_trace *t)
{
	struct cpulist rest = args->cpus, watched;
	char list[128];

	if (!args->cpus_text || cpulist_parse(t->facts.watched, &watched))
		return;
	cpulist_andnot(&rest, &watched);
	if (!cpulist_count(&rest))
		return;
	if (cpulist_format(&rest, list, sizeof(list)) < 0)
		snprintf(list, sizeof(list), "%d and more", cpulist_next(&rest, -1));
	fprintf(stderr, "qpwlat report: warning: %s: not watched: CPU %s\n", text_shown(t->path),
		list);
}

static int load_trace(const struct report_args *args, uint64_t outlier_ns, struct report_trace *t,
		      struct snapshot *all)
{
	struct trace_reader *reader;
	int ret = trace_reader_open(t->path, &reader);

	if (ret) {
		fprintf(stderr, "qpwlat report: cannot open: %s: %s\n", text_shown(t->path),
			trace_open_error(ret));
		return CMD_ERROR;
	}
	ret = read_trace(args, outlier_ns, reader, t, all);
	trace_reader_close(reader);
	if (ret == -ENXIO)
		fprintf(stderr, "qpwlat report: %s: CPUs %s were not watched; choose from %s\n",
			text_shown(t->path), text_shown(args->cpus_text),
			text_shown(t->facts.watched));
	else if (ret == -EDOM)
		fprintf(stderr,
			"qpwlat report: --time: %s: is a view that qpwtop saved, which was added up; "
			"report the whole of it\n",
			text_shown(t->path));
	else if (ret)
		fprintf(stderr, "qpwlat report: cannot read: %s: %s\n", text_shown(t->path),
			strerror(-ret));
	if (!ret)
		warn_of_unwatched(args, t);
	return ret ? CMD_ERROR : 0;
}

/* All traces; *out is theirs merged. 0, or an exit code after a message. */
static int load_all(const struct report_args *args, uint64_t outlier_ns,
		    struct report_trace *traces, struct snapshot **out)
{
	struct snapshot *all = snapshot_create();
	int code = 0;

	if (!all) {
		fprintf(stderr, "qpwlat report: out of memory; report fewer traces\n");
		return CMD_ERROR;
	}
	for (size_t i = 0; !code && i < args->nr_inputs; i++) {
		traces[i] = (struct report_trace){ .path = args->inputs[i] };
		code = load_trace(args, outlier_ns, &traces[i], all);
	}
	if (!code)
		*out = all;
	else
		snapshot_destroy(all);
	return code;
}

/* From which latency on samples are late: for a percentile a first pass over all traces tells. */
static int find_threshold(const struct report_args *args, struct report_trace *traces,
			  uint64_t *outlier_ns)
{
	struct snapshot *all;
	uint64_t unused;
	int code;

	*outlier_ns = args->outlier_ns;
	if (!(args->outlier_percent > 0))
		return 0;
	code = load_all(args, UINT64_MAX, traces, &all);
	if (code)
		return code;
	hist_rank_bounds(all->latency, hist_rank(args->outlier_percent, all->nr_samples),
			 outlier_ns, &unused);
	snapshot_destroy(all);
	return 0;
}

static bool has_figures(const struct snapshot *s)
{
	return s->nr_events && s->window_ns;
}

static int show(const struct report_args *args, const struct report *r)
{
	int code = report_write_outputs(args, r);

	if (code || has_figures(r->snapshot))
		return code;
	fprintf(stderr,
		"qpwlat report: %s%s: no record of what was asked for; was anything "
		"watched then?\n",
		text_shown(r->traces[0].path), r->nr_traces > 1 ? " and the others" : "");
	return CMD_INCONCLUSIVE;
}

static int run(const struct report_args *args)
{
	struct report_trace *traces = calloc(args->nr_inputs, sizeof(*traces));
	struct report r = {
		.traces = traces,
		.nr_traces = args->nr_inputs,
		.top = args->top,
		.from_ns = args->from_ns,
		.to_ns = args->to_ns,
		.cpus = args->cpus_text,
	};
	struct snapshot *all = NULL;
	uint64_t outlier_ns;
	int code;

	if (!traces) {
		fprintf(stderr, "qpwlat report: out of memory; report fewer traces\n");
		return CMD_ERROR;
	}
	code = find_threshold(args, traces, &outlier_ns);
	if (!code)
		code = load_all(args, outlier_ns, traces, &all);
	if (!code) {
		r.snapshot = all;
		code = show(args, &r);
	}
	snapshot_destroy(all);
	free(traces);
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct report_args args;
	int code = report_parse_args(argc, argv, &args);

	if (code == 'h')
		fputs(report_help, stdout);
	else if (!code)
		code = report_check_files(&args);
	if (!code)
		code = run(&args);
	free(args.inputs);
	return code == 'h' ? CMD_OK : code;
}
