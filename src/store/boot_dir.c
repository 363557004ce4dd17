// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gathering one boot: the trace through the model, the small files through their parsers.
 */
#include "store/boot_dir.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>
#include <zlib.h>

#include "model/model.h"
#include "store/cyclictest_json.h"
#include "store/text_file.h"
#include "store/trace.h"
#include "store/triggers.h"
#include "store/witness.h"
#include "util/utc.h"

#define SMALL_FILE (16u << 20)
#define OUTLIERS 8 /* per boot; the page shows the worst of all */

/* Feed all records; what breaks off or is corrupt is told to the model. 0 or -errno. */
static int feed_all(struct trace_reader *reader, struct model *model)
{
	struct event_source *source = trace_reader_source(reader);
	const struct qpw_header *record;
	int ret;

	while ((ret = event_source_next(source, &record, -1)) == 1) {
		ret = model_feed(model, record);
		if (ret == -ENOMEM)
			return ret;
		if (ret == -EINVAL)
			model_set_truncated(model);
	}
	if (ret == -ENODATA || ret == -EBADMSG) {
		model_set_truncated(model);
		ret = 0;
	}
	return ret;
}

static int load_trace(const char *path, struct boot *b, char *why, size_t size)
{
	const struct model_config config = { .outlier_ns = 0, .max_outliers = OUTLIERS };
	struct model *model = model_create(&config);
	struct trace_reader *reader = NULL;
	int ret = model ? trace_reader_open(path, &reader) : -ENOMEM;

	if (ret) {
		snprintf(why, size, "%s: %s", path,
			 ret == -EPROTO		 ? "not a .qpw trace" :
			 ret == -EPROTONOSUPPORT ? "written by a newer version" :
			 ret == -EBADMSG	 ? "corrupt header" :
						   strerror(-ret));
		model_destroy(model);
		return ret;
	}
	b->facts = malloc(sizeof(*b->facts));
	ret = b->facts ? 0 : -ENOMEM;
	if (!ret) {
		*b->facts = *trace_reader_facts(reader);
		ret = feed_all(reader, model);
	}
	if (!ret) {
		b->snapshot = model_snapshot(model);
		ret = b->snapshot ? 0 : -ENOMEM;
	}
	if (ret)
		snprintf(why, size, "%s: %s", path, strerror(-ret));
	else if (trace_reader_problem(reader)[0])
		boot_note(b, "trace.qpw", trace_reader_problem(reader));
	snprintf(b->problem, sizeof(b->problem), "%s", trace_reader_problem(reader));
	trace_reader_close(reader);
	model_destroy(model);
	return ret;
}

/* Optional small file: note what is wrong with it, else give its text. */
static char *optional(struct boot *b, const char *dir, const char *name, size_t *len)
{
	char *text = NULL;
	int ret = text_file_read(dir, name, SMALL_FILE, &text, len);

	if (!ret)
		return text;
	boot_note(b, name, ret == -ENOENT ? "missing" : strerror(-ret));
	return NULL;
}

static void copy_member(const json_t *object, const char *key, char *dst)
{
	const char *value = json_string_value(json_object_get(object, key));

	if (value)
		snprintf(dst, BOOT_TEXT, "%s", value);
}

static uint64_t count_member(const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));

	return value > 0 ? (uint64_t)value : 0;
}

static void load_description(struct boot *b, const char *dir)
{
	const char *name = "boot.json", *schema;
	size_t len;
	char *text = optional(b, dir, name, &len);
	json_t *root;

	if (!text)
		return;
	root = json_loadb(text, len, 0, NULL);
	schema = json_string_value(json_object_get(root, "schema"));
	if (schema && !strcmp(schema, "qpwlat.boot") &&
	    json_integer_value(json_object_get(root, "version")) == 1) {
		const json_t *host = json_object_get(root, "host");

		b->described = true;
		copy_member(root, "backend", b->backend);
		copy_member(root, "started_utc", b->started);
		copy_member(host, "cpu", b->host_cpu);
		copy_member(host, "kernel", b->host_kernel);
		copy_member(host, "qemu", b->qemu);
		b->vcpus = count_member(root, "vcpus");
		b->splats = count_member(root, "splats");
	} else {
		boot_note(b, name, "not a qpwlat.boot file of version 1");
	}
	json_decref(root);
	free(text);
}

