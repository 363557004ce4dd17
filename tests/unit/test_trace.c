// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace file: what is written is read back; a file that is cut, corrupt, foreign or newer is
 * refused or read as far as it goes, and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "store/trace.h"
#include "store/trace_format.h"
#include "util/array.h"

struct file {
	unsigned char *data;
	size_t len;
};

static char path[32];

static int make_path(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/qpw-trace-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static struct file slurp(void)
{
	struct file f = { NULL, 0 };
	struct stat st;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	f.len = (size_t)st.st_size;
	f.data = malloc(f.len + 1);
	assert_non_null(f.data);
	assert_int_equal(read(fd, f.data, f.len), f.len);
	close(fd);
	return f;
}

static void spill(const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static struct qpw_softirq make_softirq(uint64_t i)
{
	return (struct qpw_softirq){
		.h = { .start_ns = i * 1000,
		       .end_ns = i * 1000 + 500,
		       .cpu = 1,
		       .kind = QPW_KIND_SOFTIRQ,
		       .size = sizeof(struct qpw_softirq) },
		.vec = (uint32_t)(i % 10),
	};
}

/* A trace of nr records, flushed into blocks of per_block. */
static void write_trace(uint64_t nr, uint64_t per_block)
{
	struct host_facts facts = { .hostname = "box", .mode = HOST_MODE_QPW_ON, .watched = "1" };
	struct trace_writer *w;

	assert_int_equal(trace_writer_open(path, &facts, &w), 0);
	for (uint64_t i = 0; i < nr; i++) {
		struct qpw_softirq s = make_softirq(i);

		assert_int_equal(trace_writer_put(w, &s.h), 0);
		if ((i + 1) % per_block == 0)
			assert_int_equal(trace_writer_flush(w), 0);
	}
	assert_int_equal(trace_writer_close(w), 0);
}

/* Read to the end; *status is how it ended. Records must be those of write_trace(), in order. */
static uint64_t read_trace(int *status, char *problem, size_t size)
{
	const struct qpw_header *h;
	struct trace_reader *r;
	uint64_t nr = 0;

	problem[0] = '\0';
	*status = trace_reader_open(path, &r);
	if (*status) {
		assert_null(r);
		return 0;
	}
	while ((*status = event_source_next(trace_reader_source(r), &h, 0)) == 1) {
		struct qpw_softirq want = make_softirq(nr++);

		assert_int_equal(h->size, sizeof(want));
		assert_memory_equal(h, &want, sizeof(want));
	}
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), *status);
	snprintf(problem, size, "%s", trace_reader_problem(r));
	trace_reader_close(r);
	return nr;
}

static void test_round_trip(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 100, 30000 };
	char problem[256];
	int status;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		write_trace(sizes[i], UINT64_MAX);
		assert_int_equal(read_trace(&status, problem, sizeof(problem)), sizes[i]);
		assert_int_equal(status, 0);
		assert_string_equal(problem, "");
	}
}

static void test_facts(void **state)
{
	struct host_facts facts = {
		.hostname = "h\xff\x1b[2J",
		.release = "7.2.13-qpw",
		.version = "#1 SMP",
		.machine = "x86_64",
		.cmdline = "isolcpus=1 name=\"a b\\c\" \xc3\xbc",
		.possible = "0-3",
		.online = "0-1",
		.isolated = "1",
		.nohz_full = "1",
		.watched = "1",
		.clocksource = "tsc",
		.hypervisor = "yes",
		.mode = HOST_MODE_QPW_OFF,
		.mode_reason = "parameter",
		.tool_version = "0.1",
		.started_utc = "2026-11-26T06:33:38Z",
		.victim = "comm:plc",
		.kernel_config = "HZ=250",
		.preemption = "rt",
		.settings = { "0", "sh -c \"a b\"", "1", "2", "f:9", "3", "4", "stop", "all",
			      "counted", "fentry", "5" },
		.nr_warnings = 2,
		.warnings = { { "stalld", "stalld runs", "stop it" }, { "smt", "CPU 1", "" } },
	};
	const struct host_facts *got;
	struct trace_writer *w;
	struct trace_reader *r;

	(void)state;
	assert_int_equal(trace_writer_open(path, &facts, &w), 0);
	assert_int_equal(trace_writer_close(w), 0);
	assert_int_equal(trace_reader_open(path, &r), 0);
	got = trace_reader_facts(r);
	/* what is no UTF-8 can't be in JSON: it comes back escaped */
	assert_string_equal(got->hostname, "h\\xff\\x1b[2J");
	snprintf(facts.hostname, sizeof(facts.hostname), "%s", got->hostname);
	assert_string_equal(got->cmdline, facts.cmdline);
	assert_string_equal(got->mode_reason, "parameter");
	assert_int_equal(got->mode, HOST_MODE_QPW_OFF);
	assert_memory_equal(got, &facts, sizeof(facts));
	trace_reader_close(r);
}

