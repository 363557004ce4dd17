// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is left of a trace: records of a real one, cut and damaged at every byte, and written to a
 * disk that fails at every byte. Where blocks lie is found here without the reader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "store/trace.h"
#include "store/trace_format.h"
#include "util/array.h"

#define REAL "tests/traces/lab-example/qpw0.qpw"
#define TAKEN 160 /* so many of its records */
#define EVERY 11  /* one of so many is taken, so that there are all kinds */
#define PER_BLOCK 16
#define BLOCKS_MAX 64

/* The records, one behind the other, and the file that the writer makes of them. */
static struct {
	struct host_facts facts;
	unsigned char records[TAKEN * QPW_EVENT_MAX];
	size_t len;
	unsigned char *file;
	size_t file_len;
	size_t blocks_begin; /* behind header and facts */
	size_t block_end[BLOCKS_MAX];
	uint64_t block_records[BLOCKS_MAX];
	size_t nr_blocks; /* the last one is the end block */
} whole;

static int file_fd;
static char path[32];

/* ------------------------------------------------------------------ a disk that fails */

static struct {
	bool on;
	size_t at_once;	  /* bytes that one write() takes */
	size_t room;	  /* bytes that fit */
	bool interrupted; /* every other call is */
	int sync_error;
	int data_sync_error;
	atomic_uint nr_data_syncs;
	bool data_sync_slow; /* it ends when it is waited for */
	atomic_bool is_joined;
	unsigned int nr_calls;
	unsigned int nr_behind_error;
	bool has_failed;
} disk;

/* In place of the one of the C library, which the core would call. */
ssize_t write(int fd, const void *data, size_t len)
{
	if (!disk.on)
		return syscall(SYS_write, fd, data, len);
	disk.nr_behind_error += disk.has_failed;
	if (disk.interrupted && ++disk.nr_calls % 2) {
		errno = EINTR;
		return -1;
	}
	if (!disk.room) {
		disk.has_failed = true;
		errno = ENOSPC;
		return -1;
	}
	if (len > disk.at_once)
		len = disk.at_once;
	if (len > disk.room)
		len = disk.room;
	disk.room -= len;
	return syscall(SYS_write, fd, data, len);
}

int fsync(int fd)
{
	if (!disk.on || !disk.sync_error)
		return (int)syscall(SYS_fsync, fd);
	errno = disk.sync_error;
	return -1;
}

/* This one is called by a thread. */
int fdatasync(int fd)
{
	disk.nr_data_syncs++;
	while (disk.data_sync_slow && !disk.is_joined)
		usleep(1000);
	if (!disk.data_sync_error)
		return (int)syscall(SYS_fdatasync, fd);
	errno = disk.data_sync_error;
	return -1;
}

/* Of that thread. */
int pthread_join(pthread_t thread, void **value)
{
	disk.is_joined = true;
	return pthread_clockjoin_np(thread, value, CLOCK_MONOTONIC, NULL);
}

/* ------------------------------------------------------------------ the trace */

/* Write the records, in blocks of PER_BLOCK. 0 or the first error, which must stay. */
static int write_whole(void)
{
	struct trace_writer *w;
	const struct qpw_header *h;
	int error = trace_writer_open(path, &whole.facts, &w), ret;
	unsigned int nr = 0;

	if (error) {
		assert_null(w);
		return error;
	}
	for (size_t at = 0; at < whole.len; at += h->size) {
		h = (const struct qpw_header *)(whole.records + at);
		ret = trace_writer_put(w, h);
		assert_int_equal(ret, error);
		ret = ++nr % PER_BLOCK ? error : trace_writer_flush(w);
		assert_true(!error || ret == error);
		error = ret;
	}
	ret = trace_writer_close(w);
	assert_true(!error || ret == error);
	return ret;
}