static int load_cyclictest(struct boot *b, const char *dir)
{
	size_t len;
	char *text = optional(b, dir, "cyclictest.json", &len);
	int ret = 0;

	if (!text)
		return 0;
	ret = cyclictest_json_parse(text, len, &b->cyclictest);
	free(text);
	if (ret == -EINVAL) {
		boot_note(b, "cyclictest.json", "not cyclictest's JSON");
		ret = 0;
	}
	if (b->cyclictest.break_value)
		boot_note(b, "cyclictest.json", "ran with -b: it may have stopped early");
	if (b->cyclictest.return_code)
		boot_note(b, "cyclictest.json", "cyclictest reported a failure");
	return ret;
}

static int load_triggers(struct boot *b, const char *dir)
{
	size_t len;
	char *text = optional(b, dir, "triggers.json", &len);
	int ret = 0;

	if (!text)
		return 0;
	ret = triggers_parse(text, len, &b->triggers);
	free(text);
	if (ret == -EINVAL) {
		boot_note(b, "triggers.json", "not a qpwlat.triggers file of version 1");
		ret = 0;
	}
	return ret;
}

static int load_stressors(struct boot *b, const char *dir)
{
	size_t len;
	char *text = optional(b, dir, "stress-ng.yaml", &len);
	int ret = 0;

	if (!text)
		return 0;
	ret = stressors_parse(text, len, &b->stressors, &b->nr_stressors);
	free(text);
	if (ret == -EINVAL) {
		boot_note(b, "stress-ng.yaml", "holds no stress-ng metrics");
		ret = 0;
	}
	return ret;
}

static int load_witness(struct boot *b, const char *dir)
{
	char path[PATH_MAX];
	FILE *f;
	int ret;

	snprintf(path, sizeof(path), "%s/witness.txt", dir);
	f = fopen(path, "re");
	if (!f) {
		boot_note(b, "witness.txt", errno == ENOENT ? "missing" : strerror(errno));
		return 0;
	}
	ret = witness_parse(f, b->snapshot->window_start_ns, b->snapshot->window_end_ns,
			    &b->witness);
	fclose(f);
	if (ret == -EIO) {
		b->witness.state = BOOT_WITNESS_UNREADABLE;
		ret = 0;
	}
	if (b->witness.state == BOOT_WITNESS_UNREADABLE)
		boot_note(b, "witness.txt", "not a complete witness file of version 1");
	return ret;
}

static void set_label(struct boot *b, const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start && path[start - 1] != '/')
		start--;
	snprintf(b->label, sizeof(b->label), "%.*s", (int)(end - start), path + start);
	snprintf(b->path, sizeof(b->path), "%.*s", (int)end, path);
}

/* Their codes; the text of a warning may hold what differs anyway, as the number of a process. */
static void describe_warnings(struct boot *b, const struct host_facts *f)
{
	char codes[BOOT_SETUP_TEXT] = "";
	size_t used = 0;

	for (unsigned int i = 0; i < f->nr_warnings && used < sizeof(codes); i++)
		used += (size_t)snprintf(codes + used, sizeof(codes) - used, "%s%s",
					 used ? ", " : "", f->warnings[i].code);
	boot_set_up(b, "what the recorder warned of", used ? codes : "nothing");
}

/* What is too long to be kept is told apart by its checksum. */
static void set_up_long(struct boot *b, const char *what, const char *text)
{
	char cut[BOOT_SETUP_TEXT];
	size_t len = strlen(text);

	if (len >= sizeof(cut)) {
		snprintf(cut, sizeof(cut), "%.400s… (CRC-32 %08lx)", text,
			 crc32(0, (const Bytef *)text, (uInt)len));
		text = cut;
	}
	boot_set_up(b, what, text[0] ? text : "none");
}

