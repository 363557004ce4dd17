// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is shown, kept in a file. Knows no screen but its line for messages.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/half_file.h"
#include "store/keep.h"
#include "top/top.h"
#include "util/clock.h"
#include "util/utc.h"
#include "view/top_text.h"

/* A file that was not there before: "qpwtop-TIME.json", then "qpwtop-TIME-1.json" and so on. */
static int create(const char *ending, char *name, size_t size)
{
	int64_t now = (int64_t)time(NULL);
	int fd = -1;

	for (int i = 0; i < 100 && fd < 0; i++) {
		if (i)
			snprintf(name, size, "qpwtop-%" PRId64 "-%d.%s", now, i, ending);
		else
			snprintf(name, size, "qpwtop-%" PRId64 ".%s", now, ending);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
		if (fd < 0 && errno != EEXIST)
			return -errno;
	}
	return fd < 0 ? -EEXIST : fd;
}

static int write_json(const struct top_data *d, int fd)
{
	struct top_text all = { .cpus.column = TOP_AS_THEY_ARE };
	FILE *f = fdopen(fd, "w");
	int ret = 0;
	json_t *o;

	if (!f) {
		ret = -errno;
		close(fd);
		return ret;
	}
	for (unsigned int i = 0; i < TOP_VIEWS; i++)
		all.orders[i].column = top_views[i]->sort;
	o = top_json(&all, d);
	errno = ENOMEM;
	if (!o || json_dumpf(o, f, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) ||
	    fputc('\n', f) == EOF || fflush(f))
		ret = -errno;
	json_decref(o);
	return fclose(f) && !ret ? -errno : ret;
}

_Static_assert(TOP_MINUTE_PARTS == LIVE_MINUTE_PARTS, "as many as are drawn");

static int write_minutes(const struct top *t, struct trace_writer *w)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < t->data.rates.nr_cpus; i++) {
		const struct top_cpu *cpu = &t->data.rates.cpus[i];
		struct qpw_minute r = { .h = { .start_ns = t->begin_ns,
					       .end_ns = t->begin_ns,
					       .cpu = cpu->cpu,
					       .kind = QPW_META_MINUTE,
					       .size = sizeof(r) } };

		if (cpu->cpu == SNAP_CPU_ALL)
			continue;
		for (int part = 0; part < TOP_MINUTE_PARTS; part++)
			r.stolen_ns_s[part] = cpu->minute[part] < 0 ?
						      LIVE_MINUTE_UNKNOWN :
						      (uint32_t)(cpu->minute[part] * 1000);
		ret = trace_writer_put(w, &r.h);
	}
	return ret;
}

static int write_trace(const struct top *t, int fd)
{
	const struct keep_view view = {
		.now = t->now,
		.cpu = (uint32_t)cpulist_next(&t->watched, -1),
		.start_ns = t->start_ns,
		.before_ns = t->begin_ns - t->data.span_ns,
		.now_ns = t->begin_ns,
	};
	struct host_facts facts = t->facts;
	struct trace_writer *w;
	char path[64];
	int ret, closed;

	snprintf(facts.tool_version, sizeof(facts.tool_version), "qpwtop " QPW_VERSION);
	utc_format((int64_t)time(NULL) - (int64_t)((clock_now_ns() - t->start_ns) / 1000000000),
		   facts.started_utc, sizeof(facts.started_utc));
	/* the file that is open, whatever has the name by now */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = trace_writer_open(path, &facts, &w);
	close(fd);
	if (ret)
		return ret;
	ret = write_minutes(t, w);
	if (!ret)
		ret = keep_write(t->keep, &view, w);
	closed = trace_writer_close(w);
	return ret ? ret : closed;
}

void top_save(struct top *t, bool as_trace)
{
	char *message = t->screen.message, name[64] = "";
	size_t size = sizeof(t->screen.message);
	struct stat created;
	int ret = -ENODATA;

	if (as_trace && t->reader) {
		snprintf(message, size, "not written: this is shown from a .qpw already");
		return;
	}
	if (t->now && (t->keep || !as_trace))
		ret = create(as_trace ? "qpw" : "json", name, sizeof(name));
	if (ret >= 0) {
		bool known = !fstat(ret, &created);

		ret = as_trace ? write_trace(t, ret) : write_json(&t->data, ret);
		if (ret && known)
			half_file_remove(name, &created);
	}
	if (ret)
		snprintf(message, size, "not written: %s", strerror(-ret));
	else
		snprintf(message, size, "written: %s", name);
}