/* Whatever a file gives for warnings, what is taken is text and fits. */
static void test_foreign_warnings(void **state)
{
	json_t *json = json_loads("{\"warnings\": [7, {\"code\": \"a-code-that-is-too-long\"},"
				  " {\"text\": 7}, {\"text\": \"alone\", \"new\": 1}]}",
				  0, NULL);
	json_t *array = json_object_get(json, "warnings");
	struct host_facts facts;

	(void)state;
	assert_non_null(json);
	trace_facts_from_json(json, &facts);
	assert_int_equal(facts.nr_warnings, 1);
	assert_string_equal(facts.warnings[0].text, "alone");
	assert_string_equal(facts.warnings[0].code, "");
	for (int i = 0; i < 2 * HOST_WARNINGS; i++)
		assert_int_equal(json_array_append(array, json_array_get(array, 3)), 0);
	trace_facts_from_json(json, &facts);
	assert_int_equal(facts.nr_warnings, HOST_WARNINGS);
	assert_int_equal(json_object_set_new(json, "warnings", json_string("none")), 0);
	trace_facts_from_json(json, &facts);
	assert_int_equal(facts.nr_warnings, 0);
	json_decref(json);
}

static void write_text(const char *file, const char *text)
{
	FILE *f = fopen(file, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void assert_text(const char *file, const char *text)
{
	char got[32] = "";
	FILE *f = fopen(file, "re");

	assert_non_null(f);
	assert_non_null(fgets(got, sizeof(got), f));
	fclose(f);
	assert_string_equal(got, text);
}

/* What was recorded before is kept once, in place of what was kept; nothing is made of nothing. */
static void test_keep_old(void **state)
{
	char old[64], name[PATH_MAX + 1];

	(void)state;
	snprintf(old, sizeof(old), "%s.old", path);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(trace_keep_old(path), 0);
	assert_int_equal(access(old, F_OK), -1);
	write_text(path, "first");
	assert_int_equal(trace_keep_old(path), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_text(old, "first");
	assert_int_equal(trace_keep_old(path), 0);
	assert_text(old, "first");
	write_text(path, "second");
	assert_int_equal(trace_keep_old(path), 0);
	assert_text(old, "second");
	assert_int_equal(unlink(old), 0);
	assert_int_equal(trace_keep_old("/dev/null"), 0);
	assert_int_equal(access("/dev/null", F_OK), 0);
	write_text(path, "third");
	assert_int_equal(mkdir(old, 0700), 0);
	assert_int_equal(trace_keep_old(path), -EISDIR);
	assert_text(path, "third");
	assert_int_equal(rmdir(old), 0);
	/* the longest path that can be opened leaves no room for the other name */
	memset(name, '/', sizeof(name));
	memcpy(name + PATH_MAX - 1 - strlen(path), path, strlen(path) + 1);
	assert_int_equal(trace_keep_old(name), -ENAMETOOLONG);
	assert_text(path, "third");
}

/* Cut at every length: complete blocks are given, and only the whole file ends with 0. */
static void test_cut(void **state)
{
	struct file f;
	char problem[256];
	uint64_t last = 0;

	(void)state;
	write_trace(50, 10);
	f = slurp();
	for (size_t len = 0; len <= f.len; len++) {
		uint64_t nr;
		int status;

		spill(f.data, len);
		nr = read_trace(&status, problem, sizeof(problem));
		assert_int_equal(nr % 10, 0);
		assert_true(nr >= last);
		last = nr;
		if (len == f.len) {
			assert_int_equal(status, 0);
			continue;
		}
		/* a cut header can't be opened; behind it, whatever is there was right */
		if (problem[0])
			assert_int_equal(status, -ENODATA);
		else
			assert_true(status == -EPROTO || status == -EBADMSG);
		assert_true(!problem[0] || strstr(problem, "broke off"));
	}
	assert_int_equal(last, 50);
	free(f.data);
}

/* One flipped bit anywhere is noticed, and records before the damage are given unchanged. */
static void test_flipped(void **state)
{
	struct file f;
	char problem[256];

	(void)state;
	write_trace(50, 10);
	f = slurp();
	for (size_t i = 0; i < f.len * 8; i += 3) {
		int status;

		/* the header's spare field carries nothing */
		if (i / 8 >= offsetof(struct trace_header, pad) &&
		    i / 8 < sizeof(struct trace_header))
			continue;
		f.data[i / 8] ^= (unsigned char)(1U << (i % 8));
		spill(f.data, f.len);
		read_trace(&status, problem, sizeof(problem));
		assert_true(status < 0);
		f.data[i / 8] ^= (unsigned char)(1U << (i % 8));
	}
	free(f.data);
}

static void test_foreign(void **state)
{
	struct trace_header newer = { .magic = TRACE_MAGIC, .version = TRACE_VERSION + 1 };
	struct trace_header huge = { .magic = TRACE_MAGIC, .version = 1, .facts_len = UINT32_MAX };
	struct trace_reader *r;

	(void)state;
	spill("", 0);
	assert_int_equal(trace_reader_open(path, &r), -EPROTO);
	spill("\x7f\x45LF and more of it", 19);
	assert_int_equal(trace_reader_open(path, &r), -EPROTO);
	spill(&newer, sizeof(newer));
	assert_int_equal(trace_reader_open(path, &r), -EPROTONOSUPPORT);
	spill(&huge, sizeof(huge));
	assert_int_equal(trace_reader_open(path, &r), -EBADMSG);
	assert_int_equal(trace_reader_open("/nonexistent/x.qpw", &r), -ENOENT);
	assert_null(r);
	assert_int_equal(trace_reader_open("/", &r), -EISDIR);
}

/* Append a block with a right checksum, whatever it holds. */
static void append_block(struct file *f, uint16_t kind, const void *raw, uint32_t raw_len,
			 uint32_t claimed, uint32_t nr)
{
	struct trace_block block = {
		.magic = TRACE_BLOCK_MAGIC, .kind = kind, .raw_len = claimed, .nr_records = nr
	};
	unsigned char comp[4096];

	block.comp_len = (uint32_t)ZSTD_compress(comp, sizeof(comp), raw, raw_len, 1);
	assert_false(ZSTD_isError(block.comp_len));
	block.crc = trace_block_crc(&block, comp);
	f->data = realloc(f->data, f->len + sizeof(block) + block.comp_len);
	assert_non_null(f->data);
	memcpy(f->data + f->len, &block, sizeof(block));
	memcpy(f->data + f->len + sizeof(block), comp, block.comp_len);
	f->len += sizeof(block) + block.comp_len;
}

/* An empty trace without its end block, to append to. */
static struct file open_trace(void)
{
	struct file f;

	write_trace(0, 1);
	f = slurp();
	f.len -= sizeof(struct trace_block) + sizeof(struct trace_end);
	return f;
}

static void expect_bad(const void *raw, uint32_t len, uint32_t claimed, uint32_t nr,
		       const char *why)
{
	struct file f = open_trace();
	char problem[256];
	int status;

	append_block(&f, TRACE_BLOCK_RECORDS, raw, len, claimed, nr);
	spill(f.data, f.len);
	read_trace(&status, problem, sizeof(problem));
	assert_int_equal(status, -EBADMSG);
	assert_non_null(strstr(problem, why));
	free(f.data);
}

static void test_malformed(void **state)
{
	struct qpw_softirq s[2] = { make_softirq(0), make_softirq(1) };
	static const char zeros[TRACE_RAW_MAX + 8];

	(void)state;
	expect_bad(s, sizeof(s), sizeof(s), 1, "malformed record");
	expect_bad(s, sizeof(s), sizeof(s), 3, "lacks records");
	expect_bad(s, sizeof(s), sizeof(s) + 8, 2, "does not decompress");
	expect_bad(s, sizeof(s[0]) + 16, sizeof(s[0]) + 16, 2, "malformed record");
	expect_bad(zeros, 64, 64, 1, "malformed record");
	expect_bad(zeros, sizeof(zeros), TRACE_RAW_MAX, 1, "does not decompress");
	expect_bad(zeros, sizeof(zeros), sizeof(zeros), 1, "corrupt header");
	s[0].h.size = 36;
	expect_bad(s, sizeof(s), sizeof(s), 2, "malformed record");
	s[0].h.size = 65528;
	expect_bad(s, sizeof(s), sizeof(s), 2, "malformed record");
}

/* A record of a known kind that is too short is left out; an unknown kind is handed on. */
static void test_other_kinds(void **state)
{
	struct {
		struct qpw_header h;
		uint64_t more;
	} odd[2] = {
		{ { .kind = QPW_KIND_SAMPLE, .size = 40 }, 0 },
		{ { .kind = 200, .size = 40 }, 0 },
	};
	struct file f = open_trace();
	const struct qpw_header *h;
	struct trace_reader *r;

	(void)state;
	append_block(&f, 77, "later", 5, 5, 0);
	append_block(&f, TRACE_BLOCK_RECORDS, odd, sizeof(odd), sizeof(odd), 2);
	spill(f.data, f.len);
	free(f.data);
	assert_int_equal(trace_reader_open(path, &r), 0);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), 1);
	assert_int_equal(h->kind, 200);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), -ENODATA);
	assert_non_null(strstr(trace_reader_problem(r), "1 malformed records skipped"));
	trace_reader_close(r);
}

