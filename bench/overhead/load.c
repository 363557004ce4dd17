// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a known number of events of one kind on one CPU and says what one of them cost the CPU's
 * user, in time. Knows nothing of what watches it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "util/array.h"
#include "util/clock.h"

#define BATCHES 20     /* the cost told is the median of so many, as others use the CPU too */
#define SLEEP_NS 20000 /* of the timer load */
#define SPIN_PERIOD_NS 500000
#define GAP_NS 1000	   /* a busy loop that does not come round for longer was interrupted, */
#define GAP_LONG_NS 200000 /* or, longer than this, lost its CPU to something else */

static unsigned int cpu, other;

static void give_up(const char *what) __attribute__((noreturn));

static void give_up(const char *what)
{
	fprintf(stderr, "overhead load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The calling thread, to one CPU, above ordinary tasks, or as far above them as it was started. */
static void bind_to(unsigned int where)
{
	const struct sched_param param = { .sched_priority = 1 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(where, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("CPU");
	if (sched_getscheduler(0) != SCHED_FIFO && sched_setscheduler(0, SCHED_FIFO, &param))
		give_up("real-time priority");
}

/* A load: prepare, then make one event, again and again. */
struct load {
	const char *name;
	void (*prepare)(void);
	void (*once)(void);
};

/* ------------------------------------------------------------------ two switches */

static int ping[2], pong[2];

static void *pipe_echo(void *arg)
{
	char byte;

	(void)arg;
	bind_to(cpu);
	while (read(ping[0], &byte, 1) == 1)
		if (write(pong[1], &byte, 1) != 1)
			give_up("pipe");
	return NULL;
}

static void start_thread(void *(*run)(void *arg))
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, NULL);
	if (errno)
		give_up("thread");
	pthread_detach(thread);
}

static void switch_prepare(void)
{
	bind_to(cpu);
	if (pipe(ping) || pipe(pong))
		give_up("pipe");
	start_thread(pipe_echo);
}

static void switch_once(void)
{
	char byte = 0;

	if (write(ping[1], &byte, 1) != 1 || read(pong[0], &byte, 1) != 1)
		give_up("pipe");
}

/* ------------------------------------------------------------------ a softirq: NET_RX */

static int udp;

/* A socket that sends to itself: the packet comes in by a softirq on the CPU that sent it. */
static void softirq_prepare(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);

	bind_to(cpu);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (udp < 0 || bind(udp, (struct sockaddr *)&address, len) ||
	    getsockname(udp, (struct sockaddr *)&address, &len) ||
	    connect(udp, (struct sockaddr *)&address, len))
		give_up("UDP over the loopback device");
}

static void softirq_once(void)
{
	char byte = 0;

	if (send(udp, &byte, 1, 0) != 1 || recv(udp, &byte, 1, 0) != 1)
		give_up("UDP over the loopback device");
}

/* ------------------------------------------------------------------ a timer interrupt */

static void timer_prepare(void)
{
	bind_to(cpu);
	prctl(PR_SET_TIMERSLACK, 1UL);
}

static void timer_once(void)
{
	const struct timespec ts = { .tv_nsec = SLEEP_NS };

	nanosleep(&ts, NULL);
}

/* ------------------------------------------------------------------ a work item */

static aio_context_t aio;
static struct iocb aio_fsync;

/* The kernel does an asynchronous fsync() in a work item of its own, queued on this CPU. */
static void work_prepare(void)
{
	int fd = memfd_create("overhead", 0);

	bind_to(cpu);
	if (fd < 0 || syscall(SYS_io_setup, 1, &aio))
		give_up("asynchronous I/O");
	aio_fsync.aio_lio_opcode = IOCB_CMD_FSYNC;
	aio_fsync.aio_fildes = fd;
}

static void work_once(void)
{
	struct iocb *list[] = { &aio_fsync };
	struct io_event done;

	if (syscall(SYS_io_submit, aio, 1, list) != 1 ||
	    syscall(SYS_io_getevents, aio, 1, 1, &done, NULL) != 1)
		give_up("asynchronous fsync()");
}

/* ------------------------------------------------------------------ an IPI */

static atomic_bool running;
static uint64_t lost_short_ns, lost_long_ns, nr_gaps;

/* A busy loop; what it does not come round in was taken from it. */
static void *spin(void *arg)
{
	uint64_t last, now, gap;

	(void)arg;
	bind_to(cpu);
	atomic_store(&running, true);
	for (last = clock_now_ns(); atomic_load_explicit(&running, memory_order_relaxed);
	     last = now) {
		now = clock_now_ns();
		gap = now - last;
		if (gap < GAP_NS)
			continue;
		nr_gaps++;
		if (gap < GAP_LONG_NS)
			lost_short_ns += gap;
		else
			lost_long_ns += gap;
	}
	return NULL;
}

static void ipi_prepare(void)
{
	bind_to(other);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		give_up("membarrier()");
	start_thread(spin);
	while (!atomic_load(&running))
		sched_yield();
}

static void ipi_once(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0))
		give_up("membarrier()");
}

