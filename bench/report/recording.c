// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of records from the ring buffer to the disk, as a recorder goes it, with a made-up kernel
 * at the other end: recording RECORDS PER_SECOND FILE [CPU OTHER]. PER_SECOND 0: as fast as the
 * recorder takes them, the other end waits for it. Prints "records lost cpu_s elapsed_s bytes
 * fill_percent". Must not know what the records are.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect/ring.h"
#include "collect/sizes.h"
#include "collect/stream.h"
#include "store/trace.h"
#include "util/clock.h"
#include "synthetic.h"

#define BURST_NS 100000	    /* the kernel's end works this often */
#define FLUSH_NS 1000000000 /* as record_loop.c does */
#define SLEEP_NS 1000000
#define AT_ONCE 10000

/* In a page that both ends see. */
struct shared {
	uint64_t nr_put;
	uint64_t nr_lost; /* there was no room */
	bool done;
};

struct bench {
	uint64_t nr_records;
	uint64_t per_second;
	const char *path;
	int cpu, other; /* of the recorder and of the other end; -1: anywhere */
	struct shared *shared;
	struct ring *ring;
	size_t ring_bytes;
	unsigned int fill_percent; /* the most that was seen */
	uint64_t nr_taken;
};

static void give_up(const char *what, int err) __attribute__((noreturn));

static void give_up(const char *what, int err)
{
	fprintf(stderr, "recording: %s: %s\n", what, strerror(err));
	exit(1);
}

static void sleep_ns(long ns)
{
	const struct timespec ts = { .tv_nsec = ns };

	nanosleep(&ts, NULL);
}

static void bind_to(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET((unsigned int)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("CPU", errno);
}

/* ------------------------------------------------------------------ the kernel's end */

struct producer {
	const unsigned long *consumer;
	unsigned long *position;
	char *data;
	size_t bytes;
};

/* The layout is that of kernel/bpf/ringbuf.c; the second copy of the data takes what would wrap. */
static int make_ring(struct bench *b, struct producer *p)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE), all;
	int fd = memfd_create("ring", MFD_CLOEXEC);
	char *map;

	b->ring_bytes = sizes_ring_bytes(0);
	all = 2 * page_bytes + 2 * b->ring_bytes;
	if (fd < 0 || ftruncate(fd, (off_t)all))
		return -errno;
	map = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	*p = (struct producer){ (unsigned long *)map, (unsigned long *)(map + page_bytes),
				map + 2 * page_bytes, b->ring_bytes };
	return ring_create(fd, b->ring_bytes, &b->ring);
}

/* What bpf_ringbuf_reserve() and _submit() do; false when there is no room. */
static bool produce(struct producer *p, const struct qpw_header *h)
{
	unsigned long position = *p->position;
	unsigned long used = position - __atomic_load_n(p->consumer, __ATOMIC_ACQUIRE);
	char *record = p->data + (position & (p->bytes - 1));
	const unsigned int len = h->size;

	if (used + len + BPF_RINGBUF_HDR_SZ > p->bytes)
		return false;
	memcpy(record, &len, sizeof(len));
	memcpy(record + BPF_RINGBUF_HDR_SZ, h, len);
	__atomic_store_n(p->position, position + len + BPF_RINGBUF_HDR_SZ, __ATOMIC_RELEASE);
	return true;
}

static void put_next(const struct bench *b, struct producer *p, struct synthetic *s)
{
	const struct qpw_header *h;

	do {
		h = synthetic_next(s);
	} while (h->kind >= QPW_META_FIRST); /* those are the stream's to tell */
	while (!produce(p, h)) {
		if (b->per_second) {
			b->shared->nr_lost++;
			return;
		}
		sleep_ns(BURST_NS);
	}
	b->shared->nr_put++;
}

static void run_producer(const struct bench *b, struct producer *p)
{
	uint64_t begin = clock_now_ns(), made = 0, due = b->nr_records;
	struct synthetic s;

	bind_to(b->other);
	synthetic_init(&s, 1);
	while (made < b->nr_records) {
		if (b->per_second) {
			sleep_ns(BURST_NS);
			due = (clock_now_ns() - begin) * b->per_second / 1000000000;
		}
		for (; made < due && made < b->nr_records; made++)
			put_next(b, p, &s);
	}
	__atomic_store_n(&b->shared->done, true, __ATOMIC_RELEASE);
}

/* ------------------------------------------------------------------ the recorder's end */

static void refresh(void *arg)
{
	(void)arg;
}