/*
 * A thread as the first version of the format told it, and one of a version that knows more: what
 * is not there is zero, what is too much is left out.
 */
static void test_other_versions(void **state)
{
	struct {
		struct qpw_thread now;
		uint64_t later[2];
	} newer = { .later = { 1, 2 } };
	struct qpw_thread older = { .h.kind = QPW_KIND_THREAD, .h.size = 56 };
	unsigned char raw[56 + sizeof(newer)];
	struct file f = open_trace();
	const struct qpw_thread *e;
	const struct qpw_header *h;
	struct trace_reader *r;

	(void)state;
	/* what lies behind the short one must not leak into it */
	memset(&newer.now, 0xee, sizeof(newer.now));
	newer.now.h = (struct qpw_header){ .kind = QPW_KIND_THREAD, .size = sizeof(newer) };
	older.pid = 33;
	memcpy(older.comm, "kworker/1:0", 12);
	memcpy(raw, &older, 56);
	memcpy(raw + 56, &newer, sizeof(newer));
	append_block(&f, TRACE_BLOCK_RECORDS, raw, sizeof(raw), sizeof(raw), 2);
	spill(f.data, f.len);
	free(f.data);
	assert_int_equal(trace_reader_open(path, &r), 0);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), 1);
	e = (const struct qpw_thread *)h;
	assert_int_equal(h->size, sizeof(*e));
	assert_int_equal(e->pid, 33);
	assert_string_equal(e->comm, "kworker/1:0");
	for (size_t i = 0; i < sizeof(e->origin); i++)
		assert_int_equal(((const char *)&e->origin)[i], 0);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), 1);
	e = (const struct qpw_thread *)h;
	assert_int_equal(h->size, sizeof(*e));
	assert_int_equal(e->pid, 0xeeeeeeee);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), -ENODATA);
	assert_null(strstr(trace_reader_problem(r), "malformed"));
	trace_reader_close(r);
}

