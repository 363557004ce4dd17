// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trace through reader, model and views. Knows no single format.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model/model.h"
#include "store/trace.h"
#include "util/cpulist.h"
#include "util/array.h"
#include "util/text.h"
#include "view/export.h"
#include "view/openmetrics.h"
#include "view/report.h"

const char *fuzz_file(const void *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		FUZZ_ASSERT(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	FUZZ_ASSERT(!ftruncate(fd, 0));
	FUZZ_ASSERT(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

/* Lines of valid text: text_escape() would change nothing but the backslashes that it made. */
static void check_text(char *text, size_t len)
{
	char *line = text, *escaped = malloc(4 * len + 1), *backslash;

	FUZZ_ASSERT(escaped);
	FUZZ_ASSERT(strlen(text) == len);
	for (backslash = strchr(text, '\\'); backslash; backslash = strchr(backslash, '\\'))
		*backslash = '/';
	for (; *line; line += strlen(line) + 1) {
		char *end = strchr(line, '\n');

		FUZZ_ASSERT(end);
		*end = '\0';
		text_escape(line, escaped, 4 * len + 1);
		FUZZ_ASSERT(!strcmp(line, escaped));
	}
	free(escaped);
}

static void check_sums(const struct snapshot *s)
{
	uint64_t count[SNAP_NR_CLASSES] = { 0 };

	for (size_t i = 0; i < s->nr_causes; i++)
		count[s->causes[i].class] += s->causes[i].count;
	for (int c = 0; c < SNAP_NR_CLASSES; c++)
		FUZZ_ASSERT(count[c] == s->classes[c].count);
	for (size_t i = 0; i < s->nr_outliers; i++) {
		const struct snap_outlier *o = &s->outliers[i];
		uint64_t sum = 0;

		for (uint32_t p = 0; p < o->nr_parts; p++)
			sum += o->parts[p].ns;
		for (int step = 0; step < SNAP_NR_STEPS; step++)
			sum += o->residual_ns[step];
		FUZZ_ASSERT(sum == o->latency_ns);
	}
}

/* No name becomes a tag, no figure of a drawing is none. */
static void check_page(const char *page)
{
	static const char *const never[] = { "<script", "=\"nan",  "=\"-nan", "=\"inf", "=\"-inf",
					     "\"Mnan",	"\"M-nan", "\"Minf",  "\"M-inf" };

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		FUZZ_ASSERT(!strstr(page, never[i]));
}

static int put_text(FILE *f, const struct report *r)
{
	report_text(f, r);
	return 0;
}

static int put_markdown(FILE *f, const struct report *r)
{
	report_markdown(f, r);
	return 0;
}

static int put_html(FILE *f, const struct report *r)
{
	report_html(f, r);
	return 0;
}

static void check_json(const struct report *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	json_t *json;

	FUZZ_ASSERT(f);
	FUZZ_ASSERT(!report_json(f, r));
	FUZZ_ASSERT(!fclose(f));
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	FUZZ_ASSERT(json);
	FUZZ_ASSERT(json_array_size(json_object_get(json, REPORT_LATE)) ==
		    r->snapshot->nr_outliers);
	json_decref(json);
	free(text);
}

static void show(const struct report_trace *trace, const struct snapshot *s)
{
	static const struct {
		int (*put)(FILE *f, const struct report *r);
	} formats[] = { { put_text }, { put_markdown }, { put_html }, { report_csv } };
	struct report r = {
		.traces = trace, .nr_traces = 1, .snapshot = s, .top = 10, .columns = 60
	};
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *f = open_memstream(&text, &len);

		FUZZ_ASSERT(f);
		FUZZ_ASSERT(!formats[i].put(f, &r));
		FUZZ_ASSERT(!fclose(f));
		if (formats[i].put == put_html)
			check_page(text);
		check_text(text, len);
		free(text);
	}
	check_json(&r);
}

static void merge_twice(const struct snapshot *s)
{
	struct snapshot *all = snapshot_create();

	FUZZ_ASSERT(all);
	FUZZ_ASSERT(!snapshot_merge(all, s));
	FUZZ_ASSERT(!snapshot_merge(all, s));
	FUZZ_ASSERT(all->nr_samples == 2 * s->nr_samples);
	snapshot_destroy(all);
}

/* What a live view shows of it, each CPU by itself, as metrics. */
static void show_live(const struct host_facts *facts, const struct model *live)
{
	struct snapshot *s = model_snapshot(live);
	const struct openmetrics metrics = { .facts = facts, .snapshot = s };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	FUZZ_ASSERT(f && s);
	FUZZ_ASSERT(!openmetrics_write(f, &metrics));
	FUZZ_ASSERT(!fclose(f));
	FUZZ_ASSERT(len > 6 && !strcmp(text + len - 6, "# EOF\n"));
	check_text(text, len);
	free(text);
	snapshot_destroy(s);
}

/* All records in one format. */
struct sink {
	const struct export_format *format;
	char *text;
	size_t len;
	FILE *f;
	void *export;
};

static void sink_open(struct sink *sink, const struct host_facts *facts)
{
	sink->f = open_memstream(&sink->text, &sink->len);
	FUZZ_ASSERT(sink->f);
	sink->export = sink->format->create(sink->f, facts);
	FUZZ_ASSERT(sink->export);
}

/* CSV is plain text, the other formats are JSON, or nothing where there is nothing to tell. */
static void sink_close(struct sink *sink, const struct export_end *end)
{
	int ret = sink->format->finish(sink->export, end);
	json_t *json;

	FUZZ_ASSERT(!ret || ret == -ENODATA);
	FUZZ_ASSERT(!fclose(sink->f));
	if (sink->format == &export_csv) {
		check_text(sink->text, sink->len);
	} else if (!ret) {
		json = json_loadb(sink->text, sink->len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
				  NULL);
		FUZZ_ASSERT(json);
		json_decref(json);
	}
	free(sink->text);
}

/* All records in every format, and into the models. Returns how reading ended. */
static int feed_all(struct trace_reader *reader, struct model *model, struct model *live,
		    struct report_trace *trace)
{
	struct sink sinks[] = { { .format = &export_csv },
				{ .format = &export_chrome },
				{ .format = &export_cyclictest } };
	struct event_source *source = trace_reader_source(reader);
	const struct qpw_header *record;
	struct export_end end = { 0 };
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(sinks); i++)
		sink_open(&sinks[i], trace_reader_facts(reader));
	while ((ret = event_source_next(source, &record, -1)) == 1) {
		int fed = model_feed(model, record);

		FUZZ_ASSERT(!fed || fed == -EINVAL);
		FUZZ_ASSERT(model_feed(live, record) == fed);
		trace->nr_malformed += fed == -EINVAL;
		for (size_t i = 0; i < ARRAY_SIZE(sinks); i++)
			FUZZ_ASSERT(!sinks[i].format->put(sinks[i].export, record));
	}
	end.problem = trace_reader_problem(reader);
	end.truncated = ret != 0;
	for (size_t i = 0; i < ARRAY_SIZE(sinks); i++)
		sink_close(&sinks[i], &end);
	return ret;
}

void fuzz_trace(const char *path)
{
	const struct model_config config = { .outlier_ns = 0, .max_outliers = 10 };
	const struct model_config by_cpu = {
		.max_outliers = 10, .latest_outliers = true, .per_cpu = true, .event_ns = 1000
	};
	struct report_trace trace = { .path = "fuzz.qpw" };
	struct trace_reader *reader;
	struct snapshot *s;
	struct model *model, *live;
	int ret = trace_reader_open(path, &reader);

	if (ret) {
		FUZZ_ASSERT(!reader);
		FUZZ_ASSERT(ret == -EPROTO || ret == -EPROTONOSUPPORT || ret == -EBADMSG);
		return;
	}
	model = model_create(&config);
	live = model_create(&by_cpu);
	FUZZ_ASSERT(model && live);
	ret = feed_all(reader, model, live, &trace);
	FUZZ_ASSERT(!ret || ret == -ENODATA || ret == -EBADMSG);
	if (ret)
		model_set_truncated(model);
	s = model_snapshot(model);
	FUZZ_ASSERT(s);
	trace.facts = *trace_reader_facts(reader);
	snprintf(trace.problem, sizeof(trace.problem), "%s", trace_reader_problem(reader));
	FUZZ_ASSERT(!ret == !strstr(trace.problem, "read before it"));
	trace.nr_events = s->nr_events;
	trace.window_start_ns = s->window_start_ns;
	trace.window_ns = s->window_ns;
	check_sums(s);
	merge_twice(s);
	show(&trace, s);
	show_live(&trace.facts, live);
	model_destroy(live);
	snapshot_destroy(s);
	model_destroy(model);
	trace_reader_close(reader);
}
