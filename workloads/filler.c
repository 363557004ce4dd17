// SPDX-License-Identifier: GPL-2.0-only
/*
 * A filler is a process, not a thread: the isolated CPU then shares no address space with the
 * housekeeping side, so unmapping and migration there send it no TLB shootdown of ours. It waits
 * on a futex between requests: sleeping leaves the per-CPU batches as they are.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filler.h"
#include "util/array.h"

#define NR_OBJECTS 8

/* The mapping both sides share. Each futex word is written by one side only. */
struct filler_box {
	uint32_t request; /* number of the last request; main process */
	uint32_t done;	  /* number of the last one finished; filler */
	uint32_t op;
	int32_t result;
	uint64_t address; /* of the pages it holds, 0 = none */
};

static long futex(uint32_t *word, int op, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

/* What a filler holds between requests; freed at the start of the next one. */
struct holding {
	char *memory;
	size_t bytes;
	int memfd; /* -1 = none */
};

static void let_go(struct holding *h)
{
	if (h->memory)
		munmap(h->memory, h->bytes);
	if (h->memfd >= 0)
		close(h->memfd);
	h->memory = NULL;
	h->memfd = -1;
}

static int map_pages(struct holding *h, int memfd)
{
	int flags = memfd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	char *p = mmap(NULL, h->bytes, PROT_READ | PROT_WRITE, flags, memfd, 0);

	if (p == MAP_FAILED)
		return -errno;
	h->memory = p;
	/* Large folios bypass the batches. EINVAL: a kernel without huge pages. */
	if (madvise(p, h->bytes, MADV_NOHUGEPAGE) && errno != EINVAL)
		return -errno;
	return 0;
}

static void touch(const struct holding *h)
{
	long page = sysconf(_SC_PAGESIZE);

	for (size_t at = 0; at < h->bytes; at += (size_t)page)
		*(volatile char *)(h->memory + at) = 1;
}

static int fill_touch(struct holding *h)
{
	int ret = map_pages(h, -1);

	if (!ret)
		touch(h);
	return ret;
}

static int fill_mlock(struct holding *h)
{
	int ret = map_pages(h, -1);

	if (ret)
		return ret;
	/* Plain mlock() populates and drains by itself. */
	if (mlock2(h->memory, h->bytes, MLOCK_ONFAULT))
		return -errno;
	touch(h);
	return 0;
}

/*
 * MADV_COLD deactivates active folios only, and new anonymous ones are inactive. Reading a shmem
 * file twice activates its folios (folio_mark_accessed()).
 */
static int fill_cold(struct holding *h)
{
	char buf[4096];
	int ret;

	h->memfd = memfd_create("churn", MFD_CLOEXEC);
	if (h->memfd < 0)
		return -errno;
	if (ftruncate(h->memfd, (off_t)h->bytes))
		return -errno;
	ret = map_pages(h, h->memfd);
	if (ret)
		return ret;
	touch(h);
	for (int pass = 0; pass < 3; pass++) {
		for (size_t at = 0; at < h->bytes; at += sizeof(buf)) {
			if (pread(h->memfd, buf, sizeof(buf), (off_t)at) < 0)
				return -errno;
		}
	}
	return madvise(h->memory, h->bytes, MADV_COLD) ? -errno : 0;
}

/* madvise() drains lru_add first, so the folios are on the LRU when they are marked. */
static int fill_free(struct holding *h)
{
	int ret = map_pages(h, -1);

	if (ret)
		return ret;
	touch(h);
	return madvise(h->memory, h->bytes, MADV_FREE) ? -errno : 0;
}

/* vm_area_struct and anon_vma by mappings, filp by eventfds; freed objects stay in the sheaves. */
static int fill_objects(struct holding *h)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fds[NR_OBJECTS];
	int ret = 0;

	(void)h;
	for (size_t i = 0; i < NR_OBJECTS; i++)
		fds[i] = eventfd(0, EFD_CLOEXEC);
	for (size_t i = 0; i < NR_OBJECTS; i++) {
		char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

		if (p == MAP_FAILED) {
			ret = -errno;
			continue;
		}
		*(volatile char *)p = 1;
		munmap(p, page);
	}
	for (size_t i = 0; i < NR_OBJECTS; i++) {
		if (fds[i] < 0)
			ret = -EMFILE;
		else
			close(fds[i]);
	}
	return ret;
}