/* Read the file; its *nr records are those that were written. How opening or reading ended. */
static int read_back(uint64_t *nr, char *problem, size_t size)
{
	const struct qpw_header *h;
	struct trace_reader *r;
	size_t at = 0;
	int ret = trace_reader_open(path, &r);

	*nr = 0;
	problem[0] = '\0';
	if (ret)
		return ret;
	while ((ret = event_source_next(trace_reader_source(r), &h, 0)) == 1) {
		assert_true(h->size <= whole.len - at);
		assert_memory_equal(h, whole.records + at, h->size);
		at += h->size;
		++*nr;
	}
	snprintf(problem, size, "%s", trace_reader_problem(r));
	trace_reader_close(r);
	return ret;
}

/* Records in the blocks that end at byte len or before it. */
static uint64_t records_within(size_t len)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < whole.nr_blocks && whole.block_end[i] <= len; i++)
		nr += whole.block_records[i];
	return nr;
}

static void find_blocks(void)
{
	struct trace_header header;
	struct trace_block block;
	size_t at;

	memcpy(&header, whole.file, sizeof(header));
	whole.blocks_begin = sizeof(header) + header.facts_len;
	for (at = whole.blocks_begin; at < whole.file_len; at += sizeof(block) + block.comp_len) {
		assert_true(whole.nr_blocks < BLOCKS_MAX);
		memcpy(&block, whole.file + at, sizeof(block));
		whole.block_end[whole.nr_blocks] = at + sizeof(block) + block.comp_len;
		whole.block_records[whole.nr_blocks++] =
			block.kind == TRACE_BLOCK_RECORDS ? block.nr_records : 0;
	}
	assert_int_equal(at, whole.file_len);
	assert_int_equal(whole.nr_blocks, TAKEN / PER_BLOCK + 1);
}

static void take_records(void)
{
	const struct qpw_header *h;
	struct trace_reader *r;
	unsigned int nr = 0;

	assert_int_equal(trace_reader_open(REAL, &r), 0);
	whole.facts = *trace_reader_facts(r);
	for (unsigned int i = 0; nr < TAKEN; i++) {
		assert_int_equal(event_source_next(trace_reader_source(r), &h, 0), 1);
		if (i % EVERY)
			continue;
		memcpy(whole.records + whole.len, h, h->size);
		whole.len += h->size;
		nr++;
	}
	trace_reader_close(r);
}

static int make_whole(void **state)
{
	struct stat st;

	(void)state;
	file_fd = memfd_create("trace", MFD_CLOEXEC);
	assert_true(file_fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file_fd);
	take_records();
	assert_int_equal(write_whole(), 0);
	assert_int_equal(fstat(file_fd, &st), 0);
	whole.file_len = (size_t)st.st_size;
	whole.file = malloc(whole.file_len);
	assert_non_null(whole.file);
	assert_int_equal(pread(file_fd, whole.file, whole.file_len, 0), whole.file_len);
	find_blocks();
	return 0;
}

static int free_whole(void **state)
{
	(void)state;
	free(whole.file);
	return close(file_fd);
}

static void restore(void)
{
	assert_int_equal(ftruncate(file_fd, 0), 0);
	assert_int_equal(pwrite(file_fd, whole.file, whole.file_len, 0), whole.file_len);
}

/* The file has its first len bytes and no others. */
static void assert_is_prefix(size_t len)
{
	unsigned char *data = malloc(len + 1);

	assert_non_null(data);
	assert_int_equal(pread(file_fd, data, len + 1, 0), len);
	assert_memory_equal(data, whole.file, len);
	free(data);
}

/* ------------------------------------------------------------------ tests */

static void test_whole(void **state)
{
	char problem[256];
	uint64_t nr;

	(void)state;
	restore();
	assert_int_equal(read_back(&nr, problem, sizeof(problem)), 0);
	assert_int_equal(nr, TAKEN);
	assert_string_equal(problem, "");
}

/* What reads a file cut behind len bytes gets the blocks that are complete, and is told. */
static void assert_reads_as_cut(size_t len)
{
	char problem[256], told[64];
	uint64_t nr;
	int ret = read_back(&nr, problem, sizeof(problem));

	assert_int_equal(nr, records_within(len));
	if (len < whole.blocks_begin) {
		assert_true(ret == -EPROTO || ret == -EBADMSG);
		return;
	}
	assert_int_equal(ret, -ENODATA);
	snprintf(told, sizeof(told), "read before it: %llu records", (unsigned long long)nr);
	assert_non_null(strstr(problem, "broke off"));
	assert_non_null(strstr(problem, told));
}