/*
 * How it was recorded. Not: the duration, which the measured window tells; the size of buffers,
 * which matters where records were lost.
 */
static void describe_settings(struct boot *b, const struct host_settings *s)
{
	boot_set_up(b, "list of housekeeping CPUs", s->housekeeping);
	set_up_long(b, "recorded command", s->command);
	boot_set_up(b, "warm-up, ns", s->warm_up_ns);
	boot_set_up(b, "victim's priority", s->priority);
	boot_set_up(b, "victim's period, us", s->period_us);
	boot_set_up(b, "threshold, ns", s->threshold_ns);
	set_up_long(b, "what is done at the threshold", s->on_threshold);
	boot_set_up(b, "recording of stacks", s->stacks);
	boot_set_up(b, "recording of system calls", s->system_calls);
	set_up_long(b, "ways of attaching ruled out", s->without);
}

void boot_dir_describe(struct boot *b)
{
	const struct host_facts *f = b->facts;
	char vcpus[24];

	snprintf(b->mode, sizeof(b->mode), "%s", host_mode_name(f->mode));
	snprintf(vcpus, sizeof(vcpus), "%" PRIu64, b->vcpus);
	b->recording[0] = '\0';
	if (f->started_utc[0])
		snprintf(b->recording, sizeof(b->recording), "%s %s", f->hostname, f->started_utc);
	b->virtualised = f->hypervisor[0];
	if (!b->started[0])
		snprintf(b->started, sizeof(b->started), "%.95s", f->started_utc);
	if (utc_parse(b->started, &b->started_s))
		b->started_s = 0;
	b->nr_setup = 0;
	boot_set_up(b, "host name", f->hostname);
	boot_set_up(b, "kernel", f->release);
	boot_set_up(b, "kernel build", f->version);
	boot_set_up(b, "machine", f->machine);
	boot_set_up(b, "list of online CPUs", f->online);
	boot_set_up(b, "list of isolated CPUs", f->isolated);
	boot_set_up(b, "list of nohz_full CPUs", f->nohz_full);
	boot_set_up(b, "list of watched CPUs", f->watched);
	boot_set_up(b, "clocksource", f->clocksource);
	boot_set_up(b, "victim", f->victim);
	boot_set_up(b, "tool version", f->tool_version);
	boot_set_up(b, "backend", b->backend);
	boot_set_up(b, "host CPU", b->host_cpu);
	boot_set_up(b, "number of vCPUs", vcpus);
	boot_set_up(b, "kernel configuration", f->kernel_config);
	boot_set_up(b, "preemption model", f->preemption);
	describe_settings(b, &f->settings);
	describe_warnings(b, f);
}

int boot_dir_load(const char *path, struct boot **out, char *why, size_t size)
{
	struct boot *b = boot_create();
	char trace[PATH_MAX];
	struct stat st;
	int ret = b ? 0 : -ENOMEM;

	*out = NULL;
	snprintf(why, size, "%s: %s", path, strerror(ENOMEM));
	if (!ret && stat(path, &st)) {
		ret = -errno;
		snprintf(why, size, "%s: %s", path, strerror(errno));
	}
	if (!ret) {
		bool directory = S_ISDIR(st.st_mode);

		set_label(b, path);
		snprintf(trace, sizeof(trace), "%s%s", path, directory ? "/trace.qpw" : "");
		ret = load_trace(trace, b, why, size);
		if (!ret && directory) {
			load_description(b, path);
			ret = load_witness(b, path);
			ret = ret ? ret : load_cyclictest(b, path);
			ret = ret ? ret : load_triggers(b, path);
			ret = ret ? ret : load_stressors(b, path);
			if (ret)
				snprintf(why, size, "%s: %s", path, strerror(-ret));
		}
	}
	if (ret) {
		boot_destroy(b);
		return ret;
	}
	boot_dir_describe(b);
	*out = b;
	return 0;
}