/* An IPI of a recording from before call sites were told, and one from now behind it. */
static void test_ipi_without_callsite(void **state)
{
	struct qpw_ipi older, now;
	unsigned char raw[96 + sizeof(now)];
	struct file f = open_trace();
	const struct qpw_header *h;
	struct trace_reader *r;

	(void)state;
	memset(&now, 0xee, sizeof(now));
	now.h = (struct qpw_header){ .kind = QPW_KIND_IPI, .size = sizeof(now) };
	older = now;
	older.h.size = 96;
	memcpy(raw, &older, 96);
	memcpy(raw + 96, &now, sizeof(now));
	append_block(&f, TRACE_BLOCK_RECORDS, raw, sizeof(raw), sizeof(raw), 2);
	spill(f.data, f.len);
	free(f.data);
	assert_int_equal(trace_reader_open(path, &r), 0);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), 1);
	assert_int_equal(h->size, sizeof(now));
	assert_int_equal(((const struct qpw_ipi *)h)->function, 0xeeeeeeeeeeeeeeee);
	assert_int_equal(((const struct qpw_ipi *)h)->origin.context, 0xeeeeeeee);
	assert_int_equal(((const struct qpw_ipi *)h)->callsite, 0);
	assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), 1);
	assert_int_equal(((const struct qpw_ipi *)h)->callsite, 0xeeeeeeeeeeeeeeee);
	trace_reader_close(r);
}