static void test_cut_everywhere(void **state)
{
	(void)state;
	restore();
	for (size_t len = whole.file_len; len-- > 0;) {
		assert_int_equal(ftruncate(file_fd, (off_t)len), 0);
		assert_reads_as_cut(len);
	}
}

/* Damage at byte i: the blocks before it are given, it is told, nothing behind it is believed. */
static void assert_reads_as_damaged(size_t i)
{
	char problem[256];
	uint64_t nr;
	int ret = read_back(&nr, problem, sizeof(problem));

	/* the header's spare field means nothing */
	if (i >= offsetof(struct trace_header, pad) && i < sizeof(struct trace_header)) {
		assert_int_equal(ret, 0);
		assert_int_equal(nr, TAKEN);
		return;
	}
	assert_true(ret < 0);
	assert_int_equal(nr, records_within(i));
	assert_true(i < whole.blocks_begin || problem[0]);
}

static void test_damaged_everywhere(void **state)
{
	(void)state;
	restore();
	for (size_t i = 0; i < whole.file_len; i++) {
		const unsigned char bad = whole.file[i] ^ (unsigned char)(1U << i % 8);

		assert_int_equal(pwrite(file_fd, &bad, 1, (off_t)i), 1);
		assert_reads_as_damaged(i);
		assert_int_equal(pwrite(file_fd, &whole.file[i], 1, (off_t)i), 1);
	}
}

/* A file whose length reached the disk, and of its content the first blocks. */
static void test_zeros_everywhere(void **state)
{
	static const unsigned char zeros[sizeof(struct trace_block)];
	char problem[256];
	uint64_t nr;

	(void)state;
	for (size_t i = 0; i < whole.nr_blocks; i++) {
		size_t begin = i ? whole.block_end[i - 1] : whole.blocks_begin;

		restore();
		assert_int_equal(pwrite(file_fd, zeros, sizeof(zeros), (off_t)begin),
				 sizeof(zeros));
		assert_int_equal(read_back(&nr, problem, sizeof(problem)), -ENODATA);
		assert_int_equal(nr, records_within(begin));
		assert_non_null(strstr(problem, "never reached the disk"));
		/* nearly nothing is something */
		assert_int_equal(pwrite(file_fd, "x", 1, (off_t)(begin + sizeof(zeros) - 1)), 1);
		assert_int_equal(read_back(&nr, problem, sizeof(problem)), -EBADMSG);
		assert_int_equal(nr, records_within(begin));
	}
}

/* A disk that takes a few bytes at a time, interrupted by signals, gets the same file. */
static void test_short_writes(void **state)
{
	static const size_t at_once[] = { 1, 7, 4096 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at_once); i++) {
		memset(&disk, 0, sizeof(disk));
		disk.on = true;
		disk.at_once = at_once[i];
		disk.room = SIZE_MAX;
		disk.interrupted = true;
		assert_int_equal(write_whole(), 0);
		disk.on = false;
		assert_is_prefix(whole.file_len);
	}
}

/* A disk that is full behind any byte: told, nothing is written behind it, the rest reads. */
static void test_full_everywhere(void **state)
{
	(void)state;
	for (size_t room = 0; room < whole.file_len; room++) {
		memset(&disk, 0, sizeof(disk));
		disk.on = true;
		disk.at_once = SIZE_MAX;
		disk.room = room;
		assert_int_equal(write_whole(), -ENOSPC);
		disk.on = false;
		assert_int_equal(disk.nr_behind_error, 0);
		assert_is_prefix(room);
		assert_reads_as_cut(room);
	}
}