static int (*const fillers[])(struct holding *) = {
	[FILLER_TOUCH] = fill_touch, [FILLER_MLOCK] = fill_mlock,     [FILLER_COLD] = fill_cold,
	[FILLER_FREE] = fill_free,   [FILLER_OBJECTS] = fill_objects,
};

static _Noreturn void serve(struct filler_box *box)
{
	struct holding h = { .memfd = -1, .bytes = FILLER_PAGES * (size_t)sysconf(_SC_PAGESIZE) };
	uint32_t seen = 0;

	for (;;) {
		uint32_t request = __atomic_load_n(&box->request, __ATOMIC_ACQUIRE);

		if (request == seen) {
			futex(&box->request, FUTEX_WAIT, seen, NULL);
			continue;
		}
		seen = request;
		let_go(&h);
		box->result = box->op < ARRAY_SIZE(fillers) ? fillers[box->op](&h) : -EINVAL;
		box->address = (uintptr_t)h.memory;
		__atomic_store_n(&box->done, seen, __ATOMIC_RELEASE);
		futex(&box->done, FUTEX_WAKE, 1, NULL);
	}
}

/* In the child: take the place, then serve. */
static _Noreturn void run(struct filler_box *box, unsigned int cpu, pid_t parent)
{
	size_t size = CPU_ALLOC_SIZE(cpu + 1);
	cpu_set_t *set = CPU_ALLOC(cpu + 1);

	/* Ctrl-C goes to the whole group: the main process stops us, when it is done with us. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, "churn-filler");
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (!set)
		_exit(1);
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	if (sched_setaffinity(0, size, set))
		_exit(1);
	CPU_FREE(set);
	serve(box);
}

int filler_start(struct filler *f, unsigned int cpu)
{
	pid_t parent = getpid();
	int ret;

	*f = (struct filler){ .cpu = cpu };
	f->box = mmap(NULL, sizeof(*f->box), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (f->box == MAP_FAILED) {
		f->box = NULL;
		return -errno;
	}
	f->pid = fork();
	if (f->pid < 0) {
		ret = -errno;
		f->pid = 0;
		filler_stop(f);
		return ret;
	}
	if (!f->pid)
		run(f->box, cpu, parent);
	/* The first request shows that it runs where it should. */
	ret = filler_fill(f, FILLER_TOUCH, 10000);
	if (ret)
		filler_stop(f);
	return ret == -ESRCH ? -EINVAL : ret;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int filler_fill(struct filler *f, enum filler_op op, unsigned int timeout_ms)
{
	/* Short waits, because a filler that dies wakes nobody. */
	const struct timespec slice = { .tv_nsec = 50 * 1000000 };
	uint64_t deadline = now_ms() + timeout_ms;
	uint32_t request, done;

	if (f->pid <= 0)
		return -ESRCH;
	f->box->op = op;
	request = __atomic_add_fetch(&f->box->request, 1, __ATOMIC_RELEASE);
	futex(&f->box->request, FUTEX_WAKE, 1, NULL);
	while ((done = __atomic_load_n(&f->box->done, __ATOMIC_ACQUIRE)) != request) {
		if (futex(&f->box->done, FUTEX_WAIT, done, &slice) && errno == EINTR)
			return -EINTR;
		if (waitpid(f->pid, NULL, WNOHANG) == f->pid) {
			f->pid = 0;
			return -ESRCH;
		}
		if (now_ms() >= deadline)
			return -ETIMEDOUT;
	}
	return f->box->result;
}

uint64_t filler_address(const struct filler *f)
{
	return f->box ? f->box->address : 0;
}

void filler_stop(struct filler *f)
{
	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (f->box)
		munmap(f->box, sizeof(*f->box));
	*f = (struct filler){ .cpu = f->cpu };
}
