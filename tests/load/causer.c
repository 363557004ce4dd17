// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a known number of everything that a victim and its neighbours can bring about on one CPU
 * from another: wake-ups of a thread, migrations, page faults, system calls, the CPU taken away.
 * usage: causer FROM_CPU CPU. Starts when a line comes on standard input, ends by itself; tasks are
 * named qpw-waker, qpw-woken, qpw-victim, qpw-taker. Knows nothing of who watches.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_WAKES 300
#define NR_MOVES 40
#define NR_PAGES 500
#define NR_CALLS 700
#define NR_TAKES 25
#define TAKE_US 300
#define PAUSE_US 2000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

static void become(const char *name, int cpu, int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	prctl(PR_SET_NAME, name);
	/* in this order: it might not get a turn on that CPU before it has its priority */
	if (priority && sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
	bind_to(cpu);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void spin_us(uint64_t us)
{
	uint64_t end = now_us() + us;

	while (now_us() < end)
		;
}

static void sleep_us(long us)
{
	const struct timespec ts = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

static pid_t start(void (*job)(int cpu, int fd), int cpu, int fd)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	job(cpu, fd);
	exit(0);
}

static void await(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		die("a part failed");
}

/* Sleeps in read() each time before the next byte comes. */
static void woken(int cpu, int fd)
{
	char byte;

	become("qpw-woken", cpu, 0);
	while (read(fd, &byte, 1) == 1)
		;
}

/* The letter behind the name in /proc/PID/stat. */
static void await_sleep(pid_t pid)
{
	char path[64], text[256], *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (;;) {
		f = fopen(path, "re");
		if (!f || !fgets(text, sizeof(text), f))
			die(path);
		fclose(f);
		state = strrchr(text, ')');
		/* it has that state a little before it gives up the CPU */
		sleep_us(PAUSE_US);
		if (state && !strncmp(state, ") S", 3))
			return;
	}
}

/* Each byte comes when the woken thread sleeps, so that it is one wake-up. */
static void wake(int from_cpu, int cpu)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(fds[1]);
		woken(cpu, fds[0]);
		exit(0);
	}
	close(fds[0]);
	become("qpw-waker", from_cpu, 50);
	sleep_us(100000);
	for (int i = 0; i < NR_WAKES; i++) {
		await_sleep(pid);
		if (write(fds[1], "x", 1) != 1)
			die("write");
	}
	/* the end of file wakes once more */
	await_sleep(pid);
	close(fds[1]);
	await(pid);
}

static void mover(int cpu, int from_cpu)
{
	prctl(PR_SET_NAME, "qpw-moved");
	for (int i = 0; i < NR_MOVES; i++) {
		bind_to(from_cpu);
		bind_to(cpu);
	}
}

static void touch_pages(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, NR_PAGES * size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		die("mmap");
	madvise(pages, NR_PAGES * size, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < NR_PAGES; i++)
		((volatile char *)pages)[i * size] = 1;
}

static void await_byte(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		die("read");
}

/*
 * By which the victim tells who takes its CPU that it spins, and how often it came round, and is
 * told that it may end. How often the taker slept.
 */
struct shared {
	atomic_ulong rounds, naps;
	atomic_bool all_taken;
};

static int spinning[2];
static struct shared *shared;

static void share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED || pipe(spinning))
		die("what is shared");
}

/* Spins until all has been done to it. */
static void victim(int cpu, int fd)
{
	become("qpw-victim", cpu, 10);
	await_byte(fd);
	touch_pages();
	for (int i = 0; i < NR_CALLS; i++)
		syscall(SYS_getppid);
	if (write(spinning[1], "s", 1) != 1)
		die("write");
	while (!atomic_load(&shared->all_taken))
		atomic_fetch_add(&shared->rounds, 1);
}

/* A sleep may be over before it begins: until the victim has really had its CPU. */
static void let_spin(void)
{
	unsigned long before = atomic_load(&shared->rounds);

	do {
		sleep_us(PAUSE_US);
		atomic_fetch_add(&shared->naps, 1);
	} while (atomic_load(&shared->rounds) == before);
}

static void taker(int cpu, int fd)
{
	become("qpw-taker", cpu, 60);
	await_byte(fd);
	await_byte(spinning[0]);
	let_spin();
	for (int i = 0; i < NR_TAKES; i++) {
		spin_us(TAKE_US);
		let_spin();
	}
	atomic_store(&shared->all_taken, true);
}

int main(int argc, char **argv)
{
	int from_cpu, cpu, fds[2];
	pid_t pids[2];
	char line[16];

	if (argc != 3) {
		fputs("usage: causer FROM_CPU CPU\n", stderr);
		return 129;
	}
	from_cpu = atoi(argv[1]);
	cpu = atoi(argv[2]);
	if (pipe(fds))
		die("pipe");
	share();
	pids[0] = start(victim, cpu, fds[0]);
	pids[1] = start(taker, cpu, fds[0]);
	if (!fgets(line, sizeof(line), stdin))
		die("stdin");
	await(start(mover, cpu, from_cpu));
	wake(from_cpu, cpu);
	/* the victim last: a recording of it ends with it */
	if (write(fds[1], "gg", 2) != 2)
		die("write");
	await(pids[0]);
	await(pids[1]);
	printf("{\"wakes\":%d,\"moves\":%d,\"pages\":%d,\"calls\":%d,", NR_WAKES + 1, NR_MOVES,
	       NR_PAGES, NR_CALLS);
	printf("\"takes\":%d,\"take_us\":%d,\"naps\":%lu}\n", NR_TAKES, TAKE_US,
	       atomic_load(&shared->naps));
	return 0;
}