/* What the disk did not keep is no success. */
static void test_sync_fails(void **state)
{
	(void)state;
	memset(&disk, 0, sizeof(disk));
	disk.on = true;
	disk.at_once = SIZE_MAX;
	disk.room = SIZE_MAX;
	disk.sync_error = EIO;
	assert_int_equal(write_whole(), -EIO);
	/* a pipe has nothing to keep */
	disk.sync_error = EINVAL;
	assert_int_equal(write_whole(), 0);
	disk.on = false;
	assert_is_prefix(whole.file_len);
}

/* All records, a block each. 0 or the first error. */
static int put_all(struct trace_writer *w)
{
	const struct qpw_header *h;
	int error = 0;

	for (size_t at = 0; at < whole.len && !error; at += h->size) {
		h = (const struct qpw_header *)(whole.records + at);
		error = trace_writer_put(w, h);
		if (!error)
			error = trace_writer_flush(w);
	}
	return error;
}

/* A trace that a thread brings to the disk, which is at it by now. */
static struct trace_writer *open_synced(int data_sync_error, bool slow)
{
	struct trace_writer *w;

	memset(&disk, 0, sizeof(disk));
	disk.data_sync_error = data_sync_error;
	disk.data_sync_slow = slow;
	assert_int_equal(trace_writer_open(path, &whole.facts, &w), 0);
	assert_int_equal(trace_writer_sync_often(w), 0);
	while (!disk.nr_data_syncs)
		usleep(1000);
	return w;
}

/* What the thread meets is told with a later block, and stays. */
static void test_data_sync_fails(void **state)
{
	struct trace_writer *w = open_synced(EIO, false);
	const struct qpw_header *h;
	struct trace_reader *r;
	int error, ret;

	(void)state;
	alarm(60); /* so long it does not take */
	do
		error = put_all(w);
	while (!error);
	alarm(0);
	assert_int_equal(error, -EIO);
	assert_int_equal(trace_writer_close(w), -EIO);
	assert_int_equal(trace_reader_open(path, &r), 0);
	do
		ret = event_source_next(trace_reader_source(r), &h, 0);
	while (ret == 1);
	assert_int_equal(ret, -ENODATA);
	trace_reader_close(r);
}

/* What it meets behind the last block is told when the file is closed. */
static void test_last_data_sync_fails(void **state)
{
	struct trace_writer *w = open_synced(EIO, true);

	(void)state;
	assert_int_equal(put_all(w), 0);
	assert_int_equal(trace_writer_close(w), -EIO);
}

/* A pipe has nothing to bring there; else it is done at once, and again every five seconds. */
static void test_data_sync(void **state)
{
	struct timespec begin, end;
	struct trace_writer *w;
	char problem[256];
	uint64_t nr;

	(void)state;
	w = open_synced(EINVAL, true);
	assert_int_equal(put_all(w), 0);
	assert_int_equal(trace_writer_close(w), 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	w = open_synced(0, false);
	assert_int_equal(put_all(w), 0);
	assert_int_equal(trace_writer_close(w), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_int_equal(read_back(&nr, problem, sizeof(problem)), 0);
	assert_int_equal(nr, TAKEN);
	assert_in_range(disk.nr_data_syncs, 1, 1 + (end.tv_sec + 1 - begin.tv_sec) / 5);
}

/* The kernel's own limit, which ends a write in its middle. */
static void test_file_size_limit(void **state)
{
	const size_t limit = whole.block_end[3] + 5;
	struct rlimit before, small;
	int ret;

	(void)state;
	memset(&disk, 0, sizeof(disk));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ret = write_whole();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(ret, -EFBIG);
	assert_is_prefix(limit);
	assert_reads_as_cut(limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_damaged_everywhere),
		cmocka_unit_test(test_zeros_everywhere),
		cmocka_unit_test(test_short_writes),
		cmocka_unit_test(test_full_everywhere),
		cmocka_unit_test(test_sync_fails),
		cmocka_unit_test(test_data_sync_fails),
		cmocka_unit_test(test_last_data_sync_fails),
		cmocka_unit_test(test_data_sync),
		cmocka_unit_test(test_file_size_limit),
	};

	return cmocka_run_group_tests(tests, make_whole, free_whole);
}