static uint32_t stack_of(void *arg, uint32_t id, uint64_t *frames)
{
	(void)arg;
	for (uint32_t i = 0; i < 12; i++)
		frames[i] = 0xffffffff81000000ULL + (id * 7 + i * 5) * 0x100ULL;
	return 12;
}

static int cgroup_of(void *arg, uint64_t id, char *buf, size_t size)
{
	(void)arg;
	snprintf(buf, size, "/system.slice/unit-%llu.service", (unsigned long long)id);
	return 0;
}

static const struct stream_lookups lookups = { refresh, stack_of, cgroup_of };

static void note_fill(struct bench *b)
{
	unsigned int percent = (unsigned int)(ring_pending_bytes(b->ring) * 100 / b->ring_bytes);

	if (percent > b->fill_percent)
		b->fill_percent = percent;
}

/* All there is now, or a part of it. 1: there may be more. 0 or -errno. */
static int take(struct bench *b, struct event_source *source, struct trace_writer *w)
{
	const struct qpw_header *h;

	note_fill(b);
	for (int i = 0; i < AT_ONCE; i++) {
		int ret = event_source_next(source, &h, 0);

		if (ret != 1)
			return ret == -EAGAIN ? 0 : ret;
		b->nr_taken += h->kind < QPW_META_FIRST;
		ret = trace_writer_put(w, h);
		if (ret)
			return ret;
	}
	return 1;
}

static int record(struct bench *b, struct event_source *source, struct trace_writer *w)
{
	uint64_t flushed = clock_now_ns();
	bool done;
	int ret;

	do {
		done = __atomic_load_n(&b->shared->done, __ATOMIC_ACQUIRE);
		while ((ret = take(b, source, w)) == 1)
			;
		if (!ret && clock_now_ns() - flushed >= FLUSH_NS) {
			flushed = clock_now_ns();
			ret = trace_writer_flush(w);
		}
		if (!ret && !done)
			sleep_ns(SLEEP_NS);
	} while (!ret && !done);
	return ret;
}

static int run_recorder(struct bench *b)
{
	static const struct host_facts facts = { .hostname = "synthetic", .watched = "1-4" };
	const struct stream_config config = { .ring = b->ring, .lookups = &lookups };
	struct trace_writer *w = NULL;
	struct stream *stream;
	int ret, closed;

	bind_to(b->cpu);
	ret = stream_create(&config, &stream);
	if (!ret)
		ret = trace_writer_open(b->path, &facts, &w);
	if (!ret)
		ret = record(b, stream_source(stream), w);
	closed = trace_writer_close(w);
	stream_destroy(stream);
	return ret ? ret : closed;
}

static double cpu_seconds(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int run(struct bench *b)
{
	double begin_cpu_s, cpu_s, elapsed_s;
	struct producer producer;
	struct stat st = { 0 };
	uint64_t begin;
	pid_t child;
	int ret;

	b->shared = mmap(NULL, sizeof(*b->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ret = b->shared == MAP_FAILED ? -errno : make_ring(b, &producer);
	if (ret)
		give_up("ring", -ret);
	child = fork();
	if (child < 0)
		give_up("fork", errno);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run_producer(b, &producer);
		_exit(0);
	}
	begin = clock_now_ns();
	begin_cpu_s = cpu_seconds();
	ret = run_recorder(b);
	cpu_s = cpu_seconds() - begin_cpu_s;
	elapsed_s = (double)(clock_now_ns() - begin) / 1e9;
	if (ret || stat(b->path, &st))
		give_up(b->path, ret ? -ret : errno);
	waitpid(child, NULL, 0);
	if (b->nr_taken != b->shared->nr_put)
		give_up("records were given and not taken", EIO);
	printf("%llu %llu %.3f %.3f %lld %u\n", (unsigned long long)b->nr_taken,
	       (unsigned long long)b->shared->nr_lost, cpu_s, elapsed_s, (long long)st.st_size,
	       b->fill_percent);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench b = { .cpu = -1, .other = -1 };

	if (argc != 4 && argc != 6) {
		fprintf(stderr, "usage: recording RECORDS PER_SECOND FILE [CPU OTHER]\n");
		return 129;
	}
	b.nr_records = strtoull(argv[1], NULL, 10);
	b.per_second = strtoull(argv[2], NULL, 10);
	b.path = argv[3];
	if (argc == 6) {
		b.cpu = (int)strtol(argv[4], NULL, 10);
		b.other = (int)strtol(argv[5], NULL, 10);
	}
	return run(&b);
}