/* Random bytes behind a right header, and random damage to real traces: no crash, an end. */
static void test_noise(void **state)
{
	uint64_t seed = 1;
	struct file f;

	(void)state;
	write_trace(200, 20);
	f = slurp();
	for (int n = 0; n < 3000; n++) {
		unsigned char *copy = malloc(f.len);
		const struct qpw_header *h;
		struct trace_reader *r;

		assert_non_null(copy);
		memcpy(copy, f.data, f.len);
		for (int i = 0; i < 1 + n % 8; i++) {
			seed = seed * 6364136223846793005U + 1442695040888963407U;
			copy[(seed >> 33) % f.len] = (unsigned char)(seed >> 24);
		}
		spill(copy, f.len - (n % 5 ? 0 : (seed >> 40) % f.len));
		free(copy);
		if (trace_reader_open(path, &r))
			continue;
		while (event_source_next(trace_reader_source(r), &h, 0) == 1)
			assert_true(h->size >= sizeof(*h));
		trace_reader_close(r);
	}
	free(f.data);
}

static void test_put_refuses(void **state)
{
	struct host_facts facts = { .hostname = "box" };
	struct qpw_header h = { .kind = QPW_META_WINDOW, .size = 24 };
	struct trace_writer *w;

	(void)state;
	assert_int_equal(trace_writer_open("/nonexistent/x.qpw", &facts, &w), -ENOENT);
	assert_null(w);
	assert_int_equal(trace_writer_open(path, &facts, &w), 0);
	assert_int_equal(trace_writer_put(w, &h), -EINVAL);
	h.size = 36;
	assert_int_equal(trace_writer_put(w, &h), -EINVAL);
	assert_int_equal(trace_writer_close(w), 0);
	assert_int_equal(trace_writer_close(NULL), 0);
}

/* A full disk: the first error stays, and nothing is written behind it. */
static void test_full_disk(void **state)
{
	struct host_facts facts = { .hostname = "box" };
	struct trace_writer *w;

	(void)state;
	assert_int_equal(trace_writer_open("/dev/full", &facts, &w), -ENOSPC);
	assert_null(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_keep_old),
		cmocka_unit_test(test_foreign_warnings),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_other_versions),
		cmocka_unit_test(test_ipi_without_callsite),
		cmocka_unit_test(test_put_refuses),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