/* The same at a fixed rate: the busy loop is what is measured. */
static void spin_once(void)
{
	static uint64_t next_ns;
	uint64_t now = clock_now_ns();
	struct timespec ts;

	next_ns = next_ns > now ? next_ns : now + SPIN_PERIOD_NS;
	ts.tv_sec = next_ns / 1000000000;
	ts.tv_nsec = next_ns % 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	next_ns += SPIN_PERIOD_NS;
	ipi_once();
}

/* ------------------------------------------------------------------ all */

static const struct load loads[] = {
	{ "switch", switch_prepare, switch_once }, { "softirq", softirq_prepare, softirq_once },
	{ "timer", timer_prepare, timer_once },	   { "work", work_prepare, work_once },
	{ "ipi", ipi_prepare, ipi_once },	   { "spin", ipi_prepare, spin_once },
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* count events; returns the median over the batches of the nanoseconds for one. */
static double run(const struct load *load, unsigned long count)
{
	unsigned long each = count / BATCHES, i;
	double batches[BATCHES];
	uint64_t start;
	int b;

	for (b = 0; b < BATCHES; b++) {
		start = clock_now_ns();
		for (i = 0; i < each; i++)
			load->once();
		batches[b] = (double)(clock_now_ns() - start) / each;
	}
	qsort(batches, BATCHES, sizeof(batches[0]), compare);
	return (batches[BATCHES / 2 - 1] + batches[BATCHES / 2]) / 2;
}

static const struct load *find_load(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loads); i++)
		if (!strcmp(name, loads[i].name))
			return &loads[i];
	return NULL;
}

/* A number that the rest of the text is; 0 when it is none. */
static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return *end ? 0 : n;
}

/*
 * Prints one line: events made, the median time for one in ns, the whole time in ns; then, of the
 * busy loop that IPIs hit, the gaps, their time in ns, and that of gaps too long for an interrupt.
 */
int main(int argc, char **argv)
{
	const struct load *load = argc == 5 ? find_load(argv[1]) : NULL;
	unsigned long count = load ? number(argv[4]) : 0;
	uint64_t start;
	double median;

	if (count < BATCHES) {
		fprintf(stderr,
			"usage: %s switch|softirq|timer|work|ipi|spin CPU OTHER-CPU COUNT\n"
			"COUNT is at least %d\n",
			argv[0], BATCHES);
		return 129;
	}
	cpu = number(argv[2]);
	other = number(argv[3]);
	load->prepare();
	load->once();
	count -= count % BATCHES;
	start = clock_now_ns();
	median = run(load, count);
	start = clock_now_ns() - start;
	atomic_store(&running, false);
	printf("%lu %.1f %llu %llu %llu %llu\n", count, median, (unsigned long long)start,
	       (unsigned long long)nr_gaps, (unsigned long long)lost_short_ns,
	       (unsigned long long)lost_long_ns);
	return 0;
}
